"""Entries without a place, placed many at once by what their people said of it; with a preview, and taken back."""

import re
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from abhiyan.core.scope import system
from abhiyan.core.tests import given
from abhiyan.enrolment.actions import placing
from abhiyan.enrolment.actions.placing import LONGEST, pin_and_place
from abhiyan.enrolment.queries import placing as queries
from abhiyan.intake.tests.test_texts_journey import notice_goes, write

from .make import Human, Ladder, World
from .test_erase import chosen, erase
from .web import join, officer, open_me, web_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    made = web_world()
    with system("test"), connection.cursor() as cursor:
        cursor.executemany(
            "insert into units_pin (pin, unit_id) values ('190001', %s)",
            [(made.booth.pk,), (made.next_booth.pk,)],
        )
    return made


@pytest.fixture
def street(world: World) -> World:
    """Three who said a PIN code of two booths, and that theirs is not in the list; one who said nothing."""
    for human in (world.asha, world.bilal, world.chandra):
        join(world, human, where="190001", unit="-")
        given.pass_a_moment()
    join(world, Human("Nazir Ahmad", 1968, "+919906007733"))
    return world


@pytest.fixture
def president(world: World) -> Client:
    return officer(world, "state_president", "JK")


def groups(client: Client) -> list[str]:
    page = client.get("/people/unplaced/groups/").content.decode()
    return [unescape(each) for each in re.findall(r'href="(/people/unplaced/groups/\d+/[^"]*)"', page)]


def group(client: Client) -> str:
    (found,) = groups(client)
    return found


def seen(html: str) -> str:
    found = re.search(r'name="seen" value="(\w+)"', html)
    assert found, html
    return found[1]


def test_a_group_is_previewed_placed_and_taken_back(street: World, president: Client) -> None:
    before = street.tallies()
    choice = group(president)
    assert "190001" in president.get("/people/unplaced/groups/").content.decode()
    page = president.get(choice).content.decode()
    assert "to=JK-B001" in page and "to=JK-B002" in page and "3 entries wait" in page
    to = choice + "&to=JK-B001"
    preview = president.get(to).content.decode()
    assert "Place 3 entries in Rajbagh School?" in preview and "Bilal Ahmad" in preview
    assert "Nazir" not in preview
    assert president.post(to, {"seen": seen(preview)}).status_code == 302
    assert street.ladder(street.booth) == Ladder(reported=3, counted=3)
    assert street.tallies() == street.recounted() and street.orphans() == {}
    assert street.count("enrolment_whereabout") == 0
    done = president.get("/people/unplaced/groups/").content.decode()
    (undo,) = re.findall(r'action="(/people/unplaced/undo/[^"]*)"', done)
    assert president.post(undo).status_code == 302
    assert street.tallies() == street.recounted() == before
    assert street.count("enrolment_whereabout") == 3 and group(president) == choice
    assert president.post(undo).status_code == 409


def test_what_was_not_shown_is_not_placed(street: World, president: Client) -> None:
    to = group(president) + "&to=JK-B001"
    shown = seen(president.get(to).content.decode())
    join(street, Human("Late Comer", 1970, "+919906007799"), where="190001", unit="-")
    assert president.post(to, {"seen": shown}).status_code == 409
    assert street.ladder(street.booth) == Ladder()


def test_who_left_or_was_moved_by_hand_stays_so_when_a_placing_is_taken_back(
    street: World, president: Client
) -> None:
    to = group(president) + "&to=JK-B001"
    president.post(to, {"seen": seen(president.get(to).content.decode())})
    ((asha,),) = street.rows(
        "select m.public_id from enrolment_membership m join people_person p on p.id = m.person_id"
        " where p.name = 'Asha Devi'"
    )
    president.post(f"/people/{asha}/correct/", {"name": "Asha Devi", "birth_year": "1980", "unit": "JK-B002"})
    ((undo,),) = street.rows("select public_id from enrolment_placing")
    assert president.post(f"/people/unplaced/undo/{undo}/").status_code == 302
    assert street.ladder(street.next_booth) == Ladder(reported=1, counted=1)
    assert street.ladder(street.booth) == Ladder()
    assert street.tallies() == street.recounted()


@pytest.mark.parametrize("when", ["before", "after"])
def test_whoever_is_erased_leaves_nothing_of_their_place(world: World, president: Client, when: str) -> None:
    """Mohan alone said this village; on his phone Asha said a PIN code, as Bilal did."""
    for human, where in ((world.asha, "190001"), (world.mohan, "Planted-Village"), (world.bilal, "190001")):
        join(world, human, where=where, unit="-")

    def erase_both() -> None:
        for human in (world.mohan, world.bilal):
            erase(chosen(human) if human is world.mohan else open_me(human))

    if when == "before":
        erase_both()
    for choice in groups(president):
        to = choice + "&to=JK-B001"
        assert president.post(to, {"seen": seen(president.get(to).content.decode())}).status_code == 302
    if when == "after":
        erase_both()
    assert not world.rows("select claim from enrolment_whereabout")
    ((claims, n, place),) = world.rows("select claims, n, place from enrolment_placing")
    assert n == 1 and place == "", claims
    ((undo,),) = world.rows("select public_id from enrolment_placing")
    president.post(f"/people/unplaced/undo/{undo}/")
    assert world.count("enrolment_whereabout") == 1, "Asha's"
    assert world.tallies() == world.recounted() and world.orphans() == {}


def test_a_group_larger_than_one_step_says_so_and_goes_on_with_the_next(
    street: World, president: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(placing, "MOST_AT_ONCE", 2)
    choice = group(president)
    page = president.get(choice).content.decode()
    assert "3 entries wait" in page and "2 at a time, the oldest first" in page
    to = choice + "&to=JK-B001"
    preview = president.get(to).content.decode()
    assert "2 of 3, the oldest first. Then come the next." in preview and "Chandra" not in preview
    answer = president.post(to, {"seen": seen(preview)})
    assert answer["Location"] == to
    rest = president.get(to).content.decode()
    assert "2 entries placed." in rest and "Place 1 entry in" in rest and "the oldest first" not in rest
    assert president.post(to, {"seen": seen(rest)})["Location"] == "/people/unplaced/groups/"
    assert street.ladder(street.booth) == Ladder(reported=3, counted=3)
    assert street.tallies() == street.recounted()


def test_what_the_list_of_groups_leaves_out_is_said(
    street: World, president: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    join(street, Human("Meera Koul", 1970, "+919906007741"), where="Lal Bazar", unit="-")
    page = president.get("/people/unplaced/groups/").content.decode()
    assert "follow when these are placed" not in page
    monkeypatch.setattr(queries, "MOST_GROUPS", 1)
    page = president.get("/people/unplaced/groups/").content.decode()
    assert (
        "These are the 1 largest groups" in page
        and "Lal Bazar" not in page
        and "We looked through" not in page
    )
    monkeypatch.setattr(queries, "LOOKED_THROUGH", 2)
    assert "We looked through 2 entries" in president.get("/people/unplaced/groups/").content.decode()


def test_the_place_most_of_a_group_got_before_is_offered_first(street: World, president: Client) -> None:
    choice = group(president)
    page = president.get(choice).content.decode()
    assert page.index("to=JK-B001") < page.index("to=JK-B002") and "placed here before" not in page
    to = choice + "&to=JK-B002"
    president.post(to, {"seen": seen(president.get(to).content.decode())})
    join(street, Human("Late Comer", 1970, "+919906007799"), where="190001", unit="-")
    page = president.get(choice).content.decode()
    assert page.index("to=JK-B002") < page.index("3 placed here before") < page.index("to=JK-B001")
    ((undo,),) = street.rows("select public_id from enrolment_placing")
    president.post(f"/people/unplaced/undo/{undo}/")
    assert "placed here before" not in president.get(choice).content.decode()

    # If their words find nothing, it is all there is to choose.
    lane = Human("Meera Koul", 1970, "+919906007741"), Human("Sita Koul", 1971, "+919906007742")
    join(street, lane[0], where="Old lane", unit="-")
    (choice,) = [each for each in groups(president) if "Old" in each]
    to = choice + "&to=JK-B001"
    president.post(to, {"seen": seen(president.get(to).content.decode())})
    join(street, lane[1], where="Old lane", unit="-")
    page = president.get(choice).content.decode()
    assert "to=JK-B001" in page and "1 placed here before" in page
    assert "to=JK-B001" not in president.get(choice + "&q=Nowhere").content.decode()


def test_whoever_leads_sees_and_undoes_what_others_placed(street: World, president: Client) -> None:
    to = group(president) + "&to=JK-B001"
    president.post(to, {"seen": seen(president.get(to).content.decode())})
    own = president.get("/people/unplaced/groups/").content.decode()
    assert "state_president of JK" not in own.split("<main")[1]
    other = officer(street, "state_general_secretary", "JK")
    page = other.get("/people/unplaced/groups/").content.decode()
    assert "state_president of JK" in page
    (undo,) = re.findall(r'action="(/people/unplaced/undo/[^"]*)"', page)
    district = officer(street, "district_president", "JK-SRI")
    assert undo not in district.get("/people/unplaced/groups/").content.decode()
    assert district.post(undo).status_code in (403, 404)
    assert other.post(undo).status_code == 302
    assert street.ladder(street.booth) == Ladder()
    assert street.tallies() == street.recounted()


def test_the_list_of_groups_reads_as_often_however_many_groups_and_placings(
    street: World, president: Client
) -> None:
    def reads() -> int:
        president.get("/people/unplaced/groups/")
        with CaptureQueriesContext(connection) as asked:
            president.get("/people/unplaced/groups/")
        return len(asked)

    to = group(president) + "&to=JK-B001"
    president.post(to, {"seen": seen(president.get(to).content.decode())})
    join(street, Human("Meera Koul", 1970, "+919906007741"), where="Lal Bazar", unit="-")
    few = reads()
    for n in range(5):
        join(street, Human("Meera Koul", 1970, f"+91990600775{n}"), where=f"Lane {n}", unit="-")
        join(street, Human("Sita Koul", 1970, f"+91990600776{n}"), where=f"Street {n}", unit="-")
    for choice in groups(president)[:4]:
        to = choice + "&to=JK-B001"
        president.post(to, {"seen": seen(president.get(to).content.decode())})
    assert street.count("enrolment_placing") == 5 and reads() <= few


def test_a_place_outside_the_drive_is_refused(street: World, president: Client) -> None:
    to = group(president) + "&to=HP-B001"
    answer = president.post(to, {"seen": seen(president.get(to).content.decode())})
    assert answer.status_code == 422 and "outside this drive" in answer.content.decode()


def test_a_pin_code_of_several_booths_in_a_text_is_kept(world: World, president: Client) -> None:
    write(world, "JOIN")
    notice_goes(world)
    write(world, "Asha Devi, 1980, 190001")
    assert world.rows("select pin, place from enrolment_whereabout") == [("190001", "")]
    assert "pin=190001" in group(president)


def test_nothing_is_kept_of_who_has_a_place_or_says_none(world: World) -> None:
    join(world, world.asha, where="190001", unit="JK-B001")
    join(world, world.bilal)
    assert world.count("enrolment_whereabout") == 0


def test_what_somebody_said_goes_once_their_entry_has_a_place(street: World, president: Client) -> None:
    ((claim,),) = street.rows("select claim from enrolment_whereabout order by claim limit 1")
    assert president.post("/people/unplaced/", {"claim": str(claim), "where": "JK-B001"}).status_code == 302
    assert street.count("enrolment_whereabout") == 2


def test_one_by_one_a_row_shows_their_words_the_way_to_call_and_what_an_unknown_pin_code_wants(
    street: World, president: Client
) -> None:
    page = president.get("/people/unplaced/").content.decode()
    assert page.count("190001") == 3 and page.count("/reveal/") == 4
    ((claim,),) = street.rows("select claim from enrolment_whereabout order by claim limit 1")
    answer = president.post("/people/unplaced/", {"claim": str(claim), "where": "199 003"})
    assert answer.status_code == 422 and "Write the village, ward or booth" in answer.content.decode()
    answer = president.post("/people/unplaced/", {"claim": str(claim), "where": "Nowhere"})
    assert "Write it another way" in answer.content.decode()


@pytest.mark.parametrize(
    ("text", "then"),
    [
        ("190 001", ("190001", "")),
        ("१९०००१", ("190001", "")),
        ("  Lal   Chowk ", ("", "Lal Chowk")),
        ("", ("", "")),
        ("x" * 90, ("", "x" * LONGEST)),
    ],
)
def test_six_digits_are_a_pin_code(text: str, then: tuple[str, str]) -> None:
    assert pin_and_place(text) == then


def test_placing_asks_for_the_right_where_the_entries_are(street: World) -> None:
    district = officer(street, "district_president", "JK-SRI")
    assert "190001" not in district.get("/people/unplaced/groups/").content.decode()
    path = f"/people/unplaced/groups/{street.state.pk}/?pin=190001&to=JK-B001"
    assert district.get(path).status_code == 404
