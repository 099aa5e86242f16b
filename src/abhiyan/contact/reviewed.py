"""A dossier shows the call centres of a unit where a programme calls: at work, silent, talks and open promises."""

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext as _

from abhiyan.core.scope import system
from abhiyan.core.words import named
from abhiyan.programmes.queries import running_of_kind
from abhiyan.ui.reviewed import ReviewedPart, Subject

from .numbers import called_in
from .rules.kinds import KIND


def reviewed(of: Subject, *, at: datetime) -> Iterator[ReviewedPart]:
    """Yield the call centres of each programme that runs in a unit and has some there. Nothing of an office-bearer.

    No query for a unit where no contact runs. Calls and promises are rounded for who does not see the people.
    """
    if of.account_id is not None or KIND not in of.kinds:
        return
    with system("call centres in a dossier, numbers alone"):
        found = [
            (one, called_in(one, (of.lo, of.hi), is_exact=of.is_exact, at=at))
            for one in running_of_kind(KIND, at)
            if one.hierarchy == of.hierarchy
        ]
    for one, lines in found:
        if lines is not None:
            yield ReviewedPart(_("Call centres: %(name)s") % {"name": named(one.names)}, lines.lines)
