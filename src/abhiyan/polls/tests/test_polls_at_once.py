"""Two people act on one entry at once."""

import pytest

from abhiyan.core.scope import system
from abhiyan.org import actions
from abhiyan.org.actions.releases import AlreadyDecided
from abhiyan.org.models import Release
from abhiyan.org.tests.make import AT, World, actor
from abhiyan.org.tests.test_races import at_once
from abhiyan.polls import actions as polls
from abhiyan.polls.actions import NotWaiting
from abhiyan.polls.models import Poll

from .test_polls import stated

# Threads of their own see only what is committed.
pytestmark = pytest.mark.django_db(transaction=True)


def test_an_entry_is_taken_back_or_approved_whichever_comes_first() -> None:
    world = World()
    keeper, other = world.holder("state_president", "N1"), world.holder("national_president", "N")
    for _turn in range(5):
        poll = stated(world, keeper, "N1", closes_at=None)
        with system("test"):
            asked = Release.objects.get(payload={"poll": str(poll.public_id)})

        def take_back(poll: Poll = poll) -> object:
            polls.take_back_poll(public_id=poll.public_id, by=actor(keeper), at=AT)
            return "taken back"

        def approve(asked: Release = asked) -> object:
            return actions.decide_release(public_id=asked.public_id, allow=True, by=actor(other), at=AT).state

        found = at_once(take_back, approve)
        poll.refresh_from_db()
        if found[0] == "taken back":
            assert poll.state == Poll.State.DROPPED and isinstance(found[1], AlreadyDecided)
        else:
            assert isinstance(found[0], NotWaiting)
            assert (found[1], poll.state) == (Release.State.USED, Poll.State.IN_FORCE)
