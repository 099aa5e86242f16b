"""Counters of `/metrics` that outlive a restart: how many joined, how many messages left.

A counter only grows. It is raised once the transaction of the fact has committed, by a statement of its own, so nobody
waits for its row while anything else is locked. A crash between the two loses that count and no fact.
"""

from collections.abc import Mapping
from functools import partial

from django.db import transaction

from . import sql

_RAISE = """insert into core_metric_count as c (name, label, n)
 select %s, * from unnest(%s::text[], %s::bigint[]) on conflict (name, label) do update set n = c.n + excluded.n"""


def raise_counters(name: str, by: Mapping[str, int]) -> None:
    """Raise the counters of a name, each by its label, once the transaction under way has committed.

    by: label -> how many more. Labels without any are passed over.
    """
    more = {label: n for label, n in sorted(by.items()) if n > 0}
    if more:
        run = partial(sql.run, _RAISE, [name, list(more), list(more.values())])
        transaction.on_commit(run, robust=True)


def read_counters(name: str) -> dict[str, int]:
    """Return every counter of a name by its label; one read by key."""
    return dict(sql.rows("select label, n from core_metric_count where name = %s", [name]))
