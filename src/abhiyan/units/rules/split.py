"""Splitting a number among units so that the parts sum to it exactly (largest remainder, Hamilton's method)."""

from collections.abc import Mapping, Sequence
from typing import TypeVar

Key = TypeVar("Key")


def in_proportion(total: int, weights: Sequence[int]) -> list[int]:
    """Whole numbers that sum to `total`, each within one of its exact share by weight.

    Units that flooring leaves over go one by one to the largest remainders; equal remainders to the earlier one. If no
    weight is known (all zero), the shares are equal. Empty weights take nothing.
    """
    if total < 0 or any(weight < 0 for weight in weights):
        raise ValueError("totals and weights are not negative")
    if not weights:
        return []
    whole = sum(weights)
    if not whole:
        weights, whole = [1] * len(weights), len(weights)
    parts = [total * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda at: (-(total * weights[at] % whole), at))
    for at in by_remainder[: total - sum(parts)]:
        parts[at] += 1
    return parts


def equally(total: int, among: int) -> list[int]:
    """`total` in parts that differ by at most one, the larger ones first."""
    return in_proportion(total, [1] * among)


def around_locks(total: int, weights: Mapping[Key, int], locked: Mapping[Key, int]) -> dict[Key, int] | None:
    """Parts for every key of `weights` that sum to `total`, the locked ones unchanged.

    None when no such split exists: the locked parts alone exceed the total, or everything is locked and they
    do not sum to it.
    """
    free = [key for key in weights if key not in locked]
    rest = total - sum(locked[key] for key in weights if key in locked)
    if rest < 0 or (rest and not free):
        return None
    parts = dict(zip(free, in_proportion(rest, [weights[key] for key in free]), strict=True))
    return {key: locked.get(key, parts.get(key, 0)) for key in weights}
