"""`abhiyan doctor --launch` asks the checks of *Ready to launch?*, for each programme that is about to begin."""

from collections.abc import Iterable
from datetime import datetime

from django.utils import translation

from abhiyan.core.doctor import FAIL, OK, WARN, DoctorFinding
from abhiyan.core.words import name_in_language
from abhiyan.ui.readiness import Readiness

from .launch_checks import about_to_begin, launch_things


def launch_findings(at: datetime) -> Iterable[DoctorFinding]:
    """Fail for a check that is missing and due. One that is due later, or not known, is a warning."""
    programmes = about_to_begin(at)
    if not programmes:
        yield DoctorFinding(OK, "no programme begins within the next 60 days")
    with translation.override("en"):
        for programme in programmes:
            for row in launch_things(programme, at):
                state = row.finding.state
                level = OK if state == Readiness.OK else FAIL if row.is_urgent else WARN
                yield DoctorFinding(
                    level,
                    f"{name_in_language(programme.names, 'en')}, {row.check.title}: {row.finding.said}",
                    "" if level == OK else f"{row.check.why} See /launch/{programme.public_id}/ready/",
                    {"check": row.check.code, "state": state.value, "due": row.due_on.isoformat()},
                )


LAUNCH = {"launch": launch_findings}
