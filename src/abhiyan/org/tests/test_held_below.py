"""Seats held below wide units are counted by a loop, as the appointments themselves would be."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from abhiyan.core.scope import scoped, system
from abhiyan.org import actions, queries
from abhiyan.org.actions import held_below
from abhiyan.org.models import Appointment, HeldBelow, Office
from abhiyan.org.queries import offices
from abhiyan.units.models import Placement

from .make import AT, TODAY, World

pytestmark = pytest.mark.django_db

SEATS = [
    ("state_president", "N1"),
    ("district_president", "N11"),
    ("district_in_charge", "N12"),
    ("district_president", "N21"),
    ("mandal_president", "N111"),
    ("mandal_president", "N122"),
    ("mandal_president", "N221"),
    *(("booth_president", f"N{code}") for code in ("1111", "1112", "1121", "1222", "2111", "2222")),
]
UNITS = [*((code, 1) for code in ("N", "N1", "N11", "N111", "N2", "N22")), ("N", 2), ("N1", 2), ("C1", 2)]


@pytest.fixture
def wide(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """Whatever has a booth below it is wide."""
    monkeypatch.setattr(held_below, "WIDE", 1)
    with system("test"):
        for each in Placement.objects.filter(valid_to=None):
            each.leaves = Placement.objects.filter(
                lo__gte=each.lo, lo__lt=each.hi, unit__kind="booth"
            ).count()
            each.save(update_fields=["leaves"])
    return world


def below(world: World, code: str, hierarchy: int, *, at: datetime = AT) -> list[offices.OfficeBelow]:
    with system("test"):
        return queries.ask_vacancies_below(world.unit(code), hierarchy, at=at)()


def reads_appointments(world: World, code: str, *, at: datetime = AT) -> bool:
    with CaptureQueriesContext(connection) as seen:
        below(world, code, 1, at=at)
    return any("from org_appointment" in str(query["sql"]) for query in seen)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    made=st.lists(
        st.tuples(st.sampled_from(SEATS), st.sampled_from(["held", "disputed", "ended", "later", "over"])),
        max_size=14,
    )
)
def test_the_count_made_beforehand_is_that_of_the_appointments(
    wide: World, made: list[tuple[tuple[str, str], str]]
) -> None:
    day = timedelta(days=1)
    with system("test"):
        Appointment.objects.all().delete()
        HeldBelow.objects.all().delete()
        for (office, code), how in made:
            Appointment.objects.create(
                public_id=uuid4(),
                account_id=1,
                office=Office.objects.get(code=office),
                unit_id=wide.unit(code),
                state=how if how in ("ended", "disputed") else "active",
                starts_on=TODAY + day if how == "later" else TODAY,
                ends_on=TODAY - day if how == "over" else None,
                made_at=AT,
            )
    counted_now = {unit: below(wide, *unit) for unit in UNITS}
    with system("test"):
        assert actions.count_held(at=AT) >= len(UNITS)
        assert actions.count_held(at=AT) == 0, "what stays is not written again"
    assert {unit: below(wide, *unit) for unit in UNITS} == counted_now
    assert not reads_appointments(wide, "N")


def test_an_old_count_is_not_shown_and_one_out_of_sight_is_not_read(wide: World) -> None:
    wide.holder("booth_president", "N1111")
    viewer = wide.holder("state_president", "N2")
    with system("test"):
        actions.count_held(at=AT)
    assert not reads_appointments(wide, "N1")
    with scoped(queries.scope_of(viewer.pk, TODAY)):
        seen = set(HeldBelow.objects.values_list("unit_id", flat=True))
    assert wide.unit("N2") in seen and wide.unit("N21") in seen
    assert not seen & {wide.unit("N1"), wide.unit("N11")}
    later = AT + timedelta(minutes=31)
    assert reads_appointments(wide, "N1", at=later), "the loop stands still: counted anew"
    with system("test"):
        actions.count_held(at=later)
    assert not reads_appointments(wide, "N1", at=later)
