"""Reminders of tasks move to messaging's table. People reminded before get no second message about the same tasks."""

from django.db import migrations

_LATE = """insert into messaging_reminder (kind, about, account_id, day, at, unit_id)
 select 'task_late', account_id, account_id, max(coalesce(reminded_on, greatest(due_at, state_at)::date)),
  max(greatest(due_at, state_at)), min(unit_id)
 from programmes_task where account_id is not null and reminded = 2 and state in ('asked', 'accepted')
 group by account_id on conflict do nothing"""
_TOMORROW = """insert into messaging_reminder (kind, about, account_id, day, at, unit_id)
 select 'task_tomorrow', account_id, account_id, current_date, now(), min(unit_id)
 from programmes_task where account_id is not null and reminded = 1 and state in ('asked', 'accepted')
  and due_at::date = current_date + 1
 group by account_id on conflict do nothing"""


class Migration(migrations.Migration):
    dependencies = [("messaging", "0007_reminders_by_matter"), ("programmes", "0020_reminders_of_charges")]

    operations = [
        migrations.RunSQL(_LATE, migrations.RunSQL.noop),
        migrations.RunSQL(_TOMORROW, migrations.RunSQL.noop),
        migrations.RemoveField(model_name="task", name="reminded"),
        migrations.RemoveField(model_name="task", name="reminded_on"),
    ]
