"""The office that does the work of a unit's desk today: the unit's own, or the nearest above a vacant one."""

from collections.abc import Collection, Sequence
from datetime import date

from django.conf import settings

from abhiyan.core import clock, sql
from abhiyan.core.actor import Actor
from abhiyan.core.scope import system

from .authority import NotYours, require
from .offices import HELD


def require_at_desk(by: Actor, capability: str, *, at: int) -> None:
    """Refuse (NotYours) unless `by` holds this in the unit `at` itself, for what belongs to its desk alone.

    A vacant desk is decided by the nearest unit above where somebody holds it today. The system may.
    """
    require(by, capability, at=at)
    if by.kind == "system":
        return
    on = clock.today(settings.TIME_ZONE)
    unit_id = nearest_with(at, capability, on=on)
    with system("who sits at a desk"):
        is_there = sql.exists(
            "select from org_appointment ap join org_office o on o.id = ap.office_id"
            " where ap.account_id = %(account)s and ap.unit_id = %(unit)s and ap.body_id is null"
            f" and ap.state = 'active' and {HELD} and %(capability)s = any (o.capabilities)",
            {"account": by.account_id, "unit": unit_id, "capability": capability, "on": on},
        )
    if not is_there:
        raise NotYours(capability=capability)


def nearest_with(
    unit_id: int, capability: str, *, on: date, above: bool = False, offices: Sequence[str] = ()
) -> int | None:
    """The nearest unit upwards where an office is held on a day that has a capability: the unit itself, or with
    `above` one above it; None where there is none.

    offices: only one of these will do (their codes); none: any. It asks the organisational tree if the unit is in it.
    """
    return nearest_each([unit_id], capability, on=on, above=above, offices=offices).get(unit_id)


def nearest_each(
    unit_ids: Collection[int], capability: str, *, on: date, above: bool = False, offices: Sequence[str] = ()
) -> dict[int, int]:
    """The same of several units, by unit; those without one are left out. One query."""
    if not unit_ids:
        return {}
    with system("who may be asked"):
        rows = sql.rows(
            f"""
            with recursive up as (
              select * from (select distinct on (unit_id) unit_id as of, unit_id, parent_id, hierarchy, 0 as step
                from units_placement where unit_id = any(%(units)s) and valid_to is null
                order by unit_id, hierarchy) own
              union all
              select up.of, q.unit_id, q.parent_id, q.hierarchy, up.step + 1 from up join units_placement q
                on q.unit_id = up.parent_id and q.hierarchy = up.hierarchy and q.valid_to is null
            )
            select distinct on (up.of) up.of, up.unit_id from up where up.step >= %(first)s and exists (
              select from org_appointment ap join org_office o on o.id = ap.office_id
              where ap.unit_id = up.unit_id and ap.body_id is null and ap.state = 'active' and {HELD}
                and %(capability)s = any (o.capabilities)
                and (%(offices)s::text[] = '{{}}' or o.code = any (%(offices)s::text[])))
            order by up.of, up.step
            """,
            {
                "units": list(unit_ids),
                "on": on,
                "capability": capability,
                "first": int(above),
                "offices": list(offices),
            },
        )
    return dict(rows)
