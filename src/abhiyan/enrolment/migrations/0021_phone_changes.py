"""Numbers of members that change, or are asked to."""

from django.db import migrations, models

import abhiyan.core.policy


class Migration(migrations.Migration):
    dependencies = [
        ("enrolment", "0020_from_lists"),
    ]

    operations = [
        migrations.CreateModel(
            name="PhoneChange",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("membership_id", models.UUIDField(null=True)),
                ("old_phone_id", models.UUIDField(null=True)),
                ("new_phone_id", models.UUIDField()),
                ("sealed", models.BinaryField(null=True)),
                ("last4", models.TextField(db_default="", default="")),
                ("new_last4", models.TextField()),
                ("by", models.UUIDField()),
                ("asked_at", models.DateTimeField()),
                ("due_at", models.DateTimeField(null=True)),
                ("done_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("said_no_at", models.DateTimeField(null=True)),
                ("is_denied", models.BooleanField(db_default=False, default=False)),
            ],
            options={
                "db_table": "enrolment_phone_change",
                "indexes": [
                    models.Index(fields=["old_phone_id"], name="phone_change_old"),
                    models.Index(fields=["new_phone_id"], name="phone_change_new"),
                    models.Index(fields=["membership_id"], name="phone_change_of"),
                    models.Index(fields=["due_at"], name="phone_change_due"),
                ],
                "constraints": [
                    abhiyan.core.policy.Policy(
                        check=None,
                        command="SELECT",
                        name="phone_change_in_scope",
                        to=("app",),
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> '')) or (select nullif(current_setting('abhiyan.phone', true), '')::uuid) in (old_phone_id, new_phone_id)",
                    ),
                    abhiyan.core.policy.Policy(
                        check=None,
                        command="ALL",
                        name="phone_change_written",
                        to=("app",),
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    abhiyan.core.policy.Policy(
                        check=None,
                        command="ALL",
                        name="phone_change_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    abhiyan.core.policy.Policy(
                        check=None, command="ALL", name="phone_change_migrates", to=("owner",), using="true"
                    ),
                ],
            },
        ),
    ]
