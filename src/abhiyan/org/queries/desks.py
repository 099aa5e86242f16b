"""The office that does the work of a unit's desk today: the unit's own, or the nearest above a vacant one."""

from collections.abc import Collection, Sequence
from datetime import date

from abhiyan.core import sql
from abhiyan.core.scope import system

# An appointment `ap` whose office may act on the day %(today)s. One that is disputed may not.
STANDS = """ap.state = 'active' and ap.starts_on <= %(today)s
      and (ap.ends_on is null or ap.ends_on >= %(today)s)"""


def nearest_with(
    unit_id: int,
    capability: str,
    *,
    on: date,
    above: bool = False,
    offices: Sequence[str] = (),
    but: Collection[int] = (),
) -> int | None:
    """The nearest unit upwards where an office is held on a day that has a capability: the unit itself, or with
    `above` one above it; None where there is none.

    offices: only one of these will do (their codes); none: any. but: accounts that do not count, for the matter is
    their own. It asks the organisational tree if the unit is in it.
    """
    return nearest_each([unit_id], capability, on=on, above=above, offices=offices, but=but).get(unit_id)


def nearest_each(
    unit_ids: Collection[int],
    capability: str,
    *,
    on: date,
    above: bool = False,
    offices: Sequence[str] = (),
    but: Collection[int] = (),
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
              where ap.unit_id = up.unit_id and ap.body_id is null and ap.state = 'active' and {STANDS}
                and %(capability)s = any (o.capabilities) and ap.account_id <> all (%(but)s::bigint[])
                and (%(offices)s::text[] = '{{}}' or o.code = any (%(offices)s::text[])))
            order by up.of, up.step
            """,
            {
                "units": list(unit_ids),
                "today": on,
                "capability": capability,
                "first": int(above),
                "offices": list(offices),
                "but": list(but),
            },
        )
    return dict(rows)
