"""What a review reads of the helpline: how many requests wait at a unit's desk, and how long answers take."""

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext as _

from abhiyan.programmes.rules import small_cells
from abhiyan.ui.reviewed import Part, Subject

from .queries import desk_of
from .templatetags.times import took

DAYS = 90


def reviewed(of: Subject, *, at: datetime) -> Iterator[Part]:
    """Numbers of the requests at the unit's desk; rounded for who does not see the people there."""
    desk = desk_of(of.unit_id, days=DAYS, at=at)
    lines = [
        (label, small_cells.said(n if of.is_exact else small_cells.shown(n)))
        for label, n in (
            (_("Waiting"), desk.waiting),
            (_("Overdue"), desk.overdue),
            (_("Solved"), desk.solved),
        )
    ]
    if desk.median_h is not None:
        lines.append((_("Half were answered within"), took(desk.median_h)))
    yield Part(_("Helpline, last %(days)s days") % {"days": DAYS}, lines)
