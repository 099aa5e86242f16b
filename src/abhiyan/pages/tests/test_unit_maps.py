"""The map of the units below a unit: on the list of a level, in a programme, and behind a press on the unit's page."""

import re
from collections.abc import Iterator
from html import unescape

import pytest
from playwright.sync_api import Browser, expect

from abhiyan.core.scope import system
from abhiyan.enrolment.tests.server import Server
from abhiyan.people.tests.make import body
from abhiyan.site.tests.cast import Cast
from abhiyan.site.tests.visits import Open, visits
from abhiyan.units.models import Hierarchy, Placement, Unit

pytestmark = pytest.mark.django_db(transaction=True)
POINTS = {"JK-SRI": (34.08, 74.8), "JK-JAM": (32.73, 74.86), "JK-BAR": (34.2, 74.34)}


@pytest.fixture
def cast() -> Cast:
    """Three districts with points: the third stands before the other two, where nothing was."""
    made = Cast.make()
    with system("test"):
        third = Unit.objects.create(
            code="JK-BAR", kind="district", names={"en": "Baramulla", "hi": "बारामूला"}
        )
        state = Placement.objects.get(unit__code="JK", hierarchy=Hierarchy.ORGANISATIONAL)
        assert state.lo is not None
        Placement.objects.create(
            hierarchy=Hierarchy.ORGANISATIONAL,
            unit=third,
            parent_id=state.unit_id,
            depth=state.depth + 1,
            lo=state.lo + 1,
            hi=state.lo + 2,
            valid_from=state.valid_from,
        )
        for code, (lat, lon) in POINTS.items():
            Unit.objects.filter(code=code).update(lat=lat, lon=lon)
    for code in ("JK", "JK-SRI", "JK-JAM"):
        made.target(code, 20_000)
    made.fold()
    return made


@pytest.fixture
def opens(chromium: Browser, served: Server, cast: Cast) -> Iterator[Open]:
    yield from visits(chromium, served.port, lambda role: (cast.accounts[role].pk, cast.token(role)))


def map_address(page: str) -> str:
    """The address that the unit's page draws its map from, or ""."""
    asked = re.search(r'<details[^>]* hx-get="([^"]*)"', page)
    return unescape(asked[1]) if asked else ""


@pytest.mark.browser
def test_the_map_opens_on_the_page_of_the_unit(opens: Open) -> None:
    page = opens("/units/JK/", role="state_president", size="phone")
    opened = page.locator("details:has(.drawn)")
    expect(opened.locator("svg.map")).to_have_count(0)
    opened.locator("summary").click()
    expect(opened.locator("svg.map a")).to_have_count(len(POINTS))
    expect(opened.locator("h2")).to_have_count(0)


def test_the_list_of_a_level_has_the_same_map(cast: Cast) -> None:
    client = cast.client("state_president")
    address = map_address(body(client, "/units/JK/"))
    drawn = body(client, address).partition('id="map"')[2]
    assert 'class="map"' in drawn and all(f"/units/{code}/" in drawn for code in POINTS)


def test_there_is_no_map_without_points_for_few_units_or_of_a_part(cast: Cast) -> None:
    client = cast.client("state_president")
    address = map_address(body(client, "/units/JK/"))
    with system("test"):
        Unit.objects.filter(code__in=POINTS).update(lat=None, lon=None)
    assert 'id="map"' not in body(client, address)
    assert not map_address(body(client, "/units/JK-SRI/")), "mandals have no outlines behind them"
    assert not map_address(body(cast.client("national_president"), "/units/IN/")), "one state is no map"
