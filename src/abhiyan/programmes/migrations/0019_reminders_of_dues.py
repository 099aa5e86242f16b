"""Reminders of dues move to messaging's table, to whoever holds the office that was reminded."""

from django.db import migrations

_MOVE = """insert into messaging_reminder (kind, about, account_id, day, at, unit_id)
 select distinct on (d.id) 'due', d.id, ap.account_id, d.reminded_on, d.reminded_on::timestamptz, d.unit_id
 from programmes_due d join programmes_schedule s on s.id = d.schedule_id
 join org_appointment ap on ap.unit_id = d.unit_id and ap.state = 'active'
  and (ap.body_id is null and d.body_id is null and ap.office_id = s.office_id or ap.body_id = d.body_id)
 where d.reminded_on is not null order by d.id, ap.starts_on, ap.id on conflict do nothing"""


class Migration(migrations.Migration):
    dependencies = [
        ("messaging", "0006_reminders"),
        ("org", "0007_held_then"),
        ("programmes", "0018_target_changes"),
    ]

    operations = [
        migrations.RunSQL(_MOVE, migrations.RunSQL.noop),
        migrations.RemoveField(model_name="due", name="reminded_on"),
    ]
