"""The page of one call centre: length of calls, waiting, who was reached at which hour, and quality."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from abhiyan.contact import actions, centre_work
from abhiyan.contact.actions import CallTold
from abhiyan.contact.centre_work import CentreWork
from abhiyan.contact.models import CallTurn, ContactTry
from abhiyan.core.refusals import or_refuse
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.org.tests.make import World, actor
from abhiyan.people.models import Account
from abhiyan.people.tests.make import browser
from abhiyan.programmes.actions.items import say_whether
from abhiyan.programmes.models import Item, Programme
from abhiyan.programmes.rules import concluded
from abhiyan.programmes.rules.concluded import answer_concluded

from .at_calls import JOBS, centre_in, people_to_call, queue_of, seated
from .test_inbound import missed

pytestmark = pytest.mark.django_db
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def make_call(
    centre: int, who: Account, outcome: str, at: datetime, *, talk_s: int = 0, lasts_s: int = 60
) -> CallTurn:
    """A call of a caller at a time; talk_s: as the provider's line would record it."""
    turn = or_refuse(actions.take_next(body_id=centre, languages=("hi",), by=actor(who), at=at))
    actions.ring(turn=turn.pk, by=actor(who), at=at)
    if talk_s:
        with system("test"):
            CallTurn.objects.filter(pk=turn.pk).update(talked_s=talk_s)
    back_at = at + HOUR if outcome == "later" else None
    ended = at + timedelta(seconds=lasts_s)
    actions.note_centre_call(turn=turn.pk, told=CallTold(outcome, back_at=back_at), by=actor(who), at=ended)
    return turn


def work_at(run: Programme, centre: int, at: datetime) -> CentreWork:
    with system("test"):
        return centre_work.work_of_centre(run, centre, at=at)


def test_length_hours_and_queues_are_those_of_the_calls_of_the_centre(
    world: World, run: Programme, centre: int, caller: Account
) -> None:
    queue_of(run, people_to_call(run, world.unit("N1111"), 14))
    other = centre_in(world.unit("N12"))
    stranger = seated(other, world.unit("N12"), 1)
    make_call(other, stranger, "talked", NOW, talk_s=600)
    for n in range(10):
        make_call(
            centre,
            caller,
            "talked" if n < 4 else "busy",
            NOW + n * MINUTE,
            talk_s=30 * (n + 1) if n < 4 else 0,
        )
    make_call(centre, caller, "no_answer", NOW + HOUR, lasts_s=20)
    work = work_at(run, centre, NOW + 61 * MINUTE)
    assert (work.calls, work.reached) == (11, 4)
    assert (work.talked.n, work.talked.median_s, work.talked.most_s) == (4, 75, 111)
    assert (work.turn.n, work.turn.median_s) == (11, 60) and work.waited.n == 0
    assert [(row.hour, row.calls, row.reached, row.reached_pct) for row in work.hours] == [
        (12, 10, 4, 40),
        (13, 1, 0, None),
    ]
    (row,) = work.queues
    assert (row.calls, row.reached, row.waiting) == (11, 4, 2 + 6), "two were never called, six were busy"
    assert work_at(run, centre, NOW + timedelta(days=31)).calls == 0, "30 days"


def test_a_wait_begins_with_the_call_of_the_person_or_the_promised_time_and_ends_with_our_ring(
    world: World, run: Programme, centre: int, caller: Account
) -> None:
    queue = queue_of(run, people_to_call(run, world.unit("N1111"), 1))
    actions.take_missed(public_id=queue.public_id, by=actor(world.holder("state_president", "N1")), at=NOW)
    missed(world)
    missed(world, NOW + 5 * MINUTE)
    (row,) = work_at(run, centre, NOW + 10 * MINUTE).queues
    assert row.waiting == 2 and row.since == NOW, "the longest wait"
    make_call(centre, caller, "talked", NOW + 10 * MINUTE)
    make_call(centre, caller, "later", NOW + 15 * MINUTE)
    assert [spread.n for _words, spread in work_at(run, centre, NOW + HOUR).spreads] == [2, 1]
    make_call(centre, caller, "talked", NOW + 15 * MINUTE + HOUR + 30 * MINUTE)
    waited = work_at(run, centre, NOW + 2 * HOUR).waited
    assert (waited.n, waited.median_s) == (2, 20 * 60), (
        "10 minutes after the call, 30 after the promised time"
    )
    assert waited.median == "20:00"


@pytest.fixture
def checks() -> Iterator[dict[UUID, bool]]:
    """The results that the room of back-checks answers with."""
    before, results = list(concluded._answers), dict[UUID, bool]()

    def answer(programme_id: int, measure: int) -> Mapping[UUID, bool]:
        return results

    answer_concluded(answer)
    yield results
    concluded._answers[:] = before


def test_quality_is_what_people_and_back_checks_say_and_few_checks_say_nothing(
    world: World, run: Programme, centre: int, caller: Account, checks: dict[UUID, bool]
) -> None:
    queue_of(run, people_to_call(run, world.unit("N1111"), 12))
    callers = [caller, *(seated(centre, world.unit("N11"), n) for n in range(1, 5))]
    for n in range(10):
        make_call(centre, callers[n % 5], "talked", NOW + n * MINUTE)
    with system("test"):
        items = list(Item.objects.filter(pk__in=ContactTry.objects.values("item_id")).order_by("pk"))
        for n, item in enumerate(items[:4]):
            say_whether(item=item, yes=n < 3, why="", by=JOBS, at=NOW + HOUR)
    at = NOW + 2 * HOUR
    assert (work_at(run, centre, at).answered.n, work_at(run, centre, at).answered.agreed) == (4, 3)
    checks |= {item.public_id: n > 0 for n, item in enumerate(items[:9])}
    assert work_at(run, centre, at).checked is None, "nine would tell of one"
    checks[items[9].public_id] = True
    checked = or_refuse(work_at(run, centre, at).checked)
    assert (checked.n, checked.agreed) == (10, 9)
    with system("test"):
        CallTurn.objects.filter(agent_id=callers[4].pk).update(agent_id=caller.pk)
    assert work_at(run, centre, at).checked is None, "four callers are too few"


def test_leaders_of_the_unit_open_the_page_and_it_names_no_caller(
    world: World, run: Programme, centre: int, caller: Account
) -> None:
    queue_of(run, people_to_call(run, world.unit("N1111"), 2))
    address = f"/contact/{run.public_id}/calling/{centre}/"
    leader = browser(world.holder("state_president", "N1"))
    empty = leader.get(address, {"unit": "N1"}).text
    assert "Nobody called from here in the last 30 days." in empty and "Reached by hour" not in empty
    make_call(centre, caller, "talked", NOW - 2 * MINUTE, talk_s=45)
    page = leader.get(address, {"unit": "N1"}).text
    assert (
        "0:45" in page and "Reached by hour" in page and "12:00–13:00" not in page and caller.name not in page
    )
    assert address in leader.get(f"/contact/{run.public_id}/calling/", {"unit": "N1"}).text
    elsewhere = centre_in(world.unit("N2"))
    assert leader.get(f"/contact/{run.public_id}/calling/{elsewhere}/", {"unit": "N1"}).status_code == 404
    stranger = browser(world.holder("state_president", "N2"))
    assert stranger.get(address, {"unit": "N1"}).status_code in (403, 404)
    assert browser(caller).get(address).status_code == 403
