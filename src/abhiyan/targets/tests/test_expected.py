"""Pages show beside a target the number that a level above expects, with its office. No target changes."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from abhiyan.core.refusals import Refused
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.org.queries import NotYours
from abhiyan.org.tests.make import World, actor
from abhiyan.people.models import Account
from abhiyan.people.tests.make import body, browser
from abhiyan.programmes import queries
from abhiyan.programmes.models import Programme
from abhiyan.programmes.tests.test_pages import drive, president
from abhiyan.targets import actions
from abhiyan.targets.models import Expectation, Target

__all__ = ["drive", "president"]
pytestmark = pytest.mark.django_db


def expect(drive: Programme, world: World, who: Account, n: int | None, unit: str = "N11") -> bool:
    with system("test"):
        return actions.set_expected(
            programme_id=drive.pk, measure=1, unit_id=world.unit(unit), n=n, by=actor(who), at=NOW
        )


def test_an_expectation_is_set_shown_replaced_and_cleared_and_sums_nowhere(
    world: World, president: Account, drive: Programme
) -> None:
    client, base = browser(president), f"/programmes/{drive.public_id}/"
    page = f"{base}targets/?unit=N11"
    set_it = f"{base}targets/expected/?unit=N11"
    with system("test"):
        before = list(Target.objects.order_by("pk").values())
    assert client.post(set_it, {"about": "N11", "expected": "5 लाख"}).status_code == 302
    shown = body(client, page)
    assert "5,00,000" in shown and "State president" in shown
    assert client.post(set_it, {"about": "N11", "expected": "-3"}).status_code == 422
    assert client.post(set_it, {"about": "N11", "expected": "600000"}).status_code == 302
    shown = body(client, page)
    assert "6,00,000" in shown and "5,00,000" in shown, "the one before is history"
    below = body(client, reverse("programmes:below", args=[drive.public_id]) + "?unit=N1&level=district")
    assert "6,00,000" in below and "5,00,000" not in below
    with system("test"):
        assert list(Target.objects.order_by("pk").values()) == before, "no target changes"
        (running,), _node = queries.running_at(world.unit("N11"), 1, NOW.date())
        assert running.expected is not None and running.expected.n == 600_000
        assert running.expected.office["en"] == "State president" and running.expected.on == NOW.date()
        assert running.target is None
    assert "6,00,000" in body(client, f"{base}?unit=N11")
    assert client.post(set_it, {"about": "N11", "expected": ""}).status_code == 302
    with system("test"):
        (running,), _node = queries.running_at(world.unit("N11"), 1, NOW.date())
        assert running.expected is None
        assert Expectation.objects.count() == 2, "history is kept"
    assert expect(drive, world, president, None) is False, "nothing changed"


def test_nobody_expects_of_themselves_or_of_others_units(
    world: World, president: Account, drive: Programme
) -> None:
    own = world.holder("district_president", "N11", name="Asha Devi")
    for unit in ("N11", "N12", "N1", "N121"):
        with pytest.raises(Refused):
            expect(drive, world, own, 5, unit)
    assert expect(drive, world, own, 5, "N111"), "of a unit below"
    for who in (world.holder("booth_president", "N1111"), world.holder("state_vice_president", "N1")):
        with pytest.raises(NotYours):
            expect(drive, world, who, 5, "N111")
    with system("test"):
        assert set(Expectation.objects.values_list("n", flat=True)) == {5}
    client = browser(own)
    answer = client.post(
        f"/programmes/{drive.public_id}/targets/expected/?unit=N11", {"about": "N11", "expected": "9"}
    )
    assert answer.status_code == 403


def test_two_at_once_leave_one_in_force(world: World, president: Account, drive: Programme) -> None:
    expect(drive, world, president, 7)
    with system("test"), pytest.raises(IntegrityError), transaction.atomic():
        Expectation.objects.create(
            programme=drive, measure=1, unit_id=world.unit("N11"), n=8, said_at=NOW, said_by=None
        )


def test_a_programme_that_is_over_takes_none(world: World, president: Account, drive: Programme) -> None:
    with system("test"):
        Programme.objects.filter(pk=drive.pk).update(state="closed")
    with pytest.raises(Refused):
        expect(drive, world, president, 7)
