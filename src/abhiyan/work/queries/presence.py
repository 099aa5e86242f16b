"""SQL for presence at the hour of a due: units, bodies, and holders of offices. `core.deadlines` has the rule."""

from collections.abc import Iterable

from abhiyan.core import sql
from abhiyan.work.models import Schedule
from abhiyan.work.rules.schedules import Period

# {on}, {at}: the day and the instant something is due. A unit is asked from the day after its first day.
UNIT_THERE = "(u.opened_on is null or u.opened_on < {on}) and (u.closed_on is null or u.closed_on > {on})"
BODY_THERE = "(b.made_at is null or b.made_at <= {at}) and (b.ended_on is null or b.ended_on > {on})"
# A holder who was never asked for a yes holds the office from the first day that was written for them.
HELD = """ap.starts_on <= {on} and ap.accepted_how <> '' and (coalesce(ap.accepted_at, ap.made_at) <= {at}
    or ap.accepted_how in ('named', 'before') and ap.starts_on < {on})
  and (ap.ends_on is null or ap.ends_on >= {on}) and (ap.ended_at is null or ap.ended_at > {at})"""

Place = tuple[int, int | None]  # a unit, and maybe a body of it
Slot = tuple[int, int, int | None, str]  # schedule, unit, body, first day of the period

_THERE = f"""select w.schedule_id, w.unit_id, w.body_id, w.begins_on
 from unnest(%(schedules)s::bigint[], %(offices)s::bigint[], %(units)s::bigint[], %(bodies)s::bigint[],
   %(begins)s::text[], %(days)s::date[], %(hours)s::timestamptz[])
   w(schedule_id, office_id, unit_id, body_id, begins_on, due_on, due_at)
 join units_unit u on u.id = w.unit_id left join org_body b on b.id = w.body_id
 where {UNIT_THERE.format(on="w.due_on")} and (b.id is null or {BODY_THERE.format(on="w.due_on", at="w.due_at")})
  and exists (select from org_appointment ap where ap.unit_id = w.unit_id
    and (w.body_id is null and ap.body_id is null and ap.office_id = w.office_id or ap.body_id = w.body_id)
    and (%(account)s::bigint is null or ap.account_id = %(account)s)
    and {HELD.format(on="w.due_on", at="w.due_at")})"""


def slots_with_holder(
    asked: Iterable[tuple[Schedule, Place, Iterable[Period]]], *, account_id: int | None = None
) -> set[Slot]:
    """Return the periods at whose hour the unit was open, its body was there, and somebody held the office.

    account_id: only where this person held it. In the caller's scope; one query.
    """
    rows = [(schedule, place, period) for schedule, place, periods in asked for period in periods]
    if not rows:
        return set()
    hours = [schedule.timing.due_at(period) for schedule, _place, period in rows]
    params = {
        "schedules": [schedule.pk for schedule, _place, _period in rows],
        "offices": [schedule.office_id for schedule, _place, _period in rows],
        "units": [place[0] for _one, place, _period in rows],
        "bodies": [place[1] for _one, place, _period in rows],
        "begins": [period.begins_on.isoformat() for _one, _place, period in rows],
        "days": [period.ends_on for _one, _place, period in rows],
        "hours": hours,
        "account": account_id,
    }
    return {tuple(row) for row in sql.rows(_THERE, params)}
