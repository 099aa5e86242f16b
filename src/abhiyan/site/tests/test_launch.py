"""The launch page of a drive: figures of every room, channels, what waits, and who has not started."""

from datetime import timedelta

import pytest

from abhiyan.core import clock
from abhiyan.core.scope import system
from abhiyan.messaging.models import Outage
from abhiyan.programmes import actions as programmes
from abhiyan.programmes.actions import pace
from abhiyan.site.tests.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast() -> Cast:
    return Cast.make()


def page(cast: Cast) -> str:
    return f"/launch/{cast.world.programme.public_id}/"


def test_the_launch_page_gathers_from_every_room(cast: Cast) -> None:
    at = clock.now()
    cast.crowd(12, "JK-B001", "70062")
    with system("test"):
        programmes.fold(at=at)
        pace.note_pace(at=at - timedelta(minutes=2))
        Outage.objects.create(lane="send", since=at, reason="timeout")
    cast.crowd(20, "JK-B001", "70063")
    with system("test"):
        pace.note_pace(at=at)
    text = cast.client("state_president").get(page(cast)).text
    assert "Entries a minute" in text, text
    assert "gateway away" in text and "Replies waiting" in text
    assert ">10</b>" in text.replace("\n", "").replace(" ", ""), "20 in two minutes"
    assert "Not started" in text and "Helpline" in text and 'hx-trigger="every 30s"' in text
    below = cast.client("district_in_charge").get(page(cast)).text
    assert "Entries a minute" not in below and "Replies waiting" not in below, "of the whole drive"
    assert "Counted" in below
    assert cast.client("no_office").get(page(cast)).status_code in (403, 404)
