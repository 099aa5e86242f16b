"""The named world of the programmes' tests: that of org, with people in offices."""

from typing import Any

import pytest


@pytest.fixture
def world(db: None) -> Any:
    from abhiyan.org.tests.make import World  # models cannot be imported before Django is set up

    return World()
