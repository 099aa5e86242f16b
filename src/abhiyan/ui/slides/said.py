"""A slide says this before it is laid out: its finding, what is drawn below, and its foot. Values only."""

from dataclasses import dataclass
from datetime import date


class Mention(str):
    """Words by or about somebody, in a cell. A frozen slide keeps only where they are read from.

    kind: what reads them. key: the row. So an erasure empties the slides that were made before it.
    """

    __slots__ = ("key", "kind")
    kind: str
    key: str

    def __new__(cls, words: str, kind: str, key: str) -> "Mention":
        mention = super().__new__(cls, words)
        mention.kind, mention.key = kind, key
        return mention


@dataclass(frozen=True, slots=True)
class Cover:
    """The first slide. lines: below the finding."""

    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SlideBar:
    """One row of a chart of bars. value: as it is written; n: None where no bar is drawn; beside, below: more words.

    more: drawn after it, in dots.
    """

    key: str
    name: str
    value: str
    n: int | None
    about: str = ""
    beside: str = ""
    below: str = ""
    more: int = 0


@dataclass(frozen=True, slots=True)
class SlideRate:
    """The findings of checks about a unit: value in words, with a mark in a box of its own.

    rate, low, high: shares from 0 to 1; None without a figure. about: what it is.
    """

    name: str
    value: str
    about: str = ""
    rate: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Bars:
    """Bars on one scale. names: of what is drawn, by key. target: a line across them; where that is far beyond them,
    words. numbers: rows above the bars that have a value alone; checked: a rate below them, apart."""

    bars: tuple[SlideBar, ...]
    names: dict[str, str]
    target: int | None = None
    target_said: str = ""
    target_beyond: str = ""
    numbers: tuple[SlideBar, ...] = ()
    checked: SlideRate | None = None


@dataclass(frozen=True, slots=True)
class Course:
    """Lines over days. days: with how each is written. lines: key, name, and a value for each day (None: not shown);
    that of the key "due" is dashed."""

    days: tuple[tuple[date, str], ...]
    lines: tuple[tuple[str, str, tuple[int | None, ...]], ...]


@dataclass(frozen=True, slots=True)
class SlideInterval:
    """One unit: how many of 100 entries are real, from low to high; None with why there is no estimate.

    value: the same in words. rank: shared with units whose intervals overlap."""

    name: str
    true: float | None = None
    low: float = 0
    high: float = 0
    least: int | None = None
    rank: int | None = None
    why: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class Gaps:
    """Units by the least their gap can be. tied: first and last row of units without a clear order."""

    rows: tuple[SlideInterval, ...]
    tied: tuple[tuple[int, int], ...]
    names: tuple[str, str, str]  # real, gap, no clear order
    at_least: str


@dataclass(frozen=True, slots=True)
class SlideColumn:
    """share: of the width. is_number: aligned to the right."""

    head: str
    share: float
    is_number: bool = False


@dataclass(frozen=True, slots=True)
class Grid:
    """A table."""

    columns: tuple[SlideColumn, ...]
    rows: tuple[tuple[str, ...], ...]


Body = Cover | Bars | Course | Gaps | Grid


@dataclass(frozen=True, slots=True)
class Slide:
    """title: the finding in a sentence. under: the unit and the subject. foot: sentences, the most important first.
    notes: how to read it, for the speaker. page: which page has the figures of the title; href: its address.
    "": there is none."""

    title: str
    under: str
    body: Body
    foot: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    href: str = ""
    page: str = ""
