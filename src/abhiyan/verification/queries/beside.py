"""Show what units reported beside what checks of a frame found; by the tree as it was frozen."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.conf import settings

from abhiyan.core import sql
from abhiyan.core.clock import day_in
from abhiyan.programmes import queries as programmes
from abhiyan.programmes.rules.estimated import Estimated, RealShare
from abhiyan.verification.models import Estimate, Frame
from abhiyan.verification.rules.beside import FrameFigures
from abhiyan.verification.rules.estimates import ranks

from .frames import frame_days
from .told import COLUMNS, SPEAKS_FIRST, estimated_of, share_columns, share_of

_CELLS = f"""u.id, u.code, u.names, u.kind, p.lo, a.reported, {share_columns("a")}, {share_columns("e")},
    {share_columns("w")}, a.drawn"""
_ESTIMATES = f"""join units_unit u on u.id = b.unit_id
  left join units_placement p on p.unit_id = u.id and p.hierarchy = b.hierarchy
  join verification_estimate a
    on a.frame_id = b.frame_id and a.unit_id = u.id and a.shade = {Estimate.Shade.ENTERED}
  left join verification_estimate e
    on e.frame_id = a.frame_id and e.unit_id = u.id and e.shade = {Estimate.Shade.SIGNED}
  left join verification_estimate w
    on w.frame_id = a.frame_id and w.unit_id = u.id and w.shade = {Estimate.Shade.UNSIGNED}"""
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


_SPEAKS = f"""
select distinct on (f.programme_id, f.measure) f.id from verification_frame f
  left join verification_estimate a
    on a.frame_id = f.id and a.unit_id = %(unit)s and a.shade = {Estimate.Shade.ENTERED}
  left join verification_estimate e
    on e.frame_id = f.id and e.unit_id = %(unit)s and e.shade = {Estimate.Shade.SIGNED}
 where f.programme_id = any(%(programmes)s) and f.state <> '{Frame.State.FROZEN}'
 order by f.programme_id, f.measure, {SPEAKS_FIRST}"""


# The same frame of each of several units and measures, by place in what was asked; with the frame before.
_TOTALS = f"""
select distinct on (w.i) w.i, a.items, a.rate, a.low, a.high, f.frozen_at, f.number
  from unnest(%(i)s::int[], %(units)s::bigint[], %(programmes)s::bigint[], %(measures)s::int[])
    w(i, unit_id, programme_id, measure)
  join verification_frame f on f.programme_id = w.programme_id and f.measure = w.measure
   and f.state <> '{Frame.State.FROZEN}'
  left join verification_estimate a
    on a.frame_id = f.id and a.unit_id = w.unit_id and a.shade = {Estimate.Shade.ENTERED}
  left join verification_estimate e
    on e.frame_id = f.id and e.unit_id = w.unit_id and e.shade = {Estimate.Shade.SIGNED}
 order by w.i, {SPEAKS_FIRST}"""


@dataclass(frozen=True, slots=True)
class RealTotal:
    """The real entries of a frame in a unit: how many at least and at most. is_first: no frame came before it."""

    low: int
    high: int
    frozen_on: date
    is_first: bool


@dataclass(frozen=True, slots=True)
class BesideLine:
    """One unit: what it said of itself, what it reported, what checks found.

    rank: by the least gap, shared by units too close to tell apart; None without an estimate. lo: its position
    today. drawn: checks. after: the day the frame before was frozen.
    """

    down: int
    has_below: bool
    unit_id: int
    code: str
    names: dict[str, str]
    kind: str
    lo: int | None
    of: FrameFigures
    drawn: int
    after: date | None = None
    said: int | None = None
    rank: int | None = None

    def told(self, frame: Frame, *, on: date) -> Estimated:
        """Return the same for the words of `programmes.truth_of`."""
        return estimated_of(
            frame.public_id,
            self.code,
            kind=frame.programme.kind,
            measure=frame.measure,
            frozen_at=frame.frozen_at,
            since=self.after or frame.programme.opens_on,
            ends_on=frame.ends_on if frame.state == Frame.State.DRAWN and frame.ends_on >= on else None,
            reported=self.of.reported,
            shares=(self.of.entered, self.of.counted, self.of.unanswered),
        )


def lines_beside(frame: Frame, unit_id: int, *, at: datetime) -> list[BesideLine]:
    """Return a unit of a frame and all below it down to the districts, as far as the scope in force sees them;
    itself first.

    None of them has a rank yet.
    """
    params: dict[str, Any] = {"frame": frame.pk, "unit": unit_id, "hierarchy": frame.programme.hierarchy}
    lines = [_line(*row) for row in sql.rows(_UNITS, params)]
    after, until = frame_days(frame)
    own_figures = programmes.own_figures_of_units(
        frame.programme,
        frame.measure,
        [line_beside.unit_id for line_beside in lines],
        after=after,
        until=until,
        at=at,
    )
    return [
        replace(line_beside, after=after, said=own_figures.get(line_beside.unit_id)) for line_beside in lines
    ]


Key = tuple[int, int]  # programme and measure


def lines_in(frames: Mapping[Key, Frame], unit_id: int, *, at: datetime) -> dict[Key, BesideLine]:
    """Return a unit alone in several frames, by programme and measure; where it is in none, or out of sight,
    there is none.

    Two queries, however many frames there are.
    """
    if not frames:
        return {}
    keys = {frame.pk: key for key, frame in frames.items()}
    lines_by_key, days = {}, {}
    for frame_id, before, *row in sql.rows(_UNIT, {"frames": list(keys), "unit": unit_id}):
        key, zone = keys[frame_id], settings.TIME_ZONE
        lines_by_key[key] = _line(*row)
        days[key] = before and day_in(zone, before), day_in(zone, frames[key].frozen_at)
    own_figures = programmes.own_figures_of_unit(unit_id, days, at=at)
    return {
        key: replace(line_beside, after=days[key][0], said=own_figures.get(key))
        for key, line_beside in lines_by_key.items()
    }


def _line(*row: Any) -> BesideLine:
    shares = [share_of(*row[at : at + COLUMNS]) for at in range(8, 8 + 3 * COLUMNS, COLUMNS)]
    cells: tuple[Any, ...] = (*row[:7], FrameFigures(row[7] or 0, *shares), row[-1])
    return BesideLine(*cells)


def line_without_place(line_beside: BesideLine, parts: Sequence[BesideLine]) -> BesideLine | None:
    """Return a row for what a unit has and none of its parts: calls and entries without a place.

    None where there is nothing. With this row the parts make the whole. It has no estimate of its own, no code
    and no name.
    """

    def rest(figure: Callable[[FrameFigures], int]) -> int:
        return max(0, figure(line_beside.of) - sum(figure(line_beside.of) for line_beside in parts))

    frame_figures = FrameFigures(
        rest(lambda frame_figures: frame_figures.reported),
        RealShare(rest(lambda frame_figures: frame_figures.entered.items)),
        RealShare(rest(lambda frame_figures: frame_figures.counted.items)),
        RealShare(rest(lambda frame_figures: frame_figures.unanswered.items)),
    )
    is_nothing = not frame_figures.reported and not frame_figures.entered.items
    return (
        None
        if is_nothing
        else replace(
            line_beside, code="", names={}, of=frame_figures, has_below=False, drawn=0, said=None, rank=None
        )
    )


def speaking_frames(programme_ids: Iterable[int], unit_id: int) -> dict[Key, Frame]:
    """Find the frame of each measure that speaks for a unit on every page, as for its ladder. Two queries."""
    speaks = sql.column(_SPEAKS, {"programmes": list(programme_ids), "unit": unit_id})
    frames = Frame.objects.filter(pk__in=speaks).select_related("programme")
    return {(frame.programme_id, frame.measure): frame for frame in frames}


def real_totals(places: Sequence[tuple[int, int, int]]) -> dict[int, RealTotal]:
    """Find the interval of the frame that speaks for each unit, programme and measure; by their place in `places`.

    Units without an interval are left out. One query.
    """
    rows = sql.rows(
        _TOTALS,
        {
            "i": list(range(len(places))),
            "units": [unit_id for unit_id, _programme, _measure in places],
            "programmes": [programme for _unit_id, programme, _measure in places],
            "measures": [measure for _unit_id, _programme, measure in places],
        },
    )
    return {
        i: RealTotal(
            math.floor(low * items), math.ceil(high * items), day_in(settings.TIME_ZONE, at), number == 1
        )
        for i, items, rate, low, high, at, number in rows
        if items and rate is not None
    }


def ranked(lines: Sequence[BesideLine]) -> list[BesideLine]:
    """Return lines by the least the gap can be, largest first, with their ranks; those without an estimate last."""
    rated_lines = [line_beside for line_beside in lines if line_beside.of.entered.rate is not None]
    rated_lines.sort(key=lambda line_beside: (line_beside.of.entered.high, line_beside.code))
    places = ranks(line_beside.of.entered for line_beside in rated_lines)
    return [
        *(replace(line_beside, rank=place) for place, line_beside in zip(places, rated_lines, strict=True)),
        *(line_beside for line_beside in lines if line_beside.of.entered.rate is None),
    ]
