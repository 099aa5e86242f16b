"""Members of closed units who went to the successor are kept for an opening."""

from django.db import migrations, models

import abhiyan.core.policy


class Migration(migrations.Migration):
    dependencies = [
        ("enrolment", "0004_positions_of_a_tree"),
    ]

    operations = [
        migrations.CreateModel(
            name="Moved",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("closing_id", models.BigIntegerField()),
                ("membership_id", models.UUIDField()),
                ("unit_id", models.BigIntegerField()),
                ("to_id", models.BigIntegerField()),
            ],
            options={
                "db_table": "enrolment_moved",
                "indexes": [models.Index(fields=["closing_id", "unit_id"], name="moved_closing")],
                "constraints": [
                    abhiyan.core.policy.Policy(
                        check=None,
                        command="ALL",
                        name="moved_in_scope",
                        to=("app",),
                        using="(select current_setting('abhiyan.everything', true) = 'on') or exists (select 1 from units_placement pl where pl.unit_id = enrolment_moved.unit_id and pl.lo <@ (select core_positions('abhiyan.people')))",
                    ),
                    abhiyan.core.policy.Policy(
                        check=None,
                        command="ALL",
                        name="moved_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    abhiyan.core.policy.Policy(
                        check=None, command="ALL", name="moved_migrates", to=("owner",), using="true"
                    ),
                ],
            },
        ),
    ]
