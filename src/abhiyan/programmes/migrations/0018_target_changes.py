"""A change of targets over a whole tree is asked for, and done by a job."""

import django.db.models.deletion
from django.db import migrations, models

import abhiyan.core.policy


class Migration(migrations.Migration):
    dependencies = [
        ("programmes", "0017_places"),
        ("units", "0002_first_days"),
    ]

    operations = [
        migrations.CreateModel(
            name="TargetChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(unique=True)),
                ("measure", models.SmallIntegerField()),
                (
                    "act",
                    models.TextField(
                        choices=[
                            ("set", "Set by hand"),
                            ("locked", "Locked"),
                            ("unlocked", "Unlocked"),
                            ("split", "Split"),
                            ("plan", "Taken over from a plan"),
                            ("back", "Gone back"),
                            ("closed", "Unit closed"),
                        ]
                    ),
                ),
                ("given", models.JSONField()),
                ("asked_at", models.DateTimeField()),
                ("asked_by", models.BigIntegerField(null=True)),
                ("person", models.UUIDField()),
                ("begun_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("n", models.IntegerField(null=True)),
                ("refused", models.JSONField(db_default={}, default=dict)),
                (
                    "programme",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="programmes.programme",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="units.unit",
                    ),
                ),
            ],
            options={
                "db_table": "programmes_target_change",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("programme", "measure", "unit"),
                        name="target_change_once",
                    ),
                    abhiyan.core.policy.Policy(
                        name="target_change_in_scope",
                        using="(select current_setting('abhiyan.everything', true) = 'on') or exists (select 1 from units_placement pl where pl.unit_id = programmes_target_change.unit_id and pl.lo <@ (select core_positions('abhiyan.counts')))",
                    ),
                    abhiyan.core.policy.Policy(
                        name="target_change_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    abhiyan.core.policy.Policy(name="target_change_migrates", to=("owner",), using="true"),
                ],
            },
        ),
    ]
