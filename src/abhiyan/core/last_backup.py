"""The note of the newest backup, in the database it was taken of.

`abhiyan serve` asks about restores before there is Django, so models are imported late.
"""

from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg

from . import database, sql

if TYPE_CHECKING:
    from .models import LastBackup


_NOTE = """insert into core_last_backup as b (id, taken_at, folder, restored_at)
 values (1, %(taken_at)s, %(folder)s, %(restored_at)s) on conflict (id) do update
 set taken_at = excluded.taken_at, folder = excluded.folder, restored_at = excluded.restored_at"""


def newest_backup() -> "LastBackup | None":
    """Return what is known of the newest backup of this database; None when none was taken."""
    from .models import LastBackup

    return LastBackup.objects.first()


def note_taken(taken_at: str, folder: Path) -> None:
    """Note in the database how old what a restore would bring back is, and where backups go.

    The file is whole whatever becomes of this note: a database that goes away now does not undo the backup.
    """
    with suppress(psycopg.Error), psycopg.connect(database.conninfo("jobs")) as jobs:
        jobs.execute(_NOTE, {"taken_at": taken_at, "folder": str(folder.resolve()), "restored_at": None})


def note_restored(taken_at: datetime, at: datetime) -> None:
    """Note in the restored database that it is that of a backup, and that none was taken since."""
    sql.run(_NOTE, {"taken_at": taken_at, "folder": "", "restored_at": at})
