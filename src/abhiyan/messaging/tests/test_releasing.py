"""Messages that the breaker holds go when two people say so, and only where the asker may see it."""

import pytest

from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.messaging import actions
from abhiyan.messaging.models import Message, MessageClass
from abhiyan.org import actions as org
from abhiyan.org.models import Release
from abhiyan.org.tests.make import SYSTEM, World, actor
from abhiyan.people.tests.make import browser

pytestmark = pytest.mark.django_db
PROGRAMME = 7


@pytest.fixture
def world() -> World:
    return World()


def held(world: World, phone: str, unit: str) -> None:
    with system("test"):
        actions.publish_templates(at=NOW, by=SYSTEM)
        letter = actions.Outgoing(
            template="drive.member",
            phone=phone,
            language="en",
            blanks={},
            key=phone,
            kind=MessageClass.SERVICE,
            unit_id=world.unit(unit),
            programme_id=PROGRAMME,
        )
        actions.send_many(messages=[letter], at=NOW)
        Message.objects.update(state=Message.State.HELD, reason="budget")


def states(world: World) -> dict[int | None, str]:
    with system("test"):
        return dict(Message.objects.values_list("unit_id", "state"))


def test_a_release_lets_go_what_is_held_in_the_askers_state_and_nothing_of_another(world: World) -> None:
    held(world, "+919419000001", "N1111")
    held(world, "+919419000002", "N2111")
    asker = world.holder("state_president", "N1")
    other = world.officer("N1")
    page = browser(asker)
    assert page.post("/messages/ask/", {"programme": PROGRAMME, "reason": "Today"}).status_code == 302
    with system("test"):
        release = Release.objects.get()
    org.decide_release(public_id=release.public_id, allow=True, by=actor(other), at=NOW)
    assert page.post(f"/messages/release/{release.public_id}/").status_code == 302
    assert states(world) == {world.unit("N1111"): "queued", world.unit("N2111"): "held"}
