"""What people ask by law of what is held about them, until it is answered."""

from django.db import migrations, models

import abhiyan.core.policy


class Migration(migrations.Migration):
    dependencies = [
        ("enrolment", "0017_unasked"),
    ]

    operations = [
        migrations.CreateModel(
            name="Ticket",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                (
                    "kind",
                    models.TextField(
                        choices=[
                            ("access", "Ask what we hold, or who got it"),
                            ("correction", "Have something corrected"),
                            ("completion", "Have something added"),
                            ("erasure", "Have everything erased"),
                            ("nomination", "Name somebody who acts for you"),
                            ("grievance", "Complain"),
                        ]
                    ),
                ),
                ("phone_id", models.UUIDField()),
                ("person_id", models.UUIDField()),
                ("public_id", models.UUIDField()),
                ("unit_id", models.BigIntegerField()),
                ("language", models.TextField(db_default="", default="")),
                ("sealed_said", models.BinaryField(null=True)),
                ("sealed_answer", models.BinaryField(null=True)),
                ("asked_at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                ("answered_at", models.DateTimeField(null=True)),
                ("answered_by", models.BigIntegerField(null=True)),
            ],
            options={
                "db_table": "enrolment_ticket",
                "indexes": [
                    models.Index(fields=["phone_id"], name="ticket_phone"),
                    models.Index(
                        condition=models.Q(("answered_at", None)), fields=["due_at"], name="ticket_open"
                    ),
                ],
                "constraints": [
                    abhiyan.core.policy.Policy(
                        check=None,
                        command="SELECT",
                        name="ticket_in_scope",
                        to=("app",),
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> '')) or phone_id = (select nullif(current_setting('abhiyan.phone', true), '')::uuid) or exists (select 1 from units_placement pl where pl.unit_id = enrolment_ticket.unit_id and pl.lo <@ (select core_positions('abhiyan.requests')))",
                    ),
                    abhiyan.core.policy.Policy(
                        check=None,
                        command="ALL",
                        name="ticket_written",
                        to=("app",),
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    abhiyan.core.policy.Policy(
                        check=None,
                        command="ALL",
                        name="ticket_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    abhiyan.core.policy.Policy(
                        check=None, command="ALL", name="ticket_migrates", to=("owner",), using="true"
                    ),
                ],
            },
        ),
    ]
