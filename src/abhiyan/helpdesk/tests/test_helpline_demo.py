"""The demo shows this of the helpline: every state, some overdue, times to read."""

from datetime import timedelta

import pytest

from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.helpdesk import demo as helpline
from abhiyan.helpdesk import queries
from abhiyan.helpdesk.models import ReadyAnswer, Ticket
from abhiyan.site.tests.cast import MORE_OFFICES, OFFICES, SYSTEM, Cast

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def test_the_demo_has_requests_in_every_state_and_some_overdue() -> None:
    cast = Cast.make()
    at = NOW
    places = [*OFFICES.values(), *MORE_OFFICES.values()]
    shown = {office: (SYSTEM, cast.world.units[unit].pk) for office, unit, _tree in places}
    helpline.ask_sample_requests(cast.world.programme, shown, setter=SYSTEM, at=at)
    with system("test"):
        states = set(Ticket.objects.values_list("state", flat=True))
        late = Ticket.objects.filter(state="open", due_at__lt=at - timedelta(days=1)).count()
        raised = Ticket.objects.filter(raised__gt=0).count()
        levels = queries.answer_times((0, 1 << 60), days=90, at=at)
        ways = set(Ticket.objects.values_list("way", flat=True))
        asked = Ticket.objects.filter(state="done", way="sms").exclude(question=None)
        ready = {one.language for one in ReadyAnswer.objects.all()}
        assert asked.exists(), "answered, and the person has still to say whether it is solved"
    assert {"open", "done", "solved", "closed", "merged"} <= states
    assert ways == set(Ticket.Way.values) and ready == {"hi", "en"}
    assert late >= 3 and raised >= 3
    assert any(one.first_median_h is not None for one in levels)
