"""Whatever is set, locked, split, moved and undone, in whatever order: after a split the parts sum exactly."""

import contextlib
import random
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from abhiyan.core.actor import Actor
from abhiyan.core.scope import system
from abhiyan.elections.models import Election, Plan, PlanPart
from abhiyan.programmes import queries
from abhiyan.programmes.actions.programmes import ScopeOutside
from abhiyan.programmes.models import ProgrammeUnit, UnitTotal
from abhiyan.programmes.rules import nested, pace
from abhiyan.programmes.rules.nested import NestedFigure
from abhiyan.programmes.tests.make import AT, TODAY, programme, state
from abhiyan.targets import actions
from abhiyan.targets.models import Target, TargetMisfit, TargetVersion
from abhiyan.targets.refusals import (
    LocksDoNotFit,
    NotBelow,
    NothingBelow,
    PlanDisagrees,
    PlanUnplaced,
    TargetLocked,
)
from abhiyan.units import actions as units

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("test")
STEPS = (
    "set",
    "lock",
    "unlock",
    "split",
    "split",
    "split",
    "hand",
    "move",
    "back",
    "total",
    "close",
    "give",
    "plan",
    "plan",
)


class History:
    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.trees = state()
        self.drive = programme(self.trees.units["nation"])
        self.scope = self.rng.choice([("state",), ("state",), ("d0", "m10")])
        for code in self.scope:
            ProgrammeUnit.objects.create(programme=self.drive, unit=self.trees.units[code])
        self.given = {"programme_id": self.drive.pk, "by": SYSTEM, "at": AT}
        actions.set_target(**self.given, unit_id=self.id("state"), n=self.rng.randrange(5000))  # type: ignore[arg-type]  # one bundle

    def id(self, code: str) -> int:
        return self.trees.units[code].pk

    def one(self, *prefixes: str) -> str:
        """Some unit of the organisation, by how codes begin."""
        return self.rng.choice(
            sorted(
                code
                for code in self.trees.parents[1]
                if code.startswith(prefixes) and self.trees.parents[1][code] is not None
            )
        )

    def set(self) -> None:
        code = self.one("state", "d", "m", "b")
        with contextlib.suppress(TargetLocked, ScopeOutside):
            actions.set_target(
                **self.given,  # type: ignore[arg-type]  # one bundle
                unit_id=self.id(code),
                n=self.rng.randrange(3000),
                lock=self.rng.random() < 0.3,
            )

    def lock(self, locked: bool = True) -> None:
        with contextlib.suppress(actions.NoTarget, ScopeOutside):
            actions.lock_target(
                **self.given,  # type: ignore[arg-type]  # one bundle
                unit_id=self.id(self.one("d", "m", "b")),
                locked=locked,
            )

    def unlock(self) -> None:
        self.lock(locked=False)

    def total(self) -> None:
        UnitTotal.objects.update_or_create(
            unit_id=self.id(self.one("d", "m", "b")),
            label="before",
            defaults={"n": self.rng.randrange(400), "source": "test", "import_id": 1, "row": 1},
        )

    def close(self) -> None:
        """A booth is closed; its target stays beside it, and counts no more."""
        unit = self.trees.units[self.one("b")]
        unit.closed_on = TODAY
        unit.save(update_fields=["closed_on"])
        actions.settle_closed(units=[unit.pk], at=AT)

    def give(self) -> None:
        """A booth is closed and its target goes to another one below the same mandal: what was below it stays."""
        code = self.one("b")
        above = self.trees.parents[1][code]
        assert above is not None
        others = [
            one
            for one in self.trees.children(1, above)
            if one != code and self.trees.units[one].closed_on is None
        ]
        if self.trees.units[code].closed_on is not None or not others:
            return
        on_locked = Target.objects.filter(unit=self.trees.units[others[0]], replaced_at=None, is_locked=True)
        stays = on_locked.exists()
        had = Target.objects.filter(unit=self.trees.units[code], replaced_at=None).first()
        before = queries.gap(programme=self.drive, node=self.id(above), on=TODAY)
        units.close_units(unit_id=self.id(code), on=TODAY, successors=others[:1], by=SYSTEM, at=AT)
        self.trees.units[code].refresh_from_db()
        after = queries.gap(programme=self.drive, node=self.id(above), on=TODAY)
        lost = had.n if had is not None and stays and before.children else 0
        assert after.below == before.below - lost, (code, others[0], before, after)

    def move(self) -> None:
        code = self.one("m", "b", "d")
        if code[0] == "d":  # out of the state and so of the scope, or back
            to = "nation" if self.trees.parents[1][code] == "state" else "state"
            self.trees.move(1, code, to)
            return
        kind = {"m": "d", "b": "m"}[code[0]]
        self.trees.move(1, code, self.one(kind))

    def hand(self) -> None:
        above = self.one("state", "d", "m")
        children = self.trees.children(1, above)
        if children:
            self.split(above, {self.id(self.rng.choice(children)): self.rng.randrange(1500)})

    def split(self, code: str = "", by_hand: dict[int, int] | None = None) -> None:
        code = code or self.one("state", "d", "m")
        how = self.rng.choice(["electors", "equally", "totals"])
        far = self.rng.choice(["1", "2", "", "kept", "mandal"])
        try:
            actions.split_target(
                **self.given,  # type: ignore[arg-type]  # one bundle
                unit_id=self.id(code),
                how=how,
                options={"label": "before"},
                far=far,
                by_hand=by_hand,
            )
        except (
            actions.NoTarget,
            NothingBelow,
            LocksDoNotFit,
            TargetLocked,
            NotBelow,
            ScopeOutside,
        ):
            return
        self.check(code, far)

    def check(self, code: str, far: str) -> None:
        """Every family the split went through sums exactly."""
        levels = {"1": 1, "2": 2, "": 9, "kept": 1, "mandal": 1}[far]
        family = [code]
        for _level in range(levels):
            for above in family:
                found = queries.gap(programme=self.drive, node=self.id(above), on=TODAY)
                assert not found.children or (found.sums and not found.without), (above, far, found)
            family = [
                child
                for above in family
                for child in self.trees.children(1, above)
                if self.trees.units[child].closed_on is None
            ]

    def plan(self) -> None:
        """Take over a plan: only the targets that do not sum then are reported."""
        made = self.a_plan()
        chosen = {self.one("d", "m", "b") for _each in range(self.rng.randrange(1, 8))}
        for code in chosen:
            PlanPart.objects.create(
                plan=made,
                unit_id=self.id(code),
                parent_id=self.id("pc0"),
                n=self.rng.randrange(900),
                weight_basis="electors",
                is_locked=self.rng.random() < 0.3,
                set_at=AT,
            )
        try:
            found = actions.take_over_plan(
                **self.given,  # type: ignore[arg-type]  # one bundle
                plan_public_id=made.public_id,
                per_100=Decimal(100),
            )
        except (PlanUnplaced, PlanDisagrees):
            return
        inside = {below for code in self.scope for below in self.trees.below(1, code)}
        touched = {
            above
            for code in chosen & inside
            if self.trees.units[code].closed_on is None
            for above in (code, *self.trees.above(1, code))
            if above in inside
        }
        assert found.taken == len(touched)
        told = {one.unit_id: (one.n, one.below, one.without) for one in found.misfits}
        for code in touched:
            gap = queries.gap(programme=self.drive, node=self.id(code), on=TODAY)
            is_split = gap.children > gap.without
            assert (self.id(code) in told) == (is_split and not gap.sums), (code, gap)
            if is_split and not gap.sums:
                assert told[self.id(code)] == (gap.target, gap.below, gap.without)

    def a_plan(self) -> Plan:
        election, _made = Election.objects.get_or_create(
            code="LS2024",
            defaults={"public_id": uuid4(), "kind": "parliament", "year": 2024, "names": {}, "made_at": AT},
        )
        return Plan.objects.create(
            public_id=uuid4(),
            names={"en": "Plan"},
            election=election,
            level="pc",
            unit=self.trees.units["state"],
            party="BJP",
            method="uniform",
            made_at=AT,
        )

    def back(self) -> None:
        versions = list(TargetVersion.objects.filter(programme=self.drive).order_by("pk"))
        to, code = self.rng.choice(versions), self.one("state", "d", "m")
        inside = {below for scope in self.scope for below in self.trees.below(1, scope)}
        inside |= {above for scope in self.scope for above in self.trees.above(1, scope)}
        own = code in inside and self.rng.random() < 0.5
        here = [self.id(below) for below in self.trees.below(1, code)[not own :] if below in inside]
        open_ones = [unit for unit in here if not self.is_closed(unit)]
        then = {
            target.unit_id: (target.n, target.is_locked, target.basis, target.is_plans_lock)
            for target in Target.objects.filter(
                programme=self.drive, unit_id__in=open_ones, version_id__lte=to.pk
            )
            if target.replaced_by is None or target.replaced_by > to.pk
        }
        actions.go_back(**self.given, unit_id=self.id(code), version=to.public_id, own=own)  # type: ignore[arg-type]  # one bundle
        now = {
            target.unit_id: (target.n, target.is_locked, target.basis, target.is_plans_lock)
            for target in Target.objects.filter(programme=self.drive, unit_id__in=open_ones, replaced_at=None)
        }
        assert now == then

    def settled(self) -> None:
        """The kept targets that do not sum are the ones that adding up finds, unit by unit."""
        kept = set(TargetMisfit.objects.filter(programme=self.drive).values_list("unit_id", flat=True))
        found = set()
        for unit in self.trees.units.values():
            gap = queries.gap(programme=self.drive, node=unit.pk, on=TODAY)
            if gap.target is not None and gap.children > gap.without and not gap.sums and not unit.closed_on:
                found.add(unit.pk)
        assert kept == found

    def is_closed(self, unit_id: int) -> bool:
        return any(unit.pk == unit_id and unit.closed_on for unit in self.trees.units.values())


@pytest.mark.examples(5, 40)
@settings(
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.integers(0, 10**9), st.lists(st.sampled_from(STEPS), min_size=8, max_size=20))
def test_after_every_split_the_parts_sum_exactly_and_what_does_not_sum_is_known(
    seed: int, steps: list[str]
) -> None:
    with transaction.atomic(), system("test"):
        history = History(seed)
        for step in steps:
            getattr(history, step)()
        written = Target.objects.filter(programme=history.drive, replaced_at=None)
        assert written.count() == len(set(written.values_list("unit_id", flat=True)))
        assert not Target.objects.filter(n__lt=0).exists()
        history.settled()
        before = list(TargetMisfit.objects.values_list("unit_id", flat=True).order_by("unit_id"))
        actions.settle_due(at=AT)
        assert list(TargetMisfit.objects.values_list("unit_id", flat=True).order_by("unit_id")) == before
        transaction.set_rollback(True)


@given(st.integers(0, 10**9), st.integers(0, 10**9), st.integers(0, 400))
def test_the_pace_of_the_days_left_reaches_the_target_and_no_day_less_would(
    target: int, counted: int, days: int
) -> None:
    found = pace.needed_per_day(target, counted, days)
    if found is None:
        assert days == 0 and counted < target
    else:
        assert counted + found * days >= target
        assert not found or counted + (found - 1) * days < target


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(1, 10), st.integers(0, 99)), max_size=12))
def test_of_figures_inside_one_another_only_the_outermost_count(found: list[tuple[int, int, int]]) -> None:
    # A tree: nested by construction, for each begins where its number says and is cut at the parent's end.
    rows: list[NestedFigure] = []
    ends = 0
    for lo, size, n in sorted(found, key=lambda one: (one[0], -one[1])):
        hi = lo + size if lo >= ends else min(lo + size, ends)
        if any(row.lo == lo for row in rows):
            continue
        ends = max(ends, hi)
        rows.append(NestedFigure(1, lo, hi, n))
    kept = nested.topmost(rows)
    for row in rows:
        holders = [other for other in kept if other.lo <= row.lo < other.hi]
        assert len(holders) == 1 and (row in kept) == (holders[0] == row)
