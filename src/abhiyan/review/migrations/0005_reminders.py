"""Reminders of reviewers move to messaging's table, to whoever holds the office of the round in the unit."""

from django.db import migrations

_MOVE = """insert into messaging_reminder (kind, about, account_id, day, at, unit_id)
 select distinct on (ap.account_id, r.reminded_at::date) 'review', ap.account_id, ap.account_id, r.reminded_at::date,
  r.reminded_at, ap.unit_id
 from review_review r join review_round d on d.id = r.round_id
 join org_office o on o.code = d.office
 join org_appointment ap on ap.unit_id = r.by_unit_id and ap.office_id = o.id and ap.state = 'active'
 where r.reminded_at is not null and ap.account_id is distinct from r.account_id
 order by ap.account_id, r.reminded_at::date, r.reminded_at desc on conflict do nothing"""


class Migration(migrations.Migration):
    dependencies = [
        ("messaging", "0007_reminders_by_matter"),
        ("org", "0007_held_then"),
        ("review", "0004_frozen_decks"),
    ]

    operations = [
        migrations.RunSQL(_MOVE, migrations.RunSQL.noop),
        migrations.RemoveField(model_name="review", name="reminded_at"),
    ]
