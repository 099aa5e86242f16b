"""How far every programme that runs in a unit is there, and what is late right below it: what Today says."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from django.conf import settings

from abhiyan.core import clock
from abhiyan.core.words import language
from abhiyan.org.viewer import HeldOffice
from abhiyan.programmes.models import Programme
from abhiyan.programmes.rules import windows
from abhiyan.programmes.rules.estimated import Estimated, estimated
from abhiyan.programmes.rules.gaps import GapsBelow, parts_behind
from abhiyan.programmes.rules.ladder import Ladder
from abhiyan.programmes.rules.looks_after import LOOKS_AFTER
from abhiyan.ui.ladder import LadderShown as Picture
from abhiyan.units import queries as units

from .ledger import LedgerNode, MeasureFigures, ask_figures, blank, ladders
from .listing import FURTHEST_BEHIND, Child, ChildrenLeaf, children_ladders
from .programmes import RunningMeasure, drawn, running_at

SHOWN = 5


@dataclass(frozen=True, slots=True)
class MeasureStand:
    """One measure of a running programme with a unit's target and ladder. node: the unit's place; checked: its newest
    estimate; figures: of the first measure, with its days."""

    of: RunningMeasure
    ladder: Ladder
    node: LedgerNode
    checked: Estimated | None = None
    figures: MeasureFigures | None = None

    @property
    def programme(self) -> Programme:
        return self.of.programme

    @property
    def target(self) -> int | None:
        return self.of.target

    def drawn(self, *, on: date) -> Picture:
        """Its ladder as pages draw it, with the estimate."""
        return drawn(
            self.ladder,
            name=self.of.name,
            programme=self.programme,
            on=on,
            target=self.target,
            checked=self.checked,
        )


def stands(held: HeldOffice, *, at: datetime) -> list[MeasureStand]:
    """Return how far each measure that runs today is in the unit of an office, the first one by day.

    Four queries, however many there are; three for one measure alone.
    """
    on = clock.day_in(settings.TIME_ZONE, at)
    running, node = running_at(held.unit_id, held.hierarchy, on)
    if node is None or not running:
        return []
    none = blank(is_rounded=not node.is_exact)
    first, *others = running
    of = list({one.programme.pk: one.programme for one in running}.values())
    figures = ask_figures(
        node=node, hierarchy=held.hierarchy, programme=first.programme, measure=first.measure, at=at
    )()
    rest = list({one.programme.pk: one.programme for one in others}.values())
    found = ladders(node=node, hierarchy=held.hierarchy, of=rest, at=at) if rest else {}
    found[first.programme.pk, first.measure] = figures.ladder
    checked = estimated([one.pk for one in of], [held.unit_id], on=on)
    keys = [(one.programme.pk, one.measure) for one in running]
    return [
        MeasureStand(
            one,
            found.get(key) or none,
            node,
            checked.get((*key, held.unit_id)),
            figures if one is first else None,
        )
        for one, key in zip(running, keys, strict=True)
    ]


@dataclass(frozen=True, slots=True)
class LateUnits:
    """Units right below one that are late in a programme: the first of them, furthest behind first.

    kind: of all of them. gaps: of all of that kind below that the programme covers.
    is_empty: booths that have counted no one yet.
    """

    kind: str
    leaf: ChildrenLeaf
    gaps: GapsBelow
    is_empty: bool = False

    @property
    def said(self) -> str:
        """Say how many are behind and by how much together, and how many are ahead."""
        return parts_behind(self.gaps, self.kind)


def fewer_than_due(programme: Programme, child: Child, *, at: datetime) -> int:
    """Return how many fewer people are counted in a unit than due by today; 0 where nothing is missing."""
    on = clock.day_in(programme.zone, at)
    due = windows.due(child.target or 0, programme.opens_on, programme.closes_on, on)
    return max(0, due - (child.ladder.counted or 0))


def late(
    node: LedgerNode,
    unit_kind: str,
    programme: Programme,
    *,
    measure: int = 1,
    names_empty: bool = False,
    at: datetime,
) -> LateUnits | None:
    """Units right below one that are behind, of the level that its offices look after: Today, the unit and its decks
    name this one level. names_empty: booths that have counted no one yet come first.

    None where there is nothing below, or nothing late, as on the first day. Four queries at most.
    """
    kinds = LOOKS_AFTER.get(unit_kind)
    if not kinds or clock.day_in(programme.zone, at) <= programme.opens_on:
        return None
    kind = kinds[-1]
    below = units.of_kind_below(node.unit_id, node.hierarchy, kind)

    def first(show: Literal["behind", "without"], sort: str) -> ChildrenLeaf:
        return children_ladders(
            node=node,
            hierarchy=node.hierarchy,
            programme=programme,
            measure=measure,
            at=at,
            sort=sort,
            show=show,
            language=language(),
            per=SHOWN,
            units=below,
            sums_gaps=True,
        )

    if kind == "booth" and names_empty and (empty := first("without", "name")).rows:
        return LateUnits(kind, empty, empty.gaps or GapsBelow(), is_empty=True)
    leaf = first("behind", FURTHEST_BEHIND)
    return LateUnits(kind, leaf, leaf.gaps or GapsBelow()) if leaf.rows else None
