"""The helpline tells a review how many requests wait at a unit's desk and below, and how long answers take."""

from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _

from abhiyan.core import small_cells
from abhiyan.ui.numbers import grouped
from abhiyan.ui.reviewed import ReviewedPart, Subject

from .numbers import desk_numbers, requests_below
from .templatetags.times import took

DAYS = 90


def reviewed(subject: Subject, *, at: datetime) -> Iterator[ReviewedPart]:
    """Numbers of the requests at the unit's desk, and of what waits there and below.

    Somebody who does not see the people there reads what was solved up to the last closed day, in whole tens. Open
    requests are known only as of now, and a time moves with each answer: both would tell of one person.
    """
    if not subject.is_exact:
        until = small_cells.until(at, settings.TIME_ZONE)
        solved = desk_numbers(subject.unit_id, days=DAYS, at=at, until=until).solved
        lines = [(_("Solved at this desk"), small_cells.seen_count(solved, is_exact=False))]
        yield ReviewedPart(_("Helpline, last %(days)s days") % {"days": DAYS}, lines)
        return
    desk, below = (
        desk_numbers(subject.unit_id, days=DAYS, at=at),
        requests_below((subject.lo, subject.hi), at=at),
    )
    lines = [
        (_("Waiting at this desk"), grouped(desk.waiting)),
        (_("Overdue at this desk"), grouped(desk.overdue)),
        (_("Solved at this desk"), grouped(desk.solved)),
        (_("Waiting here and below"), below.figure),
        (_("Overdue here and below"), below.overdue_figure),
    ]
    if desk.median_h is not None:
        lines.append((_("Half were answered within"), took(desk.median_h)))
    yield ReviewedPart(_("Helpline, last %(days)s days") % {"days": DAYS}, lines)
