"""A dossier shows how far the places of a running programme of stays are."""

from collections.abc import Iterator
from datetime import datetime

from abhiyan.core import small_cells
from abhiyan.core.scope import system
from abhiyan.core.words import named
from abhiyan.ui.reviewed import ReviewedPart, Subject

from . import queries
from .words import STATES


def reviewed(of: Subject, *, at: datetime) -> Iterator[ReviewedPart]:
    """Yield the places of a unit by state. No query where no stays run; rounded for who does not see the people."""
    if queries.KIND not in of.kinds:
        return
    with system("places in a dossier, numbers alone"):
        found = [(one, queries.states_in(one, (of.lo, of.hi), at=at)) for one in queries.running(at)]
    for one, numbers in found:
        if sum(numbers.values()):
            lines = [
                (STATES[state][0], small_cells.said(n if of.is_exact else small_cells.shown(n)))
                for state, n in numbers.items()
            ]
            yield ReviewedPart(named(one.names), lines)
