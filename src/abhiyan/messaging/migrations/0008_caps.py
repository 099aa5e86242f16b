"""What outreach phones and persons got in the last seven days."""

from django.db import migrations, models

import abhiyan.core.policy


class Migration(migrations.Migration):
    dependencies = [
        ("messaging", "0007_question"),
    ]

    operations = [
        migrations.CreateModel(
            name="Reached",
            fields=[
                ("subject", models.UUIDField(primary_key=True, serialize=False)),
                ("taken", models.JSONField(db_default={}, default=dict)),
                ("last_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "messaging_reached",
                "indexes": [models.Index(fields=["last_at"], name="reached_last")],
                "constraints": [
                    abhiyan.core.policy.Policy(
                        check=None,
                        command="SELECT",
                        name="reached_in_scope",
                        to=("app",),
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> '')) or subject = (select nullif(current_setting('abhiyan.phone', true), '')::uuid)",
                    ),
                    abhiyan.core.policy.Policy(
                        check=None,
                        command="ALL",
                        name="reached_written",
                        to=("app",),
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    abhiyan.core.policy.Policy(
                        check=None,
                        command="ALL",
                        name="reached_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    abhiyan.core.policy.Policy(
                        check=None, command="ALL", name="reached_migrates", to=("owner",), using="true"
                    ),
                ],
            },
        ),
    ]
