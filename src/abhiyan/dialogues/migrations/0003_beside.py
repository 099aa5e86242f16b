"""Outcomes of a call that do not stand are kept beside the one that does."""

import django.db.models.deletion
from django.db import migrations, models

import abhiyan.core.policy


class Migration(migrations.Migration):
    dependencies = [
        ("dialogues", "0002_needs_and_tasks"),
    ]

    operations = [
        migrations.AddField(
            model_name="dialogue",
            name="made_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.CreateModel(
            name="OutcomeBeside",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "outcome",
                    models.TextField(
                        choices=[
                            ("talked", "Talked"),
                            ("no_answer", "No answer"),
                            ("later", "Later"),
                            ("gone", "No longer president"),
                            ("wrong", "Wrong number"),
                        ]
                    ),
                ),
                ("made_at", models.DateTimeField()),
                ("stored_at", models.DateTimeField()),
                (
                    "call",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="outcomes_beside",
                        to="dialogues.dialogue",
                    ),
                ),
            ],
            options={
                "db_table": "dialogues_outcome",
                "indexes": [models.Index(fields=["call", "made_at"], name="outcome_of_call")],
                "constraints": [
                    abhiyan.core.policy.Policy(
                        command="SELECT",
                        name="dialogues_outcome_in_scope",
                        using="(select current_setting('abhiyan.everything', true) = 'on') or exists (select from dialogues_dialogue d where d.id = dialogues_outcome.call_id)",
                    ),
                    abhiyan.core.policy.Policy(
                        name="dialogues_outcome_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    abhiyan.core.policy.Policy(
                        name="dialogues_outcome_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    abhiyan.core.policy.Policy(
                        name="dialogues_outcome_migrates", to=("owner",), using="true"
                    ),
                ],
            },
        ),
    ]
