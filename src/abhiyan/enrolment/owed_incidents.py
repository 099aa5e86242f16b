"""Rows of Today: an open incident asks its data officers for the next report."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from abhiyan.org.models import Release
from abhiyan.org.viewer import Viewer
from abhiyan.ui.owed import Owed

from .queries.incidents import clocks_of, incident_reports, incidents_of


def open_incidents(viewer: Viewer) -> Iterator[Owed]:
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
            href=reverse("enrolment:incident", args=[incident.public_id]),
            act=_("Open the incident"),
            icon="alert",
            due_at=due.due_at if due else None,
            key=f"incident-{incident.pk}",
        )


def incident_page(release: Release) -> str:
    """Return the page where the notice of an incident was asked for."""
    return reverse("enrolment:incident", args=[release.payload["incident"]])
