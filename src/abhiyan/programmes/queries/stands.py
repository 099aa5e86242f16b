"""Tell Today how far every programme of a unit is there, and what is late right below it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Literal

from django.conf import settings
from django.utils.translation import gettext as _

from abhiyan.core import clock, sql
from abhiyan.core.words import active_language
from abhiyan.org.queries.line import LedOffice
from abhiyan.org.viewer import HeldOffice
from abhiyan.programmes.models import Programme
from abhiyan.programmes.rules import pace, windows
from abhiyan.programmes.rules.estimated import Estimated, ask_estimated
from abhiyan.programmes.rules.gaps import GapsBelow, parts_behind
from abhiyan.programmes.rules.ladder import Ladder
from abhiyan.programmes.rules.looks_after import FOLLOWS, LOOKS_AFTER
from abhiyan.ui.ladder import LadderShown as Picture
from abhiyan.ui.owed import StandingHere
from abhiyan.units import queries as units
from abhiyan.units.models import Kind

from .belonging import Belonging
from .ledger import LedgerNode, MeasureFigures, ask_figures, ask_ladders, blank
from .listing import FURTHEST_BEHIND, Child, ChildrenLeaf, children_ladders
from .programmes import RunningMeasure, ladder_picture, running_at
from .standing import lately, since_yesterday

SHOWN = 5


@dataclass(frozen=True, slots=True)
class MeasureStand:
    """One measure of a running programme with a unit's target and ladder. node: the unit's place; checked: its newest
    estimate; below: the units right below that its offices look after; figures, parts: of the first measure, with its
    days, and the estimates of the units below."""

    of: RunningMeasure
    ladder: Ladder
    node: LedgerNode
    checked: Estimated | None = None
    figures: MeasureFigures | None = None
    below: Sequence[int] = ()
    parts: Mapping[int, Estimated] = field(default_factory=dict)

    @property
    def programme(self) -> Programme:
        return self.of.programme

    @property
    def target(self) -> int | None:
        return self.of.target

    def drawn(self, *, on: date) -> Picture:
        """Return its ladder as pages draw it, with the estimate."""
        return ladder_picture(
            self.ladder,
            name=self.of.name,
            programme=self.programme,
            measure=self.of.measure,
            on=on,
            target=self.target,
            expected=self.of.expected_words,
            checked=self.checked,
        )


def measures_in_view(
    held: HeldOffice | LedOffice, *, at: datetime, is_pinned_first: bool = False
) -> list[MeasureStand]:
    """Return how far each measure that runs today is in the unit of an office, the first one by day.

    is_pinned_first: by day, but what the account in scope has pinned comes first.

    Four queries, however many there are; three for one measure alone. One more for who follows the units below.
    """
    on = clock.day_in(settings.TIME_ZONE, at)
    running, node = running_at(held.unit_id, held.hierarchy, on, is_pinned_first=is_pinned_first)
    if node is None or not running:
        return []
    kinds: Sequence[str] = ()
    if isinstance(held, HeldOffice) and not held.capabilities.isdisjoint(FOLLOWS):
        kinds = LOOKS_AFTER.get(held.unit_kind, ())
    below = units.of_kind_below(held.unit_id, held.hierarchy, kinds[-1]) if kinds else []
    has_estimates = node.is_exact and kinds and kinds[-1] != Kind.BOOTH
    with sql.at_once():
        query = ask_stands(running, node, at=at, parts=below if has_estimates else ())
    return [replace(stand, below=below) for stand in query()]


def ask_stands(
    running: Sequence[RunningMeasure],
    node: LedgerNode,
    *,
    at: datetime,
    has_days: bool = True,
    parts: Sequence[int] = (),
) -> sql.Asked[list[MeasureStand]]:
    """Ask for `measures_in_view` of a unit whose running measures are known, at least one. Three queries at most.

    has_days: the first measure comes with its days; else the caller may add those of one by `with_figures`.
    parts: units below, whose estimates come with the first measure.
    """
    first, figures = running[0], None
    if has_days:
        figures = ask_figures(
            node=node, hierarchy=node.hierarchy, programme=first.programme, measure=first.measure, at=at
        )
    rest = {measure.programme.pk: measure.programme for measure in (running[1:] if has_days else running)}
    ladders_asked = ask_ladders(node=node, hierarchy=node.hierarchy, programmes=list(rest.values()), at=at)
    every = sorted({measure.programme.pk for measure in running})
    checked_asked = ask_estimated(every, [node.unit_id, *parts], on=clock.day_in(settings.TIME_ZONE, at))

    def read() -> list[MeasureStand]:
        ladders, checked = ladders_asked(), checked_asked()
        none = blank(is_rounded=not node.is_exact)
        stands_here = []
        for measure in running:
            key = measure.programme.pk, measure.measure
            ladder, estimate = ladders.get(key) or none, checked.get((*key, node.unit_id))
            stands_here.append(MeasureStand(measure, ladder, node, estimate))
        of_first = {
            unit: estimated_rung
            for unit in parts
            if (estimated_rung := checked.get((first.programme.pk, first.measure, unit)))
        }
        stands_here[0] = replace(stands_here[0], parts=of_first)
        return (
            [with_figures(stands_here[0], figures()), *stands_here[1:]]
            if figures is not None
            else stands_here
        )

    return read


def with_figures(stand: MeasureStand, figures: MeasureFigures) -> MeasureStand:
    """Return the same with the ladder and the days of its figures."""
    return replace(stand, ladder=figures.ladder, figures=figures)


def standing_here(
    stand: MeasureStand, *, href: str, whose: Belonging | None = None, at: datetime
) -> StandingHere:
    """Return a sentence for a measure in a unit, with its ladder and what came lately, as pages show it first.

    whose: the one unit below that the programme covers. Without a target of its own the unit is due what that one is.
    """
    if stand.target:
        whose = None
    if whose is not None and stand.of.measure == 1:
        stand = replace(stand, of=replace(stand.of, target=whose.target))
    programme, on, n = stand.programme, clock.day_in(stand.programme.zone, at), stand.ladder.counted
    opens_on, closes_on, target = programme.opens_on, programme.closes_on, stand.target
    text = pace.progress_in_words(n, target, opens_on=opens_on, closes_on=closes_on, on=on)
    if whose is not None:
        text += f" {whose.said}"
    if not stand.node.is_exact:
        text += " " + _("As of yesterday, rounded to 10.")
    outlook = []
    if stand.figures is not None and stand.node.is_exact:  # what is made of days is not for the outside
        outlook = pace.outlook(
            n or 0,
            target,
            lately=lately(stand.figures),
            yesterday=since_yesterday(stand.figures),
            days_left=windows.days_left(opens_on, closes_on, on),
        )
    return StandingHere(
        title=stand.of.name,
        said=text,
        href=href,
        drawn=stand.drawn(on=on),
        is_behind=bool(target) and (n or 0) < windows.target_due(target or 0, opens_on, closes_on, on),
        outlook=outlook,
        programme=programme.public_id,
        is_pinned=stand.of.is_pinned,
    )


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
    due = windows.target_due(child.target or 0, programme.opens_on, programme.closes_on, on)
    return max(0, due - (child.ladder.counted or 0))


def late_units(
    node: LedgerNode,
    unit_kind: str,
    programme: Programme,
    *,
    measure: int = 1,
    names_empty: bool = False,
    of_kind: Sequence[int] | None = None,
    at: datetime,
) -> LateUnits | None:
    """Return units right below one that are behind, of the level that its offices look after.

    Today, the unit and its decks name this one level. names_empty: booths that have counted no one yet come
    first. of_kind: all units of the level, if they are known. None where there is nothing below, or nothing
    late, as on the first day. Four queries at most.
    """
    kinds = LOOKS_AFTER.get(unit_kind)
    if not kinds or clock.day_in(programme.zone, at) <= programme.opens_on:
        return None
    kind = kinds[-1]
    below = units.of_kind_below(node.unit_id, node.hierarchy, kind) if of_kind is None else of_kind

    def first(show: Literal["behind", "without"], sort: str) -> ChildrenLeaf:
        return children_ladders(
            node=node,
            hierarchy=node.hierarchy,
            programme=programme,
            measure=measure,
            at=at,
            sort=sort,
            show=show,
            language=active_language(),
            per=SHOWN,
            units=below,
            sums_gaps=True,
        )

    if kind == "booth" and names_empty and (empty := first("without", "name")).rows:
        return LateUnits(kind, empty, empty.gaps or GapsBelow(), is_empty=True)
    leaf = first("behind", FURTHEST_BEHIND)
    return LateUnits(kind, leaf, leaf.gaps or GapsBelow()) if leaf.rows else None
