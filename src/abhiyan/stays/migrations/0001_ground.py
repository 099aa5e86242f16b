"""The table of stays."""

from django.db import migrations, models

import abhiyan.core.policy


class Migration(migrations.Migration):
    initial = True

    dependencies = [("core", "0001_ground"), ("units", "0001_ground")]

    operations = [
        migrations.CreateModel(
            name="Stay",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("programme_id", models.IntegerField()),
                ("unit_id", models.BigIntegerField()),
                ("worker_id", models.BigIntegerField()),
                ("host_name", models.TextField(db_default="", default="")),
                ("host_phone", models.UUIDField(null=True)),
                (
                    "state",
                    models.TextField(
                        choices=[
                            ("assigned", "Assigned"),
                            ("accepted", "Accepted"),
                            ("there", "There"),
                            ("done", "Done"),
                            ("declined", "The worker declined"),
                            ("host_no", "The host said no"),
                            ("withdrawn", "Taken back"),
                        ],
                        default="assigned",
                    ),
                ),
                ("why", models.TextField(db_default="", default="")),
                ("flaw", models.TextField(db_default="", default="")),
                ("marks", models.JSONField(default=dict)),
                ("report", models.JSONField(default=dict)),
                ("item_id", models.UUIDField(null=True)),
                ("import_id", models.BigIntegerField(null=True)),
                ("made_at", models.DateTimeField()),
                ("told_at", models.DateTimeField(null=True)),
                ("left_at", models.DateTimeField(null=True)),
                ("asked_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "stays_stay",
                "indexes": [
                    models.Index(fields=["worker_id"], name="stay_worker"),
                    models.Index(fields=["unit_id", "programme_id"], name="stay_unit"),
                    models.Index(
                        condition=models.Q(("ended_at", None), ("told_at", None)),
                        fields=["made_at"],
                        name="stay_to_tell",
                    ),
                    models.Index(
                        condition=models.Q(("asked_at", None), ("state", "done")),
                        fields=["left_at"],
                        name="stay_to_ask",
                    ),
                    models.Index(
                        condition=models.Q(("import_id__isnull", False)),
                        fields=["import_id"],
                        name="stay_import",
                    ),
                    models.Index(
                        condition=models.Q(("host_phone__isnull", False)),
                        fields=["host_phone"],
                        name="stay_host",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("programme_id", "unit_id"),
                        name="stay_place_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("programme_id", "worker_id"),
                        name="stay_worker_once",
                    ),
                    abhiyan.core.policy.Policy(
                        command="SELECT",
                        name="stay_in_scope",
                        using="(select current_setting('abhiyan.everything', true) = 'on') or worker_id = (select nullif(current_setting('abhiyan.account', true), '')::int8) or exists (select 1 from units_placement pl where pl.unit_id = stays_stay.unit_id and pl.lo <@ (select core_positions('abhiyan.people')))",
                    ),
                    abhiyan.core.policy.Policy(
                        name="stay_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    abhiyan.core.policy.Policy(
                        name="stay_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    abhiyan.core.policy.Policy(name="stay_migrates", to=("owner",), using="true"),
                ],
            },
        ),
    ]
