"""Counters of `/metrics` that outlive a restart: how many joined, how many messages left.

A counter only grows. It is raised by a statement of its own, once the transaction of the fact has committed. So nobody
waits for its row while anything else is locked. A crash between the two loses that count and no fact.
"""

from collections.abc import Mapping
from functools import partial

from django.db import transaction

from . import sql

_RAISE = """insert into core_metric_count as c (counter, label, n)
 select %s, * from unnest(%s::text[], %s::bigint[]) on conflict (counter, label) do update set n = c.n + excluded.n"""


def raise_counters(counter: str, by: Mapping[str, int]) -> None:
    """Raise a counter at each of its labels, once the transaction under way has committed.

    by: label -> how many more. Labels without any are passed over.
    """
    more = {label: n for label, n in sorted(by.items()) if n > 0}
    if more:
        run = partial(sql.run, _RAISE, [counter, list(more), list(more.values())])
        transaction.on_commit(run, robust=True)


def read_counters(counter: str) -> dict[str, int]:
    """Return a counter at each of its labels; one read by key."""
    return dict(sql.rows("select label, n from core_metric_count where counter = %s", [counter]))
