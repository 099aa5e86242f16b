"""A small world of units in three trees, and programmes on it."""

import random
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from uuid import uuid4

from abhiyan.core import news
from abhiyan.core.scope import system
from abhiyan.elections.models import Election, Plan, PlanPart
from abhiyan.org.tests.make import World
from abhiyan.programmes import actions
from abhiyan.programmes.models import Measure, Programme
from abhiyan.units.models import Placement, Unit
from abhiyan.units.news import MovedBranch, UnitsMoved

AT = datetime(2026, 11, 20, 9, tzinfo=UTC)  # 14:30 in India
TODAY = date(2026, 11, 20)
OPENS = date(2026, 11, 1)
CLOSES = date(2026, 11, 30)
BASE = 2**56
GAP = 1000


class Trees:
    """Units by code; parents per hierarchy. `place` derives every range again, as a move would."""

    def __init__(self) -> None:
        self.units: dict[str, Unit] = {}
        self.parents: dict[int, dict[str, str | None]] = {1: {}, 2: {}, 3: {}}

    def add(self, code: str, kind: str = "booth", electors: int | None = 1000, **parents: str | None) -> Unit:
        """parents: org=, ele=, adm= codes of parents; "" makes it a root there, left out is not placed there."""
        unit = Unit.objects.create(code=code, kind=kind, names={"en": code.title()}, electors=electors)
        self.units[code] = unit
        for hierarchy, name in ((1, "org"), (2, "ele"), (3, "adm")):
            if name in parents:
                self.parents[hierarchy][code] = parents[name] or None
        return unit

    def children(self, hierarchy: int, code: str | None) -> list[str]:
        return [child for child, parent in self.parents[hierarchy].items() if parent == code]

    def below(self, hierarchy: int, code: str) -> list[str]:
        found = [code]
        for child in self.children(hierarchy, code):
            found += self.below(hierarchy, child)
        return found

    def place(self) -> None:
        Placement.objects.all().delete()
        rows: list[Placement] = []
        for hierarchy in self.parents:
            position = hierarchy * BASE
            for root in self.children(hierarchy, None):
                position, _leaves = self._walk(rows, hierarchy, root, 0, position)
        Placement.objects.bulk_create(rows)

    def _walk(
        self, rows: list[Placement], hierarchy: int, code: str, depth: int, position: int
    ) -> tuple[int, int]:
        parent = self.parents[hierarchy][code]
        row = Placement(
            hierarchy=hierarchy,
            unit=self.units[code],
            parent=self.units[parent] if parent else None,
            depth=depth,
            lo=position,
            valid_from=date(2020, 1, 1),
        )
        rows.append(row)
        position, leaves = position + GAP, 0
        for child in self.children(hierarchy, code):
            position, below = self._walk(rows, hierarchy, child, depth + 1, position)
            leaves += below
        row.hi, row.leaves = position, leaves or 1
        return position, row.leaves

    def above(self, hierarchy: int, code: str) -> list[str]:
        parent = self.parents[hierarchy][code]
        return [*self.above(hierarchy, parent), parent] if parent else []

    def move(self, hierarchy: int, code: str, to: str | None) -> None:
        """Move a branch and tell of it, as the units room does."""
        before = self._ancestors(hierarchy, code)
        self.parents[hierarchy][code] = to
        self.place()
        self._tell(hierarchy, code, before, self._ancestors(hierarchy, code))

    def rearrange(self, hierarchy: int, parents: Mapping[str, str]) -> None:
        """Move many branches at once, some into others, and tell of it as a list does: once, at its end."""
        before = {code: self._ancestors(hierarchy, code) for code in parents}
        self.parents[hierarchy] |= parents
        self.place()
        branches = [
            MovedBranch(
                here.unit_id, before[code], self._ancestors(hierarchy, code), here.lo or 0, here.hi or 0
            )
            for code in parents
            for here in Placement.objects.filter(hierarchy=hierarchy, unit=self.units[code])
        ]
        news.tell(UnitsMoved(hierarchy, tuple(branches), TODAY))

    def enter(self, hierarchy: int, code: str, to: str | None) -> None:
        self.parents[hierarchy][code] = to
        self.place()
        self._tell(hierarchy, code, (), self._ancestors(hierarchy, code))

    def leave(self, hierarchy: int, code: str) -> None:
        """Take a branch out of a tree; told of before."""
        self._tell(hierarchy, code, self._ancestors(hierarchy, code), ())
        for one in self.below(hierarchy, code):
            del self.parents[hierarchy][one]
        self.place()

    def _ancestors(self, hierarchy: int, code: str) -> tuple[int, ...]:
        return tuple(self.units[one].pk for one in self.above(hierarchy, code))

    def _tell(self, hierarchy: int, code: str, old: tuple[int, ...], new: tuple[int, ...]) -> None:
        here = Placement.objects.get(hierarchy=hierarchy, unit=self.units[code])
        assert here.lo is not None and here.hi is not None
        branch = MovedBranch(self.units[code].pk, old, new, here.lo, here.hi)
        news.tell(UnitsMoved(hierarchy, (branch,), TODAY))

    def resize(self) -> None:
        for hierarchy in self.parents:
            actions.resize(hierarchy=hierarchy)


def state(districts: int = 2, mandals: int = 2, booths: int = 3) -> Trees:
    """A nation of one state: district-mandal-booth in the organisation, constituency-segment-booth for elections."""
    trees = Trees()
    trees.add("nation", "nation", org="", ele="", adm="")
    trees.add("state", "state", org="nation", ele="nation", adm="nation")
    for c in range(2):
        trees.add(f"pc{c}", "constituency", ele="state")
        for s in range(2):
            trees.add(f"ac{c}{s}", "segment", ele=f"pc{c}")
    number = 0
    for d in range(districts):
        trees.add(f"d{d}", "district", org="state", adm="state")
        for m in range(mandals):
            trees.add(f"m{d}{m}", "mandal", org=f"d{d}")
            for b in range(booths):
                # booths of a district are spread over segments: the trees cross
                trees.add(
                    f"b{d}{m}{b}",
                    "booth",
                    electors=500 + 100 * b,
                    org=f"m{d}{m}",
                    ele=f"ac{number % 2}{number // 2 % 2}",
                )
                number += 1
    trees.place()
    return trees


def programme(owner: Unit, *, opens: date = OPENS, closes: date = CLOSES, **more: object) -> Programme:
    made = Programme.objects.create(
        public_id=uuid4(),
        kind="drive",
        names={"en": "Membership drive", "hi": "सदस्यता अभियान"},
        state="open",
        owner=owner,
        opens_on=opens,
        closes_on=closes,
        made_at=AT,
        **more,
    )
    Measure.objects.create(programme=made, number=1, code="enrolments", names={"en": "Members", "hi": "सदस्य"})
    return made


def plan_of(world: World, **parts: int | tuple[int, bool]) -> Plan:
    """A plan of the first state, with what it gives units below a seat: unit code -> number, or number and lock."""
    with system("test"):
        election, _made = Election.objects.get_or_create(
            code="LS2024",
            defaults={"public_id": uuid4(), "kind": "parliament", "year": 2024, "names": {}, "made_at": AT},
        )
        plan = Plan.objects.create(
            public_id=uuid4(),
            names={"en": "Plan"},
            election=election,
            level="pc",
            unit_id=world.unit("N1"),
            party="BJP",
            method="uniform",
            made_at=AT,
            found={"range": [2, 3, 4, 900, 1_000, 1_100, 40.0]},
        )
        for code, given in parts.items():
            n, is_locked = given if isinstance(given, tuple) else (given, False)
            PlanPart.objects.create(
                plan=plan,
                unit_id=world.unit(code),
                parent_id=world.unit("C1"),
                n=n,
                is_locked=is_locked,
                weight_basis="electors",
                set_at=AT,
            )
    return plan


def spread(rng: random.Random, codes: Iterable[str]) -> str:
    return rng.choice(sorted(codes))


def taken(page: str, act: str = "targets/split/") -> dict[str, str]:
    """Return what the form under the differences of a page would send."""
    form = re.split(rf'action="[^"]*{act}', page)[1].split("</form>", 1)[0]
    return dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))
