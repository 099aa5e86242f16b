"""This room knows how far a programme is prepared: in-charges, targets, meetings and reports."""

from collections.abc import Iterator
from datetime import date

from django.utils.translation import gettext as _

from abhiyan.programmes.models import Programme
from abhiyan.programmes.queries.charges import coverage
from abhiyan.units.models import Kind

from .numbers import preparation
from .rules.prepared import PreparedLine

LEVELS = 3  # of in-charges, the highest first


def prepared(programme: Programme, *, lo: int, hi: int, on: date) -> Iterator[PreparedLine]:
    """Yield its lines at positions [lo, hi): numbers alone. In a system scope."""
    for level in coverage(programme, lo=lo, hi=hi, on=on)[:LEVELS]:
        kind = str(Kind(level.kind).label).lower()
        label = _("In-charges named: %(kind)s") % {"kind": kind}
        yield PreparedLine(label, level.units - level.missing, level.units)
    n_targets, n_asked, n_done = preparation(programme)
    yield PreparedLine(_("Targets set"), n_targets)
    if n_asked:
        yield PreparedLine(_("Workshops and meetings held"), n_done, n_asked)
