"""The people of a unit: their readers, the acts on an entry, and what waits for an eye."""

import base64
import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from abhiyan.core import declared, limits
from abhiyan.core.scope import system
from abhiyan.enrolment.queries import awaiting
from abhiyan.enrolment.queries import people as queries_people
from abhiyan.enrolment.rules.channels import Channel
from abhiyan.enrolment.rules.number import member_number, public_ids
from abhiyan.enrolment.todo import member_todo
from abhiyan.org import queries as org
from abhiyan.org.models import Release
from abhiyan.people.actions import persons, reading, words
from abhiyan.people.models import Account, Person, PersonWord
from abhiyan.people.tests.make import body, browser
from abhiyan.ui import tables
from abhiyan.ui.owed import Owed
from abhiyan.units import queries as units

from .make import Human, Ladder, World
from .web import join, officer, today, web_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return web_world()


def member_of(world: World, human: Human) -> UUID:
    ((found,),) = world.rows(
        "select m.public_id from enrolment_membership m join people_person p on p.id = m.person_id where p.name = %s",
        [human.name],
    )
    assert isinstance(found, UUID)
    return found


def test_a_district_president_sees_its_members_masked_and_no_others(world: World) -> None:
    world.web_join(of=world.asha, unit=world.booth)
    world.web_join(of=world.bilal, unit=world.far_booth)
    page = officer(world, "district_president", "JK-SRI").get("/people/").content.decode()
    assert "Asha Devi" in page and "Rajbagh School" in page and "0001" in page
    assert "Bilal" not in page
    assert world.asha.phone[3:] not in page


def test_an_empty_list_says_why_and_offers_no_export(world: World) -> None:
    client = officer(world, "district_president", "JK-SRI")
    nobody, nobody_fits = body(client, "/people/"), body(client, "/people/?rung=confirmed")
    assert "Nobody has joined here yet" in nobody and "Nobody here matches" in nobody_fits
    assert "Ask for the export" not in nobody + nobody_fits
    world.web_join(of=world.asha, unit=world.booth)
    assert "Ask for the export" in body(client, "/people/")


def test_another_district_is_not_theirs(world: World) -> None:
    world.web_join(of=world.bilal, unit=world.far_booth)
    client = officer(world, "district_president", "JK-SRI")
    assert client.get("/people/?unit=JK-JAM").status_code == 403
    assert client.get(f"/people/{member_of(world, world.bilal)}/").status_code == 404
    found = client.get(f"/people/?q={world.bilal.phone[3:]}").content.decode()
    assert "Bilal" not in found and "Nobody in your units has this number" in found


def test_nobody_without_an_office_opens_the_list(world: World) -> None:
    assert browser().get("/people/")["Location"].startswith("/sign-in/")
    assert join(world, world.asha).get("/people/")["Location"].startswith("/sign-in/")


def test_a_list_is_narrowed_by_rung_channel_kind_day_and_ending(world: World) -> None:
    world.web_join(of=world.asha)
    world.api(of=world.bilal)
    leaver = join(world, world.chandra, unit="JK-B001")
    leaver.post("/me/leave/")
    client = officer(world, "district_president", "JK-SRI")

    def shown(query: str) -> set[str]:
        page = client.get(f"/people/?{query}").content.decode()
        return {
            human.name.split()[0] for human in (world.asha, world.bilal, world.chandra) if human.name in page
        }

    assert shown("") == {"Asha", "Bilal"}
    assert shown("rung=unsigned") == {"Bilal"}
    assert shown("rung=counted") == {"Asha"}
    assert shown("channel=3") == {"Bilal"}
    assert shown("kind=2") == set()
    assert shown("ended=ended") == set()  # who left is named to no office
    assert shown("ended=all") == {"Asha", "Bilal"}
    number = member_number(member_of(world, world.chandra))
    assert number in body(client, "/people/?ended=ended") and number not in body(client, "/people/")
    for query, is_said in ((f"q={number}", False), (f"q={number}&rung=counted", True)):
        page = body(client, f"/people/?{query}")
        assert number in page and ("The other filters do not apply to it." in page) is is_said, query
    assert shown(f"since={today() + timedelta(days=1)}") == set()
    assert client.get("/people/?rung=nonsense&since=soon").status_code == 422


def test_a_list_is_narrowed_to_a_drive_and_an_export_of_it_holds_no_others(world: World) -> None:
    world.web_join(of=world.asha)
    client = officer(world, "district_president", "JK-SRI")
    assert 'name="drive"' not in body(client, "/people/"), "there is one drive only"
    first = world.programme.public_id
    world.anew()
    world.web_join(of=Human("Bilal Ahmad", 1985, "+919906000777"))
    second = world.programme.public_id
    for drive, (here, other) in {first: ("Asha", "Bilal"), second: ("Bilal", "Asha")}.items():
        page = body(client, f"/people/?drive={drive}")
        assert here in page and other not in page
    everybody = body(client, "/people/")
    assert "Asha" in everybody and "Bilal" in everybody
    assert client.get(f"/people/?drive={UUID(int=1)}").status_code == 422
    form = {"unit": "JK-SRI", "in": "organisational", "drive": str(second), "reason": "letters of thanks"}
    assert client.post("/people/export/", form).status_code == 302
    with system("test"):
        release = Release.objects.get()
    approve(officer(world, "data_officer", "JK-SRI"), release)
    text = client.post(f"/people/export/{release.public_id}/").getvalue().decode()
    assert "Bilal" in text and "Asha" not in text


def test_somebody_is_found_by_name_whole_phone_and_member_number(world: World) -> None:
    world.web_join(of=world.asha)
    world.web_join(of=world.bilal)
    client = officer(world, "district_president", "JK-SRI")
    number = member_number(member_of(world, world.asha))
    for q in ("asha", "devi ash", world.asha.phone[3:], "%2B91 99060 00001", number, number.lower()):
        page = client.get(f"/people/?q={q}").content.decode()
        assert "Asha Devi" in page and "Bilal" not in page, q
    for q in ("0001", "%25", "_", "99060"):
        assert "Asha Devi" not in client.get(f"/people/?q={q}").content.decode(), q


def followed(client: Client, where: str) -> Iterator[str]:
    """The pages of a list, each by the link of the one before."""
    path = where.partition("?")[0]
    while where:
        page = body(client, where)
        yield page
        found = re.search(r'href="([^"]*)" rel="next"', page)
        where = path + unescape(found[1]) if found else ""


@pytest.mark.parametrize("narrowed", ["", "q=person", "channel=3"])
def test_pages_follow_one_another_without_gap_or_double(
    world: World, monkeypatch: pytest.MonkeyPatch, narrowed: str
) -> None:
    monkeypatch.setattr(queries_people, "PER_PAGE", 3)
    people = [Human(f"Person {chr(65 + n)}x", 1980, f"+9199061000{n:02d}") for n in range(8)]
    for each in people:
        world.send(world.claim(each, Channel.API, unit=world.booth))
        world.tick()
    client = officer(world, "district_president", "JK-SRI")

    def listed(query: str) -> list[str]:
        pages = list(followed(client, f"/people/?{query}&{narrowed}"))
        assert len(pages) == 3
        return [name for page in pages for name in re.findall(r"Person [A-H]x", page)]

    names = [each.name for each in people]
    assert listed("sort=-joined") == names[::-1] == listed("")
    assert listed("sort=joined") == names


@pytest.mark.parametrize(
    "told",
    ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "2026-11-10T00:00:00", "yesterday", "\0"],
)
def test_a_forged_mark_is_the_first_page(world: World, told: str) -> None:
    world.web_join(of=world.asha)
    client = officer(world, "district_president", "JK-SRI")
    for mark in (
        tables.page_mark(7, told, UUID(int=1)),
        tables.page_mark(7, world.now.isoformat(), told),
        base64.urlsafe_b64encode(f"1 {told} {UUID(int=1)}".encode()).decode(),
    ):
        assert "Asha Devi" in body(client, f"/people/?after={mark}")


def test_a_unit_too_large_asks_for_a_smaller_one_but_still_finds_a_phone(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries_people, "MOST_LEAVES", 1)
    world.web_join(of=world.asha)
    client = officer(world, "state_president", "JK")
    page = client.get("/people/").content.decode()
    assert "Choose a smaller unit" in page and "Asha" not in page and "unit=JK-SRI" in page
    sizes = [int(n) for n in re.findall(r"muted nums\">\s*(\d+) booth", page)]
    assert len(sizes) > 1 and sizes == sorted(sizes, reverse=True), "the largest first"
    narrowed = client.get("/people/?rung=unsigned&channel=1").content.decode()
    assert "unit=JK-SRI&amp;in=organisational&amp;rung=unsigned&amp;channel=1" in narrowed, (
        "the choice goes along"
    )
    assert "Asha Devi" in client.get(f"/people/?q={world.asha.phone[3:]}").content.decode()


def test_a_name_looked_for_among_too_many_says_what_works_and_goes_along_to_smaller_units(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries_people, "MOST_LEAVES", 1)
    page = unescape(officer(world, "state_president", "JK").get("/people/?q=Asha <b>").content.decode())
    assert "Too many to search for “Asha <b>”. Type a full phone or member number" in page
    assert "unit=JK-SRI&in=organisational&q=Asha+%3Cb%3E" in page


def test_the_path_above_people_leads_only_to_units_whose_people_are_in_sight(world: World) -> None:
    page = officer(world, "district_president", "JK-SRI").get("/people/?unit=JK-SRI-M1").content.decode()
    path = page.split('class="crumbs"')[1].split("</nav>")[0]
    assert re.findall(r"unit=([\w-]+)", path) == ["JK-SRI"] and "<span>India</span>" in path


def test_a_list_reads_as_much_whatever_its_length(world: World) -> None:
    client = officer(world, "district_president", "JK-SRI")
    world.web_join(of=world.asha)
    client.get("/people/")
    with CaptureQueriesContext(connection) as few:
        client.get("/people/")
    people = [Human(f"Person {chr(65 + n)}x", 1980, f"+9199061000{n:02d}") for n in range(20)]
    world.send(*(world.claim(each, 3, unit=world.booth) for each in people))  # type: ignore[arg-type]  # Channel.API
    with CaptureQueriesContext(connection) as many:
        client.get("/people/")
    assert len(many) == len(few)


@pytest.mark.parametrize("oldest_first", [False, True])
def test_a_page_leaves_the_rest_of_a_crowded_unit_unread(
    world: World, monkeypatch: pytest.MonkeyPatch, oldest_first: bool
) -> None:
    monkeypatch.setattr(queries_people, "_MARGIN", 2)
    people = [Human(f"Person {chr(65 + n)}x", 1980, f"+9199061000{n:02d}") for n in range(20)]
    world.send(*(world.claim(each, Channel.API, unit=world.booth) for each in people))
    lo, hi = units.span(world.district.pk, 1)
    with system("test"):
        with CaptureQueriesContext(connection) as asked:
            shown = queries_people.members_below(
                lo, hi, queries_people.PeopleWanted(oldest_first=oldest_first), limit=3
            )
        (one,) = asked.captured_queries
        told = "\n".join(str(line) for (line,) in world.rows("explain (analyze) " + one["sql"]))
    assert len(shown) == 3
    found = re.search(r"CTE Scan on e .*actual .*rows=([\d.]+)", told)
    assert found and float(found[1]) == 3 + 2


def test_reading_leaves_a_row_and_a_quota_ends_it(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ABHIYAN_LIMITS", "people.rows=3 people.many=1")
    world.web_join(of=world.asha)
    client = officer(world, "district_president", "JK-SRI")
    for _n in range(3):
        assert client.get("/people/").status_code == 200
    assert "entries, the limit for a day. Go on in " in body(client, "/people/", 429)
    acts = world.rows(
        "select act, count(*) from core_audit where act like 'enrolment.read%%' group by 1 order by 1"
    )
    assert acts == [("enrolment.read_people", 3), ("enrolment.reads_many", 1)]


def test_an_entry_shows_its_claims_consents_and_worker(world: World) -> None:
    world.web_join(of=world.asha)
    world.paper_row(of=world.asha)
    page = (
        officer(world, "district_president", "JK-SRI")
        .get(f"/people/{member_of(world, world.asha)}/")
        .content.decode()
    )
    assert "Paper list" in page and "Own web session" in page and "notice version 1" in page
    assert world.asha.phone[3:] not in page


def test_a_number_is_shown_for_one_look_and_leaves_a_row(world: World) -> None:
    world.web_join(of=world.asha)
    where = f"/people/{member_of(world, world.asha)}/"
    client = officer(world, "district_president", "JK-SRI")
    assert f'href="tel:{world.asha.phone}"' in client.post(where + "reveal/").content.decode()
    assert world.asha.phone not in client.get(where).content.decode()
    looked = world.rows("select subject from core_audit where act = 'people.reveal_phone'")
    assert looked == [(str(member_of(world, world.asha)),)], "the trail says whose number it was"
    worker = officer(world, "booth_worker", "JK-B001")
    assert worker.post(where + "reveal/").status_code == 403


def test_an_entry_is_corrected_and_its_tally_moves(world: World) -> None:
    world.web_join(of=world.asha)
    where = f"/people/{member_of(world, world.asha)}/"
    client = officer(world, "district_president", "JK-SRI")
    assert 'value="Asha Devi"' in client.get(where + "correct/").content.decode()
    answer = client.post(where + "correct/", {"name": "Asha Kaul", "birth_year": "1980", "unit": "JK-B003"})
    assert answer["Location"] == where
    assert "Asha Kaul" in client.get(where).content.decode()
    assert world.ladder(world.units["JK-B003"]) == Ladder(reported=1, counted=1)
    far = client.post(where + "correct/", {"name": "Asha Kaul", "birth_year": "1980", "unit": "JK-B004"})
    assert far.status_code == 422
    assert "form-errors" in far.content.decode()
    assert world.ladder(world.units["JK-B003"]) == Ladder(reported=1, counted=1)
    assert world.tallies() == world.recounted()


def test_an_entry_is_struck_off_with_a_reason(world: World) -> None:
    world.web_join(of=world.asha)
    where = f"/people/{member_of(world, world.asha)}/"
    client = officer(world, "district_president", "JK-SRI")
    asked = client.get(where + "strike-off/").content.decode()
    assert "Strike off Asha Devi?" in asked and "no longer counted" in asked
    assert client.post(where + "strike-off/", {"reason": ""}).status_code == 422
    assert client.post(where + "strike-off/", {"reason": "because"}).status_code == 422
    assert client.post(where + "strike-off/", {"reason": "not_genuine"}).status_code == 302
    assert "Struck off" in client.get(where).content.decode()
    again = client.post(where + "strike-off/", {"reason": "double"}, follow=True)
    assert "has ended already" in again.content.decode()
    assert world.ladder(world.booth) == Ladder(reported=1)
    assert officer(world, "booth_worker", "JK-B001").post(where + "strike-off/").status_code == 403


def approve(client: Client, release: Release) -> None:
    assert client.post(f"/releases/{release.public_id}/decide/", {"allow": "yes"}).status_code == 302


def test_an_export_needs_a_second_person_and_holds_what_is_shown(world: World) -> None:
    world.web_join(of=Human("-Asha Devi", 1980, world.asha.phone))
    world.api(of=world.bilal)
    client = officer(world, "district_president", "JK-SRI")
    form = {"unit": "JK-SRI", "in": "organisational", "rung": "counted", "reason": "letters of thanks"}
    assert client.post("/people/export/", form).status_code == 302
    with system("test"):
        release = Release.objects.get()
        assert release.payload["rung"] == "counted"
    assert client.post(f"/people/export/{release.public_id}/").status_code == 403
    approve(officer(world, "data_officer", "JK-SRI"), release)
    answer = client.post(f"/people/export/{release.public_id}/")
    text = answer.getvalue().decode()
    assert "'-Asha Devi" in text and "Bilal" not in text and world.asha.phone[3:] not in text
    assert client.post(f"/people/export/{release.public_id}/").status_code == 403
    assert world.rows("select n from core_audit where act = 'enrolment.export_people'") == [(1,)]
    assert officer(world, "booth_worker", "JK-B001").post("/people/export/", form).status_code == 403


def test_what_could_never_be_taken_out_is_refused_before_anybody_is_asked(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "MOST_EXPORTED", 1)
    world.web_join(of=world.asha)
    world.api(of=world.bilal)
    client = officer(world, "district_president", "JK-SRI")
    assert "One file holds at most 1 people" in body(client, "/people/")
    form = {"unit": "JK-SRI", "in": "organisational", "reason": "letters of thanks"}
    refused = client.post("/people/export/", form | {"ended": "all"})
    assert refused["Location"] == "/people/?unit=JK-SRI&in=organisational&ended=all"
    assert "This list has more than 1 people" in body(client, refused["Location"])
    assert world.count("org_release") == 0
    client.post("/people/export/", form | {"channel": "3"})
    assert world.count("org_release") == 1


def test_a_file_todays_reading_leaves_no_room_for_is_still_there_tomorrow(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert declared.PEOPLE_ROWS.allowed > reading.MOST_EXPORTED, (
        "whoever has looked at a page can still take the file"
    )
    world.web_join(of=world.asha)
    world.web_join(of=world.bilal, unit=world.booth)
    client = officer(world, "district_president", "JK-SRI")
    client.post("/people/export/", {"unit": "JK-SRI", "in": "organisational", "reason": "letters of thanks"})
    with system("test"):
        release = Release.objects.get()
    approve(officer(world, "data_officer", "JK-SRI"), release)
    monkeypatch.setenv("ABHIYAN_LIMITS", "people.rows=3")
    assert client.get("/people/").status_code == 200
    assert client.post(f"/people/export/{release.public_id}/").status_code == 429
    limits.forget_all()  # the next day
    assert "Bilal" in client.post(f"/people/export/{release.public_id}/").getvalue().decode()
    with system("test"):
        Release.objects.update(state=Release.State.RELEASED)
    monkeypatch.setenv("ABHIYAN_LIMITS", "people.rows=1")
    grown = client.post(f"/people/export/{release.public_id}/")
    assert grown.status_code == 422 and "more than 1 people" in grown.content.decode()


ALIKE = [  # names as people enter them, and as others type them
    (
        ["Farooq Kumar", "फ़ारूक़ कुमार", "فاروق کمار", "Faruk Kumar"],
        ["Farooque", "Faruq", "फारूक", "فاروق", "faro"],
    ),
    (
        ["Sunitha Devi", "सुनी\u200dता देवी", "ਸੁਨੀਤਾ ਦੇਵੀ", "Smt. Suneeta Devi"],
        ["सुनीता", "Devi Sunita", "sunit", "Smt Sunita"],
    ),
    (["Kamala Bai", "Kamla Bai", "कमला बाई", "কমলা বাই"], ["Kamla", "Kamala", "कमला", "bai kamla"]),
    (["Md. Aslam", "Mohammad Aslam", "مو۔ اسلم"], ["aslam", "اسلم", "Aslam"]),
    (["Harbhajan Singh", "हरभजन सिंह", "ਹਰਭਜਨ ਸਿੰਘ"], ["Singh", "सिंह", "Harbhajan"]),
    (["Mushtaq Wani", "Mushtaque Wani", "مشتاق وانی"], ["Wani Mushtaq", "مشتاق"]),
]


@pytest.mark.parametrize("is_heard", [False, True])
@pytest.mark.parametrize(("entered", "typed"), ALIKE)
def test_a_name_is_found_as_it_sounds_in_any_script(
    world: World, entered: list[str], typed: list[str], is_heard: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The newest are found before the loop has heard them. Everybody else is found by the index of words."""
    for n, name in enumerate(entered):
        world.web_join(of=Human(name, 1971, f"+91990600774{n}"))
    world.web_join(of=Human("Zubin Mehta", 1971, "+919906007749"))
    if is_heard:
        with system("the loop"):
            assert words.hear_new() == len(entered) + 1 and words.hear_new() == 0
        monkeypatch.setattr(queries_people, "_LOOKED_THROUGH", 0)
    client = officer(world, "district_president", "JK-SRI")
    for text in typed:
        page = client.get("/people/", {"q": text}).content.decode()
        assert page.count("/people/") and len(set(re.findall(r"/people/([0-9a-f-]{36})/", page))) == len(
            entered
        ), text


def test_signs_of_patterns_are_no_letters_of_a_name(world: World) -> None:
    world.web_join(of=Human("Farooq Kumar", 1972, "+919906007742"))
    client = officer(world, "district_president", "JK-SRI")
    for signs in (".*", "Kumar|Devi", "K.ar", "Kum[a]r", "\\w", "%", "_"):
        page = client.get("/people/", {"q": signs}).content.decode()
        assert not re.findall(r"/people/([0-9a-f-]{36})/", page), signs


def test_the_words_of_a_name_follow_the_person(world: World) -> None:
    """Corrected, moved, left, back and erased: at each step search finds exactly who is there."""
    joined = world.web_join(of=Human("Farooq Kumar", 1972, "+919906007742"))
    assert joined.membership is not None
    with system("tests look"):
        words.hear_new()
        person = Person.objects.get(name="Farooq Kumar")

        def kept() -> set[tuple[str, int]]:
            return set(PersonWord.objects.filter(person_id=person.pk).values_list("word", "unit_id"))

        was = person.unit_id
        assert kept() == {(word, was) for word in ("pruk", "=prk.", "kumr", "=kmr.", "prukumr")}
        persons.correct_person(person=person, name="Faruk Mir", birth_year=1972)
        assert kept() == {(word, was) for word in ("pruk", "=prk.", "mir", "=mr.", "prukmir")}
        persons.move_persons(person_ids=[person.pk], unit_id=world.next_booth.pk)
        assert {unit for _word, unit in kept()} == {world.next_booth.pk}
        persons.mark_left(person_ids=[person.pk], at=world.now)
        assert kept() == set()
        persons.mark_back(person_ids=[person.pk])
        assert {word for word, _unit in kept()} == {"pruk", "=prk.", "mir", "=mr.", "prukmir"}


def test_a_claim_without_a_place_is_placed_by_name_pin_or_code(world: World) -> None:
    join(world, world.asha)
    client = officer(world, "state_president", "JK")
    page = client.get("/people/unplaced/").content.decode()
    assert "Asha Devi" in page
    ((claim,),) = world.rows("select public_id from enrolment_claim")
    wrong = client.post("/people/unplaced/", {"claim": str(claim), "where": "Nowhere at all"})
    assert wrong.status_code == 422 and "No place found" in wrong.content.decode()
    assert client.post("/people/unplaced/", {"claim": str(claim), "where": "JK-B001"}).status_code == 302
    assert "Asha" not in client.get("/people/unplaced/").content.decode()
    assert world.ladder(world.booth) == Ladder(reported=1, counted=1)
    assert client.post("/people/unplaced/", {"claim": str(claim), "unit": "JK-B001"}).status_code == 409
    assert world.tallies() == world.recounted()


def test_entries_without_a_place_are_narrowed_to_a_unit_and_the_launch_page_leads_there(world: World) -> None:
    join(world, world.asha)
    client = officer(world, "state_president", "JK")
    own = client.get("/people/unplaced/?unit=JK").content.decode()
    assert "Asha Devi" in own and "and all below<" in own
    assert "Asha Devi" not in client.get("/people/unplaced/?unit=JK-B001").content.decode()
    unknown = client.get("/people/unplaced/?unit=Atlantis")
    assert unknown.status_code == 422 and "No unit of yours fits" in unknown.content.decode()
    launch = client.get(f"/launch/{world.programme.public_id}/").content.decode()
    assert 'href="/people/unplaced/?unit=JK"' in launch


def test_a_place_on_the_same_phone_is_suggested_and_all_sure_ones_placed_at_once(world: World) -> None:
    join(world, world.asha, unit="JK-B001")
    join(world, world.mohan)
    client = officer(world, "state_president", "JK")
    page = client.get("/people/unplaced/").content.decode()
    assert 'name="unit" value="JK-B001"' in page and "Place the one that is sure" in page
    ((claim,),) = world.rows("select public_id from enrolment_claim where not is_placed")
    client.post("/people/unplaced/", {"all": "1", f"seen-{claim}": "JK-B001"})
    assert world.rows("select count(*) from enrolment_claim where not is_placed") == [(0,)]


def test_a_call_from_a_shared_phone_is_settled(world: World) -> None:
    join(world, world.asha, unit="JK-B001")
    world.tick()
    world.paper_row(of=world.mohan)
    world.tick()
    world.missed_call(of=world.asha)
    client = officer(world, "state_president", "JK")
    page = client.get("/people/nameless/").content.decode()
    assert "Asha Devi" in page and "Mohan Lal" in page
    ((claim,),) = world.rows("select public_id from enrolment_claim where membership_id is null")
    settle = f"/people/nameless/{claim}/{member_of(world, world.mohan)}/"
    assert (
        f'href="{settle}"' in page and "Was this call from Mohan Lal?" in client.get(settle).content.decode()
    )
    assert client.post(settle).status_code == 302
    assert "We know who made every call" in client.get("/people/nameless/").content.decode()
    assert world.ladder(world.booth) == Ladder(reported=3, counted=2)
    again = client.post(settle, follow=True)
    assert "is already settled" in again.content.decode()


def test_calls_nobody_can_decide_about_do_not_hide_the_rest(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(awaiting, "PER_PAGE", 2)
    join(world, world.asha, unit="JK-B001")
    world.tick()
    world.paper_row(of=world.mohan)
    calls: list[str] = []
    for days in (3, 2, 2, 1, 0):
        now, world.now = world.now, world.now - timedelta(days=days)
        world.missed_call(of=world.asha)
        waiting = world.rows("select public_id from enrolment_claim where membership_id is null")
        (claim,) = {str(each) for (each,) in waiting} - {*calls}
        calls.append(claim)
        world.now = now
    client = officer(world, "state_president", "JK")

    def shown(query: str) -> list[str]:
        pages = followed(client, f"/people/nameless/?{query}")
        return [
            each
            for page in pages
            for each in dict.fromkeys(re.findall(r'href="/people/nameless/([^/"]+)/', page))
        ]

    assert shown("")[0] == calls[0] and sorted(shown("")) == sorted(calls)
    assert shown("sort=-stored") == shown("sort=stored")[::-1] == shown("")[::-1]
    day = today() - timedelta(days=2)
    assert set(shown(f"since={day}&until={day}")) == set(calls[1:3])
    assert shown("channel=1") == shown(f"since={today() + timedelta(days=1)}") == []
    assert len(shown("unit=JK-SRI-M1")) == 5 and shown("unit=JK-JAM") == []
    assert client.get("/people/nameless/?unit=qqqq").status_code == 422
    *_before, last = followed(client, "/people/nameless/")
    assert "Showing 5–5 of 5" in last


def test_what_is_decided_on_a_later_page_leads_back_to_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(awaiting, "PER_PAGE", 1)
    for human in (world.asha, world.bilal):
        join(world, human)
        world.tick()
    client = officer(world, "state_president", "JK")
    first, second = followed(client, "/people/unplaced/?channel=1&sort=-stored")
    found = re.search(r'href="([^"]*)" rel="next"', first)
    assert found
    where = "/people/unplaced/" + unescape(found[1])
    claim = re.findall(r'name="claim" value="([^"]+)"', second)[0]
    assert claim not in first
    placed = client.post(where, {"claim": claim, "where": "JK-B001"})
    assert placed["Location"] == where
    assert "Nothing left on this page" in body(client, where)
    assert claim not in body(client, "/people/unplaced/")


def test_a_queue_reads_as_much_whatever_its_length(world: World) -> None:
    client = officer(world, "state_president", "JK")
    for path in ("/people/unplaced/", "/people/nameless/"):
        body(client, path)
    counts = []
    for humans in ((world.asha,), (world.bilal, world.chandra)):
        for human in humans:
            join(world, human)
        with CaptureQueriesContext(connection) as asked:
            body(client, "/people/unplaced/")
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_what_waits_is_owed_by_whoever_may_place(world: World) -> None:
    from abhiyan.core.scope import scoped

    join(world, world.asha)
    officer(world, "state_president", "JK")
    with system("test"):
        from abhiyan.people.models import Account

        account = Account.objects.get(name="state_president of JK")
    viewer = org.viewer_of(account_id=account.pk, on=today())
    with scoped(viewer.scope):
        (one,) = member_todo(viewer, at=world.now)
    assert isinstance(one, Owed) and str(one.title).startswith("1 ") and one.href == "/people/unplaced/"


def test_member_numbers_are_read_back(world: World) -> None:
    given = UUID("0123456789abcdef0123456789abcdef")
    bounds = public_ids(member_number(given))
    assert bounds is not None and bounds[0] <= given <= bounds[1]
    assert public_ids("short") is None and public_ids("UUUU-UUUU-UUUU") is None


def test_nobody_works_on_whoever_left(world: World) -> None:
    from abhiyan.core.scope import scoped

    asha = join(world, world.asha)
    client = officer(world, "state_president", "JK")
    ((claim,),) = world.rows("select public_id from enrolment_claim")
    asha.post("/me/leave/")
    assert "Asha" not in client.get("/people/unplaced/").content.decode()
    tallies = world.tallies()
    refused = client.post("/people/unplaced/", {"claim": str(claim), "where": "JK-B001"})
    assert refused.status_code == 409 and "has ended already" in refused.content.decode()
    assert world.tallies() == tallies == world.recounted()
    from abhiyan.people.models import Account

    with system("test"):
        account = Account.objects.get()
    viewer = org.viewer_of(account_id=account.pk, on=today())
    with scoped(viewer.scope):
        assert list(member_todo(viewer, at=world.now)) == []


def test_an_answer_of_no_keeps_the_menu(world: World) -> None:
    client = officer(world, "state_president", "JK")
    answer = client.get(f"/people/{UUID(int=1)}/")
    page = answer.content.decode()
    assert answer.status_code == 404 and 'aria-label="Main"' in page
    assert "Search for it by name or code above" in page and "not_found" not in page
    assert page.split("<main")[1].count("Page not found, or not yours to open") == 1
    assert 'aria-label="Main"' not in browser().get("/nowhere-at-all/").content.decode()


def test_a_shared_phone_whose_people_all_left_waits_for_nobody(world: World) -> None:
    asha = join(world, world.asha, unit="JK-B001")
    world.tick()
    mohan = world.paper_row(of=world.mohan)
    world.tick()
    world.missed_call(of=world.asha)
    client = officer(world, "state_president", "JK")
    world.leave(mohan, of=world.mohan)
    page = client.get("/people/nameless/").content.decode()
    assert "Asha Devi" in page and "Mohan Lal" not in page
    asha.post("/me/leave/")
    assert "We know who made every call" in client.get("/people/nameless/").content.decode()


def test_who_sent_an_entry_in_is_named_in_the_readers_script(world: World) -> None:
    officer(world, "booth_worker", "JK-B001")
    with system("test"):
        Account.objects.filter(name="booth_worker of JK-B001").update(name="Asha Devi")
        worker = Account.objects.get(name="Asha Devi").public_id
        for language, name in (("hi", "आशा देवी"), ("en", "Asha Devi")):
            with override(language):
                assert queries_people.senders([worker])[worker].startswith(f"{name}, ")
