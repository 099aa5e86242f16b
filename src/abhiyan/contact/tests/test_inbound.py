"""Calls to the helpline: a caller sees what the phone has open, and a missed call becomes one call back."""

from datetime import datetime, timedelta

import pytest

from abhiyan.contact import actions
from abhiyan.contact.actions import CallerSaid, CallTold, NoCallerHere
from abhiyan.contact.actions.talks import NoteUnfit
from abhiyan.contact.models import CallQueue, CallTurn, ContactEntry
from abhiyan.core.actor import Actor
from abhiyan.core.keys import keyring
from abhiyan.core.models import AuditEntry
from abhiyan.core.refusals import or_refuse
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.helpdesk import actions as helpdesk
from abhiyan.helpdesk.models import Ticket
from abhiyan.org.queries import NotYours
from abhiyan.org.tests.make import World, actor
from abhiyan.people import actions as people
from abhiyan.people import queries as people_queries
from abhiyan.people.models import Account
from abhiyan.people.tests.make import browser
from abhiyan.programmes.models import Item, Programme

from .at_calls import people_to_call, queue_of
from .at_doors import entries, tries

pytestmark = pytest.mark.django_db
PHONE, PAGE = "+919419555001", "/contact/calls/inbound/"
CHANNEL = Actor.system("a provider")
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
def president(world: World) -> Account:
    return world.holder("state_president", "N1")


@pytest.fixture
def queue(world: World, run: Programme, president: Account) -> CallQueue:
    """A queue of the state that takes missed calls; asked twice it is the same."""
    made = queue_of(run, people_to_call(run, world.unit("N1111"), 2))
    for _n in range(2):
        actions.take_missed(public_id=made.public_id, by=actor(president), at=NOW)
    with system("test"):
        made.refresh_from_db()
    assert len(made.list_ids) == 2 and made.takes_missed
    return made


def missed(world: World, at: datetime = NOW, unit: str = "N1111") -> Ticket:
    """The phone calls the helpline, and nobody answers."""
    with system("test"):
        opening = helpdesk.Opening(
            way=Ticket.Way.CALL, phone=PHONE, texts=[""], unit_id=world.unit(unit), language="hi"
        )
        return helpdesk.add_own(opening=opening, by=CHANNEL, at=at)


def waiting() -> list[ContactEntry]:
    return entries(list__basis="called")


def take(centre: int, who: Account, at: datetime = NOW) -> CallTurn:
    return or_refuse(actions.take_next(body_id=centre, languages=("hi",), by=actor(who), at=at))


def say_no(at: datetime) -> None:
    with system("test"):
        people.suppress(phone_id=waiting()[0].phone_id or or_refuse(None), channel=1, by=CHANNEL, at=at)


def test_a_missed_call_is_called_back_first_and_twice_is_once(
    world: World, queue: CallQueue, centre: int, caller: Account
) -> None:
    missed(world)
    missed(world, NOW + MINUTE)
    (one,) = waiting()
    turn = take(centre, caller, NOW + 2 * MINUTE)
    assert turn.entry_id == one.pk, "before people who did not call"
    assert actions.ring(turn=turn.pk, by=actor(caller), at=NOW + 2 * MINUTE).number == PHONE
    actions.note_centre_call(turn=turn.pk, told=CallTold("talked"), by=actor(caller), at=NOW + 4 * MINUTE)
    assert waiting()[0].state == "done" and tries()[0].item_id is None
    with system("test"):
        assert not Item.objects.exists(), "they asked for it: it is no talk of the programme"
    missed(world, NOW + 9 * MINUTE)
    assert waiting()[0].state == "later", "they call again, and wait again"


def test_a_phone_that_said_no_is_called_back_once_it_calls_and_not_after_a_later_no(
    world: World, queue: CallQueue, centre: int, caller: Account
) -> None:
    missed(world)
    say_no(NOW + MINUTE)
    assert (waiting()[0].state, waiting()[0].why_out) == ("out", "opted_out")
    missed(world, NOW + 2 * MINUTE)
    turn = take(centre, caller, NOW + 3 * MINUTE)
    assert turn.entry_id == waiting()[0].pk, "its own later call asks for it"
    say_no(NOW + 4 * MINUTE)
    assert actions.ring(turn=turn.pk, by=actor(caller), at=NOW + 5 * MINUTE).why == "opted_out"
    assert waiting()[0].state == "out"


def test_only_the_office_of_the_queue_says_that_it_takes_missed_calls_and_others_stay_away(
    world: World, queue: CallQueue, president: Account
) -> None:
    stranger = actor(world.holder("state_president", "N2"))
    for act in (actions.take_missed, actions.leave_missed):
        with pytest.raises(NotYours):
            act(public_id=queue.public_id, by=stranger, at=NOW)
    missed(world, unit="N2")
    assert waiting() == [], "of another state"
    actions.leave_missed(public_id=queue.public_id, by=actor(president), at=NOW)
    missed(world)
    assert waiting() == [], "the queue takes no more"
    page = browser(president).get(f"/contact/{queue.programme.public_id}/calling/")
    assert "Take missed calls" in page.text


def test_a_caller_writes_down_what_somebody_says_and_sees_what_they_wrote(
    world: World, centre: int, caller: Account
) -> None:
    ticket = missed(world)
    client = browser(caller)
    page = client.post(PAGE, {"phone": PHONE}).text
    assert ticket.number not in page and "a request at another office" in page
    with system("test"):
        entry = AuditEntry.objects.get(act="contact.look_up_caller")
        assert entry.account_id == caller.pk
    said = {"step": "said", "phone": PHONE, "kind": "card", "said": "My card has not come", "language": "hi"}
    assert client.post(PAGE, said).status_code == 302
    with system("test"):
        beside = Ticket.objects.exclude(pk=ticket.pk).get()
    assert beside.number in client.post(PAGE, {"phone": PHONE}).text
    for wrong in ("", "12", "x" * 30, "\0"):
        assert client.post(PAGE, {"phone": wrong}).status_code == 422
    assert client.post(PAGE, said | {"said": ""}).status_code == 422


def test_a_caller_of_the_helpline_says_no_and_a_known_and_an_unknown_phone_are_answered_alike(
    world: World, run: Programme, centre: int, caller: Account
) -> None:
    """The request stays open, and the trail says who wrote the no down."""
    missed(world)
    client, unknown = browser(caller), "+919419555077"
    for phone in (PHONE, unknown):
        page = client.post(PAGE, {"phone": phone}).text
        assert 'value="never"' in page and "They want no more contact" in page
        assert not people_queries.phones_that_said_no([keyring().phone_id(phone)])
        assert client.post(PAGE, {"phone": phone, "step": "never"})["Location"] == PAGE
        assert people_queries.phones_that_said_no([keyring().phone_id(phone)])
    assert client.post(PAGE, {"phone": "12", "step": "never"}).status_code == 422
    with system("test"):
        assert Ticket.objects.get().state == Ticket.State.OPEN
        noted = AuditEntry.objects.filter(act="people.suppress").values_list("account_id", flat=True)
        assert list(noted) == [caller.pk] * 2
    other = world.holder("district_president", "N11")
    with pytest.raises(NoCallerHere):
        actions.note_caller_no(body_id=centre, phone=PHONE, by=actor(other), at=NOW)


def test_words_about_another_number_are_a_look_at_it_and_an_hour_of_one_number_is_one_look(
    world: World, centre: int, caller: Account
) -> None:
    client = browser(caller)
    asked = {"step": "said", "phone": PHONE, "kind": "card", "said": "", "language": "hi"}
    missed(world)
    assert "a request at another office" in client.post(PAGE, asked).text, (
        "refused words say what a look says"
    )

    def looks() -> int:
        with system("test"):
            return AuditEntry.objects.filter(act="contact.look_up_caller", account_id=caller.pk).count()

    assert looks() == 1, "so this was a look at it"
    client.post(PAGE, {"phone": PHONE})
    assert looks() == 1
    actions.look_up_caller(body_id=centre, phone=PHONE, by=actor(caller), at=NOW + 2 * HOUR)
    assert looks() == 2


def test_only_callers_of_the_centre_look_people_up_and_write_down_what_they_say(
    world: World, centre: int, caller: Account
) -> None:
    other = world.holder("district_president", "N11")
    assert browser(other).get(PAGE).status_code == 403
    told = CallerSaid(PHONE, "My card has not come", "card", "hi", world.unit("N11"))
    with pytest.raises(NoCallerHere):
        actions.look_up_caller(body_id=centre, phone=PHONE, by=actor(other), at=NOW)
    with pytest.raises(NoCallerHere):
        actions.take_inbound(body_id=centre, caller_said=told, by=actor(other), at=NOW)
    ill = CallerSaid(PHONE, "She has cancer", "other", "hi", world.unit("N11"))
    with pytest.raises(NoteUnfit):
        actions.take_inbound(body_id=centre, caller_said=ill, by=actor(caller), at=NOW)
