"""The demo shows two days of stays that are over: with gaps, refusals, doubts and hosts who said yes."""

import pytest

from abhiyan.core.samples import SampleGround
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.org.tests.make import World, actor
from abhiyan.people.tests.make import browser
from abhiyan.programmes import actions as programmes
from abhiyan.programmes.models import Item, Programme
from abhiyan.stays import demo, queries
from abhiyan.stays.models import Stay

from .make import POINT, TODAY, points, reachable

pytestmark = pytest.mark.django_db
BOOTHS = ("N1111", "N1112", "N1121", "N1122", "N1211", "N1212", "N1221")  # the eighth has no president


def test_the_demo_has_two_days_of_stays_with_gaps_and_doubts_and_a_next_step_for_each_role() -> None:
    world = World()
    points(world, **dict.fromkeys(BOOTHS, POINT))
    presidents = {code: reachable(world, "booth_president", code, n) for n, code in enumerate(BOOTHS)}
    worker = reachable(world, "booth_worker", "N1111", 20)
    leader = reachable(world, "mandal_president", "N111", 21)
    mandals = {world.unit(code): actor(leader) for code in ("N111", "N112", "N121", "N122")}
    shown = {
        "mandal_president": (actor(leader), world.unit("N111")),
        "booth_president": (actor(presidents["N1111"]), world.unit("N1111")),
        "booth_worker": (actor(worker), world.unit("N1111")),
    }
    holders = {
        "booth_president": {world.unit(code): actor(one) for code, one in presidents.items()},
        "mandal_president": mandals,
    }
    for n in range(12):  # seven stays are few: of twelve seeds together every sort is there
        demo.sample_stays(SampleGround(f"seed {n}", NOW, {"JK": world.unit("N1")}, shown, holders, 0))
    with system("test"):
        runs = list(Programme.objects.filter(kind="stays"))
        states = set(Stay.objects.values_list("state", flat=True))
        flaws = set(Stay.objects.values_list("flaw", flat=True))
        confirmed = Item.objects.exclude(confirmed_at=None).count()
        denied = Item.objects.filter(why="denied").count()
        assert not Stay.objects.filter(told_at=None).exists()
        whole, _below = queries.stays_below(runs[0], world.unit("N1"), (0, 2**62), at=NOW)
        assert programmes.recount_facts(at=NOW).is_right
    assert all(
        one.is_sample and (TODAY - one.opens_on).days == 2 and (one.closes_on - TODAY).days == 1
        for one in runs
    )
    assert states == {"assigned", "accepted", "declined", "there", "done"}
    assert {"", "short", "clock", "denied"} <= flaws and confirmed > denied > 0
    assert whole.places == 8 and whole.empty > 0
    assert "Say whether you go" in browser(worker).get("/today/").text
    assert "Open my stay" in browser(presidents["N1111"]).get("/today/").text
    assert "Assign" in browser(leader).get(f"/stays/{runs[0].public_id}/?unit=N111").text
