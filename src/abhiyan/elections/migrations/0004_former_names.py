from django.db import migrations, models

import abhiyan.core.policy


class Migration(migrations.Migration):
    """Which codes of earlier elections are parties of now."""

    dependencies = [
        ("elections", "0003_who_may_write"),
    ]

    operations = [
        migrations.CreateModel(
            name="FormerName",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("party", models.TextField()),
                ("was", models.TextField()),
                ("said_by", models.BigIntegerField(null=True)),
                ("said_at", models.DateTimeField()),
            ],
            options={
                "db_table": "elections_former_name",
                "constraints": [
                    abhiyan.core.policy.Policy(
                        check=None,
                        command="SELECT",
                        name="elections_former_name_seen_by_all",
                        to=("app", "jobs", "gateway"),
                        using="true",
                    ),
                    abhiyan.core.policy.Policy(
                        check=None,
                        command="ALL",
                        name="elections_former_name_written",
                        to=("app",),
                        using="((select current_setting('abhiyan.everything', true) = 'on') or (select coalesce(nullif(current_setting('abhiyan.counts', true), ''), '{}') <> '{}'))",
                    ),
                    abhiyan.core.policy.Policy(
                        check=None,
                        command="ALL",
                        name="elections_former_name_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    abhiyan.core.policy.Policy(
                        check=None,
                        command="ALL",
                        name="elections_former_name_migrates",
                        to=("owner",),
                        using="true",
                    ),
                    models.UniqueConstraint(fields=("was",), name="former_name_once"),
                ],
            },
        ),
    ]
