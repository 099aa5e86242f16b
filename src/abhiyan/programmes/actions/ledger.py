"""The tally ledger's writers: post a change with its fact, fold what was posted."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction

from abhiyan.core import scope, sql
from abhiyan.programmes import ledger_sql
from abhiyan.programmes.models import ALL_DAYS
from abhiyan.programmes.rules.ladder import RUNGS, TallyChange

SWEEP_EVERY = timedelta(minutes=1)
LOCK = 0x4162_0001  # advisory: a writer of tallies or totals holds it to the end of the transaction


def post_changes(*, deltas: Iterable[TallyChange], at: datetime) -> None:
    """Post changes of tallies. Call it in the transaction of the fact, or the ledger will not equal the facts.

    Changes of one key are added up first. The fact's act checks the right and the programme's window.
    """
    sums: dict[tuple[object, ...], int] = {}
    for change in deltas:
        if change.rung not in RUNGS or change.day == ALL_DAYS:
            raise ValueError(f"no such rung or day in the ledger: {change}")
        sums[change[:-1]] = sums.get(change[:-1], 0) + change.n
    rows = [(*key, n) for key, n in sorted(sums.items(), key=lambda item: str(item[0])) if n]
    if not rows:
        return
    sql.run(
        "insert into programmes_delta"
        " (programme_id, measure, channel, unit_id, day, rung, n, posted_at)"
        " select *, %s from unnest(%s::int[], %s::smallint[], %s::smallint[], %s::bigint[], %s::date[],"
        " %s::smallint[], %s::int[])",
        [at, *(list(column) for column in zip(*rows, strict=True))],
    )


_FOLD = f"""
with taken as materialized (
  delete from programmes_delta d where {{which}}
  returning unit_id, programme_id, measure, day, channel, rung, n),
posted as materialized (
  select unit_id, {ledger_sql.KEY}, sum(n)::bigint as n from taken
  group by unit_id, {ledger_sql.KEY} having sum(n) <> 0),
leaf as ({ledger_sql.add_to("programmes_tally", "unit_id", ledger_sql.with_all_days("posted", "unit_id"))}),
{ledger_sql.TREE},
{ledger_sql.sums_above("posted")},
node as ({
    ledger_sql.add_to(
        "programmes_total", "unit_id, hierarchy", ledger_sql.with_all_days("node_sum", "unit_id, hierarchy")
    )
}),
mark as (
  insert into programmes_fold as f (id, horizon, folded_at, swept_at)
  values (1, pg_snapshot_xmin(pg_current_snapshot()), %(at)s, %(at)s)
  on conflict (id) do update set horizon = excluded.horizon, folded_at = excluded.folded_at,
    swept_at = case when %(sweep)s then excluded.swept_at else f.swept_at end)
select count(*) from taken"""


def fold_changes(*, at: datetime) -> int:
    """Move every posted change into the tallies of its unit and the totals of the large nodes above it.

    Only one folds at a time; who comes second returns 0 at once. One statement takes, adds and forgets, so a
    fold that dies has done nothing. Returns how many changes it took. Raises RuntimeError outside a system
    scope (the loop opens one): changes it cannot see would fall behind the horizon until the next sweep.

    It leaves as horizon the lowest transaction still open when it looked. All below had committed, so their
    changes were in sight and are taken; a transaction that commits later is at or above it.
    """
    if not scope.current().everything:
        raise RuntimeError("fold needs a system scope")
    with transaction.atomic():
        swept_at, waiting = sql.row(
            "select (select swept_at from programmes_fold),"
            f" exists (select from programmes_delta d where {ledger_sql.PENDING})"
        )
        sweep = swept_at is None or at - swept_at >= SWEEP_EVERY
        if not waiting and not sweep:
            return 0
        if not sql.value("select pg_try_advisory_xact_lock(%s)", [LOCK]):
            return 0
        return sql.count(
            _FOLD.format(which="true" if sweep else ledger_sql.PENDING), {"at": at, "sweep": sweep}
        )


def forget_horizon() -> None:
    """Forget the horizon after a restore: it counted another server's transactions, so nothing is skipped by it
    any more."""
    sql.run("update programmes_fold set horizon = '0', swept_at = 'epoch'")


def hold_totals() -> None:
    """Keep folds and other keepers of the totals away until this transaction ends."""
    sql.run("select pg_advisory_xact_lock(%s)", [LOCK])
