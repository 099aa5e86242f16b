"""The office's page of call centres: who is silent, what is promised, and the SMS to their supervisors."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from abhiyan.contact import actions, centres, centres_below
from abhiyan.contact.actions import CallTold
from abhiyan.contact.centres_below import CentreToday
from abhiyan.contact.models import CallQueue, CallSeat, CallTurn, ContactEntry
from abhiyan.contact.numbers import called_in
from abhiyan.core.refusals import or_refuse
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.messaging.actions import NobodyToRemind
from abhiyan.messaging.models import Message
from abhiyan.org.models import Appointment, Body
from abhiyan.org.queries import NotYours
from abhiyan.org.tests.make import World, actor
from abhiyan.people.models import Account
from abhiyan.people.tests.make import browser
from abhiyan.programmes.models import Programme

from .at_calls import centre_in, people_to_call, queue_of, seated
from .at_doors import DAY

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def called(centre: int, who: Account, outcome: str = "talked", **more: Any) -> None:
    turn = or_refuse(actions.take_next(body_id=centre, languages=("hi",), by=actor(who), at=NOW))
    actions.ring(turn=turn.pk, by=actor(who), at=NOW)
    actions.note_centre_call(turn=turn.pk, told=CallTold(outcome, **more), by=actor(who), at=NOW)


def below(world: World, run: Programme, at: timedelta = timedelta()) -> list[CentreToday]:
    with system("test"):
        return centres_below.centres_below(run, (world.lo("N1"), world.lo("N2")), at=NOW + at)


def test_a_centre_is_silent_until_somebody_calls_and_again_after_two_days(
    world: World, run: Programme, centre: int, caller: Account
) -> None:
    span = (world.lo("N1"), world.lo("N2"))
    with system("test"):
        assert centres_below.silent_centres(run, span, at=NOW) == (0, 0), "nobody gave it a queue"
    queue_of(run, people_to_call(run, world.unit("N1111"), 2))
    with system("test"):
        assert centres_below.silent_centres(run, span, at=NOW) == (1, 1)
        assert centres_below.is_centre_silent(centre, at=NOW)
    assert [row.is_silent for row in below(world, run)] == [True]
    called(centre, caller)
    with system("test"):
        assert centres_below.silent_centres(run, span, at=NOW + DAY) == (1, 0)
        assert not centres_below.is_centre_silent(centre, at=NOW + DAY)
        assert centres_below.silent_centres(run, span, at=NOW + 2 * DAY) == (1, 1)
    (row,) = below(world, run)
    assert (row.seats, row.at_work, row.calls, row.reached, row.reached_pct) == (1, 1, 1, 1, 100)
    assert (row.is_silent, row.last, row.code) == (False, NOW, "N11")
    (later,) = below(world, run, 2 * DAY)
    assert (later.is_silent, later.calls, later.at_work) == (True, 0, 0)
    with system("test"):
        assert CallSeat.objects.get().languages == ["hi"]


def test_a_promised_call_back_is_open_at_the_centre_that_promised_it_until_it_is_kept(
    world: World, run: Programme, centre: int, caller: Account
) -> None:
    seated(centre_in(world.unit("N12")), world.unit("N12"), 1)
    queue_of(run, people_to_call(run, world.unit("N1111"), 3))
    called(centre, caller, "later", back_at=NOW + HOUR)
    called(centre, caller, "busy")
    found = {row.code: (row.promised, row.late) for row in below(world, run)}
    assert found == {"N11": (1, 0), "N12": (0, 0)}
    assert [row.late for row in below(world, run, 2 * HOUR) if row.body_id == centre] == [1]
    with system("test"):
        (one,) = centres_below.promises_below(run, (world.lo("N1"), world.lo("N2")), at=NOW + 2 * HOUR)
        assert (one.body_id, one.is_late, one.due_at) == (centre, True, NOW + HOUR)
        assert centres_below.promises_below(run, (world.lo("N2"), world.lo("N2") + 1), at=NOW) == []
        lines = or_refuse(called_in(run, (world.lo("N1"), world.lo("N2")), is_exact=True, at=NOW)).lines
    assert [n for _words, n in lines] == ["2", "1", "1", "0", "0", "1", "0"]


@pytest.mark.parametrize(
    "lacks", ["queue", "centre", "callers", "people", "pause", "paused centre", "last day"]
)
def test_a_centre_that_was_not_asked_for_a_whole_day_is_not_silent(
    world: World, run: Programme, centre: int, caller: Account, lacks: str
) -> None:
    queue = queue_of(run, people_to_call(run, world.unit("N1111"), 1))
    head = seated(centre, world.unit("N11"), 9, "call_supervisor")
    span, lately = (world.lo("N1"), world.lo("N2")), NOW - timedelta(hours=13)  # yesterday evening
    with system("test"):
        assert centres_below.silent_centres(run, span, at=NOW) == (1, 1)
        if lacks in ("queue", "pause", "last day"):
            new = {
                "queue": ("made_at", lately),
                "pause": ("paused_at", NOW),
                "last day": ("last_day", NOW - 5 * DAY),
            }
            CallQueue.objects.filter(pk=queue.pk).update(**dict([new[lacks]]))
        elif lacks == "centre":
            Body.objects.filter(pk=centre).update(made_at=lately)
        elif lacks == "callers":
            Appointment.objects.filter(account_id=caller.pk).update(starts_on=NOW.date(), accepted_at=lately)
        elif lacks == "people":
            ContactEntry.objects.update(state=ContactEntry.State.DONE)
        else:
            actions.pause_centre(body_id=centre, by=actor(head), at=NOW)
        assert centres_below.silent_centres(run, span, at=NOW) == (1, 0)
        assert not centres_below.is_centre_silent(centre, at=NOW)
    assert [row.is_silent for row in below(world, run)] == [False]
    office = world.holder("state_president", "N1")
    assert "silent since yesterday" not in browser(office).get("/today/").text
    with pytest.raises(NobodyToRemind):
        actions.remind_centres(programme=run, unit_id=world.unit("N1"), by=actor(office), at=NOW)


def test_the_supervisor_of_a_silent_centre_gets_one_sms_a_day(
    world: World, run: Programme, centre: int, caller: Account
) -> None:
    assert caller.pk
    queue_of(run, people_to_call(run, world.unit("N1111"), 1))
    president, stranger = (world.holder("state_president", code) for code in ("N1", "N2"))
    unit = world.unit("N1")

    def remind(who: Account = president, at: datetime = NOW) -> int:
        return actions.remind_centres(programme=run, unit_id=unit, by=actor(who), at=at)

    page = f"/contact/{run.public_id}/calling/remind/?unit=N1"
    refused = browser(president).post(page)
    assert refused.status_code == 409 and "Appoint supervisors under “Who does what”." in refused.text
    head = seated(centre, world.unit("N11"), 1, "call_supervisor")
    with pytest.raises(NotYours):
        remind(stranger)
    assert remind() == 1
    again = browser(president).post(page)
    assert again.status_code == 409 and "There is nobody to remind." in again.text
    assert "Appoint supervisors" not in again.text, "every centre has one"
    with system("test"):
        (message,) = Message.objects.filter(template="duty.centre")
    assert message.phone_id == head.phone_id
    assert remind(at=NOW + 24 * HOUR) == 1


def test_the_office_reads_silent_centres_first_and_reminds_one_from_its_row(
    world: World, run: Programme, centre: int, caller: Account
) -> None:
    other = centre_in(world.unit("N12"))
    seated(other, world.unit("N12"), 1, "call_supervisor")
    seated(other, world.unit("N12"), 2)
    queue_of(run, people_to_call(run, world.unit("N1111"), 2))
    called(centre, caller, "later", back_at=NOW + HOUR)
    office = browser(world.holder("state_president", "N1"))
    today = office.get("/today/").text
    assert "1 of 2 call centres are silent since yesterday" in today
    page = f"/contact/{run.public_id}/calling/"
    text = office.get(f"{page}?unit=N1").text
    assert text.index(f'/bodies/{other}/"') < text.index(f'/bodies/{centre}/"'), "the silent one first"
    assert f"{page}remind/?unit=N12" in text and f"{page}remind/?unit=N11" not in text
    assert f'/bodies/{centre}/"' not in office.get(f"{page}?unit=N1&show=silent").text
    assert f'/bodies/{centre}/"' in office.get(f"{page}?unit=N1&show=promised").text
    assert office.get(f"{page}?unit=N1&show=silent&format=csv").status_code == 200
    asked = f"{page}remind/?unit=N12"
    assert "1 silent call centre has a supervisor." in office.get(asked).text
    assert office.post(asked).status_code == 302
    with system("test"):
        assert Message.objects.filter(template="duty.centre").count() == 1
    assert f"{page}?unit=N1" in office.get("/units/N1/more/").text
    assert "call centres are silent" not in browser(caller).get("/today/").text


def test_the_dossier_and_the_slides_of_calls_tell_of_the_centres(
    world: World, run: Programme, centre: int, caller: Account
) -> None:
    queue_of(run, people_to_call(run, world.unit("N1111"), 1))
    called(centre, caller)
    office = browser(world.holder("state_president", "N1"))
    dossier = office.get("/review/dossier/N1/").text
    assert "Call centres: Meet people at their doors" in dossier and "Talks noted by call centres" in dossier
    assert "What the field heard" in dossier and "Calls by call centres: What came of it" in dossier
    new, given = "/review/slides/new/?unit=N1", {"language": "en", "measure": f"{run.public_id}-3"}
    deck = office.post(new, given)["Location"]
    text = office.get(deck).text
    assert "0 of 1 call centre is silent since yesterday" in text


def test_a_callers_page_reads_a_part_of_a_long_queue(
    world: World, run: Programme, centre: int, caller: Account
) -> None:
    queue = queue_of(run, people_to_call(run, world.unit("N1111"), 9))
    called(centre, caller)
    called(centre, caller, "busy")
    with system("test"):
        whole = {one.why: one.n for one in centres.entries_left(queue, ["hi"], at=NOW)}
        part = {one.why: one.n for one in centres.entries_left(queue, ["hi"], at=NOW, most=3)}
    assert whole == {"ready": 7, "retry": 1, "called": 1}
    assert (part["ready"], part["retry"]) == (3, 1)


def test_a_call_that_goes_on_makes_no_centre_loud(
    world: World, run: Programme, centre: int, caller: Account
) -> None:
    """Only a call with an outcome counts: a person who was taken and given back was not called."""
    queue_of(run, people_to_call(run, world.unit("N1111"), 1))
    turn = or_refuse(actions.take_next(body_id=centre, languages=("hi",), by=actor(caller), at=NOW))
    actions.give_person_back(turn=turn.pk, by=actor(caller), at=NOW)
    with system("test"):
        assert CallTurn.objects.get().outcome == "given"
    assert [row.is_silent for row in below(world, run)] == [False], "somebody sits there now"
    assert [row.is_silent for row in below(world, run, HOUR)] == [True]


def test_more_centres_cost_no_more_queries(world: World, run: Programme, centre: int) -> None:
    page = browser(world.holder("state_president", "N1"))
    address = f"/contact/{run.public_id}/calling/?unit=N1"
    asked = []
    seated(centre, world.unit("N11"), 50, "call_supervisor")
    for n, codes in enumerate(((), ("N12", "N1"))):
        for k, code in enumerate(codes, 51):
            seated(centre_in(world.unit(code)), world.unit(code), k, "call_supervisor")
        page.get(address)
        with CaptureQueriesContext(connection) as ran:
            assert page.get(address).text.count("Centre") > n
        asked.append(len(ran))
    assert asked[0] == asked[1]
