"""Find the line of command of an item, and the people a verifier knows: nobody checks their own."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from abhiyan.core import sql
from abhiyan.people import queries as people
from abhiyan.units.models import Kind

VERIFY = "verification.check"

# Everywhere accounts stand, or stood since a programme opened: an office given back last week is no distance. A unit
# in no tree of districts, such as a constituency, is placed where the units beneath it are. trees: those in which the
# compared units are placed. Other trees are not read: every booth below an office would be a row.
_LINE = """
own as (
  select ap.account_id, ap.unit_id, coalesce(least(ap.ends_on, ap.ended_at::date), 'infinity') as until
    from org_appointment ap where ap.account_id = any(%(accounts)s) and ap.accepted_how <> ''),
mine as materialized (
  select o.account_id, a.unit_id, a.hierarchy, a.lo, a.hi, o.until from own o
    join units_placement a on a.unit_id = o.unit_id and a.lo is not null),
line as materialized (
  select m.account_id, m.hierarchy, m.lo, m.hi, m.until from mine m
  union all
  select m.account_id, y.hierarchy, y.lo, y.hi, m.until from mine m
    join units_placement x on x.hierarchy = m.hierarchy and x.lo >= m.lo and x.lo < m.hi
    join units_placement y on y.unit_id = x.unit_id and y.lo is not null
     and y.hierarchy in (select hierarchy from trees)
   where not exists (select from mine n
     where n.account_id = m.account_id and n.unit_id = m.unit_id and n.hierarchy = y.hierarchy))"""

_OWN_LINE = f"""
with trees as (
  select distinct d.hierarchy from units_placement d
   where d.lo is not null and d.unit_id in (select unit_id from verification_stratum)),
{_LINE},
place as materialized (
  select distinct s.unit_id, pr.opens_on, d.hierarchy, d.lo, d.hi from verification_stratum s
    join verification_frame f on f.id = s.frame_id and f.state = 'drawn'
    join programmes_programme pr on pr.id = f.programme_id
    left join units_placement d on d.unit_id = s.unit_id and d.lo is not null)
select s.id from verification_stratum s
  join verification_frame f on f.id = s.frame_id and f.state = 'drawn'
  join programmes_programme pr on pr.id = f.programme_id
 where exists (select from own o where o.unit_id = any(s.above) and o.until >= pr.opens_on)
    or exists (select from place p join line l on l.hierarchy = p.hierarchy and l.until >= p.opens_on
         and int8range(l.lo, l.hi) && int8range(p.lo, p.hi)
       where p.unit_id = s.unit_id and p.opens_on = pr.opens_on)"""

# Many verifiers share a place: places are compared first, then accounts counted.
_OUTSIDE = f"""
with unit as (select distinct u from unnest(%(units)s::bigint[]) u),
trees as (select distinct p.hierarchy from units_placement p join unit on unit.u = p.unit_id where p.lo is not null),
{_LINE},
stands as (select distinct account_id, hierarchy, lo, hi from line where until >= %(since)s),
near as (
  select unit.u, x.hierarchy, x.lo, x.hi from unit
    join units_placement p on p.unit_id = unit.u and p.lo is not null
    join (select distinct hierarchy, lo, hi from stands) x
      on x.hierarchy = p.hierarchy and x.lo < p.hi and p.lo < x.hi)
select unit.u, cardinality(%(accounts)s::bigint[]) - count(distinct s.account_id)
  from unit left join near on near.u = unit.u
  left join stands s on s.hierarchy = near.hierarchy and s.lo = near.lo and s.hi = near.hi group by unit.u"""

_VERIFIERS = """
select ap.account_id, ap.unit_id, ap.body_id from org_appointment ap join org_office o on o.id = ap.office_id
 where ap.state = 'active' and %(verify)s = any (o.capabilities) and ap.starts_on <= %(day)s
   and (ap.ends_on is null or ap.ends_on >= %(day)s)"""

# The states they serve; and their own entries, those of people who sit with them in a unit or body, and of those they
# are tied to.
_HOME = f"""
select distinct up.unit_id from ({_VERIFIERS} and ap.account_id = %(account)s) o
  join units_placement p on p.unit_id = o.unit_id and p.lo is not null
  join units_placement up on up.hierarchy = p.hierarchy and up.lo <= p.lo and p.lo < up.hi
  join units_unit u on u.id = up.unit_id and u.kind = '{Kind.STATE}'"""
_KNOWN = """
select public_id from people_account where id = %(account)s or id in (
  select ap.account_id from org_appointment own
    join org_appointment ap on ap.unit_id = own.unit_id or ap.body_id = own.body_id
   where own.account_id = %(account)s and own.state in ('active', 'disputed')
     and ap.state in ('active', 'disputed'))
union select worker from verification_tie where account_id = %(account)s and ended_at is null"""


def own_line(account_id: int) -> list[int]:
    """Return strata with drawn checks above or below somebody's appointments, in any tree: today's, and those
    held since the programme opened. In a scope that sees them."""
    return sql.column(_OWN_LINE, {"accounts": [account_id]})


def states_of_verifier(account_id: int, day: date) -> list[int]:
    """Return the states that a verifier of a day serves. In the system's scope."""
    return sql.column(_HOME, {"account": account_id, "verify": VERIFY, "day": day})


@dataclass(frozen=True, slots=True)
class VerifierLine:
    """A verifier, and what keeps them from an item. home: states they serve; line: strata of their own line;
    known: workers they know; own_phones: of their account, and of entries merged with one on it."""

    account_id: int
    home: list[int]
    line: frozenset[int]
    known: frozenset[UUID]
    own_phones: frozenset[UUID]


def verifier(account_id: int, day: date) -> VerifierLine | None:
    """Return a verifier of a day; None for somebody who is none. In the system's scope."""
    params = {"account": account_id, "verify": VERIFY, "day": day}
    if not sql.exists(f"{_VERIFIERS} and ap.account_id = %(account)s", params):
        return None
    return VerifierLine(
        account_id,
        states_of_verifier(account_id, day),
        frozenset(own_line(account_id)),
        frozenset(sql.column(_KNOWN, params)),
        frozenset(people.account_phones(account_id)),
    )


def verifiers_for(unit_ids: Iterable[int], *, since: date, day: date) -> dict[int, int]:
    """Count for each unit the verifiers of a day outside its line; with none, nobody can check it.

    since: first day of the programme. In the system's scope.
    """
    accounts = sorted(set(sql.column(_VERIFIERS, {"verify": VERIFY, "day": day})))
    params = {"accounts": accounts, "units": list(unit_ids), "since": since}
    return dict(sql.rows(_OUTSIDE, params))
