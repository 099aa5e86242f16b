"""A dossier and a review show where a unit is: ladders, trend, checks. They leave out measures without figures."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as say

from abhiyan.core import clock, small_cells, sql
from abhiyan.core.rooms import offered
from abhiyan.org.viewer import Viewer
from abhiyan.programmes import queries as programmes
from abhiyan.programmes.queries import RunningMeasure
from abhiyan.programmes.rules.estimated import ask_estimated
from abhiyan.programmes.rules.ladder import has_figures
from abhiyan.ui.charts import Trend
from abhiyan.ui.ladder import LadderShown, Words
from abhiyan.ui.numbers import NONE
from abhiyan.ui.reviewed import ReviewedPart, Subject
from abhiyan.units.queries import UnitRow
from abhiyan.verification.here import ShownLine
from abhiyan.verification.queries import beside as checks

BY_DAY = 4  # measures whose days are read; those of the first with figures are drawn


@dataclass(frozen=True, slots=True)
class Compared:
    """A unit's own figure and report in one measure, and the result of checks. of: of a frame, where it has one."""

    name: str
    said: int | str
    reported: int | str
    entered: int | str
    real: Words
    of: ShownLine | None = None
    href: str = ""


@dataclass(frozen=True, slots=True)
class UnitLaddersShown:
    """A unit in the measures that have figures there. ladders: page, picture and a sentence of each.

    trend: of the first. kinds: of all programmes that run there, with figures or without.
    """

    running: Sequence[RunningMeasure]
    ladders: Sequence[tuple[str, LadderShown, str]]
    trend: Trend | None
    compared: Sequence[Compared]
    kinds: frozenset[str]


def unit_progress(viewer: Viewer, here: UnitRow, hierarchy: int, *, at: datetime) -> UnitLaddersShown:
    """Return the progress of a unit in each measure.

    In the viewer's scope: rounded where they do not see its people.
    """
    today = clock.day_in(settings.TIME_ZONE, at)
    running, node = programmes.running_at(here.id, hierarchy, today)
    if not running:
        return UnitLaddersShown((), (), None, (), frozenset())
    with sql.at_once():
        checked = ask_estimated([measure.programme.pk for measure in running], [here.id], on=today)
        days = [
            programmes.ask_figures(
                node=node or here.id,
                hierarchy=hierarchy,
                programme=measure.programme,
                measure=measure.measure,
                at=at,
            )
            for measure in running[:BY_DAY]
        ]
    drawn_of = [(measure, query()) for measure, query in zip(running, days, strict=False)]
    ladders = programmes.drawn_ladders(
        running,
        {
            (measure.programme.pk, measure.measure): measure_figures.ladder
            for measure, measure_figures in drawn_of
        },
        node=node or here.id,
        unit_id=here.id,
        hierarchy=hierarchy,
        today=today,
        at=at,
        checked=checked(),
    )
    with_figures = [n for n, (_href, drawn, _said) in enumerate(ladders) if has_figures(drawn, drawn.target)]
    trends = [programmes.drawn_trend(*drawn_of[n]) for n in with_figures[:1] if n < len(drawn_of)]
    kinds = frozenset(measure.programme.kind for measure in running)
    running, ladders = [running[n] for n in with_figures], [ladders[n] for n in with_figures]
    compared = _compared(viewer, running, [drawn for _href, drawn, _said in ladders], here, at=at)
    return UnitLaddersShown(running, ladders, trends[0] if trends else None, compared, kinds)


def _compared(
    viewer: Viewer,
    running: Sequence[RunningMeasure],
    ladders: Sequence[LadderShown],
    here: UnitRow,
    *,
    at: datetime,
) -> list[Compared]:
    """Return each measure beside the frame of its ladder; of a unit below the districts what it said until today.

    A measure without a frame that the unit said nothing of has nothing beside it: its ladder says the rest.
    """
    today = clock.day_in(settings.TIME_ZONE, at)
    frames = checks.speaking_frames({measure.programme.pk for measure in running}, here.id)
    lines = checks.lines_in(frames, here.id, at=at)
    is_exact = here.lo is not None and viewer.sees_exact_at(here.lo)
    rest = {
        (measure.programme.pk, measure.measure): (None, measure.programme.closes_on)
        for measure in running
        if (measure.programme.pk, measure.measure) not in lines
    }
    n_by_measure = programmes.own_figures_of_unit(here.id, rest, at=at) if rest else {}
    comparisons = []
    for running_measure, drawn in zip(running, ladders, strict=True):
        key = running_measure.programme.pk, running_measure.measure
        if key in lines:
            shown_line = ShownLine(lines[key], frames[key], viewer, on=today)
            cells = (
                shown_line.cell(shown_line.line.said) if shown_line.line.said is not None else NONE,
                shown_line.reported,
                shown_line.cell(shown_line.of.entered.items),
            )
            comparisons.append(
                Compared(running_measure.name, *cells, shown_line.short, shown_line, shown_line.href_beside)
            )
            continue
        if key not in n_by_measure:
            continue
        comparisons.append(
            Compared(
                running_measure.name,
                small_cells.seen_count(n_by_measure[key], is_exact=is_exact),
                small_cells.count_in_words(drawn.reported),
                small_cells.count_in_words(drawn.counted),
                (drawn.short if drawn.grade else drawn.note) or say("no back-checks yet"),
            )
        )
    return comparisons


def room_parts(subject: Subject, *, at: datetime) -> list[ReviewedPart]:
    """Return each room's parts about a unit or an office-bearer, the lowest floor first; no line of zeros.

    The parts are numbers alone. The caller has checked that the viewer reviews or leads the subject, or is it. In a
    system scope.
    """
    parts = [
        _with_figures(part)
        for dossier_parts in offered("dossier_parts")
        for part in dossier_parts(subject, at=at)
    ]
    return [part for part in parts if part.lines]


def _with_figures(part: ReviewedPart) -> ReviewedPart:
    return replace(part, lines=[line for line in part.lines if says_something(line[1])])


def says_something(words: str) -> bool:
    """Return True for words, and where a number is above 0. "Fewer than 10", as seen from outside, is no number."""
    words_known = words.replace(small_cells.count_in_words(None), "")
    has_digits = words_known != words or re.search(r"\d", words_known) is not None
    return re.search(r"[1-9]", words_known) is not None or not has_digits
