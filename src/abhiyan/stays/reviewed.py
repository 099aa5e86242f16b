"""A dossier shows the places and reports of a running programme of stays; that of an office-bearer their field days."""

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext as _

from abhiyan.core.scope import system
from abhiyan.core.words import name_in_language
from abhiyan.forms.queries.heard import answers_in_words
from abhiyan.ui.reviewed import ReviewedPart, Subject

from . import numbers, queries


def reviewed(subject: Subject, *, at: datetime) -> Iterator[ReviewedPart]:
    """Yield the field days of an office-bearer, and the places of a unit by state with what workers heard.

    No query for a unit where no stays run. Somebody who does not see the people reads whole tens of the last closed
    day.
    """
    if subject.account_id is not None:
        with system("field days of who is reviewed"):
            days = numbers.days_by_month(subject.account_id, at=at)
        if days:
            yield ReviewedPart(_("Field days"), days)
    if queries.KIND not in subject.kinds:
        return
    with system("places in a dossier, numbers alone"):
        counted = [
            (
                programme,
                numbers.places_in(programme, (subject.lo, subject.hi), at=at, is_exact=subject.is_exact),
                answers_in_words(
                    numbers.reports_in(programme, (subject.lo, subject.hi), at=at, is_exact=subject.is_exact)
                ),
            )
            for programme in queries.to_staff(at)
        ]
    for programme, places, answers in counted:
        if places.total:
            yield ReviewedPart(name_in_language(programme.names), places.lines)
        if answers:
            yield ReviewedPart(numbers.heard_title(programme), answers)
