"""Figures of units in what runs there, as a decision about them keeps them."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.conf import settings

from abhiyan.core import clock
from abhiyan.core.words import named
from abhiyan.programmes import queries as programmes
from abhiyan.programmes.queries import RunningMeasure
from abhiyan.programmes.rules import windows
from abhiyan.review.rules.reached import MeasureReached
from abhiyan.ui.ladder import LadderShown


def reached(unit_id: int, hierarchy: int, *, at: datetime) -> list[MeasureReached]:
    """Return each measure with a target that runs in a unit. Three queries.

    Figures as the scope in force may see them.
    """
    on = clock.day_in(settings.TIME_ZONE, at)
    running, node = programmes.running_at(unit_id, hierarchy, on)
    running = [one for one in running if one.target]
    of = list({one.programme.pk: one.programme for one in running}.values())
    found = programmes.ladders(node=node or unit_id, hierarchy=hierarchy, of=of, at=at, on=on)
    blank = programmes.blank(is_rounded=node is not None and not node.is_exact)
    return [
        _progress(one, found.get((one.programme.pk, one.measure), blank).counted, one.target, on=on)
        for one in running
    ]


def reached_below(
    above: int, unit_ids: Sequence[int], hierarchy: int, *, at: datetime
) -> dict[int, list[MeasureReached]]:
    """Return the same of several units below one, none of them below another, in what runs in the unit above.

    By unit.
    """
    on = clock.day_in(settings.TIME_ZONE, at)
    running, node = programmes.running_at(above, hierarchy, on)
    found: dict[int, list[MeasureReached]] = {one: [] for one in unit_ids}
    for one in running if node is not None and unit_ids else ():
        leaf = programmes.children_ladders(
            node=node or above,
            hierarchy=hierarchy,
            programme=one.programme,
            measure=one.measure,
            at=at,
            on=on,
            units=list(unit_ids),
            per=len(unit_ids),
        )
        for row in leaf.rows:
            if row.target:
                found[row.unit_id].append(_progress(one, row.ladder.counted, row.target, on=on))
    return found


def _progress(one: RunningMeasure, counted: int | None, target: int | None, *, on: date) -> MeasureReached:
    due = windows.due(target or 0, one.programme.opens_on, one.programme.closes_on, on)
    return MeasureReached(one.programme.pk, one.measure, counted, due, target or 0, one.name)


def as_reached(
    running: Sequence[RunningMeasure], ladders: Sequence[tuple[str, LadderShown, str]]
) -> list[MeasureReached]:
    """Return the same of a unit whose ladders are drawn already."""
    return [
        MeasureReached(one.programme.pk, one.measure, drawn.counted, drawn.due, one.target, one.name)
        for one, (_page, drawn, _said) in zip(running, ladders, strict=True)
        if one.target
    ]


def names_of(
    figures: Iterable[MeasureReached], running: Iterable[MeasureReached]
) -> dict[tuple[int, int], str]:
    """Return the names of measures, by programme and number. One query for each programme that is over."""
    known = {(one.programme_id, one.measure): one.name for one in running}
    rest = {(one.programme_id, one.measure) for one in figures} - known.keys()
    over = {pk: named(programmes.programme_by_id(pk).names) for pk in sorted({pk for pk, _number in rest})}
    return known | {key: over[key[0]] for key in rest}
