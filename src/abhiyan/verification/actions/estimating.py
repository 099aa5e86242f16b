"""Estimates are computed a little after checks come in, and kept for every unit from the districts up, and across."""

from collections import defaultdict
from datetime import datetime

from abhiyan.core import sql
from abhiyan.core.scope import system
from abhiyan.verification.models import Estimate, Frame
from abhiyan.verification.queries.estimates import StratumTally, estimated, found_in, unchecked
from abhiyan.verification.rules.estimates import Planted, grade
from abhiyan.verification.rules.outcomes import Stands

# Frames that were drawn, or have a check that ended, after their estimates were computed; or in the minute before:
# what was still being written was not in them.
_DUE = """
select f.id from verification_frame f
  join lateral (select coalesce(max(e.at), '-infinity') - interval '1 minute' as at
    from verification_estimate e where e.frame_id = f.id) last on true
 where f.state = 'drawn' and (
   exists (select from verification_check c where c.frame_id = f.id and c.done_at > last.at)
   or exists (select from verification_draw d where d.frame_id = f.id and d.drawn_at > last.at))"""


def refresh_estimates(*, at: datetime) -> int:
    """Compute the estimates of the frames in which checks have ended; returns how many frames."""
    with system("computing estimates"):
        due = Frame.objects.select_related("programme").filter(pk__in=sql.column(_DUE))
        for frame in due:
            estimate_frame(frame=frame, at=at)
    return len(due)


def estimate_frame(*, frame: Frame, at: datetime) -> int:
    """Compute the estimates of one frame for every unit; returns how many rows. In the system's scope."""
    found = found_in(frame)
    rows = [
        _row(frame, unit_id, shade, of, found.planted, at) for (unit_id, shade), of in found.found.items()
    ]
    rows += [
        Estimate(
            frame=frame,
            unit_id=unit_id,
            shade=Estimate.Shade.SIGNED,
            items=0,
            drawn=told.drawn,
            genuine=told.genuine,
            not_genuine=told.not_genuine,
            refused=0,
            unresolved=0,
            grade=grade(told),
            at=at,
        )
        for unit_id, told in found.graded.items()
        if (unit_id, Estimate.Shade.SIGNED) not in found.found  # moved below a district since the freeze
    ]
    Estimate.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=_FIXED[:3],
        update_fields=[one.name for one in Estimate._meta.concrete_fields if one.name not in _FIXED],
        batch_size=1_000,
    )
    return len(rows)


_FIXED = ("frame", "unit", "shade", "id", "reported")  # once written they stay


def _row(
    frame: Frame, unit_id: int, shade: int, of: list[StratumTally], planted: Planted, at: datetime
) -> Estimate:
    told: dict[Stands, int] = defaultdict(int)
    for each in of:
        for stands, n in (*each.of.items(), *each.visited.items()):
            told[stands] += n
    visited = sum(sum(each.visited.values()) for each in of)
    one = estimated(of, planted)
    return Estimate(
        frame=frame,
        unit_id=unit_id,
        shade=shade,
        items=sum(each.items for each in of),
        drawn=sum(told.values()) - visited,
        genuine=told[Stands.GENUINE],
        not_genuine=told[Stands.NOT_GENUINE],
        refused=told[Stands.REFUSED],
        # A visited person was not reached before: one person counts once.
        unresolved=told[Stands.NOT_REACHED] + told[Stands.OPEN] + told[Stands.LEFT] - visited,
        left=told[Stands.LEFT],
        unchecked=unchecked(of),
        rate=one.rate if one else None,
        low=one.low if one else None,
        high=one.high if one else None,
        method=one.method if one else "",
        is_corrected=bool(one and one.is_corrected),
        at=at,
    )
