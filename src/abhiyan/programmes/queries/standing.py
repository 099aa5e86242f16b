"""Draw the progress of a unit in all that runs there: ladders with a sentence, and trends."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as say

from abhiyan.core import clock
from abhiyan.core.words import name_in_language
from abhiyan.programmes.models import Programme
from abhiyan.programmes.rules import ladder as rungs
from abhiyan.programmes.rules import pace
from abhiyan.programmes.rules.estimated import Of, estimated_rungs
from abhiyan.ui import charts
from abhiyan.ui.addresses import address_of
from abhiyan.ui.ladder import EarlierDrive
from abhiyan.ui.ladder import LadderShown as Picture

from .ledger import LedgerNode, MeasureFigures, blank, ladders
from .programmes import RunningMeasure, ladder_picture, measures, targets_of

Key = tuple[int, int]  # programme and measure


def as_of(at: datetime, *, is_rounded: bool) -> str:
    """Say from when the figures of a page are: this moment; of a unit seen from outside the evening before."""
    if is_rounded:
        yesterday = clock.day_in(settings.TIME_ZONE, at) - timedelta(days=1)
        return say("As of the evening of %(day)s") % {"day": date_format(yesterday, "j M Y")}
    return say("As of %(when)s") % {"when": date_format(localtime(at), "j M Y, H:i")}


LATELY_DAYS = 7


def lately(figures: MeasureFigures) -> int | None:
    """Return how many were counted in the last seven days; None in the first days, and from outside: no figure
    is made of two that are rounded."""
    days = figures.trend
    if figures.ladder.is_rounded or len(days) <= LATELY_DAYS:
        return None
    return (days[-1].ladder.counted or 0) - (days[-1 - LATELY_DAYS].ladder.counted or 0)


def since_yesterday(figures: MeasureFigures) -> int | None:
    """Return how many were counted since the end of the day before; None on the first day, and from outside."""
    days = figures.trend
    if figures.ladder.is_rounded or len(days) < 2:
        return None
    return (days[-1].ladder.counted or 0) - (days[-2].ladder.counted or 0)


def drawn_ladders(
    running: Sequence[RunningMeasure],
    known: Mapping[Key, rungs.Ladder],
    *,
    node: LedgerNode | int,
    unit_id: int,
    hierarchy: int,
    today: date,
    at: datetime,
    checked: Of,
    before: Mapping[Key, Mapping[str, Any]] | None = None,
) -> list[tuple[str, Picture, str]]:
    """Return every measure's page and picture, and its progress in a sentence.

    known: ladders read already, at least one; the others are read at once. before: the earlier drive beside a
    measure.
    """
    rest = [measure for measure in running if (measure.programme.pk, measure.measure) not in known]
    programmes = list({measure.programme.pk: measure.programme for measure in rest}.values())
    found = {
        **(ladders(node=node, hierarchy=hierarchy, programmes=programmes, at=at) if programmes else {}),
        **known,
    }
    none = blank(is_rounded=next(iter(known.values())).is_rounded)
    pictures = []
    for running_measure in running:
        programme, key = running_measure.programme, (running_measure.programme.pk, running_measure.measure)
        ladder = found.get(key, none)
        picture = ladder_picture(
            ladder,
            name=running_measure.name,
            programme=programme,
            measure=running_measure.measure,
            on=today,
            target=running_measure.target,
            checked=checked.get((*key, unit_id)),
            **(before or {}).get(key, {}),
        )
        window = {"opens_on": programme.opens_on, "closes_on": programme.closes_on, "on": today}
        page = address_of("programmes:programme", programme.public_id)
        page += f"?{urlencode(running_measure.asked)}" if running_measure.asked else ""
        pictures.append(
            (page, picture, pace.progress_in_words(ladder.counted, running_measure.target, **window))
        )
    return pictures


def drawn_measures(
    programmes: Sequence[Programme], *, node: LedgerNode, at: datetime
) -> dict[int, list[Picture]]:
    """Return by programme a picture of each measure that has a target or figures in a unit; where none has, of
    the first.

    A page or paper that is about a whole programme asks here. A picture is called as its measure where a
    programme has several, else as its programme. Four queries, however many programmes.
    """
    known = measures(programmes)
    found = ladders(node=node, hierarchy=node.hierarchy, programmes=programmes, at=at) if programmes else {}
    targets = (
        targets_of(node=node.unit_id, hierarchy=node.hierarchy, programmes=programmes) if programmes else {}
    )
    today = clock.day_in(settings.TIME_ZONE, at)
    checked = estimated_rungs([programme.pk for programme in programmes], [node.unit_id], on=today)
    none = blank(is_rounded=not node.is_exact)
    shown = {}
    for one in programmes:
        pictures = [
            ladder_picture(
                found.get((one.pk, measure.number)) or none,
                name=name_in_language(measure.names if len(known[one.pk]) > 1 else one.names),
                programme=one,
                measure=measure.number,
                on=clock.day_in(one.zone, at),
                target=targets.get((one.pk, measure.number)),
                checked=checked.get((one.pk, measure.number, node.unit_id)),
            )
            for measure in known[one.pk]
        ]
        shown[one.pk] = [
            ladder for ladder in pictures if rungs.has_figures(ladder, ladder.target)
        ] or pictures[:1]
    return shown


def drawn_trend(
    measure: RunningMeasure, figures: MeasureFigures, before: EarlierDrive | None = None
) -> charts.Trend:
    """Return the days of a measure, beside its target and the earlier drive."""
    return charts.Trend(
        name=measure.name,
        before=before,
        begins_on=measure.programme.opens_on,
        ends_on=measure.programme.closes_on,
        target=measure.target,
        days=[
            charts.Day(
                on=day.on,
                reported=day.ladder.reported,
                counted=day.ladder.counted,
                unsigned=day.ladder.unsigned,
                confirmed=day.ladder.confirmed,
            )
            for day in figures.trend
        ],
    )
