"""Find what counts at a unit itself, and at none below it: the figures of its children do not add up to its own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from abhiyan.core import sql
from abhiyan.core.clock import day_in
from abhiyan.core.policy import COUNTS, EVERYTHING
from abhiyan.core.small_cells import shown_count
from abhiyan.org.viewer import Viewer
from abhiyan.programmes import ledger_sql
from abhiyan.programmes.models import Programme
from abhiyan.programmes.rules import activities
from abhiyan.programmes.rules import ladder as rung
from abhiyan.programmes.rules.activities import Page
from abhiyan.programmes.rules.ladder import Ladder

from .ledger import EXACT, LedgerNode, counted_below, node_of


def ask_standing_here(
    *, node: int | LedgerNode, hierarchy: int, programme: Programme, measure: int = 1, at: datetime
) -> sql.Asked[Ladder | None]:
    """Return the ladder of what has no place below this unit yet; None where there is nothing, or too little to
    be shown.

    Shown by the rules of `ledger`: exact where the scope in force sees the people, else rounded and as of the
    last closed day. One query by keys.
    """
    here = node if isinstance(node, LedgerNode) else node_of(node, hierarchy)
    if here is None:
        return lambda: None
    until = here.until(programme.zone, at, None)
    query, values = counted_below(replace(here, is_large=False, is_childless=True, has_own=False), until)
    asked = sql.ask(
        f"select rung, sum(n)::bigint from ({query}) rows where measure = %(measure)s group by 1",
        values | {"programmes": programme.counted_ids, "measure": measure},
        keep_plan=True,
    )
    return lambda: _standing(dict(asked()), is_exact=here.is_exact)


def _standing(sums: Mapping[int, int], *, is_exact: bool) -> Ladder | None:
    def figure(number: int) -> int | None:
        n = sums.get(number, 0)
        return n if is_exact else shown_count(n)

    ladder = Ladder(
        reported=figure(rung.REPORTED),
        unsigned=figure(rung.UNSIGNED),
        counted=figure(rung.COUNTED),
        confirmed=figure(rung.CONFIRMED),
        is_rounded=not is_exact,
    )
    return ladder if ladder.reported or ladder.unsigned or ladder.counted else None


@dataclass(frozen=True, slots=True)
class CountedHere:
    """The counts at a unit itself, in sentences. page: where the viewer may give places to what has none."""

    said: Sequence[str]
    page: Page | None


def ask_own_words(
    viewer: Viewer,
    *,
    unit_id: int,
    node: int | LedgerNode,
    hierarchy: int,
    programme: Programme,
    measure: int = 1,
    at: datetime,
) -> sql.Asked[CountedHere | None]:
    """Return `ask_standing_here` in words, for the page of a unit; None where there is nothing to say."""
    query = ask_standing_here(node=node, hierarchy=hierarchy, programme=programme, measure=measure, at=at)

    def read() -> CountedHere | None:
        ladder = query()
        if ladder is None:
            return None
        unplaced = activities.activity_of(programme.kind).unplaced
        page = unplaced.page if ladder.counted or ladder.unsigned else None
        words = unplaced.words(ladder, unit_id == programme.owner_id or bool(programme.parts))
        return CountedHere(words, page if page is not None and page.opens(viewer.may) else None)

    return read


@dataclass(frozen=True, slots=True)
class Placeless:
    """Callers without a place: they count at the unit that owns the programme, and at none below it.

    code, names: of that unit. is_inside: whether the unit looked at holds it, so that its figures hold these callers.
    by_channel: different phones by channel, as they may be shown; n: in all. None: too few, or out of sight.
    is_spread: callers of the programmes beneath it count in the units that own those.
    """

    code: str
    names: dict[str, str]
    is_inside: bool
    is_exact: bool
    is_seen: bool
    n: int | None
    by_channel: Mapping[int, int | None]
    is_spread: bool = False

    def hides(self, channel: int, *, by_phone: bool) -> bool:
        """Return True if a funnel of the viewed unit would flatter: its callers are only those with a place.

        by_phone: callers of this channel get their place by joining; of the others only what is known counts.
        """
        if self.is_inside:
            return False
        if self.is_spread and by_phone:
            return True
        n = self.by_channel.get(channel, 0)
        return bool(n) or (by_phone and not (self.is_exact and n == 0))


# is_inside compares in an aggregate: as a condition, a plan kept for all units would walk the whole range of a nation.
_PLACELESS = f"""
with z as (
  select p.unit_id, u.code, u.names, e.is_exact, ({EVERYTHING} or p.lo <@ {COUNTS}) as is_seen,
    coalesce((select bool_or(q.lo >= %(lo)s and q.lo < %(hi)s) from units_placement q
      where q.unit_id = p.unit_id and q.hierarchy = %(hierarchy)s), false) as is_inside
  from units_placement p join units_unit u on u.id = p.unit_id
  cross join lateral (select {EXACT} as is_exact offset 0) e
  where p.unit_id = %(owner)s and p.hierarchy = %(own)s and p.lo is not null)
select z.code, z.names, z.is_inside, z.is_exact, z.is_seen, r.channel, sum(r.n)::bigint
from z left join lateral (
  select t.channel, t.n from programmes_tally t
  where t.unit_id = z.unit_id and t.programme_id = %(programme)s and t.measure = %(measure)s
    and t.rung = any(%(rungs)s) and t.day = {ledger_sql.ALL_DAYS}
  union all
  select t.channel, -t.n from programmes_tally t
  where not z.is_exact and t.unit_id = z.unit_id and t.programme_id = %(programme)s and t.measure = %(measure)s
    and t.rung = any(%(rungs)s) and t.day > %(closed)s
  union all
  select d.channel, d.n from programmes_delta d
  where {ledger_sql.PENDING} and d.unit_id = z.unit_id and d.programme_id = %(programme)s and d.measure = %(measure)s
    and d.rung = any(%(rungs)s) and (z.is_exact or d.day <= %(closed)s)) r on true
group by 1, 2, 3, 4, 5, 6"""


def ask_callers_without_place(
    *, node: LedgerNode, programme: Programme, measure: int = 1, at: datetime
) -> sql.Asked[Placeless | None]:
    """Return callers who have no place yet, seen from a unit.

    None where the programme's owner stands nowhere, and for kinds of programme without callers. Shown by the
    rules of `ledger`. One query by keys.
    """
    callers = activities.activity_of(programme.kind).callers
    if callers is None:
        return lambda: None
    query = sql.ask(
        _PLACELESS,
        {
            "owner": programme.owner_id,
            "own": programme.hierarchy,
            "hierarchy": node.hierarchy,
            "lo": node.lo,
            "hi": node.hi,
            "programme": programme.pk,
            "measure": measure,
            "rungs": list(callers.rungs),
            "closed": day_in(programme.zone, at) - timedelta(days=1),
        },
        keep_plan=True,
    )
    return lambda: _placeless(query(), is_spread=bool(programme.parts))


def _placeless(rows: Sequence[tuple[Any, ...]], *, is_spread: bool) -> Placeless | None:
    if not rows:
        return None
    code, names, is_inside, is_exact, is_seen = rows[0][:5]
    sums = {channel: int(n) for *_where, channel, n in rows if channel is not None}

    def figure(n: int) -> int | None:
        return n if is_exact else shown_count(n)

    return Placeless(
        code=code,
        names=names,
        is_inside=is_inside,
        is_exact=is_exact,
        is_seen=is_seen,
        n=figure(sum(sums.values())) if is_seen else None,
        by_channel={channel: figure(n) for channel, n in sums.items()},
        is_spread=is_spread,
    )
