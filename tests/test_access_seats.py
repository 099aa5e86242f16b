"""Somebody who holds no more than a seat in a body sees no people and no counts, in any table."""

import pytest

from abhiyan.core.scope import Scope
from abhiyan.enrolment.tests.web import today
from abhiyan.org.queries import scope_of
from abhiyan.site.tests.cast import IN_BODIES, Cast
from abhiyan.site.tests.sights import guarded_tables, rows_in_sight

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.versions]


OWN = {"org_appointment": 1, "people_account": 1, "people_session": 1}


def test_a_seat_in_a_body_shows_no_row_about_people_and_no_count() -> None:
    cast = Cast.make(own=3)
    cast.fold()
    cast.everybody()
    tables = guarded_tables()
    outside = rows_in_sight(Scope(), tables)
    hidden = [table for table in tables if table not in outside]
    leader = rows_in_sight(scope_of(cast.accounts["state_president"].pk, today()), hidden)
    assert {"people_person", "people_account", "org_appointment", "enrolment_membership"} <= leader.keys()
    assert any(table.startswith("programmes_") for table in leader), "counts"
    for office in IN_BODIES:
        scope = scope_of(cast.accounts[office].pk, today())
        assert rows_in_sight(scope, hidden) == OWN, office
