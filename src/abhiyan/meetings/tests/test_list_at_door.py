"""A bulk send invites people, who are ticked by name or number and asked on the ground on which they were invited."""

from dataclasses import replace
from datetime import time, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

import pytest
from django.db import transaction

from abhiyan.contact.actions import forget_person
from abhiyan.contact.audiences import audience_of
from abhiyan.contact.models import ContactEntry, ContactList
from abhiyan.contact.tests.at_doors import contact_programme, listed
from abhiyan.core.keys import keyring
from abhiyan.core.scope import scoped, system
from abhiyan.core.tests.given import NOW
from abhiyan.core.tests.given import time as let_it_be
from abhiyan.meetings import actions, queries, queries_lists
from abhiyan.meetings.actions import attending
from abhiyan.meetings.models import Invitee, Meeting
from abhiyan.messaging import actions as messaging
from abhiyan.messaging.models import Message, Question, Send
from abhiyan.messaging.queries import send_of
from abhiyan.messaging.rules import questions as rules
from abhiyan.messaging.tests.bulk import ENTITY
from abhiyan.org.queries import scope_of
from abhiyan.pages.tests.test_field import send
from abhiyan.people import queries as people
from abhiyan.people.actions.suppressions import keep_spoken_no
from abhiyan.programmes import actions as programmes
from abhiyan.programmes.models import Item
from abhiyan.programmes.news import ItemsErased
from abhiyan.site.tests.cast import SYSTEM, Cast

from .make import DAY, TODAY, again, call_as, counting, reachable

pytestmark = pytest.mark.django_db
LATER, NEXT_DAY = NOW + timedelta(hours=4), NOW + DAY
STRANGER = "+919419099999"


@pytest.fixture
def cast(db: None) -> Cast:
    return reachable()


@pytest.fixture
def those(cast: Cast) -> ContactList:
    """An approved list of five people who agreed to messages."""
    run = contact_programme(cast.world.units["JK"].pk)
    made = listed(run, cast.world.units["JK-SRI"].pk, 5, day=TODAY)
    with system("test"):
        ContactList.objects.filter(pk=made.pk).update(basis="consent")
    return made


@pytest.fixture
def one(cast: Cast, those: ContactList) -> Meeting:
    """A convention this afternoon that invited the list by a bulk send which went out."""
    words = "{organisation}: {title}, {day}, {place}. Stop: STOP"
    with system("test"):
        text = messaging.register_text(
            name="Convention",
            entity=ENTITY,
            header="SNGTHN",
            wordings={
                language: messaging.Wording(words, f"110716123456789012{n}")
                for n, language in enumerate(("en", "hi"))
            },
            unit_id=cast.world.units["JK"].pk,
            by=SYSTEM,
            at=NOW,
        )
    made = call_as(
        cast,
        first_on=TODAY,
        last_on=TODAY,
        starts=time(15),
        programme_id=counting(cast),
        roll=audience_of(those),
        text=text,
    )
    with system("test"):
        Send.objects.filter(audience=audience_of(those)).update(state=Send.State.DONE, started_at=NOW)
    return made


def phone_id(number: str) -> UUID:
    return keyring().phone_id(number)


def numbers(those: ContactList) -> list[str]:
    with system("test"):
        entries = list(ContactEntry.objects.filter(list=those).order_by("pk"))
        known = people.numbers_of_phones(each.phone_id for each in entries if each.phone_id)
        return [known[each.phone_id] for each in entries if each.phone_id]


def tick(cast: Cast, one: Meeting, phone: str, *, by: str = "state_president") -> bool:
    given: dict[str, Any] = {"public_id": one.public_id, "by": cast.actor(by), "at": LATER}
    with cast.as_(by):
        return actions.tick_phone(phone=phone, **given)


def ask() -> int:
    with system("test"):
        actions.ask_who_came(at=NEXT_DAY)
        return Question.objects.filter(kind="came").count()


def test_a_number_of_the_list_is_ticked_once_counted_and_asked_the_next_day(
    cast: Cast, one: Meeting, those: ContactList
) -> None:
    first, second, *_rest = numbers(those)
    assert tick(cast, one, first) and tick(cast, one, second[3:]), "as it is written"
    assert not tick(cast, one, first), "once"
    with cast.as_("state_president"):
        who = queries.attendance(again(one.public_id), at=LATER)
    assert who.said().startswith("0 ") and (who.by_phone, who.drawn.counted, who.drawn.reported) == (2, 2, 2)
    with system("test"):
        assert Item.objects.filter(channel=3, counted_at__isnull=False).count() == 2
        wrong = programmes.recount_facts(at=LATER).differences
        assert not [each for each in wrong if each.programme_id == one.programme_id]
    assert ask() == 2
    with system("test"):
        question = Question.objects.filter(kind="came").first()
        assert question is not None
        row = Invitee.objects.get(question=question.about)
        messaging.answer_question(
            phone_id=row.phone_id,
            yes=False,
            code=rules.word(keyring().token, question.pk, 1),
            channel="sms",
            ref="1",
            by=SYSTEM,
            at=NEXT_DAY,
        )
        row.refresh_from_db()
        assert row.came_at is None and row.denied_at is not None, "a NO takes the tick back"
    with pytest.raises(attending.SaidNotThere):
        tick(cast, one, first if row.phone_id == phone_id(first) else second)


def test_who_gave_no_consent_or_has_said_no_since_is_ticked_and_not_asked(
    cast: Cast, one: Meeting, those: ContactList
) -> None:
    first, second, *_rest = numbers(those)
    tick(cast, one, first)
    with system("test"):
        ContactEntry.objects.filter(list=those, phone_id=phone_id(first)).update(why_out="opted_out")
    assert ask() == 0
    with system("test"):
        ContactList.objects.filter(pk=those.pk).update(basis="given")
    assert tick(cast, one, second)
    assert ask() == 0, "a number given for another purpose is no consent to a message"


def test_who_is_on_no_list_or_asks_without_sight_of_the_list_is_refused(
    cast: Cast, one: Meeting, those: ContactList
) -> None:
    with pytest.raises(attending.NotOnList):
        tick(cast, one, STRANGER)
    with pytest.raises(attending.TickedNumberUnfit):
        tick(cast, one, "12345")
    with system("test"):
        Send.objects.filter(audience=audience_of(those)).update(state=Send.State.ASKED)
    with pytest.raises(attending.ListOutOfSight):
        tick(cast, one, numbers(those)[0])
    with system("test"):
        assert not Invitee.objects.filter(account_id=None).exists()


def test_who_made_a_send_but_sees_nobody_there_tries_out_no_number(
    cast: Cast, one: Meeting, those: ContactList
) -> None:
    account = cast.accounts["state_president"]
    with system("test"):
        Send.objects.filter(audience=audience_of(those)).update(made_by=account.pk)
    sight = scope_of(account.pk, NOW.date())
    with scoped(sight):
        assert queries_lists.send_for_door(one) is not None
    with scoped(replace(sight, people="{}")):
        assert send_of(one.roll) is not None, "their own send"
        assert queries_lists.send_for_door(one) is None


def test_the_door_takes_the_number_and_every_page_says_how_they_were_seen(
    cast: Cast, one: Meeting, those: ContactList
) -> None:
    let_it_be(LATER)
    state, page = cast.client("state_president"), f"/meetings/{one.public_id}/"
    assert "Only who agreed to messages is asked." in state.get(f"{page}?show=door").text
    refused = state.post(f"{page}act/phone/", {"phone": STRANGER})
    assert refused.status_code == 422 and "This number is not on the invited list." in refused.text
    number = numbers(those)[0]
    done = state.post(f"{page}act/phone/", {"phone": number}, follow=True).text
    assert "The number is ticked." in done and "Person 0" in done
    assert number not in done and number[3:] not in done
    shown = state.get(page).text
    assert "0 seen by name, 1 seen by phone number, 1 reported" in shown
    assert "Office ends before the day" not in shown


def refs(those: ContactList) -> list[UUID]:
    """Return the references of the people of the list on pages."""
    with system("test"):
        return list(
            ContactEntry.objects.filter(list=those).order_by("pk").values_list("public_id", flat=True)
        )


def kept(cast: Cast, one: Meeting, *, by: str = "state_president", **fields: Any) -> dict[str, Any]:
    """A record of the door, as a phone sends it some hours later."""
    own = {"key": uuid4(), "by": cast.accounts[by].public_id, "record": "attendance", "age": 3600}
    return own | {"page": f"/field/meeting/{one.public_id}/", "form": urlencode(fields, doseq=True)}


def seen(one: Meeting) -> int:
    with system("test"):
        return Invitee.objects.filter(meeting=one, came_at__isnull=False).count()


def test_a_phone_ticks_people_of_the_list_by_name_and_by_number_without_a_network(
    cast: Cast, one: Meeting, those: ContactList
) -> None:
    let_it_be(LATER)
    state, page = cast.client("state_president"), f"/field/meeting/{one.public_id}/"
    copy = state.get(page, headers={"X-Abhiyan-Kept": "1"})
    assert copy["X-Abhiyan-Names"] == "1" and "Person 0, House 0, Srinagar" in copy.text
    assert not any(number[3:] in copy.text for number in numbers(those))
    first, second, third, *_rest = refs(those)
    sent = kept(cast, one, invitee=[first, second], phone=numbers(those)[2])
    assert send(state, sent) == send(state, sent)
    send(state, kept(cast, one, invitee=[second, third]))  # another phone ticked them too
    assert seen(one) == 3
    again_ = state.get(page).text
    assert [f"Person {n}," in again_ for n in range(5)] == [False, False, False, True, True]
    assert ask() == 3, "all three agreed to messages"


def test_a_number_on_no_list_leaves_the_names_ticked_and_its_sender_reads_so(
    cast: Cast, one: Meeting, those: ContactList
) -> None:
    let_it_be(LATER)
    state, first = cast.client("state_president"), refs(those)[0]
    told = send(state, kept(cast, one, invitee=[first], phone=STRANGER))
    assert told["note"].startswith(f"••• {STRANGER[-4:]}: This number is not on the invited list.")
    assert seen(one) == 1
    refused = state.post(f"/field/meeting/{one.public_id}/", {"phone": STRANGER})
    assert refused.status_code == 422, "with a network the person is still there"
    told = send(state, kept(cast, one, phone="12345"), 422)
    assert told["errors"] == {"phone": "Write ten digits; now there are 5."}


def test_the_desk_finds_a_person_of_the_list_by_name_in_either_script(
    cast: Cast, one: Meeting, those: ContactList
) -> None:
    let_it_be(LATER)
    called = refs(those)[3]
    with system("test"):
        sealed = keyring().seal("सुनीता देवी".encode(), about=called.bytes)
        ContactEntry.objects.filter(public_id=called).update(person_name=sealed)
    state, door = cast.client("state_president"), f"/meetings/{one.public_id}/?show=door"
    found = state.get(f"{door}&q=Suneeta").text
    assert str(called) in found and "House 3" in found and "Person 1" not in found
    ticked = state.post(f"/meetings/{one.public_id}/act/listed/", {"ref": called}, follow=True).text
    assert "seen by phone number" not in ticked and "1 seen by name, 1 reported" in ticked
    assert seen(one) == 1
    assert state.post(f"/meetings/{one.public_id}/act/listed/", {"ref": uuid4()}).status_code == 422


def test_a_no_and_an_erasure_take_the_name_from_the_door(
    cast: Cast, one: Meeting, those: ContactList
) -> None:
    let_it_be(LATER)
    first, second, third, *_rest = (phone_id(number) for number in numbers(those))
    state, page = cast.client("state_president"), f"/field/meeting/{one.public_id}/"
    for told in (first, second):
        with system("test"):
            ContactEntry.objects.filter(phone_id=told).update(state="leased")  # the gate alone holds it back
    with transaction.atomic():
        keep_spoken_no(phone_id=first, by=SYSTEM, at=LATER)
    with system("test"):
        forget_person(erasure=ItemsErased((), second, LATER))
    shown = [state.get(page).text, state.get(f"/meetings/{one.public_id}/?show=door").text]
    for text in shown:
        assert [f"Person {n}" in text for n in range(3)] == [False, False, True]
    assert send(state, kept(cast, one, invitee=[refs(those)[1]]), 422)["field"] == "invitee"
    with cast.as_("state_president"), pytest.raises(attending.NotOnList):
        actions.tick_listed(
            public_id=one.public_id, ref=refs(those)[0], by=cast.actor("state_president"), at=LATER
        )
    send(state, kept(cast, one, invitee=[refs(those)[2]]))
    with transaction.atomic():
        keep_spoken_no(phone_id=third, by=SYSTEM, at=LATER)
    text = state.get(f"/meetings/{one.public_id}/").text
    assert "Person 2" not in text and "1 reported" in text, "the tick stays, the name does not"


def test_who_does_not_see_the_list_reads_no_name_of_it(cast: Cast, one: Meeting, those: ContactList) -> None:
    let_it_be(LATER)
    account = cast.accounts["state_president"]
    blind = replace(scope_of(account.pk, NOW.date()), people="{}")
    with system("test"):
        Send.objects.filter(audience=audience_of(those)).update(made_by=account.pk)
    with scoped(blind):
        assert queries_lists.list_at_door(one, at=LATER) == []
        assert queries_lists.listed_people(queries_lists.send_for_door(one)) == []
        for ref in (refs(those)[0], uuid4()):  # the same answer for everybody
            with pytest.raises(attending.ListOutOfSight):
                actions.tick_listed(
                    public_id=one.public_id, ref=ref, by=cast.actor("state_president"), at=LATER
                )


def test_an_erasure_leaves_the_count_and_no_phone(cast: Cast, one: Meeting, those: ContactList) -> None:
    number = numbers(those)[0]
    tick(cast, one, number)
    erased = phone_id(number)
    with system("test"):
        attending.forget_ticks_of_phone(erasure=ItemsErased((), erased, NEXT_DAY))
        assert Invitee.objects.filter(came_at__isnull=False).count() == 1
        assert not Invitee.objects.filter(phone_id=erased).exists()
    assert ask() == 0
    with system("test"):
        assert not Message.objects.filter(template="ask.met").exists()
