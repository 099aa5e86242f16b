"""A folder of backups: how each is called there, how many are kept, and what killed ones have left."""

import fcntl
import os
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

_BEGINS = b"age-encryption.org/"
_NAME = "abhiyan-%Y%m%d-%H%M%S.age"  # by the time in UTC


def file_for(to: str, at: datetime) -> Path:
    """The file that `--to` names: itself, or one by the time in a folder, which is there or is written with a "/"."""
    path = Path(to)
    if not to.endswith(os.sep) and not path.is_dir():
        return path
    return path / at.astimezone(UTC).strftime(_NAME)


def remove_older(folder: Path, *, keep: int) -> list[Path]:
    """Remove backups that `file_for` named in a folder, all but the newest `keep`. Returns what was removed.

    Counts files, not days, so that a clock that is wrong or a week without backups removes nothing more. Everything of
    another name stays.
    """
    older = sorted(path for path in folder.iterdir() if _has_our_name(path) and path.is_file())[:-keep]
    for path in older:
        path.unlink(missing_ok=True)
    return older


def _has_our_name(path: Path) -> bool:
    try:
        at = datetime.strptime(path.name, _NAME).replace(tzinfo=UTC)
    except ValueError:
        return False
    return at.strftime(_NAME) == path.name


def unfinished_backups(folder: Path) -> list[Path]:
    """Return what killed backups have left in a folder; the next one there removes it."""
    left = []
    for path in folder.glob(".*.half"):
        with suppress(OSError), path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)  # else it is still being written
            if file.read(len(_BEGINS)) in (b"", _BEGINS):
                left.append(path)
    return left
