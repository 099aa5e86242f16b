"""The links from a unit's page to its calls, and to the organisation in its booths."""

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext as _

from abhiyan.core import clock
from abhiyan.core.words import name_in_language
from abhiyan.org.here import unit_address
from abhiyan.org.rules.capabilities import LEADS
from abhiyan.org.viewer import Viewer
from abhiyan.programmes.queries import covers_part, running_of_kind
from abhiyan.ui.addresses import address_of
from abhiyan.ui.doors import Door
from abhiyan.units.queries import UnitRow

from . import grades, queries


def doors(viewer: Viewer, *, at: datetime, unit: UnitRow | None = None, text: str = "") -> Iterator[Door]:  # noqa: ARG001  # alike for every room
    """Link a unit's page to its running programmes, for leaders who see its people. Search uses the menu instead."""
    if unit is None or unit.lo is None or unit.hi is None:
        return
    if not viewer.sees_people_at(unit.lo) or not viewer.may_at(LEADS, unit.lo):
        return
    for programme in running_of_kind(queries.KIND, at):
        if covers_part(programme, (unit.lo, unit.hi)):
            page = address_of("dialogues:board", programme.public_id)
            yield Door(
                _("Calls to booth presidents: %(programme)s")
                % {"programme": name_in_language(programme.names)},
                unit_address(page, unit.code),
                icon="phone",
            )
            on = clock.day_in(programme.zone, at)
            if graded := grades.grades_of_unit(programme, unit.id, (unit.lo, unit.hi), on=on):
                page = address_of("dialogues:organisation", programme.public_id)
                yield Door(grades.grades_in_words(graded), unit_address(page, unit.code), icon="phone")
