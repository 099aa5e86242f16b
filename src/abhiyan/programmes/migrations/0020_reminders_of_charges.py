"""Reminders of people in charge move to messaging's table."""

from django.db import migrations

_MOVE = """insert into messaging_reminder (kind, about, account_id, day, at, unit_id)
 select 'in_charge', id, account_id, reminded_on, reminded_on::timestamptz, unit_id
 from programmes_in_charge where reminded_on is not null on conflict do nothing"""


class Migration(migrations.Migration):
    dependencies = [("messaging", "0006_reminders"), ("programmes", "0019_reminders_of_dues")]

    operations = [
        migrations.RunSQL(_MOVE, migrations.RunSQL.noop),
        migrations.RemoveField(model_name="incharge", name="reminded_on"),
    ]
