"""Callers of call centres: one person at a time, nobody twice without a rule, nothing after a no."""

from contextlib import suppress
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import given as drawn
from hypothesis import settings as examples
from hypothesis import strategies as st

from abhiyan.contact import actions, centres
from abhiyan.contact.actions import CallTold, NewQueue
from abhiyan.contact.actions.calls import CentrePaused, NoCallerHere, OwnCallsDone, TurnOver
from abhiyan.contact.actions.outcomes import BackAtUnfit, RingFirst, TurnNoted
from abhiyan.contact.actions.queues import QueueDayUnfit, QueueHoursUnfit, QueueListsUnfit
from abhiyan.contact.models import CallQueue, CallTurn, ContactEntry
from abhiyan.contact.rules.retries import call_again
from abhiyan.core import sql
from abhiyan.core.actor import Actor
from abhiyan.core.refusals import NotFound, Refused, or_refuse
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.forms.models import Form, FormVersion, Submission
from abhiyan.org import actions as org
from abhiyan.org.models import Appointment
from abhiyan.org.queries import NotYours
from abhiyan.org.tests.make import World, actor
from abhiyan.people import actions as people
from abhiyan.people.models import Account
from abhiyan.people.tests.make import browser
from abhiyan.programmes import actions as programmes
from abhiyan.programmes.models import Programme
from abhiyan.programmes.queries import unit_ladder

from .at_calls import centre_in, people_to_call, queue_of, seated
from .at_doors import DAY, entries, tries

pytestmark = pytest.mark.django_db
JOBS = Actor.system("test")
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
ZONE, OPENS, CLOSES = "Asia/Kolkata", time(10), time(21)


def take(
    centre: int, who: Account, at: datetime = NOW, languages: tuple[str, ...] = ("hi",)
) -> CallTurn | None:
    return actions.take_next(body_id=centre, languages=languages, by=actor(who), at=at)


def taken(centre: int, who: Account, at: datetime = NOW) -> CallTurn:
    return or_refuse(take(centre, who, at))


def note(turn: CallTurn, who: Account, outcome: str = "talked", at: datetime = NOW, **more: Any) -> CallTurn:
    return actions.note_centre_call(turn=turn.pk, told=CallTold(outcome, **more), by=actor(who), at=at)


def called(
    centre: int, who: Account, outcome: str = "talked", at: datetime = NOW, **more: Any
) -> ContactEntry:
    """One call from Next to its outcome; the entry then."""
    turn = taken(centre, who, at)
    actions.ring(turn=turn.pk, by=actor(who), at=at)
    note(turn, who, outcome, at, **more)
    return entries(pk=turn.entry_id)[0]


def counts(run: Programme, world: World, at: datetime = NOW) -> tuple[int, ...]:
    with system("test"):
        programmes.fold_changes(at=at)
        assert programmes.recount_facts(at=at).is_right
        seen = unit_ladder(node=world.unit("N1"), hierarchy=1, programme=run, measure=3, at=at)
    return tuple(n or 0 for n in (seen.reported, seen.unsigned, seen.counted, seen.confirmed))


def why(centre: int, at: datetime = NOW, languages: tuple[str, ...] = ("hi",)) -> dict[str, int]:
    with system("test"):
        (queue,) = centres.queues_of(centre, at=at)
        return {one.why: one.n for one in centres.entries_left(queue, languages, at=at)}


def test_a_caller_gets_one_person_rings_and_notes_a_talk_that_is_reported_unsigned(
    world: World, run: Programme, centre: int, caller: Account
) -> None:
    queue_of(run, people_to_call(run, world.unit("N1111"), 2))
    turn = taken(centre, caller)
    assert taken(centre, caller) == turn, "two tabs, and a page that is loaded again, show the same person"
    with pytest.raises(RingFirst):
        note(turn, caller)
    rung = actions.ring(turn=turn.pk, by=actor(caller), at=NOW)
    assert rung.number.startswith("+9194193")
    note(turn, caller, at=NOW + 3 * MINUTE)
    (row,) = tries()
    assert (row.pk, row.way, row.outcome, row.by_id) == (turn.pk, "call", "talked", caller.pk)
    assert entries(pk=turn.entry_id)[0].state == "done"
    assert counts(run, world) == (1, 1, 0, 0), "an own phone gives the unsigned shade"
    other = taken(centre, caller)
    assert other.entry_id != turn.entry_id


def test_the_same_outcome_again_is_the_same_call_and_another_is_refused(
    world: World, run: Programme, centre: int, caller: Account
) -> None:
    queue_of(run, people_to_call(run, world.unit("N1111"), 2))
    turn = taken(centre, caller)
    actions.ring(turn=turn.pk, by=actor(caller), at=NOW)
    note(turn, caller)
    note(turn, caller, at=NOW + HOUR)
    with pytest.raises(TurnNoted):
        note(turn, caller, "busy")
    assert len(tries()) == 1


@pytest.mark.parametrize(
    ("outcome", "state", "why_out"),
    [
        ("wants_help", "done", ""),
        ("wrong_number", "out", "wrong_number"),
        ("unwilling", "out", "unwilling"),
        ("never", "out", "opted_out"),
    ],
)
def test_an_outcome_takes_the_person_where_it_says(
    world: World, run: Programme, centre: int, caller: Account, outcome: str, state: str, why_out: str
) -> None:
    queue_of(run, people_to_call(run, world.unit("N1111"), 1))
    one = called(centre, caller, outcome)
    assert (one.state, one.why_out, one.holder_id) == (state, why_out, None)
    assert take(centre, caller) is None


def test_entitled_makes_a_request_to_the_helpline(
    world: World, run: Programme, centre: int, caller: Account
) -> None:
    queue_of(run, people_to_call(run, world.unit("N1111"), 2))
    turn = taken(centre, caller)
    actions.ring(turn=turn.pk, by=actor(caller), at=NOW)
    with pytest.raises(Refused):
        note(turn, caller, "entitled")
    note(turn, caller, "entitled", need="The gas connection has not come")
    assert tries()[0].request_id is not None


def test_busy_waits_half_an_hour_and_no_answer_another_day_and_hour_four_times(
    world: World, run: Programme, centre: int, caller: Account
) -> None:
    queue_of(run, people_to_call(run, world.unit("N1111"), 1))
    assert called(centre, caller, "busy").again_at == NOW + 30 * MINUTE
    assert take(centre, caller, NOW + 29 * MINUTE) is None
    assert why(centre, NOW + 29 * MINUTE) == {"retry": 1}
    at = NOW + 30 * MINUTE
    for n in range(3):
        one = called(centre, caller, "no_answer", at)
        if n < 2:
            assert one.again_at and one.again_at.date() > at.date() and one.state == "later"
            at = one.again_at
    assert (one.state, one.why_out, one.tries) == ("out", "not_answered", 4)


def test_a_retry_is_on_another_day_in_a_part_of_the_day_not_tried_yet() -> None:
    first = datetime.fromisoformat("2026-11-25T12:00+05:30")
    rest = {"zone": ZONE, "opens": OPENS, "closes": CLOSES}
    second = call_again("no_answer", [first], at=first, **rest)  # type: ignore[arg-type]
    assert second == datetime.fromisoformat("2026-11-26T13:00+05:30")
    third = call_again("no_answer", [first, second], at=second, **rest)  # type: ignore[arg-type]
    assert third == datetime.fromisoformat("2026-11-27T17:00+05:30")
    late = datetime.fromisoformat("2026-11-25T20:45+05:30")
    assert call_again("busy", [late], at=late, **rest) == datetime.fromisoformat(  # type: ignore[arg-type]
        "2026-11-26T10:00+05:30"
    )


def test_a_promised_call_back_comes_at_its_time_before_anybody_else(
    world: World, run: Programme, centre: int, caller: Account
) -> None:
    queue_of(run, people_to_call(run, world.unit("N1111"), 5))
    turn = taken(centre, caller)
    actions.ring(turn=turn.pk, by=actor(caller), at=NOW)
    for back in (None, NOW - MINUTE, NOW + 10 * HOUR, NOW + 45 * DAY):
        with pytest.raises(BackAtUnfit):
            note(turn, caller, "later", back_at=back)
    note(turn, caller, "later", back_at=NOW + 2 * HOUR)
    assert taken(centre, caller, NOW + HOUR).entry_id != turn.entry_id
    actions.leave_seat(by=actor(caller), at=NOW + HOUR)
    assert taken(centre, caller, NOW + 2 * HOUR).entry_id == turn.entry_id


def test_retries_of_one_instant_come_in_their_order_on_the_list_wherever_their_rows_lie(
    world: World, run: Programme, centre: int, caller: Account
) -> None:
    queue_of(run, people_to_call(run, world.unit("N1111"), 4))
    rows = entries()
    given = {"lists": [rows[0].list_id], "languages": ["hi"], "at": NOW, "on": NOW.date()} | {
        "own": [],
        "account": 0,
    }
    with system("test"):
        sql.run("set local enable_indexscan = off")  # another plan reads the rows as they lie
        for n in range(len(rows)):
            for one in (*rows[n:], *rows[:n]):  # what is written last lies behind the others
                ContactEntry.objects.filter(pk=one.pk).update(state="later", again_at=NOW - n * MINUTE)
            assert sql.column(actions.calls.AGAIN, given) == [rows[0].pk]


def test_an_opt_out_between_lease_and_ring_holds_the_number_back(
    world: World, run: Programme, centre: int, caller: Account
) -> None:
    queue_of(run, people_to_call(run, world.unit("N1111"), 1))
    turn = taken(centre, caller)
    phone_id = or_refuse(entries(pk=turn.entry_id)[0].phone_id)
    with system("test"):
        people.suppress(phone_id=phone_id, channel=1, by=JOBS, at=NOW)
    rung = actions.ring(turn=turn.pk, by=actor(caller), at=NOW)
    assert (rung.number, rung.why) == ("", "opted_out")
    (one,) = entries(pk=turn.entry_id)
    assert (one.state, one.why_out, one.holder_id) == ("out", "opted_out", None)
    with pytest.raises(Refused):
        note(turn, caller)
    assert take(centre, caller) is None and why(centre) == {"opted_out": 1}


def test_a_no_during_the_call_keeps_the_person_out_whatever_the_outcome(
    world: World, run: Programme, centre: int, caller: Account
) -> None:
    queue_of(run, people_to_call(run, world.unit("N1111"), 1))
    turn = taken(centre, caller)
    actions.ring(turn=turn.pk, by=actor(caller), at=NOW)
    with system("test"):
        people.suppress(phone_id=or_refuse(entries(pk=turn.entry_id)[0].phone_id), channel=1, by=JOBS, at=NOW)
    note(turn, caller, "no_answer")
    assert entries(pk=turn.entry_id)[0].why_out == "opted_out"


def test_an_office_that_ended_at_noon_gives_the_person_back_and_takes_no_outcome(
    world: World, run: Programme, centre: int, caller: Account
) -> None:
    queue_of(run, people_to_call(run, world.unit("N1111"), 1))
    turn = taken(centre, caller)
    actions.ring(turn=turn.pk, by=actor(caller), at=NOW)
    with system("test"):
        held = Appointment.objects.get(account_id=caller.pk)
        org.end_appointment(public_id=held.public_id, reason="moved", by=JOBS, at=NOW)
    with pytest.raises(NoCallerHere):
        note(turn, caller, at=NOW + MINUTE)
    assert entries(pk=turn.entry_id)[0].state == "ready"
    other = seated(centre, world.unit("N11"), 1)
    assert taken(centre, other, NOW + MINUTE).entry_id == turn.entry_id


def test_an_outcome_that_waited_an_hour_without_a_network_is_noted_once(
    world: World, run: Programme, centre: int, caller: Account
) -> None:
    queue_of(run, people_to_call(run, world.unit("N1111"), 1))
    turn = taken(centre, caller)
    actions.ring(turn=turn.pk, by=actor(caller), at=NOW)
    with system("test"):
        assert actions.lapse_turns(at=NOW + HOUR) == 1
    assert entries(pk=turn.entry_id)[0].state == "ready"
    note(turn, caller, at=NOW + HOUR)
    assert entries(pk=turn.entry_id)[0].state == "done" and len(tries()) == 1


def test_the_outcomes_of_two_callers_of_one_person_are_both_noted_and_count_once(
    world: World, run: Programme, centre: int, caller: Account
) -> None:
    queue_of(run, people_to_call(run, world.unit("N1111"), 1))
    turn = taken(centre, caller)
    actions.ring(turn=turn.pk, by=actor(caller), at=NOW)
    with system("test"):
        actions.lapse_turns(at=NOW + HOUR)
    other = seated(centre, world.unit("N11"), 1)
    assert called(centre, other, at=NOW + HOUR).pk == turn.entry_id
    note(turn, caller, at=NOW + HOUR)
    assert [one.by_id for one in tries()] == [other.pk, caller.pk]
    assert counts(run, world, NOW + HOUR) == (1, 1, 0, 0)


def test_a_supervisor_takes_a_person_back_and_pauses_the_own_centre_alone(
    world: World, run: Programme, centre: int, caller: Account
) -> None:
    queue_of(run, people_to_call(run, world.unit("N1111"), 2))
    head = actor(seated(centre, world.unit("N11"), 1, "call_supervisor"))
    far = centre_in(world.unit("N12"))
    stranger = actor(seated(far, world.unit("N12"), 2, "call_supervisor"))
    turn = taken(centre, caller)
    for by in (stranger, actor(caller)):
        with pytest.raises(NoCallerHere):
            actions.take_person_back(body_id=centre, turn=turn.pk, by=by, at=NOW)
        with pytest.raises(NoCallerHere):
            actions.pause_centre(body_id=centre, by=by, at=NOW)
    with pytest.raises(NotFound):
        actions.take_person_back(body_id=far, turn=turn.pk, by=stranger, at=NOW)
    with system("test"):
        (now,) = centres.callers_of(centre, at=NOW + 4 * MINUTE)
    assert (now.state, now.turn_id) == ("lost", turn.pk), "a page that is closed for three minutes"
    actions.take_person_back(body_id=centre, turn=turn.pk, by=head, at=NOW)
    assert entries(pk=turn.entry_id)[0].holder_id is None
    with pytest.raises(TurnOver):
        actions.take_person_back(body_id=centre, turn=turn.pk, by=head, at=NOW)
    actions.pause_centre(body_id=centre, by=head, at=NOW)
    with pytest.raises(CentrePaused):
        take(centre, caller)
    actions.resume_centre(body_id=centre, by=head, at=NOW)
    assert take(centre, caller)


def test_an_empty_queue_says_why(world: World, run: Programme, centre: int, caller: Account) -> None:
    booth = world.unit("N1111")
    queue = queue_of(run, people_to_call(run, booth, 2), people_to_call(run, booth, 1, language="en"))
    called(centre, caller)
    called(centre, caller, "later", back_at=NOW + HOUR)
    assert take(centre, caller) is None
    assert why(centre) == {"retry": 1, "language": 1, "called": 1}
    evening = NOW + 10 * HOUR
    assert take(centre, caller, evening) is None and "hours" in why(centre, evening, ("hi", "en"))
    with system("test"):
        CallQueue.objects.filter(pk=queue.pk).update(paused_at=NOW)
    assert take(centre, caller, NOW, ("en",)) is None


def test_calls_keep_to_the_narrower_hours_of_the_settings(
    world: World, run: Programme, centre: int, caller: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue_of(run, people_to_call(run, world.unit("N1111"), 2))
    turn = taken(centre, caller)
    monkeypatch.setenv("ABHIYAN_MESSAGES_UNTIL", "10:01")
    assert actions.ring(turn=turn.pk, by=actor(caller), at=NOW).why == "hours"
    assert take(centre, caller) is None and "hours" in why(centre)
    monkeypatch.delenv("ABHIYAN_MESSAGES_UNTIL")
    assert take(centre, caller), "the queue is open again, and nobody was lost"


def test_a_queue_ends_after_its_last_day_and_promises_no_call_back_beyond_it(
    world: World, run: Programme, centre: int, caller: Account
) -> None:
    queue_of(run, people_to_call(run, world.unit("N1111"), 2), last_day=NOW.date())
    turn = taken(centre, caller)
    actions.ring(turn=turn.pk, by=actor(caller), at=NOW)
    with pytest.raises(BackAtUnfit):
        note(turn, caller, "later", back_at=NOW + DAY)
    note(turn, caller)
    assert take(centre, caller, NOW + DAY) is None and take(centre, caller) is not None


def test_nobody_is_called_twice_by_two_lists(
    world: World, run: Programme, centre: int, caller: Account
) -> None:
    booth = world.unit("N1111")
    first, second = people_to_call(run, booth, 1), people_to_call(run, booth, 1)
    queue_of(run, first, second)
    with system("test"):
        phone_id = entries(list=first)[0].phone_id
        ContactEntry.objects.filter(list=second).update(phone_id=phone_id)
    turn = taken(centre, caller)
    other = seated(centre, world.unit("N11"), 1)
    assert take(centre, other) is None, "somebody else has the same phone"
    actions.ring(turn=turn.pk, by=actor(caller), at=NOW)
    note(turn, caller)
    assert take(centre, other, NOW + HOUR) is None
    assert entries(list=second)[0].why_out == "called"


def test_an_own_phone_makes_nineteen_calls_a_day(
    world: World, run: Programme, centre: int, caller: Account
) -> None:
    queue_of(run, people_to_call(run, world.unit("N1111"), 21))
    for _n in range(19):
        called(centre, caller)
    with pytest.raises(OwnCallsDone):
        actions.ring(turn=taken(centre, caller).pk, by=actor(caller), at=NOW)


def test_the_script_stays_as_it_was_shown_while_it_changes(
    world: World, run: Programme, centre: int, caller: Account
) -> None:
    def version(number: int, key: str) -> FormVersion:
        asked = [{"key": key, "kind": "text", "label": {"en": key, "hi": key}}]
        return FormVersion.objects.create(
            form=form, number=number, questions=asked, made_at=NOW, used_from=NOW
        )

    with system("test"):
        form = Form.objects.create(
            public_id=run.public_id, names={"en": "Script"}, unit_id=run.owner_id, made_at=NOW
        )
        version(1, "first")
    queue_of(run, people_to_call(run, world.unit("N1111"), 1), form_id=form.pk)
    page = browser(caller)
    page.post("/contact/calls/next/", {"languages": "hi"})
    with system("test"):
        turn = CallTurn.objects.get(ended_at=None)
        version(2, "second")
    assert 'name="s-first"' in page.get("/contact/calls/").text
    page.post(f"/contact/calls/{turn.pk}/ring/")
    done = page.post(f"/contact/calls/{turn.pk}/", {"outcome": "talked", "s-first": "Roads"})
    assert done.status_code == 302, done.text
    with system("test"):
        (sent,) = Submission.objects.all()
        assert (sent.answers, sent.version.number) == ({"first": "Roads"}, 1)


def test_a_queue_takes_approved_lists_within_the_hours_once(world: World, run: Programme) -> None:
    president = actor(world.holder("state_president", "N1"))
    one = people_to_call(run, world.unit("N1111"), 1)
    good = NewQueue("Queue", [one.public_id], OPENS, CLOSES)

    def make(new: NewQueue, by: Actor = president) -> CallQueue:
        return actions.make_queue(programme=run, unit_id=world.unit("N1"), new=new, by=by, at=NOW)

    with pytest.raises(NotYours):
        make(good, actor(world.holder("district_president", "N11")))
    for bad in (time(9), time(21)):
        with pytest.raises(QueueHoursUnfit):
            make(NewQueue("Queue", [one.public_id], bad, CLOSES))
    for day in ((NOW - DAY).date(), run.closes_on + DAY):
        with pytest.raises(QueueDayUnfit):
            make(replace(good, last_day=day))
    with pytest.raises(QueueListsUnfit):
        make(NewQueue("Queue", [run.public_id], OPENS, CLOSES))
    made = make(good)
    with pytest.raises(QueueListsUnfit):
        make(good)
    with pytest.raises(NotYours):
        actions.pause_queue(public_id=made.public_id, by=actor(world.holder("state_president", "N2")), at=NOW)


def test_pages_are_for_the_seats_of_the_centre(
    world: World, run: Programme, centre: int, caller: Account
) -> None:
    queue_of(run, people_to_call(run, world.unit("N1111"), 1))
    head = seated(centre, world.unit("N11"), 1, "call_supervisor")
    stranger = world.holder("district_president", "N11")
    assert browser(stranger).get("/contact/calls/").status_code == 403
    assert browser(caller).get(f"/contact/centre/{centre}/").status_code == 403
    assert browser(head).get(f"/contact/centre/{centre + 1}/").status_code == 403
    page = browser(caller)
    assert "Where the queue stands" in page.get("/contact/calls/").text
    page.post("/contact/calls/next/", {"languages": "hi"})
    shown = page.get("/contact/calls/").text
    assert "Person 0" in shown and "••••• •" in shown and "tel:" not in shown
    with system("test"):
        turn = CallTurn.objects.get()
    page.post(f"/contact/calls/{turn.pk}/ring/")
    assert "tel:+91" in page.get("/contact/calls/").text
    assert browser(head).post(f"/contact/calls/{turn.pk}/ring/").status_code == 403
    board = browser(head).get(f"/contact/centre/{centre}/").text
    assert "Asha 0" in board
    browser(head).post(f"/contact/centre/{centre}/back/", {"turn": str(turn.pk)})
    assert not entries(holder_id__isnull=False)


def test_a_caller_who_gets_nobody_reads_why_and_when_calls_go_on(
    world: World, run: Programme, centre: int, caller: Account
) -> None:
    queue_of(run, people_to_call(run, world.unit("N1111"), 1), opens=time(1), closes=time(2))
    shown = browser(caller).post("/contact/calls/next/", {"languages": "hi"}, follow=True).text
    assert "Nobody can be called now." in shown and "Outside the hours of calling" in shown
    assert "01:00–02:00" in shown


def test_today_leads_callers_and_supervisors_to_their_pages(
    world: World, run: Programme, centre: int, caller: Account
) -> None:
    head = seated(centre, world.unit("N11"), 1, "call_supervisor")
    assert 'href="/contact/calls/"' in browser(caller).get("/today/").text
    assert f'href="/contact/centre/{centre}/"' in browser(head).get("/today/").text
    assert "/contact/calls/" not in browser(world.holder("state_president", "N1")).get("/today/").text


ACTS = st.lists(
    st.tuples(
        st.sampled_from(
            ["take", "talked", "busy", "no_answer", "never", "later", "leave", "no", "lapse", "door"]
        ),
        st.integers(0, 2),
    ),
    max_size=20,
)


def test_no_person_is_ever_with_two_callers_and_every_lease_comes_back(
    world: World, run: Programme, centre: int
) -> None:
    callers = [seated(centre, world.unit("N11"), n) for n in range(3)]
    booth = world.unit("N1111")
    first, same = people_to_call(run, booth, 3), people_to_call(run, booth, 3)
    queue_of(run, first, same)
    with system("test"):
        for one, twin in zip(entries(list=same), entries(list=first), strict=True):
            ContactEntry.objects.filter(pk=one.pk).update(phone_id=twin.phone_id)

    def does(what: str, who: Account, at: datetime) -> None:
        with system("test"):
            turn = CallTurn.objects.filter(agent_id=who.pk, ended_at=None).first()
        if what == "take":
            take(centre, who, at)
        elif what == "leave":
            actions.leave_seat(by=actor(who), at=at)
        elif what == "lapse":
            with system("test"):
                actions.lapse_turns(at=at + HOUR)
        elif what == "door":
            actions.end_leases(account_id=who.pk)
        elif what == "no" and turn:
            phone_id = or_refuse(entries(pk=turn.entry_id)[0].phone_id)
            with system("test"):
                people.suppress(phone_id=phone_id, scope="all", channel=1, by=JOBS, at=at)
        elif turn and not actions.ring(turn=turn.pk, by=actor(who), at=at).why:
            note(turn, who, what, at, back_at=at + 5 * MINUTE if what == "later" else None)

    @examples(max_examples=25)
    @drawn(order=ACTS)
    def holds(order: list[tuple[str, int]]) -> None:
        with transaction.atomic():
            at = NOW
            for what, n in [("take", 0), *order]:
                at += 7 * MINUTE
                with suppress(Refused), transaction.atomic():
                    does(what, callers[n], at)
                leased = entries(state="leased")
                assert len({one.phone_id for one in leased}) == len(leased)
                assert all(one.holder_id and one.until for one in leased)
                assert all(not one.holder_id for one in entries() if one.state != "leased")
                assert len({one.holder_id for one in leased}) == len(leased), "one person at a time"
            with system("test"):
                actions.lapse_turns(at=at + HOUR)
                actions.lapse_leases(at=at + HOUR)
            assert not entries(state="leased") and not CallTurn.objects.filter(ended_at=None).exists()
            phones = {one.pk: one.phone_id for one in entries()}
            talked = [phones[one.entry_id] for one in tries(outcome="talked") if one.entry_id]
            assert len(set(talked)) == len(talked), "nobody talks with us twice"
            transaction.set_rollback(True)

    holds()


def test_the_next_person_is_read_from_an_index(
    world: World, run: Programme, centre: int, caller: Account
) -> None:
    queue_of(run, people_to_call(run, world.unit("N1111"), 30))
    given = {"lists": [entries()[0].list_id], "languages": ["hi"], "at": NOW, "on": NOW.date()} | {
        "own": [],
        "account": 0,
    }
    with system("test"), connection.cursor() as cursor:
        # A sort of thirty rows costs nothing. It is forbidden here, so that the order of the index shows.
        cursor.execute("set local enable_seqscan = off")
        cursor.execute("set local enable_sort = off")
        for statement, index in (
            (actions.calls.FRESH, "entry_to_call"),
            (actions.calls.AGAIN, "entry_call_back"),
        ):
            plan = "\n".join(sql.column(f"explain {statement}", given))
            assert index in plan and "Sort" not in plan, plan
