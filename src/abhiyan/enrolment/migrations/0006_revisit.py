"""Phones to look at again once every older transaction has ended."""

from django.db import migrations, models

import abhiyan.core.policy


class Migration(migrations.Migration):
    dependencies = [
        ("enrolment", "0005_units_close"),
    ]

    operations = [
        migrations.CreateModel(
            name="Revisit",
            fields=[
                ("phone_id", models.UUIDField(primary_key=True, serialize=False)),
                ("horizon", models.BigIntegerField(null=True)),
            ],
            options={
                "db_table": "enrolment_revisit",
                "constraints": [
                    abhiyan.core.policy.Policy(
                        check=None,
                        command="ALL",
                        name="revisit_in_scope",
                        to=("app",),
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> '')) or phone_id = (select nullif(current_setting('abhiyan.phone', true), '')::uuid)",
                    ),
                    abhiyan.core.policy.Policy(
                        check=None,
                        command="ALL",
                        name="revisit_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    abhiyan.core.policy.Policy(
                        check=None, command="ALL", name="revisit_migrates", to=("owner",), using="true"
                    ),
                    abhiyan.core.policy.Policy(
                        check=None, command="ALL", name="revisit_gateway", to=("gateway",), using="true"
                    ),
                ],
            },
        ),
    ]
