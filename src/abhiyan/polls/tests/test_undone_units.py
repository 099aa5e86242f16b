"""A list of units is not taken back while a poll is held in one of them."""

from uuid import uuid4

import pytest

from abhiyan.polls.models import Poll, PollArea, PollPhase
from abhiyan.units import queries, refusals
from abhiyan.units.tests.make import AT
from abhiyan.units.tests.test_import import SMALL, TODAY, bring, undo

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("as_the_system")]


def test_undo_of_a_unit_where_a_poll_is_held_is_refused() -> None:
    bring(SMALL)
    phase = PollPhase.objects.create(
        poll=Poll.objects.create(
            public_id=uuid4(),
            entry=uuid4(),
            version=1,
            kind="none",
            name="x",
            unit_id=0,
            announced_on=TODAY,
            result_on=TODAY,
            source="x",
            stated_at=AT,
        ),
        number=1,
    )
    PollArea.objects.create(phase=phase, unit_id=queries.unit("D1").pk)
    with pytest.raises(refusals.StillUsed):
        undo()
