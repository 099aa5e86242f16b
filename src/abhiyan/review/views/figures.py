"""Where a unit is, as a dossier and the page of an office-bearer show it: ladders, trends, checks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as say

from abhiyan.core import clock, small_cells, sql
from abhiyan.core.rooms import offered
from abhiyan.org.viewer import Viewer
from abhiyan.programmes import queries as programmes
from abhiyan.programmes.queries import RunningMeasure
from abhiyan.programmes.rules.estimated import ask_estimated
from abhiyan.ui.charts import Trend
from abhiyan.ui.ladder import LadderShown, Words
from abhiyan.ui.numbers import NONE
from abhiyan.ui.reviewed import ReviewedPart, Subject
from abhiyan.units.queries import UnitRow
from abhiyan.verification.here import ShownLine
from abhiyan.verification.queries import beside as checks

MOST_TRENDS = 4  # measures whose days are drawn; the others have their ladder


@dataclass(frozen=True, slots=True)
class Compared:
    """What a unit said and reported in one measure, and what checks found. of: of a frame, where it has one."""

    name: str
    said: int | str
    reported: int | str
    entered: int | str
    real: Words
    of: ShownLine | None = None
    href: str = ""


@dataclass(frozen=True, slots=True)
class UnitLaddersShown:
    """A unit in all that runs there. ladders: page, picture and a sentence of each measure."""

    running: Sequence[RunningMeasure]
    ladders: Sequence[tuple[str, LadderShown, str]]
    trends: Sequence[Trend]
    compared: Sequence[Compared]

    @property
    def unreported(self) -> list[tuple[str, Words]]:
        """Page and name of each measure in which nothing was set, reported or checked."""
        return [(href, drawn.name) for href, drawn, _said in self.ladders if drawn.is_empty]


def standing(viewer: Viewer, here: UnitRow, hierarchy: int, *, at: datetime) -> UnitLaddersShown:
    """How far a unit is in each measure. In the viewer's scope: rounded where they do not see its people."""
    today = clock.day_in(settings.TIME_ZONE, at)
    running, node = programmes.running_at(here.id, hierarchy, today)
    if not running:
        return UnitLaddersShown((), (), (), ())
    with sql.at_once():
        checked = ask_estimated([one.programme.pk for one in running], [here.id], on=today)
        days = [
            programmes.ask_figures(
                node=node or here.id,
                hierarchy=hierarchy,
                programme=one.programme,
                measure=one.measure,
                at=at,
            )
            for one in running[:MOST_TRENDS]
        ]
    drawn_of = [(one, asked()) for one, asked in zip(running, days, strict=False)]
    ladders = programmes.drawn_ladders(
        running,
        {(one.programme.pk, one.measure): of.ladder for one, of in drawn_of},
        node=node or here.id,
        unit_id=here.id,
        hierarchy=hierarchy,
        today=today,
        at=at,
        checked=checked(),
    )
    trends = [
        programmes.drawn_trend(one, of)
        for (one, of), (_href, drawn, _said) in zip(drawn_of, ladders, strict=False)
        if not drawn.is_empty
    ]
    compared = _compared(viewer, running, [drawn for _href, drawn, _said in ladders], here, at=at)
    return UnitLaddersShown(running, ladders, trends, compared)


def _compared(
    viewer: Viewer,
    running: Sequence[RunningMeasure],
    ladders: Sequence[LadderShown],
    here: UnitRow,
    *,
    at: datetime,
) -> list[Compared]:
    """Each measure beside the frame of its ladder; of a unit below the districts what it said and reported until
    today."""
    today = clock.day_in(settings.TIME_ZONE, at)
    frames = checks.speaking_frames({one.programme.pk for one in running}, here.id)
    lines = checks.lines_in(frames, here.id, at=at)
    is_exact = here.lo is not None and viewer.sees_people_at(here.lo)
    rest = {
        (one.programme.pk, one.measure): (None, one.programme.closes_on)
        for one in running
        if (one.programme.pk, one.measure) not in lines
    }
    said = programmes.said_of(here.id, rest, at=at) if rest else {}
    found = []
    for one, drawn in zip(running, ladders, strict=True):
        key = one.programme.pk, one.measure
        if key in lines:
            of = ShownLine(lines[key], frames[key], viewer, on=today)
            cells = (
                of.cell(of.line.said) if of.line.said is not None else NONE,
                of.reported,
                of.cell(of.of.entered.items),
            )
            found.append(Compared(one.name, *cells, of.short, of, of.href_beside))
            continue
        n = said.get(key)
        found.append(
            Compared(
                one.name,
                NONE if n is None else small_cells.seen(n, is_exact=is_exact),
                small_cells.said(drawn.reported),
                small_cells.said(drawn.counted),
                (drawn.short if drawn.grade else drawn.note) or say("no back-checks yet"),
            )
        )
    return found


def parts_of(of: Subject, *, at: datetime) -> list[ReviewedPart]:
    """Return each room's part about a unit or an office-bearer (`reviewed`), the lowest floor first.

    The parts are numbers alone. The caller has checked that the viewer reviews or leads the subject, or is it. In a
    system scope.
    """
    return [part for each in offered("reviewed") for part in each(of, at=at)]
