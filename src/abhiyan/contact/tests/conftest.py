"""The named world of the tests of contact, with a programme of calls, a call centre in a district, and its caller."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from django.utils import translation

if TYPE_CHECKING:  # models cannot be imported before Django is set up
    from abhiyan.org.tests.make import World
    from abhiyan.people.models import Account
    from abhiyan.programmes.models import Programme


@pytest.fixture
def world(db: None) -> Iterator[World]:
    from abhiyan.org.tests.make import World

    with translation.override("en"):
        yield World()


@pytest.fixture
def run(world: World) -> Programme:
    from .at_calls import call_programme

    return call_programme(world.unit("N1"))


@pytest.fixture
def centre(world: World) -> int:
    from .at_calls import centre_in

    return centre_in(world.unit("N11"))


@pytest.fixture
def caller(world: World, centre: int) -> Account:
    from .at_calls import seated

    return seated(centre, world.unit("N11"), 0)
