"""A membership finds its terms by their ids, also under row-level security. Else each page reads all terms."""

from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from abhiyan.core import sql
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.doorstep import queries as door
from abhiyan.enrolment.actions import leaving, revisits, terms, undoing
from abhiyan.enrolment.queries import doubles, partings, people, referrals
from abhiyan.paper import queries as batches
from abhiyan.paper.actions import photos

pytestmark = [pytest.mark.django_db, pytest.mark.versions]
ANY = uuid4()
BIG = ("enrolment_enrolment", "enrolment_waiting", "people_consent")
STATEMENTS: dict[str, tuple[str, Any]] = {
    "a person's page": (f"{people._FROM} where m.id = %s", [ANY]),
    "all on a phone": (f"{people._FROM} where m.phone_id = any(%s) order by m.slot", [[ANY]]),
    "a worker's entries": (f"select b.became, e.id {door._OWN} where d.by = %s", [ANY]),
    "people by a link": (referrals._COUNTS, [[1]]),
    "how well entries are proven": (doubles._PROVEN, [[ANY], [ANY]]),
    "friends who became members": (f"select e.id{revisits._GAVE_WAY.replace('r.phone_id', '%s')}", [ANY]),
    "entries of a moved phone": (undoing._GONE_OVER, [[ANY]]),
    "terms that run out": (terms._DUE, {"roll": 1, "after": ANY, "n": 9, "at": NOW}),
    "the source of a term": (partings._OF_TERM, [ANY]),
    "the source of a leaving": (leaving._SOURCE, [1, ANY]),
    "photos of a phone": (photos._BATCHES_OF, [[ANY]]),
    "what a batch brought": (f"{batches._TERMS} select count(*) from x", {"lists": [1], "device": "x"}),
}


@pytest.mark.parametrize("name", STATEMENTS)
def test_rows_that_follow_from_another_are_found_by_their_id(name: str) -> None:
    statement, values = STATEMENTS[name]
    with system("how a statement is done"), connection.cursor() as cursor:
        # A small table is read whole wherever that is possible.
        cursor.execute("set local enable_seqscan = off")
        plan = [line for (line,) in sql.rows(f"explain {statement}", values)]
    whole = [line for line in plan if "Seq Scan" in line and any(f"on {table} " in line for table in BIG)]
    assert whole == []
