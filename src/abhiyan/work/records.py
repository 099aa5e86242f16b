"""A phone keeps the forms of meetings and reports that its holder owes."""

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from abhiyan.core.words import name_in_language
from abhiyan.org.queries import own_work
from abhiyan.org.viewer import Viewer
from abhiyan.ui.addresses import address_of
from abhiyan.ui.records import KeptPage, RecordKind

from .actions.schedules import due_href
from .queries.schedules import owed_by
from .rules.schedules import DueState
from .views import dues
from .views.schedules import period_name

PAGE = "pages:field_due"
MOST = 6  # schedules


def kept_due_pages(viewer: Viewer, at: datetime) -> Iterator[KeptPage]:
    """Yield the forms of what the viewer's own offices owe and have not begun, the newest period of each."""
    with own_work(viewer):
        mine, _below = owed_by(viewer, at=at)
    for owing in mine[:MOST]:
        period, due = owing.periods[-1]
        if due is None or due.state in (DueState.OPEN, DueState.PLANNED):
            query = due_href(owing.schedule, owing.asked, period).partition("?")[2]
            where = f"{address_of(PAGE, owing.schedule.public_id)}?{query}"
            names = (
                name_in_language(owing.asked.body_names or owing.asked.names),
                period_name(owing.schedule, period),
            )
            yield KeptPage(where, owing.schedule.title, " · ".join(names))


RECORDS = (
    RecordKind(
        code="due",
        name=_("Report"),
        page=PAGE,
        tile="reports",
        take=dues.take_report,
        show=dues.show_report,
        keep=kept_due_pages,
        checked=(dues.HoldForm, dues.ReportForm),
    ),
)
