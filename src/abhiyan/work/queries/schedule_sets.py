"""The set of a schedule: which units or bodies it asks. Preview, dues, board and messages read it by `in_set`."""

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

from abhiyan.core import sql
from abhiyan.units import queries as units
from abhiyan.units.models import Kind
from abhiyan.work.models import Schedule
from abhiyan.work.models_schedules import in_set

from .tasks import ACTIVE

IN_SET = in_set()  # of parameters
OF_BODY = "(%(body)s::bigint is null or b.id = %(body)s::bigint)"
AREA_KINDS = (Kind.MANDAL.value, Kind.BLOCK.value, Kind.BOOTH.value)  # they are rural or urban
MOST_LOOKED_AT = 20_000  # units, to know whether some are rural and some urban

# Placements of the parts of a schedule `s`: what it names, or all below it. Between {lo} and {hi}.
_PARTS = """units_placement a join units_placement p on p.lo >= greatest(a.lo, {lo}) and p.lo < least(a.hi, {hi})
 {joined} where a.unit_id = any(case when cardinality(s.within) = 0 then array[s.unit_id] else s.within end)
  and a.hierarchy = s.hierarchy and a.lo is not null"""
_UNITS = "join units_unit u on u.id = p.unit_id and u.kind = s.kind and p.unit_id <> s.unit_id"
_BODIES = """join org_body b on b.unit_id = p.unit_id and b.kind = s.body_kind
 and (s.body_id is null or s.body_id = b.id)"""


def asked_units_sql(lo: str, hi: str) -> str:
    """Return the SQL of the units `u` that a schedule `s` asks in the positions from lo to hi, closed ones too."""
    return f"{_PARTS.format(lo=lo, hi=hi, joined=_UNITS)} and {in_set('s')}"


def reaches_sql(schedule: str, lo: str, hi: str) -> str:
    """Return the SQL that decides whether a schedule asks a unit or body in the positions from lo to hi."""
    bodies = _PARTS.format(lo=lo, hi=hi, joined=_BODIES)
    return f"""exists (select from (select {schedule}.*) s where case when s.body_kind <> '' then
      exists (select from {bodies}) else exists (select from {asked_units_sql(lo, hi)}) end)"""


def set_values(schedule: Schedule) -> dict[str, Any]:
    """Return the parameters of `IN_SET` and `OF_BODY`. The schedule need not be saved."""
    return {
        "within": schedule.within,
        "hierarchy": schedule.hierarchy,
        "area": schedule.area,
        "body": schedule.body_id,
    }


def bounds_of_set(schedule: Schedule, span: tuple[int, int]) -> tuple[int, int]:
    """Return the part of a span in which all named units lie. It is the span where a schedule names none."""
    if not schedule.within:
        return span
    parts = units.spans(schedule.within, schedule.hierarchy).values()
    los, his = [lo for lo, _hi in parts], [hi for _lo, hi in parts]
    return max(span[0], min(los, default=span[1]) - 1), min(span[1], max(his, default=span[0]))


def count_set(schedule: Schedule, *, on: date) -> tuple[int, int]:
    """Count the open units or bodies that a schedule asks today, and units without a holder of its office.

    The schedule need not be saved. Two queries.
    """
    lo, hi = units.span(schedule.unit_id, schedule.hierarchy)
    values = set_values(schedule) | {
        "lo": lo,
        "hi": hi,
        "kind": schedule.kind,
        "body_kind": schedule.body_kind,
    }
    values |= {"office": schedule.office_id, "on": on}
    if schedule.body_kind:
        n = sql.count(
            f"""select count(*) from org_body b join units_unit u on u.id = b.unit_id and u.closed_on is null
            join units_placement p on p.unit_id = b.unit_id and p.lo >= %(lo)s and p.lo < %(hi)s
            where b.kind = %(body_kind)s and b.ended_on is null and {IN_SET} and {OF_BODY}""",
            values,
        )
        return n, 0
    row = sql.row(
        f"""select count(*), count(*) filter (where not exists (select from org_appointment ap
            where ap.unit_id = u.id and ap.office_id = %(office)s and ap.body_id is null and {ACTIVE}))
        from units_placement p join units_unit u on u.id = p.unit_id and u.kind = %(kind)s
        where p.lo > %(lo)s and p.lo < %(hi)s and u.closed_on is null and {IN_SET}""",
        values,
    )
    return (row[0], row[1]) if row else (0, 0)


def asked_places(
    pairs: Iterable[tuple[Schedule, int, int | None]],
) -> set[tuple[int, int, int | None]]:
    """Return those of schedules with a unit and maybe its body (ids) where the set has the unit and the body.

    Kind and office are the caller's to look at. A query only where a schedule asks less than all.
    """
    pairs = list(pairs)
    narrow = [pair for pair in pairs if pair[0].is_narrow]
    whole = {(schedule.pk, unit, body) for schedule, unit, body in pairs if not schedule.is_narrow}
    if not narrow:
        return whole
    rows = sql.rows(
        f"""select s.id, w.unit_id, w.body_id
        from unnest(%(schedules)s::bigint[], %(units)s::bigint[], %(bodies)s::bigint[])
          w(schedule_id, unit_id, body_id)
        join programmes_schedule s on s.id = w.schedule_id
        join units_placement p on p.unit_id = w.unit_id and p.hierarchy = s.hierarchy and p.lo is not null
        where {in_set("s")} and (s.body_id is null or s.body_id = w.body_id)""",
        {
            "schedules": [schedule.pk for schedule, _unit, _body in narrow],
            "units": [unit for _schedule, unit, _body in narrow],
            "bodies": [body for _schedule, _unit, body in narrow],
        },
    )
    return whole | {tuple(row) for row in rows}


def reaching_span(some: Collection[Schedule], span: tuple[int, int]) -> list[Schedule]:
    """Return those of some schedules that ask a unit or body in a span. A query only where one asks less than all."""
    narrow = [schedule.pk for schedule in some if schedule.is_narrow]
    if not narrow:
        return list(some)
    in_span = set(
        sql.column(
            f"select o.id from programmes_schedule o where o.id = any(%(some)s::bigint[])"
            f" and {reaches_sql('o', '%(lo)s', '%(hi)s')}",
            {"some": narrow, "lo": span[0], "hi": span[1]},
        )
    )
    return [schedule for schedule in some if not schedule.is_narrow or schedule.pk in in_span]


def share_a_unit(schedule: Schedule, other: Schedule) -> bool:
    """Return True if two schedules of one kind of unit ask the same unit. other: a saved one."""
    lo, hi = units.span(schedule.unit_id, schedule.hierarchy)
    return sql.exists(
        f"""select 1 from programmes_schedule s, lateral (select p.* from {asked_units_sql("%(lo)s", "%(hi)s")}) p
        where s.id = %(other)s and {IN_SET} limit 1""",
        set_values(schedule) | {"lo": lo, "hi": hi, "other": other.pk},
    )


def has_both_areas(unit_id: int, hierarchy: int, kinds: Collection[str]) -> bool:
    """Return True if some units of these kinds below a unit are rural and some are urban.

    The highest kind that is one or the other decides. Units too many to look at count as both.
    """
    kind = next((area_kind for area_kind in AREA_KINDS if area_kind in kinds), "")
    if not kind:
        return False
    if units.counts_below(unit_id, hierarchy).get(kind, 0) > MOST_LOOKED_AT:
        return True
    lo, hi = units.span(unit_id, hierarchy)
    some = f"""exists (select from units_placement p join units_unit u on u.id = p.unit_id and u.kind = %(kind)s
      where p.lo > %(lo)s and p.lo < %(hi)s and u.closed_on is null and {IN_SET})"""
    areas = [some.replace("%(area)s", f"'{area}'") for area, _name in Schedule.AREAS]
    values: dict[str, Any] = {"kind": kind, "lo": lo, "hi": hi, "within": [], "hierarchy": hierarchy}
    return sql.exists(f"select 1 where {' and '.join(areas)}", values)
