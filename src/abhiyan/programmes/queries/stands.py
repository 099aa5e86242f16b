"""How far every programme that runs in a unit is there, and what is late right below it: what Today says."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from django.conf import settings

from abhiyan.core import clock
from abhiyan.core.words import language
from abhiyan.org.viewer import HeldOffice
from abhiyan.programmes.models import Programme
from abhiyan.programmes.rules.estimated import Estimated, estimated
from abhiyan.programmes.rules.ladder import Ladder
from abhiyan.programmes.rules.looks_after import LOOKS_AFTER
from abhiyan.ui.ladder import LadderShown as Picture
from abhiyan.ui.tables import Leaf
from abhiyan.units import queries as units

from .ledger import LedgerNode, blank, ladders
from .listing import FURTHEST_BEHIND, children_ladders
from .programmes import RunningMeasure, ask_outside, drawn, running_at

SHOWN = 5


@dataclass(frozen=True, slots=True)
class MeasureStand:
    """One measure of a running programme with a unit's target and ladder. node: the unit's place; checked: its newest
    estimate."""

    of: RunningMeasure
    ladder: Ladder
    node: LedgerNode
    checked: Estimated | None = None

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
    """How far each measure of what runs today is in the unit of an office. Three queries, however many there are."""
    on = clock.day_in(settings.TIME_ZONE, at)
    running, node = running_at(held.unit_id, held.hierarchy, on)
    if node is None or not running:
        return []
    none = blank(is_rounded=not node.is_exact)
    of = list({one.programme.pk: one.programme for one in running}.values())
    found = ladders(node=node, hierarchy=held.hierarchy, of=of, at=at)
    checked = estimated([one.pk for one in of], [held.unit_id], on=on)
    keys = [(one.programme.pk, one.measure) for one in running]
    return [
        MeasureStand(one, found.get(key) or none, node, checked.get((*key, held.unit_id)))
        for one, key in zip(running, keys, strict=True)
    ]


@dataclass(frozen=True, slots=True)
class LateUnits:
    """Units right below one that are late in a programme: the first of them, furthest behind first.

    kind: of all of them. all: how many of that kind are below, of states those in the programme.
    is_empty: booths that have counted no one yet.
    """

    kind: str
    leaf: Leaf
    all: int
    is_empty: bool = False


def late(held: HeldOffice, stand: MeasureStand, *, names_empty: bool, at: datetime) -> LateUnits | None:
    """Units right below an office's own that are behind. names_empty: booths that have counted no one yet come first.

    None where there is nothing below, or nothing late, as on the first day. Four queries at most.
    """
    kinds, of = LOOKS_AFTER.get(held.unit_kind), stand.programme
    if not kinds or clock.day_in(of.zone, at) <= of.opens_on:
        return None
    kind = kinds[-1]
    below = units.of_kind_below(held.unit_id, held.hierarchy, kind)
    if kind == "state":  # a drive may cover few of them
        outside = ask_outside(of, below, hierarchy=held.hierarchy)()
        below = [unit for unit in below if unit not in outside]

    def first(show: Literal["behind", "without"], sort: str) -> Leaf:
        return children_ladders(
            node=stand.node,
            hierarchy=held.hierarchy,
            programme=stand.programme,
            measure=stand.of.measure,
            at=at,
            sort=sort,
            show=show,
            language=language(),
            per=SHOWN,
            units=below,
        )

    if kind == "booth" and names_empty and (empty := first("without", "name")).rows:
        return LateUnits(kind, empty, len(below), is_empty=True)
    leaf = first("behind", FURTHEST_BEHIND)
    return LateUnits(kind, leaf, len(below)) if leaf.rows else None
