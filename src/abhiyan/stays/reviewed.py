"""A dossier shows how far the places of a running programme of stays are; that of an office-bearer their field days."""

from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _

from abhiyan.core import small_cells
from abhiyan.core.scope import system
from abhiyan.core.words import named
from abhiyan.ui.reviewed import ReviewedPart, Subject

from . import queries
from .recorded import days_by_month
from .words import STATES


def reviewed(of: Subject, *, at: datetime) -> Iterator[ReviewedPart]:
    """Yield the field days of an office-bearer, and the places of a unit by state.

    No query for a unit where no stays run. Somebody who does not see the people reads whole tens of the last closed
    day.
    """
    if of.account_id is not None:
        with system("field days of who is reviewed"):
            days = days_by_month(of.account_id, at=at)
        if days:
            yield ReviewedPart(_("Field days"), days)
    if queries.KIND not in of.kinds:
        return
    span, until = (of.lo, of.hi), small_cells.until(at, settings.TIME_ZONE)
    with system("places in a dossier, numbers alone"):
        counted = [
            (
                programme,
                queries.states_in(programme, span, at=at)
                if of.is_exact
                else queries.states_before(programme, span, at=at, until=until),
            )
            for programme in queries.to_staff(at)
        ]
    for programme, numbers in counted:
        if sum(numbers.values()):
            lines = [
                (STATES[state][0], small_cells.seen(n, is_exact=of.is_exact)) for state, n in numbers.items()
            ]
            yield ReviewedPart(named(programme.names), lines)
