"""Contributors from the board to the slide: targets, tasks done and looked at, what lapses, who leaves or is erased."""

import json
from datetime import datetime, timedelta
from urllib.parse import urlencode
from uuid import UUID

import pytest
from django.urls import reverse

from abhiyan.core.scope import system
from abhiyan.core.tests import given
from abhiyan.enrolment.rules.measures import ACTIVE
from abhiyan.enrolment.tests.make import Human
from abhiyan.enrolment.tests.web import open_me
from abhiyan.friends.queries.active import ContributorsBelow, contributors_below
from abhiyan.programmes import actions as programmes
from abhiyan.programmes.actions import recount_facts
from abhiyan.programmes.models import Item
from abhiyan.programmes.queries import unit_ladder
from abhiyan.review.actions.decks import make_deck
from abhiyan.review.models import DeckEdition
from abhiyan.site.tests.cast import Cast
from abhiyan.targets import actions as targets
from abhiyan.units import queries as units
from abhiyan.work.models import Task
from abhiyan.work.rules.tasks import Act

from .test_contributors import SYSTEM, become_contributor, contributors_programme, give, helper_of

# The act of enrolling commits by itself.
pytestmark = pytest.mark.django_db(transaction=True)
HELPERS = [Human(f"Meera {chr(65 + n)}", 1970 + n, f"+9199060071{n:02d}") for n in range(6)]
DAY, LEADER = timedelta(days=1), "state_president"


def test_contributors_from_the_board_to_the_number_on_the_slide() -> None:
    cast = Cast.make()
    world, at = cast.world, cast.world.now
    world.programme = helping = contributors_programme(world)
    with system("test"):
        state, jammu = world.state.pk, world.units["JK-JAM"].pk
        for unit_id, n in ((state, 50), (jammu, 20)):
            targets.set_target(
                programme_id=helping.pk, unit_id=unit_id, measure=ACTIVE, n=n, by=SYSTEM, at=at
            )
    clients = [
        become_contributor(human, unit="JK-B001" if n < 4 else "JK-B004") for n, human in enumerate(HELPERS)
    ]
    theirs = [helper_of(world, human) for human in HELPERS]
    leader = cast.client(LEADER)
    assert give(leader, *(helper.public_id for helper in theirs)) == 302
    tasks = {task.phone_id: task.public_id for task in tasks_there()}

    # Five say that it is done. The leader looks at three of these, and opens one again.
    for client, helper in list(zip(clients, theirs, strict=True))[:5]:
        page = reverse("friends:me_task", args=[tasks[helper.phone_id]])
        assert client.post(page, {"answer": "done"}).status_code == 302
    for helper in theirs[:3]:
        leader_acts(cast, tasks[helper.phone_id], Act.CONFIRM, at)
    assert ladder_rungs(cast, at) == (5, 3)
    leader_acts(cast, tasks[theirs[2].phone_id], Act.REOPEN, at)
    assert ladder_rungs(cast, at) == (5, 2)
    assert (
        clients[2]
        .post(reverse("friends:me_task", args=[tasks[theirs[2].phone_id]]), {"answer": "done"})
        .status_code
        == 302
    )
    leader_acts(cast, tasks[theirs[2].phone_id], Act.CONFIRM, at)
    assert ladder_rungs(cast, at) == (5, 3), "again, and once"

    # The number on the slide is that of the board and of a recount.
    whole, below = board_numbers(cast, at)
    assert (whole.contributors, whole.active, whole.waiting, whole.target) == (6, 3, 2, 50)
    by_code = {row.code: row for row in below}
    assert (by_code["JK-JAM"].target, by_code["JK-SRI"].target) == (20, None)
    for field in ("contributors", "active", "waiting"):
        assert getattr(whole, field) == sum(getattr(row, field) for row in below)
    with system("test"):
        counted = Item.objects.filter(
            programme=helping, measure=ACTIVE, counted_at__isnull=False, ended_at=None
        )
        assert counted.count() == whole.active
        assert recount_facts(at=at).differences == []
    assert both_say(cast, at, "3 of 6 contributors were active in the last 30 days")
    assert "Target" in slide_words(cast, at)

    # A file of the board has the same numbers; a leader elsewhere has none.
    page = f"/drives/{helping.public_id}/contributors/"
    file = leader.get(page, {"unit": "JK", "format": "csv"})
    assert file.status_code == 200 and "JK-JAM" in file.getvalue().decode()
    assert cast.client("district_elsewhere").get(page, {"unit": "JK"}).status_code in (403, 404)

    # A contributor who has everything erased is in none of the numbers.
    gone = open_me(HELPERS[0])
    gone.get("/me/")
    assert gone.post("/me/erase/").status_code == 200
    whole, _below = board_numbers(cast, at)
    assert (whole.contributors, whole.active) == (5, 2) and ladder_rungs(cast, at) == (5, 2)
    assert both_say(cast, at, "2 of 5 contributors were active in the last 30 days")

    # A task of more than 30 days ago makes nobody active.
    at += 30 * DAY
    given.time(at)
    whole, _below = board_numbers(cast, at)
    assert (whole.contributors, whole.active, whole.waiting) == (5, 0, 0)
    assert ladder_rungs(cast, at) == (5, 2), "the ladder counts who ever did a task"
    with system("test"):
        assert recount_facts(at=at).differences == []


def tasks_there() -> list[Task]:
    with system("test"):
        return list(Task.objects.all())


def leader_acts(cast: Cast, task: UUID, act: Act, at: datetime) -> None:
    """The leader confirms a task, or opens it again, in their own scope."""
    answer = cast.client(LEADER).post(reverse("work:task_act", args=[task, act.value]), {"note": ""})
    assert answer.status_code == 302, answer.content.decode()


def board_numbers(cast: Cast, at: datetime) -> tuple[ContributorsBelow, list[ContributorsBelow]]:
    """The numbers of the board of the state."""
    world = cast.world
    with system("test"):
        return contributors_below(world.programme, world.state.pk, units.span(world.state.pk, 1), at=at)


def ladder_rungs(cast: Cast, at: datetime) -> tuple[int | None, int | None]:
    """Reported and counted on the ladder of the state."""
    world = cast.world
    with system("test"):
        programmes.fold_changes(at=at)
        seen = unit_ladder(node=world.state.pk, hierarchy=1, programme=world.programme, measure=ACTIVE, at=at)
    return seen.reported, seen.counted


def both_say(cast: Cast, at: datetime, title: str) -> bool:
    """Return whether board and slide say it."""
    page = f"/drives/{cast.world.programme.public_id}/contributors/?{urlencode({'unit': 'JK'})}"
    return title in cast.client(LEADER).get(page).text and title in slide_words(cast, at)


def slide_words(cast: Cast, at: datetime) -> str:
    """The words of slides of the state in this measure, made now."""
    deck = make_deck(
        about="unit",
        unit_id=cast.world.state.pk,
        hierarchy=1,
        language="en",
        programme_id=cast.world.programme.pk,
        measure=ACTIVE,
        by=cast.actor(LEADER),
        at=at,
    )
    with system("test"):
        return json.dumps([edition.slides for edition in DeckEdition.objects.filter(deck=deck)])
