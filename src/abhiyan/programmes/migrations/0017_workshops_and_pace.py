"""Workshops of programmes, held and asked for; and what was reported by each minute."""

import django.db.models.deletion
from django.db import migrations, models

import abhiyan.core.policy


class Migration(migrations.Migration):
    dependencies = [
        ("programmes", "0016_own_figures"),
        ("units", "0005_polls"),
    ]

    operations = [
        migrations.CreateModel(
            name="Pace",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "programme_id",
                        "channel",
                        "minute",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("unit_id", models.BigIntegerField()),
                ("channel", models.SmallIntegerField()),
                ("minute", models.DateTimeField()),
                ("n", models.BigIntegerField()),
                (
                    "programme",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="programmes.programme",
                    ),
                ),
            ],
            options={
                "db_table": "programmes_pace",
                "constraints": [
                    abhiyan.core.policy.Policy(
                        check=None,
                        command="SELECT",
                        name="pace_in_scope",
                        to=("app",),
                        using="(select current_setting('abhiyan.everything', true) = 'on') or exists (select 1 from units_placement pl where pl.unit_id = programmes_pace.unit_id and pl.lo <@ (select core_positions('abhiyan.people')))",
                    ),
                    abhiyan.core.policy.Policy(
                        check=None,
                        command="ALL",
                        name="pace_written",
                        to=("app",),
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    abhiyan.core.policy.Policy(
                        check=None,
                        command="ALL",
                        name="pace_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    abhiyan.core.policy.Policy(
                        check=None, command="ALL", name="pace_migrates", to=("owner",), using="true"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Workshop",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(unique=True)),
                ("title", models.TextField()),
                ("made_at", models.DateTimeField()),
                ("made_by", models.BigIntegerField(null=True)),
                ("due_on", models.DateField(null=True)),
                ("planned_on", models.DateField(null=True)),
                ("held_on", models.DateField(null=True)),
                ("attended", models.IntegerField(null=True)),
                ("said_at", models.DateTimeField(null=True)),
                ("said_by", models.BigIntegerField(null=True)),
                ("asks_office", models.TextField(db_default="", default="")),
                ("asks_until", models.DateField(null=True)),
                ("asked_by", models.BigIntegerField(null=True)),
                ("reminded_on", models.DateField(null=True)),
                ("withdrawn_at", models.DateTimeField(null=True)),
                (
                    "above",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="below",
                        to="programmes.workshop",
                    ),
                ),
                (
                    "programme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="programmes.programme",
                    ),
                ),
                (
                    "task",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="workshop",
                        to="programmes.task",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="units.unit",
                    ),
                ),
            ],
            options={
                "db_table": "programmes_workshop",
                "indexes": [
                    models.Index(fields=["unit"], name="workshop_unit"),
                    models.Index(
                        condition=models.Q(("asks_until__isnull", False), ("withdrawn_at", None)),
                        fields=["asked_by"],
                        name="workshop_asker",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("withdrawn_at", None)),
                        fields=("above", "unit"),
                        name="workshop_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("attended", None),
                            models.Q(("attended__gte", 0), ("held_on__isnull", False)),
                            _connector="OR",
                        ),
                        name="workshop_attended",
                    ),
                    abhiyan.core.policy.Policy(
                        check=None,
                        command="SELECT",
                        name="workshop_in_scope",
                        to=("app",),
                        using="(select current_setting('abhiyan.everything', true) = 'on') or exists (select 1 from units_placement pl where pl.unit_id = programmes_workshop.unit_id and pl.lo <@ (select core_positions('abhiyan.line'))) or exists (select 1 from programmes_task t where t.id = programmes_workshop.task_id and t.account_id = (select nullif(current_setting('abhiyan.account', true), '')::int8))",
                    ),
                    abhiyan.core.policy.Policy(
                        check=None,
                        command="ALL",
                        name="workshop_written",
                        to=("app",),
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    abhiyan.core.policy.Policy(
                        check=None,
                        command="ALL",
                        name="workshop_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    abhiyan.core.policy.Policy(
                        check=None, command="ALL", name="workshop_migrates", to=("owner",), using="true"
                    ),
                ],
            },
        ),
    ]
