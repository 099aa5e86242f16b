"""A review shows the calls in a unit, or those of an office-bearer."""

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext as _

from abhiyan.core import clock
from abhiyan.core.words import name_in_language
from abhiyan.programmes.queries import running_of_kind
from abhiyan.ui.numbers import grouped
from abhiyan.ui.reviewed import ReviewedPart, Subject

from . import grades, numbers
from .queries import KIND
from .rules.grades import GRADES, HELP, PART, WELL

DAYS = 90


def reviewed(subject: Subject, *, at: datetime) -> Iterator[ReviewedPart]:
    """Yield the calls given, noted and confirmed in the last days, if there were any. In the scope of the review.

    For a unit, also how the organisation is doing in the booths called, for who sees the people there.
    """
    if subject.account_id is not None:
        calls = numbers.calls_of(subject.account_id, days=DAYS, at=at)
    else:
        calls = numbers.calls_in((subject.lo, subject.hi), days=DAYS, at=at)
    if calls.n_given:
        yield ReviewedPart(calls.title, calls.lines)
    if subject.account_id is None and subject.is_exact and KIND in subject.kinds:
        yield from _graded(subject, at=at)


def _graded(subject: Subject, *, at: datetime) -> Iterator[ReviewedPart]:
    for programme in running_of_kind(KIND, at):
        on, span = clock.day_in(programme.zone, at), (subject.lo, subject.hi)
        if programme.hierarchy != subject.hierarchy:
            continue
        if (graded := grades.grades_of_unit(programme, subject.unit_id, span, on=on)) is not None:
            title = _("Organisation in the booths: %(programme)s") % {
                "programme": name_in_language(programme.names)
            }
            names = (_("Booths called"), GRADES[WELL], GRADES[PART], GRADES[HELP])
            yield ReviewedPart(title, list(zip(names, map(grouped, graded.by_grade), strict=True)))
