"""The journal of noes: kept outside the database and its backups, replayed after a restore.

One line for each act: a phone said no, or took its no back; a person took a consent back, came back to what they had
left, never joined, or had everything erased. Ids are keyed hashes, which say nothing without the key. A no is on disk
before its commit, so no crash in between loses it. A line whose act was rolled back stays: it only keeps us silent. The
file stays small: a line is about 120 bytes.

ABHIYAN_JOURNAL_TO names a second place off this host, a folder or an object store (core.second_journal). Each line
goes there too before its commit. While it cannot be written, the act is refused as on a full disk: people read that
nothing was saved, and providers send again. No such no is lost: the own journal has its line, `doctor` names it until
it holds, and a restore brings it into force.

Journals of several hosts are merged by the instants of their lines. Equal lines count once, and the order of files or
lines changes nothing. At one instant a no outweighs a word that takes it back.
"""

import json
import logging
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from abhiyan.core import environment, home
from abhiyan.core.backup import RestoreRefused
from abhiyan.core.refusals import Refused
from abhiyan.core.second_journal import (
    BEFORE_ALL,
    JournalPart,
    MarkMissing,
    append_line,
    journal_files,
    opened_alone,
    second_journal,
)
from abhiyan.core.store import StoreAway

from .news import BACK

log = logging.getLogger(__name__)
CLOCK_SLACK = timedelta(minutes=1)
SLACK = timedelta(minutes=10)  # between an act's instant and the backup's snapshot
_ENTRY = re.compile(
    rb"\{[^{}]*\}"
)  # an entry holds no braces, so a cut one never hides the whole one behind it


class NotSaved(Refused, status=503):
    """The journal cannot be written, so the act is undone: what is not on disk is not acknowledged."""

    message = _("We could not save this just now. Nothing was changed. Please try again in a few minutes.")


@dataclass(frozen=True, slots=True)
class No:
    """A phone said no at an instant. scope: outreach or all; "" when it took its no back.

    rolls: those it left by this word; None where an older release wrote "all" without them: every roll. held: those it
    leaves once somebody has looked whether the call was forged.
    """

    phone_id: UUID
    scope: str
    channel: int
    at: datetime
    rolls: tuple[int, ...] | None = ()
    held: tuple[int, ...] = ()

    def told(self) -> dict[str, Any]:
        rolls = {"rolls": list(self.rolls or ())} if self.scope == "all" else {}
        roll_facts = {"held": list(self.held)} if self.held else {}
        return {"phone": self.phone_id.hex, "scope": self.scope} | rolls | roll_facts


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """A person took their consent to these purposes back."""

    person_id: UUID
    purposes: tuple[int, ...]
    channel: int
    at: datetime

    def told(self) -> dict[str, Any]:
        return {"person": self.person_id.hex, "purposes": list(self.purposes)}


@dataclass(frozen=True, slots=True)
class PhoneWord:
    """What a phone said of people on it: they came back, never joined, or did not go over to another phone
    (news.BACK, DENIED, OBJECTED)."""

    word: str
    phone_id: UUID
    persons: tuple[UUID, ...]
    channel: int
    at: datetime

    def told(self) -> dict[str, Any]:
        persons = [person.hex for person in self.persons]
        return {"word": self.word, "phone": self.phone_id.hex, "persons": persons}


@dataclass(frozen=True, slots=True)
class ErasureLine:
    """A person had everything erased. who: a keyed digest, by which lists that name them are known."""

    person_id: UUID
    phone_id: UUID
    who: bytes
    channel: int
    at: datetime

    def told(self) -> dict[str, Any]:
        return {"erased": self.person_id.hex, "of": self.phone_id.hex, "who": self.who.hex()}


Line = No | Withdrawal | PhoneWord | ErasureLine


def journal_path() -> Path:
    return home.journal() / "noes.jsonl"


def make_place() -> None:
    """Make an empty journal where there is none, so that it can be copied from the first day on."""
    with opened_alone(journal_path()):
        pass


def make_second_place() -> None:
    """Mark the second place of ABHIYAN_JOURNAL_TO. `init` and `migrate` do it. A server never does it, for a mount
    that is away looks like an empty folder. Raises OSError, StoreAway."""
    if (second := second_journal()) is not None:
        second.make()


def write_line(said: Line) -> None:
    """Append one line to both places; it is safe there when this returns. Raises NotSaved where it cannot be: undo the
    act. The own journal comes first, so that a line refused by the second place is known here."""
    line = json.dumps(said.told() | {"channel": said.channel, "at": said.at.isoformat()}) + "\n"
    try:
        append_line(journal_path(), line)
        if (second := second_journal()) is not None:
            second.keep(line, said.at)
    except (OSError, StoreAway, environment.WrongSetting) as error:
        log.error("the journal of noes cannot be written", extra={"facts": {"error": str(error)}})
        raise NotSaved from error


@contextmanager
def _reading() -> Iterator[None]:
    """Refuse a restore where a place cannot be read: without it, what people said would be lost."""
    try:
        yield
    except MarkMissing as missing:
        raise RestoreRefused(
            f"The second journal is not at {environment.JOURNAL_TO.text()}: {missing.filename} is missing. "
            "Mount it, or name another with ABHIYAN_JOURNAL_TO."
        ) from None
    except OSError as error:
        raise RestoreRefused(f"The journal {error.filename} cannot be read: {error.strerror}.") from None
    except StoreAway:
        raise RestoreRefused(
            f"The second journal {environment.JOURNAL_TO.text()} cannot be read: the object store does not answer, or "
            "refuses us."
        ) from None


def _journals(since: datetime, also: Iterable[Path]) -> Iterator[JournalPart]:
    """Return the journals of both own places and of further files and folders; each file once."""
    if (second := second_journal()) is not None:
        yield from second.parts(since)
    names: set[str] = set()
    for source in (journal_path().parent, *also):
        for part in journal_files(source):
            if part.name not in names:
                names.add(part.name)
                yield part


def since(taken_at: datetime, also: Iterable[Path] = ()) -> list[Line]:
    """Return what was said from shortly before an instant on, by all journals, in the order of the instants. A cut
    line is passed over. Raises RestoreRefused where a journal cannot be read."""
    begins = taken_at - SLACK
    with _reading():
        lines = {line for part in _journals(begins, also) for line in _lines_of(part) if line.at >= begins}
    return sorted(lines, key=_line_order)


def _line_order(said: Line) -> tuple[datetime, bool, str]:
    """Order lines by their instants, whatever file they were in. At one instant a no comes last, so it holds."""
    takes_back = not said.scope if isinstance(said, No) else isinstance(said, PhoneWord) and said.word == BACK
    return said.at, not takes_back, json.dumps(said.told())


def _lines_of(part: JournalPart) -> Iterator[Line]:
    for raw in part.lines():
        for entry in _ENTRY.findall(raw):
            with suppress(ValueError, TypeError, KeyError):
                yield _read(json.loads(entry))


def clocks_ahead(also: Iterable[Path] = ()) -> dict[str, timedelta]:
    """Return journals whose last line is later than the place where it lies, and by how much: their host's clock is
    ahead. Lines are merged by their instants, so a wrong clock may let an earlier word win."""
    ahead: dict[str, timedelta] = {}
    with _reading():
        for part in _journals(BEFORE_ALL, also):
            gap = _ahead(part)
            if gap > CLOCK_SLACK:
                ahead[part.name] = max(gap, ahead.get(part.name, gap))
    return ahead


def _ahead(part: JournalPart) -> timedelta:
    if part.ahead is not None:
        return part.ahead
    last_at = part.written_at
    for line in _lines_of(part):
        last_at = line.at
    return last_at - part.written_at


def _read(told: dict[str, Any]) -> Line:
    channel, at = int(told["channel"]), datetime.fromisoformat(told["at"])
    if "word" in told:
        persons = tuple(map(UUID, told["persons"]))
        return PhoneWord(str(told["word"]), UUID(told["phone"]), persons, channel, at)
    if "erased" in told:
        return ErasureLine(UUID(told["erased"]), UUID(told["of"]), bytes.fromhex(told["who"]), channel, at)
    if "person" in told:
        return Withdrawal(UUID(told["person"]), tuple(map(int, told["purposes"])), channel, at)
    rolls = tuple(map(int, told["rolls"])) if "rolls" in told else None
    held_rolls = tuple(map(int, told.get("held", ())))
    return No(
        UUID(told["phone"]),
        str(told["scope"]),
        channel,
        at,
        rolls if told["scope"] == "all" else (),
        held_rolls,
    )
