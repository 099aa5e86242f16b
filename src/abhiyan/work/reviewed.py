"""Programmes in a review: tasks of the unit or the office-bearer, and meetings and reports asked of the unit."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext as _

from abhiyan.core import clock
from abhiyan.core.numbers import grouped
from abhiyan.ui.reviewed import ReviewedPart, Subject

from . import numbers
from .queries import schedules
from .rules.schedules import due_shares

HALF_A_YEAR = timedelta(days=183)


def reviewed(subject: Subject, *, at: datetime) -> Iterator[ReviewedPart]:
    """Yield tasks given to and by an office-bearer, or those of the unit's offices; meetings and reports asked."""
    if subject.account_id is None:
        unit = numbers.task_numbers(at=at, unit_id=subject.unit_id)
        n, late = numbers.unfinished_below((subject.lo, subject.hi), at=at)
        here_and_below = [
            (_("Not finished, here and below"), grouped(n)),
            (_("Late now, here and below"), grouped(late)),
        ]
        of_unit_itself = [
            (_("Open, of this unit"), grouped(unit.open)),
            (_("Late now, of this unit"), grouped(unit.late)),
        ]
        yield ReviewedPart(_("Tasks"), [*here_and_below, *of_unit_itself])
    else:
        task_numbers = numbers.task_numbers(at=at, account_id=subject.account_id)
        tasks_given = numbers.task_numbers(at=at, asked_by=subject.account_id)
        yield ReviewedPart(_("Their tasks"), [*task_numbers.open_lines, *task_numbers.ended_lines])
        yield ReviewedPart(_("Tasks they gave"), tasks_given.open_lines)
    yield _asked(subject, at=at)


def _asked(subject: Subject, *, at: datetime) -> ReviewedPart:
    """Return how much of what the unit was asked in the last half year came in, on time and late, and what is
    silent."""
    since = clock.day_in(settings.TIME_ZONE, at) - HALF_A_YEAR
    owings = schedules.unit_owings(subject.unit_id, [subject.hierarchy], since=since, at=at, with_ended=True)
    due, on_time, late, silent = due_shares(schedules.sign_counts(owings, at=at))
    return ReviewedPart(
        _("Meetings and reports asked of this unit"),
        [
            (_("Due so far"), grouped(due)),
            (_("Done on time"), grouped(on_time)),
            (_("Done late"), grouped(late)),
            (_("Silent"), grouped(silent)),
        ],
    )
