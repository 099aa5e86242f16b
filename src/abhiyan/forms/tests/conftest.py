"""The named world of the forms' tests: that of org."""

from typing import Any

import pytest


@pytest.fixture
def world(db: None) -> Any:
    from abhiyan.org.tests.make import World  # models cannot be imported before Django is set up

    return World()
