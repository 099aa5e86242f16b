"""Numbers of people at a meeting that do not stand are kept beside the one that does."""

import django.db.models.deletion
from django.db import migrations, models

import abhiyan.core.policy


class Migration(migrations.Migration):
    dependencies = [
        ("meetings", "0004_phones_of_lists"),
    ]

    operations = [
        migrations.AddField(
            model_name="meeting",
            name="total_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="meeting",
            name="total_by",
            field=models.BigIntegerField(null=True),
        ),
        migrations.CreateModel(
            name="CountBeside",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("n", models.IntegerField()),
                ("walk_ins", models.IntegerField(null=True)),
                ("by", models.BigIntegerField(null=True)),
                ("made_at", models.DateTimeField(null=True)),
                ("stored_at", models.DateTimeField()),
                (
                    "meeting",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="counts_beside",
                        to="meetings.meeting",
                    ),
                ),
            ],
            options={
                "db_table": "meetings_count",
                "indexes": [models.Index(fields=["meeting", "made_at"], name="meeting_count_of")],
                "constraints": [
                    abhiyan.core.policy.Policy(
                        command="SELECT",
                        name="meeting_count_in_scope",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> '')) or exists (select from meetings_meeting m where m.id = meetings_count.meeting_id)",
                    ),
                    abhiyan.core.policy.Policy(
                        name="meeting_count_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    abhiyan.core.policy.Policy(
                        name="meeting_count_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    abhiyan.core.policy.Policy(name="meeting_count_migrates", to=("owner",), using="true"),
                ],
            },
        ),
    ]
