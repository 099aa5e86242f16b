"""A funnel as pages show it: below the unit where callers are counted, only from joining on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from abhiyan.core import sql
from abhiyan.core.words import name_in_language
from abhiyan.programmes.models import Programme
from abhiyan.programmes.rules import activities
from abhiyan.programmes.rules.activities import Activity, Step

from .here import Placeless, ask_callers_without_place
from .ledger import FunnelRow, LedgerNode


@dataclass(frozen=True, slots=True)
class FunnelLine:
    """One channel on one day, or on all (`row.on` None), with the steps that tell the truth here.

    parts: what its total is made of, beside the steps.
    """

    row: FunnelRow
    channel: str
    steps: tuple[Step, ...]
    columns: tuple[Step, ...]
    parts: tuple[Step, ...] = ()

    def has(self, step: Step) -> bool:
        """Return True if the line has this step, or this part."""
        return step in self.steps or step in self.parts

    def figure(self, step: Step) -> int | None:
        """Return the figure of a step or part; None where it is too small to be shown."""
        return (self.row.parts if step in self.parts else self.row.figures).get(step.key)

    def value(self, key: str) -> int | None:
        """Return the figure of a step or part by its key; None also where it is not of this line."""
        return next((self.figure(step) for step in self.columns if step.key == key and self.has(step)), None)

    @property
    def cells(self) -> list[tuple[str, int | None, bool]]:
        """Label, figure (None: too few to be shown), and whether the line has that step at all."""
        return [(str(step.name), self.figure(step), self.has(step)) for step in self.columns]


@dataclass(frozen=True, slots=True)
class Callers:
    """Callers without a place, beside a funnel.

    unit: the one they count in; code: for a link to it, empty where it is out of sight. n: how many; None: not said.
    """

    unit: str
    code: str
    n: int | None
    is_inside: bool


@dataclass(frozen=True, slots=True)
class Funnel:
    """lines: of every channel and day. columns: the steps any of them has. callers: those without a place."""

    lines: tuple[FunnelLine, ...]
    columns: tuple[Step, ...]
    callers: Callers | None


def shown_funnel(
    *,
    node: LedgerNode | None,
    programme: Programme,
    measure: int = 1,
    rows: Sequence[FunnelRow],
    at: datetime,
    callers: sql.Asked[Placeless | None] | None = None,
) -> Funnel:
    """Return the rows of a unit's funnel, without the steps that count only those callers who have joined.

    One query. callers: `ask_callers_without_place`, where it was asked already.
    """
    activity = activities.activity_of(programme.kind)
    if node is None or not rows:
        return Funnel((), activity.steps, None)
    callers_query = callers or ask_callers_without_place(
        node=node, programme=programme, measure=measure, at=at
    )
    placeless = callers_query()
    steps = [activity.steps_of(row.channel, hides=_hides(activity, row, placeless)) for row in rows]
    parts = activity.parts if any(activity.parts_in(row.parts) for row in rows) else ()
    columns = (*(step for step in activity.steps if any(step in each for each in steps)), *parts)
    labels = {row.channel: str(activity.channel(row.channel).label) for row in rows}
    lines = tuple(
        FunnelLine(row, labels[row.channel], each, columns, parts)
        for row, each in zip(rows, steps, strict=True)
    )
    is_hidden = any(_hides(activity, row, placeless) for row in rows)
    return Funnel(lines, columns, _callers(placeless, is_hidden=is_hidden))


def _hides(activity: Activity, row: FunnelRow, placeless: Placeless | None) -> bool:
    by_phone = activity.channel(row.channel).by_phone
    return placeless is not None and placeless.hides(row.channel, by_phone=by_phone)


def _callers(placeless: Placeless | None, *, is_hidden: bool) -> Callers | None:
    if placeless is None or not (is_hidden or (placeless.is_inside and placeless.n)):
        return None
    return Callers(
        unit=name_in_language(placeless.names),
        code=placeless.code if placeless.is_seen else "",
        n=placeless.n,
        is_inside=placeless.is_inside,
    )
