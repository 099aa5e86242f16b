"""What stands at a unit itself, and at none below it: why the figures of its children do not add up to its own."""

from dataclasses import replace
from datetime import datetime

from abhiyan.core import prepared
from abhiyan.programmes.models import Programme
from abhiyan.programmes.rules import ladder as rung
from abhiyan.programmes.rules.ladder import Ladder
from abhiyan.programmes.rules.small_cells import shown

from .ledger import Node, counted_below, node_of


def standing_here(
    *, node: int | Node, hierarchy: int, programme: Programme, measure: int = 1, at: datetime
) -> Ladder | None:
    """The ladder of what has no place below this unit yet; None where there is nothing, or too little to be shown.

    Shown by the rules of `ledger`: exact where the scope in force sees the people, else rounded and as of the last
    closed day. One query by keys.
    """
    here = node if isinstance(node, Node) else node_of(node, hierarchy)
    if here is None:
        return None
    until = here.until(programme.zone, at, None)
    query, values = counted_below(replace(here, is_large=False, is_childless=True, has_own=False), until)
    with prepared.cursor() as cursor:
        cursor.execute(
            f"select rung, sum(n)::bigint from ({query}) rows where measure = %(measure)s group by 1",
            values | {"programmes": [programme.pk], "measure": measure},
        )
        sums: dict[int, int] = dict(cursor.fetchall())

    def figure(number: int) -> int | None:
        n = sums.get(number, 0)
        return n if here.is_exact else shown(n)

    found = Ladder(
        reported=figure(rung.REPORTED),
        unsigned=figure(rung.UNSIGNED),
        counted=figure(rung.COUNTED),
        confirmed=figure(rung.CONFIRMED),
        is_rounded=not here.is_exact,
    )
    return found if found.reported or found.unsigned or found.counted else None
