"""Count the workers who are asked about their entries: numbers only, for pages about units. No name, no reason."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from abhiyan.core import sql
from abhiyan.core.scope import system
from abhiyan.verification.models import Flag, Frame
from abhiyan.verification.rules.findings import EXPIRES


@dataclass(frozen=True, slots=True)
class FlagNumbers:
    """Flags without the worker's answer, answered and not decided, and proven."""

    unanswered: int = 0
    answered: int = 0
    proven: int = 0


_FOUND = f"f.step = '{Flag.Step.FOUND}' and f.decided_at < %(until)s"
_OPEN = f"f.asked_at > %(since)s and f.asked_at < %(until)s and not ({_FOUND})"
_ANSWERED = "coalesce(f.answered_at < %(until)s, false)"
_NUMBERS = f"""count(*) filter (where {_OPEN} and not {_ANSWERED}),
    count(*) filter (where {_OPEN} and {_ANSWERED}),
    count(*) filter (where {_FOUND})"""
_BELOW = f"""
select f.programme_id, f.measure, {_NUMBERS}
  from verification_flag f join units_placement p on p.unit_id = f.unit_id and p.hierarchy = %(hierarchy)s
 where f.programme_id = any(%(programmes)s) and p.lo >= %(lo)s and p.lo < %(hi)s and f.account_id <> %(without)s
 group by 1, 2"""
_IN_FRAME = f"""
with s as (select distinct unit_id, above from verification_stratum where frame_id = %(frame)s)
select a.unit_id, {_NUMBERS}
  from s join verification_flag f on f.unit_id = s.unit_id
    and f.programme_id = %(programme)s and f.measure = %(measure)s and f.account_id <> %(without)s
  cross join unnest(s.above) a(unit_id)
 group by 1"""


def flags_below(
    programmes: Iterable[int],
    *,
    hierarchy: int,
    span: tuple[int, int],
    without: int,
    at: datetime,
    until: datetime | None = None,
) -> dict[tuple[int, int], FlagNumbers]:
    """Count flags of workers of the districts in a span, by programme and measure. In a system scope; one query.

    without: an account whose own flags are not counted: that of the reader. Those whose time is over are gone.
    until: count what was so before then; None counts what is so now.
    """
    lo, hi = span
    params: dict[str, Any] = {"programmes": list(programmes), "hierarchy": hierarchy, "lo": lo, "hi": hi}
    rows = sql.rows(
        _BELOW, params | {"without": without, "since": at - EXPIRES, "until": until or "infinity"}
    )
    return {(programme, measure): FlagNumbers(*numbers) for programme, measure, *numbers in rows}


def flags_in_frame(frame: Frame, *, without: int, at: datetime) -> dict[int, FlagNumbers]:
    """Return the same by unit, in the tree of a frame as it was frozen: of districts and all above them. One query."""
    params: dict[str, Any] = {"frame": frame.pk, "programme": frame.programme_id, "measure": frame.measure}
    with system("flags in numbers"):
        rows = sql.rows(_IN_FRAME, params | {"without": without, "since": at - EXPIRES, "until": "infinity"})
    return {unit: FlagNumbers(*numbers) for unit, *numbers in rows}
