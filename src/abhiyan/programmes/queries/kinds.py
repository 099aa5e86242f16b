"""Programmes by kind, by day and by place: each room with a kind of its own asks here."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from abhiyan.core import sql
from abhiyan.core.clock import day_in
from abhiyan.core.refusals import NotFound
from abhiyan.programmes.models import Programme

from .programmes import open_programmes_of, programme


def programme_of_kind(public_id: UUID, kind: str) -> Programme:
    """Return a programme by its public id to anybody. NotFound for one of another kind."""
    row = programme(public_id)
    if row.kind != kind:
        raise NotFound
    return row


def runs_on(programme: Programme, day: date) -> bool:
    """Return whether a programme is open and its window holds a day."""
    return programme.state == Programme.State.OPEN and programme.opens_on <= day <= programme.closes_on


def runs_now(programme: Programme, at: datetime) -> bool:
    """Return whether a programme is open and an instant lies in its window, by its own zone."""
    return runs_on(programme, day_in(programme.zone, at))


def running_of_kind(kind: str, at: datetime) -> list[Programme]:
    """Return the programmes of a kind that run now, the older first. One query."""
    return [programme for programme in open_programmes_of(kind) if runs_now(programme, at)]


def is_past(programme: Programme, at: datetime) -> bool:
    """Return whether the last day of a programme is past."""
    return day_in(programme.zone, at) > programme.closes_on


def covers_part(programme: Programme, span: tuple[int, int]) -> bool:
    """Return whether a programme has a scope at, above or below the unit within [lo, hi), open or closed."""
    return sql.exists(
        "select from programmes_scope s join units_placement top on top.unit_id = s.unit_id"
        " where s.programme_id = %(programme)s and top.hierarchy = %(hierarchy)s"
        " and top.lo < %(hi)s and top.hi > %(lo)s",
        {"programme": programme.pk, "hierarchy": programme.hierarchy, "lo": span[0], "hi": span[1]},
    )


# A unit `p` is open, and at, below or above a unit of the programme's scope.
IN_PLAY = """(u.closed_on is null or u.closed_on > %(on)s)
  and exists (select from programmes_scope s
    join units_placement sp on sp.unit_id = s.unit_id and sp.hierarchy = p.hierarchy
    where s.programme_id = %(programme)s
      and (p.lo >= sp.lo and p.lo < sp.hi or sp.lo >= p.lo and sp.lo < p.hi))"""


def in_play(programme_id: int, hierarchy: int, unit_ids: Sequence[int], *, on: date) -> set[int]:
    """Return the open units among these that are at, below or above a unit of a programme's scope."""
    return set(
        sql.column(
            f"""select p.unit_id from units_placement p join units_unit u on u.id = p.unit_id
        where p.unit_id = any(%(units)s) and p.hierarchy = %(h)s and p.lo is not null and {IN_PLAY}""",
            {"units": list(unit_ids), "h": hierarchy, "programme": programme_id, "on": on},
        )
    )


def is_in_play(programme: Programme, unit_id: int, *, on: date) -> bool:
    """Return whether a unit is open and a programme has a scope at, above or below it."""
    return bool(in_play(programme.pk, programme.hierarchy, [unit_id], on=on))
