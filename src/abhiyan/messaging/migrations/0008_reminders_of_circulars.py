"""Reminders of circulars move to the table of reminders."""

from django.db import migrations

_MOVE = """insert into messaging_reminder (kind, about, account_id, day, at, unit_id)
 select 'circular', circular_id, account_id, reminded_at::date, reminded_at, unit_id
 from messaging_reading where reminded_at is not null on conflict do nothing"""


class Migration(migrations.Migration):
    dependencies = [("messaging", "0007_reminders_by_matter")]

    operations = [
        migrations.RunSQL(_MOVE, migrations.RunSQL.noop),
        migrations.RemoveField(model_name="reading", name="reminded_at"),
    ]
