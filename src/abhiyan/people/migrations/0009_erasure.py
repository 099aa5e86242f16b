"""Who had everything erased: what is sealed of them until the purge, and the digest that keeps later lists from them."""

from django.db import migrations, models

import abhiyan.core.policy


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0008_who_may_write"),
    ]

    operations = [
        migrations.CreateModel(
            name="Erasure",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("person_id", models.UUIDField()),
                ("phone_id", models.UUIDField()),
                ("who", models.BinaryField()),
                ("sealed", models.BinaryField(null=True)),
                ("channel", models.SmallIntegerField()),
                ("at", models.DateTimeField()),
                ("purge_at", models.DateTimeField()),
                ("purged_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "people_erasure",
                "indexes": [
                    models.Index(fields=["phone_id"], name="erasure_phone"),
                    models.Index(
                        condition=models.Q(("purged_at", None)), fields=["purge_at"], name="erasure_due"
                    ),
                ],
                "constraints": [
                    abhiyan.core.policy.Policy(
                        check=None,
                        command="SELECT",
                        name="erasure_in_scope",
                        to=("app",),
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> '')) or phone_id = (select nullif(current_setting('abhiyan.phone', true), '')::uuid)",
                    ),
                    abhiyan.core.policy.Policy(
                        check=None,
                        command="ALL",
                        name="erasure_written",
                        to=("app",),
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    abhiyan.core.policy.Policy(
                        check=None,
                        command="ALL",
                        name="erasure_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    abhiyan.core.policy.Policy(
                        check=None, command="ALL", name="erasure_migrates", to=("owner",), using="true"
                    ),
                    abhiyan.core.policy.Policy(
                        check=None, command="ALL", name="erasure_gateway", to=("gateway",), using="true"
                    ),
                ],
            },
        ),
    ]
