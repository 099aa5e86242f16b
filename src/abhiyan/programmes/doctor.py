"""The checks of `abhiyan doctor` on the ledger."""

from collections.abc import Iterable
from datetime import datetime

from abhiyan.core import sql
from abhiyan.core.doctor import FAIL, OK, DoctorFinding, delay_level

from . import facts, queries

LATE_S = 60.0  # the fold turns several times a second


def unfolded_findings(at: datetime) -> Iterable[DoctorFinding]:
    """Check that changes are folded into the counters within seconds.

    Figures are right meanwhile, but slower to read.
    """
    n, oldest_s = queries.count_unfolded(at=at)
    numbers = {"unfolded": n, "oldest_s": oldest_s}
    if n and oldest_s > LATE_S:
        text = f"{n} changes of tallies wait for folding, the oldest for {oldest_s:.0f} s"
        yield DoctorFinding(
            delay_level(), text, "see that `abhiyan jobs` runs, and the loop programmes.fold", numbers
        )
    else:
        yield DoctorFinding(OK, f"{n} changes of tallies wait for folding", facts=numbers)


def orphan_findings(_at: datetime) -> Iterable[DoctorFinding]:
    """Find facts that point to something that is not there (the big tables have no foreign keys).

    Nobody may be on a roll that their phone has left.
    """
    checks, n_by_name = facts.orphan_queries(), {}
    for name, query in checks.items():
        if n := sum(sql.column(query)):
            n_by_name[name] = n
    if n_by_name:
        text = ", ".join(f"{n} {name}" for name, n in n_by_name.items())
        fix = "let `abhiyan jobs` run for ten minutes; tell your developers of what `abhiyan recount` finds then"
        yield DoctorFinding(FAIL, f"facts that do not fit together: {text}", fix, n_by_name)
    else:
        yield DoctorFinding(OK, f"no orphans, by {len(checks)} checks")


CHECKS = {"unfolded": unfolded_findings, "orphans": orphan_findings}
