"""The units that cut through a frame's districts, as they lay at the freeze."""

from collections import defaultdict
from collections.abc import Iterable

from abhiyan.core import sql
from abhiyan.units.models import MANY, Kind
from abhiyan.verification.rules.parts import Chain

# Units of any tree. Units that have a stratum or are above one are left out. So are units that get grades (below a
# district of the programme's tree), and very numerous kinds. A unit of two trees counts in the first of them. The index
# `placement_lo` finds what lies in each.
_ACROSS = """
with across as materialized (
  select distinct on (p.unit_id) p.hierarchy, p.unit_id, p.lo, p.hi
    from units_placement p join units_unit u on u.id = p.unit_id
   where p.lo is not null and u.kind <> all(%(many)s) and p.unit_id <> all(%(above)s) and not exists (
     select from units_placement o
       join units_placement d on d.hierarchy = o.hierarchy and d.lo <= o.lo and o.lo < d.hi and d.unit_id <> o.unit_id
       join units_unit du on du.id = d.unit_id and du.kind = %(district)s
      where o.unit_id = p.unit_id and o.hierarchy = %(hierarchy)s and o.lo is not null)
   order by p.unit_id, p.hierarchy)
select a.hierarchy, p.unit_id, array_agg(a.unit_id order by a.lo, a.hi desc) from across a
  join units_placement p on p.lo >= a.lo and p.lo < a.hi
 where p.unit_id = any(%(places)s) group by 1, 2"""


def chains_across(
    places: Iterable[int], *, above: Iterable[int], hierarchy: int
) -> dict[int, dict[int, Chain]]:
    """Find the constituencies and other units above places that have no stratum of their own, by tree and place.

    above: the districts of the frame and all units above them. hierarchy: of the programme. One query.
    """
    params = {"places": list(places), "above": list(above), "hierarchy": hierarchy}
    chains: dict[int, dict[int, Chain]] = defaultdict(dict)
    for tree, place, chain in sql.rows(_ACROSS, params | {"many": MANY, "district": Kind.DISTRICT}):
        chains[tree][place] = tuple(chain)
    return dict(chains)
