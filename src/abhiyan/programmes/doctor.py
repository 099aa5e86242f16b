"""What `abhiyan doctor` and `/metrics` ask of the ledger."""

from collections.abc import Iterable
from datetime import datetime

from django.db import connection

from abhiyan.core import clock
from abhiyan.core.doctor import OK, WARN, Finding, late

from . import facts, queries

LATE_S = 60.0  # the fold turns several times a second


def unfolded(at: datetime) -> Iterable[Finding]:
    """Changes are folded into the counters within seconds. Figures are right meanwhile, but slower to read."""
    n, oldest_s = queries.unfolded(at=at)
    told = {"unfolded": n, "oldest_s": oldest_s}
    if n and oldest_s > LATE_S:
        text = f"{n} changes of tallies wait for folding, the oldest for {oldest_s:.0f} s"
        yield Finding(late(), text, "see that `abhiyan jobs` runs, and the loop programmes.fold", told)
    else:
        yield Finding(OK, f"{n} changes of tallies wait for folding", facts=told)


def orphans(_at: datetime) -> Iterable[Finding]:
    """No fact points to something that is not there: the big tables have no foreign keys."""
    found = {}
    with connection.cursor() as cursor:
        for name, query in sorted(facts.ORPHANS.items()):
            cursor.execute(query)
            if n := sum(row[0] for row in cursor.fetchall()):
                found[name] = n
    if found:
        told = ", ".join(f"{n} {name}" for name, n in found.items())
        yield Finding(
            WARN, f"facts without what they point to: {told}", "run `abhiyan recount --json`", found
        )
    else:
        yield Finding(OK, f"no orphans, by {len(facts.ORPHANS)} checks")


CHECKS = {"unfolded": unfolded, "orphans": orphans}
METRICS = {
    "unfolded_changes": lambda: float(queries.unfolded(at=clock.now())[0]),
    "unfolded_oldest_seconds": lambda: float(queries.unfolded(at=clock.now())[1]),
}
