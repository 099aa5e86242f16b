"""Make a tree again from its parent pointers."""

from dataclasses import dataclass

from django.db import transaction

from abhiyan.core import sql
from abhiyan.units.trees.laying import MANY, lock_tree, relay, without_empty_plans


@dataclass(frozen=True, slots=True)
class Derived:
    """units: how many are in the tree; shifted: how many have other positions; lost: not reachable from a root."""

    units: int
    shifted: int
    lost: int


def derive(*, hierarchy: int) -> Derived:
    """Positions, depths and leaves of a whole hierarchy from its parent pointers, which are the truth.

    For a hierarchy that was filled by other means, and for `doctor`; acts keep them by themselves. A unit that no root
    leads to gets no position, so nobody but `doctor` sees it.
    """
    with transaction.atomic():
        lock_tree(hierarchy)
        with without_empty_plans(MANY + 1):
            shifted = relay(hierarchy, None)
        lost = sql.run(
            "update units_placement p set lo = null, hi = null where p.hierarchy = %s and p.valid_to is null"
            " and not exists (select from t_place t where t.unit = p.unit_id)",
            [hierarchy],
        )
        return Derived(units=sql.value("select count(*) from t_place"), shifted=shifted, lost=lost)
