"""The truth ladder as a picture. Counted and confirmed are bars on the target's scale; reported is a number.

A rate is no bar: the estimate is words, with a mark in a box of its own from 0 to 100. Each activity may give its rungs
words of its own; the general ones are here. Geometry is pure: values go in, positions between 0 and 100 come out.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from .numbers import grouped, of_100
from .squares import Shape, work_shape

Words = str | Promise

RUNGS = ("reported", "counted", "confirmed", "estimate")
BARS = ("counted", "confirmed")  # the rungs that are drawn against the target.
WIDE = 30  # points of 100: the middle of a wider interval says nothing.
LEAST_REAL = 0.9  # Share of the checked items that may be real, at the best end of the interval.
WORST = "C"  # Grade of a unit that is too small for an estimate.

NAMES: Mapping[str, Words] = {
    "reported": _("Reported"),
    "counted": _("Counted"),
    "unsigned": _("Phone not answered yet"),
    "confirmed": _("Confirmed"),
    "estimate": _("Estimated true"),
}

DEFINITIONS: Mapping[str, Words] = {
    "reported": _("What somebody reported: an entry, or a figure in a report."),
    "counted": _(
        "Passed the published rules: valid phone, adult, once, in time and place, notice "
        "given. And the person's own phone took part: a call, SMS, web visit or code."
    ),
    "unsigned": _(
        "These pass every other rule, but came on paper or from a worker. The person's own "
        "phone has not answered yet. They are not included in counted."
    ),
    "confirmed": _(
        "The person said yes on their own phone, at least 24 hours later. No reply is never a yes."
    ),
    "estimate": _(
        "How many of 100 are real, at least and at most. It comes from random checks by people outside the "
        "line of command. It is about all entries from one day to another, and names no entry."
    ),
}


@dataclass(frozen=True)
class EarlierDrive:
    """An earlier drive reached this in the unit, as a list says: a total, not members of ours."""

    name: Words
    n: int
    source: Words = ""


@dataclass(frozen=True, kw_only=True)
class LadderShown:
    """One measure of one unit. `None` on a rung means: not known, or too few to be shown.

    counted: with a sign from the phone. unsigned: passes every other rule, but the phone has not answered yet.
    estimate: the share of all items of a frame that is real, from 0 to 1; low, high: its 95% interval. note: what
    checks say of the unit, also where they are too few; short: the same for a cell; how: how it is known, shown on a
    press. more: address and name of a page about it. grade: of a unit too small for an estimate.
    pace_pct: the share of the target (0–100) due by `day` of `days`.
    parts: of counted and unsigned, how many are of a special kind, by its name; None: too few to be shown.
    before: the earlier drive it is held against. expected: what is expected of the unit beside its target, in words.
    hidden_reason: why a rung is not shown.
    """

    name: Words
    target: int | None = None
    reported: int | None = None
    unsigned: int | None = None
    counted: int | None = None
    confirmed: int | None = None
    estimate: float | None = None
    low: float | None = None
    high: float | None = None
    note: Words = ""
    short: Words = ""
    how: Words = ""
    more: tuple[Words, Words] | None = None
    grade: str = ""
    pace_pct: float | None = None
    day: int | None = None
    days: int | None = None
    definitions: Mapping[str, Words] | None = None
    hidden_reason: Words = ""
    parts: Sequence[tuple[Words, int | None]] = ()
    before: EarlierDrive | None = None
    expected: Words = ""

    def definition(self, rung: str) -> Words:
        """Say what a rung counts. The rung "counted" also says what never counts."""
        meanings = self.definitions or {}
        words = meanings.get(rung) or DEFINITIONS[rung]
        return f"{words} {meanings['uncounted']}" if rung == "counted" and "uncounted" in meanings else words

    @property
    def is_empty(self) -> bool:
        """Nothing was set, reported or checked: paper and slides leave such a measure out."""
        none = (self.reported, self.counted) == (0, 0)
        return none and not self.target and not self.unsigned and self.estimate is None

    @property
    def checked(self) -> Words:
        """Say in a few words what checks found, on a page, on paper and on slides."""
        return self.short or _("no back-checks yet")

    @property
    def sentence(self) -> str:
        """The sentence about the estimate; "" where it would only repeat `checked`."""
        return "" if str(self.note) == str(self.short) else str(self.note)

    @property
    def told(self) -> str:
        """All sentences about the estimate, for a file or for paper."""
        return " ".join(filter(None, (str(self.note), str(self.how))))

    @property
    def due(self) -> int:
        """Return what is due by today; 0 without a target, and on the first day: its part is due when it ends."""
        if not self.target or self.pace_pct is None or (self.day is not None and self.day <= 1):
            return 0
        if self.day and self.days:  # as `programmes.rules.windows.target_due` rounds
            return round(self.target * self.day / self.days)
        return round(self.target * self.pace_pct / 100)

    @property
    def behind(self) -> int:
        """Return how many fewer are counted than are due by today; 0 where nothing is missing."""
        return 0 if self.counted is None else max(0, self.due - self.counted)

    @property
    def is_doubted(self) -> bool:
        """True where independent checks find too many of its entries not real."""
        return self.grade == WORST or (self.estimate is not None and (self.high or 0) < LEAST_REAL)

    @property
    def work(self) -> Shape:
        """Return how far the work is, for a map: the counted beside the due by today, unless checks doubt it."""
        return Shape.CROSSED if self.is_doubted else work_shape(self.counted, self.due)

    @property
    def work_words(self) -> str:
        """Give the numbers behind `work`; "" where they are not shown."""
        words = say("%(n)s counted, %(due)s due by today") if self.due else say("%(n)s counted")
        return "" if self.counted is None else words % {"n": grouped(self.counted), "due": grouped(self.due)}

    @property
    def behind_words(self) -> str:
        return fewer_words(self.behind)


def fewer_words(n: int) -> str:
    """Say how many fewer are counted than are due by today."""
    return say("%(n)s fewer than due by today") % {"n": grouped(n)}


def checks_title(drawn: Iterable[LadderShown]) -> Words:
    """The title of a list's column of estimates; of grades where there is no estimate; "" where there is neither."""
    rows = list(drawn)
    if any(ladder.estimate is not None for ladder in rows):
        return _("Real")
    return _("Grade") if any(ladder.grade for ladder in rows) else ""


def as_ladder(given: LadderShown | Mapping[str, Any]) -> LadderShown:
    """A mapping with the same names will do; what the ladder does not know is left out."""
    if isinstance(given, LadderShown):
        return given
    field_names = {field.name for field in fields(LadderShown)}
    return LadderShown(**{name: value for name, value in given.items() if name in field_names})


@dataclass(frozen=True)
class Span:
    """A piece of a line: from `start`, `width` wide, both in per cent of the plot."""

    start: float
    width: float


@dataclass(frozen=True)
class LadderPlot:
    """Positions of one ladder's bars, in per cent of the plot's width.

    All of them are people, or items, on the target's scale. Neither reported nor the estimate has a place on it.
    """

    counted: Span | None
    unsigned: Span | None
    confirmed: Span | None
    target: float | None
    pace: float | None


def plot_ladder(ladder: LadderShown, *, room: float = 1.05, top: float = 0) -> LadderPlot:
    """Put counted and confirmed on one scale with the target, which ends a little (`room`) after the largest.

    top: where the scale ends instead. A larger value ends there too.
    """
    whole = (ladder.counted or 0) + (ladder.unsigned or 0)
    values = (ladder.target or 0, whole, ladder.confirmed or 0)
    top = top or max(0, *values) * room or 1.0

    def at(value: float) -> float:
        return min(100.0, max(0.0, value / top * 100))

    def bar(value: int | None) -> Span | None:
        return None if value is None else Span(0.0, at(value))

    after = at(ladder.counted or 0)
    return LadderPlot(
        counted=bar(ladder.counted),
        unsigned=Span(after, at(whole) - after) if (ladder.unsigned or 0) > 0 else None,
        confirmed=bar(ladder.confirmed),
        target=None if ladder.target is None else at(ladder.target),
        pace=at(ladder.target * ladder.pace_pct / 100) if ladder.target and ladder.pace_pct else None,
    )


@dataclass(frozen=True)
class EstimatePlot:
    """The position of an estimate in its own box, in per cent of the box: 0 to 100 of 100.

    point: None where the interval is so wide that its middle says nothing, and at the ends of the box.
    """

    span: Span
    point: float | None


def plot_estimate(rate: float | None, low: float | None, high: float | None) -> EstimatePlot | None:
    """Put an estimate with its interval into a box of its own; None where one of the three is missing.

    This is the one place where a rate becomes a position. rate, low, high: shares from 0 to 1.
    """
    if rate is None or low is None or high is None:
        return None
    start, end = (min(100.0, max(0.0, 100 * share)) for share in (min(low, high), max(low, high)))
    about = min(round(end), max(round(start), of_100(rate)))
    is_told = round(end) - round(start) <= WIDE and 0 < about < 100
    return EstimatePlot(Span(start, end - start), min(end, max(start, 100 * rate)) if is_told else None)
