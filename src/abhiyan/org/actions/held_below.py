"""Seats held below wide units, counted again and again: what pages of a nation read instead of every appointment."""

from datetime import datetime, timedelta

from django.conf import settings

from abhiyan.core import clock, sql
from abhiyan.org.models import HeldBelow
from abhiyan.org.rules.vacancies import WIDE

REWRITTEN_AFTER = timedelta(minutes=10)  # a count that stays is written again so seldom

# The number line is cut wherever a wide unit begins or ends; seats are counted once per piece, and pieces summed.
_COUNT = """
    with wide as (
      select unit_id, hierarchy, lo + 1 as lo, hi from units_placement where lo is not null and leaves >= %(wide)s
    ), cut as (
      select array_agg(b order by b) as at from (select lo as b from wide union select hi from wide) every
    ), held as (
      select unit_id, office_id, bool_or(state = 'disputed') as disputed from org_appointment
      where state in ('active', 'disputed') and body_id is null and starts_on <= %(day)s
        and (ends_on is null or ends_on >= %(day)s)
      group by unit_id, office_id
    ), piece as (
      select width_bucket(p.lo, cut.at) as n, h.office_id, u.kind, count(*) as held,
        count(*) filter (where h.disputed) as disputed
      from cut, held h join units_unit u on u.id = h.unit_id
      join units_placement p on p.unit_id = h.unit_id and p.lo is not null
      where cut.at is not null
      group by 1, 2, 3
    ), summed as (
      select w.unit_id, w.hierarchy, p.office_id, p.kind, sum(p.held) as held, sum(p.disputed) as disputed
      from wide w cross join cut join piece p on p.n > 0 and cut.at[p.n] >= w.lo and cut.at[p.n] < w.hi
      group by 1, 2, 3, 4
    )
    insert into org_held_below as o (unit_id, hierarchy, held, day, counted_at)
    select w.unit_id, w.hierarchy, coalesce(jsonb_agg(
      jsonb_build_array(s.office_id, s.kind, s.held, s.disputed) order by s.office_id, s.kind
    ) filter (where s.held > 0), '[]'), %(day)s, %(at)s
    from wide w left join summed s on s.unit_id = w.unit_id and s.hierarchy = w.hierarchy
    group by w.unit_id, w.hierarchy
    on conflict (unit_id, hierarchy) do update
      set held = excluded.held, day = excluded.day, counted_at = excluded.counted_at
      where o.held <> excluded.held or o.day <> excluded.day or o.counted_at < %(kept)s
"""


def count_held(*, at: datetime) -> int:
    """Count the seats held below every unit of at least WIDE childless ones. Returns how many counts were written.

    In one pass over the appointments: about four seconds for a million. Run by a loop, in its system scope.
    """
    day = clock.day_in(settings.TIME_ZONE, at)
    written: int = sql.run(_COUNT, {"wide": WIDE, "day": day, "at": at, "kept": at - REWRITTEN_AFTER})
    HeldBelow.objects.filter(counted_at__lt=at - 2 * REWRITTEN_AFTER).delete()  # wide no longer
    return written
