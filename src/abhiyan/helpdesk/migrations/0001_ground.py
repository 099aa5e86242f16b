"""The tables of the helpline."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

from abhiyan.core.policy import Policy


class Migration(migrations.Migration):
    initial = True
    dependencies = [("org", "0001_ground")]
    operations = [
        migrations.CreateModel(
            name="Ticket",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("number", models.TextField()),
                (
                    "kind",
                    models.TextField(
                        choices=[
                            ("membership", "My membership"),
                            ("card", "My card"),
                            ("place", "My village or booth"),
                            ("programme", "A meeting or programme"),
                            ("material", "Posters, forms, other material"),
                            ("technical", "A page or code does not work"),
                            ("complaint", "A complaint"),
                            ("other", "Something else"),
                        ]
                    ),
                ),
                (
                    "way",
                    models.TextField(
                        choices=[
                            ("call", "Phone call"),
                            ("sms", "SMS"),
                            ("chat", "WhatsApp"),
                            ("web", "Web form"),
                        ]
                    ),
                ),
                (
                    "state",
                    models.TextField(
                        choices=[
                            ("open", "Waits for an answer"),
                            ("done", "Done, waits for the person"),
                            ("solved", "Solved"),
                            ("closed", "Closed without a reply"),
                            ("merged", "Merged"),
                        ]
                    ),
                ),
                ("programme_id", models.IntegerField(db_default=0, default=0)),
                ("unit_id", models.BigIntegerField()),
                ("desk_id", models.BigIntegerField()),
                ("phone_id", models.UUIDField()),
                ("last4", models.TextField()),
                ("is_proven", models.BooleanField()),
                ("language", models.TextField()),
                ("sealed", models.BinaryField(null=True)),
                ("n", models.IntegerField(db_default=1, default=1)),
                ("opened_at", models.DateTimeField()),
                ("opened_by", models.BigIntegerField(null=True)),
                ("last_at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                ("answered_at", models.DateTimeField(null=True)),
                ("done_at", models.DateTimeField(null=True)),
                ("closed_at", models.DateTimeField(null=True)),
                ("solved_at", models.DateTimeField(null=True)),
                ("raised_at", models.DateTimeField(null=True)),
                ("raised", models.SmallIntegerField(db_default=0, default=0)),
                ("reopened", models.SmallIntegerField(db_default=0, default=0)),
                ("merged_into", models.UUIDField(null=True)),
                ("question", models.UUIDField(null=True)),
                ("came_id", models.BigIntegerField(null=True)),
                (
                    "offices",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), db_default=[], default=list, size=None
                    ),
                ),
            ],
            options={
                "db_table": "helpdesk_ticket",
                "indexes": [
                    models.Index(fields=["phone_id", "opened_at"], name="helpdesk_phone"),
                    models.Index(fields=["number"], name="helpdesk_number"),
                    models.Index(
                        condition=models.Q(("state", "open")),
                        fields=["desk_id", "due_at"],
                        name="helpdesk_open",
                    ),
                    models.Index(fields=["state", "due_at"], name="helpdesk_state"),
                    models.Index(fields=["due_at"], name="helpdesk_due"),
                    models.Index(fields=["last4", "due_at"], name="helpdesk_last4"),
                    models.Index(
                        condition=models.Q(("state", "open")), fields=["unit_id"], name="helpdesk_open_unit"
                    ),
                    models.Index(
                        condition=models.Q(("state", "open")),
                        fields=["programme_id", "due_at"],
                        name="helpdesk_of_programme",
                    ),
                    models.Index(
                        condition=models.Q(("state", "done")), fields=["done_at"], name="helpdesk_done"
                    ),
                    models.Index(
                        condition=models.Q(("question__isnull", False)),
                        fields=["question"],
                        name="helpdesk_question",
                    ),
                    models.Index(fields=["opened_at"], name="helpdesk_opened"),
                    models.Index(fields=["desk_id", "opened_at"], name="helpdesk_desk"),
                ],
                "constraints": [
                    Policy(
                        command="SELECT",
                        name="helpdesk_ticket_in_scope",
                        using="(select current_setting('abhiyan.everything', true) = 'on') or phone_id = (select nullif(current_setting('abhiyan.phone', true), '')::uuid) or exists (select 1 from units_placement pl where pl.unit_id = helpdesk_ticket.unit_id and pl.lo <@ (select core_positions('abhiyan.people'))) or (cardinality(helpdesk_ticket.offices) > 0 and exists (select from org_appointment ap\n join org_office o on o.id = ap.office_id\n join units_placement pl on pl.unit_id = ap.unit_id and pl.lo <@ (select core_positions('abhiyan.counts'))\n where ap.account_id = (select nullif(current_setting('abhiyan.account', true), '')::int8) and ap.state = 'active' and ap.unit_id = helpdesk_ticket.desk_id\n  and o.code = any (helpdesk_ticket.offices)))",
                    ),
                    Policy(
                        name="helpdesk_ticket_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    Policy(
                        name="helpdesk_ticket_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="helpdesk_ticket_migrates", to=("owner",), using="true"),
                ],
            },
        ),
        migrations.CreateModel(
            name="TicketLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "what",
                    models.TextField(
                        choices=[
                            ("said", "The person"),
                            ("replied", "Our answer"),
                            ("done", "Our answer: done"),
                            ("moved", "Moved"),
                            ("raised", "Overdue: to the office above"),
                            ("merged", "Merged"),
                            ("solved", "Solved, says the person"),
                            ("unsolved", "Not solved, says the person"),
                            ("reopened", "Opened again"),
                            ("closed", "Closed without a reply"),
                            ("unreached", "Our SMS did not reach the person"),
                        ]
                    ),
                ),
                ("at", models.DateTimeField()),
                ("account_id", models.BigIntegerField(null=True)),
                ("unit_id", models.BigIntegerField(null=True)),
                ("sealed", models.BinaryField(null=True)),
                (
                    "ticket",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="helpdesk.ticket",
                    ),
                ),
                ("from_id", models.BigIntegerField(null=True)),
                ("message_id", models.UUIDField(null=True)),
            ],
            options={
                "db_table": "helpdesk_ticket_line",
                "indexes": [models.Index(fields=["ticket", "at"], name="helpdesk_line")],
                "constraints": [
                    Policy(
                        command="SELECT",
                        name="helpdesk_ticket_line_in_scope",
                        using="(select current_setting('abhiyan.everything', true) = 'on') or exists (select 1 from helpdesk_ticket t where t.id = helpdesk_ticket_line.ticket_id)",
                    ),
                    Policy(
                        name="helpdesk_ticket_line_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    Policy(
                        name="helpdesk_ticket_line_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="helpdesk_ticket_line_migrates", to=("owner",), using="true"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Helpline",
            fields=[
                ("programme_id", models.IntegerField(primary_key=True, serialize=False)),
                ("number", models.TextField()),
            ],
            options={
                "db_table": "helpdesk_helpline",
                "constraints": [
                    Policy(
                        command="SELECT",
                        name="helpdesk_helpline_seen_by_all",
                        to=("app", "jobs", "gateway"),
                        using="true",
                    ),
                    Policy(
                        name="helpdesk_helpline_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') or (select coalesce(nullif(current_setting('abhiyan.counts', true), ''), '{}') <> '{}'))",
                    ),
                    Policy(
                        name="helpdesk_helpline_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="helpdesk_helpline_migrates", to=("owner",), using="true"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReadyAnswer",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("unit_id", models.BigIntegerField()),
                ("kind", models.TextField(blank=True)),
                ("language", models.TextField()),
                ("text", models.TextField()),
                ("made_at", models.DateTimeField()),
                ("made_by", models.BigIntegerField(null=True)),
                ("is_used", models.BooleanField(db_default=True, default=True)),
            ],
            options={
                "db_table": "helpdesk_ready_answer",
                "indexes": [models.Index(fields=["unit_id", "language"], name="helpdesk_ready")],
                "constraints": [
                    Policy(
                        command="SELECT",
                        name="helpdesk_ready_answer_seen_by_all",
                        to=("app", "jobs", "gateway"),
                        using="true",
                    ),
                    Policy(
                        name="helpdesk_ready_answer_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    Policy(
                        name="helpdesk_ready_answer_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="helpdesk_ready_answer_migrates", to=("owner",), using="true"),
                ],
            },
        ),
    ]
