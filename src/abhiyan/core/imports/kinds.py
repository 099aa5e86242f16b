"""What a room says about a list it can take in, and the register of all of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from abhiyan.core.refusals import Refused
from abhiyan.core.tables.layout import Layout

if TYPE_CHECKING:
    from .work import Work

Text = str | Promise
MAX_BYTES = 256 << 20  # a step holds the file in memory; a million rows of paper are 80 MB


class UnknownKind(Refused):
    """No room takes in such a list."""

    code = "unknown_kind"
    message = _("There is no such kind of list: %(kind)s.")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What may become of a row. tone: ok, warn, bad or "" for how a page shows it."""

    title: Text
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Option:
    """Something to be said about the whole file, such as which drive it belongs to.

    choices: (value, label) pairs, asked in the scope of whoever brings the file; None: free text.
    names: name -> value, where people know a choice by something shorter than its value.
    """

    key: str
    title: Text
    choices: Callable[[], Sequence[tuple[str, str]]] | None = None
    required: bool = True
    default: str = ""
    help: Text = ""
    names: Callable[[], Mapping[str, str]] | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """What a row would change, or has changed, of something that exists. old None: there was nothing."""

    row: int
    subject: str
    field: str  # key of the layout
    old: str | None
    new: str | None


@dataclass(frozen=True, slots=True)
class ImportKind:
    """A list some room takes in.

    capability: what `by` needs at the import's unit. outcomes: code -> Outcome, in the order shown; "refused" and
    "skipped" are the engine's. reasons: the room's own codes of refusal -> text, with %(field)s and the facts.
    check: reads, refuses, counts, changes nothing. commit: does it. undo: reverses it, or raises a Refused.
    atomic: commit and undo are one transaction with the change of state. Else the room commits by itself, slice by
    slice, and must be able to go on where it was killed (Work.done_slices).
    discarded: code -> text of rows that leave a count only, such as minors.
    options_fit: raises a Refused, its field the option's key, where what is said of the file fits nothing; asked when
    the list is brought, before any of it is read.
    tells: sentences for whoever brings the list, of the numbers a step noted about it as a whole (Work.note_whole).
    differences: (import id, first, how many) -> what the check found would change.
    """

    key: str
    title: Text
    explains: Text
    layout: Layout
    capability: str
    outcomes: Mapping[str, Outcome]
    check: "Callable[[Work], None]"
    commit: "Callable[[Work], None]"
    undo: "Callable[[Work], None]"
    options: tuple[Option, ...] = ()
    reasons: Mapping[str, Text] = field(default_factory=dict)
    discarded: Mapping[str, Text] = field(default_factory=dict)
    differences: Callable[[int, int, int], Sequence[Difference]] | None = None
    options_fit: Callable[[Mapping[str, str]], None] | None = None
    tells: Callable[[Mapping[str, int]], Sequence[str]] | None = None
    atomic: bool = True
    max_bytes: int = MAX_BYTES


_kinds: dict[str, ImportKind] = {}


def register(kind: ImportKind) -> None:
    """Make a kind known, in the room's AppConfig.ready()."""
    _kinds[kind.key] = kind


def kind(key: str) -> ImportKind:
    """The kind of that key. Raises UnknownKind."""
    if key not in _kinds:
        raise UnknownKind(kind=key)
    return _kinds[key]


def registered() -> tuple[ImportKind, ...]:
    """All kinds, in the order they were registered (from the lower rooms upwards)."""
    return tuple(_kinds.values())
