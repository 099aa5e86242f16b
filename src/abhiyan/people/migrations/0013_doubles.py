"""Pairs of entries that may be one person, and what was decided."""

import django.contrib.postgres.fields
from django.db import migrations, models

import abhiyan.core.policy


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0012_document"),
    ]

    operations = [
        migrations.CreateModel(
            name="Double",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("public_id", models.UUIDField(unique=True)),
                ("first_id", models.UUIDField()),
                ("second_id", models.UUIDField()),
                ("unit_id", models.BigIntegerField()),
                ("other_unit_id", models.BigIntegerField()),
                ("score", models.SmallIntegerField()),
                (
                    "reasons",
                    django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None),
                ),
                ("is_twin", models.BooleanField()),
                (
                    "state",
                    models.TextField(
                        choices=[
                            ("open", "To be looked at"),
                            ("merged", "Merged"),
                            ("apart", "Different people"),
                        ],
                        db_default="open",
                        default="open",
                    ),
                ),
                ("kept_id", models.UUIDField(null=True)),
                ("found_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(null=True)),
                ("decided_by", models.BigIntegerField(null=True)),
            ],
            options={
                "db_table": "people_double",
                "indexes": [
                    models.Index(fields=["state", "-score"], name="double_state"),
                    models.Index(fields=["first_id"], name="double_first"),
                    models.Index(fields=["second_id"], name="double_second"),
                ],
                "constraints": [
                    abhiyan.core.policy.Policy(
                        check=None,
                        command="SELECT",
                        name="double_in_scope",
                        to=("app",),
                        using="(select current_setting('abhiyan.everything', true) = 'on') or ((select current_setting('abhiyan.everything', true) = 'on') or (exists (select 1 from units_placement pl where pl.unit_id = people_double.unit_id and pl.lo <@ (select core_positions('abhiyan.people'))) and exists (select 1 from units_placement pl where pl.unit_id = people_double.other_unit_id and pl.lo <@ (select core_positions('abhiyan.people')))))",
                    ),
                    abhiyan.core.policy.Policy(
                        check=None,
                        command="ALL",
                        name="double_written",
                        to=("app",),
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    abhiyan.core.policy.Policy(
                        check=None,
                        command="ALL",
                        name="double_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    abhiyan.core.policy.Policy(
                        check=None, command="ALL", name="double_migrates", to=("owner",), using="true"
                    ),
                ],
            },
        ),
    ]
