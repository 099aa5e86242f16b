"""The running server, an open drive and a token to it, as every test over real HTTP needs them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from abhiyan.core.tests.given import present

if TYPE_CHECKING:  # models cannot be imported before Django is set up
    from django.test import Client

    from .make import World
    from .server import Server


@pytest.fixture
def server(serving: Callable[..., Server]) -> Server:
    return serving()


@pytest.fixture
def now() -> datetime:
    return present()


@pytest.fixture
def world(now: datetime) -> World:
    """A drive that is open by the real clock."""
    from .make import World

    world = World.make(opens_on=(now - timedelta(days=9)).date(), closes_on=(now + timedelta(days=20)).date())
    world.now = now
    return world


@pytest.fixture
def worker(world: World) -> Client:
    """A worker of a booth, signed in."""
    from .web import officer

    return officer(world, "booth_worker", "JK-B001")


@pytest.fixture
def token(world: World) -> str:
    from .make import make_token

    return make_token(world).secret
