"""The tables of dialogues."""

import django.contrib.postgres.fields
from django.db import migrations, models

import abhiyan.core.policy


class Migration(migrations.Migration):
    initial = True

    dependencies = [("core", "0001_ground"), ("units", "0001_ground")]

    operations = [
        migrations.CreateModel(
            name="Absence",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(unique=True)),
                ("account_id", models.BigIntegerField()),
                ("first_on", models.DateField()),
                ("last_on", models.DateField()),
            ],
            options={
                "db_table": "dialogues_absence",
                "indexes": [models.Index(fields=["account_id", "last_on"], name="absence_of")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("last_on__gte", models.F("first_on"))),
                        name="absence_days_in_order",
                    ),
                    abhiyan.core.policy.Policy(
                        command="SELECT",
                        name="absence_in_scope",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> '')) or account_id = (select nullif(current_setting('abhiyan.account', true), '')::int8)",
                    ),
                    abhiyan.core.policy.Policy(
                        name="absence_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    abhiyan.core.policy.Policy(
                        name="absence_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    abhiyan.core.policy.Policy(name="absence_migrates", to=("owner",), using="true"),
                ],
            },
        ),
        migrations.CreateModel(
            name="CallDay",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("programme_id", models.IntegerField()),
                ("day", models.DateField()),
                ("made_at", models.DateTimeField()),
                ("sent_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "dialogues_day",
                "constraints": [
                    models.UniqueConstraint(fields=("programme_id", "day"), name="dialogues_day_once"),
                    abhiyan.core.policy.Policy(
                        name="dialogues_day_in_scope",
                        using="(select current_setting('abhiyan.everything', true) = 'on') or false",
                    ),
                    abhiyan.core.policy.Policy(
                        name="dialogues_day_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    abhiyan.core.policy.Policy(name="dialogues_day_migrates", to=("owner",), using="true"),
                ],
            },
        ),
        migrations.CreateModel(
            name="CallPlan",
            fields=[
                ("programme_id", models.IntegerField(primary_key=True, serialize=False)),
                (
                    "offices",
                    django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None),
                ),
                ("per_day", models.SmallIntegerField()),
            ],
            options={
                "db_table": "dialogues_plan",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("per_day__gt", 0)), name="dialogues_plan_calls"
                    ),
                    abhiyan.core.policy.Policy(
                        command="SELECT",
                        name="dialogues_plan_seen_by_all",
                        to=("app", "jobs", "gateway"),
                        using="true",
                    ),
                    abhiyan.core.policy.Policy(
                        name="dialogues_plan_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    abhiyan.core.policy.Policy(
                        name="dialogues_plan_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    abhiyan.core.policy.Policy(name="dialogues_plan_migrates", to=("owner",), using="true"),
                ],
            },
        ),
        migrations.CreateModel(
            name="CallRound",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("programme_id", models.IntegerField()),
                ("area", models.TextField()),
                ("began_on", models.DateField()),
            ],
            options={
                "db_table": "dialogues_round",
                "constraints": [
                    models.UniqueConstraint(fields=("programme_id", "area"), name="dialogues_round_once"),
                    abhiyan.core.policy.Policy(
                        name="dialogues_round_in_scope",
                        using="(select current_setting('abhiyan.everything', true) = 'on') or false",
                    ),
                    abhiyan.core.policy.Policy(
                        name="dialogues_round_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    abhiyan.core.policy.Policy(name="dialogues_round_migrates", to=("owner",), using="true"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Dialogue",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("programme_id", models.IntegerField()),
                ("day", models.DateField()),
                ("leader_id", models.BigIntegerField()),
                ("unit_id", models.BigIntegerField()),
                ("president_id", models.BigIntegerField()),
                ("came", models.SmallIntegerField()),
                (
                    "outcome",
                    models.TextField(
                        choices=[("talked", "Talked"), ("no_answer", "No answer"), ("later", "Later")],
                        db_default="",
                        default="",
                    ),
                ),
                ("has_asked", models.BooleanField(db_default=False, default=False)),
                ("organisation", models.SmallIntegerField(null=True)),
                ("noted_at", models.DateTimeField(null=True)),
                ("ticket_id", models.UUIDField(null=True)),
                ("item_id", models.UUIDField(null=True)),
                ("asked_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "dialogues_dialogue",
                "indexes": [
                    models.Index(fields=["leader_id", "day"], name="dialogue_leader"),
                    models.Index(fields=["unit_id", "day"], name="dialogue_booth"),
                    models.Index(
                        condition=models.Q(("asked_at", None), ("outcome", "talked")),
                        fields=["noted_at"],
                        name="dialogue_to_ask",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("programme_id", "day", "unit_id"), name="dialogue_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("organisation", None), ("organisation__range", (1, 3)), _connector="OR"
                        ),
                        name="dialogue_organisation",
                    ),
                    abhiyan.core.policy.Policy(
                        command="SELECT",
                        name="dialogue_in_scope",
                        using="(select current_setting('abhiyan.everything', true) = 'on') or leader_id = (select nullif(current_setting('abhiyan.account', true), '')::int8) or exists (select 1 from units_placement pl where pl.unit_id = dialogues_dialogue.unit_id and pl.lo <@ (select core_positions('abhiyan.people')))",
                    ),
                    abhiyan.core.policy.Policy(
                        name="dialogue_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    abhiyan.core.policy.Policy(
                        name="dialogue_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    abhiyan.core.policy.Policy(name="dialogue_migrates", to=("owner",), using="true"),
                ],
            },
        ),
    ]
