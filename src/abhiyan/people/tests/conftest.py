"""The named people of this room's tests."""

from typing import Any

import pytest


@pytest.fixture
def world(db: None) -> Any:
    from .make import World  # models cannot be imported before Django is set up

    return World()
