"""Estimates are computed a little after checks come in, and kept for every unit from the districts up, and across."""

from collections import defaultdict
from datetime import datetime

from abhiyan.core import sql
from abhiyan.core.scope import system
from abhiyan.verification.models import Estimate, Frame
from abhiyan.verification.queries.estimates import StratumTally, estimate_of_unit, found_in, unchecked
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
    frame_checks = found_in(frame)
    rows = [
        _row(frame, unit_id, shade, stratum_tallies, frame_checks.planted, at)
        for (unit_id, shade), stratum_tallies in frame_checks.found.items()
    ]
    rows += [
        Estimate(
            frame=frame,
            unit_id=unit_id,
            shade=Estimate.Shade.SIGNED,
            items=0,
            drawn=outcomes.drawn,
            genuine=outcomes.genuine,
            not_genuine=outcomes.not_genuine,
            refused=0,
            unresolved=0,
            grade=grade(outcomes),
            at=at,
        )
        for unit_id, outcomes in frame_checks.graded.items()
        if (unit_id, Estimate.Shade.SIGNED)
        not in frame_checks.found  # moved below a district since the freeze
    ]
    Estimate.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=_FIXED[:3],
        update_fields=[field.name for field in Estimate._meta.concrete_fields if field.name not in _FIXED],
        batch_size=1_000,
    )
    return len(rows)


_FIXED = ("frame", "unit", "shade", "id", "reported")  # once written they stay


def _row(
    frame: Frame,
    unit_id: int,
    shade: int,
    stratum_tallies: list[StratumTally],
    planted: Planted,
    at: datetime,
) -> Estimate:
    n_by_outcome: dict[Stands, int] = defaultdict(int)
    for stratum_tally in stratum_tallies:
        for stands, n in (*stratum_tally.of.items(), *stratum_tally.visited.items()):
            n_by_outcome[stands] += n
    visited = sum(sum(each.visited.values()) for each in stratum_tallies)
    frame_estimate = estimate_of_unit(stratum_tallies, planted)
    return Estimate(
        frame=frame,
        unit_id=unit_id,
        shade=shade,
        items=sum(each.items for each in stratum_tallies),
        drawn=sum(n_by_outcome.values()) - visited,
        genuine=n_by_outcome[Stands.GENUINE],
        not_genuine=n_by_outcome[Stands.NOT_GENUINE],
        refused=n_by_outcome[Stands.REFUSED],
        # A visited person was not reached before: one person counts once.
        unresolved=n_by_outcome[Stands.NOT_REACHED]
        + n_by_outcome[Stands.OPEN]
        + n_by_outcome[Stands.LEFT]
        - visited,
        left=n_by_outcome[Stands.LEFT],
        unchecked=unchecked(stratum_tallies),
        rate=frame_estimate.rate if frame_estimate else None,
        low=frame_estimate.low if frame_estimate else None,
        high=frame_estimate.high if frame_estimate else None,
        method=frame_estimate.method if frame_estimate else "",
        is_corrected=bool(frame_estimate and frame_estimate.is_corrected),
        at=at,
    )
