"""What workers enter at doors."""

from django.db import migrations, models

import abhiyan.core.policy


class Migration(migrations.Migration):
    dependencies = [
        ("enrolment", "0021_phone_changes"),
    ]

    operations = [
        migrations.CreateModel(
            name="DoorEntry",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("public_id", models.UUIDField(unique=True)),
                ("by", models.UUIDField()),
                ("programme_id", models.IntegerField()),
                ("unit_id", models.BigIntegerField()),
                ("phone_id", models.UUIDField()),
                ("membership_id", models.UUIDField(null=True)),
                ("is_new", models.BooleanField()),
                ("at", models.DateTimeField()),
                ("code_id", models.UUIDField(null=True)),
                ("code_at", models.DateTimeField(null=True)),
                ("proven_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "enrolment_door_entry",
                "indexes": [models.Index(fields=["by", "-at"], name="door_entry_by")],
                "constraints": [
                    abhiyan.core.policy.Policy(
                        check=None,
                        command="SELECT",
                        name="door_entry_in_scope",
                        to=("app",),
                        using="(select current_setting('abhiyan.everything', true) = 'on') or exists (select 1 from units_placement pl where pl.unit_id = enrolment_door_entry.unit_id and pl.lo <@ (select core_positions('abhiyan.people')))",
                    ),
                    abhiyan.core.policy.Policy(
                        check=None,
                        command="ALL",
                        name="door_entry_written",
                        to=("app",),
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    abhiyan.core.policy.Policy(
                        check=None,
                        command="ALL",
                        name="door_entry_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    abhiyan.core.policy.Policy(
                        check=None, command="ALL", name="door_entry_migrates", to=("owner",), using="true"
                    ),
                ],
            },
        ),
    ]
