"""Show an open incident on Today with its next report, and the notice to the second data officer."""

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from abhiyan.org.models import Release
from abhiyan.org.viewer import Viewer
from abhiyan.ui.numbers import grouped
from abhiyan.ui.owed import Owed

from .queries import clocks_of, incident_reports, incidents_of


def incident_todo(viewer: Viewer, *, at: datetime) -> Iterator[Owed]:  # noqa: ARG001  # Today gives the hour
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


def incident_page(release: Release) -> str:
    """Return the page where the notice of an incident was asked for."""
    return reverse("incidents:incident", args=[release.payload["incident"]])


def notice_details(release: Release) -> list[str]:
    """Return sentences for the second data officer: how many people, and the words they read."""
    n = release.payload["n"]
    first = ngettext(
        "%(n)s person is affected and gets an SMS.", "%(n)s people are affected and get an SMS.", n
    ) % {"n": grouped(n)}
    words = [f"{language}: {text}" for language, text in sorted(release.payload["words"].items())]
    return [first, _("My page of each says what happened, and who read it."), *words]
