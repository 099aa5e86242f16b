"""The newest estimate of each unit, as ladders show it (`programmes.rules.estimated`)."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from abhiyan.core import sql
from abhiyan.core.clock import day_in
from abhiyan.org.here import address
from abhiyan.programmes.rules.estimated import Asked, Estimated
from abhiyan.ui.addresses import address_of
from abhiyan.verification.models import Estimate, Frame
from abhiyan.verification.rules.estimates import GRADED, Method

METHODS = {
    Method.WILSON: _("Wilson's"),
    Method.EXACT: _("exact (Clopper–Pearson)"),
    Method.COUNTED: _("none, every item was checked"),
}

# Frames first: whether one is in sight is asked once of each. Of a unit the newest with a number, else the newest.
_LATEST = f"""
with f as materialized (
  select id, public_id, programme_id, measure, number, state, frozen_at, ends_on from verification_frame
   where programme_id = any(%(programmes)s) and state <> '{Frame.State.FROZEN}')
select distinct on (f.programme_id, f.measure, u.id) f.programme_id, f.measure, u.id, u.code, f.public_id,
    f.frozen_at, case when f.state = '{Frame.State.DRAWN}' and f.ends_on >= %(on)s then f.ends_on end,
    e.items, e.genuine + e.not_genuine, e.refused + e.unresolved, e.rate, e.low, e.high, e.method, e.is_corrected,
    e.grade
  from f cross join units_unit u
  left join verification_estimate e on e.frame_id = f.id and e.unit_id = u.id and e.shade = {Estimate.Shade.SIGNED}
 where u.id = any(%(units)s)
 order by f.programme_id, f.measure, u.id, (e.rate is null and coalesce(e.grade, '') = ''), f.number desc"""


def ask_latest(programmes: Sequence[int], units: Sequence[int], on: date) -> Asked:
    """What the newest frame of each measure says of units, by programme, measure and unit. One query.

    A unit out of sight, or too small for a number, is there with nothing said of it; a programme without a drawn frame
    is not there at all.
    """
    given = {"programmes": list(programmes), "units": list(units), "on": on}
    asked = sql.ask(_LATEST, given, keep_plan=True)
    return lambda: {
        (programme, measure, unit): _estimated(*row) for programme, measure, unit, *row in asked()
    }


def _address(frame: UUID, code: str) -> str:
    return address(address_of("verification:frame_beside", frame), code)


_href = lazy(_address, str)  # of the fifty units of a list nobody asks for it


def _estimated(*row: Any) -> Estimated:
    (
        code,
        frame,
        frozen_at,
        ends_on,
        items,
        finished,
        not_told,
        rate,
        low,
        high,
        method,
        is_corrected,
        grade,
    ) = row
    of: dict[str, Any] = {
        "frozen_on": day_in(settings.TIME_ZONE, frozen_at),
        "wanted": GRADED,
        "href": _href(frame, code),
        "ends_on": ends_on,
    }
    if rate is None:
        return Estimated(**of, items=items or 0, finished=finished, grade=grade or "")
    return Estimated(
        **of,
        items=items,
        finished=finished,
        not_told=not_told,
        rate=rate,
        low=low,
        high=high,
        method=METHODS[Method(method)],
        is_corrected=is_corrected,
    )
