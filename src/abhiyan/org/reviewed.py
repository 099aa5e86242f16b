"""Tell a review which offices are vacant below an office-bearer."""

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext as _

from abhiyan.core.words import active_language
from abhiyan.ui.reviewed import ReviewedPart, Subject

from .queries import ask_vacancies_below
from .responsible import vacant_below


def reviewed(subject: Subject, *, at: datetime) -> Iterator[ReviewedPart]:
    """Yield the vacancies below an office-bearer's unit; a unit's own page has them already."""
    if subject.account_id is None:
        return
    vacancies = vacant_below(
        ask_vacancies_below(subject.unit_id, subject.hierarchy, at=at)(), active_language()
    )
    yield ReviewedPart(
        _("Vacant below"),
        [(office.name, office.words) for office in vacancies] or [(_("No office is vacant"), "")],
    )
