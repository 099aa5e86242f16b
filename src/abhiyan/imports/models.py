"""Lists that somebody brings, and their refused rows. Their tables are those of the app `core`."""

from django.db import models

from abhiyan.core.policy import (
    ACCOUNT,
    COUNTS,
    IMPORTS,
    PEOPLE,
    Policy,
    over_all,
    placed_sql,
    policies,
)


class StagedImport(models.Model):
    """One uploaded list on its way: received, mapped, previewed, committed, perhaps undone."""

    class State(models.TextChoices):
        RECEIVING = "receiving"
        RECEIVED = "received"
        CHECKING = "checking"
        CHECKED = "checked"
        COMMITTING = "committing"
        DONE = "done"
        FAILED = "failed"
        UNDOING = "undoing"
        UNDONE = "undone"
        DISCARDED = "discarded"

    public_id = models.UUIDField(unique=True)
    kind = models.TextField()  # units, pins, paper, ...: a key of imports.KINDS
    state = models.TextField(choices=State.choices)
    file_name = models.TextField()
    file_sha256 = models.TextField(default="", db_default="")
    file_bytes = models.BigIntegerField(default=0, db_default=0)
    received_bytes = models.BigIntegerField(default=0, db_default=0)  # a failed upload resumes here
    unit_id = models.BigIntegerField(null=True)  # whose list it is: the policy's place; null: of the whole
    account_id = models.BigIntegerField(null=True)  # who brought it
    options = models.JSONField(default=dict, db_default={})  # kind's own settings: hierarchy, drive, ...
    mapping = models.JSONField(default=dict, db_default={})  # field key -> column index
    look = models.JSONField(default=dict, db_default={})  # what sniffing found: columns, masked samples
    dropped = models.JSONField(default=dict, db_default={})  # sensitive column -> reason; contents never read
    counts = models.JSONField(default=dict, db_default={})  # outcome -> rows
    undone = models.JSONField(default=dict, db_default={})  # outcome -> rows, of undoing it
    discarded = models.JSONField(
        default=dict, db_default={}
    )  # code -> rows that left nothing but this number.
    notes = models.JSONField(default=dict, db_default={})  # "field/note" -> cells mended while reading.
    asked_by = models.JSONField(default=dict, db_default={})  # the actor of the step under way.
    step = models.TextField(default="", db_default="")  # check, commit, undo: under way, or failed.
    worked_at = models.DateTimeField(null=True)  # last sign of life of the step under way.
    progress_pct = models.SmallIntegerField(default=0, db_default=0)
    error = models.TextField(default="", db_default="")
    error_facts = models.JSONField(default=dict, db_default={})
    created_at = models.DateTimeField()
    checked_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "core"
        db_table = "core_import"
        indexes = [models.Index(fields=["unit_id", "-created_at"], name="import_by_unit")]  # used by: Imports
        constraints = policies(
            "core_import",
            using=f"account_id = {ACCOUNT} or {placed_sql('core_import.unit_id', PEOPLE)}"
            f" or (unit_id is null and kind = any ({IMPORTS}) and {over_all(COUNTS)})",
        )


class RefusedRow(models.Model):
    """A row of a staged import that was not taken, by number, field and reason. Never the row's contents."""

    import_id = models.BigIntegerField()
    row = models.IntegerField()  # as a person sees it in the sheet, from 1
    field = models.TextField()
    reason = models.TextField()  # code of imports.tables.reasons or of the kind
    facts = models.JSONField(default=dict, db_default={})

    class Meta:
        app_label = "core"
        db_table = "core_refused_row"
        indexes = [models.Index(fields=["import_id", "row"], name="refused_by_import")]  # used by: preview
        constraints = [
            *policies(
                "core_refused_row",
                using="exists (select 1 from core_import i where i.id = core_refused_row.import_id)",
            ),
            Policy(name="core_refused_row_gateway", to=("gateway",), using="true", command="INSERT"),
        ]


class ImportSlice(models.Model):
    """A slice of a large import that is committed, written in the transaction of its facts: a worker that is killed
    goes on behind it."""

    pk = models.CompositePrimaryKey("import_id", "number")
    import_id = models.BigIntegerField()
    number = models.IntegerField()
    counts = models.JSONField(default=dict, db_default={})  # outcome -> rows of this slice

    class Meta:
        app_label = "core"
        db_table = "core_import_slice"
        constraints = [
            *policies(
                "core_import_slice",
                using="exists (select 1 from core_import i where i.id = core_import_slice.import_id)",
            ),
            Policy(name="core_import_slice_gateway", to=("gateway",), using="true"),
        ]
