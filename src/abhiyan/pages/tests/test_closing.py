"""Closing a unit from its page: what hangs on it is said and answered, once; and opening it again."""

import re
from typing import Any

import pytest

from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.site.tests.cast import SYSTEM, Cast
from abhiyan.targets import actions as targets
from abhiyan.targets.models import Target
from abhiyan.units.models import Unit

pytestmark = pytest.mark.django_db
PAGE = "/units/JK-B001/close/"


@pytest.fixture(scope="module")
def cast(open_database: None) -> Cast:
    """Committed once; what each test makes of it is rolled back."""
    return Cast.make()


def form(page: str, **given: str) -> dict[str, str]:
    """Return what the form would send as it is shown, with other choices."""
    body = page.split("<main", 1)[1]
    found = dict(re.findall(r'<input type="(?:hidden|date)" name="(\w+)" value="([^"]*)"', body))
    for name, options in re.findall(r'<select name="([\w.]+)"[^>]*>(.*?)</select>', body, re.DOTALL):
        found[name] = re.findall(r'value="(\w+)" selected', options)[0]
    return {key: value for key, value in found.items() if key != "csrfmiddlewaretoken"} | given


def test_a_unit_is_closed_from_its_page_and_opened_again(cast: Cast) -> None:
    client = cast.client("state_president")
    assert 'href="/units/JK-B001/close/"' in client.get("/units/JK-B001/more/").content.decode()
    with system("test"):
        for code, n in (("JK-B001", 40), ("JK-B002", 60)):
            targets.set_target(
                programme_id=cast.world.programme.pk,
                unit_id=cast.world.units[code].pk,
                n=n,
                by=SYSTEM,
                at=NOW,
            )
    page = client.get(PAGE).content.decode()
    for said in (
        "Appointments: 2",
        "Members who live there: 1",
        "Targets, also locked ones (those set by other offices stay): 1",
    ):
        assert said in page, said
    assert "Tokens" not in page  # there are none
    answer = client.post(PAGE, form(page))
    assert answer.status_code == 422 and "Name who takes over" in answer.content.decode()
    answer = client.post(PAGE, form(page, successors="JK-B002"), follow=True)
    page = answer.content.decode()
    assert "The unit is closed. Its facts stay." in page and "Closed from" in page
    assert "Lal Chowk Library" in page and 'href="/units/JK-B001/close/"' not in page
    with system("test"):
        assert Target.objects.get(unit__code="JK-B002", replaced_at=None).n == 100
    found = client.get("/search/", {"q": "JK-B00"}).content.decode()
    assert ">closed</span>" in found
    choices = client.get("/choose-unit/?q=JK-B001&format=json").json()["units"]
    assert [(one["code"], one["is_closed"]) for one in choices] == [("JK-B001", True)]
    below = client.get("/units/JK-BL1/?in=administrative").content.decode()
    assert ">closed</span>" in below
    page = client.post("/units/JK-B001/open/", follow=True).content.decode()
    assert "The unit is open again." in page and "Closed from" not in page
    with system("test"):
        assert Target.objects.get(unit__code="JK-B002", replaced_at=None).n == 60


@pytest.mark.django_db(transaction=True)  # who joins is written over connections of their own
def test_what_changed_since_it_was_looked_at_is_looked_at_again(cast: Cast) -> None:
    client = cast.client("state_president")
    given = form(client.get(PAGE).content.decode(), successors="JK-B002")
    cast.crowd(2, "JK-B001", "70062")
    answer = client.post(PAGE, given)
    page = answer.content.decode()
    assert answer.status_code == 422 and page.count("has changed meanwhile") == 1
    assert "Members who live there: 3" in page
    assert Unit.objects.get(code="JK-B001").closed_on is None
    answer = client.post(PAGE, given | {"seen": form(page)["seen"]})
    assert answer.status_code == 302, answer.content.decode()
    assert Unit.objects.get(code="JK-B001").closed_on is not None


def test_who_may_bring_units_but_not_correct_members_leaves_them_where_they_are(cast: Cast) -> None:
    client = cast.client("it_administrator")
    page = client.get(PAGE).content.decode()
    assert "Your role cannot change these here, so they stay." in page
    assert "Members who live there" in page and "Members who live there: 1" not in page
    answer = client.post(PAGE, form(page))
    assert answer.status_code == 302, answer.content.decode()
    with system("test"):
        assert Unit.objects.get(code="JK-B001").closed_on is not None
    rows = cast.world.rows("select distinct unit_id from enrolment_membership order by 1")
    assert (cast.world.booth.pk,) in rows


@pytest.mark.parametrize(
    ("code", "given", "said"),
    [
        ("JK-B001", {"on": "2999-01-01"}, "still to come"),
        ("JK-B001", {"on": "no day"}, "date"),
        ("JK-B001", {"successors": "JK-SRI"}, "cannot take over"),
        ("JK-B001", {"successors": "\x00 " + "x" * 900}, ""),
        ("JK-B001", {"enrolment.members": "vanishes"}, ""),
        ("JK-SRI-M2", {}, "Close the 1 open units below it too"),
        ("JK", {"with_below": "on"}, "Programmes that this unit runs"),
    ],
)
def test_what_cannot_be_is_said_at_the_form(cast: Cast, code: str, given: dict[str, Any], said: str) -> None:
    client = cast.client("national_president")
    shown = client.get(f"/units/{code}/close/").content.decode()
    answer = client.post(f"/units/{code}/close/", form(shown) | {"successors": "JK-B002"} | given)
    assert answer.status_code in (409, 422) and said in answer.content.decode()
    assert not Unit.objects.exclude(closed_on=None).exists()


def test_where_something_stands_in_the_way_no_form_is_offered(cast: Cast) -> None:
    client = cast.client("national_president")
    main = client.get("/units/JK/close/").content.decode().split("<main", 1)[1]
    assert "Programmes that this unit runs: 1" in main and 'href="/units/JK/' in main
    assert "<form" not in main.split("</main>")[0] and "successors" not in main
    assert "<form" in client.get(PAGE).content.decode().split("<main", 1)[1]


def test_the_top_of_a_tree_is_not_offered_a_form(cast: Cast) -> None:
    client = cast.client("national_president")
    for answer in (client.get("/units/IN/close/", follow=True), client.post("/units/IN/close/", follow=True)):
        assert "is the top of a hierarchy and cannot be closed" in answer.content.decode()
        assert answer.redirect_chain == [("/units/IN/?in=organisational", 302)]


def test_the_form_says_what_becomes_of_the_units_below(cast: Cast) -> None:
    client = cast.client("national_president")
    said = "targets and in-charges of the units below end"
    assert said in client.get("/units/JK-SRI-M2/close/").content.decode()
    assert said not in client.get(PAGE).content.decode()


@pytest.mark.parametrize("role", ["district_in_charge", "mandal_president", "booth_president", "no_office"])
def test_who_may_not_bring_units_there_does_not_close_them(cast: Cast, role: str) -> None:
    client = cast.client(role)
    for code in ("JK-B004", "HP-B001"):
        assert client.get(f"/units/{code}/close/").status_code == 403
        assert client.post(f"/units/{code}/close/", {"on": "2026-01-01"}).status_code == 403
        assert client.post(f"/units/{code}/open/").status_code == 403
        assert f"/units/{code}/close/" not in client.get(f"/units/{code}/more/").content.decode()


def test_a_closed_state_of_things_reads_well_in_hindi(cast: Cast) -> None:
    client = cast.client("state_president")
    client.post("/language/", {"language": "hi", "next": "/"})
    client.cookies["django_language"] = "hi"
    page = client.get(PAGE, headers={"accept-language": "hi"}).content.decode()
    main = re.sub(r"<[^>]+>", " ", page.split("<main", 1)[1].split("</main>")[0])
    assert not re.search(r"\b(?:Close|Closed|Members|Targets|Successors|Appointments)\b", main), main
