"""Targets that do not sum any more: known at every level, above them told how many, and listed."""

import csv
import io
from datetime import timedelta
from html import unescape

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from abhiyan.core.actor import Actor
from abhiyan.core.scope import system
from abhiyan.org.tests.make import AT, TODAY, World
from abhiyan.people.models import Account
from abhiyan.people.tests.make import body, browser
from abhiyan.programmes import actions as programmes
from abhiyan.programmes import queries as programme_queries
from abhiyan.programmes.models import Programme
from abhiyan.programmes.tests.test_make_programme import make
from abhiyan.targets import actions, queries
from abhiyan.targets.models import TargetMisfit
from abhiyan.units import actions as units
from abhiyan.units.models import Unit

pytestmark = pytest.mark.django_db(transaction=True)
SYSTEM = Actor.system("test")


@pytest.fixture
def president(world: World) -> Account:
    return world.holder("state_president", "N1")


@pytest.fixture
def drive(world: World, president: Account) -> Programme:
    return make(world, president)


def split(world: World, drive: Programme) -> None:
    """The state's target, down to the booths."""
    with system("test"):
        actions.set_target(programme_id=drive.pk, unit_id=world.unit("N1"), n=1000, by=SYSTEM, at=AT)
        actions.split_target(
            programme_id=drive.pk, unit_id=world.unit("N1"), how="equally", levels=None, by=SYSTEM, at=AT
        )


def off(world: World, drive: Programme, code: str = "N") -> list[str]:
    with system("test"):
        rows = queries.misfits_below(programme=drive, node=world.unit(code), on=TODAY, most=99)
        assert len(rows) == programme_queries.count_misfits(programme=drive, node=world.unit(code))
    return sorted(row.code for row in rows)


def targets_page(client: object, drive: Programme, code: str) -> str:
    return unescape(body(client, f"/programmes/{drive.public_id}/targets/?unit={code}"))  # type: ignore[arg-type]


def test_after_booths_move_the_state_is_told_how_many_parents_are_off_with_a_link_to_them(
    world: World, drive: Programme, president: Account
) -> None:
    split(world, drive)
    client = browser(president)
    page = targets_page(client, drive, "N1")
    assert "add up exactly, at every level." in page and "further below" not in page
    with system("test"):
        units.move_unit(
            unit_id=world.unit("N1111"), hierarchy=1, to=world.unit("N121"), on=TODAY, by=SYSTEM, at=AT
        )
    assert off(world, drive) == off(world, drive, "N1") == ["N111", "N121"]
    assert off(world, drive, "N11") == ["N111"] and off(world, drive, "N111") == []
    page = targets_page(client, drive, "N1")
    assert "The targets right below add up exactly." in page and "at every level" not in page
    assert "In 2 units further below they do not add up." in page
    listed = f"/programmes/{drive.public_id}/targets/off/?unit=N1&measure=1"
    assert listed in page
    rows = unescape(body(client, listed))
    assert "Unit N111" in rows and "Unit N121" in rows and "Unit N112" not in rows
    file = client.get(f"{listed}&format=csv").getvalue().decode("utf-8-sig")
    assert [(row[1], row[4]) for row in csv.reader(io.StringIO(file))][1:] == [
        ("N111", "125"),
        ("N121", "-125"),
    ]
    assert "In 2 units further below" in unescape(body(client, f"/programmes/{drive.public_id}/?unit=N1"))
    with system("test"):
        units.move_unit(
            unit_id=world.unit("N1111"), hierarchy=1, to=world.unit("N111"), on=TODAY, by=SYSTEM, at=AT
        )
    assert off(world, drive) == []
    assert "Every target adds up" in body(client, listed)


def test_a_target_set_far_below_is_known_at_the_top_until_it_fits_again(
    world: World, drive: Programme, president: Account
) -> None:
    split(world, drive)
    with system("test"):
        actions.set_target(programme_id=drive.pk, unit_id=world.unit("N1111"), n=1, by=SYSTEM, at=AT)
        assert off(world, drive) == ["N111"]
        actions.lock_target(programme_id=drive.pk, unit_id=world.unit("N1111"), locked=True, by=SYSTEM, at=AT)
        actions.split_target(
            programme_id=drive.pk, unit_id=world.unit("N111"), how="equally", by=SYSTEM, at=AT
        )
    assert off(world, drive) == []


def test_a_booth_that_closes_leaves_its_mandal_off_on_its_day(world: World, drive: Programme) -> None:
    split(world, drive)
    with system("test"):
        Unit.objects.filter(code="N1111").update(closed_on=TODAY + timedelta(days=2))
        actions.settle_closed(units=[world.unit("N1111")], at=AT)
    assert off(world, drive) == []
    actions.settle_due(at=AT + timedelta(days=2))
    assert off(world, drive) == ["N111"]


def test_another_scope_of_a_draft_leaves_out_what_is_no_longer_in_it(
    world: World, president: Account
) -> None:
    with system("test"):
        draft = programmes.make_programme(
            template="membership_drive",
            names={"en": "Draft"},
            owner_id=world.unit("N1"),
            unit_ids=[world.unit("N1")],
            opens_on=TODAY,
            closes_on=TODAY,
            by=SYSTEM,
            at=AT,
        )
    split(world, draft)
    with system("test"):
        programmes.change_programme(programme_id=draft.pk, unit_ids=[world.unit("N11")], by=SYSTEM, at=AT)
        assert set(TargetMisfit.objects.values_list("unit_id", flat=True)) == {world.unit("N1")}
        programmes.discard_programme_draft(programme_id=draft.pk, by=SYSTEM, at=AT)
        assert not TargetMisfit.objects.exists()


def test_a_page_asks_as_much_whatever_does_not_sum(
    world: World, drive: Programme, president: Account
) -> None:
    split(world, drive)
    client = browser(president)

    def asked() -> int:
        targets_page(client, drive, "N1")
        with CaptureQueriesContext(connection) as seen:
            targets_page(client, drive, "N1")
        return len(seen)

    with transaction.atomic(), system("test"):
        actions.set_target(programme_id=drive.pk, unit_id=world.unit("N1111"), n=1, by=SYSTEM, at=AT)
    few = asked()
    with transaction.atomic(), system("test"):
        for code in ("N1112", "N1121", "N1211", "N12"):
            actions.set_target(programme_id=drive.pk, unit_id=world.unit(code), n=1, by=SYSTEM, at=AT)
    assert asked() == few


def test_what_is_out_of_sight_is_not_listed(world: World, drive: Programme, president: Account) -> None:
    split(world, drive)
    with system("test"):
        actions.set_target(programme_id=drive.pk, unit_id=world.unit("N1111"), n=1, by=SYSTEM, at=AT)
    elsewhere = browser(world.holder("state_president", "N2"))
    assert elsewhere.get(f"/programmes/{drive.public_id}/targets/off/?unit=N1").status_code == 404
