"""A web worker whose clock is an hour ahead: its codes leave at once, and its sessions end when they should."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from abhiyan.core import clock
from abhiyan.core.scope import system
from abhiyan.core.tests.test_clock import ahead
from abhiyan.intake.hotpath.directory import Directory
from abhiyan.messaging import actions as messaging
from abhiyan.messaging.models import Message
from abhiyan.messaging.tests.sending import emptied, lane
from abhiyan.messaging.tests.sink import sink, take
from abhiyan.messaging.tests.test_gateways import way_out
from abhiyan.people.models import Session
from abhiyan.people.tests.make import ASHA, SYSTEM, World, browser

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.machine]
__all__ = ["ahead"]


async def started() -> None:
    """Do what a web worker does before its first request."""
    directory = Directory(clock.now)
    await directory.read()
    await directory.close()


def test_a_code_asked_of_a_worker_that_is_an_hour_ahead_leaves_at_once(ahead: None) -> None:
    World()
    with system("test"):
        messaging.publish_templates(at=datetime.now(UTC), by=SYSTEM)
    asyncio.run(started())
    assert browser().post("/sign-in/", {"phone": ASHA}).status_code == 302
    at = datetime.now(UTC)  # by the clock of another host
    with sink(take) as gateway, lane("codes", way_out(gateway), at=at) as one:
        assert emptied(one) == 1
        assert ASHA in gateway.phones()
    soon = datetime.now(UTC) + timedelta(minutes=2)
    with system("test"):
        assert Message.objects.get().due_at < soon
        session = Session.objects.get(account_id=None)  # of the browser that asked
    assert session.created_at < soon and session.ends_at < soon + timedelta(hours=2)
