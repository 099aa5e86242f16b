"""`abhiyan restore --adopt`: a database that other tools restored (pgBackRest, a copy of the disk) is ours again."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg

from abhiyan.core import audit_seals, backup, database, schema, sql
from abhiyan.core.backup import Restored, RestoreRefused
from abhiyan.core.scope import system
from abhiyan.people import journal_gaps

SERVING = ("app", "jobs", "gateway")


def adopt_database(
    *, restored_at: datetime, at: datetime, journals: Sequence[Path] = (), are_journals_lost: bool = False
) -> dict[str, Any]:
    """Bring what people said since an instant into force in a database that was restored to it by other tools. Return
    what was done, as numbers.

    Sessions end, waiting messages are held, and the audit begins a new era, as after `backup.restore_backup`. Files
    stay as they are: what was erased from them is still gone. May be killed and run again. Refuses an instant that has
    not come, and a database in which something serves. Refuses journals that do not reach back, unless they are lost.
    """
    name = database.database_name()
    if restored_at > at:
        raise RestoreRefused(
            f"{restored_at.isoformat()} has not come yet: --at is the instant you restored to."
        )
    if backup.half_done("owner", name):
        raise RestoreRefused("A restore is half done: run `abhiyan restore` without a file first.")
    _refuse_company(name)
    with schema.working_as("owner", name), system("restore"):
        last_entry = (
            sql.value("select a.at from core_audit a order by a.era desc, a.xid desc limit 1") or restored_at
        )
        last = journal_gaps.last_restore()
    is_done = last is not None and last[0] == restored_at
    backup.bring_tables_up_to_date(name, audit_seals.last_head_era())
    with schema.working_as("jobs", name), system("restore"):
        if not are_journals_lost:
            journal_gaps.refuse_short_journals(restored_at, journals)
        before = _numbers()
    _refuse_company(name)
    # The instant may be named too early or too late: the database's own last entry knows better.
    restored = Restored(
        taken_at=restored_at,
        at=at,
        journals=tuple(journals),
        said_since=min(restored_at, last_entry),
        waited_until=restored_at if is_done else max(restored_at, last_entry),
    )
    backup.tell_restored(name, restored, adopted=True, journals_lost=are_journals_lost)
    with schema.working_as("jobs", name), system("restore"):
        after = _numbers()
        era = int(sql.value("select core_era()"))
    return {
        "taken_at": restored_at.isoformat(),
        "last_entry_at": last_entry.isoformat(),
        "was_done_before": is_done,
        "era": era,
        "sessions_ended": before["sessions"],
        "messages_held": after["held"] - before["held"],
        "noes_in_force": after["noes"],
        "noes_again": after["noes"] - before["noes"],
        "erased_again": after["erased"] - before["erased"],
    }


def _refuse_company(name: str) -> None:
    """Refuse a database in which somebody else works: a server or jobs, from whatever host."""
    with psycopg.connect(database.conninfo("owner", dbname=name)) as owner:
        rows = owner.execute(
            "select usename, count(*) from pg_stat_activity where datname = %s and usename = any(%s)"
            " and pid <> pg_backend_pid() group by 1 order by 1",
            [name, [database.role_name(role) for role in SERVING]],
        ).fetchall()
    if rows:
        sessions = ", ".join(f"{n} as {account}" for account, n in rows)
        raise RestoreRefused(
            f"Something serves from this database ({sessions}): stop it on every host first."
        )


def _numbers() -> dict[str, int]:
    row = sql.row(
        "select (select count(*) from people_session where ended_at is null),"
        " (select count(*) from messaging_message where state = 'held'),"
        " (select count(*) from people_suppression where lifted_at is null),"
        " (select count(*) from people_erasure)"
    )
    return dict(zip(("sessions", "held", "noes", "erased"), row, strict=True))
