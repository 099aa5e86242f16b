"""Vacant offices: for how long, who fills them, and the first ways from the page of their unit."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from abhiyan.core.actor import Actor
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.core.words import name_in_language
from abhiyan.org import actions as org
from abhiyan.org import queries, todo
from abhiyan.org.models import Appointment, Office
from abhiyan.people.models import Account
from abhiyan.people.tests.make import body, browser, undrawn
from abhiyan.units.models import Kind, Placement

from .make import TODAY, World

DAY = NOW.date()
pytestmark = pytest.mark.django_db
PAGE = "/appointments/?unit=N1&show=vacant&office=district_president"


def words(page: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", undrawn(unescape(page))).split())


def rows_of(account: Account, page: str = PAGE) -> list[str]:
    """Rows of the list of vacancies, in words."""
    table = body(browser(account), page).rpartition("<tbody>")[2].partition("</tbody>")[0]
    return [words(row) for row in re.findall("<tr.*?</tr>", table, re.DOTALL)]


@pytest.fixture
def chief(world: World) -> Account:
    """The state's president; its units are 400 days old, but those of a district are 30."""
    with system("test"):
        Placement.objects.update(valid_from=DAY - timedelta(days=400))
        young = [world.unit(code) for code in ("N12", "N121")]
        Placement.objects.filter(unit__in=young).update(valid_from=DAY - timedelta(days=30))
    return world.holder("state_president", "N1", name="Meena Raina")


def left(world: World, office: str, code: str, days: int) -> None:
    """Somebody held an office until so many days ago."""
    account = world.holder(office, code)
    with system("test"):
        Appointment.objects.filter(account_id=account.pk).update(
            state="ended", ends_on=DAY - timedelta(days=days), accepted_how="signed_in"
        )


def test_a_vacancy_says_for_how_long_and_the_longest_comes_first(world: World, chief: Account) -> None:
    left(world, "district_president", "N11", 90)
    left(world, "district_president", "N11", 48)
    first, second = rows_of(chief)
    assert "Unit N11" in first and "48 days" in first
    assert "Unit N12" in second and "30 days" in second
    other_way = rows_of(chief, PAGE + "&sort=-since")
    assert "30 days" in other_way[0] and "48 days" in other_way[1]


def test_an_office_that_ended_today_is_vacant_since_today_and_one_never_accepted_was_not_held(
    world: World, chief: Account
) -> None:
    left(world, "district_president", "N11", 0)
    left(world, "district_president", "N12", 3)
    with system("test"):
        Appointment.objects.filter(unit=world.unit("N12")).update(accepted_how="")
    first, second = rows_of(chief)
    assert "Unit N12" in first and "30 days" in first, "nobody accepted it"
    assert "Unit N11" in second and "since today" in second


def test_a_list_of_people_brings_former_holders_too(world: World, chief: Account) -> None:
    former = org.OfficeBearer(
        "+919419070001",
        "Asha Devi",
        "district_president",
        world.unit("N11"),
        DAY - timedelta(days=300),
        until=DAY - timedelta(days=47),
    )
    org.appoint_many(bearers=[former], by=Actor.system("test"), at=NOW)
    (row,) = [row for row in rows_of(chief) if "Unit N11" in row]
    assert "vacant 47 days" in row
    assert "Asha Devi" in words(body(browser(chief), PAGE.replace("vacant", "ended")))


def test_the_unit_above_is_beside_the_unit_and_not_the_office(world: World, chief: Account) -> None:
    table = body(browser(chief), PAGE).rpartition("<tbody>")[2].partition("</tr>")[0]
    _number, unit, office, *_rest = re.findall("<t[hd].*?</t[hd]>", table, re.DOTALL)
    assert words(unit) == "Unit N11 Unit N1" and words(office) == "Vacant District president"


def test_a_vacancy_names_the_nearest_person_who_may_fill_it(world: World, chief: Account) -> None:
    page = "/appointments/?unit=N1&show=vacant&office=mandal_president"
    assert all("You appoint here" in row and "Appoint" in row for row in rows_of(chief, page))
    world.holder("district_president", "N11", name="Rohini Koul")
    of_district = [row for row in rows_of(chief, page) if "Rohini Koul" in row]
    assert len(of_district) == 2 and "District president, Unit N11" in of_district[0]
    looks_only = world.holder("state_secretary", "N1")
    asked = rows_of(looks_only)
    assert all("Meena Raina" in row and "Appoint:" not in row for row in asked) and len(asked) == 1


def test_data_officers_are_named_by_those_above(world: World, chief: Account) -> None:
    world.holder("data_officer", "N", name="Asha Devi")
    with system("test"):
        lo, hi = world.lo("N11"), world.lo("N12")
        found = list(queries.vacant_rows(lo, hi, on=TODAY, office="data_officer"))
        who = queries.appointers(found, 1, on=TODAY)
    assert found and {one.name for one in who if one} == {"Asha Devi"} and None not in who


def test_the_list_of_vacancies_asks_as_many_queries_whatever_its_length(world: World, chief: Account) -> None:
    client = browser(chief)

    def queries_of(page: str) -> int:
        with CaptureQueriesContext(connection) as seen:
            assert client.get(page).status_code == 200
        return len(seen)

    queries_of(PAGE)
    assert queries_of(PAGE) == queries_of("/appointments/?unit=N1&show=vacant&office=booth_president")


def test_the_first_ways_from_a_unit_are_those_a_leader_needs(world: World, chief: Account) -> None:
    page = body(browser(chief), "/units/N1/")
    acts = page.partition('<div class="row push noprint">')[2].partition("</div>")[0]
    assert [words(one) for one in re.findall("<a.*?</a>", acts, re.DOTALL)] == [
        "People",
        "Tasks",
        "Slides",
        "Dossier",
        "More",
    ]
    more = words(body(browser(chief), "/units/N1/more/"))
    assert "Forms" in more and "Appointments" in more


@pytest.mark.parametrize("language", ["en", "hi"])
@pytest.mark.usefixtures("world")
def test_an_office_in_a_sentence_is_made_of_whole_words_of_its_name(language: str) -> None:
    with translation.override(language), system("test"):
        for names in Office.objects.values_list("names", flat=True):
            name = name_in_language(names)
            for kind in Kind:
                said = todo._office_in_sentence(name, kind)
                assert said and set(said.lower().split()) <= set(name.lower().split()), (kind, name, said)
        assert todo._office_in_sentence(str(Kind.BOOTH.label) + " x", Kind.BOOTH) == "x"
