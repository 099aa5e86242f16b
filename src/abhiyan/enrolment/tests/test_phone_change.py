"""A member's number changes: at once from the old phone, else after 48 hours in which the old one may object."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import transaction
from django.db.models import F
from django.test import Client

from abhiyan.core import news
from abhiyan.core.actor import Actor
from abhiyan.core.backup import Restored
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.enrolment import actions
from abhiyan.enrolment.actions import confirming, phone_changes
from abhiyan.enrolment.actions.claims import AlreadyMember, ClaimOutcome, Joined, Suppressed
from abhiyan.enrolment.models import Enrolment, PhoneChange
from abhiyan.enrolment.rules.channels import Channel
from abhiyan.intake import actions as intake
from abhiyan.messaging import actions as messaging
from abhiyan.messaging.models import Message, Question
from abhiyan.people import journal
from abhiyan.people.actions import suppressions as people_suppressions
from abhiyan.people.models import Account
from abhiyan.people.tests.make import browser, undrawn

from .make import CHANNEL, Human, Ladder, World
from .web import blanks, code_sent, join, main, open_me, web_world

pytestmark = pytest.mark.django_db
NEW = "+919906000077"


@pytest.fixture
def world() -> World:
    return web_world()


def on(human: Human, phone: str = NEW) -> Human:
    return replace(human, phone=phone)


def change(client: Client, phone: str = NEW) -> Client:
    """From the old phone's own page."""
    client.get("/me/")
    answer = client.post("/me/phone/", {"phone": phone})
    assert answer.status_code == 302, main(answer.content)
    answer = client.post("/me/phone/code/", {"code": code_sent(phone, "phone")})
    assert answer.status_code == 302 and answer["Location"] == "/me/", main(answer.content)
    return client


def asks(human: Human, phone: str = NEW, client: Client | None = None) -> Client:
    """From the new phone, the old one is gone."""
    client = client or browser()
    form = {"phone": phone, "old": human.phone, "name": human.name, "birth_year": str(human.birth_year)}
    answer = client.post("/me/phone/", form)
    assert answer.status_code == 302, main(answer.content)
    answer = client.post("/me/phone/code/", {"code": code_sent(phone, "phone")})
    assert answer.status_code == 302, main(answer.content)
    return client


def sent(world: World, template: str = "ask.phone") -> None:
    """The messages have left their phones' way."""
    with system("tests send"):
        Message.objects.filter(template=template).update(state="sent", sent_at=F("queued_at"))


def later(world: World, hours: float) -> None:
    """The loop turns so many hours from now."""
    phone_changes.turn(at=NOW + timedelta(hours=hours))


def sound(world: World) -> None:
    assert world.tallies() == world.recounted() and world.orphans() == {}


def numbers(world: World) -> Sequence[object]:
    """Return the members and the phones they are on."""
    return world.rows(
        "select p.name, f.last4 from enrolment_membership m join people_person p on p.id = m.person_id"
        " left join people_phone f on f.id = m.phone_id where m.merged_into is null and m.ended_on is null"
        " and p.phone_id = m.phone_id order by 1"
    )


def test_from_the_old_phone_the_number_changes_at_once_and_both_phones_are_told(world: World) -> None:
    join(world, world.asha, unit="JK-B001")
    before = world.ladder(world.booth)
    number = world.rows("select public_id from enrolment_membership")
    client = change(open_me(world.asha))
    page = main(client.get("/me/").content)
    assert "Your entry is on the new number now" in page and "Asha Devi" in page
    assert "0077" in page and "Phone until" in page
    assert numbers(world) == [("Asha Devi", "0077")]
    assert world.ladder(world.booth) == before == Ladder(reported=1, counted=1)
    assert number == world.rows("select public_id from enrolment_membership where merged_into is null")
    (told,) = blanks(world.asha.phone, "ask.phone")
    assert told["ending"] == "0077" and told["word"]
    assert len(blanks(NEW, "phone.receipt")) == 1
    assert "Nobody has joined" in main(open_me(world.asha).get("/me/").content)
    sound(world)


def test_from_then_on_one_person_is_one_member_by_either_number(world: World) -> None:
    join(world, world.asha, unit="JK-B001")
    change(open_me(world.asha))
    for claim in (world.web_join, world.paper_row, world.api):
        assert isinstance(claim(of=on(world.asha)), AlreadyMember)
        assert isinstance(claim(of=world.asha), AlreadyMember)  # a list with the old number
    assert world.ladder(world.booth).counted == 1 and numbers(world) == [("Asha Devi", "0077")]
    stranger = Human("Zara Khan", 1991, world.asha.phone)  # who got the old number later
    world.missed_call(of=stranger)
    assert isinstance(world.web_join(of=stranger), Joined)
    assert numbers(world) == [("Asha Devi", "0077"), ("Zara Khan", "0001")]
    second = Human("Rani Devi", 1979, NEW)
    assert isinstance(world.web_join(of=second), Joined)
    assert world.ladder(world.booth).counted == 3
    sound(world)


def test_who_lost_the_old_phone_waits_48_hours_and_is_then_on_the_new_one(world: World) -> None:
    join(world, world.asha, unit="JK-B001")
    client = asks(world.asha)
    page = main(client.get("/me/").content)
    assert "You asked to move an entry to this number" in page and "Asha" not in page
    (told,) = blanks(world.asha.phone, "ask.phone")
    assert told["ending"] == "0077"
    sent(world)
    later(world, 47)
    assert numbers(world) == [("Asha Devi", "0001")]
    later(world, 49)
    assert numbers(world) == [("Asha Devi", "0077")]
    assert "Asha Devi" in main(client.get("/me/").content)
    assert world.ladder(world.booth) == Ladder(reported=1, counted=1)
    sound(world)


def test_nothing_moves_before_the_old_phone_has_had_the_message_for_a_day(world: World) -> None:
    join(world, world.asha, unit="JK-B001")
    asks(world.asha)
    later(world, 49)
    assert numbers(world) == [("Asha Devi", "0001")]
    with system("the gateway was away for two days"):
        Message.objects.filter(template="ask.phone").update(state="sent", sent_at=NOW + timedelta(hours=47))
    later(world, 60)
    assert numbers(world) == [("Asha Devi", "0001")]
    later(world, 72)
    assert numbers(world) == [("Asha Devi", "0077")]


def test_a_no_of_the_old_phone_stops_it_and_the_new_one_reads_nothing_of_that(world: World) -> None:
    join(world, world.asha, unit="JK-B001")
    client = asks(world.asha)
    before = main(client.get("/me/").content)
    link = blanks(world.asha.phone, "ask.phone")[-1]["link"]
    old = browser()
    where = old.get("/" + link.split("//")[1].split("/", 1)[1])["Location"]
    assert "No, this was not me" in main(old.get(where).content)
    assert numbers(world) == [("Asha Devi", "0001")], "opening a link answers nothing"
    assert old.post(where).status_code == 422, "no button was pressed"
    assert old.post(where, {"answer": "no"}).status_code == 302
    assert "You said no" in main(old.get(where).content)
    assert main(client.get("/me/").content) == before
    sent(world)
    later(world, 49)
    assert numbers(world) == [("Asha Devi", "0001")]
    sound(world)


def answer_no(world: World, phone: str, template: str, at: object = None) -> None:
    word = blanks(phone, template)[-1]["word"]
    with transaction.atomic():
        messaging.answer_question(
            phone_id=world.phone_id(Human("", 0, phone)),
            yes=False,
            code=word,
            channel="sms",
            ref="",
            by=CHANNEL,
            at=NOW,
        )


def test_a_code_read_out_to_somebody_is_undone_by_the_old_phones_no(world: World) -> None:
    join(world, world.asha, unit="JK-B001")
    change(open_me(world.asha))
    answer_no(world, world.asha.phone, "ask.phone")
    later(world, 0.1)
    assert numbers(world) == [("Asha Devi", "0001")]
    assert "Asha Devi" in main(open_me(world.asha).get("/me/").content)
    assert len(blanks(world.asha.phone, "phone.receipt")) == 1
    assert world.count("people_phone") == 1, "the other number is forgotten"
    assert isinstance(world.web_join(of=Human("Thief", 1990, NEW)), Joined)
    assert isinstance(world.web_join(of=world.asha), AlreadyMember)
    sound(world)


def test_i_never_joined_from_the_old_phone_strikes_off_whom_it_lost(world: World) -> None:
    world.api(of=world.asha)
    with system("a day goes by"):
        Enrolment.objects.update(at=F("at") - timedelta(days=2))
        noon = (NOW - timedelta(days=0)).replace(hour=6, minute=30)
        assert confirming.ask_new_members(at=noon) == 1
    change(open_me(world.asha))
    answer_no(world, world.asha.phone, "ask.confirm")
    later(world, 0.1)
    assert world.rows("select end_reason from enrolment_enrolment") == [("denied",)]
    assert world.ladder(world.booth) == Ladder(reported=1)
    assert len(blanks(world.asha.phone, "deny.receipt")) == 1
    sound(world)


def test_a_wish_is_answered_alike_whoever_is_meant(world: World) -> None:
    """A member, nobody, a wrong year, an entry whose phone has not answered, one who said STOP, one who left."""
    join(world, world.asha, unit="JK-B001")
    world.paper_row(of=world.bilal)
    left = Human("Rani Devi", 1979, "+919906000011")
    join(world, left, unit="JK-B001").post("/me/leave/")
    silent = Human("Zara Khan", 1991, "+919906000012")
    join(world, silent, unit="JK-B001").post("/me/stop/")
    wrong = replace(world.asha, birth_year=1981)
    nobody = Human("Nobody Known", 1970, "+919906000013")
    seen = set()
    for n, human in enumerate((nobody, wrong, world.bilal, left, silent, world.asha)):
        client = asks(human, f"+9199060008{n:02d}")
        seen.add(undrawn(main(client.get("/me/").content)).replace(f"08{n:02d}", "0800"))
    pages = {re.sub(r"/me/phone/[^/]+/stop/", "", page) for page in seen}
    assert len({re.sub(r"\d\d:\d\d", "", page) for page in pages}) == 1
    assert world.rows("select count(*) from messaging_message where template = 'ask.phone'") == [(1,)]
    sent(world)
    later(world, 49)
    assert ("Asha Devi", "0805") in numbers(world) and len(numbers(world)) == 3
    later(world, 24 * 8)
    assert world.rows("select count(*) from enrolment_phone_change where done_at is null") == [(0,)]


@pytest.mark.slow
def test_nobody_is_flooded_with_notices_by_others(world: World) -> None:
    join(world, world.asha, unit="JK-B001")
    for n in range(4):
        client = asks(world.asha, f"+9199060008{n:02d}")
        (row,) = world.rows("select id from enrolment_phone_change where new_last4 = %s", [f"08{n:02d}"])
        client.post(f"/me/phone/{row[0]}/stop/")
    assert len(blanks(world.asha.phone, "ask.phone")) == 2


def test_who_entered_somebody_does_not_take_over_their_answers(world: World) -> None:
    with system("test"):
        worker = Account.objects.create(
            public_id=uuid4(),
            phone_id=world.phone_id(on(world.asha)),
            name="Worker Wani",
            created_at=world.now,
        )
    claim = world.claim(world.asha, Channel.PAPER, unit=world.booth)
    claim.by = worker.public_id
    intake.enrol_batch(programme_id=world.programme.pk, claims=[claim], by=CHANNEL, at=world.now)
    client = open_me(world.asha)
    with pytest.raises(AssertionError, match="belongs to the person who entered your name"):
        change(client)
    assert numbers(world) == [("Asha Devi", "0001")]


@pytest.mark.slow
def test_an_entry_on_the_workers_own_phone_is_never_asked_on_another(world: World) -> None:
    with system("test"):
        worker = Account.objects.create(
            public_id=uuid4(), phone_id=world.phone_id(world.asha), name="Worker Wani", created_at=world.now
        )
    claim = world.claim(world.asha, Channel.PAPER, unit=world.booth)
    claim.by = worker.public_id
    intake.enrol_batch(programme_id=world.programme.pk, claims=[claim], by=CHANNEL, at=world.now)
    change(open_me(world.asha))
    assert world.rows("select ask_over_at is null from enrolment_enrolment") == [(False,)]


def test_the_new_phone_is_asked_whether_they_joined_when_the_old_one_can_no_longer_object(
    world: World,
) -> None:
    join(world, world.asha, unit="JK-B001")
    with system("the days go by"):
        Enrolment.objects.update(at=F("at") - timedelta(days=2))
        noon = NOW.replace(hour=6, minute=30)
        assert confirming.ask_new_members(at=noon) == 1
        assert Question.objects.get(kind="confirm").closed_at is None
    change(open_me(world.asha))
    with system("the days go by"):
        assert Question.objects.get(kind="confirm").closed_at is not None
        assert confirming.ask_new_members(at=noon + timedelta(days=6)) == 0
        assert confirming.ask_new_members(at=noon + timedelta(days=9)) == 1
        again = Question.objects.filter(kind="confirm").latest("asked_at")
    assert again.phone_id == world.phone_id(on(world.asha)) and again.remind_at is None
    word = blanks(NEW, "ask.confirm")[-1]["word"]
    with transaction.atomic():
        messaging.answer_question(
            phone_id=again.phone_id,
            yes=True,
            code=word,
            channel="sms",
            ref="",
            by=CHANNEL,
            at=noon + timedelta(days=10),
        )
    assert world.ladder(world.booth) == Ladder(reported=1, counted=1, confirmed=1)
    sound(world)


def test_a_stop_goes_along_and_a_full_phone_takes_nobody(world: World) -> None:
    join(world, world.asha, unit="JK-B001")
    client = open_me(world.asha)
    client.get("/me/")
    client.post("/me/stop/")
    change(client)
    stopped = "select phone_id from people_suppression where lifted_at is null"
    assert {row[0] for row in world.rows(stopped)} == {
        world.phone_id(world.asha),
        world.phone_id(on(world.asha)),
    }
    assert blanks(NEW, "phone.receipt") == []
    for n in range(4):
        world.web_join(of=Human(f"Somebody {'ABCD'[n]}", 1970 + n, "+919906000050"))
    with pytest.raises(AssertionError, match="4 people have already joined"):
        change(open_me(on(world.asha)), "+919906000050")
    sound(world)


def test_on_a_shared_phone_who_moves_there_keeps_their_own_no_and_the_others_theirs(world: World) -> None:
    world.web_join(of=world.bilal)
    join(world, world.asha, unit="JK-B001", messages="on")
    agreed = "select count(*) from people_consent where purpose = 3 and withdrawn_at is null"
    assert world.rows(agreed) == [(1,)]
    client = open_me(world.asha)
    with system("tests say no"):
        people_suppressions.suppress(
            phone_id=world.phone_id(world.asha), channel=Channel.WEB.value, by=CHANNEL, at=NOW
        )
    change(client, world.bilal.phone)
    stopped = "select phone_id from people_suppression where lifted_at is null"
    assert world.rows(stopped) == [(world.phone_id(world.asha),)], "Bilal said no to nothing"
    assert world.rows(agreed) == [(0,)], "and Asha's no went along"


def test_who_moves_to_a_shared_phone_does_not_lift_the_no_of_others_there(world: World) -> None:
    world.web_join(of=world.bilal)
    actions.stop_by_phone(phone=world.bilal.phone, channel=Channel.SMS.value, by=CHANNEL, at=NOW)
    join(world, world.asha, unit="JK-B001")
    change(open_me(world.asha), world.bilal.phone)
    stopped = "select phone_id from people_suppression where lifted_at is null"
    assert world.rows(stopped) == [(world.phone_id(world.bilal),)]


@pytest.mark.slow
def test_a_family_phone_takes_one_more_and_each_opens_their_own_page(world: World) -> None:
    world.web_join(of=world.bilal)
    join(world, world.asha, unit="JK-B001")
    change(open_me(world.asha), world.bilal.phone)
    client = open_me(world.bilal)
    assert client.get("/me/")["Location"] == "/me/which/"
    client.post("/me/which/", {"birth_year": "1980"})
    assert "Asha Devi" in main(client.get("/me/").content)
    sound(world)


@pytest.mark.django_db(transaction=True)  # an undo makes its table once in a transaction
def test_a_list_taken_back_takes_along_whose_number_changed(world: World) -> None:
    def row(human: Human, number: int) -> None:
        claim = world.claim(human, Channel.PAPER, unit=world.booth)
        (answer,) = intake.enrol_batch(
            programme_id=world.programme.pk, claims=[claim], by=CHANNEL, at=world.now, import_id=number
        )
        assert isinstance(answer, ClaimOutcome), answer

    row(world.asha, 7)
    row(world.bilal, 7)
    row(world.bilal, 8)  # named by another list as well
    change(open_me(world.asha))
    change(open_me(world.bilal), "+919906000078")
    row(world.asha, 9)  # the old number: nothing new
    actions.undo_claims(import_id=9, by=Actor.system("tests"), at=world.now)
    assert numbers(world) == [("Asha Devi", "0077"), ("Bilal Ahmad", "0078")]
    actions.undo_claims(import_id=7, by=Actor.system("tests"), at=world.now)
    assert numbers(world) == [("Bilal Ahmad", "0078")]
    sound(world)
    assert isinstance(world.web_join(of=on(world.asha)), Joined)
    assert isinstance(world.web_join(of=world.asha), Joined)
    sound(world)


def test_who_erases_after_a_change_is_kept_off_lists_by_both_numbers(world: World) -> None:
    join(world, world.asha, unit="JK-B001")
    client = change(open_me(world.asha))
    client.get("/me/")
    assert "erased" in main(client.post("/me/erase/").content)
    assert world.count("people_phone") == 0
    for human in (world.asha, on(world.asha)):
        for send in (world.paper_row, world.api):
            with pytest.raises(Suppressed):
                send(of=human)
    assert world.rows("select last4, new_last4 from enrolment_phone_change") == [("", "")]
    sound(world)


def test_after_a_restore_what_waited_is_not_done_and_a_no_holds(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "journal_path", lambda: tmp_path / "noes.jsonl")
    asha = world.asha
    join(world, asha, unit="JK-B001")
    asks(asha, "+919906000081")
    change(open_me(asha))
    with system("a restore"):
        news.tell(Restored(at=NOW, taken_at=NOW - timedelta(hours=1)))
        assert not PhoneChange.objects.filter(done_at=None).exists()
    answer_no(world, asha.phone, "ask.phone")
    with system("the backup knew the new number; the journal the no"):
        PhoneChange.objects.update(said_no_at=None)
        people_suppressions.replay(taken_at=NOW - timedelta(hours=1), at=NOW)
    assert numbers(world) == [("Asha Devi", "0001")]
    sound(world)
