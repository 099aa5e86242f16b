"""A list is invited to a convention by a bulk send, and its report is a deck. A schedule asks for workshops."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from abhiyan.contact.audiences import audience_of
from abhiyan.contact.models import ContactEntry, ContactList, ContactTry
from abhiyan.contact.queries import heard_of
from abhiyan.core import lot
from abhiyan.core.actor import Actor
from abhiyan.core.keys import keyring
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.core.tests.given import time as let_it_be
from abhiyan.helpdesk import actions as helpdesk
from abhiyan.helpdesk.models import Ticket
from abhiyan.meetings import actions as meetings
from abhiyan.meetings.models import Meeting
from abhiyan.meetings.tests.make import again, call_as, reachable
from abhiyan.messaging import actions as messaging
from abhiyan.messaging.models import Message, Send
from abhiyan.messaging.tests.bulk import ENTITY, Kept
from abhiyan.messaging.tests.sending import send_due
from abhiyan.messaging.tests.test_reach import enter
from abhiyan.org import actions as releases
from abhiyan.pages.tests.test_titles_tell_the_truth import titles_on_their_pages
from abhiyan.people import actions as people
from abhiyan.people.tests.make import rename_account
from abhiyan.polls.models import Poll
from abhiyan.programmes.models import Programme
from abhiyan.review.tests.test_slides import slides
from abhiyan.site.tests.cast import SYSTEM, Cast
from abhiyan.work.actions import schedules
from abhiyan.work.models import Due, Schedule, Task
from abhiyan.work.queries.schedules import offices_to_ask

from .at_doors import announce, contact_programme, entries, listed

pytestmark = pytest.mark.django_db
DAY, TODAY = timedelta(days=1), NOW.date()
HOLD = NOW + timedelta(hours=8)


@pytest.fixture
def cast() -> Cast:
    return reachable()


@pytest.fixture
def run(cast: Cast) -> Programme:
    return contact_programme(cast.world.units["JK"].pk)


@pytest.fixture
def text(cast: Cast) -> str:
    return registered(cast)


def registered(cast: Cast) -> str:
    """A bulk text that the words of a meeting fill."""
    wordings = {
        "en": "{organisation}: {title}, {day} at {place}. Stop: STOP",
        "hi": "{organisation}: {title}, {day}, {place}. रोकें: STOP",
    }
    return messaging.register_text(
        name="Convention",
        entity=ENTITY,
        header="SNGTHN",
        wordings={
            language: messaging.Wording(one, f"110716123456789012{n}")
            for n, (language, one) in enumerate(wordings.items())
        },
        unit_id=cast.world.units["JK"].pk,
        by=SYSTEM,
        at=NOW,
    )


def list_of(
    cast: Cast, run: Programme, n: int, *, scheme: str = "PMUY", basis: str = "consent"
) -> ContactList:
    """An imported list of a booth, as messages need it."""
    one = listed(run, cast.world.units["JK-B001"].pk, n, scheme=scheme, day=TODAY)
    with system("test"):
        ContactList.objects.filter(pk=one.pk).update(basis=basis)
        one.refresh_from_db()
    return one


def invite(cast: Cast, one: ContactList, text: str, **more: Any) -> Meeting:
    """Call a convention that invites a list."""
    given: dict[str, Any] = {"offices": (), "expected": 0, "title": "Convention"} | more
    return call_as(cast, roll=audience_of(one), text=text, **given)


def send_of(one: Meeting) -> Send:
    with system("test"):
        roll = again(one.public_id).roll
        assert roll is not None
        return Send.objects.get(public_id=roll)


def started(cast: Cast, one: Meeting) -> Send:
    """The invitation, approved by a data officer, begun and queued."""
    cast.appoint(cast.accounts["no_office"], "data_officer", "JK", by=SYSTEM)
    send, by = send_of(one), cast.actor("state_president")
    with cast.as_("state_president"):
        asked = messaging.ask_send(public_id=send.public_id, reason="Convention", by=by, at=NOW)
    officer = Actor(
        kind="person", id=cast.accounts["no_office"].public_id, account_id=cast.accounts["no_office"].pk
    )
    releases.decide_release(public_id=asked.public_id, allow=True, by=officer, at=NOW)
    with cast.as_("state_president"):
        messaging.start_send(public_id=send.public_id, by=by, at=NOW)
    at = NOW
    while messaging.queue_next(public_id=send.public_id, at=at) and not send_of(one).is_queued:
        at += timedelta(minutes=1)
    return send_of(one)


def states(send: Send) -> Counter[tuple[str, str]]:
    with system("test"):
        return Counter(Message.objects.filter(send_id=send.pk).values_list("state", "reason"))


def talk(one: ContactEntry, *, outcome: str = "talked", note: str = "", days: int = 1, **more: Any) -> None:
    """A talk with somebody of a list."""
    ident = lot.uuid()
    with system("test"):
        ContactTry.objects.create(
            id=ident,
            entry=one,
            programme_id=one.list.programme_id,
            unit_id=one.unit_id,
            way="door",
            outcome=outcome,
            note=keyring().seal(note.encode(), about=ident.bytes) if note else b"",
            by_id=1,
            at=NOW - days * DAY,
            stored_at=NOW - days * DAY,
            **more,
        )


def test_a_list_is_an_audience_and_who_may_not_be_asked_is_left_out_and_counted(
    cast: Cast, run: Programme, text: str
) -> None:
    enter(cast.world.units["JK"].pk, closes_at=None, kind=Poll.Kind.NONE)
    one = list_of(cast, run, 6)
    first, second, third, *_rest = entries(list=one)
    assert first.phone_id
    people.suppress(phone_id=first.phone_id, channel=1, by=SYSTEM, at=NOW)
    with system("test"):
        ContactEntry.objects.filter(pk=second.pk).update(state="out", why_out="unwilling")
    for days in (1, 8, 29, 40):
        talk(third, days=days)
    send = send_of(invite(cast, one, text))
    assert send.audience == f"beneficiaries:{one.public_id}" and send.n_asked == 3
    assert send.counted == {"suppressed": 1, "unwilling": 1, "rested": 1, "": 3}


def test_a_number_given_for_another_purpose_is_no_consent_to_messages(
    cast: Cast, run: Programme, text: str
) -> None:
    enter(cast.world.units["JK"].pk, closes_at=None, kind=Poll.Kind.NONE)
    one = list_of(cast, run, 3, scheme="", basis="given")
    send = send_of(invite(cast, one, text))
    assert send.audience == f"list:{one.public_id}" and send.counted == {"no_consent": 3}


def test_beneficiaries_rest_from_the_announcement_of_an_election(
    cast: Cast, run: Programme, text: str
) -> None:
    announce(cast.world.units["JK"].pk, SYSTEM, at=NOW)
    send = send_of(invite(cast, list_of(cast, run, 4), text))
    assert (send.n_asked, send.counted) == (0, {"frozen": 4})


def test_the_gate_is_asked_again_as_each_message_leaves(cast: Cast, run: Programme, text: str) -> None:
    enter(cast.world.units["JK"].pk, closes_at=None, kind=Poll.Kind.NONE)
    one = list_of(cast, run, 5)
    send = started(cast, invite(cast, one, text))
    assert states(send) == {("queued", ""): 5}
    first, second, *_rest = entries(list=one)
    with system("test"):
        ContactEntry.objects.filter(pk=first.pk).update(why_out="unwilling")
        ContactEntry.objects.filter(pk=second.pk).update(phone_id=None)
    way = Kept()
    send_due(way, at=NOW + timedelta(minutes=9))
    assert states(send) == {("sent", ""): 3, ("dropped", "unwilling"): 1, ("dropped", "no_consent"): 1}
    assert len([letter for letter in way.letters if "Convention" in letter.text]) == 3


def test_what_waits_for_beneficiaries_is_dropped_when_an_election_is_announced(
    cast: Cast, run: Programme, text: str
) -> None:
    enter(cast.world.units["JK"].pk, closes_at=None, kind=Poll.Kind.NONE)
    send = started(cast, invite(cast, list_of(cast, run, 3), text))
    enter(cast.world.units["JK"].pk, closes_at=NOW + 20 * DAY)
    send_due(Kept(), at=NOW + timedelta(minutes=9))
    assert states(send) == {("dropped", "frozen"): 3}


def test_nobody_invites_a_list_they_do_not_see_or_one_that_ended(
    cast: Cast, run: Programme, text: str
) -> None:
    one = list_of(cast, run, 3)
    with system("test"):
        ContactList.objects.filter(pk=one.pk).update(unit_id=cast.world.units["HP"].pk)
    with pytest.raises(messaging.NoSuchAudience):
        invite(cast, one, text)
    with system("test"):
        ContactList.objects.filter(pk=one.pk).update(unit_id=cast.world.units["JK"].pk, state="ended")
    with pytest.raises(messaging.NoSuchAudience):
        invite(cast, one, text)


def held(cast: Cast, run: Programme, text: str) -> tuple[Meeting, ContactList]:
    """A convention that was held: 12 people talked, most with a note, some with an open request."""
    enter(cast.world.units["JK"].pk, closes_at=None, kind=Poll.Kind.NONE)
    one = list_of(cast, run, 14)
    convention = invite(cast, one, text, first_on=TODAY, last_on=TODAY, starts=HOLD.time())
    started(cast, convention)
    send_due(Kept(), at=NOW + timedelta(minutes=9))
    tickets = [
        helpdesk.add_need(
            opening=helpdesk.Opening(
                way=Ticket.Way.CALL,
                phone=f"+9190990000{n:02d}",
                texts=["The gas connection did not come"],
                unit_id=entries(list=one)[0].unit_id,
                language="en",
                kind=Ticket.Kind.OTHER.value,
                name="Worker",
                programme_id=run.pk,
            ),
            by=SYSTEM,
            at=NOW,
        ).pk
        for n in range(3)
    ]
    for n, each in enumerate(entries(list=one)[:13]):
        note = "Person asked for a refill" if n == 3 else f"The cylinder comes late, {n + 20} days"
        more: dict[str, Any] = {"outcome": "entitled", "request_id": tickets[n]} if n < 3 else {}
        talk(each, note=note, **more)
    with cast.as_("state_president"):
        meetings.set_people(public_id=convention.public_id, n=240, by=cast.actor("state_president"), at=HOLD)
    return convention, one


def test_its_report_is_a_deck_in_one_click(cast: Cast, run: Programme, text: str) -> None:
    convention, _one = held(cast, run, text)
    let_it_be(HOLD)
    state = cast.client("state_president")
    page = state.get(f"/meetings/{convention.public_id}/").text
    assert f"/review/slides/new/?meeting={convention.public_id}" in page
    made = state.post(f"/review/slides/new/?meeting={convention.public_id}", {"language": "en"})
    assert made.status_code == 302
    found = slides(bytes(state.get(f"{made['Location']}file/pptx/").content))
    titles, said = [title for title, _words in found], " ".join(words for _title, words in found)
    assert titles[0] == "0 seen by name, 240 reported, 14 invited by message"
    assert "At the doors most often: Talked" in titles and "What people say" in titles
    assert "The cylinder comes late" in said and "Person asked" not in said, "a note with the name stays out"
    assert "Requests to the helpline" in said and "fewer than 10" in said
    assert "Person 5" not in said and "House 5" not in said
    assert state.get(f"{made['Location']}file/pdf/").content[:4] == b"%PDF"
    assert titles_on_their_pages(state, made["Location"])
    deck = state.get(made["Location"]).text
    assert f"/meetings/{convention.public_id}/" in deck and "/schedule/" not in deck
    assert (
        state.post(f"/review/slides/new/?meeting={convention.public_id}", {"language": "en"})["Location"]
        != made["Location"]
    ), "made again, it is another deck: the first keeps its figures"
    for role in ("district_elsewhere", "booth_president"):
        assert cast.client(role).get(made["Location"]).status_code == 404
        assert cast.client(role).get(f"/review/slides/new/?meeting={convention.public_id}").status_code == 404


def test_what_it_decided_is_on_a_slide_with_how_far_each_task_is(
    cast: Cast, run: Programme, text: str
) -> None:
    one = list_of(cast, run, 3)
    convention = invite(cast, one, text, first_on=TODAY, last_on=TODAY, starts=HOLD.time())
    let_it_be(HOLD)
    state, page = cast.client("state_president"), f"/meetings/{convention.public_id}/"

    def titles_and_words() -> tuple[list[str], str]:
        made = state.post(f"/review/slides/new/?meeting={convention.public_id}", {"language": "en"})
        found = slides(bytes(state.get(f"{made['Location']}file/pptx/").content))
        return [title for title, _words in found], " ".join(words for _title, words in found)

    assert "Decisions and tasks" not in titles_and_words()[1], "nothing was decided yet"
    task = {"appointment": cast.appointments["district_in_charge"], "due_on": TODAY + 3 * DAY}
    for words, more in (
        ("Every booth gets a beneficiary in charge", {}),
        ("Bring the list of new connections", task),
        ("Ask the bank for camps", task),
    ):
        assert state.post(f"{page}act/point/", {"text": words} | more).status_code == 302
    titles, said = titles_and_words()
    assert "1 decision; 2 tasks, 0 done" in titles
    assert "Every booth gets a beneficiary in charge" in said and "Ask the bank for camps" in said
    with system("test"):
        Task.objects.filter(typed_title="Ask the bank for camps").update(state="done")
    titles, said = titles_and_words()
    assert "1 decision; 2 tasks, 1 done" in titles, "a task that is done stays on the slide of the minutes"
    assert said.count("Ask the bank for camps") == 1 and said.count("Bring the list of new connections") == 2


def test_few_talks_are_not_quoted_and_a_list_out_of_sight_says_nothing(
    cast: Cast, run: Programme, text: str
) -> None:
    one = list_of(cast, run, 9)
    for each in entries(list=one):
        talk(each, note="The cylinder comes late")
    audience = audience_of(one)
    with cast.as_("state_president"):
        heard = heard_of(audience, has_quotes=True)
        assert heard and heard.quotes == [] and [n for _words, n in heard.outcomes] == [9]
        assert heard_of(f"members:{cast.world.roll.pk}", has_quotes=True) is None
    with cast.as_("district_elsewhere"):
        assert heard_of(audience, has_quotes=True) is None


@pytest.mark.parametrize(
    ("note", "n_quotes"), [("Rahim comes late", 0), ("रहीम नहीं आता", 0), ("The cylinder comes late", 1)]
)
def test_a_note_that_names_anybody_of_the_unit_is_not_quoted(
    cast: Cast, run: Programme, text: str, note: str, n_quotes: int
) -> None:
    one = list_of(cast, run, 10)
    for each in entries(list=one):
        talk(each, note=note)
    with system("test"):
        unit_id = entries(list=one)[0].unit_id
        rename_account(cast.accounts["booth_worker"].pk, "Rahim Wani", unit_id=unit_id)
    with cast.as_("state_president"):
        heard = heard_of(audience_of(one), has_quotes=True)
    assert heard and len(heard.quotes) == n_quotes


@pytest.mark.parametrize(("people", "is_quoted"), [(4, False), (5, True)])
def test_many_talks_with_four_people_are_not_quoted(
    cast: Cast, run: Programme, text: str, people: int, is_quoted: bool
) -> None:
    """Their neighbours would know whose words these are, however often they said them."""
    one = list_of(cast, run, people)
    for each in entries(list=one):
        for days in (1, 2, 3):
            talk(each, note=f"The cylinder comes late, said {days} times", days=days)
    with cast.as_("state_president"):
        heard = heard_of(audience_of(one), has_quotes=True)
    assert heard and bool(heard.quotes) == is_quoted


def test_a_workshop_of_beneficiaries_is_a_schedule_of_the_programme(cast: Cast, run: Programme) -> None:
    asking = schedules.Asking(
        title="Workshop of beneficiaries",
        wanted="meeting",
        rhythm="once",
        first_on=TODAY,
        last_on=TODAY + 14 * DAY,
        office="mandal_president",
        kind="mandal",
        programme_id=run.pk,
    )
    unit_id, by = cast.world.units["JK"].pk, cast.actor("state_president")
    with cast.as_("state_president"):
        (n,) = (
            each.expected for each in offices_to_ask(unit_id, 1, at=NOW) if each.office == "mandal_president"
        )
        made: Schedule = schedules.ask_units(asking=asking, unit_id=unit_id, expected=n, by=by, at=NOW)
    mandal = cast.client("mandal_president")
    door = mandal.post(f"/meetings/asked/{made.public_id}/?unit=JK-SRI-M1").headers["Location"]
    with system("test"):
        workshop = Meeting.objects.get()
    mandal.post(f"/meetings/{workshop.public_id}/act/people/", {"n": "60", "walk_ins": "60"})
    with system("test"):
        due = Due.objects.select_related("schedule").get()
    assert (due.people, due.state, due.schedule.programme_id) == (60, Due.State.DONE, run.pk)
    assert "Workshop of beneficiaries" in mandal.get(door).text
