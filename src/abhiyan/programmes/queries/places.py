"""The places of a programme: the units that its scope means, such as one booth of every village."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from abhiyan.core import sql
from abhiyan.programmes.models import Programme
from abhiyan.units.models import Hierarchy

_OPEN = "({0}.closed_on is null or {0}.closed_on > %(on)s)"


def _first_of(kinds: str) -> str:
    """Return SQL: `u` is the first by code of the open units of its kind in one village or town of the scope."""
    return f"""exists (select from units_placement a join units_unit g on g.id = a.parent_id and g.kind in ({kinds})
      where a.unit_id = u.id and a.hierarchy = {Hierarchy.ADMINISTRATIVE.value} and a.lo is not null
        and not exists (select from units_placement b
          join units_unit v on v.id = b.unit_id and v.kind = u.kind and {_OPEN.format("v")}
          join units_placement q on q.unit_id = v.id and q.hierarchy = p.hierarchy and q.lo is not null
          join programmes_scope z on z.programme_id = %(programme)s
          join units_placement zp on zp.unit_id = z.unit_id and zp.hierarchy = p.hierarchy
            and q.lo >= zp.lo and q.lo < zp.hi
          where b.parent_id = a.parent_id and b.hierarchy = a.hierarchy and b.lo is not null
            and (v.code, v.id) < (u.code, u.id)))"""


# True where a unit `u` at `p` is a place by the rule `places` (rules/places.py). Closed units are not left out here.
IS_PLACE = f"""case %(places)s::text
  when '' then u.kind in ('booth', 'village', 'ward') and not exists (
    select from units_placement c join units_unit k on k.id = c.unit_id and {_OPEN.format("k")}
    where c.parent_id = p.unit_id and c.hierarchy = p.hierarchy and c.lo is not null)
  when 'village' then u.kind = 'village'
  when 'ward' then u.kind = 'ward'
  else u.kind = 'booth' and %(places)s::text in ('booth_of_village', 'village_and_town') and {_first_of("'village'")}
    or u.kind = 'ward' and %(places)s::text in ('ward_of_town', 'village_and_town')
      and {_first_of("'block', 'mandal'")}
  end"""
_PLACES = f"""select p.lo from programmes_scope s
  join units_placement top on top.unit_id = s.unit_id and top.hierarchy = %(h)s and top.lo is not null
  join units_placement p on p.hierarchy = %(h)s and p.lo >= greatest(top.lo, %(lo)s) and p.lo < least(top.hi, %(hi)s)
  join units_unit u on u.id = p.unit_id and u.kind in ('booth', 'village', 'ward') and {_OPEN.format("u")}
  where s.programme_id = %(programme)s and {IS_PLACE} order by p.lo"""


def count_places(programme: Programme, unit_ids: Sequence[int], *, on: date) -> dict[int, int]:
    """Return how many open places of a programme lie at or below each of these units. Two queries."""
    spans = sql.rows(
        "select unit_id, lo, hi from units_placement where unit_id = any(%s) and hierarchy = %s and lo is not null",
        [list(unit_ids), programme.hierarchy],
    )
    return places_counted(
        spans,
        {"h": programme.hierarchy, "programme": programme.pk, "places": programme.places, "on": on},
    )


def places_counted(spans: Sequence[tuple[int, int, int]], values: Mapping[str, Any]) -> dict[int, int]:
    """Return how many places lie in each span (unit, lo, hi). A unit with several spans gets their sum."""
    if not spans:
        return {}
    around = {"lo": min(lo for _unit, lo, _hi in spans), "hi": max(hi for _unit, _lo, hi in spans)}
    place_ids = sql.column(_PLACES, {**values, **around})
    counts: dict[int, int] = {}
    for unit, lo, hi in spans:
        counts[unit] = counts.get(unit, 0) + bisect_left(place_ids, hi) - bisect_left(place_ids, lo)
    return counts


def booths_without_village(programme: Programme, *, on: date) -> int:
    """Return how many open booths of a programme have no village. "One booth of every village" leaves them out."""
    return sql.count(
        f"""select count(*) from programmes_scope s
        join units_placement top on top.unit_id = s.unit_id and top.hierarchy = %(h)s and top.lo is not null
        join units_placement p on p.hierarchy = %(h)s and p.lo >= top.lo and p.lo < top.hi
        join units_unit u on u.id = p.unit_id and u.kind = 'booth' and {_OPEN.format("u")}
        where s.programme_id = %(programme)s and not exists (select from units_placement a
          join units_unit g on g.id = a.parent_id and g.kind = 'village'
          where a.unit_id = u.id and a.hierarchy = {Hierarchy.ADMINISTRATIVE.value} and a.lo is not null)""",
        {"h": programme.hierarchy, "programme": programme.pk, "on": on},
    )
