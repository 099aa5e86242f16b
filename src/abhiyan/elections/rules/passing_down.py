"""A number of votes passed down a tree (seat, segment, mandal, booth) so that every level sums exactly.

Each unit's number is split among its children by weight, in whole votes, by largest remainder (Hamilton's method; see
`abhiyan.units.rules.split`). A locked unit keeps its number, wherever it stands, and its siblings share the rest. The
split looks ahead to locks further down. A mandal never gets less than its locked booths have; one whose booths are all
locked gets what they sum to. Locks that leave no way to sum stay, and the gap is reported.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, Literal, TypeVar

from abhiyan.units.rules import split

Key = TypeVar("Key", bound=Hashable)
Basis = Literal["electors", "votes", "class", "equal"]

# How much more a vote is sought where it decides: what a class makes of electors, in per cent; without a class all of
# them. Targets of programmes start from the same (`queries.CLASS_FACTORS`).
CLASS_FACTORS: dict[str | None, int] = {"strong": 100, "swing": 150, "weak": 60, None: 100}


@dataclass(frozen=True, slots=True)
class Facts:
    """A unit is weighed by these facts; None: unknown."""

    electors: int | None = None
    votes: int | None = None  # our side's, in the result the plan starts from
    code: str | None = None  # its class


def weight(of: Facts, basis: Basis, factors: Mapping[str | None, int] = CLASS_FACTORS) -> int | None:
    """A unit's own weight among its sisters: electors, last votes, electors by class, or one each; None: unknown."""
    if basis == "equal":
        return 1
    if basis == "votes":
        return of.votes
    if of.electors is None or basis == "electors":
        return of.electors
    return of.electors * factors.get(of.code, factors.get(None, 1))


@dataclass(frozen=True, slots=True)
class UnitWeights(Generic[Key]):
    """of: what each unit weighs among its sisters, None where unknown. bases: what it is weighed by, which is not what
    was asked for where that says nothing of any of its sisters."""

    of: dict[Key, int | None]
    bases: dict[Key, Basis]


def weights(
    top: Key,
    children: Mapping[Key, Sequence[Key]],
    facts: Mapping[Key, Facts],
    basis: Basis,
    bases: Mapping[Key, Basis] | None = None,
) -> UnitWeights[Key]:
    """Return the weights of all units below `top`.

    children: the whole tree. bases: of single parents, for their children; else `basis`. A basis may say nothing of a
    whole group of sisters (no result, no class at or below any of them). They are then weighed by electors, or equally
    where those are unknown too. By class, a unit without a class of its own weighs what the units below it do.
    """
    order = _from_the_top(top, children)
    by_class, classed = _by_class(order[:0:-1], children, facts)
    unit_weights: UnitWeights[Key] = UnitWeights({}, {})
    nothing = Facts()
    for parent in order:
        below = children.get(parent, ())
        basis_here = (bases or {}).get(parent, basis)
        for used in (basis_here, "electors", "equal"):
            if used == "class":
                weights_known = {key: by_class[key] for key in below} if classed.intersection(below) else {}
            else:
                weights_known = {key: weight(facts.get(key, nothing), used) for key in below}
            if any(weights_known.values()):
                break
        unit_weights.of.update(weights_known)
        unit_weights.bases.update(dict.fromkeys(below, used))
    return unit_weights


def _by_class(
    upwards: Sequence[Key], children: Mapping[Key, Sequence[Key]], facts: Mapping[Key, Facts]
) -> tuple[dict[Key, int | None], set[Key]]:
    """Weights by class, and those units that have a class at or below them. upwards: children before parents."""
    class_weights: dict[Key, int | None] = {}
    classed: set[Key] = set()
    for key in upwards:
        below, facts_here = children.get(key, ()), facts.get(key, Facts())
        class_weights[key] = weight(facts_here, "class")
        if facts_here.code is not None:
            classed.add(key)
        elif classed.intersection(below):
            classed.add(key)
            parts = [class_weights[child] for child in below]
            if None not in parts:
                class_weights[key] = sum(n or 0 for n in parts)
    return class_weights, classed


@dataclass(frozen=True, slots=True)
class SumGap(Generic[Key]):
    """A unit whose children do not sum to its number: locks are too many (locked > total), or all are locked."""

    parent: Key
    total: int
    locked: int


@dataclass(frozen=True, slots=True)
class Cascade(Generic[Key]):
    """parts: unit -> number, the top included. gaps: where children do not sum, empty if all is well.

    averaged: units without a known weight, which were given the average weight of their sisters.
    """

    parts: dict[Key, int]
    gaps: tuple[SumGap[Key], ...] = ()
    averaged: tuple[Key, ...] = ()


@dataclass(slots=True)
class _Bounds(Generic[Key]):
    """low: what locks at or below a unit take. fixed: nothing below is free, so it can take nothing else."""

    low: dict[Key, int] = field(default_factory=dict)
    fixed: set[Key] = field(default_factory=set)


def cascaded(
    top: Key,
    total: int,
    children: Mapping[Key, Sequence[Key]],
    weights: Mapping[Key, int | None],
    locks: Mapping[Key, int] | None = None,
) -> Cascade[Key]:
    """Pass `total` down from `top`.

    children: parent -> its children, in a steady order (it decides between equal remainders); a tree. weights: of each
    child among its sisters, not negative; None or absent: unknown. locks: unit -> the number it keeps; one on `top` is
    not looked at. Unless a gap is reported, the children of a unit sum to its number exactly.
    """
    locks = locks or {}
    order = _from_the_top(top, children)
    bounds = _bounds(order, children, locks)
    parts: dict[Key, int] = {top: total}
    gaps: list[SumGap[Key]] = []
    averaged: list[Key] = []
    for parent in order:
        below = children.get(parent, ())
        if not below:
            continue
        weighed, guessed = _weighed(below, weights)
        averaged += guessed
        fixed = {key: bounds.low[key] for key in below if key in bounds.fixed}
        split_parts = _split(parts[parent], weighed, fixed, bounds.low)
        if split_parts is None:
            split_parts = {key: bounds.low[key] for key in below}
        if (taken := sum(split_parts.values())) != parts[parent]:
            gaps.append(SumGap(parent, parts[parent], taken))
        parts |= split_parts
    return Cascade(parts, tuple(gaps), tuple(averaged))


def _from_the_top(top: Key, children: Mapping[Key, Sequence[Key]]) -> list[Key]:
    order, seen = [top], {top}
    for key in order:
        for child in children.get(key, ()):
            if child in seen:
                raise ValueError(f"{child} stands in two places")
            seen.add(child)
            order.append(child)
    return order


def _bounds(
    order: Sequence[Key], children: Mapping[Key, Sequence[Key]], locks: Mapping[Key, int]
) -> _Bounds[Key]:
    limits: _Bounds[Key] = _Bounds()
    for key in reversed(order):
        below = children.get(key, ())
        if key in locks:
            limits.low[key] = locks[key]
            limits.fixed.add(key)
        else:
            limits.low[key] = sum(limits.low[child] for child in below)
            if below and all(child in limits.fixed for child in below):
                limits.fixed.add(key)
    return limits


def _weighed(keys: Sequence[Key], weights: Mapping[Key, int | None]) -> tuple[dict[Key, int], list[Key]]:
    """The weights of sisters; those without one get the average of the others, and are named."""
    weights_known = {key: n for key in keys if (n := weights.get(key)) is not None}
    unknown = [key for key in keys if key not in weights_known]
    average = round(sum(weights_known.values()) / len(weights_known)) if weights_known else 1
    return {key: weights_known.get(key, average) for key in keys}, unknown


def _split(
    total: int, weights: Mapping[Key, int], fixed: Mapping[Key, int], low: Mapping[Key, int]
) -> dict[Key, int] | None:
    """Parts around the fixed ones, none below `low`; None where that cannot be.

    A unit that would get less than its low is given it, and the rest is split again among the others. They can only get
    less, so no raised unit needs a second look.
    """
    parts_held = dict(fixed)
    while True:
        parts = split.around_locks(total, weights, parts_held)
        if parts is None:
            return None
        short = [key for key, n in parts.items() if key not in parts_held and n < low[key]]
        if not short:
            return parts
        parts_held |= {key: low[key] for key in short}


@dataclass(frozen=True, slots=True)
class NumberChange(Generic[Key]):
    """A unit's number before and after; None where it had or has none."""

    key: Key
    before: int | None
    after: int | None

    @property
    def n(self) -> int:
        return (self.after or 0) - (self.before or 0)


def split_changes(before: Mapping[Key, int], after: Mapping[Key, int]) -> list[NumberChange[Key]]:
    """List what a new split changes, unit by unit, in the order of `after`, then what it no longer has."""
    keys = [*after, *(key for key in before if key not in after)]
    return [
        NumberChange(key, before.get(key), after.get(key))
        for key in keys
        if before.get(key) != after.get(key)
    ]
