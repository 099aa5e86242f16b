"""Offer Today the open incidents, each with the report that the law wants next."""

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from abhiyan.org.viewer import Viewer
from abhiyan.ui.owed import Owed

from .queries import clocks_of, incident_reports, incidents_of


def todo(viewer: Viewer, *, at: datetime) -> Iterator[Owed]:
    """Yield each open incident of the viewer's units, with the report that the law wants next."""
    for incident in incidents_of(viewer, only_open=True):
        waiting = [
            report for report in clocks_of(incident, incident_reports(incident)) if report.sent_at is None
        ]
        due = next((report for report in waiting if not report.is_at_once), None)
        names = ", ".join(str(report.label) for report in waiting)
        yield Owed(
            urgency=-1 if waiting else 2,
            title=_("Incident: %(kind)s") % {"kind": incident.label},
            meta=_("To report: %(reports)s") % {"reports": names}
            if waiting
            else _("Every report is noted. Close the incident."),
            href=reverse("incidents:incident", args=[incident.public_id]),
            act=_("Open the incident"),
            icon="alert",
            due_at=due.due_at if due else None,
            key=f"incident-{incident.pk}",
        )
