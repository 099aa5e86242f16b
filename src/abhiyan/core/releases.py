"""The record of releases that made and updated a database, and the list of releases that this one can update.

`releases.toml` lists the last migration of each room by release. The record of a database begins with its maker.
"""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import psycopg

import abhiyan

EARLIER = "a version before 0.2.0"  # those did not note which they were


@dataclass(frozen=True)
class ReleaseNote:
    """A line of the record: the version that made or updated the database, and when."""

    version: str
    at: datetime


@cache
def listed() -> dict[str, dict[str, str]]:
    """Release -> room -> the room's last migration in it. The oldest release comes first."""
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))


def release_number(version: str) -> tuple[int, ...]:
    """A version as numbers that can be compared; (0,) for one before 0.2.0, which has no number of its own."""
    try:
        return tuple(int(part) for part in version.split("."))
    except ValueError:
        return (0,)


def backup_refusal(version: str) -> str:
    """Say why a backup of a version is not restored: it is newer than this one. "" for all others."""
    if release_number(version) <= release_number(abhiyan.__version__):
        return ""
    return f"Version {version} took this backup, and this is {abhiyan.__version__}: install that or a later one first."


def is_too_old(owner: psycopg.Connection[Any]) -> bool:
    """Say whether an older release than the listed ones made the database and filled it. As its owner.

    One that was cut off while it was made lacks migrations too. Nobody acted in it, so its trail is empty.
    """
    if not has_table(owner, "django_migrations") or not has_table(owner, "core_audit"):
        return False
    oldest = next(iter(listed().values()))
    row = owner.execute(
        "select count(*) from django_migrations where (app, name) in"
        " (select * from unnest(%s::text[], %s::text[]))",
        [list(oldest), list(oldest.values())],
    ).fetchone()
    lacks = row is None or row[0] < len(oldest)
    return lacks and owner.execute("select 1 from core_audit limit 1").fetchone() is not None


def has_table(owner: psycopg.Connection[Any], name: str) -> bool:
    return owner.execute("select to_regclass(%s) is not null", [f"public.{name}"]).fetchone() == (True,)


def note_release(owner: psycopg.Connection[Any]) -> None:
    """Note that this release made or updated the database, unless it was the last to do so. As the owner."""
    owner.execute(
        "insert into core_release (version, at) select %(version)s, clock_timestamp() where %(version)s is distinct"
        " from (select version from core_release order by id desc limit 1)",
        {"version": abhiyan.__version__},
    )


def release_record(owner: psycopg.Connection[Any]) -> list[ReleaseNote]:
    """The releases that made and updated the database, the maker first. Empty while it has no tables."""
    if has_table(owner, "core_release"):
        rows = owner.execute("select version, at from core_release order by id").fetchall()
    elif has_table(owner, "django_migrations"):
        rows = owner.execute("select '', min(applied) from django_migrations having count(*) > 0").fetchall()
    else:
        rows = []
    return [ReleaseNote(str(version) or EARLIER, at) for version, at in rows]


def release_sentence(notes: Sequence[ReleaseNote]) -> str:
    """Say on the console which release made the database, and which updated it."""
    if not notes:
        return "No release has made tables here yet."
    made, *updates = [f"{note.version} ({note.at:%Y-%m-%d})" for note in notes]
    return f"Made by {made}" + (f", updated by {', '.join(updates)}." if updates else ".")
