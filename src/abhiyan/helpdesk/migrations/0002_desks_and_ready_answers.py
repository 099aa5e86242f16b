"""The desk a request first came to, the offices it is for, and texts to answer with."""

import django.contrib.postgres.fields
from django.db import migrations, models

import abhiyan.core.policy
from abhiyan.core.constraints import AddConstraint


class Migration(migrations.Migration):
    dependencies = [
        ("helpdesk", "0001_ground"),
        ("org", "0011_answer_by_text"),
    ]

    operations = [
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
            },
        ),
        migrations.RemoveConstraint(
            model_name="ticket",
            name="helpdesk_ticket_in_scope",
        ),
        migrations.AddField(
            model_name="ticket",
            name="came_id",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="ticket",
            name="offices",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.TextField(), db_default=[], default=list, size=None
            ),
        ),
        migrations.AddField(
            model_name="ticketline",
            name="from_id",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AlterField(
            model_name="ticket",
            name="way",
            field=models.TextField(
                choices=[("call", "Phone call"), ("sms", "SMS"), ("chat", "WhatsApp"), ("web", "Web form")]
            ),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                condition=models.Q(("state", "open")),
                fields=["programme_id", "due_at"],
                name="helpdesk_of_programme",
            ),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                condition=models.Q(("state", "open")), fields=["unit_id"], name="helpdesk_open_unit"
            ),
        ),
        AddConstraint(
            model_name="ticket",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="SELECT",
                name="helpdesk_ticket_in_scope",
                to=("app",),
                using="(select current_setting('abhiyan.everything', true) = 'on') or phone_id = (select nullif(current_setting('abhiyan.phone', true), '')::uuid) or exists (select 1 from units_placement pl where pl.unit_id = helpdesk_ticket.unit_id and pl.lo <@ (select core_positions('abhiyan.people'))) or (cardinality(helpdesk_ticket.offices) > 0 and exists (select from org_appointment ap\n join org_office o on o.id = ap.office_id\n join units_placement pl on pl.unit_id = ap.unit_id and pl.lo <@ (select core_positions('abhiyan.counts'))\n where ap.account_id = (select nullif(current_setting('abhiyan.account', true), '')::int8) and ap.state = 'active' and ap.unit_id = helpdesk_ticket.desk_id\n  and o.code = any (helpdesk_ticket.offices)))",
            ),
        ),
        migrations.AddIndex(
            model_name="readyanswer",
            index=models.Index(fields=["unit_id", "language"], name="helpdesk_ready"),
        ),
        AddConstraint(
            model_name="readyanswer",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="SELECT",
                name="helpdesk_ready_answer_seen_by_all",
                to=("app", "jobs", "gateway"),
                using="true",
            ),
        ),
        AddConstraint(
            model_name="readyanswer",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="helpdesk_ready_answer_written",
                to=("app",),
                using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
            ),
        ),
        AddConstraint(
            model_name="readyanswer",
            constraint=abhiyan.core.policy.Policy(
                check=None,
                command="ALL",
                name="helpdesk_ready_answer_for_a_reason",
                to=("jobs",),
                using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
            ),
        ),
        AddConstraint(
            model_name="readyanswer",
            constraint=abhiyan.core.policy.Policy(
                check=None, command="ALL", name="helpdesk_ready_answer_migrates", to=("owner",), using="true"
            ),
        ),
    ]
