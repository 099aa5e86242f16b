"""Verifiers are checked as workers are: their tallies beside the others', by exact tests. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import numpy as np
from scipy.special import gammaln

FALSE = 0.05  # how often somebody is named where nobody differs
PAIRS = 20  # blind second checks: with fewer, how two agree is mostly luck
K = TypeVar("K")
Tally = tuple[int, int]  # how many checks had a property, of how many


@dataclass(frozen=True, slots=True)
class Unlike(Generic[K]):
    """A verifier whose tally is unlike the others'. share, others: from 0 to 1; chance: of that by luck.

    Both are of the same parts in the same mixture: others is what the others found where this verifier checked.
    """

    key: K
    share: float
    others: float
    chance: float


def unlike(tallies: Mapping[K, Mapping[Any, Tally]], *, false: float = FALSE) -> list[Unlike[K]]:
    """Return verifiers whose share differs from that of all others together, most unlikely first.

    tallies: verifier -> part -> tally. Items are assigned at random within a part, such as a district, so
    honest verifiers differ there by luck alone; parts differ in truth, and who checks where does too. So the
    test is exact given each part's sums (Fisher's, and Zelen's over several parts, 1971). The most unlikely is
    named and leaves the rest, then the next is tried, each at `false` over the remaining ones (Holm 1979). So
    one cheat makes nobody else look odd.
    """
    left = {key: parts for key, parts in tallies.items() if any(n for _, n in parts.values())}
    unlike_ones: list[Unlike[K]] = []
    while len(left) > 1:
        whole: dict[Any, list[int]] = {}
        for parts in left.values():
            for part, (hits, n) in parts.items():
                sums = whole.setdefault(part, [0, 0])
                sums[0] += hits
                sums[1] += n
        tried = [
            unlike_one
            for key, parts in left.items()
            if (unlike_one := _beside(key, parts, whole)) is not None
        ]
        oddest = min(tried, key=lambda one: one.chance, default=None)
        if oddest is None or oddest.chance > false / len(left):
            break
        unlike_ones.append(oddest)
        del left[oddest.key]
    return unlike_ones


def _beside(key: K, parts: Mapping[Any, Tally], whole: Mapping[Any, list[int]]) -> Unlike[K] | None:
    """Return one verifier beside all others; None where nobody else checked in the same parts."""
    luck = np.ones(1)  # how probable each number of hits is, if only luck decides
    first = hits = checks = 0
    expected = 0.0
    for part, (n_own, n) in parts.items():
        had, n_of_whole = whole[part]
        if not n or n_of_whole == n:
            continue
        low, chances = _by_luck(n, had, n_of_whole)
        luck, first = np.convolve(luck, chances), first + low
        hits, checks = hits + n_own, checks + n
        expected += n * (had - n_own) / (n_of_whole - n)
    if not checks:
        return None
    chance = float(luck[luck <= luck[hits - first] * (1 + 1e-7)].sum())
    return Unlike(key, hits / checks, expected / checks, min(1.0, chance))


def _by_luck(n: int, had: int, of: int) -> tuple[int, Any]:
    """Return the least number of hits among n checks, and how probable it and each above it is (hypergeometric)."""
    low, high = max(0, n + had - of), min(n, had)
    hits = np.arange(low, high + 1)
    ways = _choose(had, hits) + _choose(of - had, n - hits) - _choose(of, n)
    return low, np.exp(ways)


def _choose(of: int, taken: Any) -> Any:
    return gammaln(of + 1) - gammaln(taken + 1) - gammaln(of - taken + 1)
