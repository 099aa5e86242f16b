"""The truth ladder as a picture: four bars on one scale, in per cent of that scale.

Every rung has its own words in each activity; the general ones stand here. Geometry is pure: values in,
positions between 0 and 100 out, whatever the values are.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise

RUNGS = ("reported", "counted", "confirmed", "estimate")

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
        "An estimate with its 95% interval, from random checks by people outside the line of "
        "command. It says how many are true in all, not which ones."
    ),
}


@dataclass(frozen=True)
class Before:
    """What an earlier drive reached in the unit, as a list says: a total, not members of ours."""

    name: Words
    n: int
    source: Words = ""


@dataclass(frozen=True, kw_only=True)
class Ladder:
    """One measure of one unit. `None` on a rung means: not known, or too few to be shown.

    counted: with a sign from the phone. unsigned: passes every other rule, but the phone has not answered yet.
    low, high: the 95% interval of `estimate`. frame: how many items it is about. note: of which frame, from how many
    checks; more: address and name of a page about it. grade: of a unit too small for an estimate.
    pace_pct: the share of the target (0–100) due by `day` of `days`.
    parts: what counted and unsigned are made of together, by name; None: too few to be shown.
    before: the earlier drive it is held against.
    none_reason: why there is no estimate. hidden_reason: why another rung is not shown.
    """

    name: Words
    target: int | None = None
    reported: int | None = None
    unsigned: int | None = None
    counted: int | None = None
    confirmed: int | None = None
    estimate: int | None = None
    low: int | None = None
    high: int | None = None
    frame: int | None = None
    note: Words = ""
    more: tuple[Words, Words] | None = None
    grade: str = ""
    pace_pct: float | None = None
    day: int | None = None
    days: int | None = None
    definitions: Mapping[str, Words] | None = None
    none_reason: Words = ""
    hidden_reason: Words = ""
    parts: Sequence[tuple[Words, int | None]] = ()
    before: Before | None = None

    def definition(self, rung: str) -> Words:
        return (self.definitions or {}).get(rung) or DEFINITIONS[rung]

    @property
    def believed(self) -> int | None:
        """The best number there is for what is true today: the estimate, else what was counted with a sign.

        An estimate of a frame says nothing of what came after it.
        """
        return self.counted if self.estimate is None or self.frame is not None else self.estimate

    @property
    def due(self) -> int:
        """What is due by today; 0 without a target, and on the first day: its part is due when it ends."""
        if not self.target or self.pace_pct is None or (self.day is not None and self.day <= 1):
            return 0
        return round(self.target * self.pace_pct / 100)

    @property
    def behind(self) -> int:
        """How many fewer are believed than are due by today; 0 where nothing is missing."""
        return 0 if self.believed is None else max(0, self.due - self.believed)


def checks_title(drawn: Iterable[Ladder]) -> Words:
    """The title of a list's column of estimates; of grades where there is no estimate; "" where there is neither."""
    rows = list(drawn)
    if any(one.estimate is not None for one in rows):
        return NAMES["estimate"]
    return _("Grade") if any(one.grade for one in rows) else ""


def as_ladder(given: Ladder | Mapping[str, Any]) -> Ladder:
    """A mapping with the same names will do; what the ladder does not know is left out."""
    if isinstance(given, Ladder):
        return given
    known = {field.name for field in fields(Ladder)}
    return Ladder(**{name: value for name, value in given.items() if name in known})


@dataclass(frozen=True)
class Span:
    """A piece of a bar: from `start`, `width` wide, both in per cent of the plot."""

    start: float
    width: float


@dataclass(frozen=True)
class Plot:
    """Where everything of one ladder stands, in per cent of the plot's width."""

    reported: Span | None
    counted: Span | None
    unsigned: Span | None
    confirmed: Span | None
    estimate: Span | None
    frame: Span | None
    low: float | None
    high: float | None
    target: float | None
    pace: float | None


def plot(ladder: Ladder, *, room: float = 1.05) -> Plot:
    """Puts all four rungs on one scale, which ends a little (`room`) after the largest of them."""
    whole = (ladder.counted or 0) + (ladder.unsigned or 0)
    values = (
        ladder.target,
        ladder.reported,
        whole,
        ladder.confirmed,
        ladder.estimate,
        ladder.high,
        ladder.frame,
    )
    top = max(0, *(value or 0 for value in values)) * room or 1.0

    def at(value: float) -> float:
        return min(100.0, max(0.0, value / top * 100))

    def bar(value: int | None) -> Span | None:
        return None if value is None else Span(0.0, at(value))

    after = at(ladder.counted or 0)
    has_interval = None not in (ladder.estimate, ladder.low, ladder.high)
    return Plot(
        reported=bar(ladder.reported),
        counted=bar(ladder.counted),
        unsigned=Span(after, at(whole) - after) if (ladder.unsigned or 0) > 0 else None,
        confirmed=bar(ladder.confirmed),
        estimate=bar(ladder.estimate),
        frame=bar(ladder.frame),
        low=at(ladder.low or 0) if has_interval else None,
        high=at(ladder.high or 0) if has_interval else None,
        target=None if ladder.target is None else at(ladder.target),
        pace=at(ladder.target * ladder.pace_pct / 100) if ladder.target and ladder.pace_pct else None,
    )
