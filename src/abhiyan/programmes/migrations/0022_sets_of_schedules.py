"""Schedules ask sets: named units, rural or urban ones, one body. Their titles may be in both languages."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import abhiyan.core.policy


class Migration(migrations.Migration):
    dependencies = [
        ("forms", "0003_unnamed"),
        ("org", "0007_held_then"),
        ("programmes", "0021_reminders_of_tasks"),
        ("units", "0002_first_days"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="schedule",
            name="schedule_in_scope",
        ),
        migrations.AddField(
            model_name="schedule",
            name="area",
            field=models.TextField(db_default="", default=""),
        ),
        migrations.AddField(
            model_name="schedule",
            name="body",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="org.body",
            ),
        ),
        migrations.AddField(
            model_name="schedule",
            name="within",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.BigIntegerField(), db_default=[], default=list, size=None
            ),
        ),
        migrations.AddField(
            model_name="schedule",
            name="titles",
            field=models.JSONField(db_default={}, default=dict),
        ),
        migrations.AddConstraint(
            model_name="schedule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("body", None), ("body_kind", "")),
                    models.Q(models.Q(("body_kind", ""), _negated=True), ("area", "")),
                    _connector="OR",
                ),
                name="schedule_set_of_one_sort",
            ),
        ),
        migrations.AddConstraint(
            model_name="schedule",
            constraint=abhiyan.core.policy.Policy(
                command="SELECT",
                name="schedule_in_scope",
                using="(select current_setting('abhiyan.everything', true) = 'on') or exists (select from units_placement pl where pl.unit_id = programmes_schedule.unit_id\n and (select core_positions('abhiyan.line')) && int8range(pl.lo, pl.hi)) or (body_kind <> '' and exists (select from org_body b\n join units_placement its on its.unit_id = b.unit_id and its.hierarchy = programmes_schedule.hierarchy\n join units_placement pl on pl.unit_id = programmes_schedule.unit_id and pl.hierarchy = its.hierarchy\n  and its.lo >= pl.lo and its.lo < pl.hi\n where b.id = any ((select coalesce(nullif(current_setting('abhiyan.bodies', true), ''), '{}'))::int8[]) and b.kind = programmes_schedule.body_kind\n  and (programmes_schedule.body_id is null or programmes_schedule.body_id = b.id)\n  and (cardinality(programmes_schedule.within) = 0 or exists (select from units_placement w\n   where w.unit_id = any (programmes_schedule.within) and w.hierarchy = programmes_schedule.hierarchy\n    and its.lo >= w.lo and its.lo < w.hi))))",
            ),
        ),
    ]
