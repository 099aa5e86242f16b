"""How fast a programme runs: noted once a minute from the ledger's totals, read as a rate."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest

from abhiyan.core import counters
from abhiyan.core.scope import scoped, system
from abhiyan.org.queries import viewer_of
from abhiyan.org.tests.make import AT, TODAY, World
from abhiyan.programmes.actions import pace
from abhiyan.programmes.actions.ledger import post_changes
from abhiyan.programmes.models import Pace, Rung
from abhiyan.programmes.queries.pace import noted_pace
from abhiyan.programmes.rules import rates
from abhiyan.programmes.rules.ladder import TallyChange

from . import make

MINUTE = timedelta(minutes=1)


def test_a_rate_is_of_the_last_five_minutes_and_a_silent_channel_is_quiet() -> None:
    points = [(AT + n * MINUTE, 10 * n) for n in range(61)]
    end = points[-1][0]
    assert rates.report_rate(points, at=end) == rates.ReportRate(10.0, end)
    assert rates.report_rate(points, at=end + 6 * MINUTE).a_minute is None, "nobody notes totals any more"
    silent = [*points, *((end + n * MINUTE, 600) for n in range(1, 7))]
    now = silent[-1][0]
    assert rates.report_rate(silent, at=now) == rates.ReportRate(0.0, end, is_quiet=True)
    assert rates.report_rate([(AT, 5)], at=AT).a_minute is None
    assert rates.report_rate([(AT, 5), (AT + MINUTE, 3)], at=AT + MINUTE).a_minute == 0
    assert rates.points_by_stretch(points, every=5 * MINUTE, most=2) == [(end - 5 * MINUTE, 50), (end, 50)]


@pytest.mark.django_db
def test_totals_are_noted_once_a_minute_and_read_by_who_sees_all_of_the_programme(world: World) -> None:
    with system("test"):
        one = make.programme(world.units["N1"])

    def came(n: int, minutes: int) -> int:
        with system("test"):
            change = TallyChange(one.pk, 1, 2, world.unit("N1111"), TODAY, Rung.REPORTED, n)
            post_changes(deltas=[change], at=AT)
            return pace.note_pace(at=AT + minutes * MINUTE)

    assert [came(5, 0), came(20, 1), came(40, 1), came(60, 2)] == [1, 1, 1, 1]
    with system("test"):
        assert list(Pace.objects.order_by("minute").values_list("n", flat=True)) == [5, 25, 125]
    at = AT + 2 * MINUTE
    president, elsewhere = world.holder("state_president", "N1"), world.holder("district_president", "N11")
    with scoped(viewer_of(account_id=president.pk, on=TODAY).scope):
        seen = noted_pace(one, at=at)
    assert (seen.whole.a_minute, seen.channels[2].last) == (60.0, at)
    with scoped(viewer_of(account_id=elsewhere.pk, on=TODAY).scope):
        assert noted_pace(one, at=at).whole.a_minute is None
    with system("test"):
        pace.note_pace(at=at + pace.KEPT)
        assert Pace.objects.count() == 2, "what is older than a day is forgotten"


@pytest.mark.django_db
def test_what_is_reported_raises_the_counters_of_its_kind_and_channel(
    world: World, django_capture_on_commit_callbacks: Callable[..., AbstractContextManager[object]]
) -> None:
    with system("test"):
        one = make.programme(world.units["N1"])

    def came(n: int, minutes: int, channel: int = 2) -> dict[str, int]:
        with django_capture_on_commit_callbacks(execute=True), system("test"):
            change = TallyChange(one.pk, 1, channel, world.unit("N1111"), TODAY, Rung.REPORTED, n)
            post_changes(deltas=[change], at=AT)
            pace.note_pace(at=AT + minutes * MINUTE)
        return counters.read_counters(pace.REPORTED)

    assert came(5, 0) == {f"{one.kind}/2": 5}
    assert came(20, 0) == {f"{one.kind}/2": 5}, "once a minute is once"
    assert came(1, 1) == {f"{one.kind}/2": 26}
    assert came(7, 1, channel=1) == {f"{one.kind}/2": 26, f"{one.kind}/1": 7}
    assert came(-20, 2)[f"{one.kind}/2"] == 26, "a counter never falls"
    assert came(3, 3)[f"{one.kind}/2"] == 29
