"""People in office are found by name: as it sounds, in either script, by a viewer who may see who holds office
there."""

from collections.abc import Callable

import pytest

from abhiyan.core.scope import scoped, system
from abhiyan.org import actions, queries
from abhiyan.org.models import Appointment
from abhiyan.people import actions as people
from abhiyan.people import queries as known
from abhiyan.people.models import Account

from .make import AT, SYSTEM, TODAY, World

pytestmark = pytest.mark.django_db


def opened(world: World, name: str, phone: str, unit: str) -> Account:
    """An account of this name, president of a district."""
    account = people.open_account(phone=phone, name=name, by=SYSTEM, at=AT)
    world.appoint(account, "district_president", unit)
    return account


@pytest.fixture
def found(world: World) -> Callable[[str], list[str]]:
    """Return a search as somebody of the first state."""
    viewer = world.holder("state_president", "N1")

    def find(text: str) -> list[str]:
        with scoped(queries.scope_of(viewer.pk, TODAY)):
            return [holder.name for holder in queries.office_bearers(text, on=TODAY)]

    return find


def test_a_president_is_found_by_a_part_of_the_name_in_either_script(
    world: World, found: Callable[[str], list[str]]
) -> None:
    opened(world, "फ़ारूक़ कौल", "+919419000001", "N11")
    opened(world, "Farida Begum", "+919419000002", "N12")
    for text in ("फ़ारूक़ कौल", "फारूक", "Farooq Kaul", "farooq k", "Kaul"):
        assert found(text) == ["फ़ारूक़ कौल"], text
    assert found("Farooq Begum") == found("") == found("%") == []


def test_whoever_appoints_finds_accounts_as_they_sound_and_none_beyond_their_people(world: World) -> None:
    viewer = world.holder("state_president", "N1")
    for n, name in enumerate(["Farooq Kaul", "फ़ारूक़ मीर", "فاروق وانی"]):
        opened(world, name, f"+91941900000{n}", "N11")
    opened(world, "Farooq Lone", "+919419000009", "N21")
    with scoped(queries.scope_of(viewer.pk, TODAY)):
        for text in ("Faruk", "फारूक", "فاروق", "Farooque"):
            assert {one.name for one in known.search_accounts(text)} == {
                "Farooq Kaul",
                "फ़ारूक़ मीर",
                "فاروق وانی",
            }, text
        assert list(known.search_accounts("Lone")) == list(known.search_accounts("%")) == []


def test_nobody_of_another_state_is_found_and_a_name_is_found_as_it_is_now(
    world: World, found: Callable[[str], list[str]]
) -> None:
    opened(world, "Abdul Rashid", "+919419000001", "N21")
    near = opened(world, "Abdul Majid", "+919419000002", "N11")
    assert found("Abdul") == ["Abdul Majid"]
    people.rename_account(account_id=near.pk, name="Majid Lone", by=SYSTEM, at=AT)
    assert found("Abdul") == [] and found("Lone") == ["Majid Lone"]
    with system("test"):
        actions.end_appointment(
            public_id=Appointment.objects.get(account_id=near.pk).public_id, reason="moved", by=SYSTEM, at=AT
        )
    assert found("Lone") == []
