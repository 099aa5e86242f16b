"""The tables of messages."""

import django.contrib.postgres.fields
from django.db import migrations, models

from abhiyan.core.policy import Policy


class Migration(migrations.Migration):
    initial = True
    dependencies = [("people", "0001_ground")]
    operations = [
        migrations.CreateModel(
            name="Template",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.TextField()),
                ("language", models.TextField()),
                ("version", models.IntegerField(default=1)),
                ("kind", models.SmallIntegerField(choices=[(1, "Service"), (2, "Duty"), (3, "Outreach")])),
                ("text", models.TextField()),
                ("registration", models.TextField(db_default="", default="")),
                ("is_active", models.BooleanField(default=True)),
                ("certificate", models.TextField(db_default="", default="")),
                ("certificate_from", models.DateField(null=True)),
                ("certificate_sha256", models.TextField(db_default="", default="")),
                ("certificate_until", models.DateField(null=True)),
                ("entity", models.TextField(db_default="", default="")),
                ("header", models.TextField(db_default="", default="")),
                ("made_at", models.DateTimeField(null=True)),
                ("made_by", models.BigIntegerField(null=True)),
                ("name", models.TextField(db_default="", default="")),
                ("sha256", models.TextField(db_default="", default="")),
                ("unit_id", models.BigIntegerField(null=True)),
            ],
            options={
                "db_table": "messaging_template",
                "constraints": [
                    Policy(
                        command="SELECT",
                        name="template_seen_by_all",
                        to=("app", "jobs", "gateway"),
                        using="true",
                    ),
                    Policy(
                        name="template_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    Policy(
                        name="template_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="template_migrates", to=("owner",), using="true"),
                    models.UniqueConstraint(fields=("code", "language", "version"), name="template_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Message",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("public_id", models.UUIDField()),
                ("kind", models.SmallIntegerField(choices=[(1, "Service"), (2, "Duty"), (3, "Outreach")])),
                ("template", models.TextField()),
                ("language", models.TextField()),
                ("phone_id", models.UUIDField()),
                ("sealed_phone", models.BinaryField()),
                ("last4", models.TextField()),
                ("sealed_blanks", models.BinaryField()),
                ("unit_id", models.BigIntegerField(null=True)),
                ("programme_id", models.IntegerField(db_default=0, default=0)),
                (
                    "state",
                    models.TextField(
                        choices=[
                            ("queued", "Waiting"),
                            ("held", "Held back"),
                            ("leased", "Being sent"),
                            ("sent", "Sent"),
                            ("delivered", "Delivered"),
                            ("failed", "Failed"),
                            ("dropped", "Given up"),
                        ],
                        default="queued",
                    ),
                ),
                ("reason", models.TextField(db_default="", default="")),
                ("queued_at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("leased_until", models.DateTimeField(null=True)),
                ("tries", models.SmallIntegerField(db_default=0, default=0)),
                ("adapter", models.TextField(db_default="", default="")),
                ("adapter_ref", models.TextField(db_default="", default="")),
                ("sent_at", models.DateTimeField(null=True)),
                ("settled_at", models.DateTimeField(null=True)),
                ("parts", models.SmallIntegerField(db_default=0, default=0)),
                ("send_id", models.BigIntegerField(null=True)),
            ],
            options={
                "db_table": "messaging_message",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ["queued", "leased"])),
                        fields=["due_at"],
                        name="message_due",
                    ),
                    models.Index(
                        condition=models.Q(
                            ("state__in", ["queued", "leased"]), ("template__startswith", "code.")
                        ),
                        fields=["due_at"],
                        name="message_due_code",
                    ),
                    models.Index(
                        condition=models.Q(("state", "held")), fields=["programme_id"], name="message_held"
                    ),
                    models.Index(fields=["unit_id", "-queued_at"], name="message_unit"),
                    models.Index(fields=["adapter_ref"], name="message_ref"),
                    models.Index(fields=["phone_id"], name="message_phone"),
                    models.Index(
                        condition=models.Q(("send_id__isnull", False)),
                        fields=["send_id", "state"],
                        name="message_send",
                    ),
                ],
                "constraints": [
                    Policy(
                        name="message_in_scope",
                        using="(select current_setting('abhiyan.everything', true) = 'on') or phone_id = (select nullif(current_setting('abhiyan.phone', true), '')::uuid) or exists (select 1 from units_placement pl where pl.unit_id = messaging_message.unit_id and pl.lo <@ (select core_positions('abhiyan.people')))",
                    ),
                    Policy(
                        name="message_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="message_migrates", to=("owner",), using="true"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Inbound",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("provider", models.TextField()),
                ("kind", models.TextField()),
                ("at", models.DateTimeField()),
                ("phone_id", models.UUIDField(null=True)),
                ("number", models.TextField(db_default="", default="")),
                ("outcome", models.TextField(db_default="", default="")),
            ],
            options={
                "db_table": "messaging_inbound",
                "constraints": [
                    Policy(
                        command="SELECT",
                        name="inbound_in_scope",
                        using="(select current_setting('abhiyan.everything', true) = 'on') or phone_id = (select nullif(current_setting('abhiyan.phone', true), '')::uuid)",
                    ),
                    Policy(
                        name="inbound_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    Policy(
                        name="inbound_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="inbound_migrates", to=("owner",), using="true"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Question",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("room", models.TextField()),
                ("kind", models.TextField()),
                ("about", models.UUIDField()),
                ("phone_id", models.UUIDField()),
                ("language", models.TextField()),
                ("template", models.TextField()),
                ("address", models.TextField()),
                ("sealed", models.BinaryField(null=True)),
                ("link_digest", models.BinaryField()),
                (
                    "message_ids",
                    django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), size=None),
                ),
                ("unit_id", models.BigIntegerField(null=True)),
                ("programme_id", models.IntegerField(db_default=0, default=0)),
                ("asked_at", models.DateTimeField()),
                ("remind_at", models.DateTimeField(null=True)),
                ("expires_at", models.DateTimeField()),
                ("which_at", models.DateTimeField(null=True)),
                ("answered_at", models.DateTimeField(null=True)),
                ("is_yes", models.BooleanField(null=True)),
                ("channel", models.TextField(db_default="", default="")),
                ("ref", models.TextField(db_default="", default="")),
                ("message_id", models.UUIDField(null=True)),
                ("closed_at", models.DateTimeField(null=True)),
                ("unnamed", models.SmallIntegerField(db_default=0, default=0)),
            ],
            options={
                "db_table": "messaging_question",
                "indexes": [
                    models.Index(fields=["phone_id"], name="question_phone"),
                    models.Index(fields=["link_digest"], name="question_link"),
                    models.Index(
                        condition=models.Q(
                            ("answered_at", None), ("closed_at", None), ("remind_at__isnull", False)
                        ),
                        fields=["remind_at"],
                        name="question_remind",
                    ),
                    models.Index(
                        condition=models.Q(("answered_at", None), ("closed_at", None)),
                        fields=["expires_at"],
                        name="question_expires",
                    ),
                ],
                "constraints": [
                    Policy(
                        command="SELECT",
                        name="question_in_scope",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> '')) or phone_id = (select nullif(current_setting('abhiyan.phone', true), '')::uuid)",
                    ),
                    Policy(
                        name="question_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    Policy(
                        name="question_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="question_migrates", to=("owner",), using="true"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Number",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.TextField(unique=True)),
                ("provider", models.TextField()),
                ("meaning", models.TextField()),
                ("programme_id", models.IntegerField(null=True)),
                ("secret_path", models.TextField(db_default="", default="")),
                (
                    "addresses",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), default=list, size=None
                    ),
                ),
                ("sealed_token", models.BinaryField(null=True)),
                ("is_active", models.BooleanField(default=True)),
            ],
            options={
                "db_table": "messaging_number",
                "constraints": [
                    Policy(
                        command="SELECT",
                        name="number_seen_by_all",
                        to=("app", "jobs", "gateway"),
                        using="true",
                    ),
                    Policy(
                        name="number_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') or (select coalesce(nullif(current_setting('abhiyan.counts', true), ''), '{}') <> '{}'))",
                    ),
                    Policy(
                        name="number_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="number_migrates", to=("owner",), using="true"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Allowance",
            fields=[
                ("programme_id", models.IntegerField(primary_key=True, serialize=False)),
                ("per_hour", models.IntegerField()),
                ("set_by", models.BigIntegerField(null=True)),
                ("set_at", models.DateTimeField()),
            ],
            options={
                "db_table": "messaging_allowance",
                "constraints": [
                    Policy(
                        command="SELECT",
                        name="allowance_seen_by_all",
                        to=("app", "jobs", "gateway"),
                        using="true",
                    ),
                    Policy(
                        name="allowance_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') or (select coalesce(nullif(current_setting('abhiyan.counts', true), ''), '{}') <> '{}'))",
                    ),
                    Policy(
                        name="allowance_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="allowance_migrates", to=("owner",), using="true"),
                    models.CheckConstraint(
                        condition=models.Q(("per_hour__gte", 0)), name="allowance_not_negative"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Spending",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "programme_id", "hour", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("programme_id", models.IntegerField()),
                ("hour", models.DateTimeField()),
                ("allowed", models.IntegerField()),
                ("spent", models.IntegerField(db_default=0, default=0)),
                ("tripped_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "messaging_spending",
                "constraints": [
                    Policy(
                        command="SELECT",
                        name="spending_seen_by_all",
                        to=("app", "jobs", "gateway"),
                        using="true",
                    ),
                    Policy(
                        name="spending_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    Policy(
                        name="spending_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="spending_migrates", to=("owner",), using="true"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Reached",
            fields=[
                ("subject", models.UUIDField(primary_key=True, serialize=False)),
                ("taken", models.JSONField(db_default={}, default=dict)),
                ("last_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "messaging_reached",
                "indexes": [models.Index(fields=["last_at"], name="reached_last")],
                "constraints": [
                    Policy(
                        command="SELECT",
                        name="reached_in_scope",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> '')) or subject = (select nullif(current_setting('abhiyan.phone', true), '')::uuid)",
                    ),
                    Policy(
                        name="reached_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    Policy(
                        name="reached_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="reached_migrates", to=("owner",), using="true"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Outage",
            fields=[
                ("lane", models.TextField(primary_key=True, serialize=False)),
                ("since", models.DateTimeField()),
                ("reason", models.TextField()),
            ],
            options={
                "db_table": "messaging_outage",
                "constraints": [
                    Policy(
                        command="SELECT",
                        name="outage_seen_by_all",
                        to=("app", "jobs", "gateway"),
                        using="true",
                    ),
                    Policy(
                        name="outage_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    Policy(
                        name="outage_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="outage_migrates", to=("owner",), using="true"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Send",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(unique=True)),
                ("text", models.TextField()),
                ("audience", models.TextField()),
                ("unit_id", models.BigIntegerField()),
                ("hierarchy", models.SmallIntegerField()),
                (
                    "units",
                    django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None),
                ),
                ("programme_id", models.IntegerField(db_default=0, default=0)),
                ("given", models.JSONField(default=dict)),
                ("per_hour", models.IntegerField()),
                (
                    "state",
                    models.TextField(
                        choices=[
                            ("draft", "Not asked yet"),
                            ("asked", "Waits for approval"),
                            ("sending", "Being sent"),
                            ("paused", "Paused"),
                            ("stopped", "Stopped half-way"),
                            ("done", "Finished"),
                        ],
                        default="draft",
                    ),
                ),
                ("reason", models.TextField(db_default="", default="")),
                ("release", models.UUIDField(null=True)),
                ("sha256", models.TextField(db_default="", default="")),
                ("counted", models.JSONField(default=dict)),
                ("n_asked", models.IntegerField(db_default=0, default=0)),
                ("parts_asked", models.IntegerField(db_default=0, default=0)),
                ("made_by", models.BigIntegerField()),
                ("made_at", models.DateTimeField()),
                ("started_at", models.DateTimeField(null=True)),
                ("after", models.UUIDField(null=True)),
                ("queued_at", models.DateTimeField(null=True)),
                ("is_queued", models.BooleanField(db_default=False, default=False)),
                ("ended_at", models.DateTimeField(null=True)),
                ("counted_at", models.DateTimeField(null=True)),
                ("counting", models.JSONField(null=True)),
            ],
            options={
                "db_table": "messaging_send",
                "indexes": [models.Index(fields=["unit_id", "-made_at"], name="send_unit")],
                "constraints": [
                    Policy(
                        command="SELECT",
                        name="send_in_scope",
                        using="(select current_setting('abhiyan.everything', true) = 'on') or made_by = (select nullif(current_setting('abhiyan.account', true), '')::int8) or exists (select 1 from units_placement pl where pl.unit_id = messaging_send.unit_id and pl.lo <@ (select core_positions('abhiyan.people'))) or exists (select 1 from units_placement pl where pl.unit_id = messaging_send.unit_id and pl.lo <@ (select core_positions('abhiyan.requests')))",
                    ),
                    Policy(
                        name="send_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    Policy(
                        name="send_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="send_migrates", to=("owner",), using="true"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Circular",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(unique=True)),
                ("number", models.TextField(db_default="", default="")),
                ("subject", models.TextField()),
                ("text", models.TextField()),
                ("unit_id", models.BigIntegerField()),
                ("hierarchy", models.SmallIntegerField()),
                ("office", models.TextField(db_default="", default="")),
                ("made_by", models.BigIntegerField()),
                ("made_at", models.DateTimeField()),
                ("recipients", models.IntegerField(db_default=0, default=0)),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "messaging_circular",
                "indexes": [models.Index(fields=["unit_id", "-made_at"], name="circular_unit")],
                "constraints": [
                    Policy(
                        command="SELECT",
                        name="circular_in_scope",
                        using="(select current_setting('abhiyan.everything', true) = 'on') or made_by = (select nullif(current_setting('abhiyan.account', true), '')::int8) or exists (select 1 from units_placement pl where pl.unit_id = messaging_circular.unit_id and pl.lo <@ (select core_positions('abhiyan.people'))) or exists (select 1 from messaging_reading r where r.circular_id = messaging_circular.id)",
                    ),
                    Policy(
                        name="circular_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    Policy(
                        name="circular_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="circular_migrates", to=("owner",), using="true"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Reading",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "circular_id",
                        "account_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("circular_id", models.BigIntegerField()),
                ("account_id", models.BigIntegerField()),
                ("unit_id", models.BigIntegerField()),
                ("office", models.TextField()),
                ("read_at", models.DateTimeField(null=True)),
                ("reminded_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "messaging_reading",
                "indexes": [
                    models.Index(
                        condition=models.Q(("read_at__isnull", True)),
                        fields=["account_id"],
                        name="reading_unread",
                    )
                ],
                "constraints": [
                    Policy(
                        command="SELECT",
                        name="reading_in_scope",
                        using="(select current_setting('abhiyan.everything', true) = 'on') or account_id = (select nullif(current_setting('abhiyan.account', true), '')::int8) or exists (select 1 from units_placement pl where pl.unit_id = messaging_reading.unit_id and pl.lo <@ (select core_positions('abhiyan.people')))",
                    ),
                    Policy(
                        name="reading_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    Policy(
                        name="reading_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="reading_migrates", to=("owner",), using="true"),
                ],
            },
        ),
    ]
