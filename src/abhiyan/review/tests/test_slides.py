"""Slides of a unit, a comparison and a round: what each reader finds in them, and what nobody does."""

import io
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pptx import Presentation

from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.enrolment.tests.web import today
from abhiyan.org.queries import NotYours
from abhiyan.pages.tests.test_launch import districts
from abhiyan.people.models import Phone
from abhiyan.programmes.models import Programme
from abhiyan.review.actions.decks import make_deck
from abhiyan.review.actions.reviews import ToDo
from abhiyan.review.models import Deck, Review
from abhiyan.site.tests.cast import Cast
from abhiyan.targets.models import Target
from abhiyan.ui.slides.pptx_file import pptx_texts
from abhiyan.work.models import Task

from .test_rounds import decide, opened, review_of

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def cast(open_database: None) -> Cast:
    cast = Cast.make(own=24, foreign=37)
    for unit, target in (("JK", 900), ("JK-SRI", 600), ("JK-JAM", 300)):
        cast.target(unit, target)
    cast._seat("state_elsewhere", "state_president", "HP", 1)
    cast.fold()
    return cast


def made(cast: Cast, role: str, where: str = "?unit=JK", **given: str) -> str:
    """The address of a deck that somebody makes."""
    answer = cast.client(role).post(f"/review/slides/new/{where}", {"language": "en", **given})
    assert answer.status_code == 302, answer.content.decode()[:3000]
    return str(answer["Location"])


def file(cast: Cast, role: str, address: str, ending: str = "pptx") -> bytes:
    answer = cast.client(role).get(f"{address}file/{ending}/")
    assert answer.status_code == 200, answer.status_code
    return bytes(answer.content)


def slides(data: bytes) -> list[tuple[str, str]]:
    """Return each slide's title, and all its words, tables among them."""
    found = []
    for slide in Presentation(io.BytesIO(data)).slides:
        said = [shape.text_frame.text for shape in slide.shapes if shape.has_text_frame]
        for shape in slide.shapes:
            said += [cell.text for row in shape.table.rows for cell in row.cells] if shape.has_table else []
        found.append((slide.shapes.title.text_frame.text, " | ".join(said)))
    return found


def figures(data: bytes) -> set[int]:
    """Every number of a deck's charts and tables."""
    found = set()
    for slide in Presentation(io.BytesIO(data)).slides:
        for shape in slide.shapes:
            if shape.has_chart:
                for series in shape.chart.plots[0].series:
                    found |= {
                        round(n) for n in series.values if n is not None and series.name != "Due by then"
                    }
    return found


def test_somebody_makes_slides_of_a_unit_and_finds_its_figures(cast: Cast) -> None:
    address = made(cast, "state_president")
    found = slides(file(cast, "state_president", address))
    titles = [title for title, _said in found]
    assert titles[0].startswith("63 counted, ") and titles[0].endswith("fewer than due by today")
    assert titles[1] == "7% of the target is counted: 63 of 900"
    assert titles[2].startswith("Needed from now on: ")
    assert titles[3].startswith("Srinagar lacks most: ")
    assert re.fullmatch(r"\d+ offices are vacant here and below", titles[4])
    assert "Jammu and Kashmir | Membership drive" in found[0][1].replace("\n", " | ")
    assert "Srinagar | 600 | " in found[3][1] and "state_president" in found[4][1]
    assert all("Sample: people and figures are made up." in said for _title, said in found)
    assert {63} <= figures(file(cast, "state_president", address))


def test_the_page_of_a_deck_lists_what_it_says_and_gives_both_files(cast: Cast) -> None:
    address = made(cast, "state_president")
    page = cast.client("state_president").get(address).content.decode()
    assert "7% of the target is counted" in page and f"{address}file/pptx/" in page
    assert f"http://testserver{address}" in page or address in page
    assert file(cast, "state_president", address, "pdf").startswith(b"%PDF")
    assert cast.client("state_president").get(f"{address}file/docx/").status_code == 404


def test_the_way_to_slides_is_on_unit_dossier_programme_and_round(cast: Cast) -> None:
    one = opened(cast)
    programme = cast.world.programme.public_id
    client = cast.client("state_president")
    for page, way in (
        ("/units/JK-SRI/", "/review/slides/new/?unit=JK-SRI"),
        ("/review/dossier/JK-SRI/", "/review/slides/new/?unit=JK-SRI"),
        (f"/programmes/{programme}/?unit=JK-SRI", f"programme={programme}"),
        (f"/review/rounds/{one.public_id}/", f"/review/slides/new/?round={one.public_id}"),
    ):
        assert way in client.get(page).content.decode(), page


def test_a_link_passed_on_gives_its_reader_rounded_figures_of_yesterday(cast: Cast) -> None:
    address = made(cast, "district_in_charge", "?unit=JK-SRI")
    own = file(cast, "district_in_charge", address)
    foreign = file(cast, "district_elsewhere", address)
    assert 25 in figures(own) and "Rounded to 10." not in str(slides(own))
    assert figures(foreign) <= {0, 10, 20, 30}, "as of yesterday, and only tens"
    assert 25 not in figures(foreign)
    said = str(slides(foreign))
    assert "Rounded to 10." in said and "As of the evening of " in said
    tiny = made(cast, "district_in_charge", "?unit=JK-B003")
    assert slides(file(cast, "district_in_charge", tiny))[0][0] == "0 counted so far"
    assert slides(file(cast, "district_elsewhere", tiny))[0][0] == "Fewer than 10 counted so far"


def test_a_link_shows_nothing_to_whoever_sees_nothing_there(cast: Cast) -> None:
    address = made(cast, "state_president", "?unit=JK-SRI")
    for page in (address, f"{address}file/pptx/", f"{address}file/pdf/", f"{address}schedule/"):
        assert cast.client("state_elsewhere").get(page).status_code == 404
        assert cast.client("anonymous").get(page)["Location"].startswith("/sign-in/")
    assert cast.client("state_elsewhere").get("/review/slides/new/?unit=JK-SRI").status_code == 403
    with pytest.raises(NotYours):
        make_deck(
            about="unit",
            unit_id=cast.world.units["JK-SRI"].pk,
            hierarchy=1,
            language="hi",
            by=cast.actor("state_elsewhere"),
            at=NOW,
        )


def test_hindi_is_asked_for_in_the_deck_and_not_in_the_browser(cast: Cast) -> None:
    address = made(cast, "state_president", language="hi")
    data = file(cast, "state_president", address)
    assert "लक्ष्य का 7% गिना गया" in str(slides(data))
    assert 'lang="hi-IN"' in "".join(pptx_texts(data)) and 'lang="en' not in "".join(
        part for part in pptx_texts(data) if "<p:sld " in part
    )


def test_a_round_has_slides_of_what_was_decided_for_who_leads_it(cast: Cast) -> None:
    one = opened(cast)
    decide(cast, review_of(one, "JK-SRI-M1"))
    address = made(cast, "state_president", f"?round={one.public_id}")
    found = slides(file(cast, "state_president", address))
    titles = [title for title, _said in found]
    assert titles[0] == "1 of 3 units are reviewed"
    assert titles[1].endswith("reviewed") and "furthest back" in titles[1]
    assert titles[2] == "1 of 1 reviewed unit needs help, a recheck or a change"
    assert "Two booths have no president." not in str(found), "a minute is for its unit"
    below = slides(file(cast, "district_in_charge", address))
    assert below[0][0] == "1 unit is reviewed"
    assert cast.client("booth_worker").get(address).status_code == 403


def test_slides_of_a_round_over_office_bearers_say_how_far_it_is_and_nothing_of_one_of_them(
    cast: Cast,
) -> None:
    one = opened(cast, what="mandal_president")
    with system("test"):
        review = review_of(one, "JK-SRI-M1")
        Review.objects.filter(pk=review.pk).update(replied_at=NOW)
    todo = ToDo("Name two", cast.appointments["mandal_president"], today() + timedelta(days=1))
    decide(cast, review, todo=todo)
    with system("test"):
        Task.objects.filter(typed_title="Name two").update(due_at=NOW - timedelta(days=1))
    address = made(cast, "state_president", f"?round={one.public_id}")
    found = slides(file(cast, "state_president", address))
    assert found[0][0] == "1 of 1 office-bearer is reviewed"
    assert "Decided most often" not in str(found) and cast.accounts["mandal_president"].name not in str(found)
    assert "Name two" not in str(found) and "late" not in str(found)
    assert cast.client("district_in_charge").get(address).status_code == 403


def test_no_slide_holds_a_phone_or_whatever_stands_in_no_page(cast: Cast) -> None:
    data = file(cast, "state_president", made(cast, "state_president", "?unit=JK-SRI"))
    said = "\n".join(pptx_texts(data))
    with system("test"):
        ends = set(Phone.objects.values_list("last4", flat=True))
    assert not re.search(r"\+?91\d{10}|\b[6-9]\d{9}\b", said)
    assert cast.own_member.name not in said and cast.foreign_member.name not in said
    assert ends


def test_a_programme_that_is_over_keeps_its_slides(cast: Cast) -> None:
    address = made(cast, "state_president")
    with system("test"):
        Programme.objects.update(state=Programme.State.CLOSED)
    assert "7% of the target is counted" in str(slides(file(cast, "state_president", address)))
    page = f"?unit=JK&in=organisational&programme={cast.world.programme.public_id}"
    assert "7% of the target" in str(
        slides(file(cast, "state_president", made(cast, "state_president", page)))
    )
    bare = slides(file(cast, "state_president", made(cast, "state_president", "?unit=JK-SRI")))
    assert bare[0][0] == "Srinagar: offices and last review"
    assert [title for title, _said in bare][2:] == ["3 asks to 3 offices, due now"]


def test_a_deck_of_400_units_asks_no_more_and_says_how_many_it_shows(cast: Cast) -> None:
    client, asked_of, data = cast.client("state_president"), [], b""
    for n in (0, 400):
        districts(cast, n)
        with system("test"):
            Target.objects.bulk_create(
                Target(
                    programme=cast.world.programme,
                    measure=1,
                    unit=cast.world.units[f"JK-D{each:04d}"],
                    n=1_000 + each,
                    set_at=NOW,
                )
                for each in range(n)
            )
        made(cast, "state_president")
        with CaptureQueriesContext(connection) as asked:
            address = made(cast, "state_president")
        asked_of.append(len(asked))
        data = client.get(f"{address}file/pptx/").content
    assert asked_of[0] == asked_of[1]
    tables = [said for _title, said in slides(data) if "The slides show 40 of 402." in said]
    assert len(tables) == 4
    assert "1 to 10 of 402" in tables[0] and "The rest is in the appendix." in tables[0]
    assert "31 to 40 of 402" in tables[-1]
    assert file(cast, "state_president", address, "pdf").startswith(b"%PDF")


def test_the_nation_asks_the_database_no_more_than_a_booth(cast: Cast) -> None:
    asked_of = {}
    client = cast.client("national_president")
    for code in ("IN", "JK-B001"):
        address = made(cast, "national_president", f"?unit={code}")
        with CaptureQueriesContext(connection) as asked:
            made(cast, "national_president", f"?unit={code}")
        asked_of[code] = len(asked)
        with CaptureQueriesContext(connection) as read:
            client.get(f"{address}file/pptx/")
        assert len(read) <= 25, len(read)
    assert abs(asked_of["IN"] - asked_of["JK-B001"]) <= 40, asked_of
    assert max(asked_of.values()) <= 150, asked_of


@pytest.mark.parametrize(
    "where",
    ["?unit=JK&programme=x", "?frame=00000000-0000-4000-8000-000000000000", "?round=%00", "?unit=nowhere"],
)
def test_an_address_that_names_nothing_is_not_found(cast: Cast, where: str) -> None:
    assert cast.client("state_president").get(f"/review/slides/new/{where}").status_code == 404


def test_a_deck_counts_only_once_however_often_it_is_opened(cast: Cast) -> None:
    with system("test"):
        before = Deck.objects.count()
    address = made(cast, "state_president")
    for _each in range(3):
        cast.client("district_in_charge").get(address)
    with system("test"):
        assert Deck.objects.count() <= before + 1
