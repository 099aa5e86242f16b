"""Terms that ended because their person is on the roll twice, for the undo."""

from django.db import migrations, models

import abhiyan.core.policy


class Migration(migrations.Migration):
    dependencies = [
        ("enrolment", "0025_referrals"),
    ]

    operations = [
        migrations.CreateModel(
            name="MergedTerm",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("membership_id", models.UUIDField()),
                ("phone_id", models.UUIDField()),
                ("kept_id", models.UUIDField()),
                ("double_id", models.UUIDField()),
                ("at", models.DateTimeField()),
                ("undone_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "enrolment_merged_term",
                "indexes": [models.Index(fields=["double_id"], name="merged_term_double")],
                "constraints": [
                    abhiyan.core.policy.Policy(
                        check=None,
                        command="SELECT",
                        name="merged_term_in_scope",
                        to=("app",),
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> '')) or phone_id = (select nullif(current_setting('abhiyan.phone', true), '')::uuid)",
                    ),
                    abhiyan.core.policy.Policy(
                        check=None,
                        command="ALL",
                        name="merged_term_written",
                        to=("app",),
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    abhiyan.core.policy.Policy(
                        check=None,
                        command="ALL",
                        name="merged_term_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    abhiyan.core.policy.Policy(
                        check=None, command="ALL", name="merged_term_migrates", to=("owner",), using="true"
                    ),
                    abhiyan.core.policy.Policy(
                        check=None, command="ALL", name="merged_term_gateway", to=("gateway",), using="true"
                    ),
                ],
            },
        ),
    ]
