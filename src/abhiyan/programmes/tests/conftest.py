"""The named world of the programmes' tests: that of org, with people in offices."""

from typing import Any

import pytest


@pytest.fixture
def world(db: None) -> Any:
    # models cannot be imported before Django is set up
    from abhiyan.core.scope import system
    from abhiyan.org.tests.make import AT, World
    from abhiyan.people.models import Notice

    made = World()
    with system("test"):  # without a notice no drive is set up beside its programme
        for language in ("hi", "en"):
            Notice.objects.create(
                code="membership",
                version=1,
                language=language,
                title="Notice",
                sections=[],
                short="Notice",
                published_at=AT,
            )
    return made
