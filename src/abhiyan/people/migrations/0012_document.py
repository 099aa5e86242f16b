"""Cards and certificates: one table, whose public check says whether each is valid."""

from django.db import migrations, models

import abhiyan.core.policy


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0011_last_sign"),
    ]

    operations = [
        migrations.CreateModel(
            name="Document",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("kind", models.TextField()),
                ("about", models.UUIDField()),
                ("person_id", models.UUIDField()),
                ("issued_at", models.DateTimeField()),
                ("revoked_at", models.DateTimeField(null=True)),
                (
                    "revoke_reason",
                    models.TextField(
                        choices=[
                            ("ended", "The membership ended"),
                            ("lost", "Lost or stolen"),
                            ("wrong", "Printed with a mistake"),
                            ("misused", "Used by somebody else"),
                        ],
                        db_default="",
                        default="",
                    ),
                ),
            ],
            options={
                "db_table": "people_document",
                "indexes": [
                    models.Index(fields=["about"], name="document_about"),
                    models.Index(fields=["person_id"], name="document_person"),
                ],
                "constraints": [
                    abhiyan.core.policy.Policy(
                        check=None,
                        command="SELECT",
                        name="document_in_scope",
                        to=("app",),
                        using="(select current_setting('abhiyan.everything', true) = 'on') or exists (select 1 from people_person pp where pp.id = people_document.person_id)",
                    ),
                    abhiyan.core.policy.Policy(
                        check=None,
                        command="ALL",
                        name="document_written",
                        to=("app",),
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    abhiyan.core.policy.Policy(
                        check=None,
                        command="ALL",
                        name="document_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    abhiyan.core.policy.Policy(
                        check=None, command="ALL", name="document_migrates", to=("owner",), using="true"
                    ),
                ],
            },
        ),
    ]
