"""The way from a unit's page to the launch page of the drives that run there."""

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext as _

from abhiyan.core.words import named
from abhiyan.org.here import address
from abhiyan.org.viewer import Viewer
from abhiyan.programmes import queries as programmes
from abhiyan.ui.addresses import address_of
from abhiyan.ui.doors import Door
from abhiyan.units.queries import UnitRow

RUNS = "programmes.run"
MOST = 3  # the newest that are open


def doors(viewer: Viewer, *, at: datetime, unit: UnitRow | None = None, text: str = "") -> Iterator[Door]:  # noqa: ARG001  # alike for every room
    """unit: for its page, to who runs drives there. Nothing for search."""
    if unit is None or unit.lo is None or not viewer.may_at(RUNS, unit.lo):
        return
    for public_id, names in programmes.open_over(unit.id, limit=MOST):
        yield Door(
            _("Launch day: %(programme)s") % {"programme": named(names)},
            address(address_of("site:launch", public_id), unit.code),
            icon="today",
        )
