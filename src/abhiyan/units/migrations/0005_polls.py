"""The calendar of polls."""

import django.db.models.deletion
from django.db import migrations, models

import abhiyan.core.policy
from abhiyan.core.constraints import AddConstraint


class Migration(migrations.Migration):
    dependencies = [
        ("units", "0004_who_may_write"),
    ]

    operations = [
        migrations.CreateModel(
            name="Poll",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(unique=True)),
                ("entry", models.UUIDField()),
                ("version", models.SmallIntegerField()),
                (
                    "kind",
                    models.TextField(
                        choices=[
                            ("parliamentary", "Lok Sabha election"),
                            ("assembly", "Assembly election"),
                            ("by_election", "By-election"),
                            ("local", "Local election"),
                            ("none", "No poll"),
                        ]
                    ),
                ),
                ("name", models.TextField()),
                ("unit_id", models.BigIntegerField()),
                ("announced_on", models.DateField()),
                ("result_on", models.DateField()),
                ("source", models.TextField()),
                ("is_sample", models.BooleanField(db_default=False, default=False)),
                ("is_withdrawal", models.BooleanField(db_default=False, default=False)),
                (
                    "state",
                    models.TextField(
                        choices=[
                            ("stated", "Waits for a second person"),
                            ("in_force", "In force"),
                            ("replaced", "Replaced by a newer version"),
                            ("withdrawn", "Withdrawn"),
                            ("dropped", "Not confirmed"),
                        ],
                        default="stated",
                    ),
                ),
                ("stated_by", models.BigIntegerField(null=True)),
                ("stated_at", models.DateTimeField()),
                ("confirmed_by", models.BigIntegerField(null=True)),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "units_poll",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "in_force")), fields=["result_on"], name="poll_result"
                    )
                ],
                "constraints": [
                    abhiyan.core.policy.Policy(
                        check=None,
                        command="SELECT",
                        name="poll_seen_by_all",
                        to=("app", "jobs", "gateway"),
                        using="true",
                    ),
                    abhiyan.core.policy.Policy(
                        check=None,
                        command="ALL",
                        name="poll_written",
                        to=("app",),
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    abhiyan.core.policy.Policy(
                        check=None,
                        command="ALL",
                        name="poll_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    abhiyan.core.policy.Policy(
                        check=None, command="ALL", name="poll_migrates", to=("owner",), using="true"
                    ),
                    models.UniqueConstraint(fields=("entry", "version"), name="poll_version_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "in_force")),
                        fields=("entry",),
                        name="poll_in_force_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "stated")), fields=("entry",), name="poll_stated_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("announced_on__lte", models.F("result_on"))),
                        name="poll_days_in_order",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PollPhase",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.SmallIntegerField()),
                ("closes_at", models.DateTimeField(null=True)),
                (
                    "poll",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="phases", to="units.poll"
                    ),
                ),
            ],
            options={
                "db_table": "units_poll_phase",
            },
        ),
        migrations.CreateModel(
            name="PollArea",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("unit_id", models.BigIntegerField()),
                (
                    "phase",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="areas",
                        to="units.pollphase",
                    ),
                ),
            ],
            options={
                "db_table": "units_poll_area",
            },
        ),
        AddConstraint(
            model_name="pollphase",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="SELECT",
                name="poll_phase_seen_by_all",
                to=("app", "jobs", "gateway"),
                using="true",
            ),
        ),
        AddConstraint(
            model_name="pollphase",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="poll_phase_written",
                to=("app",),
                using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
            ),
        ),
        AddConstraint(
            model_name="pollphase",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="poll_phase_for_a_reason",
                to=("jobs",),
                using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
            ),
        ),
        AddConstraint(
            model_name="pollphase",
            constraint=abhiyan.core.policy.Policy(
                check=None, command="ALL", name="poll_phase_migrates", to=("owner",), using="true"
            ),
        ),
        AddConstraint(
            model_name="pollphase",
            constraint=models.UniqueConstraint(fields=("poll", "number"), name="poll_phase_once"),
        ),
        AddConstraint(
            model_name="pollarea",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="SELECT",
                name="poll_area_seen_by_all",
                to=("app", "jobs", "gateway"),
                using="true",
            ),
        ),
        AddConstraint(
            model_name="pollarea",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="poll_area_written",
                to=("app",),
                using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
            ),
        ),
        AddConstraint(
            model_name="pollarea",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="poll_area_for_a_reason",
                to=("jobs",),
                using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
            ),
        ),
        AddConstraint(
            model_name="pollarea",
            constraint=abhiyan.core.policy.Policy(
                check=None, command="ALL", name="poll_area_migrates", to=("owner",), using="true"
            ),
        ),
        AddConstraint(
            model_name="pollarea",
            constraint=models.UniqueConstraint(fields=("phase", "unit_id"), name="poll_area_once"),
        ),
    ]
