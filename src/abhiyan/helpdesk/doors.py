"""The way from a unit's page to its open needs."""

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from abhiyan.core.numbers import grouped
from abhiyan.org.here import address
from abhiyan.org.viewer import Viewer
from abhiyan.ui.addresses import address_of
from abhiyan.ui.doors import Door
from abhiyan.units.queries import UnitRow

from . import queries


def doors(viewer: Viewer, *, at: datetime, unit: UnitRow | None = None, text: str = "") -> Iterator[Door]:  # noqa: ARG001  # alike for every room
    """unit: for its page, how many needs of its people wait, to who answers there. Nothing for search: `found` does."""
    if unit is None or unit.lo is None or unit.hi is None or not viewer.may_at(queries.ANSWER, unit.lo):
        return
    n, late = queries.needs((unit.lo, unit.hi), at=at)
    many = grouped(n) + ("+" if n == queries.MOST_NEEDS else "")
    said = ngettext("%(n)s open need", "%(n)s open needs", n) % {"n": many} if n else _("No open need")
    if late:
        said += ", " + ngettext("%(n)s overdue", "%(n)s overdue", late) % {"n": grouped(late)}
    yield Door(said, address(address_of("helpdesk:tickets"), unit.code), icon="phone")
