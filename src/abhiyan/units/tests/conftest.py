"""Facts of units and elections are written in somebody's scope; these tests write them as the system."""

import pytest


@pytest.fixture(autouse=True)
def _in_a_scope(as_the_system: None) -> None:
    """Every test here."""
