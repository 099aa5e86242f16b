"""What was said of a due and does not stand is kept beside what does."""

import django.db.models.deletion
from django.db import migrations, models

import abhiyan.core.policy


class Migration(migrations.Migration):
    dependencies = [
        ("programmes", "0010_pauses_of_schedules"),
    ]

    operations = [
        migrations.AddField(
            model_name="due",
            name="is_after",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="due",
            name="made_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.CreateModel(
            name="DueRecord",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "why",
                    models.TextField(
                        choices=[
                            ("older", "a newer one stands"),
                            ("replaced", "replaced by a newer one"),
                            ("after", "came after the period was closed"),
                            ("back", "taken back"),
                        ]
                    ),
                ),
                ("said_by", models.BigIntegerField(null=True)),
                ("made_at", models.DateTimeField()),
                ("stored_at", models.DateTimeField()),
                ("held_on", models.DateField(null=True)),
                ("people", models.IntegerField(null=True)),
                ("text", models.TextField(db_default="", default="")),
                ("figures", models.JSONField(db_default={}, default=dict)),
                ("answers", models.JSONField(null=True)),
                (
                    "due",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="records",
                        to="programmes.due",
                    ),
                ),
            ],
            options={
                "db_table": "programmes_due_record",
                "indexes": [models.Index(fields=["due", "made_at"], name="record_of_due")],
                "constraints": [
                    abhiyan.core.policy.Policy(
                        command="SELECT",
                        name="due_record_in_scope",
                        using="(select current_setting('abhiyan.everything', true) = 'on') or exists (select from programmes_due d where d.id = programmes_due_record.due_id)",
                    ),
                    abhiyan.core.policy.Policy(
                        name="due_record_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    abhiyan.core.policy.Policy(
                        name="due_record_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    abhiyan.core.policy.Policy(name="due_record_migrates", to=("owner",), using="true"),
                ],
            },
        ),
    ]
