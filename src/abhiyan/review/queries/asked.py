"""Count the workers of a unit who are asked about their entries, as somebody may read it: numbers alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as say

from abhiyan.core import small_cells
from abhiyan.org.viewer import Viewer
from abhiyan.programmes.models import Programme
from abhiyan.programmes.queries import RunningMeasure
from abhiyan.units import queries as units
from abhiyan.units.models import Kind
from abhiyan.verification.actions.frames import PLAN
from abhiyan.verification.queries.flag_numbers import FlagNumbers, flags_below

BELOW_FLAGS = (Kind.MANDAL, Kind.CLUSTER, Kind.BOOTH)  # a flag belongs to a district


@dataclass(frozen=True, slots=True)
class MeasureAsked:
    """Of one measure. numbers: of each step; None: fewer than 10. in_tens: the same as a copy has them, of the last
    closed day. decides: whether the reader does."""

    programme: Programme
    name: str
    numbers: Sequence[tuple[str, int | None]]
    in_tens: Sequence[tuple[str, int | None]]
    decides: bool


def asked_below(
    viewer: Viewer,
    running: Sequence[RunningMeasure],
    here: units.UnitRow,
    hierarchy: int,
    at: datetime,
    *,
    on_screen: bool = False,
) -> list[MeasureAsked]:
    """Count the workers asked below a unit that no flag is too high for (BELOW_FLAGS). In a system scope.

    The people who decide read exact numbers of now on screen. Everybody else reads small cells of the last closed day.
    So does every copy that is passed on: people may know the one worker behind a one.
    """
    if not running or here.lo is None or here.hi is None:
        return []
    spans = units.all_spans({measure.programme.owner_id for measure in running})
    deciding = {
        measure.programme.pk
        for measure in running
        if viewer.may_at(PLAN, *(lo for lo, _hi in spans.get(measure.programme.owner_id, [])))
    }
    below: dict[str, Any] = {
        "hierarchy": hierarchy,
        "span": (here.lo, here.hi),
        "without": viewer.account_id or 0,
        "at": at,
    }
    closed = small_cells.until(at, settings.TIME_ZONE)
    outside = flags_below({measure.programme.pk for measure in running}, **below, until=closed)
    now = flags_below(deciding, **below) if deciding and on_screen else {}
    measures = []
    for running_measure in running:
        key, decides = (
            (running_measure.programme.pk, running_measure.measure),
            running_measure.programme.pk in deciding,
        )
        in_tens = [
            (label, small_cells.shown_count(n)) for label, n in _steps(outside.get(key, FlagNumbers()))
        ]
        numbers = _steps(now.get(key, FlagNumbers())) if decides and on_screen else in_tens
        measures.append(
            MeasureAsked(running_measure.programme, running_measure.name, numbers, in_tens, decides)
        )
    return measures


def _steps(flag_numbers: FlagNumbers) -> list[tuple[str, int]]:
    return [
        (say("Waiting for an answer"), flag_numbers.unanswered),
        (say("Answered, not decided"), flag_numbers.answered),
        (say("Proven"), flag_numbers.proven),
    ]
