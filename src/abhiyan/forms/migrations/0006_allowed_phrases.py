"""Phrases of places and events that data officers allow, where the rule of private questions refuses them."""

import django.db.models.deletion
from django.db import migrations, models

import abhiyan.core.policy


class Migration(migrations.Migration):
    dependencies = [
        ("forms", "0005_no_names"),
        ("units", "0002_first_days"),
    ]

    operations = [
        migrations.CreateModel(
            name="AllowedPhrase",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(unique=True)),
                ("phrase", models.TextField()),
                ("plain", models.TextField(unique=True)),
                (
                    "state",
                    models.TextField(
                        choices=[
                            ("asked", "To be decided"),
                            ("allowed", "Allowed"),
                            ("refused", "Not allowed"),
                        ],
                        default="asked",
                    ),
                ),
                ("asked_by", models.BigIntegerField(null=True)),
                ("asked_at", models.DateTimeField()),
                ("decided_by", models.BigIntegerField(null=True)),
                ("decided_at", models.DateTimeField(null=True)),
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
                "db_table": "forms_allowed_phrase",
                "constraints": [
                    abhiyan.core.policy.Policy(
                        command="SELECT",
                        name="allowed_phrase_seen_by_all",
                        to=("app", "jobs", "gateway"),
                        using="true",
                    ),
                    abhiyan.core.policy.Policy(
                        name="allowed_phrase_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    abhiyan.core.policy.Policy(
                        name="allowed_phrase_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    abhiyan.core.policy.Policy(name="allowed_phrase_migrates", to=("owner",), using="true"),
                ],
            },
        ),
    ]
