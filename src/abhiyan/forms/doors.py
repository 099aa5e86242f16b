"""Lead from a unit's page to the forms for their makers, and from search to a form by its name."""

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext as _

from abhiyan.core.scope import system
from abhiyan.core.words import name_in_language
from abhiyan.org import queries as org
from abhiyan.org.here import unit_address
from abhiyan.org.viewer import Viewer
from abhiyan.ui.addresses import address_of
from abhiyan.ui.doors import Door
from abhiyan.units.queries import UnitRow

from . import queries
from .queries.heard import HeardIn, is_answered
from .rules import quotes

MOST = 3  # forms that search shows
SHORTEST = 3  # letters of a name


def doors(viewer: Viewer, *, at: datetime, unit: UnitRow | None = None, text: str = "") -> Iterator[Door]:
    """unit: for its page, where the viewer makes forms, or reads what was answered. text: part of a form's name."""
    if unit is not None and unit.lo is not None and viewer.may_at(queries.MAKE, unit.lo):
        yield Door(_("Forms"), address_of("forms:list"), icon="list")
    if (
        unit is not None
        and unit.lo is not None
        and unit.kind in quotes.DESKS
        and org.decides(viewer, queries.CARRY, at=unit.id)
    ):
        yield Door(_("Opinions"), unit_address(address_of("forms:opinions"), unit.code), icon="people")
    if unit is not None and _has_answers(viewer, unit, at=at):
        yield Door(_("What the field heard"), unit_address(address_of("forms:heard"), unit.code), icon="list")
    if len(text) >= SHORTEST:
        for form in queries.forms_near(viewer).filter(queries.named_like(text)).order_by("-made_at")[:MOST]:
            yield Door(
                _("Form: %(name)s") % {"name": name_in_language(form.names)},
                address_of("forms:form", form.public_id),
                about=name_in_language(form.unit.names),
            )


def _has_answers(viewer: Viewer, unit: UnitRow, *, at: datetime) -> bool:
    if unit.lo is None or unit.hi is None or not (viewer.is_strong and viewer.sees_counts_at(unit.lo)):
        return False
    with system("whether anybody answered in a unit"):
        return is_answered(HeardIn.seen_by(viewer, (unit.lo, unit.hi), at=at))
