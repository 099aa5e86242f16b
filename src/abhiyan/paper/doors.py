"""Link to the paper forms of a unit."""

from collections.abc import Iterator
from datetime import datetime
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from abhiyan.enrolment.rules.channels import RECORD
from abhiyan.org.viewer import Viewer
from abhiyan.ui.addresses import address_of
from abhiyan.ui.doors import Door
from abhiyan.units.queries import UnitRow


def paper_doors(
    viewer: Viewer,
    *,
    at: datetime,  # noqa: ARG001  # alike for every room
    unit: UnitRow | None = None,
    text: str = "",  # noqa: ARG001  # the same
) -> Iterator[Door]:
    """Yield the link of a unit's page to people who record joiners there; search finds none."""
    if unit is not None and unit.lo is not None and viewer.may_at(RECORD, unit.lo):
        yield Door(_("Paper forms"), f"{address_of('paper:paper_list')}?{urlencode({'unit': unit.code})}")


doors = paper_doors
