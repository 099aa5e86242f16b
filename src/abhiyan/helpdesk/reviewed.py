"""The helpline tells a review how many requests wait at a unit's desk and below, and how long answers take."""

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext as _

from abhiyan.core import small_cells
from abhiyan.ui.reviewed import ReviewedPart, Subject

from .queries import desk_of, needs, said_needs
from .templatetags.times import took

DAYS = 90


def reviewed(of: Subject, *, at: datetime) -> Iterator[ReviewedPart]:
    """Numbers of the requests at the unit's desk, and of what waits there and below; rounded for who does not see the
    people there."""
    desk, (n, late) = desk_of(of.unit_id, days=DAYS, at=at), needs((of.lo, of.hi), at=at)
    lines = [
        (label, small_cells.said(n if of.is_exact else small_cells.shown(n)))
        for label, n in (
            (_("Waiting at this desk"), desk.waiting),
            (_("Overdue at this desk"), desk.overdue),
            (_("Solved at this desk"), desk.solved),
        )
    ]
    lines += [
        (label, said_needs(n) if of.is_exact else small_cells.said(small_cells.shown(n)))
        for label, n in ((_("Waiting here and below"), n), (_("Overdue here and below"), late))
    ]
    if desk.median_h is not None:
        lines.append((_("Half were answered within"), took(desk.median_h)))
    yield ReviewedPart(_("Helpline, last %(days)s days") % {"days": DAYS}, lines)
