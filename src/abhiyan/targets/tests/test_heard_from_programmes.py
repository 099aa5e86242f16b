"""Targets hear of programmes below them: of scopes that change, and of branches before the totals follow."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from abhiyan.core import news
from abhiyan.core.actor import Actor
from abhiyan.core.scope import system
from abhiyan.programmes import actions, queries
from abhiyan.programmes.models import Programme, ProgrammeUnit
from abhiyan.programmes.news import ScopeChanged, TotalsMoving
from abhiyan.programmes.tests.make import AT, TODAY, Trees, programme, state
from abhiyan.targets import actions as target_actions
from abhiyan.targets.models import TargetMisfit
from abhiyan.units import actions as units

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("test")


@pytest.fixture(autouse=True)
def sees_all() -> Iterator[None]:
    with system("test"):
        yield


@pytest.fixture
def trees() -> Trees:
    made = state()
    made.resize()
    return made


def draft_of(trees: Trees, *codes: str) -> Programme:
    """A draft of some units; its owner, the state, has a target that the districts sum to."""
    drive = programme(trees.units["state"])
    Programme.objects.update(state=Programme.State.DRAFT)
    ProgrammeUnit.objects.bulk_create(
        ProgrammeUnit(programme=drive, unit=trees.units[code]) for code in codes
    )
    for code, n in (("state", 100), ("d0", 60), ("d1", 40)):
        target_actions.set_target(programme_id=drive.pk, unit_id=trees.units[code].pk, n=n, by=SYSTEM, at=AT)
    return drive


def off(drive: Programme) -> set[int]:
    return set(TargetMisfit.objects.filter(programme=drive).values_list("unit_id", flat=True))


def read_off(drive: Programme, trees: Trees) -> set[int]:
    """The units whose target in force is not what those below sum to, each read by itself."""
    gaps = {unit.pk: queries.gap(programme=drive, node=unit.pk, on=TODAY) for unit in trees.units.values()}
    return {
        unit
        for unit, gap in gaps.items()
        if gap.target is not None and gap.children > gap.without and not gap.sums
    }


def heard(monkeypatch: pytest.MonkeyPatch, kind: type) -> list[Any]:
    told: list[Any] = []
    monkeypatch.setitem(news._subscribers, kind, [*news._subscribers[kind], told.append])
    return told


@pytest.mark.parametrize(
    ("given", "is_told"),
    [
        ({"unit_ids": ["d0"]}, True),
        ({"unit_ids": ["state"]}, True),
        ({"unit_ids": ["m00", "d1"]}, True),
        ({"names": {"en": "Another"}}, False),
        ({"closes_on": TODAY}, False),
        ({"earlier": ""}, False),
    ],
)
def test_only_a_change_of_the_units_settles_what_targets_sum_to(
    trees: Trees, monkeypatch: pytest.MonkeyPatch, given: dict[str, Any], is_told: bool
) -> None:
    drive = draft_of(trees, "state")
    told = heard(monkeypatch, ScopeChanged)
    if "unit_ids" in given:
        given = {"unit_ids": [trees.units[code].pk for code in given["unit_ids"]]}
    actions.change_programme(programme_id=drive.pk, by=SYSTEM, at=AT, **given)
    assert told == ([ScopeChanged(drive.pk, AT)] if is_told else [])
    assert off(drive) == read_off(drive, trees)


def test_a_scope_that_shrinks_and_grows_again_leaves_no_unit_off(trees: Trees) -> None:
    drive = draft_of(trees, "state")
    for codes, expected in (
        (["d0"], {"state"}),
        (["d1"], {"state"}),
        (["d0", "d1"], set()),
        (["state"], set()),
    ):
        ids = [trees.units[code].pk for code in codes]
        actions.change_programme(programme_id=drive.pk, unit_ids=ids, by=SYSTEM, at=AT)
        assert off(drive) == {trees.units[code].pk for code in expected} == read_off(drive, trees), codes


def test_a_closing_that_extends_a_scope_and_its_opening_are_told(
    trees: Trees, monkeypatch: pytest.MonkeyPatch
) -> None:
    drive = draft_of(trees, "m00", "m10")
    told = heard(monkeypatch, ScopeChanged)
    answers = {"programmes.scope": "goes"}
    units.close_units(
        unit_id=trees.units["m00"].pk,
        on=TODAY,
        successors=["m01"],
        answers=answers,
        with_below=True,
        by=SYSTEM,
        at=AT,
    )
    assert told == [ScopeChanged(drive.pk, AT)]
    assert off(drive) == read_off(drive, trees)
    units.reopen_units(unit_id=trees.units["m00"].pk, by=SYSTEM, at=AT)
    assert told == [ScopeChanged(drive.pk, AT)] * 2
    assert off(drive) == read_off(drive, trees)


def test_programmes_are_held_before_the_totals_when_a_branch_moves(
    trees: Trees, monkeypatch: pytest.MonkeyPatch
) -> None:
    drive = draft_of(trees, "state")
    told = heard(monkeypatch, TotalsMoving)
    with CaptureQueriesContext(connection) as ran:
        trees.move(1, "m00", "d1")
    assert len(told) == 1 and told[0].moved.hierarchy == 1
    statements = [query["sql"] for query in ran.captured_queries]
    held = next(n for n, text in enumerate(statements) if "FOR NO KEY UPDATE" in text)
    totals = next(n for n, text in enumerate(statements) if "pg_advisory_xact_lock" in text)
    assert held < totals
    assert off(drive) == read_off(drive, trees)
