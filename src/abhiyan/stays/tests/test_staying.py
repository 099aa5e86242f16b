"""Marks of a stay in any order, late, far and without a place; the host's word; what counts; and what is refused."""

import re
from contextlib import suppress
from datetime import datetime, timedelta
from html import unescape
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from django.conf import settings as known
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from hypothesis import given as drawn
from hypothesis import settings as examples
from hypothesis import strategies as st

from abhiyan.contact import actions as contact
from abhiyan.contact.actions import Told
from abhiyan.contact.tests.at_doors import contact_programme, listed
from abhiyan.core import small_cells, sql
from abhiyan.core.deadlines import WITHIN
from abhiyan.core.models import AuditEntry
from abhiyan.core.refusals import NotFound, Refused
from abhiyan.core.scope import system
from abhiyan.core.tests import given
from abhiyan.core.tests.given import NOW
from abhiyan.friends.models import HelpOffer
from abhiyan.helpdesk.models import Ticket
from abhiyan.messaging import actions as messaging
from abhiyan.org import actions as org
from abhiyan.org.models import Appointment
from abhiyan.org.queries import NotYours
from abhiyan.org.tests.make import World, actor
from abhiyan.people.models import Account, Phone
from abhiyan.people.tests.make import browser
from abhiyan.programmes import actions as programmes
from abhiyan.programmes.actions.items import say_whether
from abhiyan.programmes.models import Item, Programme
from abhiyan.programmes.news import ItemsErased
from abhiyan.programmes.queries import unit_ladder
from abhiyan.stays import actions, queries
from abhiyan.stays.actions import MarkGiven
from abhiyan.stays.models import Stay
from abhiyan.stays.offers import dossier_parts, readiness
from abhiyan.stays.refusals import (
    NoHostNumber,
    NotOnTheseDays,
    StayEnded,
    StayReasonMissing,
    StaysOver,
    StayStarted,
)
from abhiyan.stays.rules.stays import StayFlaw, StayMark, StayStep, stay_verdict
from abhiyan.ui.reviewed import Subject
from abhiyan.units import queries as units
from abhiyan.verification import actions as verification
from abhiyan.verification.refusals import NothingOdd

from .make import DAY, HOST, JOBS, POINT, accepted, assigned, points, programme, reachable, stay, texts

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
REPORT = {"q-homes": 6, "q-problems": ["water", "road"], "q-heard": "All well"}
FAR = (POINT[0] + 0.36, POINT[1])  # 40 km


@pytest.fixture
def world(db: None) -> World:
    return World()


@pytest.fixture
def worker(world: World) -> Account:
    points(world, N1112=POINT)
    return reachable(world, "booth_worker", "N1111", 0)


@pytest.fixture
def run(world: World) -> Programme:
    return programme(world.unit("N1"))


@pytest.fixture
def own(world: World, worker: Account, run: Programme) -> Stay:
    return accepted(run, world.unit("N1112"), worker)


def mark(
    one: Stay,
    worker: Account,
    step: StayStep,
    *,
    at: datetime = NOW,
    point: tuple[float, float] | None = POINT,
    **more: Any,
) -> Stay:
    said = MarkGiven(point, 20.0 if point else None, **more)
    return actions.add_mark(stay=one.pk, step=step, mark_given=said, by=actor(worker), at=at)


def whole(one: Stay, worker: Account, **more: Any) -> Stay:
    """Arrival now, departure a day later."""
    mark(one, worker, StayStep.ARRIVE, **more)
    return mark(one, worker, StayStep.LEAVE, at=NOW + DAY, **more)


def counts(run: Programme, world: World) -> tuple[int | None, ...]:
    """Reported, unsigned, counted, confirmed at the state."""
    with system("test"):
        programmes.fold_changes(at=NOW + 30 * DAY)
        seen = unit_ladder(node=world.unit("N1"), hierarchy=1, programme=run, measure=1, at=NOW + 30 * DAY)
    return seen.reported, seen.unsigned, seen.counted, seen.confirmed


def hosts(one: Stay, *, yes: bool, at: datetime) -> None:
    """The host answers the question of the evening."""
    with system("test"):
        (asked,) = texts(HOST, "ask.stayed")
        phone = stay(one.pk).host_phone
        assert phone is not None
        messaging.answer_question(
            phone_id=phone, yes=yes, code=asked["word"], channel="sms", ref="9", by=JOBS, at=at
        )


def test_a_day_between_two_marks_counts_and_the_hosts_yes_confirms(
    world: World, worker: Account, run: Programme, own: Stay
) -> None:
    mark(own, worker, StayStep.ARRIVE)
    assert counts(run, world) == (1, 0, 0, 0) and stay(own.pk).state == "there"
    mark(own, worker, StayStep.LEAVE, at=NOW + DAY)
    assert counts(run, world) == (1, 0, 1, 0)
    with system("test"):
        assert actions.ask_hosts(at=NOW + DAY) == 0, "not before the evening"
        assert actions.ask_hosts(at=NOW + DAY + 7 * HOUR) == 1
    hosts(own, yes=True, at=NOW + DAY + 8 * HOUR)
    assert counts(run, world) == (1, 0, 1, 1)
    with system("test"):
        assert programmes.recount_facts(at=NOW + 2 * DAY).is_right


def test_without_a_place_it_keeps_the_unsigned_shade_until_the_host_says_yes(
    world: World, worker: Account, run: Programme, own: Stay
) -> None:
    whole(own, worker, point=None)
    assert counts(run, world)[:2] == (1, 1) and stay(own.pk).flaw == ""
    me, desk = browser(worker), browser(world.holder("state_president", "N1"))
    record, page = me.get("/programmes/work/").text, me.get(f"/field/stay/{own.pk}/").text
    assert "0 confirmed, 0 counted, 1 waiting for the host’s yes, 1 reported by arrival" in record
    assert "The stay counts when the host says yes." in page and "Waits for a yes" in page
    assert "waits for the host’s yes" in desk.get(f"/stays/{run.public_id}/?unit=N111").text
    with system("test"):
        actions.ask_hosts(at=NOW + DAY + 8 * HOUR)
    hosts(own, yes=True, at=NOW + DAY + 9 * HOUR)
    assert counts(run, world) == (1, 0, 1, 1)
    assert "1 confirmed, 1 counted, 1 reported by arrival" in me.get("/programmes/work/").text


def test_a_village_without_a_point_keeps_the_unsigned_shade(
    world: World, worker: Account, run: Programme, own: Stay
) -> None:
    points(world, N1112=None)
    whole(own, worker)
    assert counts(run, world)[:2] == (1, 1)


def test_a_no_of_the_host_ends_it_and_makes_it_doubtful(
    world: World, worker: Account, run: Programme, own: Stay
) -> None:
    whole(own, worker)
    with system("test"):
        actions.ask_hosts(at=NOW + DAY + 8 * HOUR)
    hosts(own, yes=False, at=NOW + DAY + 9 * HOUR)
    assert counts(run, world) == (1, 0, 0, 0) and stay(own.pk).flaw == "denied"


@pytest.mark.parametrize(
    ("leaves", "more", "flaw"),
    [
        (23 * HOUR, {}, "short"),
        (DAY, {"point": FAR}, "far"),
        (9 * DAY, {"age": 8 * DAY}, "late"),
    ],
)
def test_too_short_forty_kilometres_away_or_sent_after_eight_days_does_not_count(
    world: World,
    worker: Account,
    run: Programme,
    own: Stay,
    leaves: timedelta,
    more: dict[str, Any],
    flaw: str,
) -> None:
    mark(own, worker, StayStep.ARRIVE, at=NOW)
    mark(own, worker, StayStep.LEAVE, at=NOW + leaves, **more)
    assert counts(run, world) == (1, 0, 0, 0) and stay(own.pk).flaw == flaw


def test_an_arrival_without_departure_is_not_known_and_counts_nothing(
    world: World, worker: Account, run: Programme, own: Stay
) -> None:
    mark(own, worker, StayStep.ARRIVE)
    assert counts(run, world) == (1, 0, 0, 0) and stay(own.pk).flaw == ""
    given.time(NOW + 5 * DAY)
    desk = browser(world.holder("mandal_president", "N111"))
    assert "departure not known" in desk.get(f"/stays/{run.public_id}/?unit=N111").text


def test_speed_clock_and_a_shared_point_are_doubts_that_do_not_stop_counting(
    world: World, worker: Account, run: Programme, own: Stay
) -> None:
    at = NOW
    ends = {
        StayStep.ARRIVE: StayMark(at, at, POINT, 10),
        StayStep.LEAVE: StayMark(at + DAY, at + DAY, POINT, 10),
    }
    away = {StayStep.EVENING: StayMark(at + HOUR / 10, at + HOUR, FAR, 10)}
    fast = stay_verdict(ends | away, POINT)
    assert fast.counts and fast.flaw is StayFlaw.SPEED
    moved = stay_verdict(
        {
            step: StayMark(one.at, one.stored_at, POINT, 10, one.at + n * HOUR)
            for n, (step, one) in enumerate(ends.items())
        },
        POINT,
    )
    assert moved.counts and moved.flaw is StayFlaw.CLOCK
    wrong = {
        step: StayMark(one.at, one.stored_at, POINT, 10, one.at - 90 * DAY) for step, one in ends.items()
    }
    assert stay_verdict(wrong, POINT).flaw is None, "a clock that is wrong all the time is no doubt"
    other = reachable(world, "booth_worker", "N1112", 5)
    points(world, N1111=POINT)
    there = accepted(run, world.unit("N1111"), other)
    whole(there, other)
    assert stay(there.pk).flaw == ""
    whole(own, worker)
    assert stay(own.pk).flaw == "same_point" and counts(run, world)[2] == 2


def test_a_jumping_clock_is_a_question_to_the_worker_who_answers_it(
    world: World, worker: Account, run: Programme, own: Stay
) -> None:
    other = reachable(world, "booth_worker", "N1112", 5)
    points(world, N1111=POINT)
    clear = accepted(run, world.unit("N1111"), other)
    away = (POINT[0] + 0.001, POINT[1])
    for step, at in ((StayStep.ARRIVE, NOW), (StayStep.LEAVE, NOW + DAY)):
        mark(clear, other, step, at=at, point=away, clock=at)
        mark(own, worker, step, at=at, clock=at - (at - NOW) / 6)  # slow by four hours after a day
    later, leader = NOW + DAY + HOUR, actor(world.holder("state_president", "N1"))
    of: dict[str, Any] = {"programme": run, "measure": 1, "by": leader, "at": later}
    assert verification.look_at_workers(**of) == 2
    with pytest.raises(NothingOdd):
        verification.ask_worker(worker=other.public_id, **of)
    flag = verification.ask_worker(worker=worker.public_id, **of)
    assert flag.reasons == [["clock", 1, 1, 0.0]]
    given.time(later)
    page = browser(worker).get(f"/checks/flag/{flag.pk}/mine/")
    assert page.status_code == 200, page.status_code
    assert "In 1 of 1 entries the phone’s clock moved between two marks." in page.text.replace("&#x27;", "’")
    verification.answer_flag(flag_id=flag.pk, text="I set the clock by hand.", by=actor(worker), at=later)
    with pytest.raises(NotYours):
        verification.look_at_workers(**of | {"by": actor(other)})


def test_a_dossier_tells_the_places_of_a_running_programme_and_asks_nothing_where_none_runs(
    world: World, worker: Account, run: Programme, own: Stay
) -> None:
    leader = browser(world.holder("state_president", "N1"))
    page = " ".join(unescape(re.sub("<[^>]+>", " ", leader.get("/review/dossier/N111/").text)).split())
    assert "Village stays Empty 1 Assigned 1" in page and "Doubtful" not in page
    lo, hi = units.span(world.unit("N111"), 1)
    with CaptureQueriesContext(connection) as asked:
        assert not list(dossier_parts(Subject(world.unit("N111"), 1, lo, hi), at=NOW))
    assert not asked.captured_queries
    with system("test"), translation.override("en"):
        (line,) = readiness(run, lo=lo, hi=hi, on=NOW.date())
        assert (str(line.label), line.done, line.of) == ("Places assigned", 1, 2)


def test_marks_and_answers_of_others_late_or_twice_are_refused(
    world: World, worker: Account, run: Programme, own: Stay
) -> None:
    other = reachable(world, "booth_worker", "N1112", 5)
    with pytest.raises(NotFound):
        mark(own, other, StayStep.ARRIVE)
    with pytest.raises(NotFound):
        actions.answer_stay(stay=own.pk, accepts=True, by=actor(other), at=NOW)
    with pytest.raises(StayReasonMissing):
        actions.answer_stay(stay=own.pk, accepts=False, by=actor(worker), at=NOW)
    with pytest.raises(NotOnTheseDays):
        mark(own, worker, StayStep.ARRIVE, age=3 * DAY)
    mark(own, worker, StayStep.ARRIVE)
    again = mark(own, worker, StayStep.ARRIVE, point=FAR)
    assert again.is_known and again.marks["arrive"]["lat"] == POINT[0], "the first mark stays"
    with pytest.raises(StayStarted):
        actions.withdraw_stay(stay=own.pk, by=JOBS, at=NOW)
    with pytest.raises(StayStarted):
        actions.answer_stay(stay=own.pk, accepts=False, why="late", by=actor(worker), at=NOW)
    gone = assigned(run, world.unit("N1121"), other)
    actions.withdraw_stay(stay=gone.pk, by=JOBS, at=NOW)
    with pytest.raises(StayEnded):
        mark(gone, other, StayStep.ARRIVE)


def test_the_phone_sends_its_marks_once_and_a_need_reaches_the_helpline(
    world: World, worker: Account, run: Programme, own: Stay
) -> None:
    phone = browser(worker)
    page = f"/field/stay/{own.pk}/"
    assert "Unit N1112" in phone.get(page).text and "Ghulam Rasool" in phone.get(page).text
    assert "Ghulam" not in phone.get(page, headers={"x-abhiyan-kept": "1"}).text, "a copy names nobody"
    assert f"{page}arrive/" in phone.get("/field/keep.json").text
    assert f'href="{page}"' in phone.get("/today/").text
    sent = {
        "key": uuid4(),
        "by": worker.public_id,
        "record": "stay",
        "page": f"{page}arrive/",
        "form": urlencode({"place": "33.080000, 74.830000 ±18", "clock": int(NOW.timestamp() * 1000)}),
        "age": 2 * 3600,
    }
    field = {"x-abhiyan-field": "1", "accept": "application/json"}
    for _time in range(2):
        assert phone.post("/field/send/", sent, headers=field).json()["kept"] is True
    marks = stay(own.pk).marks
    assert datetime.fromisoformat(marks["arrive"]["at"]) == NOW - 2 * HOUR
    assert (marks["arrive"]["lat"], marks["arrive"]["accuracy"]) == (33.08, 18.0)
    odd = sent | {
        "key": uuid4(),
        "page": f"{page}evening/",
        "form": urlencode({"place": "here", "clock": "x"}),
    }
    assert phone.post("/field/send/", odd, headers=field).json()["kept"] is True
    assert stay(own.pk).marks["evening"]["lat"] is None, "a place that is no place is not known"
    wrong = sent | {"key": uuid4(), "page": f"{page}noon/"}
    assert phone.post("/field/send/", wrong, headers=field).status_code == 404
    report = REPORT | {"kind": "material", "need": "40 forms"}
    helper = {"helper": "Ravi", "helper_phone": "12"}
    assert phone.post(f"{page}report/", report | helper).status_code == 422, "no Indian mobile number"
    assert phone.post(f"{page}report/", report | {"helper": "Ravi"}).status_code == 302
    with system("test"):
        offer = HelpOffer.objects.get()
    assert (offer.way, offer.unit_id, offer.phone_id) == ("stay", own.unit_id, None)
    with system("test"):
        assert Ticket.objects.get().unit_id == own.unit_id
    again = phone.post(f"{page}report/", report)
    assert again.status_code == 409 and "You sent the report already." in again.text
    other = browser(reachable(world, "booth_worker", "N1112", 7))
    assert other.get(page).status_code == 404 and other.post(f"{page}arrive/").status_code == 404


def test_a_need_of_a_worker_whose_number_is_not_kept_says_so_beside_it(worker: Account, own: Stay) -> None:
    with system("test"):
        Phone.objects.filter(pk=worker.phone_id).delete()
    report = REPORT | {"kind": "material", "need": "40 forms"}
    answer = browser(worker).post(f"/field/stay/{own.pk}/report/", report)
    assert answer.status_code == 422 and "We have no number of yours" in answer.text
    assert browser(worker).post(f"/field/stay/{own.pk}/report/", report | {"need": ""}).status_code == 302


def test_a_departure_after_the_last_day_counts_by_the_same_rule(
    world: World, worker: Account, run: Programme, own: Stay
) -> None:
    last = NOW + DAY  # the programme ends tonight
    mark(own, worker, StayStep.ARRIVE, at=last)
    mark(own, worker, StayStep.LEAVE, at=last + 8 * DAY, age=7 * DAY)
    assert counts(run, world) == (1, 0, 1, 0) and stay(own.pk).flaw == "", "24 hours, sent on the seventh day"
    other = reachable(world, "booth_worker", "N1112", 5)
    points(world, N1111=POINT)
    short = accepted(run, world.unit("N1111"), other)
    with pytest.raises(NotOnTheseDays):
        mark(short, other, StayStep.ARRIVE, at=last + DAY)
    mark(short, other, StayStep.ARRIVE, at=last)
    mark(short, other, StayStep.LEAVE, at=last + 8 * DAY, age=7 * DAY + HOUR)
    assert counts(run, world)[:3] == (2, 0, 1) and stay(short.pk).flaw == "short"


def test_a_programme_closed_by_hand_begins_no_stay_and_still_takes_what_phones_kept(
    world: World, worker: Account, run: Programme, own: Stay
) -> None:
    other = reachable(world, "booth_worker", "N1112", 5)
    points(world, N1111=POINT)
    late = assigned(run, world.unit("N1111"), other)
    mark(own, worker, StayStep.ARRIVE)
    with system("test"):
        programmes.close_programme(programme_id=run.pk, by=JOBS, at=NOW + HOUR)
    with pytest.raises(StaysOver):
        mark(late, other, StayStep.ARRIVE, at=NOW + 2 * HOUR)
    mark(late, other, StayStep.ARRIVE, at=NOW + 2 * HOUR, age=3 * HOUR)
    mark(own, worker, StayStep.LEAVE, at=NOW + DAY)
    mark(late, other, StayStep.LEAVE, at=NOW + 3 * DAY, age=DAY)
    assert counts(run, world)[:3] == (2, 0, 2)
    assert "Record it" in browser(worker).get(f"/field/stay/{own.pk}/").text


def test_the_hosts_number_is_shown_to_its_own_worker_and_each_look_leaves_a_row(
    world: World, worker: Account, run: Programme, own: Stay
) -> None:
    page, phone = f"/field/stay/{own.pk}/", browser(worker)
    first = phone.get(page).text
    assert HOST[3:] not in first and f'action="{page}host/"' in first, "not before it is asked for"
    assert HOST in phone.post(f"{page}host/").text.replace(" ", "")
    assert phone.get(f"{page}host/").status_code == 405
    with system("test"):
        assert AuditEntry.objects.filter(act="people.reveal_phone", subject=str(own.pk)).count() == 1
    other = reachable(world, "booth_worker", "N1112", 7)
    assert browser(other).post(f"{page}host/").status_code == 404
    bare = assigned(run, world.unit("N1121"), other, host="")
    with pytest.raises(NoHostNumber):
        actions.show_host(stay=bare.pk, by=actor(other), at=NOW)
    with pytest.raises(StaysOver):
        actions.show_host(stay=own.pk, by=actor(worker), at=NOW + 4 * DAY)
    whole(own, worker)
    with pytest.raises(StaysOver):
        actions.show_host(stay=own.pk, by=actor(worker), at=NOW + DAY)
    actions.forget_host(erasure=ItemsErased((), own.host_phone or uuid4(), NOW))
    assert f"{page}host/" not in phone.get(page).text


def test_a_worker_whose_last_office_ended_sees_neither_stay_nor_host(
    world: World, worker: Account, run: Programme, own: Stay
) -> None:
    page = f"/field/stay/{own.pk}/"
    assert browser(worker).get(page).status_code == 200
    with system("test"):
        for held in Appointment.objects.filter(account_id=worker.pk):
            org.end_appointment(public_id=held.public_id, reason="moved", by=JOBS, at=NOW)
    phone = browser(worker)
    assert [phone.get(page).status_code, phone.post(f"{page}host/").status_code] == [404, 404]
    with pytest.raises(NotFound):
        actions.show_host(stay=own.pk, by=actor(worker), at=NOW)
    with system("test"):
        assert queries.own_stays(worker.pk, at=NOW) == []


def test_a_worker_on_a_stay_takes_the_doors_of_its_place_and_sees_the_talks_there(
    world: World, worker: Account, run: Programme
) -> None:
    own = assigned(run, world.unit("N1112"), worker)
    place = world.unit("N1112")
    contact_run = contact_programme(world.unit("N1"))
    listed(contact_run, place, 2)
    page, phone = f"/field/stay/{own.pk}/", browser(worker)
    assert "/field/doors/" not in phone.get(page).text, "not before the worker accepts"
    with pytest.raises(NotYours):
        contact.take_doors(programme=contact_run, unit_id=place, by=actor(worker), at=NOW)
    actions.answer_stay(stay=own.pk, accepts=True, why="", by=actor(worker), at=NOW)
    (doors,) = re.findall(r'href="(/field/doors/[^"]+)"', phone.get(page).text)
    assert phone.get(unescape(doors)).status_code == 200
    (first, _second), _held = contact.take_doors(
        programme=contact_run, unit_id=place, by=actor(worker), at=NOW
    )
    mark(own, worker, StayStep.ARRIVE)
    contact.note_door(entry=first.public_id, told=Told("talked", point=POINT), by=actor(worker), at=NOW)
    with translation.override("en"):
        assert "1 talk noted" in phone.get(page, headers={"accept-language": "en"}).text
    other = reachable(world, "booth_worker", "N1121", 7)
    assert browser(other).get(unescape(doors)).status_code in (403, 404)
    mark(own, worker, StayStep.LEAVE, at=NOW + DAY)
    with pytest.raises(NotYours):
        contact.take_doors(programme=contact_run, unit_id=place, by=actor(worker), at=NOW + DAY)


ACTS = st.sampled_from(
    ["accept", "arrive", "evening", "morning", "leave", "late leave", "decline", "assign", "ask"]
    + ["host yes", "host no", "host no aloud"]
)


def test_any_order_of_marks_answers_and_reassignments_keeps_one_item_and_nested_rungs(
    world: World, worker: Account, run: Programme
) -> None:
    workers = [worker, reachable(world, "booth_worker", "N1111", 1)]
    place = world.unit("N1112")

    def does(what: str, turn: int, at: datetime) -> None:
        with system("test"):
            now = Stay.objects.filter(ended_at=None).first()
            items = list(Item.objects.all())
        if what == "assign":
            assigned(run, place, workers[turn % 2], at=at)
        elif what == "ask":
            with system("test"):
                actions.ask_hosts(at=at)
        elif what == "host no aloud" and now is not None:
            who = next(one for one in workers if one.pk == now.worker_id)
            actions.note_host_no(stay=now.pk, stops=turn % 2 == 0, by=actor(who), at=at)
        elif what.startswith("host"):
            with system("test"):
                for item in items:
                    say_whether(item=item, yes=what.endswith("yes"), why="", by=JOBS, at=at)
        elif now is not None:
            who = next(one for one in workers if one.pk == now.worker_id)
            if what in ("decline", "accept"):
                actions.answer_stay(stay=now.pk, accepts=what == "accept", why="ill", by=actor(who), at=at)
            else:
                age = WITHIN + HOUR if what.startswith("late") else timedelta(0)
                mark(now, who, StayStep(what.split()[-1]), at=at, age=age)

    @examples(max_examples=15)
    @drawn(order=st.lists(ACTS, max_size=14))
    def holds(order: list[str]) -> None:
        with transaction.atomic():
            at = NOW
            for turn, what in enumerate(["assign", *order]):
                at += 5 * HOUR
                with suppress(Refused), transaction.atomic():
                    does(what, turn, at)
            with system("test"):
                assert programmes.recount_facts(at=at).is_right
                rows = sql.rows("select by_id, unit_id, count(*) from programmes_item group by 1, 2")
            assert all(n == 1 for _by, _unit, n in rows)
            reported, unsigned, counted, confirmed = (n or 0 for n in counts(run, world))
            assert reported >= counted + unsigned and counted >= confirmed
            transaction.set_rollback(True)

    holds()


def test_outside_a_dossier_tells_the_places_of_the_last_closed_day_and_no_doubt(
    world: World, worker: Account, run: Programme, own: Stay
) -> None:
    """Steps of today do not show. Each step shows once its day is closed."""
    span = units.span(world.unit("N111"), 1)

    def told(days: int) -> dict[str, int]:
        at = NOW + days * DAY
        with system("test"):
            found = queries.states_before(run, span, at=at, until=small_cells.until(at, known.TIME_ZONE))
        return {state: n for state, n in found.items() if n}

    assert told(0) == {"empty": 2} and told(1) == {"empty": 1, "assigned": 1}
    mark(own, worker, StayStep.ARRIVE, at=NOW + DAY)
    assert told(1) == {"empty": 1, "assigned": 1} and told(2) == {"empty": 1, "there": 1}
    mark(own, worker, StayStep.LEAVE, at=NOW + 2 * DAY)
    assert told(2) == {"empty": 1, "there": 1} and told(3) == {"empty": 1, "done": 1}
    with system("test"), translation.override("en"):
        lines = [
            (str(line[0]), line[1])
            for part in dossier_parts(
                Subject(world.unit("N111"), 1, *span, kinds=frozenset({run.kind})), at=NOW
            )
            for line in part.lines
        ]
    assert dict(lines) == dict.fromkeys(("Empty", "Assigned", "There", "Done"), "fewer than 10")
