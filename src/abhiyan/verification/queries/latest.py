"""The newest estimate of each unit, as ladders show it (`programmes.rules.estimated`)."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.conf import settings

from abhiyan.core import sql
from abhiyan.core.clock import day_in
from abhiyan.programmes.rules.estimated import Asked, Estimated
from abhiyan.verification.models import Estimate, Frame

from .told import COLUMNS, SPEAKS_FIRST, estimated_of, share_columns, share_of

# Frames first: whether one is in sight is asked once of each.
_LATEST = f"""
with f as materialized (
  select id, public_id, programme_id, measure, number, state, frozen_at, ends_on from verification_frame
   where programme_id = any(%(programmes)s) and state <> '{Frame.State.FROZEN}')
select distinct on (f.programme_id, f.measure, u.id) f.programme_id, f.measure, u.id,
    case when exists (select from units_placement p
      where p.unit_id = u.id and p.lo is not null and p.hierarchy = g.hierarchy) then u.code else '' end, f.public_id,
    g.kind, f.measure, f.frozen_at, g.opens_on,
    (select o.frozen_at from verification_frame o
      where o.programme_id = f.programme_id and o.measure = f.measure and o.number = f.number - 1),
    case when f.state = '{Frame.State.DRAWN}' and f.ends_on >= %(on)s then f.ends_on end,
    a.reported, e.grade, {share_columns("a")}, {share_columns("e")}, {share_columns("w")}
  from f join programmes_programme g on g.id = f.programme_id cross join units_unit u
  left join verification_estimate a on a.frame_id = f.id and a.unit_id = u.id and a.shade = {Estimate.Shade.ENTERED}
  left join verification_estimate e on e.frame_id = f.id and e.unit_id = u.id and e.shade = {Estimate.Shade.SIGNED}
  left join verification_estimate w on w.frame_id = f.id and w.unit_id = u.id and w.shade = {Estimate.Shade.UNSIGNED}
 where u.id = any(%(units)s)
 order by f.programme_id, f.measure, u.id, {SPEAKS_FIRST}"""


def ask_latest(programmes: Sequence[int], units: Sequence[int], on: date) -> Asked:
    """Ask what the frame that speaks for each unit says of it (`SPEAKS_FIRST`), by programme, measure, unit. One query.

    A unit out of sight, or too small for a number, is there with nothing said of it; a programme without a drawn frame
    is not there at all.
    """
    params = {"programmes": list(programmes), "units": list(units), "on": on}
    query = sql.ask(_LATEST, params, keep_plan=True)
    return lambda: {
        (programme, measure, unit): _estimated(*row) for programme, measure, unit, *row in query()
    }


def _estimated(*row: Any) -> Estimated:
    code, frame, kind, measure, frozen_at, opens_on, before, ends_on, reported, grade, *cells = row
    shares = [share_of(*cells[at : at + COLUMNS]) for at in range(0, 3 * COLUMNS, COLUMNS)]
    return estimated_of(
        frame,
        code,
        kind=kind,
        measure=measure,
        frozen_at=frozen_at,
        since=day_in(settings.TIME_ZONE, before) if before else opens_on,
        ends_on=ends_on,
        reported=reported or 0,
        shares=(shares[0], shares[1], shares[2]),
        grade=grade or "",
    )
