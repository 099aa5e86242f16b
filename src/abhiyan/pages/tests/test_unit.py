"""The page of a unit: a sentence first, who lags and who leads them, the sum of them all, every level below."""

import re
from html import unescape
from uuid import uuid4

import pytest

from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.people.tests.make import body
from abhiyan.programmes.models import Programme, ProgrammeUnit
from abhiyan.site.tests.cast import Cast

from .test_units_below import rows

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_page_of_a_unit_begins_with_where_it_stands_and_lists_who_lags_first() -> None:
    cast = Cast.make()
    for unit, n in (("JK", 500), ("JK-SRI", 250), ("JK-JAM", 25)):
        cast.target(unit, n)
    cast.crowd(10, "JK-B004", "70065")
    page = body(cast.client("state_president"), "/units/JK/")
    said = page.partition('class="said">')[2].partition("</p>")[0]
    assert said == "12 counted. Due by today: 115. Needed from now on: 24 a day."
    assert "1 of 2 districts is behind, by 57 in all." in page
    first, second = rows(page.partition('id="children"')[2])
    assert first.startswith("1 Srinagar sample district_in_charge 250 ") and first.endswith(" <1% −57")
    assert second == "2 Jammu sample district_elsewhere of another place 25 11 11 0 44%"
    (programme,) = re.findall(r'<h2 id="pinned"><a href="([^"]*)">', page)
    page = body(cast.client("state_president"), unescape(programme))
    assert "103 fewer than due by today" in page
    furthest = unescape(page.partition('aria-labelledby="furthest"')[2].partition("</nav>")[0])
    (srinagar,) = re.findall(r'<span><a href="([^"]*)">Srinagar</a> 57 fewer</span>', furthest)
    assert srinagar == "/units/JK-SRI/?in=organisational" and furthest.count("<a ") == 2
    assert rows(page.partition('id="children"')[2]) == [first, second]
    total = page.partition("<tfoot>")[2].partition("</tfoot>")[0]
    assert " ".join(re.sub(r"<[^>]+>", " ", total).split()) == "Jammu and Kashmir 500 12 12 0 2% −103"


def test_the_page_of_a_unit_leads_to_all_units_of_each_level_below() -> None:
    client = Cast.make().client("state_president")
    page = unescape(body(client, "/units/JK/"))
    levels = page.partition('aria-labelledby="levels"')[2].partition("</nav>")[0]
    assert re.findall(r">(\w+ \d+)</a>", levels) == ["District 2", "Mandal 3", "Cluster 1", "Booth 4"]
    (mandals,) = re.findall(r'href="([^"]*level=mandal[^"]*)"', levels)
    assert len(rows(body(client, mandals))) == 3


def test_a_worker_sees_the_offices_of_other_places_and_their_names_with_a_reason() -> None:
    cast = Cast.make()
    worker, president = cast.client("booth_worker"), cast.client("state_president")
    page = body(worker, "/units/JK-JAM/")
    assert "of another place" not in page and "Name not shown" in page and "District in-charge" in page
    shown = worker.post("/units/JK-JAM/", {"names_reason": "A visit to Jammu"}, follow=True).text
    assert "of another place" in shown
    assert "district_in_charge" in body(worker, "/units/JK-SRI/"), "their own line"
    assert "of another place" in body(president, "/units/JK-JAM/")


def test_a_unit_outside_a_programme_is_not_shown_as_nothing_counted() -> None:
    cast = Cast.make()
    found = rows(body(cast.client("national_president"), "/units/IN/").partition('id="children"')[2])
    assert len(found) == 1 and "Jammu" in found[0], "no row says 0 of a state that has no part in it"
    programme = f"/programmes/{cast.world.programme.public_id}/"
    lists = (
        f"{programme}?unit=IN",
        f"{programme}units/?unit=IN&level=state",
        f"{programme}counts/?unit=IN&by=state",
    )
    for page in ("/units/IN/", *lists):
        text = unescape(body(cast.client("national_president"), page)).partition("<main")[2]
        assert "1 state is not part of this programme." in " ".join(text.split()), page
        assert "Himachal" not in text and not re.search("Showing [0-9]+–[0-9]+ of 2", text), page


def test_two_places_are_no_map() -> None:
    assert 'class="map"' not in body(Cast.make().client("state_president"), "/units/JK/?show=all")


def test_two_programmes_of_a_kind_are_two_ways_from_a_unit_and_each_says_which() -> None:
    cast = Cast.make()
    drive = cast.world.programme
    with system("test"):
        for kind in ("stays", "contact", "dialogues"):
            for n in (1, 2):
                one = Programme.objects.create(
                    public_id=uuid4(),
                    kind=kind,
                    names={"en": f"{kind} {n}", "hi": f"{kind} {n}"},
                    state="open",
                    owner=drive.owner,
                    opens_on=drive.opens_on,
                    closes_on=drive.closes_on,
                    made_at=NOW,
                )
                ProgrammeUnit.objects.create(programme=one, unit=drive.owner)
    page = " ".join(
        unescape(re.sub(r"<[^>]+>", " ", body(cast.client("state_president"), "/units/JK/more/"))).split()
    )
    for n in (1, 2):
        assert (
            page.count(f"Stays by place: stays {n}")
            == page.count(f"Calls to booth presidents: dialogues {n}")
            == 1
        )
    assert len(re.findall("Launch day|Today in the field", page)) == 1, "only a drive has one"
