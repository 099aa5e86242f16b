"""The tables of the core, the era of the trail, and the positions that policies read.

The policies of the trail and of imports read `units_placement`: so this follows the tables of units.
"""

from django.db import migrations, models

import abhiyan.core.fields
from abhiyan.core.policy import Policy

# Every restore raises the era, since transaction ids then begin again.
ERA = """
create function core_era() returns integer language sql stable as $$ select coalesce(nullif(current_setting('abhiyan.era', true), '')::integer, 1) $$
"""
POSITIONS = """
create function core_positions(setting text) returns int8multirange
language plpgsql stable parallel safe cost 1 as $body$
begin
    -- A scope that names no version is one of the release before, which may serve on while this one migrates.
    if coalesce(nullif(current_setting('abhiyan.trees', true), '')
        = (select coalesce(sum(t.version), 0)::text from public.units_tree t), true) then
        return coalesce(nullif(current_setting(setting, true), ''), '{}')::int8multirange;
    end if;
    return '{}'::int8multirange;
end $body$
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = [("units", "0001_ground")]
    operations = [
        migrations.RunSQL(ERA, "drop function core_era()"),
        migrations.RunSQL(POSITIONS, "drop function core_positions(text)"),
        migrations.CreateModel(
            name="AuditEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField()),
                ("xid", abhiyan.core.fields.XidField(db_default=abhiyan.core.fields.CurrentXid())),
                ("era", models.IntegerField(db_default=abhiyan.core.fields.Era())),
                ("who", models.UUIDField()),
                ("who_kind", models.TextField()),
                ("account_id", models.BigIntegerField(null=True)),
                ("act", models.TextField()),
                ("subject", models.TextField(db_default="", default="")),
                ("unit_id", models.BigIntegerField(null=True)),
                ("batch", models.UUIDField(null=True)),
                ("n", models.IntegerField(db_default=1, default=1)),
                ("origin", models.TextField(db_default="", default="")),
                ("device", models.TextField(db_default="", default="")),
                ("facts", models.JSONField(db_default={}, default=dict)),
            ],
            options={
                "db_table": "core_audit",
                "indexes": [
                    models.Index(fields=["era", "xid"], name="audit_by_xid"),
                    models.Index(fields=["unit_id", "-at"], name="audit_by_unit"),
                    models.Index(fields=["account_id", "-at"], name="audit_by_account"),
                ],
                "constraints": [
                    Policy(
                        command="INSERT",
                        name="audit_written_by_all",
                        to=("app", "gateway"),
                        using="xid = pg_current_xact_id()",
                    ),
                    Policy(
                        command="SELECT",
                        name="audit_in_scope",
                        using="(select current_setting('abhiyan.everything', true) = 'on') or account_id = (select nullif(current_setting('abhiyan.account', true), '')::int8) or exists (select 1 from units_placement pl where pl.unit_id = core_audit.unit_id and pl.lo <@ (select core_positions('abhiyan.people')))",
                    ),
                    Policy(
                        check="(select coalesce(current_setting('abhiyan.reason', true), '') <> '') and xid = pg_current_xact_id()",
                        name="audit_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="audit_migrates", to=("owner",), using="true"),
                ],
            },
        ),
        migrations.CreateModel(
            name="AuditSeal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("era", models.IntegerField()),
                ("from_xid", abhiyan.core.fields.XidField()),
                ("to_xid", abhiyan.core.fields.XidField()),
                ("n", models.IntegerField()),
                ("root", models.BinaryField()),
                ("prev", models.BinaryField()),
                ("at", models.DateTimeField()),
            ],
            options={
                "db_table": "core_audit_seal",
                "constraints": [models.UniqueConstraint(fields=("era", "from_xid"), name="seal_once")],
            },
        ),
        migrations.CreateModel(
            name="StagedImport",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(unique=True)),
                ("kind", models.TextField()),
                (
                    "state",
                    models.TextField(
                        choices=[
                            ("receiving", "Receiving"),
                            ("received", "Received"),
                            ("checking", "Checking"),
                            ("checked", "Checked"),
                            ("committing", "Committing"),
                            ("done", "Done"),
                            ("failed", "Failed"),
                            ("undoing", "Undoing"),
                            ("undone", "Undone"),
                            ("discarded", "Discarded"),
                        ]
                    ),
                ),
                ("file_name", models.TextField()),
                ("file_sha256", models.TextField(db_default="", default="")),
                ("file_bytes", models.BigIntegerField(db_default=0, default=0)),
                ("received_bytes", models.BigIntegerField(db_default=0, default=0)),
                ("unit_id", models.BigIntegerField(null=True)),
                ("account_id", models.BigIntegerField(null=True)),
                ("options", models.JSONField(db_default={}, default=dict)),
                ("mapping", models.JSONField(db_default={}, default=dict)),
                ("dropped", models.JSONField(db_default={}, default=dict)),
                ("counts", models.JSONField(db_default={}, default=dict)),
                ("progress_pct", models.SmallIntegerField(db_default=0, default=0)),
                ("error", models.TextField(db_default="", default="")),
                ("error_facts", models.JSONField(db_default={}, default=dict)),
                ("created_at", models.DateTimeField()),
                ("checked_at", models.DateTimeField(null=True)),
                ("done_at", models.DateTimeField(null=True)),
                ("undone_at", models.DateTimeField(null=True)),
                ("asked_by", models.JSONField(db_default={}, default=dict)),
                ("discarded", models.JSONField(db_default={}, default=dict)),
                ("look", models.JSONField(db_default={}, default=dict)),
                ("notes", models.JSONField(db_default={}, default=dict)),
                ("step", models.TextField(db_default="", default="")),
                ("undone", models.JSONField(db_default={}, default=dict)),
                ("worked_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "core_import",
                "indexes": [models.Index(fields=["unit_id", "-created_at"], name="import_by_unit")],
                "constraints": [
                    Policy(
                        name="core_import_in_scope",
                        using="(select current_setting('abhiyan.everything', true) = 'on') or account_id = (select nullif(current_setting('abhiyan.account', true), '')::int8) or exists (select 1 from units_placement pl where pl.unit_id = core_import.unit_id and pl.lo <@ (select core_positions('abhiyan.people'))) or (unit_id is null and kind = any ((select coalesce(nullif(current_setting('abhiyan.imports', true), ''), '{}'))::text[]) and not exists (select 1 from units_placement pl where pl.parent_id is null and pl.lo is not null and not pl.lo <@ (select core_positions('abhiyan.counts'))))",
                    ),
                    Policy(
                        name="core_import_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="core_import_migrates", to=("owner",), using="true"),
                ],
            },
        ),
        migrations.CreateModel(
            name="RefusedRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("import_id", models.BigIntegerField()),
                ("row", models.IntegerField()),
                ("field", models.TextField()),
                ("reason", models.TextField()),
                ("facts", models.JSONField(db_default={}, default=dict)),
            ],
            options={
                "db_table": "core_refused_row",
                "indexes": [models.Index(fields=["import_id", "row"], name="refused_by_import")],
                "constraints": [
                    Policy(
                        name="core_refused_row_in_scope",
                        using="(select current_setting('abhiyan.everything', true) = 'on') or exists (select 1 from core_import i where i.id = core_refused_row.import_id)",
                    ),
                    Policy(
                        name="core_refused_row_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="core_refused_row_migrates", to=("owner",), using="true"),
                    Policy(command="INSERT", name="core_refused_row_gateway", to=("gateway",), using="true"),
                ],
            },
        ),
        migrations.CreateModel(
            name="JournalPage",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("import_id", models.BigIntegerField()),
                ("number", models.IntegerField()),
                ("facts", models.JSONField()),
            ],
            options={
                "db_table": "core_import_journal",
                "constraints": [
                    models.UniqueConstraint(fields=("import_id", "number"), name="journal_page_once"),
                    Policy(
                        name="core_import_journal_in_scope",
                        using="(select current_setting('abhiyan.everything', true) = 'on') or exists (select 1 from core_import i where i.id = core_import_journal.import_id)",
                    ),
                    Policy(
                        name="core_import_journal_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="core_import_journal_migrates", to=("owner",), using="true"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ImportSlice",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "import_id", "number", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("import_id", models.BigIntegerField()),
                ("number", models.IntegerField()),
                ("counts", models.JSONField(db_default={}, default=dict)),
            ],
            options={
                "db_table": "core_import_slice",
                "constraints": [
                    Policy(
                        name="core_import_slice_in_scope",
                        using="(select current_setting('abhiyan.everything', true) = 'on') or exists (select 1 from core_import i where i.id = core_import_slice.import_id)",
                    ),
                    Policy(
                        name="core_import_slice_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="core_import_slice_migrates", to=("owner",), using="true"),
                    Policy(name="core_import_slice_gateway", to=("gateway",), using="true"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Job",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.TextField()),
                ("key", models.TextField()),
                ("arguments", models.JSONField()),
                ("due_at", models.DateTimeField()),
                ("leased_until", models.DateTimeField(null=True)),
                ("attempts", models.SmallIntegerField(db_default=0, default=0)),
                ("error", models.TextField(db_default="", default="")),
                ("failed_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "core_job",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("attempts", 0), ("failed_at", None)),
                        fields=("name", "key"),
                        name="job_waits_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Heartbeat",
            fields=[
                ("loop", models.TextField(primary_key=True, serialize=False)),
                ("turned_at", models.DateTimeField()),
                ("took_ms", models.IntegerField()),
                ("did", models.BigIntegerField(db_default=0, default=0)),
                ("every_s", models.FloatField(db_default=1, default=1)),
                ("error", models.TextField(db_default="", default="")),
                ("a_minute", models.FloatField(null=True)),
                ("since_at", models.DateTimeField(null=True)),
                ("since_did", models.BigIntegerField(db_default=0, default=0)),
            ],
            options={
                "db_table": "core_heartbeat",
            },
        ),
        migrations.CreateModel(
            name="RateCount",
            fields=[
                ("key", models.BinaryField(primary_key=True, serialize=False)),
                ("n", models.IntegerField()),
                ("ends_at", models.DateTimeField(db_index=True)),
            ],
            options={
                "db_table": "core_rate_count",
            },
        ),
    ]
