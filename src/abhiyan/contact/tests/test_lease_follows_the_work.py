"""A caller on the line keeps the person, and so does a worker with the record open. An outcome is noted once."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, Dialog, Page, expect

from abhiyan.contact import actions, centres
from abhiyan.contact.actions import CallTold, Told
from abhiyan.contact.actions.calls import TurnOver
from abhiyan.contact.actions.outcomes import CorrectedTooLate, TakenBackTooLate
from abhiyan.contact.actions.talks import NoIsTheirs
from abhiyan.contact.bridges import BridgeReport, ref_of
from abhiyan.contact.models import Attempt, CallTurn, ContactEntry, ContactTry
from abhiyan.core import lot
from abhiyan.core.actor import Actor
from abhiyan.core.refusals import NotFound, or_refuse
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.core.tests.waits import until
from abhiyan.enrolment.tests.server import Server
from abhiyan.forms.models import Form, FormVersion, Submission
from abhiyan.messaging.models import Message
from abhiyan.messaging.tests import sink as ways
from abhiyan.org.tests.make import World, actor
from abhiyan.people import actions as people
from abhiyan.people.models import Account
from abhiyan.people.queries import phones_that_said_no
from abhiyan.programmes.models import Item, Programme
from abhiyan.site.tests.cast import Cast
from abhiyan.site.tests.visits import visits

from .at_calls import call_programme, centre_in, people_to_call, queue_of, seated
from .at_doors import DAY, contact_programme, entries, listed, tries
from .test_calls import HOUR, MINUTE, called, counts, note, take, taken
from .test_calls_journey import KEPT, press

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)
JOBS = Actor.system("test")
Report = Callable[..., bool]


@pytest.fixture
def second(world: World, centre: int) -> Account:
    return seated(centre, world.unit("N11"), 1)


@pytest.fixture
def line(world: World, run: Programme, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A queue of one person that the line of a provider on a socket of its own calls."""
    queue_of(run, people_to_call(run, world.unit("N1111"), 1), by_bridge=True)
    with ways.sink(ways.take) as peer:
        settings = {"": "http", "_URL": peer.url, "_TOKEN": "word", "_SECRET": "s" * 32}
        for name, text in settings.items():
            monkeypatch.setenv(f"ABHIYAN_BRIDGE{name}", text)
        yield


def told(turn: CallTurn, event: str, minutes: float, seconds: int = 0) -> bool:
    with system("test"):
        return actions.hear_bridge(
            bridge_report=BridgeReport(ref_of(turn.pk, 1), event, seconds), at=NOW + minutes * MINUTE
        )


def lapse(minutes: float) -> None:
    """Both loops that end leases."""
    with system("test"):
        actions.lapse_turns(at=NOW + minutes * MINUTE)
        actions.lapse_leases(at=NOW + minutes * MINUTE)


def on_line(centre: int, caller: Account, *, minutes: float) -> CallTurn:
    """A caller who talks by the provider's line since some minutes after the person came."""
    turn = taken(centre, caller)
    actions.ring_by_bridge(turn=turn.pk, by=actor(caller), at=NOW + minutes * MINUTE)
    assert told(turn, "agent", minutes)
    told(turn, "person", minutes)
    return turn


def standing() -> list[str]:
    return [one.outcome for one in tries(undone_at=None)]


def says_no() -> bool:
    with system("test"):
        return bool(phones_that_said_no([or_refuse(entries()[0].phone_id)]))


# --- the line ---


@pytest.mark.parametrize("event", ["agent", "person"])
@pytest.mark.usefixtures("line")
def test_whoever_is_on_the_line_keeps_the_person_after_the_lease(
    centre: int, caller: Account, second: Account, event: str
) -> None:
    turn = taken(centre, caller)
    actions.ring_by_bridge(turn=turn.pk, by=actor(caller), at=NOW + 28 * MINUTE)
    assert told(turn, "agent", 28)
    if event == "person":
        told(turn, "person", 28)
    for minutes in (31, 59, 100):
        lapse(minutes)
        assert take(centre, second, NOW + minutes * MINUTE) is None
        assert taken(centre, caller, NOW + minutes * MINUTE) == turn
    told(turn, "ended", 101, seconds=480)
    lapse(120)
    assert take(centre, second, NOW + 120 * MINUTE) is None, "the caller still writes the outcome"
    note(turn, caller, at=NOW + 125 * MINUTE)
    assert standing() == ["talked"] and entries()[0].state == "done"


@pytest.mark.usefixtures("line")
def test_a_line_that_never_ends_lets_the_person_go_after_the_longest_talk(
    centre: int, caller: Account, second: Account
) -> None:
    turn = on_line(centre, caller, minutes=28)
    lapse(28 + 121)
    assert taken(centre, second, NOW + 150 * MINUTE).entry_id == turn.entry_id
    note(turn, caller, at=NOW + 160 * MINUTE)
    assert standing() == ["talked"], "what came of it is noted all the same"


@pytest.mark.parametrize("way", ["back", "leave", "supervisor", "office"])
@pytest.mark.usefixtures("line")
def test_nobody_gets_a_person_who_is_on_the_line_however_they_came_back(
    world: World, centre: int, caller: Account, second: Account, way: str
) -> None:
    turn = on_line(centre, caller, minutes=1)
    at = NOW + 5 * MINUTE
    if way == "back":
        actions.give_person_back(turn=turn.pk, by=actor(caller), at=at)
    elif way == "leave":
        actions.leave_seat(by=actor(caller), at=at)
    elif way == "supervisor":
        head = actor(seated(centre, world.unit("N11"), 2, "call_supervisor"))
        actions.take_person_back(body_id=centre, turn=turn.pk, by=head, at=at)
    else:
        actions.end_turns(account_id=caller.pk, at=at)
        actions.end_leases(account_id=caller.pk)
    assert take(centre, second, at) is None
    told(turn, "ended", 8, seconds=400)
    assert taken(centre, second, NOW + 9 * MINUTE).entry_id == turn.entry_id


def test_an_open_page_keeps_the_person_of_an_own_phone_up_to_the_longest_talk(
    world: World, run: Programme, centre: int, caller: Account, second: Account
) -> None:
    queue_of(run, people_to_call(run, world.unit("N1111"), 1))
    turn = taken(centre, caller)
    actions.note_seen(by=actor(caller), at=NOW + 29 * MINUTE)
    with pytest.raises(TurnOver):
        actions.ring(turn=turn.pk, by=actor(caller), at=NOW + 31 * MINUTE)
    lapse(31)
    turn = taken(centre, caller, NOW + 31 * MINUTE)
    actions.ring(turn=turn.pk, by=actor(caller), at=NOW + 32 * MINUTE)
    for minutes in range(33, 32 + 121):
        actions.note_seen(by=actor(caller), at=NOW + minutes * MINUTE)
        lapse(minutes)
        if minutes < 32 + 120:
            assert take(centre, second, NOW + minutes * MINUTE) is None
    assert taken(centre, second, NOW + 153 * MINUTE).entry_id == turn.entry_id


# --- two callers ---


@pytest.mark.parametrize(
    ("first", "later", "state", "n"),
    [
        ("talked", "talked", "done", 1),
        ("talked", "no_answer", "done", 1),
        ("no_answer", "talked", "done", 1),
        ("unwilling", "busy", "out", 0),
        ("busy", "wrong_number", "out", 0),
        ("never", "no_answer", "out", 0),
        ("busy", "no_answer", "later", 0),
    ],
)
def test_what_two_callers_note_of_one_person_is_each_noted_once_and_counts_once(
    world: World,
    run: Programme,
    centre: int,
    caller: Account,
    second: Account,
    first: str,
    later: str,
    state: str,
    n: int,
) -> None:
    """The first caller's outcome lay in the outbox. It comes while the second caller talks."""
    queue_of(run, people_to_call(run, world.unit("N1111"), 1))
    turn = taken(centre, caller)
    actions.ring(turn=turn.pk, by=actor(caller), at=NOW)
    lapse(31)
    other = taken(centre, second, NOW + 31 * MINUTE)
    actions.ring(turn=other.pk, by=actor(second), at=NOW + 32 * MINUTE)
    note(turn, caller, first, NOW + 33 * MINUTE, age=20 * MINUTE)
    assert entries()[0].holder_id == second.pk, "whoever is on the line keeps the person"
    note(other, second, later, NOW + 35 * MINUTE)
    for one, who, outcome in ((turn, caller, first), (other, second, later)):
        note(one, who, outcome, NOW + 40 * MINUTE)
    assert sorted(standing()) == sorted([first, later])
    assert entries()[0].state == state and entries()[0].holder_id is None
    assert counts(run, world, NOW + HOUR)[0] == n


def test_a_late_talk_takes_the_person_from_a_caller_who_has_not_rung(
    world: World, run: Programme, centre: int, caller: Account, second: Account
) -> None:
    queue_of(run, people_to_call(run, world.unit("N1111"), 1))
    turn = taken(centre, caller)
    actions.ring(turn=turn.pk, by=actor(caller), at=NOW)
    lapse(31)
    other = taken(centre, second, NOW + 31 * MINUTE)
    note(turn, caller, at=NOW + 32 * MINUTE)
    with pytest.raises(TurnOver):
        actions.ring(turn=other.pk, by=actor(second), at=NOW + 33 * MINUTE)
    assert entries()[0].state == "done" and take(centre, second, NOW + 33 * MINUTE) is None


def test_a_promise_that_lay_in_the_outbox_beyond_its_time_is_due_at_once(
    world: World, run: Programme, centre: int, caller: Account
) -> None:
    queue_of(run, people_to_call(run, world.unit("N1111"), 1))
    turn = taken(centre, caller)
    actions.ring(turn=turn.pk, by=actor(caller), at=NOW)
    note(turn, caller, "later", NOW + 3 * HOUR, back_at=NOW + 2 * HOUR, age=3 * HOUR)
    assert taken(centre, caller, NOW + 3 * HOUR).entry_id == turn.entry_id


def test_a_talk_that_comes_after_a_week_is_noted_and_does_not_count(
    world: World, run: Programme, centre: int, caller: Account
) -> None:
    queue_of(run, people_to_call(run, world.unit("N1111"), 1))
    turn = taken(centre, caller)
    actions.ring(turn=turn.pk, by=actor(caller), at=NOW)
    lapse(31)
    note(turn, caller, at=NOW + 8 * DAY, age=8 * DAY)
    assert standing() == ["talked"] and entries()[0].state == "done"
    assert counts(run, world, NOW + 8 * DAY) == (0, 0, 0, 0)


# --- taken back, corrected ---


OUTCOMES: dict[str, dict[str, Any]] = {
    "talked": {},
    "wants_help": {},
    "entitled": {"need": "The gas connection has not come"},
    "later": {"back_at": NOW + 2 * HOUR},
    "no_answer": {},
    "busy": {},
    "wrong_number": {},
    "unwilling": {},
    "never": {},
}


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_an_outcome_is_taken_back_by_a_second_row_within_ten_seconds(
    world: World, run: Programme, centre: int, caller: Account, second: Account, outcome: str
) -> None:
    queue_of(run, people_to_call(run, world.unit("N1111"), 1))
    turn = taken(centre, caller)
    actions.ring(turn=turn.pk, by=actor(caller), at=NOW)
    note(turn, caller, outcome, **OUTCOMES[outcome])
    with pytest.raises(NotFound):
        actions.take_back_call(turn=turn.pk, by=actor(second), at=NOW)
    actions.take_back_call(turn=turn.pk, by=actor(caller), at=NOW + 10 * SECOND)
    made, back = tries()
    assert (made.outcome, back.outcome, back.takes_back_id) == (outcome, "taken_back", made.pk)
    assert standing() == [] and not says_no()
    assert counts(run, world)[2:] == (0, 0) and counts(run, world)[1] == 0
    (one,) = entries()
    assert (one.state, one.why_out, one.tries, one.last_outcome) == ("later", "", 0, "")
    assert take(centre, second, NOW + MINUTE) is None, "the caller notes the right one first"
    with pytest.raises(NotFound):
        actions.take_back_call(turn=turn.pk, by=actor(caller), at=NOW + 10 * SECOND)
    assert taken(centre, second, NOW + 31 * MINUTE).entry_id == one.pk
    note(turn, caller, "talked", NOW + 32 * MINUTE)
    assert standing() == ["talked"]


def test_ten_seconds_later_a_call_is_corrected_instead_on_the_same_day(
    world: World, run: Programme, centre: int, caller: Account
) -> None:
    queue_of(run, people_to_call(run, world.unit("N1111"), 1))
    one = called(centre, caller, "unwilling")
    turn = CallTurn(pk=tries()[0].pk)
    with pytest.raises(TakenBackTooLate):
        actions.take_back_call(turn=turn.pk, by=actor(caller), at=NOW + 11 * SECOND)
    for _twice in range(2):
        actions.correct_call(turn=turn.pk, told=CallTold("talked"), by=actor(caller), at=NOW + HOUR)
    assert [row.outcome for row in tries()] == ["unwilling", "taken_back", "talked"]
    assert standing() == ["talked"] and entries(pk=one.pk)[0].state == "done"
    assert counts(run, world, NOW + HOUR) == (1, 1, 0, 0)
    actions.correct_call(turn=turn.pk, told=CallTold("busy"), by=actor(caller), at=NOW + 2 * HOUR)
    assert counts(run, world, NOW + 2 * HOUR)[1:] == (0, 0, 0)
    actions.correct_call(turn=turn.pk, told=CallTold("talked"), by=actor(caller), at=NOW + 3 * HOUR)
    assert counts(run, world, NOW + 3 * HOUR)[1] == 1, "it counts again"
    with pytest.raises(CorrectedTooLate):
        actions.correct_call(turn=turn.pk, told=CallTold("busy"), by=actor(caller), at=NOW + DAY)


def test_a_slip_of_no_more_contact_is_lifted_on_every_list_and_a_no_of_the_phones_own_stays(
    world: World, run: Programme, centre: int, caller: Account
) -> None:
    first, same = (people_to_call(run, world.unit("N1111"), 1) for _n in range(2))
    queue_of(run, first)
    with system("test"):
        phone_id = or_refuse(entries(list=first)[0].phone_id)
        ContactEntry.objects.filter(list=same).update(phone_id=phone_id)
    called(centre, caller, "never")
    turn = tries()[0].pk
    assert says_no() and entries(list=same)[0].why_out == "opted_out"
    again = partial(actions.correct_call, turn=turn, by=actor(caller))
    again(told=CallTold("busy"), at=NOW + 9 * SECOND)
    assert not says_no() and entries(list=same)[0].state == "ready"
    assert entries(list=first)[0].again_at == NOW + 30 * MINUTE + 9 * SECOND
    again(told=CallTold("never"), at=NOW + 2 * MINUTE)
    with system("test"):
        people.suppress(phone_id=phone_id, scope="all", channel=1, by=JOBS, at=NOW + 2 * MINUTE + SECOND)
    again(told=CallTold("busy"), at=NOW + 2 * MINUTE + 2 * SECOND)
    assert says_no() and {one.why_out for one in entries()} == {"opted_out"}
    again(told=CallTold("never"), at=NOW + 5 * MINUTE)
    again(told=CallTold("busy"), at=NOW + 5 * MINUTE + SECOND)
    assert says_no(), "their own no stood before ours"


@pytest.mark.parametrize("had_said_no", [True, False])
def test_a_no_stands_once_the_ten_seconds_of_a_slip_are_over(
    world: World, run: Programme, centre: int, caller: Account, had_said_no: bool
) -> None:
    queue_of(run, people_to_call(run, world.unit("N1111"), 1))
    turn = taken(centre, caller)
    actions.ring(turn=turn.pk, by=actor(caller), at=NOW)
    if had_said_no:  # meanwhile, by their own phone: the caller reads no difference
        with system("test"):
            phone_id = or_refuse(entries()[0].phone_id)
            people.suppress(phone_id=phone_id, channel=1, by=JOBS, at=NOW)
    note(turn, caller, "never")
    for told in ("busy", "talked", "later"):
        with pytest.raises(NoIsTheirs):
            actions.correct_call(turn=turn.pk, told=CallTold(told), by=actor(caller), at=NOW + 11 * SECOND)
    assert says_no() and standing() == ["never"] and entries()[0].why_out == "opted_out"
    with system("test"):
        (shown,) = centres.calls_today(caller.pk, at=NOW + 11 * SECOND)
    assert shown.is_no


def test_nothing_about_an_offer_has_left_when_it_is_taken_back(
    world: World, run: Programme, centre: int, caller: Account
) -> None:
    queue_of(run, people_to_call(run, world.unit("N1111"), 1))
    called(centre, caller, "wants_help")
    with system("test"):
        assert not Message.objects.filter(due_at__lt=NOW + 10 * SECOND).exists()
    actions.take_back_call(turn=tries()[0].pk, by=actor(caller), at=NOW + 9 * SECOND)
    with system("test"):
        assert not Message.objects.exclude(state="dropped").exists()


def test_answers_of_a_talk_that_is_taken_back_count_no_more(
    world: World, run: Programme, centre: int, caller: Account
) -> None:
    with system("test"):
        form = Form.objects.create(
            public_id=run.public_id, names={"en": "Script"}, unit_id=run.owner_id, made_at=NOW
        )
        asked = [{"key": "first", "kind": "text", "label": {"en": "First", "hi": "पहला"}}]
        FormVersion.objects.create(form=form, number=1, questions=asked, made_at=NOW, used_from=NOW)
    queue_of(run, people_to_call(run, world.unit("N1111"), 1), form_id=form.pk)
    called(centre, caller, "talked", answers={"first": "Roads"})
    turn = tries()[0].pk
    actions.take_back_call(turn=turn, by=actor(caller), at=NOW + SECOND)
    again = CallTold("talked", answers={"first": "Water"})
    actions.correct_call(turn=turn, told=again, by=actor(caller), at=NOW + MINUTE)
    with system("test"):
        states = {one.answers["first"]: one.state for one in Submission.objects.all()}
    assert states == {"Roads": "returned", "Water": "reported"}


# --- in a browser ---


@pytest.fixture
def desk(chromium: Browser, serving: Callable[..., Server]) -> Iterator[tuple[Page, Cast]]:
    """A caller's page, in a queue of three people."""
    cast = Cast.make()
    district = cast.world.units["JK-SRI"].pk
    cast.accounts["call_agent"] = seated(centre_in(district), district, 1)
    run = call_programme(cast.world.units["JK"].pk)
    queue_of(run, people_to_call(run, cast.world.units["JK-B001"].pk, 3))
    server = serving(ABHIYAN_ORIGIN="http://localhost", ABHIYAN_ORGANISATION="Sangathan")
    for visit in visits(chromium, server.port, lambda role: (cast.accounts[role].pk, cast.token(role))):
        page = visit("/contact/calls/", "call_agent")
        page.check("[name=languages][value=hi]")
        yield page, cast


def rung(page: Page) -> None:
    for key in ("n", "r"):
        press(page, key)
    page.wait_for_selector("html[data-calls=ready]")


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_a_session_that_ends_in_the_middle_of_a_note_asks_for_sign_in_and_stores_it(
    desk: tuple[Page, Cast],
) -> None:
    page, _cast = desk
    rung(page)
    page.fill("[name=note]", "Wants a road to the school")
    session = page.context.cookies()
    page.context.clear_cookies()
    page.keyboard.press("Escape")
    page.keyboard.press("1")
    expect(page.locator("#call-kept [data-why=signIn]")).to_be_visible()
    assert tries() == [] and len(page.evaluate(KEPT)) == 1
    page.context.add_cookies(session)  # type: ignore[arg-type]  # as they came
    page.goto("/contact/calls/")
    until(lambda: len(tries()) == 1)
    (made,) = tries()
    assert made.outcome == "talked" and made.note
    page.wait_for_selector("html[data-calls=ready]")
    assert page.evaluate(KEPT) == []
    page.reload()
    page.wait_for_selector("html[data-calls=ready]")
    assert len(tries()) == 1


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_no_more_contact_asks_once_and_a_slip_is_taken_back_and_corrected(desk: tuple[Page, Cast]) -> None:
    page, _cast = desk
    rung(page)
    answers: list[bool] = [False, True]

    def answer(dialog: Dialog) -> None:
        dialog.accept() if answers.pop(0) else dialog.dismiss()

    page.on("dialog", answer)
    page.keyboard.press("9")
    assert tries() == [] and answers == [True]
    page.clock.install()
    page.clock.pause_at(datetime(2100, 1, 1))  # the ten seconds of the page do not pass
    press(page, "9")
    until(lambda: len(tries()) == 1)
    page.wait_for_selector("[data-left]")
    press(page, "z")
    assert page.locator("form input[name=again]").count() == 1
    assert standing() == []
    press(page, "6")
    until(lambda: standing() == ["busy"])
    with system("test"):
        assert not phones_that_said_no([one.phone_id for one in entries() if one.phone_id])
    page.goto("/contact/calls/today/")
    assert page.locator("tbody tr").count() == 1


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_single_keys_are_switched_off_for_this_browser(desk: tuple[Page, Cast]) -> None:
    page, _cast = desk
    page.evaluate("localStorage.setItem('shortcuts', 'off')")
    page.keyboard.press("n")
    page.keyboard.press("?")
    assert page.locator("dialog[open]").count() == 0 and not entries(state="leased")
    page.click(".menu.noprint summary")
    page.click("details [data-shortcuts]")
    page.keyboard.press("Escape")
    press(page, "n")
    assert len(entries(state="leased")) == 1


# --- sisters: doors, field cards, back-checks ---


def test_a_try_is_ended_after_its_lease_until_somebody_else_begins(
    world: World, caller: Account, second: Account
) -> None:
    about = caller.public_id

    def begin(who: Account, minutes: int) -> Attempt:
        return actions.begin_attempt(room="r", about=about, by=actor(who), at=NOW + minutes * MINUTE)

    def end(one: Attempt, who: Account, minutes: int) -> Attempt:
        return actions.end_attempt(
            attempt_id=one.pk,
            outcome=Attempt.Outcome.REACHED,
            zone=ZoneInfo("Asia/Kolkata"),
            by=actor(who),
            at=NOW + minutes * MINUTE,
        )

    one = begin(caller, 0)
    assert end(one, caller, 45).outcome == "reached"
    late = begin(caller, 50)
    begin(second, 90)
    with pytest.raises(actions.TryOver):
        end(late, caller, 91)


def test_a_talk_is_noted_whatever_was_tried_before_and_a_second_no_answer_waits(
    world: World, caller: Account, second: Account
) -> None:
    run = contact_programme(world.unit("N1"))

    def told(who: Account, outcome: str, minutes: int) -> str:
        made = ContactTry(
            id=lot.uuid(),
            programme=run,
            unit_id=world.unit("N1111"),
            way=ContactTry.Way.CARD,
            about=caller.public_id,
        )
        actions.note_person_try(
            made=made,
            outcome=ContactTry.Outcome(outcome),
            zone=ZoneInfo("Asia/Kolkata"),
            by=actor(who),
            at=NOW + minutes * MINUTE,
        )
        return made.outcome

    actions.begin_attempt(room="checks", about=second.public_id, by=actor(second), at=NOW)
    assert told(caller, "no_answer", 0) == "no_answer"
    with pytest.raises(actions.NotNow):
        told(second, "no_answer", 5)
    for outcome in ("talked", "later", "wrong_number"):
        assert told(second, outcome, 6) == outcome, "also while they call somebody else"


@pytest.mark.parametrize("now_with", ["nobody", "other", "other_met"])
def test_a_talk_at_a_door_is_noted_after_its_lease_and_counts_once(world: World, now_with: str) -> None:
    run = contact_programme(world.unit("N1"))
    listed(run, world.unit("N1111"), 1)
    first, other = (world.holder(office, "N1111") for office in ("booth_president", "booth_worker"))

    def take_doors(who: Account, at: datetime) -> None:
        actions.take_doors(programme=run, unit_id=world.unit("N1111"), by=actor(who), at=at)

    take_doors(first, NOW)
    (door,) = entries()
    late = NOW + 4 * DAY
    with system("test"):
        actions.lapse_leases(at=late - HOUR)
    if now_with != "nobody":
        take_doors(other, late - HOUR)
    if now_with == "other_met":
        actions.note_door(entry=door.public_id, told=Told("talked"), by=actor(other), at=late - MINUTE)
    sent = Told("talked", age=2 * DAY)
    actions.note_door(entry=door.public_id, told=sent, by=actor(first), at=late)
    assert entries()[0].state == "done" and entries()[0].holder_id is None
    with pytest.raises(actions.DoorGone):
        actions.note_door(entry=door.public_id, told=sent, by=actor(first), at=late)
    if now_with == "other":
        actions.note_door(entry=door.public_id, told=Told("not_home"), by=actor(other), at=late)
        assert entries()[0].state == "done", "the worker on the way notes it all the same"
    with system("test"):
        items = Item.objects.filter(programme=run, measure=1, ended_at=None)
        assert items.count() == 1


def test_a_door_that_is_undone_gets_a_second_row_and_may_be_noted_again(world: World) -> None:
    run = contact_programme(world.unit("N1"))
    listed(run, world.unit("N1111"), 1)
    who = actor(world.holder("booth_president", "N1111"))
    actions.take_doors(programme=run, unit_id=world.unit("N1111"), by=who, at=NOW)
    for _twice in range(2):
        made = actions.note_door(entry=entries()[0].public_id, told=Told("talked"), by=who, at=NOW)
        actions.undo_contact(contact=made.pk, by=who, at=NOW)
    assert [one.outcome for one in tries()] == ["talked", "taken_back"] * 2 and standing() == []
