"""A caller's wish for help, breaks with a reason, and promised call-backs that a supervisor hands over."""

from datetime import datetime, timedelta

import pytest

from abhiyan.contact import actions, centres
from abhiyan.contact.actions import CallTold
from abhiyan.contact.actions.calls import BreakReasonUnfit, NoCallerHere
from abhiyan.contact.actions.handing import CallBackGone, CallerNotThere
from abhiyan.contact.actions.helping import HelpReasonUnfit, NoHelpAsked
from abhiyan.contact.centres import CallerNow, HelpAsked
from abhiyan.contact.models import CallTurn, ContactEntry
from abhiyan.core.models import AuditEntry
from abhiyan.core.refusals import or_refuse
from abhiyan.core.scope import system
from abhiyan.core.tests import given
from abhiyan.core.tests.given import NOW
from abhiyan.org.tests.make import World, actor
from abhiyan.people.models import Account
from abhiyan.people.tests.make import browser
from abhiyan.programmes.models import Programme

from .at_calls import centre_in, people_to_call, queue_of, seated
from .at_doors import entries

pytestmark = pytest.mark.django_db
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
def head(world: World, centre: int) -> Account:
    return seated(centre, world.unit("N11"), 7, "call_supervisor")


@pytest.fixture
def other(world: World, centre: int) -> Account:
    return seated(centre, world.unit("N11"), 1)


def take(centre: int, who: Account, at: datetime = NOW) -> CallTurn:
    return or_refuse(actions.take_next(body_id=centre, languages=["hi"], by=actor(who), at=at))


def now(centre: int, who: Account, at: datetime = NOW) -> CallerNow:
    with system("test"):
        return next(one for one in centres.callers_of(centre, at=at) if one.account_id == who.pk)


def promised(centre: int, who: Account) -> ContactEntry:
    """A call-back promised for an hour from now; its caller has nobody afterwards."""
    turn = take(centre, who)
    actions.ring(turn=turn.pk, by=actor(who), at=NOW)
    actions.note_centre_call(turn=turn.pk, told=CallTold("later", back_at=NOW + HOUR), by=actor(who), at=NOW)
    return entries(pk=turn.entry_id)[0]


def asked(centre: int, who: Account, at: datetime = NOW) -> HelpAsked | None:
    return now(centre, who, at).help


def test_a_wish_for_help_waits_until_it_is_answered_or_its_call_ends(
    world: World, run: Programme, centre: int, caller: Account, head: Account
) -> None:
    queue_of(run, people_to_call(run, world.unit("N1111"), 3))
    with pytest.raises(NoCallerHere):  # before the first person
        actions.ask_help(body_id=centre, reason="upset", by=actor(caller), at=NOW)
    turn = take(centre, caller)
    with pytest.raises(HelpReasonUnfit):
        actions.ask_help(body_id=centre, reason="bored", by=actor(caller), at=NOW)
    actions.ask_help(body_id=centre, reason="upset", by=actor(caller), at=NOW)
    actions.ask_help(body_id=centre, reason="danger", by=actor(caller), at=NOW + MINUTE)
    wish = or_refuse(asked(centre, caller, NOW + MINUTE))
    assert wish.since == NOW and "threatens" in wish.reason
    page = browser(head).get(f"/contact/centre/{centre}/").text
    assert "Somebody threatens, or may be in danger" in page and "Beneficiaries" in page
    with system("test"):
        assert AuditEntry.objects.filter(act="contact.ask_help").count() == 1
        name = or_refuse(centres.turn_of_caller(caller.pk, at=NOW)).entry
        known = centres.person_on_call(or_refuse(centres.turn_of_caller(caller.pk, at=NOW)))
    assert name.pk == turn.entry_id and known.phone not in page, "a supervisor reads no number"
    assert known.name not in page.split("<dl", 1)[0], "and no name of the person"
    with pytest.raises(NoCallerHere):
        actions.answer_help(body_id=centre, caller=caller.pk, by=actor(caller), at=NOW)
    assert "1 caller needs help" in browser(head).get("/today/").text
    actions.answer_help(body_id=centre, caller=caller.pk, by=actor(head), at=NOW + MINUTE)
    assert asked(centre, caller, NOW + MINUTE) is None
    assert "Your supervisor answered at" in browser(caller).get("/contact/calls/").text
    with pytest.raises(NoHelpAsked):
        actions.answer_help(body_id=centre, caller=caller.pk, by=actor(head), at=NOW + MINUTE)
    # A new wish, and it ends with the call; another, with its age; another, by the caller.
    actions.ask_help(body_id=centre, reason="question", by=actor(caller), at=NOW + 2 * MINUTE)
    actions.give_person_back(turn=turn.pk, by=actor(caller), at=NOW + 3 * MINUTE)
    assert asked(centre, caller, NOW + 3 * MINUTE) is None
    actions.ask_help(body_id=centre, reason="technical", by=actor(caller), at=NOW + 4 * MINUTE)
    assert asked(centre, caller, NOW + 34 * MINUTE) and not asked(centre, caller, NOW + 35 * MINUTE)
    actions.drop_help(by=actor(caller), at=NOW + 5 * MINUTE)
    assert asked(centre, caller, NOW + 5 * MINUTE) is None
    actions.ask_help(body_id=centre, reason="other", by=actor(caller), at=NOW + 6 * MINUTE)
    actions.leave_seat(reason="meal", by=actor(caller), at=NOW + 7 * MINUTE)
    assert asked(centre, caller, NOW + 7 * MINUTE) is None, "a break ends it"


def test_a_supervisor_of_another_centre_neither_answers_nor_hands_over(
    world: World, run: Programme, centre: int, caller: Account
) -> None:
    queue_of(run, people_to_call(run, world.unit("N1111"), 2))
    entry = promised(centre, caller)
    elsewhere = centre_in(world.unit("N12"))
    stranger = seated(elsewhere, world.unit("N12"), 8, "call_supervisor")
    for body in (centre, elsewhere):
        with pytest.raises((NoCallerHere, CallBackGone, CallerNotThere)):
            actions.hand_call_over(
                body_id=body, entry=entry.public_id, caller=caller.pk, by=actor(stranger), at=NOW
            )
        with pytest.raises((NoCallerHere, NoHelpAsked)):
            actions.answer_help(body_id=body, caller=caller.pk, by=actor(stranger), at=NOW)


def test_a_break_has_a_reason_and_is_not_an_absence(
    world: World, run: Programme, centre: int, caller: Account, head: Account, other: Account
) -> None:
    queue_of(run, people_to_call(run, world.unit("N1111"), 3))
    take(centre, caller)
    with pytest.raises(BreakReasonUnfit):
        actions.leave_seat(reason="prayer", by=actor(caller), at=NOW)
    answer = browser(caller).post("/contact/calls/leave/", {"break_for": "nothing"})
    assert answer.status_code == 422 and now(centre, caller).state == "calling", "the person stays"
    actions.leave_seat(reason="training", by=actor(caller), at=NOW)
    rests = now(centre, caller, NOW + 40 * MINUTE)
    assert (rests.state, rests.reason, rests.minutes) == ("break", "Training", 40)
    assert now(centre, other).state == "away", "who never came is absent"
    assert "On a break: Training" in " ".join(browser(head).get(f"/contact/centre/{centre}/").text.split())
    actions.leave_seat(reason="done", by=actor(caller), at=NOW)
    assert now(centre, caller).state == "done"
    assert now(centre, caller, NOW + timedelta(days=1)).state == "away", "a break ends with the day"


def test_a_promise_that_is_handed_over_goes_to_that_caller_first_and_then_to_everybody(
    world: World, run: Programme, centre: int, caller: Account, head: Account, other: Account
) -> None:
    queue_of(run, people_to_call(run, world.unit("N1111"), 1), priority=9)
    entry = promised(centre, caller)
    queue_of(run, people_to_call(run, world.unit("N1111"), 5), priority=1)
    late = NOW + 2 * HOUR
    given.time(late)
    with pytest.raises(CallerNotThere):  # absent
        actions.hand_call_over(
            body_id=centre, entry=entry.public_id, caller=other.pk, by=actor(head), at=late
        )
    actions.give_person_back(turn=take(centre, other, late).pk, by=actor(other), at=late)
    answer = browser(head).post(
        f"/contact/centre/{centre}/hand/", {"entry": str(entry.public_id), "caller": str(other.pk)}
    )
    assert answer.status_code == 302
    with system("test"):
        assert centres.handed_to(other.pk, at=late) == [NOW + HOUR]
        assert AuditEntry.objects.filter(act="contact.hand_over", subject=str(entry.public_id)).exists()
    assert "Your supervisor gave you 1 call-back" in browser(other).get("/contact/calls/").text
    assert "Your supervisor gave you 1 call-back" in browser(other).get("/today/").text
    assert take(centre, caller, late).entry_id != entry.pk, "it waits for its caller"
    assert take(centre, other, late).entry_id == entry.pk, "before the queue that goes first"
    with pytest.raises(CallBackGone):
        actions.hand_call_over(
            body_id=centre, entry=entry.public_id, caller=other.pk, by=actor(head), at=late
        )


def test_a_promise_comes_back_when_its_caller_does_not_take_it(
    world: World, run: Programme, centre: int, caller: Account, head: Account, other: Account
) -> None:
    queue_of(run, people_to_call(run, world.unit("N1111"), 1))
    entry = promised(centre, caller)
    actions.take_next(body_id=centre, languages=["hi"], by=actor(other), at=NOW)  # comes to work
    actions.hand_call_over(body_id=centre, entry=entry.public_id, caller=other.pk, by=actor(head), at=NOW)
    due = NOW + HOUR
    early = actions.take_next(body_id=centre, languages=["hi"], by=actor(caller), at=due + 14 * MINUTE)
    assert early is None
    assert take(centre, caller, due + 15 * MINUTE).entry_id == entry.pk


def test_a_break_frees_what_was_handed_over_and_a_language_is_asked(
    world: World, run: Programme, centre: int, caller: Account, head: Account, other: Account
) -> None:
    queue_of(run, people_to_call(run, world.unit("N1111"), 1))
    entry = promised(centre, caller)
    actions.take_next(body_id=centre, languages=["en"], by=actor(other), at=NOW)
    with pytest.raises(CallerNotThere):  # does not speak the person's language
        actions.hand_call_over(body_id=centre, entry=entry.public_id, caller=other.pk, by=actor(head), at=NOW)
    actions.take_next(body_id=centre, languages=["hi"], by=actor(other), at=NOW)
    actions.hand_call_over(body_id=centre, entry=entry.public_id, caller=other.pk, by=actor(head), at=NOW)
    actions.leave_seat(reason="rest", by=actor(other), at=NOW + MINUTE)
    due = NOW + HOUR
    found = actions.take_next(body_id=centre, languages=["hi"], by=actor(caller), at=due)
    assert or_refuse(found).entry_id == entry.pk


def test_the_bar_of_a_caller_and_of_a_supervisor_has_their_work(
    world: World, centre: int, caller: Account, head: Account
) -> None:
    assert browser(head).get("/contact/centre/")["Location"] == f"/contact/centre/{centre}/"
    mine, theirs = (browser(who).get("/today/").text.split("<main")[0] for who in (caller, head))
    assert 'href="/contact/calls/"' in mine and 'href="/contact/calls/inbound/"' in mine
    assert 'href="/contact/centre/"' in theirs and 'href="/contact/calls/"' not in theirs
    president = browser(world.holder("state_president", "N1")).get("/today/").text
    assert "/contact/calls/" not in president and "/contact/centre/" not in president


def test_the_page_counts_every_late_call_back_and_says_once_that_nobody_is_at_work(
    world: World, run: Programme, centre: int, caller: Account, head: Account
) -> None:
    for n_people in (14, 9):
        queue_of(run, people_to_call(run, world.unit("N1111"), n_people))
    for entry in entries():
        entry.state, entry.last_outcome, entry.again_at = "later", "later", NOW - HOUR
        with system("test"):
            entry.save()
    page = " ".join(browser(head).get(f"/contact/centre/{centre}/").text.split())
    assert '<a href="#promised">23</a>' in page and "The first 20 of 23" in page
    first_rows, other_rows = page.split("<details>")
    assert first_rows.count('class="badge') == 5 and other_rows.count('class="badge') == 15
    assert page.count("No caller is at work") == 1 and "speaks this language" not in page
    actions.take_next(body_id=centre, languages=["en"], by=actor(caller), at=NOW)
    page = browser(head).get(f"/contact/centre/{centre}/").text
    assert "No caller is at work." not in page and page.count("speaks this language") == 20
