"""Vacancies in words, for Today, a unit's page, a dossier, paper and slides; and when they are counted beforehand."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from abhiyan.core.numbers import grouped

WIDE = 5_000  # childless units below; of fewer a page counts the appointments themselves
TRUSTED = timedelta(
    minutes=30
)  # an older count is not shown: the loop stands still, and the page counts itself


@dataclass(frozen=True, slots=True)
class VacantBelow:
    """One office: how many units below should have a holder, and how many have none."""

    name: str
    vacant: int
    expected: int

    @property
    def words(self) -> str:
        return _("%(n)s of %(of)s") % {"n": grouped(self.vacant), "of": grouped(self.expected)}


def vacant_words(n: int) -> str:
    """Say how many offices are vacant in a unit and below."""
    words = ngettext("%(n)s office is vacant here and below", "%(n)s offices are vacant here and below", n)
    return words % {"n": grouped(n)}
