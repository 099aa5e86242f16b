"""Figures of units in what runs there, as a decision about them keeps them."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.conf import settings

from abhiyan.core import clock
from abhiyan.core.words import name_in_language
from abhiyan.programmes import queries as programmes
from abhiyan.programmes.queries import RunningMeasure
from abhiyan.programmes.rules import windows
from abhiyan.review.rules.reached import MeasureReached
from abhiyan.ui.ladder import LadderShown


def measures_reached(unit_id: int, hierarchy: int, *, at: datetime) -> list[MeasureReached]:
    """Return each measure with a target that runs in a unit. Three queries.

    Figures as the scope in force may see them.
    """
    on = clock.day_in(settings.TIME_ZONE, at)
    running, node = programmes.running_at(unit_id, hierarchy, on)
    running = [measure for measure in running if measure.target]
    of = list({measure.programme.pk: measure.programme for measure in running}.values())
    ladders = programmes.ladders(node=node or unit_id, hierarchy=hierarchy, programmes=of, at=at, on=on)
    blank = programmes.blank(is_rounded=node is not None and not node.is_exact)
    return [
        _progress(
            measure,
            ladders.get((measure.programme.pk, measure.measure), blank).counted,
            measure.target,
            on=on,
        )
        for measure in running
    ]


def reached_below(
    above: int, unit_ids: Sequence[int], hierarchy: int, *, at: datetime
) -> dict[int, list[MeasureReached]]:
    """Return the same of several units below one, none of them below another, in what runs in the unit above.

    By unit.
    """
    on = clock.day_in(settings.TIME_ZONE, at)
    running, node = programmes.running_at(above, hierarchy, on)
    measures: dict[int, list[MeasureReached]] = {unit_id: [] for unit_id in unit_ids}
    for measure in running if node is not None and unit_ids else ():
        leaf = programmes.children_ladders(
            node=node or above,
            hierarchy=hierarchy,
            programme=measure.programme,
            measure=measure.measure,
            at=at,
            on=on,
            units=list(unit_ids),
            per=len(unit_ids),
        )
        for row in leaf.rows:
            if row.target:
                measures[row.unit_id].append(_progress(measure, row.ladder.counted, row.target, on=on))
    return measures


def _progress(
    measure: RunningMeasure, counted: int | None, target: int | None, *, on: date
) -> MeasureReached:
    due = windows.target_due(target or 0, measure.programme.opens_on, measure.programme.closes_on, on)
    return MeasureReached(measure.programme.pk, measure.measure, counted, due, target or 0, measure.name)


def as_reached(
    running: Sequence[RunningMeasure], ladders: Sequence[tuple[str, LadderShown, str]]
) -> list[MeasureReached]:
    """Return the same of a unit whose ladders are drawn already."""
    return [
        MeasureReached(
            measure.programme.pk, measure.measure, drawn.counted, drawn.due, measure.target, measure.name
        )
        for measure, (_page, drawn, _said) in zip(running, ladders, strict=True)
        if measure.target
    ]


def measure_names(
    figures: Iterable[MeasureReached], running: Iterable[MeasureReached]
) -> dict[tuple[int, int], str]:
    """Return the names of measures, by programme and number. One query for each programme that is over."""
    name_by_key = {(measure.programme_id, measure.measure): measure.name for measure in running}
    rest = {(measure.programme_id, measure.measure) for measure in figures} - name_by_key.keys()
    over = {
        pk: name_in_language(programmes.programme_by_id(pk).names)
        for pk in sorted({pk for pk, _number in rest})
    }
    return name_by_key | {key: over[key[0]] for key in rest}
