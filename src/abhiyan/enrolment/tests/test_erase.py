"""Everything erased: at once off every list, sealed, purged; and no list brings anybody back."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client

from abhiyan.core.actor import Actor
from abhiyan.core.refusals import NotFound
from abhiyan.core.scope import Scope, scoped, system
from abhiyan.core.tests.disk import room_for
from abhiyan.core.tests.given import NOW
from abhiyan.enrolment import actions
from abhiyan.enrolment.actions import confirming, erasing
from abhiyan.enrolment.actions.claims import Joined, Suppressed
from abhiyan.enrolment.models_places import Whereabout
from abhiyan.enrolment.rules.channels import Channel
from abhiyan.messaging import actions as messaging
from abhiyan.messaging.models import Message, Question
from abhiyan.people import journal
from abhiyan.people.actions.erasing import purge
from abhiyan.people.models import Consent, Erasure, Person, Phone, Session
from abhiyan.people.news import ErasureReplayed
from abhiyan.people.tests.make import body, browser

from .make import CHANNEL, Human, Ladder, World
from .web import main, officer, open_me, web_world

pytestmark = pytest.mark.django_db
YEAR = timedelta(days=365)


@pytest.fixture
def world() -> World:
    return web_world()


def chosen(human: Human) -> Client:
    """Their page, on a phone of several."""
    client = open_me(human)
    client.post("/me/which/", {"birth_year": str(human.birth_year), "name": human.name})
    return client


def erase(client: Client) -> str:
    client.get("/me/")
    answer = client.post("/me/erase/")
    assert answer.status_code == 200, answer
    return answer.content.decode()


def refused(world: World, human: Human) -> None:
    """No list of any sender brings them back; nothing is kept of it."""
    before = world.count("people_person"), world.count("enrolment_claim"), world.count("people_phone")
    for send in (world.paper_row, world.api):
        with pytest.raises(Suppressed):
            send(of=human)
    assert before == (
        world.count("people_person"),
        world.count("enrolment_claim"),
        world.count("people_phone"),
    )


def test_whoever_erases_is_off_every_list_at_once_and_nobody_reads_them(world: World) -> None:
    world.web_join(of=world.asha)
    world.anew()
    world.web_join(of=world.asha)  # and on another roll
    client, office = chosen(world.asha), officer(world, "district_president", "JK-SRI")
    with system("test"):
        messaging.queue_message(
            template="drive.already",
            phone=world.asha.phone,
            language="en",
            blanks={"link": "x"},
            key="waits",
            at=world.now,
        )
    asked = body(client, "/me/erase/")
    assert "Asha Devi, this cannot be taken back" in asked
    page = erase(client)
    assert "Everything about you is erased" in page and "We confirm it by SMS" in page
    assert world.ladder(world.booth) == Ladder(reported=1)
    assert world.tallies() == world.recounted() and world.orphans() == {}
    with system("test"):
        assert not Person.objects.exclude(name=None, birth_year=None).exists()
        assert not Phone.objects.filter(pk=world.phone_id(world.asha)).exists()
        assert not Consent.objects.filter(withdrawn_at=None).exists()
        assert not Session.objects.filter(phone_id=world.phone_id(world.asha), ended_at=None).exists()
        queued = {*Message.objects.filter(state="queued").values_list("template", flat=True)}
        assert "erase.receipt" in queued and "drive.already" not in queued
        assert {*Message.objects.values_list("last4", flat=True)} == {""}
        assert Erasure.objects.exclude(sealed=None).count() == 2
    for where in ("/people/?unit=JK-SRI&ended=all", "/search/?q=asha"):
        assert "Asha" not in main(office.get(where).content), where
    shown = body(open_me(world.asha), "/me/")
    assert "was erased on" in shown and "Asha" not in shown


def test_no_list_brings_back_somebody_who_is_alone_on_the_phone_and_their_own_act_does_as_somebody_new(
    world: World,
) -> None:
    first = world.web_join(of=world.asha)
    erase(open_me(world.asha))
    refused(world, world.asha)
    world.missed_call(of=world.asha)
    with pytest.raises(Suppressed):  # a worker cannot complete the call for them
        world.paper_row(of=world.asha)
    again = world.complete(of=world.asha)
    assert isinstance(again, Joined) and again.membership != first.membership
    assert world.ladder(world.booth).counted == 1
    assert world.tallies() == world.recounted() and world.orphans() == {}
    assert "Asha Devi" in body(open_me(world.asha), "/me/")


def test_on_a_shared_phone_one_is_erased_and_the_others_stay(world: World) -> None:
    world.web_join(of=world.asha)
    world.web_join(of=world.mohan)
    page = erase(chosen(world.mohan))
    assert "SMS" not in page  # the phone has not said no
    assert "Asha Devi" in body(open_me(world.asha), "/me/")
    with system("test"):
        assert [*Person.objects.exclude(name=None).values_list("name", flat=True)] == ["Asha Devi"]
        assert Phone.objects.filter(pk=world.phone_id(world.asha)).exists()
    refused(world, world.mohan)
    assert world.paper_row(of=world.asha).code == "already_member"
    other = world.paper_row(of=Human("Rekha Lal", 1999, world.asha.phone))
    assert isinstance(other, Joined)
    world.anew()  # a list of another roll
    refused(world, world.mohan)
    assert isinstance(world.paper_row(of=world.asha), Joined)
    back = world.web_join(of=world.mohan)
    assert isinstance(back, Joined)
    assert world.paper_row(of=world.mohan).code == "already_member"  # they are here by their own act


def test_the_first_of_a_phone_is_erased_and_the_second_stays(world: World) -> None:
    world.web_join(of=world.asha)
    world.web_join(of=world.mohan)
    erase(chosen(world.asha))
    assert "Mohan Lal" in body(open_me(world.mohan), "/me/")
    refused(world, world.asha)
    assert world.paper_row(of=world.mohan).code == "already_member"


def test_who_has_left_or_was_struck_off_is_erased_too(world: World) -> None:
    world.leave(world.web_join(of=world.bilal), of=world.bilal)
    world.strike_off(world.paper_row(of=world.chandra))
    for human in (world.bilal, world.chandra):
        erase(open_me(human))
        refused(world, human)
    with system("test"):
        assert not Person.objects.exclude(name=None).exists()
    assert world.tallies() == world.recounted() and world.orphans() == {}


def test_no_name_of_an_entry_denied_before_one_joined_is_left_to_the_data_officer(world: World) -> None:
    world.paper_row(of=world.asha)
    world.tick()
    actions.deny_by_phone(phone=world.asha.phone, channel=Channel.SMS, by=CHANNEL, at=world.now)
    world.tick()
    world.web_join(of=world.asha)
    data = officer(world, "data_officer", "JK-SRI")
    assert "Asha Devi" in main(data.get("/people/denied/").content)
    erase(open_me(world.asha))
    assert "Asha Devi" not in main(data.get("/people/denied/").content)


@pytest.mark.parametrize("stays", [True, False])
def test_a_restore_gives_no_place_back_that_an_erased_person_had_told(world: World, stays: bool) -> None:
    world.web_join(of=world.asha)
    if stays:
        world.web_join(of=world.mohan)
    erase(chosen(world.asha))
    phone_id = world.phone_id(world.asha)
    with system("test"):
        gone = Erasure.objects.get()
        Whereabout.objects.create(claim=uuid4(), phone_id=phone_id, unit_id=1, place="Ward 3")
        erasing.end_again(erasure_replayed=ErasureReplayed(gone.person_id, phone_id, Channel.WEB, gone.at))
        assert Whereabout.objects.filter(phone_id=phone_id).exists() == stays, (
            "of others on the phone it stays"
        )


@pytest.mark.parametrize("left_before", [True, False])
def test_nobody_comes_back_to_what_was_erased_as_they_might_after_leaving(
    world: World, left_before: bool
) -> None:
    joined = world.web_join(of=world.asha)
    if left_before:
        world.leave(joined, of=world.asha)
    erase(open_me(world.asha))
    back = actions.come_back(phone=world.asha.phone, channel=Channel.SMS, by=CHANNEL, at=NOW)
    assert back == 0
    with system("test"):
        assert not Person.objects.exclude(name=None).exists()
    assert world.ladder(world.booth) == Ladder(reported=1)


def test_a_question_that_names_somebody_is_not_asked_again_on_their_shared_phone(world: World) -> None:
    for human in (world.asha, world.mohan):
        world.web_join(of=human)
    noon = world.now.replace(hour=6, minute=30) + timedelta(days=2)
    with system("test"):
        confirming.ask_new_members(at=noon)
        assert Question.objects.filter(closed_at=None).count() == 2
    erase(chosen(world.mohan))
    with system("test"):
        (still,) = Question.objects.filter(closed_at=None)
        closed = Question.objects.exclude(pk=still.pk).get()
    assert closed.sealed is None and still.sealed is not None


def test_nobody_erases_anybody_else(world: World) -> None:
    joined = world.web_join(of=world.asha)
    assert joined.membership is not None
    office = Actor(kind="person", id=uuid4())
    stranger = Actor(kind="citizen", id=uuid4())
    for by, phone in ((office, world.asha), (stranger, world.bilal)):
        with scoped(Scope(phone=world.phone_id(phone))), pytest.raises(NotFound):
            erasing.erase_member(
                membership=joined.membership, channel=Channel.WEB, language="en", by=by, at=world.now
            )
    assert browser().post("/me/erase/").status_code == 403
    with system("test"):
        assert Person.objects.filter(name="Asha Devi", erased_at=None).exists()


def test_an_erasure_that_does_not_fit_on_the_disk_is_refused_and_undone(world: World) -> None:
    world.web_join(of=world.asha)
    client = open_me(world.asha)
    client.get("/me/")
    with room_for(0, journal.journal_path()):
        assert client.post("/me/erase/").status_code == 503
    assert "Asha Devi" in body(client, "/me/")
    assert world.ladder(world.booth).counted == 1


def test_after_the_legal_period_what_was_sealed_is_destroyed_and_lists_stay_refused(world: World) -> None:
    world.web_join(of=world.asha)
    erase(open_me(world.asha))
    with system("test"):
        sent = Message.objects.exclude(state=Message.State.DROPPED)
        assert sent.update(state=Message.State.SENT)
        erased_at = Erasure.objects.get().at
    assert purge(at=erased_at + YEAR - timedelta(seconds=1)) == 0
    assert purge(at=erased_at + YEAR) == 1
    assert purge(at=erased_at + YEAR) == 0
    with system("test"):
        assert Erasure.objects.get().sealed is None
        assert not Consent.objects.exists()
        assert {(bytes(m.sealed_phone), bytes(m.sealed_blanks)) for m in Message.objects.all()} == {
            (b"", b"")
        }
        Message.objects.all().delete()
    refused(world, world.asha)
    assert "was erased on" not in body(open_me(world.asha), "/me/")


def test_the_hindi_pages_say_what_happens(world: World) -> None:
    world.web_join(of=world.asha)
    client = open_me(world.asha, browser(language="hi"))
    client.get("/me/")
    assert "इसे वापस नहीं लिया जा सकेगा" in body(client, "/me/erase/")
