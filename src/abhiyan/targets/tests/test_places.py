"""A target by places: it sums in any tree, and no place gets two where one is meant."""

import random
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils.translation import override
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from abhiyan.core.scope import system
from abhiyan.programmes import queries as programmes
from abhiyan.programmes.models import Programme, ProgrammeUnit
from abhiyan.programmes.tests.make import TODAY, Trees, programme
from abhiyan.targets import queries
from abhiyan.targets.refusals import NoPlaces
from abhiyan.units.models import Hierarchy, Unit
from abhiyan.units.rules import split

Nested = list[Any] | int
# A tree of units: a place is 1, a leaf that is none is 0.
NESTED = st.recursive(st.integers(0, 1), lambda below: st.lists(below, min_size=1, max_size=6), max_leaves=60)


def places(tree: Nested) -> int:
    return tree if isinstance(tree, int) else sum(map(places, tree))


def shares(total: int, tree: Nested) -> list[tuple[int, int]]:
    """The share of each leaf, as a split gives it from level to level; each with whether it is a place."""
    if isinstance(tree, int):
        return [(tree, total)]
    parts = split.in_proportion(total, [places(each) for each in tree])
    assert sum(parts) == total
    return [leaf for part, each in zip(parts, tree, strict=True) for leaf in shares(part, each)]


@given(tree=NESTED, each=st.integers(0, 5), more=st.integers(0, 59))
def test_by_number_of_places_every_place_gets_its_part_and_no_other_unit_any(
    tree: Nested, each: int, more: int
) -> None:
    n = places(tree)
    if not n:
        return
    more %= n
    found = shares(each * n + more, tree)
    assert sum(part for _is, part in found) == each * n + more
    assert {part for is_place, part in found if is_place} <= ({each, each + 1} if more else {each})
    assert not any(part for is_place, part in found if not is_place)


def grown(draw: random.Random) -> Trees:
    """A state: villages in two mandals, wards, closed booths, and booths without a village."""
    trees = Trees()
    trees.add("state", "state", org="", adm="", ele="")
    mandals = []
    for d in range(draw.randint(1, 3)):
        trees.add(f"d{d}", "district", org="state", adm="state")
        for m in range(draw.randint(1, 3)):
            mandals.append(f"m{d}{m}")
            trees.add(f"m{d}{m}", "mandal", org=f"d{d}", adm=f"d{d}")
    number = 0
    for mandal in mandals:
        for kind in draw.choices(("village", "ward"), weights=(3, 1), k=draw.randint(0, 4)):
            number += 1
            trees.add(f"{kind[0]}{number}", kind, adm=mandal)
            for b in range(draw.randint(0, 4)):
                org = draw.choice(mandals)  # a village may lie in two mandals of the organisation
                trees.add(f"b{number}-{b}", "booth", org=org, adm=f"{kind[0]}{number}")
        for b in range(draw.randint(0, 2)):
            trees.add(f"x{mandal}-{b}", "booth", org=mandal)
    trees.place()
    closed = [code for code in trees.units if code[0] == "b" and draw.random() < 0.15]
    Unit.objects.filter(code__in=closed).update(closed_on=TODAY - timedelta(days=1))
    for code in closed:
        trees.units[code].closed_on = TODAY
    return trees


def meant(trees: Trees, rule: str, hierarchy: int) -> set[str]:
    """The places of a rule, counted by hand."""
    is_open = {code for code, unit in trees.units.items() if unit.closed_on is None}
    stands, above = trees.parents[hierarchy], trees.parents[3]
    booths = sorted(code for code in stands if code in is_open and trees.units[code].kind == "booth")
    wards = sorted(code for code in stands if code in is_open and trees.units[code].kind == "ward")
    found: set[str] = set()
    if rule == "":
        found = {
            code
            for code in stands
            if code in is_open
            and trees.units[code].kind in ("booth", "village", "ward")
            and not any(child in is_open for child in trees.children(hierarchy, code))
        }
    if rule in ("village", "ward"):
        found = {code for code in stands if trees.units[code].kind == rule}
    first: dict[str, str] = {}
    if rule in ("booth_of_village", "village_and_town"):
        for booth in booths:
            village = above.get(booth)
            if village and trees.units[village].kind == "village":
                first.setdefault(village, booth)
    if rule in ("ward_of_town", "village_and_town"):
        for ward in wards:
            first.setdefault(above[ward] or "", ward)
    return found | set(first.values())


@pytest.mark.django_db
@pytest.mark.examples(4, 40)
@settings(
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(seed=st.integers(0, 10**6), each=st.integers(1, 3))
def test_in_any_tree_each_place_gets_what_is_meant_and_every_level_sums(seed: int, each: int) -> None:
    with system("test"), transaction.atomic():
        _each_rule_holds(grown(random.Random(seed)), each)
        transaction.set_rollback(True)


def _each_rule_holds(trees: Trees, each: int) -> None:
    for hierarchy, rules in (
        (Hierarchy.ORGANISATIONAL, ("", "booth_of_village")),
        (
            Hierarchy.ADMINISTRATIVE,
            ("", "village", "ward", "booth_of_village", "ward_of_town", "village_and_town"),
        ),
    ):
        one = programme(trees.units["state"], hierarchy=hierarchy.value)
        ProgrammeUnit.objects.create(programme=one, unit=trees.units["state"])
        for rule in rules:
            one.places = rule
            one.save(update_fields=["places"])
            _holds(one, trees, meant(trees, rule, hierarchy.value), each)


def _holds(one: Programme, trees: Trees, wanted: set[str], each: int) -> None:
    top = trees.units["state"].pk
    with override("en"):
        n = programmes.count_places(one, [top], on=TODAY)[top]
        assert n == len(wanted), (one.places, wanted)
        given_: dict[str, Any] = {
            "programme": one,
            "measure": 1,
            "unit_id": top,
            "own": each * n,
            "by": queries.basis("places"),
            "far": queries.ALL_THE_WAY,
            "on": TODAY,
        }
        if not n:
            with pytest.raises(NoPlaces):
                queries.planned_split(**given_)
            return
        found = {row.code: row.after or 0 for row in queries.planned_split(**given_).differences}
        fewer = queries.planned_split(**given_ | {"own": max(1, n // 2)}).differences
    got = {code: n for code, n in found.items() if trees.units[code].kind in ("booth", "village", "ward")}
    assert all(got[code] == each for code in wanted), (one.places, got, wanted)
    for code in found:
        below = [found[child] for child in trees.children(one.hierarchy, code) if child in found]
        assert code in wanted or not below or sum(below) == found[code]
    assert max(row.after or 0 for row in fewer if row.code in wanted) == 1, (
        "half as many: one or none, never two"
    )
