"""A dossier shows the call centres of a unit where a programme calls, and what the field heard there."""

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext as _

from abhiyan.core.scope import system
from abhiyan.core.words import name_in_language
from abhiyan.forms.queries.heard import HeardIn, answers_in_words, forms_answered, heard_in, room_questions
from abhiyan.programmes.queries import running_of_kind
from abhiyan.ui.reviewed import ReviewedPart, Subject

from .numbers import called_in
from .rules.kinds import KIND


def reviewed(subject: Subject, *, at: datetime) -> Iterator[ReviewedPart]:
    """Yield the call centres of each programme that runs in a unit and has some there, and what the field heard.

    Nothing of an office-bearer.
    No query for a unit where no contact runs. Calls, promises and answers are rounded for who does not see the people.
    """
    if subject.account_id is not None or KIND not in subject.kinds:
        return
    with system("call centres in a dossier, numbers alone"):
        numbers = [
            (programme, called_in(programme, (subject.lo, subject.hi), is_exact=subject.is_exact, at=at))
            for programme in running_of_kind(KIND, at)
            if programme.hierarchy == subject.hierarchy
        ]
        place = HeardIn(subject.lo, subject.hi, at, sees_all=subject.is_exact)
        answers = answers_in_words(heard_in(place, forms_answered(place), room_questions()))
    if answers:
        yield ReviewedPart(_("What the field heard"), answers)
    for one, lines in numbers:
        if lines is not None:
            yield ReviewedPart(
                _("Call centres: %(name)s") % {"name": name_in_language(one.names)}, lines.lines
            )
