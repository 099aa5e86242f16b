"""A break has a reason, a caller asks for help, and a supervisor hands call-backs over."""

import django.db.models.deletion
from django.db import migrations, models

import abhiyan.core.policy


class Migration(migrations.Migration):
    dependencies = [
        ("contact", "0013_spoken_no"),
    ]

    operations = [
        migrations.AddField(
            model_name="callseat",
            name="break_for",
            field=models.TextField(
                choices=[
                    ("meal", "Meal"),
                    ("rest", "Rest"),
                    ("training", "Training"),
                    ("technical", "Phone, network or computer"),
                    ("other", "Another reason"),
                    ("done", "Done for today"),
                ],
                db_default="",
                default="",
            ),
        ),
        migrations.AddField(
            model_name="callseat",
            name="heard_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="callseat",
            name="heard_by",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="callseat",
            name="help_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="callseat",
            name="help_for",
            field=models.TextField(
                choices=[
                    ("question", "I do not know the answer"),
                    ("upset", "The person is upset or rude"),
                    ("danger", "Somebody threatens, or may be in danger"),
                    ("technical", "Phone, network or computer"),
                    ("other", "Another reason"),
                ],
                db_default="",
                default="",
            ),
        ),
        migrations.AddField(
            model_name="callseat",
            name="help_turn_id",
            field=models.UUIDField(null=True),
        ),
        migrations.CreateModel(
            name="CallHandover",
            fields=[
                (
                    "entry",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="contact.contactentry",
                    ),
                ),
                ("body_id", models.BigIntegerField()),
                ("agent_id", models.BigIntegerField()),
                ("by_id", models.BigIntegerField(null=True)),
                ("at", models.DateTimeField()),
                ("until", models.DateTimeField()),
            ],
            options={
                "db_table": "contact_call_handover",
                "indexes": [models.Index(fields=["agent_id", "until"], name="call_handover_caller")],
                "constraints": [
                    abhiyan.core.policy.Policy(
                        command="SELECT",
                        name="call_handover_in_scope",
                        using="(select current_setting('abhiyan.everything', true) = 'on') or agent_id = (select nullif(current_setting('abhiyan.account', true), '')::int8)",
                    ),
                    abhiyan.core.policy.Policy(
                        name="call_handover_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    abhiyan.core.policy.Policy(
                        name="call_handover_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    abhiyan.core.policy.Policy(name="call_handover_migrates", to=("owner",), using="true"),
                ],
            },
        ),
    ]
