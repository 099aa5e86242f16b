"""Keep beside the targets which of them differ from the sum below, so that no page adds up a nation.

A change of targets, of a tree or of a programme's units settles them while it holds the programme; so does the
closing of a unit. A loop settles each programme once a day, for units that close with the day.
"""

from collections.abc import Collection
from datetime import date, datetime

from django.db import transaction

from abhiyan.core import sql
from abhiyan.core.clock import day_in
from abhiyan.core.scope import system
from abhiyan.programmes.actions.holding import lock_programme
from abhiyan.programmes.models import Programme
from abhiyan.programmes.news import ScopeChanged
from abhiyan.units.news import MovedBranch, UnitsMoved

_TARGET = "t.programme_id = %(programme)s and t.replaced_at is null"
# As IN_PLAY, the scope read once and the few closed units left out: this may go over a whole nation.
_SPAN = """span as materialized (
  select a.lo, a.hi from programmes_scope s join units_placement a on a.unit_id = s.unit_id
    and a.hierarchy = %(h)s and a.lo is not null
  where s.programme_id = %(programme)s)"""
_IN_SCOPE = """exists (select from span s
    where p.lo >= s.lo and p.lo < s.hi or s.lo >= p.lo and s.lo < p.hi)"""
_OPEN = "not exists (select from units_unit u where u.id = {} and u.closed_on <= %(on)s)"
_SETTLE = f"""with {_SPAN}, {{wanted}}
below as materialized (
  select p.parent_id, t.measure, sum(t.n)::bigint as n from {{families}}
  where p.hierarchy = %(h)s and p.lo is not null and p.unit_id <> all(%(going)s::bigint[])
    and {_IN_SCOPE} and {_OPEN.format("p.unit_id")}
  group by 1, 2),
off as materialized (
  select t.unit_id, t.measure from below
  join programmes_target t on t.unit_id = below.parent_id and t.measure = below.measure and {_TARGET}
  where t.n <> below.n and {_OPEN.format("t.unit_id")}),
gone as (
  delete from programmes_target_misfit m where m.programme_id = %(programme)s{{among}}
    and not exists (select from off where off.unit_id = m.unit_id and off.measure = m.measure))
insert into programmes_target_misfit (programme_id, measure, unit_id)
select %(programme)s, measure, unit_id from off on conflict do nothing"""
# Some units, family by family, each by keys; of all in one sum.
_SOME = _SETTLE.format(
    wanted="wanted as materialized (select distinct unnest(%(units)s::bigint[]) as unit_id),",
    families=f"""wanted w join units_placement p on p.parent_id = w.unit_id
  cross join lateral (
    select t.measure, t.n from programmes_target t where t.unit_id = p.unit_id and {_TARGET} offset 0) t""",
    among=" and m.unit_id in (select unit_id from wanted)",
)
_ALL = _SETTLE.format(
    wanted="",
    families=f"units_placement p join programmes_target t on t.unit_id = p.unit_id and {_TARGET}",
    among="",
)


def note_target_misfits(
    *, programme: Programme, units: Collection[int] | None, on: date, going: Collection[int] = ()
) -> None:
    """Note which of these units have a target that those below them do not sum to; None: of all.

    In the transaction that holds the programme. going: units about to be taken out of the tree; they count no more.
    """
    if units is not None and not units:
        return
    with system("what targets sum to"):
        sql.run(
            _ALL if units is None else _SOME,
            {
                "programme": programme.pk,
                "h": programme.hierarchy,
                "on": on,
                "units": sorted(units or ()),
                "going": sorted(going),
            },
        )


def settle_above(*, programme: Programme, changed: Collection[int], on: date) -> None:
    """Settle units whose targets changed, or which closed, and those right above them."""
    above = set(
        sql.column(
            "select distinct parent_id from units_placement"
            " where unit_id = any(%s) and hierarchy = %s and lo is not null and parent_id is not null",
            [sorted(changed), programme.hierarchy],
        )
    )
    note_target_misfits(programme=programme, units=above | set(changed), on=on)


def settle_closed(*, units: Collection[int], at: datetime) -> None:
    """Settle the sums above units that were closed, or opened again."""
    for programme in _held(hierarchy=None):
        settle_above(programme=programme, changed=units, on=day_in(programme.zone, at))


def settle_due(*, at: datetime) -> int:
    """Settle the programmes not settled today: units may have closed with the day. Returns how many they were."""
    settled = 0
    with system("what targets sum to"):
        for programme_id in _with_targets(hierarchy=None):
            with transaction.atomic():
                programme = lock_programme(programme_id=programme_id)
                on = day_in(programme.zone, at)
                if programme.summed_on == on:
                    continue
                note_target_misfits(programme=programme, units=None, on=on)
                programme.summed_on = on
                programme.save(update_fields=["summed_on"])
            settled += 1
    return settled


def settle_scope(*, changed: ScopeChanged) -> None:
    """Settle the sums of a programme that covers other units than before."""
    programme = lock_programme(programme_id=changed.programme_id)
    note_target_misfits(programme=programme, units=None, on=day_in(programme.zone, changed.at))


def settle_moved(*, moved: UnitsMoved) -> None:
    """Settle the units above moved branches, old and new; and a branch that came into a scope, or left one, whole.

    Like the act that opens a programme, it holds the programmes of the hierarchy before totals are held.
    """
    for programme in _held(hierarchy=moved.hierarchy):
        scope = _scope(programme)
        going = {branch.unit_id for branch in moved.branches if not branch.new_ancestors}
        units: set[int] = set()
        for branch in moved.branches:
            units |= {branch.unit_id, *branch.old_ancestors, *branch.new_ancestors}
            if _is_inside(branch, branch.old_ancestors, scope) != _is_inside(
                branch, branch.new_ancestors, scope
            ):
                units |= _below(branch)
        note_target_misfits(programme=programme, units=units, on=moved.on, going=going)


def _is_inside(branch: MovedBranch, ancestors: Collection[int], scope: set[int]) -> bool:
    return not scope.isdisjoint({branch.unit_id, *ancestors})


def _below(branch: MovedBranch) -> set[int]:
    return set(
        sql.column("select unit_id from units_placement where lo >= %s and lo < %s", [branch.lo, branch.hi])
    )


def _scope(programme: Programme) -> set[int]:
    return set(sql.column("select unit_id from programmes_scope where programme_id = %s", [programme.pk]))


def _held(*, hierarchy: int | None) -> list[Programme]:
    with system("what targets sum to"):
        return [
            lock_programme(programme_id=programme_id) for programme_id in _with_targets(hierarchy=hierarchy)
        ]


def _with_targets(*, hierarchy: int | None) -> list[int]:
    """Return programmes that are not over and have targets, in the order they are held."""
    return sql.column(
        "select p.id from programmes_programme p where p.state <> 'closed'"
        " and (%(h)s::smallint is null or p.hierarchy = %(h)s)"
        " and exists (select from programmes_target_version v where v.programme_id = p.id) order by p.id",
        {"h": hierarchy},
    )
