"""Constituencies and other units that cut through districts: which entries of a frame are counted in them. Pure."""

from collections.abc import Mapping

Chain = tuple[int, ...]  # units of one tree, from the top: a constituency, then its segment; () for none

LEAST = 10  # entries of a district; a part with fewer is counted in no unit
TOLD = 38  # entries of a unit in a frame; a unit with fewer has no figure: at most half are drawn


def counted_in(sizes: Mapping[Chain, int]) -> dict[Chain, Chain]:
    """Say where each part of a district is counted, so that no part is so small that a number names somebody.

    sizes: how many entries of the district lie in each chain of one tree. A part below LEAST is counted in no unit.
    If all that is in no unit is below LEAST too, the largest part takes it. So figures of units, and what is left
    between them, differ by LEAST entries of a district or by none.
    """
    kept = {chain: n for chain, n in sizes.items() if chain and n >= LEAST}
    rest = sum(sizes.values()) - sum(kept.values())
    takes_rest = max(kept, key=lambda chain: (kept[chain], chain)) if kept and rest < LEAST else ()
    return {chain: chain if chain in kept else takes_rest for chain in sizes}
