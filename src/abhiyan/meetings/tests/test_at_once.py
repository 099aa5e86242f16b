"""Two organisers tick at the same time, each over a connection of their own."""

from concurrent.futures import ThreadPoolExecutor
from datetime import time, timedelta
from threading import Barrier

import pytest
from django.db import connection

from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.meetings import actions
from abhiyan.programmes import actions as programmes
from abhiyan.programmes import queries
from abhiyan.programmes.models import Programme
from abhiyan.programmes.rules.ladder import Ladder

from .make import TODAY, again, call_as, counting, invited, reachable

# Committed: each organiser is a connection of its own.
pytestmark = pytest.mark.django_db(transaction=True)
LATER = NOW + timedelta(hours=4)


def test_two_organisers_who_tick_the_same_names_at_once_tick_each_once() -> None:
    cast = reachable()
    one = call_as(cast, first_on=TODAY, last_on=TODAY, starts=time(15), programme_id=counting(cast))
    rows = list(invited(one).values())
    both = Barrier(2)

    def organise(role: str, n: int, order: int) -> int:
        """Tick everybody in an order, give a number between; how many ticks were new."""
        try:
            with cast.as_(role):
                by, new = cast.actor(role), 0
                both.wait()
                for each in rows[::order]:
                    new += actions.tick(
                        public_id=one.public_id, invitee=each.public_id, came=True, by=by, at=LATER
                    )
                    actions.set_people(public_id=one.public_id, n=n, by=by, at=LATER)
                return new
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        mine = pool.submit(organise, "state_president", 9, 1)
        theirs = pool.submit(organise, "national_president", 9, -1)
        assert mine.result() + theirs.result() == len(rows) == 4, "nobody is ticked twice"
    assert [each.ticks for each in invited(one).values()] == [1] * 4
    with system("test"):
        run = Programme.objects.get(pk=again(one.public_id).programme_id or 0)
        found = queries.unit_ladder(node=one.unit_id, hierarchy=1, programme=run, measure=1, at=LATER)
    assert programmes.recount_facts(at=LATER).is_right and found == Ladder(reported=9, counted=4)
