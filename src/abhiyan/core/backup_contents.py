"""A backup holds more than the database and the files: what else an installation needs to be itself again.

    languages/…           the further languages of the public.
    audit-heads/…         the trail's heads of each day, by which it is verified.
    postgres.local.conf   the operator's own settings of the embedded database.
    settings.txt          the settings that were in force; of a secret the name alone.
    journal/…             the journal of noes of this host, and journal-to/… that of ABHIYAN_JOURNAL_TO.

Keys are never among them, nor what this host alone knows: messages in `outbox/`, `run/`.
"""

import io
import shutil
import tarfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path, PurePosixPath

from . import environment, home
from .second_journal import second_journal
from .store import StoreAway

SETTINGS = "settings.txt"
HIDDEN = "(secret, not in the backup)"
JOURNALS = ("journal", "journal-to")


def _places() -> dict[str, Path]:
    """Return where each part of a backup lies on this host."""
    return {
        "languages": environment.LANGUAGES(),
        "audit-heads": home.home_folder() / "audit-heads",
        "postgres.local.conf": home.home_folder() / "postgres.local.conf",
        "journal": home.journal(),
        "journal-to": home.home_folder()
        / "journal-to",  # nothing lies there: a restore puts both journals into one
    }


def add_contents(tar: tarfile.TarFile, at: datetime, *, say: Callable[[str], None]) -> int:
    """Add the settings and the files of all parts to a backup. Return how many there were. A second journal that is
    away is left out and named: it is needed after a restore, and its place keeps it."""
    _add_bytes(tar, SETTINGS, settings_text().encode(), at)
    added = 1
    for name, path in _files():
        with suppress(FileNotFoundError), path.open("rb") as body:  # one deleted meanwhile needs no backup
            tar.addfile(tar.gettarinfo(arcname=name, fileobj=body), body)
            added += 1
    try:
        for part in second.parts() if (second := second_journal()) else ():
            _add_bytes(tar, f"journal-to/{part.file_name}", b"".join(part.lines()), at)
            added += 1
    except (OSError, StoreAway) as error:
        say(f"the second journal is not in this backup: {error}")
    return added


def _add_bytes(tar: tarfile.TarFile, name: str, body: bytes, at: datetime) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode, member.mtime = len(body), 0o600, int(at.timestamp())
    tar.addfile(member, io.BytesIO(body))


def _files() -> Iterator[tuple[str, Path]]:
    for part, place in _places().items():
        for path in [place] if place.is_file() else sorted(place.rglob("*")):
            if path.is_file() and not path.is_symlink():
                yield str(PurePosixPath(part) / path.relative_to(place).as_posix()), path


def is_besides(name: str) -> bool:
    """Return True if a name in a backup is one of these parts."""
    return name == SETTINGS or PurePosixPath(name).parts[0] in _places()


def journals_in(beside: Path) -> list[Path]:
    """Return the journals that a backup holds. They also tell what was said while its database was read."""
    return [folder for part in JOURNALS if (folder := beside / part).exists()]


def settings_text() -> str:
    """Return the settings that are in force, a line each; unset ones are left out."""
    return "".join(f"{name}={value}\n" for name, value in _settings().items())


def _settings() -> dict[str, str]:
    return {
        setting.name: HIDDEN if setting.is_secret else " ".join(setting.text().split())
        for setting in environment.SETTINGS
        if setting.is_set
    }


def settings_that_differ(then: str) -> list[str]:
    """Return what is set otherwise now than in the text of `settings_text`, a sentence each, for an operator."""
    before = {name: value for name, _, value in (line.partition("=") for line in then.splitlines())}
    now = _settings()
    return [
        f"{name} was {before.get(name, 'not set')}, and is {now.get(name, 'not set')}."
        for name in sorted(before.keys() | now.keys())
        if before.get(name) != now.get(name)
    ]


def put_in_place(beside: Path, *, when: str) -> dict[str, str]:
    """Put the parts of a backup that lie in a folder where they belong. Return what was set aside.

    Languages of the backup replace the present ones, which get a name with the time. A head or a setting
    of the database that is there stays as it is: it may be newer. Journals all go into this host's own folder, beside
    the one that is there. May be killed and done again.
    """
    aside: dict[str, str] = {}
    for part, place in _places().items():
        came = beside / part
        if not came.exists():
            continue
        if part == "languages":
            old = place.with_name(f"{place.name}.replaced_{when}")
            is_same = _contents(place) in ({}, _contents(came))
            if not is_same and not old.exists():
                place.rename(old)
            if old.exists():
                aside[part] = str(old)
            shutil.copytree(came, place, dirs_exist_ok=True)
        elif part in JOURNALS:
            for path in came.rglob("*.jsonl"):
                _copy_journal(path, home.journal() / path.name, when)
        elif came.is_dir():
            for path in came.iterdir():
                _copy_new(path, place / path.name)
        else:
            _copy_new(came, place)
    return aside


def _contents(folder: Path) -> dict[Path, bytes]:
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def _copy_journal(source: Path, to: Path, when: str) -> None:
    """Copy a journal under a name of its own, unless the one that is there goes on from it."""
    if to.exists() and not to.read_bytes().startswith(source.read_bytes()):
        to = to.with_name(f"{to.stem}.restored_{when}{to.suffix}")
    _copy_new(source, to)


def _copy_new(source: Path, to: Path) -> None:
    if not to.exists():
        to.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source, to)
