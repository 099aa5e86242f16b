"""Field days of leaders."""

from django.db import migrations, models

import abhiyan.core.policy


class Migration(migrations.Migration):
    dependencies = [("stays", "0001_ground")]

    operations = [
        migrations.CreateModel(
            name="FieldDay",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("programme_id", models.IntegerField()),
                ("leader_id", models.BigIntegerField()),
                ("day", models.DateField()),
                ("unit_id", models.BigIntegerField()),
                ("area_id", models.BigIntegerField()),
                ("planned_at", models.DateTimeField()),
                ("marked_at", models.DateTimeField(null=True)),
                ("flaw", models.TextField(db_default="", default="")),
                ("item_id", models.UUIDField(null=True)),
            ],
            options={
                "db_table": "stays_field_day",
                "constraints": [
                    models.UniqueConstraint(fields=("leader_id", "day"), name="field_day_once"),
                    abhiyan.core.policy.Policy(
                        command="SELECT",
                        name="field_day_in_scope",
                        using="(select current_setting('abhiyan.everything', true) = 'on') or leader_id = (select nullif(current_setting('abhiyan.account', true), '')::int8) or exists (select 1 from units_placement pl where pl.unit_id = stays_field_day.unit_id and pl.lo <@ (select core_positions('abhiyan.people')))",
                    ),
                    abhiyan.core.policy.Policy(
                        name="field_day_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    abhiyan.core.policy.Policy(
                        name="field_day_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    abhiyan.core.policy.Policy(name="field_day_migrates", to=("owner",), using="true"),
                ],
            },
        ),
    ]
