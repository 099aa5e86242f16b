"""Somebody who holds no more than a seat in a body sees no people and no counts, in any table."""

import pytest

from abhiyan.core import sql
from abhiyan.core.scope import Scope, scoped, system
from abhiyan.enrolment.tests.web import today
from abhiyan.org.queries import scope_of
from abhiyan.site.tests.cast import IN_BODIES, Cast

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.versions]


OWN = {"org_appointment": 1, "people_account": 1, "people_session": 1}


def rows_in_sight(scope: Scope, tables: list[str]) -> dict[str, int]:
    """How many rows of each table a scope shows; tables of which it shows none are left out."""
    with scoped(scope):
        seen = {table: int(sql.value(f"select count(*) from {table}")) for table in tables}
    return {table: n for table, n in seen.items() if n}


def test_a_seat_in_a_body_shows_no_row_about_people_and_no_count() -> None:
    cast = Cast.make(own=3)
    cast.fold()
    cast.everybody()
    with system("test"):
        tables = sql.column(
            "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')"
            " and relrowsecurity and has_table_privilege(oid, 'select') order by 1"
        )
    outside = rows_in_sight(Scope(), tables)
    hidden = [table for table in tables if table not in outside]
    leader = rows_in_sight(scope_of(cast.accounts["state_president"].pk, today()), hidden)
    assert {"people_person", "people_account", "org_appointment", "enrolment_membership"} <= leader.keys()
    assert any(table.startswith("programmes_") for table in leader), "counts"
    for office in IN_BODIES:
        scope = scope_of(cast.accounts[office].pk, today())
        assert rows_in_sight(scope, hidden) == OWN, office
