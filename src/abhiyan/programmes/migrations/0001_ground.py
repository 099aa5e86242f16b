"""The tables of programmes and of the ledger."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

import abhiyan.core.fields
from abhiyan.core.policy import Policy
from abhiyan.programmes.models import DELTA_POLICIES

# The queue of changes of tallies. It has no key, so Django does not manage it.
# used by delta_by_xid: the fold, and reads of what is not folded yet
DELTA = """
create table programmes_delta (
    programme_id integer not null,
    measure smallint not null,
    channel smallint not null,
    unit_id bigint not null,
    day date not null,
    rung smallint not null,
    n integer not null,
    posted_at timestamptz not null,
    xid xid8 not null default pg_current_xact_id()
);
create index delta_by_xid on programmes_delta (xid);
alter table programmes_delta set (
    autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_cost_delay = 0
)
"""
# An update of a counter finds room on its page.
ROOM = (
    "alter table programmes_tally set (fillfactor = 70); alter table programmes_total set (fillfactor = 70)"
)


def protect(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Give the queue the policies that its model cannot carry."""
    for policy in DELTA_POLICIES:
        schema_editor.execute(policy.create_sql(apps.get_model("programmes", "Delta"), schema_editor))


class Migration(migrations.Migration):
    initial = True
    dependencies = [("org", "0001_ground"), ("units", "0001_ground")]
    operations = [
        migrations.CreateModel(
            name="AgeTally",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "unit_id",
                        "programme_id",
                        "measure",
                        "rung",
                        "channel",
                        "band",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("unit_id", models.BigIntegerField()),
                ("programme_id", models.IntegerField()),
                ("measure", models.SmallIntegerField()),
                ("rung", models.SmallIntegerField()),
                ("channel", models.SmallIntegerField()),
                ("band", models.SmallIntegerField()),
                ("n", models.BigIntegerField()),
            ],
            options={
                "db_table": "programmes_age_tally",
                "constraints": [
                    Policy(
                        command="SELECT",
                        name="age_tally_in_scope",
                        using="(select current_setting('abhiyan.everything', true) = 'on') or exists (select 1 from units_placement pl where pl.unit_id = programmes_age_tally.unit_id and pl.lo <@ (select core_positions('abhiyan.counts')))",
                    ),
                    Policy(
                        name="age_tally_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    Policy(
                        name="age_tally_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="age_tally_migrates", to=("owner",), using="true"),
                ],
            },
        ),
        migrations.CreateModel(
            name="AgeTotal",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "unit_id",
                        "hierarchy",
                        "programme_id",
                        "measure",
                        "rung",
                        "channel",
                        "band",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("unit_id", models.BigIntegerField()),
                (
                    "hierarchy",
                    models.SmallIntegerField(
                        choices=[(1, "Organisational"), (2, "Electoral"), (3, "Administrative")]
                    ),
                ),
                ("programme_id", models.IntegerField()),
                ("measure", models.SmallIntegerField()),
                ("rung", models.SmallIntegerField()),
                ("channel", models.SmallIntegerField()),
                ("band", models.SmallIntegerField()),
                ("n", models.BigIntegerField()),
            ],
            options={
                "db_table": "programmes_age_total",
                "constraints": [
                    Policy(
                        command="SELECT",
                        name="age_total_in_scope",
                        using="(select current_setting('abhiyan.everything', true) = 'on') or exists (select 1 from units_placement pl where pl.unit_id = programmes_age_total.unit_id and pl.lo <@ (select core_positions('abhiyan.counts')))",
                    ),
                    Policy(
                        name="age_total_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    Policy(
                        name="age_total_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="age_total_migrates", to=("owner",), using="true"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Programme",
            fields=[
                ("id", models.AutoField(primary_key=True, serialize=False)),
                ("public_id", models.UUIDField(unique=True)),
                ("kind", models.TextField()),
                ("names", models.JSONField()),
                (
                    "state",
                    models.TextField(
                        choices=[("draft", "Draft"), ("open", "Open"), ("closed", "Closed")], default="draft"
                    ),
                ),
                (
                    "hierarchy",
                    models.SmallIntegerField(
                        choices=[(1, "Organisational"), (2, "Electoral"), (3, "Administrative")], default=1
                    ),
                ),
                ("zone", models.TextField(default="Asia/Kolkata")),
                ("opens_on", models.DateField()),
                ("closes_on", models.DateField()),
                ("made_at", models.DateTimeField()),
                ("made_by", models.BigIntegerField(null=True)),
                ("is_sample", models.BooleanField(db_default=False, default=False)),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="units.unit"
                    ),
                ),
                ("summed_on", models.DateField(null=True)),
                ("earlier", models.TextField(db_default="", default="")),
                (
                    "parent",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="programmes.programme",
                    ),
                ),
                ("parts", models.JSONField(db_default=[], default=list)),
                ("ages_on", models.DateField(null=True)),
            ],
            options={
                "db_table": "programmes_programme",
                "constraints": [
                    Policy(
                        command="SELECT",
                        name="programme_seen_by_all",
                        to=("app", "jobs", "gateway"),
                        using="true",
                    ),
                    Policy(
                        name="programme_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') or (select coalesce(nullif(current_setting('abhiyan.counts', true), ''), '{}') <> '{}'))",
                    ),
                    Policy(
                        name="programme_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="programme_migrates", to=("owner",), using="true"),
                    models.CheckConstraint(
                        condition=models.Q(("closes_on__gte", models.F("opens_on"))), name="programme_window"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Material",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(unique=True)),
                ("names", models.JSONField()),
                (
                    "offices",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), default=list, size=None
                    ),
                ),
                ("made_at", models.DateTimeField()),
                ("made_by", models.BigIntegerField(null=True)),
                ("newest_at", models.DateTimeField()),
                ("withdrawn_at", models.DateTimeField(null=True)),
                ("withdrawn_by", models.BigIntegerField(null=True)),
                ("reason", models.TextField(db_default="", default="")),
                (
                    "programme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="programmes.programme",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="units.unit",
                    ),
                ),
            ],
            options={
                "db_table": "programmes_material",
                "indexes": [models.Index(fields=["unit"], name="material_unit")],
                "constraints": [
                    Policy(
                        command="SELECT",
                        name="material_in_scope",
                        using="(select current_setting('abhiyan.everything', true) = 'on') or exists (select 1 from units_placement pl where pl.unit_id = programmes_material.unit_id and pl.lo <@ (select core_positions('abhiyan.line'))) or (withdrawn_at is null and exists (select from org_appointment ap join org_office o on o.id = ap.office_id\n join units_placement pl on pl.unit_id = ap.unit_id and pl.lo <@ (select core_positions('abhiyan.counts'))\n join units_placement its on its.unit_id = programmes_material.unit_id and its.hierarchy = pl.hierarchy\n  and pl.lo >= its.lo and pl.lo < its.hi\n join programmes_scope s on s.programme_id = programmes_material.programme_id\n join units_placement sp on sp.unit_id = s.unit_id and sp.hierarchy = pl.hierarchy and pl.lo >= sp.lo and pl.lo < sp.hi\n where ap.account_id = (select nullif(current_setting('abhiyan.account', true), '')::int8) and ap.state in ('active', 'disputed')\n  and (cardinality(programmes_material.offices) = 0 or o.code = any (programmes_material.offices))))",
                    ),
                    Policy(
                        name="material_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    Policy(
                        name="material_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="material_migrates", to=("owner",), using="true"),
                ],
            },
        ),
        migrations.CreateModel(
            name="MaterialVersion",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("unit_id", models.BigIntegerField()),
                ("number", models.SmallIntegerField()),
                ("digest", models.BinaryField()),
                ("kind", models.TextField()),
                ("size", models.IntegerField()),
                ("sealed", models.BinaryField()),
                ("added_at", models.DateTimeField()),
                ("added_by", models.BigIntegerField(null=True)),
                ("replaced_at", models.DateTimeField(null=True)),
                (
                    "material",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="versions",
                        to="programmes.material",
                    ),
                ),
            ],
            options={
                "db_table": "programmes_material_version",
                "constraints": [
                    models.UniqueConstraint(fields=("material", "number"), name="material_version_once"),
                    Policy(
                        command="SELECT",
                        name="material_version_in_scope",
                        using="(select current_setting('abhiyan.everything', true) = 'on') or exists (select 1 from units_placement pl where pl.unit_id = programmes_material_version.unit_id and pl.lo <@ (select core_positions('abhiyan.line'))) or (replaced_at is null and exists (select from programmes_material m where m.id = programmes_material_version.material_id and m.withdrawn_at is null))",
                    ),
                    Policy(
                        name="material_version_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    Policy(
                        name="material_version_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="material_version_migrates", to=("owner",), using="true"),
                ],
            },
        ),
        migrations.CreateModel(
            name="MaterialOpening",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "version_id",
                        "account_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("account_id", models.BigIntegerField()),
                ("unit_id", models.BigIntegerField()),
                ("office", models.TextField()),
                ("at", models.DateTimeField()),
                (
                    "version",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="programmes.materialversion",
                    ),
                ),
            ],
            options={
                "db_table": "programmes_material_opening",
                "constraints": [
                    Policy(
                        command="SELECT",
                        name="material_opening_in_scope",
                        using="(select current_setting('abhiyan.everything', true) = 'on') or account_id = (select nullif(current_setting('abhiyan.account', true), '')::int8) or exists (select 1 from units_placement pl where pl.unit_id = programmes_material_opening.unit_id and pl.lo <@ (select core_positions('abhiyan.people')))",
                    ),
                    Policy(
                        name="material_opening_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    Policy(
                        name="material_opening_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="material_opening_migrates", to=("owner",), using="true"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ProgrammeUnit",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "programme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="programmes.programme",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="units.unit"
                    ),
                ),
            ],
            options={
                "db_table": "programmes_scope",
                "constraints": [
                    Policy(
                        command="SELECT",
                        name="programme_unit_seen_by_all",
                        to=("app", "jobs", "gateway"),
                        using="true",
                    ),
                    Policy(
                        name="programme_unit_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') or (select coalesce(nullif(current_setting('abhiyan.counts', true), ''), '{}') <> '{}'))",
                    ),
                    Policy(
                        name="programme_unit_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="programme_unit_migrates", to=("owner",), using="true"),
                    models.UniqueConstraint(fields=("programme", "unit"), name="programme_unit_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="InCharge",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("account_id", models.BigIntegerField()),
                (
                    "role",
                    models.TextField(choices=[("in_charge", "In-charge"), ("co_in_charge", "Co-in-charge")]),
                ),
                ("named_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="units.unit"
                    ),
                ),
                (
                    "programme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="programmes.programme",
                    ),
                ),
                ("answered_at", models.DateTimeField(null=True)),
                ("import_id", models.BigIntegerField(null=True)),
                ("named_by", models.BigIntegerField(null=True)),
                ("reason", models.TextField(db_default="", default="")),
                (
                    "state",
                    models.TextField(
                        choices=[
                            ("named", "Not answered yet"),
                            ("accepted", "Accepted"),
                            ("declined", "Declined"),
                        ],
                        db_default="named",
                        default="named",
                    ),
                ),
                ("told_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "programmes_in_charge",
                "indexes": [
                    models.Index(fields=["unit", "programme"], name="in_charge_unit"),
                    models.Index(
                        condition=models.Q(("state", "declined")),
                        fields=["programme", "role", "unit"],
                        name="in_charge_declined",
                    ),
                    models.Index(fields=["account_id"], name="in_charge_account"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("programme", "unit", "account_id"),
                        name="in_charge_once",
                    ),
                    Policy(
                        command="SELECT",
                        name="in_charge_in_scope",
                        using="(select current_setting('abhiyan.everything', true) = 'on') or account_id = (select nullif(current_setting('abhiyan.account', true), '')::int8) or exists (select 1 from units_placement pl where pl.unit_id = programmes_in_charge.unit_id and pl.lo <@ (select core_positions('abhiyan.counts')))",
                    ),
                    Policy(
                        name="in_charge_written",
                        using="(select current_setting('abhiyan.everything', true) = 'on') or exists (select 1 from units_placement pl where pl.unit_id = programmes_in_charge.unit_id and pl.lo <@ (select core_positions('abhiyan.counts')))",
                    ),
                    Policy(
                        name="in_charge_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="in_charge_migrates", to=("owner",), using="true"),
                    Policy(
                        command="UPDATE",
                        name="in_charge_answered",
                        using="account_id = (select nullif(current_setting('abhiyan.account', true), '')::int8)",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Task",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(unique=True)),
                ("batch", models.UUIDField(null=True)),
                ("title", models.TextField()),
                ("text", models.TextField(db_default="", default="")),
                ("asked_by", models.BigIntegerField(null=True)),
                ("asked_at", models.DateTimeField()),
                ("account_id", models.BigIntegerField(null=True)),
                (
                    "hierarchy",
                    models.SmallIntegerField(
                        choices=[(1, "Organisational"), (2, "Electoral"), (3, "Administrative")], default=1
                    ),
                ),
                ("effort_min", models.IntegerField(null=True)),
                ("due_at", models.DateTimeField()),
                (
                    "state",
                    models.TextField(
                        choices=[
                            ("asked", "Not answered yet"),
                            ("accepted", "Accepted"),
                            ("declined", "Declined"),
                            ("done", "Done"),
                            ("confirmed", "Confirmed"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="asked",
                    ),
                ),
                ("state_at", models.DateTimeField()),
                ("note", models.TextField(db_default="", default="")),
                ("done_at", models.DateTimeField(null=True)),
                ("reminded", models.SmallIntegerField(db_default=0, default=0)),
                (
                    "office",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="org.office",
                    ),
                ),
                (
                    "programme",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="programmes.programme",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="units.unit",
                    ),
                ),
            ],
            options={
                "db_table": "programmes_task",
                "indexes": [
                    models.Index(fields=["account_id", "state"], name="task_account"),
                    models.Index(fields=["asked_by", "state"], name="task_asker"),
                    models.Index(fields=["unit", "due_at"], name="task_unit"),
                    models.Index(
                        condition=models.Q(("programme__isnull", False)),
                        fields=["programme"],
                        name="task_programme",
                    ),
                    models.Index(
                        condition=models.Q(("batch__isnull", False)), fields=["batch"], name="task_batch"
                    ),
                    models.Index(
                        condition=models.Q(("state__in", ["asked", "accepted"])),
                        fields=["due_at"],
                        name="task_due",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("effort_min", None), ("effort_min__gt", 0), _connector="OR"),
                        name="task_effort",
                    ),
                    Policy(
                        command="SELECT",
                        name="task_in_scope",
                        using="(select current_setting('abhiyan.everything', true) = 'on') or account_id = (select nullif(current_setting('abhiyan.account', true), '')::int8) or asked_by = (select nullif(current_setting('abhiyan.account', true), '')::int8) or exists (select 1 from units_placement pl where pl.unit_id = programmes_task.unit_id and pl.lo <@ (select core_positions('abhiyan.line')))",
                    ),
                    Policy(
                        name="task_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    Policy(
                        name="task_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="task_migrates", to=("owner",), using="true"),
                ],
            },
        ),
        migrations.CreateModel(
            name="TaskStep",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("act", models.TextField()),
                ("at", models.DateTimeField()),
                ("account_id", models.BigIntegerField(null=True)),
                ("to_account_id", models.BigIntegerField(null=True)),
                ("note", models.TextField(db_default="", default="")),
                (
                    "task",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="steps",
                        to="programmes.task",
                    ),
                ),
            ],
            options={
                "db_table": "programmes_task_step",
                "indexes": [models.Index(fields=["task"], name="task_step")],
                "constraints": [
                    Policy(
                        command="SELECT",
                        name="task_step_in_scope",
                        using="(select current_setting('abhiyan.everything', true) = 'on') or exists (select 1 from programmes_task t where t.id = programmes_task_step.task_id)",
                    ),
                    Policy(
                        name="task_step_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    Policy(
                        name="task_step_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="task_step_migrates", to=("owner",), using="true"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Workshop",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(unique=True)),
                ("title", models.TextField()),
                ("made_at", models.DateTimeField()),
                ("made_by", models.BigIntegerField(null=True)),
                ("due_on", models.DateField(null=True)),
                ("planned_on", models.DateField(null=True)),
                ("held_on", models.DateField(null=True)),
                ("attended", models.IntegerField(null=True)),
                ("said_at", models.DateTimeField(null=True)),
                ("said_by", models.BigIntegerField(null=True)),
                ("asks_office", models.TextField(db_default="", default="")),
                ("asks_until", models.DateField(null=True)),
                ("asked_by", models.BigIntegerField(null=True)),
                ("reminded_on", models.DateField(null=True)),
                ("withdrawn_at", models.DateTimeField(null=True)),
                (
                    "above",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="below",
                        to="programmes.workshop",
                    ),
                ),
                (
                    "programme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="programmes.programme",
                    ),
                ),
                (
                    "task",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="workshop",
                        to="programmes.task",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="units.unit",
                    ),
                ),
            ],
            options={
                "db_table": "programmes_workshop",
                "indexes": [
                    models.Index(fields=["unit"], name="workshop_unit"),
                    models.Index(
                        condition=models.Q(("asks_until__isnull", False), ("withdrawn_at", None)),
                        fields=["asked_by"],
                        name="workshop_asker",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("withdrawn_at", None)),
                        fields=("above", "unit"),
                        name="workshop_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("attended", None),
                            models.Q(("attended__gte", 0), ("held_on__isnull", False)),
                            _connector="OR",
                        ),
                        name="workshop_attended",
                    ),
                    Policy(
                        command="SELECT",
                        name="workshop_in_scope",
                        using="(select current_setting('abhiyan.everything', true) = 'on') or exists (select 1 from units_placement pl where pl.unit_id = programmes_workshop.unit_id and pl.lo <@ (select core_positions('abhiyan.line'))) or exists (select 1 from programmes_task t where t.id = programmes_workshop.task_id and t.account_id = (select nullif(current_setting('abhiyan.account', true), '')::int8))",
                    ),
                    Policy(
                        name="workshop_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    Policy(
                        name="workshop_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="workshop_migrates", to=("owner",), using="true"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Measure",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.SmallIntegerField()),
                ("code", models.TextField()),
                ("names", models.JSONField()),
                (
                    "programme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="programmes.programme",
                    ),
                ),
            ],
            options={
                "db_table": "programmes_measure",
                "constraints": [
                    Policy(
                        command="SELECT",
                        name="measure_seen_by_all",
                        to=("app", "jobs", "gateway"),
                        using="true",
                    ),
                    Policy(
                        name="measure_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') or (select coalesce(nullif(current_setting('abhiyan.counts', true), ''), '{}') <> '{}'))",
                    ),
                    Policy(
                        name="measure_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="measure_migrates", to=("owner",), using="true"),
                    models.UniqueConstraint(fields=("programme", "number"), name="measure_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Target",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("measure", models.SmallIntegerField()),
                ("n", models.BigIntegerField()),
                ("is_locked", models.BooleanField(default=False)),
                ("basis", models.TextField(db_default="", default="")),
                ("set_at", models.DateTimeField()),
                ("set_by", models.BigIntegerField(null=True)),
                ("replaced_at", models.DateTimeField(null=True)),
                (
                    "programme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="programmes.programme",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="units.unit",
                    ),
                ),
                ("replaced_by", models.BigIntegerField(null=True)),
                ("version_id", models.BigIntegerField(null=True)),
                ("is_plans_lock", models.BooleanField(db_default=False, default=False)),
            ],
            options={
                "db_table": "programmes_target",
                "indexes": [
                    models.Index(fields=["unit", "programme"], name="target_unit"),
                    models.Index(
                        condition=models.Q(("is_locked", True), ("replaced_at", None)),
                        fields=["programme", "measure"],
                        name="target_locked",
                    ),
                    models.Index(fields=["version_id"], name="target_version"),
                    models.Index(
                        condition=models.Q(("replaced_by__isnull", False)),
                        fields=["replaced_by"],
                        name="target_replaced",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("replaced_at", None)),
                        fields=("programme", "measure", "unit"),
                        name="target_once",
                    ),
                    models.CheckConstraint(condition=models.Q(("n__gte", 0)), name="target_not_negative"),
                    Policy(
                        name="target_in_scope",
                        using="(select current_setting('abhiyan.everything', true) = 'on') or exists (select 1 from units_placement pl where pl.unit_id = programmes_target.unit_id and pl.lo <@ (select core_positions('abhiyan.counts')))",
                    ),
                    Policy(
                        name="target_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="target_migrates", to=("owner",), using="true"),
                ],
            },
        ),
        migrations.CreateModel(
            name="TargetVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(unique=True)),
                ("measure", models.SmallIntegerField()),
                (
                    "act",
                    models.TextField(
                        choices=[
                            ("set", "Set by hand"),
                            ("locked", "Locked"),
                            ("unlocked", "Unlocked"),
                            ("split", "Split"),
                            ("plan", "Taken over from a plan"),
                            ("back", "Gone back"),
                            ("closed", "Unit closed"),
                        ]
                    ),
                ),
                ("basis", models.TextField(db_default="", default="")),
                ("facts", models.JSONField(db_default={}, default=dict)),
                ("n", models.IntegerField()),
                ("made_at", models.DateTimeField()),
                ("made_by", models.BigIntegerField(null=True)),
                (
                    "programme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="programmes.programme",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="units.unit",
                    ),
                ),
            ],
            options={
                "db_table": "programmes_target_version",
                "indexes": [models.Index(fields=["programme", "measure", "-id"], name="target_version_of")],
                "constraints": [
                    Policy(
                        name="target_version_in_scope",
                        using="(select current_setting('abhiyan.everything', true) = 'on') or exists (select 1 from units_placement pl where pl.unit_id = programmes_target_version.unit_id and pl.lo <@ (select core_positions('abhiyan.counts')))",
                    ),
                    Policy(
                        name="target_version_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="target_version_migrates", to=("owner",), using="true"),
                ],
            },
        ),
        migrations.CreateModel(
            name="TargetMisfit",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "programme_id",
                        "measure",
                        "unit_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("measure", models.SmallIntegerField()),
                ("unit_id", models.BigIntegerField()),
                (
                    "programme",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="programmes.programme",
                    ),
                ),
            ],
            options={
                "db_table": "programmes_target_misfit",
                "constraints": [
                    Policy(
                        command="SELECT",
                        name="target_misfit_in_scope",
                        using="(select current_setting('abhiyan.everything', true) = 'on') or exists (select 1 from units_placement pl where pl.unit_id = programmes_target_misfit.unit_id and pl.lo <@ (select core_positions('abhiyan.counts')))",
                    ),
                    Policy(
                        name="target_misfit_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    Policy(
                        name="target_misfit_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="target_misfit_migrates", to=("owner",), using="true"),
                ],
            },
        ),
        migrations.CreateModel(
            name="UnitTotal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("label", models.TextField()),
                ("n", models.BigIntegerField()),
                ("source", models.TextField()),
                ("import_id", models.BigIntegerField()),
                ("row", models.IntegerField()),
                (
                    "unit",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="units.unit",
                    ),
                ),
            ],
            options={
                "db_table": "programmes_unit_total",
                "constraints": [
                    models.UniqueConstraint(fields=("label", "unit"), name="unit_total_once"),
                    models.CheckConstraint(condition=models.Q(("n__gte", 0)), name="unit_total_not_negative"),
                    Policy(
                        name="unit_total_in_scope",
                        using="(select current_setting('abhiyan.everything', true) = 'on') or exists (select 1 from units_placement pl where pl.unit_id = programmes_unit_total.unit_id and pl.lo <@ (select core_positions('abhiyan.counts')))",
                    ),
                    Policy(
                        name="unit_total_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="unit_total_migrates", to=("owner",), using="true"),
                ],
            },
        ),
        migrations.CreateModel(
            name="OwnFigure",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("measure", models.SmallIntegerField()),
                ("begins_on", models.DateField()),
                ("ends_on", models.DateField()),
                ("n", models.BigIntegerField()),
                ("typed_at", models.DateTimeField()),
                ("typed_by", models.BigIntegerField(null=True)),
                ("replaced_at", models.DateTimeField(null=True)),
                (
                    "programme",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="programmes.programme",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="units.unit",
                    ),
                ),
            ],
            options={
                "db_table": "programmes_own_figure",
                "indexes": [models.Index(fields=["unit", "programme"], name="own_figure_unit")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("replaced_at", None)),
                        fields=("programme", "measure", "unit", "ends_on"),
                        name="own_figure_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ends_on__gte", models.F("begins_on")), ("n__gte", 0)),
                        name="own_figure_sound",
                    ),
                    Policy(
                        command="SELECT",
                        name="own_figure_in_scope",
                        using="(select current_setting('abhiyan.everything', true) = 'on') or exists (select 1 from units_placement pl where pl.unit_id = programmes_own_figure.unit_id and pl.lo <@ (select core_positions('abhiyan.counts')))",
                    ),
                    Policy(
                        name="own_figure_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    Policy(
                        name="own_figure_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="own_figure_migrates", to=("owner",), using="true"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Delta",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "programme_id",
                        "unit_id",
                        "day",
                        "rung",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("programme_id", models.IntegerField()),
                ("measure", models.SmallIntegerField()),
                ("channel", models.SmallIntegerField()),
                ("unit_id", models.BigIntegerField()),
                ("day", models.DateField()),
                ("rung", models.SmallIntegerField()),
                ("n", models.IntegerField()),
                ("posted_at", models.DateTimeField()),
                ("xid", abhiyan.core.fields.XidField(db_default=abhiyan.core.fields.CurrentXid())),
            ],
            options={
                "db_table": "programmes_delta",
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="Fold",
            fields=[
                ("id", models.SmallIntegerField(primary_key=True, serialize=False)),
                ("horizon", abhiyan.core.fields.XidField()),
                ("folded_at", models.DateTimeField()),
                ("swept_at", models.DateTimeField()),
            ],
            options={
                "db_table": "programmes_fold",
                "constraints": [
                    Policy(
                        command="SELECT", name="fold_seen_by_all", to=("app", "jobs", "gateway"), using="true"
                    ),
                    Policy(
                        name="fold_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    Policy(
                        name="fold_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="fold_migrates", to=("owner",), using="true"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Pace",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "programme_id",
                        "channel",
                        "minute",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("unit_id", models.BigIntegerField()),
                ("channel", models.SmallIntegerField()),
                ("minute", models.DateTimeField()),
                ("n", models.BigIntegerField()),
                (
                    "programme",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="programmes.programme",
                    ),
                ),
            ],
            options={
                "db_table": "programmes_pace",
                "constraints": [
                    Policy(
                        command="SELECT",
                        name="pace_in_scope",
                        using="(select current_setting('abhiyan.everything', true) = 'on') or exists (select 1 from units_placement pl where pl.unit_id = programmes_pace.unit_id and pl.lo <@ (select core_positions('abhiyan.people')))",
                    ),
                    Policy(
                        name="pace_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    Policy(
                        name="pace_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="pace_migrates", to=("owner",), using="true"),
                ],
            },
        ),
        migrations.CreateModel(
            name="UnitPace",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "programme_id",
                        "unit_id",
                        "channel",
                        "minute",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("unit_id", models.BigIntegerField()),
                ("channel", models.SmallIntegerField()),
                ("minute", models.DateTimeField()),
                ("n", models.BigIntegerField()),
                (
                    "programme",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="programmes.programme",
                    ),
                ),
            ],
            options={
                "db_table": "programmes_unit_pace",
                "indexes": [models.Index(fields=["programme", "minute"], name="unit_pace_minute")],
                "constraints": [
                    Policy(
                        command="SELECT",
                        name="unit_pace_in_scope",
                        using="(select current_setting('abhiyan.everything', true) = 'on') or exists (select 1 from units_placement pl where pl.unit_id = programmes_unit_pace.unit_id and pl.lo <@ (select core_positions('abhiyan.people')))",
                    ),
                    Policy(
                        name="unit_pace_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    Policy(
                        name="unit_pace_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="unit_pace_migrates", to=("owner",), using="true"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Large",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "hierarchy", "unit_id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "hierarchy",
                    models.SmallIntegerField(
                        choices=[(1, "Organisational"), (2, "Electoral"), (3, "Administrative")]
                    ),
                ),
                ("unit_id", models.BigIntegerField()),
            ],
            options={
                "db_table": "programmes_large",
                "constraints": [
                    Policy(
                        command="SELECT",
                        name="large_seen_by_all",
                        to=("app", "jobs", "gateway"),
                        using="true",
                    ),
                    Policy(
                        name="large_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    Policy(
                        name="large_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="large_migrates", to=("owner",), using="true"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Tally",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "unit_id",
                        "programme_id",
                        "measure",
                        "day",
                        "channel",
                        "rung",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("unit_id", models.BigIntegerField()),
                ("programme_id", models.IntegerField()),
                ("measure", models.SmallIntegerField()),
                ("day", models.DateField()),
                ("channel", models.SmallIntegerField()),
                ("rung", models.SmallIntegerField()),
                ("n", models.BigIntegerField()),
            ],
            options={
                "db_table": "programmes_tally",
                "constraints": [
                    Policy(
                        command="SELECT",
                        name="tally_in_scope",
                        using="(select current_setting('abhiyan.everything', true) = 'on') or exists (select 1 from units_placement pl where pl.unit_id = programmes_tally.unit_id and pl.lo <@ (select core_positions('abhiyan.counts')))",
                    ),
                    Policy(
                        name="tally_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    Policy(
                        name="tally_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="tally_migrates", to=("owner",), using="true"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Total",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "unit_id",
                        "hierarchy",
                        "programme_id",
                        "measure",
                        "day",
                        "channel",
                        "rung",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("unit_id", models.BigIntegerField()),
                (
                    "hierarchy",
                    models.SmallIntegerField(
                        choices=[(1, "Organisational"), (2, "Electoral"), (3, "Administrative")]
                    ),
                ),
                ("programme_id", models.IntegerField()),
                ("measure", models.SmallIntegerField()),
                ("day", models.DateField()),
                ("channel", models.SmallIntegerField()),
                ("rung", models.SmallIntegerField()),
                ("n", models.BigIntegerField()),
            ],
            options={
                "db_table": "programmes_total",
                "constraints": [
                    Policy(
                        command="SELECT",
                        name="total_in_scope",
                        using="(select current_setting('abhiyan.everything', true) = 'on') or exists (select 1 from units_placement pl where pl.unit_id = programmes_total.unit_id and pl.lo <@ (select core_positions('abhiyan.counts')))",
                    ),
                    Policy(
                        name="total_written",
                        using="((select current_setting('abhiyan.everything', true) = 'on') and (select coalesce(current_setting('abhiyan.reason', true), '') <> ''))",
                    ),
                    Policy(
                        name="total_for_a_reason",
                        to=("jobs",),
                        using="(select coalesce(current_setting('abhiyan.reason', true), '') <> '')",
                    ),
                    Policy(name="total_migrates", to=("owner",), using="true"),
                ],
            },
        ),
        migrations.RunSQL(DELTA, "drop table programmes_delta"),
        migrations.RunSQL(ROOM, migrations.RunSQL.noop),
        migrations.RunPython(protect, migrations.RunPython.noop),
    ]
