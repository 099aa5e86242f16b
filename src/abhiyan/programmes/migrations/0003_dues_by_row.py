"""Dues are seen as before; the policy looks up each row by itself, so a page of a board reads its own rows."""

from django.db import migrations

from abhiyan.core.policy import Policy


class Migration(migrations.Migration):
    dependencies = [("programmes", "0002_schedules")]

    operations = [
        migrations.RemoveConstraint(model_name="due", name="due_in_scope"),
        migrations.AddConstraint(
            model_name="due",
            constraint=Policy(
                command="SELECT",
                name="due_in_scope",
                using="(select current_setting('abhiyan.everything', true) = 'on') or exists (select 1 from units_placement pl where pl.unit_id = programmes_due.unit_id and pl.lo <@ (select core_positions('abhiyan.line')) offset 0) or body_id = any ((select coalesce(nullif(current_setting('abhiyan.bodies', true), ''), '{}'))::int8[])",
            ),
        ),
    ]
