"""Check offices for `abhiyan doctor`."""

from collections.abc import Iterable
from datetime import datetime

from abhiyan.core.doctor import OK, WARN, DoctorFinding

from . import queries


def top_officers(_at: datetime) -> Iterable[DoctorFinding]:
    """Two data officers at the top: so somebody can approve each request, whatever else is vacant."""
    n = len(queries.officers_of_top())
    facts = {"officers": n}
    if n < queries.WANTED:
        yield DoctorFinding(
            WARN,
            f"{n or 'no'} data officer{'' if n == 1 else 's'} at the top of the tree, {queries.WANTED} are needed: "
            "perhaps nobody can approve a request",
            "run `abhiyan officers name NAME PHONE`",
            facts,
        )
    else:
        yield DoctorFinding(OK, f"{n} data officers at the top of the tree", facts=facts)


CHECKS = {"officers": top_officers}
