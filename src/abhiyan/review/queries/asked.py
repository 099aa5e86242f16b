"""How many workers of a unit are asked about their entries, as somebody may read it: numbers alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

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
    """Of one measure. numbers: of each step; None: fewer than 10. decides: whether the reader does."""

    programme: Programme
    name: str
    numbers: Sequence[tuple[str, int | None]]
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

    The people who decide read exact numbers on screen. Everybody else reads small cells, and so does every copy that
    is passed on: people may know the one worker behind a one.
    """
    if not running or here.lo is None or here.hi is None:
        return []
    programmes = {one.programme.pk for one in running}
    span, own = (here.lo, here.hi), viewer.account_id or 0
    found = flags_below(programmes, hierarchy=hierarchy, span=span, without=own, at=at)
    spans = units.all_spans({one.programme.owner_id for one in running})
    shown = []
    for one in running:
        of = found.get((one.programme.pk, one.measure), FlagNumbers())
        decides = viewer.may_at(PLAN, *(lo for lo, _hi in spans.get(one.programme.owner_id, [])))
        numbers = [
            (label, n if decides and on_screen else small_cells.shown(n))
            for label, n in (
                (say("Waiting for an answer"), of.unanswered),
                (say("Answered, not decided"), of.answered),
                (say("Proven"), of.proven),
            )
        ]
        shown.append(MeasureAsked(one.programme, one.name, numbers, decides))
    return shown
