"""The page of a unit in the electoral tree: electors, last votes, lead and summed targets beside its seats."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from playwright.sync_api import Browser

from abhiyan.core.scope import system
from abhiyan.elections.tests import make as elections
from abhiyan.enrolment.tests.server import Server
from abhiyan.people.tests.make import body
from abhiyan.site.tests.cast import Cast
from abhiyan.site.tests.visits import cut_at_crores, visits
from abhiyan.units.models import Unit

from .test_units_below import rows

pytestmark = pytest.mark.django_db(transaction=True)
SEATS = "/units/JK-PC1/?in=electoral&show=all"


@pytest.fixture
def cast() -> Cast:
    cast = Cast.make(own=12)
    for code in ("JK-B001", "JK-B002"):  # two booths of one segment
        cast.target(code, 50)
    elections.assembly()
    with system("test"):
        Unit.objects.filter(kind="segment").update(electors=65_432)
    return cast


def listed(page: str) -> list[str]:
    return rows(page.partition('id="children"')[2])


def test_segments_on_a_units_page_show_electors_last_votes_lead_and_the_targets_of_their_booths(
    cast: Cast,
) -> None:
    client = cast.client("state_president")
    page = body(client, SEATS)
    assert "The target of a seat or segment is the sum of its booths." in page
    (lal_chowk,) = [row for row in listed(page) if row.startswith("1 Lal Chowk")]
    assert " JKNC ahead by 9,912 of 23,454 votes 100 13 " in lal_chowk, lal_chowk
    assert lal_chowk.endswith(" 23,454 of 65,432 electors")
    answer = body(client, f"{SEATS}&format=csv")
    assert "Electors,Votes last time,Ahead last time,Lead last time,Members per 100 votes" in answer


def test_votes_cost_the_same_queries_however_many_seats_are_listed(cast: Cast) -> None:
    client = cast.client("state_president")

    def asked(path: str) -> int:
        with CaptureQueriesContext(connection) as found:
            assert listed(body(client, path))
        return sum("elections_" in (query["sql"] or "") for query in found.captured_queries)

    assert asked(SEATS) == 3
    assert asked(f"{SEATS}&matching=JK-AC20") == 3
    assert asked("/units/JK/?in=organisational&show=all") == 0, "districts have no votes"


@pytest.mark.browser
def test_the_seats_of_a_unit_fit_a_phone_and_a_desk(chromium: Browser, served: Server, cast: Cast) -> None:
    for opens in visits(chromium, served.port, lambda role: (cast.accounts[role].pk, cast.token(role))):
        page = opens(SEATS, "state_president", size="desk")
        assert cut_at_crores(page) <= 0
        page = opens(SEATS, "state_president", size="phone", language="hi")
        assert page.locator("text=/JKNC .*9,912/").first.is_visible()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert page.locator("text=65,432 मतदाताओं में").first.is_visible()
