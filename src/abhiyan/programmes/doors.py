"""The way from a unit's page to its tasks, meetings and reports, for who leads it; from search to counts."""

from collections.abc import Iterator
from datetime import datetime
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from abhiyan.core.words import named
from abhiyan.org.rules.capabilities import LEADS
from abhiyan.org.viewer import Viewer
from abhiyan.ui.addresses import address_of
from abhiyan.ui.doors import Door
from abhiyan.units.queries import UnitRow

from . import queries

MOST = 3  # programmes that search shows the counts of


def doors(viewer: Viewer, *, at: datetime, unit: UnitRow | None = None, text: str = "") -> Iterator[Door]:  # noqa: ARG001  # alike for every room
    """unit: for its page. text: for search, what fits the name of an open programme, or the word for counts."""
    if unit is not None and unit.lo is not None and viewer.may_at(LEADS, unit.lo):
        asked = urlencode({"show": "unit", "unit": unit.code})
        yield Door(_("Tasks"), f"{address_of('programmes:tasks')}?{asked}", icon="list")
        asked = urlencode({"unit": unit.code})
        yield Door(_("Meetings and reports"), f"{address_of('programmes:asked')}?{asked}", icon="list")
    if text:
        names_them = len(text) > 2 and text.casefold() in str(_("Counts")).casefold()
        for one in queries.search("" if names_them else text, limit=MOST, only_open=True):
            yield Door(
                _("Counts of %(name)s") % {"name": named(one.names)},
                address_of("programmes:counts", one.public_id),
                about=_("by unit, week, channel and age band"),
            )
