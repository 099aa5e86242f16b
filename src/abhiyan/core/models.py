"""Audit, loops, jobs and staged imports serve every room."""

from django.contrib.postgres.indexes import BrinIndex
from django.db import models

from .fields import CurrentXid, Era, XidField
from .policy import (
    ACCOUNT,
    EVERYTHING,
    PEOPLE,
    REASON,
    Policy,
    placed_sql,
    policies,
)

# Nobody writes an entry into a past or future transaction, where it would break or escape a seal.
OWN_XID = "xid = pg_current_xact_id()"


class AuditEntry(models.Model):
    """An entry says who did what, when, from where; without personal data. One per batch and one per human act. Never
    changed."""

    at = models.DateTimeField()
    xid = XidField(db_default=CurrentXid())  # the sealer takes whole ranges below the snapshot's horizon
    era = models.IntegerField(db_default=Era())
    who = models.UUIDField()
    who_kind = models.TextField()
    account_id = models.BigIntegerField(null=True)
    act = models.TextField()
    subject = models.TextField(default="", db_default="")  # public id or code of what was acted on
    unit_id = models.BigIntegerField(null=True)
    batch = models.UUIDField(null=True)
    n = models.IntegerField(default=1, db_default=1)
    origin = models.TextField(default="", db_default="")
    device = models.TextField(default="", db_default="")
    facts = models.JSONField(default=dict, db_default={})

    class Meta:
        db_table = "core_audit"
        indexes = [
            models.Index(fields=["era", "xid"], name="audit_by_xid"),  # used by: the sealer
            models.Index(fields=["unit_id", "-at"], name="audit_by_unit"),  # used by: a unit's history
            models.Index(fields=["account_id", "-at"], name="audit_by_account"),  # used by: my own acts
            # used by: who read one person
            models.Index(fields=["subject"], name="audit_by_subject", condition=~models.Q(subject="")),
            # used by: who read people in some days; entries come in the order of time, so a few pages do
            BrinIndex(fields=["at"], name="audit_by_time"),
        ]
        constraints = [
            Policy(name="audit_written_by_all", to=("app", "gateway"), command="INSERT", using=OWN_XID),
            Policy(
                name="audit_in_scope",
                command="SELECT",
                using=f"{EVERYTHING} or account_id = {ACCOUNT} or {placed_sql('core_audit.unit_id', PEOPLE)}",
            ),
            Policy(
                name="audit_for_a_reason",
                to=("jobs",),
                using=REASON,
                check=f"{REASON} and {OWN_XID}",
            ),
            Policy(name="audit_migrates", to=("owner",), using="true"),
        ]


class AuditSeal(models.Model):
    """One sealed block: the entries of a range of transactions, chained to the block before. Never changed."""

    era = models.IntegerField()
    from_xid = XidField()  # inclusive
    to_xid = XidField()  # exclusive: the snapshot's horizon when sealed
    n = models.IntegerField()
    root = models.BinaryField()  # HMAC-SHA256 over the entries and the root before
    prev = models.BinaryField()
    plain = models.BinaryField(
        null=True
    )  # the same by SHA-256, for who has no key; null: sealed before 0.2.0
    at = models.DateTimeField()

    class Meta:
        db_table = "core_audit_seal"
        constraints = [models.UniqueConstraint(fields=["era", "from_xid"], name="seal_once")]


class JournalPage(models.Model):
    """Undoing an import needs these facts, page by page, as its kind wrote them down. Without personal data."""

    import_id = models.BigIntegerField()
    number = models.IntegerField()
    facts = models.JSONField()

    class Meta:
        db_table = "core_import_journal"
        constraints = [
            models.UniqueConstraint(fields=["import_id", "number"], name="journal_page_once"),
            *policies(
                "core_import_journal",
                using="exists (select 1 from core_import i where i.id = core_import_journal.import_id)",
            ),
        ]


class Job(models.Model):
    """Coarse work for later, put down in the transaction of the fact it follows from. Its row goes when it is done."""

    name = models.TextField()  # of a function in a room's tasks.py
    key = models.TextField()  # what it is about
    arguments = models.JSONField()  # public ids, codes and numbers
    due_at = models.DateTimeField()  # not before
    leased_until = models.DateTimeField(null=True)  # a worker has it, and lives
    attempts = models.SmallIntegerField(default=0, db_default=0)
    error = models.TextField(default="", db_default="")  # class of what the last attempt raised
    failed_at = models.DateTimeField(null=True)  # given up

    class Meta:
        db_table = "core_job"
        constraints = [
            models.UniqueConstraint(
                fields=["name", "key"], condition=models.Q(attempts=0, failed_at=None), name="job_waits_once"
            ),
        ]


class Heartbeat(models.Model):
    """A loop's last turn, for `doctor` and `/metrics`: a loop that stopped is seen, not guessed."""

    loop = models.TextField(primary_key=True)
    turned_at = models.DateTimeField()  # before the first turn has ended: when it began
    took_ms = models.IntegerField()
    did = models.BigIntegerField(default=0, db_default=0)  # rows, summed over all its turns.
    every_s = models.FloatField(default=1, db_default=1)  # its pace: how soon silence means trouble.
    error = models.TextField(default="", db_default="")  # class of what the last turn raised.
    a_minute = models.FloatField(null=True)  # rows, in the last minute that is over; null: not known yet.
    since_at = models.DateTimeField(null=True)  # when the minute under way began.
    since_did = models.BigIntegerField(default=0, db_default=0)  # rows until then.
    host = models.TextField(default="", db_default="")  # where it turned; "": before 0.2.0.

    class Meta:
        db_table = "core_heartbeat"


class DatabaseRelease(models.Model):
    """A release that made or updated this database; the first row made it. `abhiyan migrate` writes them."""

    version = models.TextField()  # "": one before 0.2.0, which left no note
    at = models.DateTimeField()

    class Meta:
        db_table = "core_release"


class RateCount(models.Model):
    """A fixed-window counter behind a limit; keys are keyed hashes, never a phone or an address."""

    key = models.BinaryField(primary_key=True)  # 16 bytes: HMAC of limit, subject and window
    n = models.IntegerField()
    ends_at = models.DateTimeField(db_index=True)  # used by: the sweep

    class Meta:
        db_table = "core_rate_count"


class MetricCount(models.Model):
    """A figure of `/metrics` that only grows, and goes on where it was after a restart (`core.counters`)."""

    pk = models.CompositePrimaryKey("counter", "label")
    counter = models.TextField()
    label = models.TextField()  # of a fixed list; never a person, a place or an address
    n = models.BigIntegerField()

    class Meta:
        db_table = "core_metric_count"


class LastBackup(models.Model):
    """The newest backup of this database, in one row: `doctor` and `/metrics` say its age, from whichever host."""

    id = models.SmallIntegerField(primary_key=True, default=1, db_default=1)
    taken_at = models.DateTimeField()
    folder = models.TextField(default="", db_default="")  # where its file lies, on the host that took it
    restored_at = models.DateTimeField(
        null=True
    )  # this database came from that backup, and none was taken since

    class Meta:
        db_table = "core_last_backup"
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="last_backup_once"),
        ]


class HostProcessNote(models.Model):
    """A server, or its jobs, on one host: `core.hosts` writes and reads it."""

    pk = models.CompositePrimaryKey("name", "kind", "process")
    name = models.TextField()  # ABHIYAN_HOST_NAME
    kind = models.TextField()  # "serve" or "jobs"
    process = models.TextField()  # its number there, and something drawn
    version = models.TextField()
    address = models.TextField(default="", db_default="")
    begun_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    settings = models.JSONField()  # keyed digests, by the name of the setting

    class Meta:
        db_table = "core_host"


class KeyMark(models.Model):
    """A digest says which master key this database belongs to. It opens nothing."""

    id = models.SmallIntegerField(primary_key=True, default=1, db_default=1)
    digest = models.TextField()

    class Meta:
        db_table = "core_key_mark"
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="key_mark_once"),
        ]


class StoreMark(models.Model):
    """The name of an object in the store of files, in one row: a host whose store lacks it has another store."""

    id = models.SmallIntegerField(primary_key=True, default=1, db_default=1)
    name = models.UUIDField()  # random
    made_at = models.DateTimeField()

    class Meta:
        db_table = "core_store_mark"
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="store_mark_once"),
        ]


class GoneObject(models.Model):
    """An object of the store that no row speaks of any more. `core_note_gone` notes it; a loop deletes both."""

    id = models.UUIDField(primary_key=True)  # of its name (`core.files.object_name`)
    at = models.DateTimeField()

    class Meta:
        db_table = "core_gone_object"
        constraints = [
            Policy(
                name="gone_object_noted", to=("app", "jobs"), command="INSERT", using="pg_trigger_depth() > 0"
            ),
            Policy(name="gone_object_for_a_reason", to=("jobs",), using=REASON),
            Policy(name="gone_object_migrates", to=("owner",), using="true"),
        ]


# Beyond the usual select, insert, update and delete of `app` and `jobs`.
_OF_GATEWAY = "insert (at, who, who_kind, account_id, act, batch, n, origin, device, facts)"
GRANTS = {
    "core_audit": {"app": "select, insert", "jobs": "select, insert", "gateway": _OF_GATEWAY},
    "core_audit_seal": {"app": "select", "jobs": "select, insert"},
    "core_gone_object": {"app": "select, insert", "jobs": "select, insert, delete"},
    "core_refused_row": {"gateway": "insert (import_id, row, field, reason, facts)"},
    "core_import_slice": {
        "gateway": "select (import_id, number, counts), insert (import_id, number, counts)"
    },
    "core_rate_count": {"gateway": "select (key), insert (key, n, ends_at)"},
    "core_heartbeat": {"app": "select"},
    "core_job": {"app": "select (due_at, leased_until, failed_at), insert"},
    "core_host": {"app": "select"},
    "core_key_mark": {"app": "select", "jobs": "select, insert"},
    "core_last_backup": {"app": "select"},
    "core_store_mark": {"app": "select", "jobs": "select, insert"},
    "core_release": {"app": "select", "jobs": "select"},
    # Django's own: names of models.
    "django_content_type": {"app": "select", "jobs": "select"},
}
