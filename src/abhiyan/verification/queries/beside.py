"""What units reported, beside what checks of a frame found; of the tree as it was frozen."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.conf import settings

from abhiyan.core import sql
from abhiyan.core.clock import day_in
from abhiyan.programmes import queries as programmes
from abhiyan.verification.models import Estimate, Frame
from abhiyan.verification.rules.beside import Beside
from abhiyan.verification.rules.estimates import ranks

_CELLS = """u.id, u.code, u.names, u.kind, p.lo, e.reported, e.items, coalesce(w.items, 0),
    e.rate, e.low, e.high, e.genuine + e.not_genuine, e.refused + e.unresolved, e.method, e.is_corrected"""
_ESTIMATES = f"""join units_unit u on u.id = b.unit_id
  left join units_placement p on p.unit_id = u.id and p.hierarchy = b.hierarchy
  join verification_estimate e
    on e.frame_id = b.frame_id and e.unit_id = u.id and e.shade = {Estimate.Shade.SIGNED}
  left join verification_estimate w
    on w.frame_id = e.frame_id and w.unit_id = u.id and w.shade = {Estimate.Shade.UNSIGNED}"""
# Units at and below one, by the districts' ways up as they were frozen. `down`: how far below it, 0 for itself.
_UNITS = f"""
with below as (
  select %(frame)s::bigint as frame_id, %(hierarchy)s as hierarchy, a.unit_id,
      min(a.i - array_position(s.above, %(unit)s)) as down, bool_or(a.i < cardinality(s.above)) as has_below
    from verification_stratum s cross join lateral unnest(s.above) with ordinality a(unit_id, i)
   where s.frame_id = %(frame)s and a.i >= array_position(s.above, %(unit)s) group by 3)
select b.down, b.has_below, {_CELLS} from below b {_ESTIMATES} order by b.down, u.code"""
# One unit in several frames; the day the frame before each was frozen.
_UNIT = f"""
with below as (
  select s.frame_id, g.hierarchy, %(unit)s::bigint as unit_id,
      bool_or(array_position(s.above, %(unit)s) < cardinality(s.above)) as has_below
    from verification_stratum s join verification_frame f on f.id = s.frame_id
    join programmes_programme g on g.id = f.programme_id
   where s.frame_id = any(%(frames)s) and array_position(s.above, %(unit)s) is not null group by 1, 2)
select b.frame_id, (select o.frozen_at from verification_frame f join verification_frame o
    on o.programme_id = f.programme_id and o.measure = f.measure and o.number = f.number - 1 where f.id = b.frame_id),
  0, b.has_below, {_CELLS} from below b {_ESTIMATES}"""


@dataclass(frozen=True, slots=True)
class Line:
    """One unit: what it said of itself, what it reported, what checks found. rank: by the least gap, shared by those
    that cannot be told apart; None without an estimate. lo: where it stands today."""

    down: int
    has_below: bool
    unit_id: int
    code: str
    names: dict[str, str]
    kind: str
    lo: int | None
    of: Beside
    finished: int
    not_told: int
    method: str
    is_corrected: bool
    said: int | None = None
    rank: int | None = None


def days_of(frame: Frame) -> tuple[date | None, date]:
    """The day the frame before was frozen (None: it is the first), and the day this one was."""
    before = Frame.objects.filter(
        programme=frame.programme_id, measure=frame.measure, number=frame.number - 1
    )
    at = before.values_list("frozen_at", flat=True).first()
    return at and day_in(settings.TIME_ZONE, at), day_in(settings.TIME_ZONE, frame.frozen_at)


def lines_of(frame: Frame, unit_id: int) -> list[Line]:
    """A unit of a frame and all below it down to the districts, as far as the scope in force sees them; itself first.

    None of them has a rank yet.
    """
    given: dict[str, Any] = {"frame": frame.pk, "unit": unit_id, "hierarchy": frame.programme.hierarchy}
    found = [_line(*row) for row in sql.rows(_UNITS, given)]
    after, until = days_of(frame)
    said = programmes.said_in(
        frame.programme, frame.measure, [one.unit_id for one in found], after=after, until=until
    )
    return [replace(one, said=said.get(one.unit_id)) for one in found]


Key = tuple[int, int]  # programme and measure


def lines_in(frames: Mapping[Key, Frame], unit_id: int) -> dict[Key, Line]:
    """A unit alone in several frames, by programme and measure; where it is in none, or out of sight, there is none.

    Two queries, however many frames there are.
    """
    if not frames:
        return {}
    keys = {frame.pk: key for key, frame in frames.items()}
    found, days = {}, {}
    for frame_id, before, *row in sql.rows(_UNIT, {"frames": list(keys), "unit": unit_id}):
        key, zone = keys[frame_id], settings.TIME_ZONE
        found[key] = _line(*row)
        days[key] = before and day_in(zone, before), day_in(zone, frames[key].frozen_at)
    said = programmes.said_of(unit_id, days)
    return {key: replace(one, said=said.get(key)) for key, one in found.items()}


def _line(*row: Any) -> Line:
    reported, *counted = row[7:13]
    cells: tuple[Any, ...] = (*row[:7], Beside(reported or 0, *counted), *row[13:])
    return Line(*cells)


def newest_frames(programme_ids: Iterable[int]) -> dict[tuple[int, int], Frame]:
    """The newest drawn frame of each measure of programmes, by programme and measure. One query."""
    found = Frame.objects.filter(programme__in=list(programme_ids)).exclude(state=Frame.State.FROZEN)
    newest = found.select_related("programme").order_by("programme", "measure", "-number")
    return {(one.programme_id, one.measure): one for one in newest.distinct("programme", "measure")}


def ranked(lines: Sequence[Line]) -> list[Line]:
    """Lines by the least the gap can be, largest first, with their ranks; those without an estimate last."""
    known = [(ends, one) for one in lines if (ends := one.of.ends) is not None]
    known.sort(key=lambda each: (each[0].high, each[1].code))
    places = ranks(ends for ends, _ in known)
    return [
        *(replace(one, rank=place) for place, (_, one) in zip(places, known, strict=True)),
        *(one for one in lines if one.of.ends is None),
    ]
