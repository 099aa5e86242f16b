"""Two districts with members, and a verifier of each."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from abhiyan.site.tests.cast import Cast


def two_districts() -> "Cast":
    """Two districts with 44 more members each, and a verifier of each."""
    from abhiyan.site.tests.cast import Cast

    cast = Cast.make(own=44, foreign=44)
    cast._seat("verifier_of_srinagar", "verifier", "JK-SRI", 1)
    cast._seat("verifier_of_jammu", "verifier", "JK-JAM", 1)
    return cast


@pytest.fixture
def cast() -> "Cast":
    """`two_districts`, of one test."""
    return two_districts()
