"""A worker at the door: entries are kept at once, the phone's own code or call makes them count, and nothing else."""

import re
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from abhiyan.core.keys import keyring
from abhiyan.core.scope import system
from abhiyan.core.tests import given
from abhiyan.core.tests.given import NOW, present
from abhiyan.doorstep import queries
from abhiyan.doorstep.models import DoorEntry
from abhiyan.doorstep.rules.states import DoorState
from abhiyan.doorstep.views import door as views
from abhiyan.enrolment import actions
from abhiyan.enrolment.models import Enrolment, Membership, Parting
from abhiyan.enrolment.queries.recount import LOOKS, TRIES
from abhiyan.enrolment.rules.channels import Channel
from abhiyan.enrolment.tests.make import CHANNEL, Human, Ladder, World
from abhiyan.enrolment.tests.web import blanks, code_sent, officer, open_me, today, web_world
from abhiyan.messaging.models import Number
from abhiyan.org.models import Appointment
from abhiyan.people.models import Account, Consent
from abhiyan.people.tests.make import undrawn

pytestmark = pytest.mark.django_db
KAMLA = Human("Kamla Devi", 1979, "+919906007732")
NAZIR = Human("Nazir Ahmad", 1968, "+919906007733")
WRONG = {True: "000000", False: "111111"}


@pytest.fixture
def world() -> World:
    return web_world()


def entered(client: Client, who: Human, how: str = "send", **other: str) -> Any:
    """Somebody is written down, a moment after what was done before."""
    given.time(present() + timedelta(seconds=1.5))
    form = {
        "key": uuid4().hex,
        "phone": who.phone.removeprefix("+91"),
        "name": who.name,
        "birth_year": str(who.birth_year),
        "heard": "on",
        how: "1",
    }
    return client.post("/field/", form | other)


def read_code(client: Client, page: str, code: str) -> Any:
    return client.post(page, {"code": code})


def sent_codes(phone: str) -> int:
    return len(blanks(phone, "code.door"))


def not_this(code: str) -> str:
    return WRONG[code != "000000"]


def test_a_code_read_to_the_worker_counts_and_confirms_nothing(world: World, worker: Client) -> None:
    answer = entered(worker, KAMLA)
    assert answer.status_code == 302
    assert world.ladder(world.booth) == Ladder(reported=1, unsigned=1)
    done = read_code(worker, answer["Location"], code_sent(KAMLA.phone, "door"))
    assert done["Location"] == "/field/?unit=JK-B001"
    assert world.ladder(world.booth) == Ladder(reported=1, counted=1)
    page = worker.get(done["Location"]).content.decode()
    assert "Counted: Kamla Devi" in page and "Same house: they have heard it" in page
    assert "autofocus" in worker.get("/field/?house=1").content.decode()
    assert world.tallies() == world.recounted() and world.orphans() == {}
    with system("test"):
        assert Enrolment.objects.get().channel == Channel.DOOR
        consent = Consent.objects.get()
        assert (consent.channel, consent.notice_version) == (Channel.DOOR, 1)


def test_their_own_call_counts_before_the_entry_and_after_it(world: World, worker: Client) -> None:
    world.missed_call(of=KAMLA)
    entered(worker, KAMLA, "call")
    assert world.ladder(world.booth).counted == 1
    entered(worker, NAZIR, "call")
    assert world.ladder(world.booth).unsigned == 1
    assert "Send a code" in worker.get("/field/").content.decode()
    world.tick()
    world.missed_call(of=NAZIR)
    assert world.ladder(world.booth).counted == 2 and world.ladder(world.booth).unsigned == 0
    assert "Send a code" not in worker.get("/field/").content.decode()


def test_a_code_read_for_another_number_is_wrong(world: World, worker: Client) -> None:
    first = entered(worker, KAMLA)["Location"]
    second = entered(worker, NAZIR)["Location"]
    answer = read_code(worker, second, code_sent(KAMLA.phone, "door"))
    said = answer.content.decode()
    assert answer.status_code == 422 and "does not fit the phone that ends in 7733" in said
    assert "send a new code" in said
    assert world.ladder(world.booth) == Ladder(reported=2, unsigned=2)
    assert read_code(worker, first, code_sent(KAMLA.phone, "door")).status_code == 302
    assert world.ladder(world.booth) == Ladder(reported=2, unsigned=1, counted=1)


def test_two_workers_at_one_door_make_one_member(world: World, worker: Client) -> None:
    other = officer(world, "booth_president", "JK-B001")
    entered(worker, KAMLA)
    theirs = entered(other, KAMLA)["Location"]
    assert world.count("enrolment_membership") == 1
    assert theirs in other.get("/field/").content.decode()
    assert "they still count once" in other.get(theirs).content.decode()
    assert read_code(other, theirs, code_sent(KAMLA.phone, "door")).status_code == 302
    assert world.ladder(world.booth) == Ladder(reported=2, counted=1)
    assert world.tallies() == world.recounted()


def test_an_entry_reads_as_it_was_typed_whether_or_not_the_person_is_a_member_elsewhere(
    world: World, worker: Client
) -> None:
    elsewhere = Human("Kamla Devi", 1979, "+919906007734")
    with system("test"):
        world.web_join(of=elsewhere, unit=world.units["JK-B002"])
        world.web_join(of=Human("Sunita Koul", 1981, "+919906007735"), unit=world.units["JK-B002"])
    typed = (
        Human("KAMLA  devi", 1979, elsewhere.phone),  # a member in another booth
        Human("Nazir Ahmad", 1968, "+919906007735"),  # another person on a phone that is known there
        NAZIR,  # nobody knows this one
    )
    where = [entered(worker, human)["Location"] for human in typed]
    page = worker.get("/field/").content.decode()
    for human, one in zip(typed, where, strict=True):
        own = worker.get(one).content.decode()
        for shown in (page, own, worker.get("/field/entries/").content.decode()):
            assert " ".join(human.name.split()) in shown
        assert human.phone[-4:] in own


def test_what_a_worker_typed_goes_when_the_person_has_everything_erased(world: World, worker: Client) -> None:
    entered(worker, KAMLA)
    entered(worker, NAZIR)
    client = open_me(KAMLA)
    client.get("/me/")
    assert client.post("/me/erase/").status_code == 200
    with system("test"):
        assert {*DoorEntry.objects.values_list("name", "last4")} == {("", ""), ("Nazir Ahmad", "7733")}
    assert "Kamla" not in worker.get("/field/entries/").content.decode()


def test_a_late_code_finds_its_entry_and_a_wrong_one_loses_nothing(world: World, worker: Client) -> None:
    late = entered(worker, KAMLA)["Location"]
    code = code_sent(KAMLA.phone, "door")
    for human in (NAZIR, world.bilal):
        entered(worker, human)
    assert read_code(worker, late, not_this(code)).status_code == 422
    assert late in worker.get("/field/").content.decode()
    assert read_code(worker, late, code).status_code == 302
    assert world.ladder(world.booth) == Ladder(reported=3, unsigned=2, counted=1)


def test_after_ten_minutes_a_waiting_entry_offers_a_new_code_and_the_number_to_call(
    world: World, worker: Client
) -> None:
    with system("test"):
        Number.objects.create(
            number="+911800000001", meaning="join", provider="generic", programme_id=world.programme.pk
        )
    page = entered(worker, KAMLA)["Location"]
    fresh = worker.get("/field/").content.decode()
    assert "Type the code" in fresh and "Ask them to call" not in fresh
    assert "ending in 7 7 3 2" in fresh and "Code sent" in fresh
    given.time(NOW + timedelta(minutes=11))
    for address in ("/field/", "/field/entries/"):
        old = worker.get(address).content.decode()
        assert "Type the code" not in old and "Send a new code" in old, address
        assert f'href="{page}#call"' in old and "ending in 7 7 3 2" in old, address
    assert 'name="code"' not in worker.get(page).content.decode()
    assert worker.post(page, {"send": "1"})["Location"] == page
    assert 'name="code"' in worker.get(page).content.decode() and sent_codes(KAMLA.phone) == 2
    assert "Type the code" in worker.get("/field/").content.decode()


def test_ten_in_a_row_need_the_place_once(world: World, worker: Client) -> None:
    for n in range(10):
        answer = entered(worker, Human(f"Person {chr(97 + n)}", 1970, f"+91990600800{n}"))
        assert answer.status_code == 302, answer.content.decode()
    assert world.ladder(world.booth).unsigned == 10
    page = worker.get("/field/").content.decode()
    assert "10 today: 10 wait" in page


def test_a_form_sent_twice_is_one_entry(world: World, worker: Client) -> None:
    key = uuid4().hex
    first, again = (entered(worker, KAMLA, key=key)["Location"] for _each in range(2))
    assert first == again and world.ladder(world.booth).reported == 1


def test_who_is_written_down_again_is_the_same_entry_and_gets_no_second_code(
    world: World, worker: Client
) -> None:
    first = entered(worker, KAMLA)["Location"]
    again = entered(worker, Human("kamla  DEVI", KAMLA.birth_year, KAMLA.phone))
    assert (
        again["Location"] == first and "You entered this person already" in worker.get(first).content.decode()
    )
    assert sent_codes(KAMLA.phone) == 1 and "1 today: 1 waits" in worker.get("/field/").content.decode()
    read_code(worker, first, code_sent(KAMLA.phone, "door"))
    assert entered(worker, KAMLA)["Location"] == first and sent_codes(KAMLA.phone) == 1
    assert "1 today: 1 counted" in worker.get("/field/").content.decode()
    assert world.ladder(world.booth) == Ladder(reported=1, counted=1)
    son = entered(worker, Human(KAMLA.name, 2001, KAMLA.phone))["Location"]
    assert son != first, "another year of birth is another person"


def test_who_left_elsewhere_stays_an_entry_that_waits_and_no_code_counts_them(
    world: World, worker: Client
) -> None:
    elsewhere = world.web_join(of=KAMLA, unit=world.far_booth)
    world.tick()
    first = entered(worker, KAMLA)["Location"]
    world.leave(elsewhere, of=KAMLA)
    assert entered(worker, KAMLA)["Location"] == first and sent_codes(KAMLA.phone) == 1
    assert "Phone not answered yet" in worker.get("/field/entries/").content.decode()
    answer = read_code(worker, first, code_sent(KAMLA.phone, "door"))
    assert answer.status_code == 422 and "can join from their own phone" in answer.content.decode()
    assert numbers(worker.get("/field/entries/").content.decode())["Counted"] == ("0", "0")


def test_who_left_here_may_be_entered_anew_and_their_no_stands(world: World, worker: Client) -> None:
    first = entered(worker, KAMLA)["Location"]
    read_code(worker, first, code_sent(KAMLA.phone, "door"))
    world.tick()
    citizen = open_me(KAMLA)
    citizen.get("/me/")
    assert citizen.post("/me/leave/").status_code == 200
    assert "Left, or said no" in worker.get(first).content.decode()
    anew = entered(worker, KAMLA)["Location"]
    assert anew != first and numbers(worker.get("/field/entries/").content.decode())[
        "Phone not answered yet"
    ] == ("1", "1")
    assert sent_codes(KAMLA.phone) == 1 and world.ladder(world.booth) == Ladder(reported=1)


def test_who_called_meanwhile_gets_no_code_when_written_down_again(world: World, worker: Client) -> None:
    first = entered(worker, KAMLA, "call")["Location"]
    world.tick()
    world.missed_call(of=KAMLA)
    assert entered(worker, KAMLA)["Location"] == first and sent_codes(KAMLA.phone) == 0


def test_who_moved_to_another_booth_enters_the_same_person_there(world: World, worker: Client) -> None:
    first = entered(worker, KAMLA)["Location"]
    with system("test"):
        Appointment.objects.update(unit=world.next_booth)
    again = entered(worker, KAMLA)["Location"]
    assert again != first and worker.get(again).status_code == 200
    assert world.count("enrolment_membership") == 1


def test_a_slip_of_the_name_is_another_entry_and_the_same_person_once_they_answer(
    world: World, worker: Client
) -> None:
    for human in (KAMLA, NAZIR):
        entry = entered(worker, human)["Location"]
        read_code(worker, entry, code_sent(human.phone, "door"))
    with system(
        "test"
    ):  # as where the register takes both names for one person: two entries of one membership
        first, second = DoorEntry.objects.order_by("at")
        DoorEntry.objects.filter(pk=second.pk).update(membership_id=first.membership_id)
    assert "1 today: 1 counted" in worker.get("/field/").content.decode()
    page = worker.get("/field/entries/").content.decode()
    assert numbers(page)["Counted"] == ("1", "1") and "Showing 1–2 of 2" in page


def test_ones_own_phone_is_refused(world: World, worker: Client) -> None:
    with system("test"):
        Account.objects.update(phone_id=keyring().phone_id(KAMLA.phone))
    answer = entered(worker, KAMLA)
    assert answer.status_code == 422 and "This is your own phone" in answer.content.decode()
    assert world.count("enrolment_claim") == 0


def test_a_minor_leaves_nothing_on_the_page_or_in_the_register(world: World, worker: Client) -> None:
    answer = entered(worker, World.child)
    assert answer.status_code == 422 and "Planted-Marker" not in answer.content.decode()
    assert world.count("enrolment_claim") == world.count("enrolment_door_entry") == 0
    assert world.rows("select n from enrolment_refused_count where reason = 'not_adult'") == [(1,)]


def test_the_notice_is_heard_first(world: World, worker: Client) -> None:
    answer = entered(worker, KAMLA, heard="")
    assert answer.status_code == 422 and "Read the notice to them first" in answer.content.decode()
    assert world.count("enrolment_claim") == 0


def test_a_phone_that_said_no_reads_as_any_other_and_gets_no_code(world: World, worker: Client) -> None:
    who = world.web_join(of=KAMLA)
    world.tick()
    world.leave(who, of=KAMLA)
    for n in range(4):
        world.paper_row(of=Human(f"Full {chr(97 + n)}", 1970, NAZIR.phone))
    before = world.ladder(world.booth)
    plain, said = Human("Roop Lal", 1981, "+919906007734"), []
    for human in (plain, KAMLA, NAZIR):
        entry = entered(worker, human)["Location"]
        page = undrawn(worker.get(entry).content.decode()).replace(f">{human.birth_year}<", "")
        digits = " ".join(human.phone[-4:])
        said.append(page.replace(human.name, "").replace(human.phone[-4:], "").replace(digits, ""))
    assert said[0] == said[1] == said[2]
    assert [sent_codes(each.phone) for each in (plain, KAMLA, NAZIR)] == [1, 0, 0]
    page = worker.get("/field/entries/").content.decode()
    assert numbers(page)["Phone not answered yet"] == ("3", "3")
    assert world.ladder(world.booth).counted == before.counted
    again = entered(worker, KAMLA)["Location"]
    assert again == entered(worker, KAMLA)["Location"] and sent_codes(KAMLA.phone) == 0


def test_a_member_is_not_found_out_by_trying_the_number(world: World, worker: Client) -> None:
    world.api(of=KAMLA, unit=world.far_booth)
    world.missed_call(of=KAMLA)
    entered(worker, KAMLA, "call")
    entered(worker, NAZIR, "call")
    assert worker.get("/field/").content.decode().count("Send a code") == 2
    page = worker.get("/field/entries/").content.decode()
    assert (
        page.count("Phone not answered yet") == 4
    )  # both entries; both counted together; a choice of the filter
    assert numbers(page)["Counted"] == ("0", "0")


def test_nobody_opens_anothers_entry_nor_enters_elsewhere(world: World, worker: Client) -> None:
    entry = entered(worker, KAMLA)["Location"]
    other = officer(world, "booth_president", "JK-B001")
    assert other.get(entry).status_code == 404
    assert read_code(other, entry, code_sent(KAMLA.phone, "door")).status_code == 404
    assert worker.post("/field/?unit=JK-B002", {}).status_code == 403
    assert officer(world, "verifier", "JK-SRI").get("/field/").status_code == 403


def test_a_larger_unit_leads_to_its_booths_and_to_where_one_worked_last(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = officer(world, "mandal_president", "JK-SRI-M1")
    page = client.get("/field/").content.decode()
    assert "Your booths, villages and wards" in page and "/field/?unit=JK-B002" in page
    assert "Where you worked last" not in page and "JK-B004" not in page
    client.post(
        "/field/?unit=JK-B002", {"phone": "9906007732", "name": "Kamla", "birth_year": "1979", "heard": "on"}
    )
    assert "Where you worked last" in client.get("/field/").content.decode()
    monkeypatch.setattr(queries, "LISTED", 1)
    assert "Your booths" not in client.get("/field/").content.decode(), "so many are searched"
    page = client.get("/field/?q=JK-B002").content.decode()
    assert "Where are you now?" in page and "/field/?unit=JK-B002" in page
    assert 'name="phone"' in client.get("/field/?unit=JK-B002").content.decode()


def test_the_search_finds_people_of_the_booth_alone(world: World, worker: Client) -> None:
    world.web_join(of=KAMLA)
    world.web_join(of=NAZIR, unit=world.next_booth)
    assert "Kamla Devi" in worker.get("/field/?q=kamla").content.decode()
    assert "Nazir" not in worker.get("/field/?q=nazir").content.decode().replace('value="nazir"', "")
    for n in range(11):
        world.web_join(of=Human(f"Ravi {chr(97 + n)}", 1970, f"+9199060081{n:02}"))
    page = worker.get("/field/?q=ravi").content.decode()
    assert page.count("Ravi ") == 10 and "More people fit" in page
    assert "More people fit" not in worker.get("/field/?q=kamla").content.decode()


def numbers(page: str) -> dict[str, tuple[str, str]]:
    """One's own entries in numbers: of today, and in all."""
    rows = re.findall(r'<th scope="row">([^<]*)</th><td[^>]*>([^<]*)</td>\s*<td[^>]*>([^<]*)</td>', page)
    return {label: (today, total) for label, today, total in rows}


@pytest.fixture
def sixty(world: World, worker: Client, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Make sixty entries of a worker, the latest first: forty of today, with ten counted ones and one that
    left; twenty of two days ago, who wait."""
    monkeypatch.setenv("ABHIYAN_LIMITS", "door.phone=500")
    pages = [
        entered(
            worker,
            Human(f"Person {chr(97 + n % 26)}{chr(97 + n // 26)}", 1970, f"+91990600{8000 + n}"),
            "call",
        )
        for n in range(60)
    ]
    with system("test"):
        ids = [DoorEntry.objects.get(public_id=page["Location"].split("/")[2]).pk for page in pages]
        DoorEntry.objects.filter(pk__in=ids[:20]).update(at=NOW - timedelta(days=2))
        Enrolment.objects.filter(claim_id__in=ids[20:31]).update(rung=20, signed_at=NOW)
        left = Enrolment.objects.get(claim_id=ids[30]).membership_id
        Membership.objects.filter(pk=left).update(ended_on=today())
    return [page["Location"] for page in reversed(pages)]


def test_own_entries_are_counted_paged_and_narrowed_however_many(worker: Client, sixty: list[str]) -> None:
    page = worker.get("/field/").content.decode()
    assert "40 today: 10 counted, 29 wait, 1 left" in page
    assert page.count("Send a code") == 10 and "39 more wait" in page
    assert sixty[0] in page

    first = worker.get("/field/entries/").content.decode()
    assert numbers(first) | {"Phone not answered yet": ("29", "49"), "Counted": ("10", "10")} == numbers(
        first
    )
    assert numbers(first)["Left, or said no"] == ("1", "1")
    pages = [worker.get(f"/field/entries/?page={n}").content.decode() for n in (1, 2, 3)]
    waiting = [each for each in sixty if f'action="{each}"' in "".join(pages)]
    assert len(waiting) == 49 and sixty[-1] in waiting, "each that waits has its button, also the oldest"
    assert "Showing 1–25 of 60" in first and "Showing 51–60 of 60" in pages[2] and "Export" not in first

    narrowed = {"show=2": 10, "show=4": 1, "show=1": 49, f"day={today()}": 40, f"show=1&day={today()}": 29}
    for asked, total in narrowed.items():
        assert f"of {total}" in worker.get(f"/field/entries/?{asked}").content.decode(), asked
    assert "No entries here" in worker.get("/field/entries/?show=3").content.decode()
    for wrong in ("show=9", "day=yesterday"):
        assert worker.get(f"/field/entries/?{wrong}").status_code == 422
    for far in ("9999-12-31", "0001-01-01"):
        assert "No entries here" in worker.get(f"/field/entries/?day={far}").content.decode()


def test_the_workers_pages_read_as_often_however_many_entries(worker: Client, sixty: list[str]) -> None:
    with system("test"):
        few = DoorEntry.objects.exclude(public_id__in=[each.split("/")[2] for each in sixty[:2]])
        kept = list(few)
        few.delete()
    counts = {}
    for path in ("/field/", "/field/entries/"):
        worker.get(path)
        with CaptureQueriesContext(connection) as queries_of_few:
            worker.get(path)
        counts[path] = len(queries_of_few)
    with system("test"):
        DoorEntry.objects.bulk_create(kept)
    for path, n in counts.items():
        with CaptureQueriesContext(connection) as queries_of_many:
            worker.get(path)
        assert len(queries_of_many) <= n, path


def test_who_denied_an_entry_is_in_a_count_of_fives_alone(world: World, worker: Client) -> None:
    denied = [Human(f"Denying {chr(97 + n)}", 1970, f"+9199060082{n:02}") for n in range(6)]
    for human in denied:
        entered(worker, human, "call")
        membership = world.rows(
            "select m.public_id from enrolment_membership m where phone_id = %s", [world.phone_id(human)]
        )[0][0]
        assert isinstance(membership, UUID)
        actions.deny_by_phone(
            phone=human.phone, membership=membership, channel=Channel.SMS, by=CHANNEL, at=NOW
        )
    assert "never joined" not in worker.get("/field/entries/").content.decode(), (
        "not while they are spoken to"
    )
    with system("test"):
        Parting.objects.update(at=NOW - timedelta(days=3))
    page = worker.get("/field/entries/").content.decode()
    assert "At least 5 say that they never joined. We do not tell who." in page
    assert numbers(page)["Left, or said no"] == ("6", "6")


def test_doors_without_an_entry_are_numbers_alone_and_undone(world: World, worker: Client) -> None:
    def press(outcome: str, **more: str) -> Any:
        return worker.post("/field/tries/", {"unit": "JK-B001", "outcome": outcome} | more)

    for outcome in ("2", "2", "1"):
        answer = press(outcome)
    assert answer["Location"].endswith("&noted=1")
    page = worker.get(answer["Location"]).content.decode()
    assert "Noted: Does not want to" in page and "Does not want to: 1 · Nobody at home: 2" in page
    assert "noted" not in press("2", undo="1")["Location"]
    assert numbers(worker.get("/field/entries/").content.decode())["Nobody at home"] == ("1", "1")
    assert world.rows(f"select outcome, n, day = '{NOW.date()}' from enrolment_door_try order by 1")[0][
        :2
    ] == (
        1,
        1,
    )
    assert world.rows("select act from core_audit where strpos(act, 'try') > 0") == [], (
        "the minute would name a house"
    )
    press("1", undo="1")
    answer = press("1", undo="1")
    assert "There is nothing to undo" in worker.get(answer["Location"]).content.decode()
    assert (
        press("7").status_code == 404
        and worker.post("/field/tries/?unit=JK-B002", {"outcome": "1"}).status_code == 403
    )


def test_what_may_feed_flags_is_kept_and_shown_to_nobody(world: World, worker: Client) -> None:
    page = worker.get("/field/").content.decode()
    key = re.search(r'name="key" value="([^"]+)"', page)
    assert key
    shown = NOW - timedelta(seconds=70)
    entered(worker, KAMLA, key=views._signer().sign(f"{'a' * 32}.{int(shown.timestamp())}"))
    entered(worker, NAZIR, key=views._signer().sign(f"{'b' * 32}.{int(shown.timestamp())}"))
    entered(worker, world.bilal, key=key[1])
    entered(worker, world.chandra, key=key[1][:-1] + ("a" if key[1][-1] != "a" else "b"))
    worker.post("/field/tries/", {"unit": "JK-B001", "outcome": "1"})
    worker.post("/field/tries/", {"unit": "JK-B001", "outcome": "2"})
    with system("test"):
        first, second, third, forged = DoorEntry.objects.order_by("at").values_list("seconds", flat=True)
        looks = sorted(world.rows(f"select last4, seconds from ({LOOKS}) i"), key=str)
        tries = world.rows(
            f"select unit_id, is_refusal, sum(n)::int from ({TRIES}) i group by 1, 2 order by 2"
        )
    assert first is not None and 70 <= first < 100
    assert second is not None and second < 20, "an old form hides no haste"
    assert third is not None and third < 20 and forged is None
    assert looks == [("0002", third), ("0003", None), ("7732", first), ("7733", second)]
    assert tries == [(world.booth.pk, False, 4), (world.booth.pk, True, 1), (world.booth.pk, None, 1)]
    for path in ("/field/", "/field/entries/"):
        assert not re.search(r"\bseconds?\b", worker.get(path).content.decode())


def test_the_notice_is_first_in_any_language_and_nothing_typed_is_lost(world: World, worker: Client) -> None:
    page = worker.get("/field/").content.decode()
    assert page.index("notice-title") < page.index('name="phone"')
    typed = {
        "phone": "99060",
        "name": "Kamla",
        "birth_year": "19",
        "notice": "1.en",
        "given": "2",
        "key": "k",
    }
    answer = worker.post("/field/", typed | {"speak": "hi"})
    again = answer.content.decode()
    assert answer.status_code == 200 and 'lang="hi" dir="auto"' in again and 'value="1.hi"' in again
    for value in ("99060", "Kamla", "19", "k"):
        assert f'value="{value}"' in again, value
    assert world.count("enrolment_claim") == 0
    entered(worker, KAMLA, notice="1.hi", given="2")
    with system("test"):
        assert Consent.objects.get().language == "hi", "the notice they heard, not the worker's language"
        assert DoorEntry.objects.get().heard == DoorEntry.Heard.PLAYED


def test_a_house_hears_the_notice_once_and_each_agrees_for_themselves(world: World, worker: Client) -> None:
    alone = worker.get("/field/?house=1").content.decode()
    assert alone.index("notice-title") < alone.index('name="phone"'), "nobody heard it yet"
    entered(worker, KAMLA)
    assert "Same house: they have heard it" in worker.get("/field/").content.decode()
    page = worker.get("/field/?house=1").content.decode()
    assert page.index('name="phone"') < page.index("notice-title")
    assert "They heard the notice with the house, and want to join." in page
    assert entered(worker, NAZIR, given="3", heard="").status_code == 422
    assert entered(worker, NAZIR, given="3").status_code == 302
    with system("test"):
        assert Consent.objects.count() == 2
        assert set(DoorEntry.objects.values_list("heard", flat=True)) == {1, 3}
        DoorEntry.objects.update(at=NOW - timedelta(hours=1))
    assert "Same house" not in worker.get("/field/").content.decode()


@pytest.mark.parametrize(
    ("given", "then"),
    [
        ((True, False, False, False, False), DoorState.WAITS),
        ((True, False, True, False, False), DoorState.COUNTED),
        ((True, True, True, True, False), DoorState.CONFIRMED),
        ((True, False, True, True, True), DoorState.ENDED),
        ((False, False, True, True, False), DoorState.WAITS),
        ((False, True, True, False, False), DoorState.COUNTED),
        ((False, False, False, False, True), DoorState.WAITS),
    ],
)
def test_what_became_of_an_entry(world: World, given: tuple[bool, ...], then: DoorState) -> None:
    """given: whether it opened the membership, its phone answered since, it is counted, confirmed, ended."""
    is_new, has_answered, is_counted, is_confirmed, is_ended = given
    rows = world.rows(
        f"select {queries.BECAME} from (select %s as is_new) d, (select %s as has_answered) s,"
        f" (select case when %s then date '{NOW.date()}' end as ended_on) m,"
        f" (select case when %s then timestamptz '{NOW}' end as confirmed_at,"
        " case when %s then 20 else 10 end as rung) e",
        [is_new, has_answered, is_ended, is_confirmed, is_counted],
    )
    assert rows == [(then,)]


def test_a_worker_may_write_an_age(world: World, worker: Client) -> None:
    entry = entered(worker, KAMLA, birth_year="47")["Location"]
    assert world.rows("select birth_year from people_person") == [(1979,)]
    page = worker.get(entry).content.decode()
    assert KAMLA.name in page and "1979" in page, "without script the year is seen here first"


def test_who_says_18_is_of_age_by_that_word(world: World, worker: Client) -> None:
    entered(worker, KAMLA, birth_year="2008")
    assert world.count("enrolment_claim") == 0, "who turns 18 this year may still be 17"
    entered(worker, KAMLA, birth_year="18")
    assert world.rows("select birth_year from people_person") == [(2008,)]
