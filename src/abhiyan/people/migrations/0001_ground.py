"""The tables of people."""

import django.contrib.postgres.fields
from django.db import migrations, models

from abhiyan.core.policy import Policy


class Migration(migrations.Migration):
    initial = True
    dependencies = [("core", "0001_ground")]
    operations = [
        migrations.CreateModel(
            name="Phone",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("hash", models.BinaryField()),
                ("sealed", models.BinaryField()),
                ("last4", models.TextField()),
            ],
            options={
                "db_table": "people_phone",
                "constraints": [
                    Policy(
                        command="SELECT",
                        name="phone_in_scope",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> '')) or id = (select nullif(current_setting('abhiyan.phone', true), '')::uuid) or exists (select 1 from people_person pp where pp.phone_id = people_phone.id)",
                    ),
                    Policy(
                        name="phone_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    Policy(
                        name="phone_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="phone_migrates", to=("owner",), using="true"),
                    Policy(name="phone_gateway", to=("gateway",), using="true"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Person",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("public_id", models.UUIDField()),
                ("phone_id", models.UUIDField()),
                ("name", models.TextField(null=True)),
                ("birth_year", models.SmallIntegerField(null=True)),
                ("language", models.TextField(db_default="", default="")),
                ("unit_id", models.BigIntegerField()),
                ("at", models.DateTimeField()),
                ("merged_into", models.UUIDField(null=True)),
                ("erased_at", models.DateTimeField(null=True)),
                ("left_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "people_person",
                "indexes": [
                    models.Index(fields=["phone_id"], name="person_phone"),
                    models.Index(fields=["unit_id", "-at"], name="person_unit"),
                ],
                "constraints": [
                    Policy(
                        command="SELECT",
                        name="person_in_scope",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> '')) or phone_id = (select nullif(current_setting('abhiyan.phone', true), '')::uuid) or (left_at is null and ((select current_setting('abhiyan.everything', true) = 'on') or exists (select 1 from units_placement pl where pl.unit_id = people_person.unit_id and pl.lo <@ (select core_positions('abhiyan.people')))))",
                    ),
                    Policy(
                        name="person_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    Policy(
                        name="person_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="person_migrates", to=("owner",), using="true"),
                    Policy(name="person_gateway", to=("gateway",), using="true"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Notice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.TextField()),
                ("version", models.IntegerField()),
                ("language", models.TextField()),
                ("title", models.TextField()),
                ("sections", models.JSONField()),
                ("short", models.TextField()),
                ("audio_number", models.TextField(db_default="", default="")),
                ("published_at", models.DateTimeField()),
                ("is_sample", models.BooleanField(db_default=False, default=False)),
            ],
            options={
                "db_table": "people_notice",
                "constraints": [
                    models.UniqueConstraint(fields=("code", "version", "language"), name="notice_once"),
                    Policy(
                        command="SELECT",
                        name="notice_seen_by_all",
                        to=("app", "jobs", "gateway"),
                        using="true",
                    ),
                    Policy(
                        name="notice_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') or (select coalesce(nullif(current_setting('abhiyan.counts', true), ''), '{}') <> '{}'))",
                    ),
                    Policy(
                        name="notice_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="notice_migrates", to=("owner",), using="true"),
                ],
            },
        ),
        migrations.CreateModel(
            name="NoticeAudio",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.TextField()),
                ("version", models.IntegerField()),
                ("language", models.TextField()),
                ("kind", models.TextField()),
                ("data", models.BinaryField()),
                ("added_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "people_notice_audio",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("code", "version", "language"),
                        name="notice_audio_once",
                    ),
                    Policy(
                        command="SELECT",
                        name="notice_audio_seen_by_all",
                        to=("app", "jobs", "gateway"),
                        using="true",
                    ),
                    Policy(
                        name="notice_audio_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') or (select coalesce(nullif(current_setting('abhiyan.counts', true), ''), '{}') <> '{}'))",
                    ),
                    Policy(
                        name="notice_audio_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="notice_audio_migrates", to=("owner",), using="true"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Consent",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("person_id", models.UUIDField()),
                ("unit_id", models.BigIntegerField()),
                (
                    "purpose",
                    models.SmallIntegerField(
                        choices=[(1, "Keeping the roll of members"), (2, "Calls"), (3, "Messages")]
                    ),
                ),
                ("notice_version", models.IntegerField()),
                ("language", models.TextField(db_default="", default="")),
                ("channel", models.SmallIntegerField()),
                ("by", models.UUIDField()),
                ("device", models.TextField(db_default="", default="")),
                ("at", models.DateTimeField()),
                ("withdrawn_at", models.DateTimeField(null=True)),
                ("withdrawn_channel", models.SmallIntegerField(null=True)),
            ],
            options={
                "db_table": "people_consent",
                "indexes": [models.Index(fields=["person_id"], name="consent_person")],
                "constraints": [
                    Policy(
                        command="SELECT",
                        name="consent_in_scope",
                        using="(select current_setting('abhiyan.everything', true) = 'on') or exists (select 1 from units_placement pl where pl.unit_id = people_consent.unit_id and pl.lo <@ (select core_positions('abhiyan.people'))) or exists (select 1 from people_person pp where pp.id = people_consent.person_id)",
                    ),
                    Policy(
                        name="consent_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    Policy(
                        name="consent_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="consent_migrates", to=("owner",), using="true"),
                    Policy(name="consent_gateway", to=("gateway",), using="true"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Suppression",
            fields=[
                ("phone_id", models.UUIDField(primary_key=True, serialize=False)),
                ("scope", models.TextField()),
                ("channel", models.SmallIntegerField()),
                ("at", models.DateTimeField()),
                ("lifted_at", models.DateTimeField(null=True)),
                (
                    "rolls",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.IntegerField(), db_default=[], default=list, size=None
                    ),
                ),
            ],
            options={
                "db_table": "people_suppression",
                "constraints": [
                    Policy(
                        command="SELECT",
                        name="suppression_in_scope",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> '')) or phone_id = (select nullif(current_setting('abhiyan.phone', true), '')::uuid)",
                    ),
                    Policy(
                        name="suppression_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    Policy(
                        name="suppression_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="suppression_migrates", to=("owner",), using="true"),
                    Policy(name="suppression_gateway", to=("gateway",), using="true"),
                ],
            },
        ),
        migrations.CreateModel(
            name="LastSign",
            fields=[
                ("phone_id", models.UUIDField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
            ],
            options={
                "db_table": "people_last_sign",
                "constraints": [
                    Policy(
                        command="SELECT",
                        name="last_sign_in_scope",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> '')) or phone_id = (select nullif(current_setting('abhiyan.phone', true), '')::uuid)",
                    ),
                    Policy(
                        name="last_sign_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    Policy(
                        name="last_sign_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="last_sign_migrates", to=("owner",), using="true"),
                ],
            },
        ),
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
                    Policy(
                        command="SELECT",
                        name="erasure_in_scope",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> '')) or phone_id = (select nullif(current_setting('abhiyan.phone', true), '')::uuid)",
                    ),
                    Policy(
                        name="erasure_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    Policy(
                        name="erasure_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="erasure_migrates", to=("owner",), using="true"),
                    Policy(name="erasure_gateway", to=("gateway",), using="true"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Double",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("public_id", models.UUIDField(unique=True)),
                ("first_id", models.UUIDField()),
                ("second_id", models.UUIDField()),
                ("unit_id", models.BigIntegerField()),
                ("other_unit_id", models.BigIntegerField()),
                ("score", models.SmallIntegerField()),
                (
                    "reasons",
                    django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None),
                ),
                ("is_twin", models.BooleanField()),
                (
                    "state",
                    models.TextField(
                        choices=[
                            ("open", "To be looked at"),
                            ("merged", "Merged"),
                            ("apart", "Different people"),
                        ],
                        db_default="open",
                        default="open",
                    ),
                ),
                ("kept_id", models.UUIDField(null=True)),
                ("found_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(null=True)),
                ("decided_by", models.BigIntegerField(null=True)),
            ],
            options={
                "db_table": "people_double",
                "indexes": [
                    models.Index(fields=["state", "is_twin", "-score", "id"], name="double_list"),
                    models.Index(fields=["first_id"], name="double_first"),
                    models.Index(fields=["second_id"], name="double_second"),
                ],
                "constraints": [
                    Policy(
                        command="SELECT",
                        name="double_in_scope",
                        using="(select current_setting('abhiyan.everything', true) = 'on') or ((select current_setting('abhiyan.everything', true) = 'on') or (exists (select 1 from units_placement pl where pl.unit_id = people_double.unit_id and pl.lo <@ (select core_positions('abhiyan.people'))) and exists (select 1 from units_placement pl where pl.unit_id = people_double.other_unit_id and pl.lo <@ (select core_positions('abhiyan.people')))))",
                    ),
                    Policy(
                        name="double_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    Policy(
                        name="double_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="double_migrates", to=("owner",), using="true"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Account",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(unique=True)),
                ("phone_id", models.UUIDField(unique=True)),
                ("last4", models.TextField(db_default="", default="")),
                ("name", models.TextField()),
                ("language", models.TextField(db_default="", default="")),
                ("unit_id", models.BigIntegerField(null=True)),
                ("created_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(null=True)),
                ("is_demo", models.BooleanField(db_default=False, default=False)),
                ("is_root", models.BooleanField(db_default=False, default=False)),
            ],
            options={
                "db_table": "people_account",
                "constraints": [
                    Policy(
                        command="SELECT",
                        name="account_in_scope",
                        using="(select current_setting('abhiyan.everything', true) = 'on') or id = (select nullif(current_setting('abhiyan.account', true), '')::int8) or phone_id = (select nullif(current_setting('abhiyan.phone', true), '')::uuid) or id = (select ps.account_id from people_session ps where ps.key = (select nullif(current_setting('abhiyan.session', true), ''))) or exists (select 1 from units_placement pl where pl.unit_id = people_account.unit_id and pl.lo <@ (select core_positions('abhiyan.counts')))",
                    ),
                    Policy(
                        name="account_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> '')) or id = (select nullif(current_setting('abhiyan.account', true), '')::int8)",
                    ),
                    Policy(
                        name="account_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="account_migrates", to=("owner",), using="true"),
                ],
            },
        ),
        migrations.CreateModel(
            name="AccountWord",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "word", "account_id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("word", models.TextField()),
                ("account_id", models.BigIntegerField()),
                ("unit_id", models.BigIntegerField(null=True)),
            ],
            options={
                "db_table": "people_account_word",
                "indexes": [
                    models.Index(fields=["word"], name="account_word_start", opclasses=["text_pattern_ops"]),
                    models.Index(fields=["account_id"], name="account_word_account"),
                ],
                "constraints": [
                    Policy(
                        command="SELECT",
                        name="account_word_in_scope",
                        using="(select current_setting('abhiyan.everything', true) = 'on') or exists (select 1 from units_placement pl where pl.unit_id = people_account_word.unit_id and pl.lo <@ (select core_positions('abhiyan.counts')))",
                    ),
                    Policy(
                        name="account_word_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    Policy(
                        name="account_word_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="account_word_migrates", to=("owner",), using="true"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Session",
            fields=[
                ("key", models.TextField(primary_key=True, serialize=False)),
                ("public_id", models.UUIDField()),
                ("account_id", models.BigIntegerField(null=True)),
                ("phone_id", models.UUIDField(null=True)),
                ("data", models.JSONField(default=dict)),
                ("device", models.TextField(default="")),
                ("origin", models.TextField(default="")),
                ("created_at", models.DateTimeField()),
                ("seen_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                ("strong_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "people_session",
                "indexes": [
                    models.Index(fields=["account_id"], name="session_account"),
                    models.Index(fields=["ends_at"], name="session_ends"),
                ],
                "constraints": [
                    Policy(
                        check="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> '')) or (key = (select nullif(current_setting('abhiyan.session', true), '')) or account_id = (select nullif(current_setting('abhiyan.account', true), '')::int8)) or ((select coalesce(current_setting('abhiyan.people', true), '') <> '') and ((select nullif(current_setting('abhiyan.session', true), '')) is not null or strong_at is null))",
                        name="session_in_scope",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> '')) or (key = (select nullif(current_setting('abhiyan.session', true), '')) or account_id = (select nullif(current_setting('abhiyan.account', true), '')::int8))",
                    ),
                    Policy(
                        name="session_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="session_migrates", to=("owner",), using="true"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Factor",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(unique=True)),
                ("account_id", models.BigIntegerField(db_index=True)),
                (
                    "kind",
                    models.TextField(
                        choices=[("passkey", "Passkey"), ("totp", "Totp"), ("recovery", "Recovery")]
                    ),
                ),
                ("name", models.TextField(db_default="", default="")),
                ("credential", models.BinaryField(null=True)),
                ("sealed", models.BinaryField()),
                ("counter", models.BigIntegerField(db_default=0, default=0)),
                ("created_at", models.DateTimeField()),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("used_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "people_factor",
                "constraints": [
                    Policy(
                        name="factor_in_scope",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> '')) or account_id = (select nullif(current_setting('abhiyan.account', true), '')::int8)",
                    ),
                    Policy(
                        name="factor_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="factor_migrates", to=("owner",), using="true"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Code",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("purpose", models.TextField()),
                ("phone_id", models.UUIDField()),
                ("session", models.TextField()),
                ("digest", models.BinaryField()),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "people_code",
                "indexes": [models.Index(fields=["expires_at"], name="code_expires")],
                "constraints": [
                    Policy(
                        command="SELECT",
                        name="code_in_scope",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> '')) or session = (select nullif(current_setting('abhiyan.session', true), ''))",
                    ),
                    Policy(
                        name="code_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    Policy(
                        name="code_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="code_migrates", to=("owner",), using="true"),
                ],
            },
        ),
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
                    Policy(
                        command="SELECT",
                        name="document_in_scope",
                        using="(select current_setting('abhiyan.everything', true) = 'on') or exists (select 1 from people_person pp where pp.id = people_document.person_id)",
                    ),
                    Policy(
                        name="document_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    Policy(
                        name="document_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="document_migrates", to=("owner",), using="true"),
                ],
            },
        ),
    ]
