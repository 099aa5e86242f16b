"""What people said of their place who joined without one; and places given to many at once."""

from django.db import migrations, models

import abhiyan.core.policy


class Migration(migrations.Migration):
    dependencies = [
        ("enrolment", "0022_door_entry"),
    ]

    operations = [
        migrations.CreateModel(
            name="Whereabout",
            fields=[
                ("claim", models.UUIDField(primary_key=True, serialize=False)),
                ("phone_id", models.UUIDField()),
                ("unit_id", models.BigIntegerField()),
                ("pin", models.TextField(db_default="", default="")),
                ("place", models.TextField(db_default="", default="")),
            ],
            options={
                "db_table": "enrolment_whereabout",
                "indexes": [models.Index(fields=["phone_id"], name="whereabout_phone")],
                "constraints": [
                    abhiyan.core.policy.Policy(
                        check=None,
                        command="SELECT",
                        name="whereabout_in_scope",
                        to=("app",),
                        using="(select current_setting('abhiyan.everything', true) = 'on') or phone_id = (select nullif(current_setting('abhiyan.phone', true), '')::uuid) or exists (select 1 from units_placement pl where pl.unit_id = enrolment_whereabout.unit_id and pl.lo <@ (select core_positions('abhiyan.people')))",
                    ),
                    abhiyan.core.policy.Policy(
                        check=None,
                        command="ALL",
                        name="whereabout_written",
                        to=("app",),
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    abhiyan.core.policy.Policy(
                        check=None,
                        command="ALL",
                        name="whereabout_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    abhiyan.core.policy.Policy(
                        check=None, command="ALL", name="whereabout_migrates", to=("owner",), using="true"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Placing",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(unique=True)),
                ("from_unit_id", models.BigIntegerField()),
                ("unit_id", models.BigIntegerField()),
                ("pin", models.TextField(db_default="", default="")),
                ("place", models.TextField(db_default="", default="")),
                ("claims", models.JSONField()),
                ("n", models.IntegerField()),
                ("by", models.UUIDField()),
                ("at", models.DateTimeField()),
                ("undone_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "enrolment_placing",
                "indexes": [models.Index(fields=["by", "-at"], name="placing_by")],
                "constraints": [
                    abhiyan.core.policy.Policy(
                        check=None,
                        command="SELECT",
                        name="placing_in_scope",
                        to=("app",),
                        using="(select current_setting('abhiyan.everything', true) = 'on') or exists (select 1 from units_placement pl where pl.unit_id = enrolment_placing.from_unit_id and pl.lo <@ (select core_positions('abhiyan.people')))",
                    ),
                    abhiyan.core.policy.Policy(
                        check=None,
                        command="ALL",
                        name="placing_written",
                        to=("app",),
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    abhiyan.core.policy.Policy(
                        check=None,
                        command="ALL",
                        name="placing_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    abhiyan.core.policy.Policy(
                        check=None, command="ALL", name="placing_migrates", to=("owner",), using="true"
                    ),
                ],
            },
        ),
    ]
