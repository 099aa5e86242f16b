"""One clock for all hosts: the database's."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo

import pytest

from abhiyan.core import clock, doctor, loops
from abhiyan.core.scope import system
from abhiyan.core.tests.turning import turning
from abhiyan.core.tests.waits import until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.machine]


class AnHourAhead(datetime):
    """The clock of a machine that nobody has set."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> "AnHourAhead":
        return super().now(tz) + timedelta(hours=1)


@pytest.fixture
def ahead(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """This machine's clock is an hour ahead, and nothing has been heard of the database's.

    An answer that a busy machine brings late counts too: a minute is little beside an hour.
    """
    monkeypatch.setattr(clock, "APART_S", 60.0)
    with monkeypatch.context() as patch:
        patch.setattr(clock, "datetime", AnHourAhead)
        patch.setattr(doctor, "datetime", AnHourAhead)
        yield
    with system("test"):
        pass
    assert not clock._ahead


def apart_s() -> float:
    return abs((clock.now() - datetime.now(UTC)).total_seconds())


@pytest.mark.usefixtures("ahead")
def test_a_machine_an_hour_ahead_takes_the_databases_clock_with_its_first_scope() -> None:
    assert apart_s() > 3_000
    with system("test"):
        pass
    assert apart_s() < 60


@pytest.mark.usefixtures("ahead", "as_jobs")
def test_a_loop_hears_the_databases_clock_before_its_first_turn() -> None:
    told: list[float] = []

    def turn(at: datetime) -> int:
        told.append(abs((at - datetime.now(UTC)).total_seconds()))
        return 1

    with turning({"test.clock": loops.Loop(turn, every_s=0.01, scoped=False)}):
        until(lambda: bool(told))
    assert told[0] < 60


@pytest.mark.usefixtures("ahead")
def test_an_answer_that_took_too_long_says_nothing_of_the_time() -> None:
    with system("test"):
        pass
    clock.take_database_time(datetime(2000, 1, 1, tzinfo=UTC), asked_s=time.monotonic() - 2 * clock.APART_S)
    assert apart_s() < 60


@pytest.mark.usefixtures("ahead")
def test_doctor_compares_the_machines_own_clock() -> None:
    (found,) = [one.finding for one in doctor.examine(clock.now(), only="clock")]
    assert (found.level, round(found.facts["apart_s"], -2)) == (doctor.FAIL, 3_600)
    assert "NTP" in found.fix
