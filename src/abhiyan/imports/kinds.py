"""A room says this about a list it can take in, and the register holds all of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from abhiyan.core import small_cells
from abhiyan.core.refusals import Refused

from .tables.layout import Layout

Text = str | Promise
Step = Callable[[Any], None]  # is handed its Work, which knows its kind
MAX_BYTES = 256 << 20  # a step holds the file in memory; a million rows of paper are 80 MB


class UnknownListKind(Refused, code="unknown_kind"):
    """No room takes in such a list."""

    message = _("There is no such kind of list: %(kind)s.")


@dataclass(frozen=True, slots=True)
class RowOutcome:
    """A result of a row. tone: ok, warn, bad or "" for how a page shows it.

    done: what it is called after the import, where that is not its title.
    within: another result. This one says what people told us elsewhere, such as a no: see `ImportKind.shown_counts`.
    """

    title: Text
    tone: str = ""
    done: Text = ""
    within: str = ""

    def said(self, *, is_done: bool) -> str:
        """Return its name before or after the import."""
        return str(self.done if is_done and self.done else self.title)


@dataclass(frozen=True, slots=True)
class Option:
    """Something to be said about the whole file, such as which drive it belongs to.

    choices: (value, label) pairs, asked in the scope of the person who brings the file; None: free text.
    names: name -> value, where people know a choice by something shorter than its value.
    suggests: what a page fills in to begin with; nothing is taken that nobody saw.
    is_asked: not where false: then it is said by a page of ours that makes the list.
    """

    key: str
    title: Text
    choices: Callable[[], Sequence[tuple[str, str]]] | None = None
    required: bool = True
    default: str = ""
    help: Text = ""
    names: Callable[[], Mapping[str, str]] | None = None
    suggests: Callable[[], str] | None = None
    is_asked: bool = True


@dataclass(frozen=True, slots=True)
class RowDifference:
    """A row would change this, or has changed it, of something that exists. old None: there was nothing."""

    row: int
    subject: str
    field: str  # key of the layout
    old: str | None
    new: str | None


@dataclass(frozen=True, slots=True)
class Lacking:
    """Something known that a list does not name, though it covers its place."""

    code: str
    name: str
    kind: str


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
    tells: sentences of the numbers that a step noted about the whole list (Work.note_whole).
    differences: (import id, first, how many) -> what the check found would change.
    lacking: the same of what is known and the list does not name.
    belongs: (options) -> what the list is of, in words, and the address of its page; None: of nothing that has one.
    is_ours: (options) -> whether the heading is ours and nobody sees it. Then rows are counted from the first below it.
    places: kinds of units; an empty list has a row for each place of the kind that is chosen.
    waits: (options, import id, now) -> the refusal that keeps a checked list from being imported, where one does.
    confirms: what of these numbers somebody has to say yes to apart, as a sentence; empty: nothing.
    """

    key: str
    title: Text
    explains: Text
    layout: Layout
    capability: str
    outcomes: Mapping[str, RowOutcome]
    check: Step
    commit: Step
    undo: Step
    options: tuple[Option, ...] = ()
    reasons: Mapping[str, Text] = field(default_factory=dict)
    said: Mapping[str, Callable[[str], str]] = field(default_factory=dict)
    consequences: frozenset[str] = frozenset()
    discarded: Mapping[str, Text] = field(default_factory=dict)
    differences: Callable[[int, int, int], Sequence[RowDifference]] | None = None
    options_fit: Callable[[Mapping[str, str]], None] | None = None
    tells: Callable[[Mapping[str, int]], Sequence[str]] | None = None
    lacking: Callable[[int, int, int], Sequence[Lacking]] | None = None
    confirms: Callable[[Mapping[str, int]], str] | None = None
    is_ours: Callable[[Mapping[str, str]], bool] | None = None
    belongs: Callable[[Mapping[str, str]], tuple[str, str] | None] | None = None
    places: tuple[str, ...] = ()
    waits: Callable[[Mapping[str, str], int, datetime], Refused | None] | None = None
    atomic: bool = True
    max_bytes: int = MAX_BYTES

    def shown_counts(self, counts: Mapping[str, int], *, is_check: bool) -> dict[str, int]:
        """Return the results as anybody may read them who brings a list.

        They could ask about one phone by a list of one row, or by two lists that differ in one row. So a check, which
        changes nothing and may be repeated, counts what people told us elsewhere as it would strangers' rows. After the
        import it is in whole tens, and only of lists with more than ten rows.
        """
        rows, counts_shown = sum(counts.values()), dict(counts)
        for code, outcome in self.outcomes.items():
            if not outcome.within or not (n := counts_shown.pop(code, 0)):
                continue
            if is_check:
                counts_shown[outcome.within] = counts_shown.get(outcome.within, 0) + n
            elif rows > small_cells.STEP and (tens := small_cells.shown_count(n)):
                counts_shown[code] = tens
        return {code: n for code, n in counts_shown.items() if n}


_kinds: dict[str, ImportKind] = {}


def register(kind: ImportKind) -> None:
    """Make a kind known. Those of `lists.KINDS_OF_LIST` of every room are, as the software starts."""
    _kinds[kind.key] = kind


def kind_of_import(key: str) -> ImportKind:
    """The kind of that key. Raises UnknownListKind."""
    if key not in _kinds:
        raise UnknownListKind(kind=key)
    return _kinds[key]


def registered() -> tuple[ImportKind, ...]:
    """All kinds, in the order they were registered (from the lower rooms upwards)."""
    return tuple(_kinds.values())
