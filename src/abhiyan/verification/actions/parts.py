"""A frame's districts are cut into constituencies and other units when it is frozen."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from itertools import groupby

import numpy as np

from abhiyan.verification.models import Stratum, StratumPart
from abhiyan.verification.queries.items import ShadeItems
from abhiyan.verification.queries.parts import chains_across
from abhiyan.verification.rules.parts import Chain, counted_in


def stratum_parts(
    cells: Sequence[ShadeItems], strata: Mapping[str, Stratum], hierarchy: int
) -> list[StratumPart]:
    """Cut strata by the constituencies and other units their items lie in; nothing is saved. In the system's scope.

    strata: of the cells, by key, saved. hierarchy: of the programme.
    """
    sizes: dict[str, dict[int, int]] = {}
    for cell in cells:
        places, counts = np.unique(cell.places, return_counts=True)
        sizes[cell.key] = dict(zip(places.tolist(), counts.tolist(), strict=True))
    chains = chains_across(
        {place for n_by_place in sizes.values() for place in n_by_place},
        above={unit for stratum in strata.values() for unit in stratum.above},
        hierarchy=hierarchy,
    )
    made: list[StratumPart] = []
    of_district = [list(shade_items) for _, shade_items in groupby(cells, key=lambda cell: cell.unit_id)]
    for tree, chain_of in chains.items():
        for district in of_district:
            whole: Counter[Chain] = Counter()
            for cell in district:
                for place, n in sizes[cell.key].items():
                    whole[chain_of.get(place, ())] += n
            counted = counted_in(whole)
            for cell in district:
                places_of: dict[Chain, list[int]] = defaultdict(list)
                for place in sizes[cell.key]:
                    places_of[counted[chain_of.get(place, ())]].append(place)
                made += [
                    StratumPart(
                        stratum=strata[cell.key],
                        hierarchy=tree,
                        units=list(chain),
                        places=places,
                        items=sum(sizes[cell.key][place] for place in places),
                    )
                    for chain, places in places_of.items()
                    if chain
                ]
    return made
