"""*Ready to launch?*: what a programme needs before its first day, and who does what is missing."""

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from abhiyan.core import clock
from abhiyan.core.scope import system
from abhiyan.core.words import name_in_language
from abhiyan.org import queries as org
from abhiyan.org.queries import NotYours
from abhiyan.org.viewer import Request
from abhiyan.pages.launch_checks import CheckedThing, launch_things
from abhiyan.programmes import queries as programmes
from abhiyan.ui.readiness import Readiness
from abhiyan.units import queries as units

RUN = "programmes.run"
KINDS = {Readiness.OK: "ok", Readiness.MISSING: "bad", Readiness.UNKNOWN: "warn"}


@dataclass(frozen=True, slots=True)
class ReadyRow:
    """A check as the page shows it. href: where the reader mends it; who: else which office does, or the operator."""

    thing: CheckedThing
    kind: str
    word: str
    href: str
    who: str


@require_safe
def ready(request: Request, public_id: UUID) -> HttpResponse:
    """Show the checks of one programme: what is due and missing first. For who runs it, and the administrator."""
    viewer, at = request.viewer, clock.now()
    programme = programmes.programme_for(viewer, public_id)
    lo, _hi = units.span(programme.owner_id, programme.hierarchy)
    if not (viewer.may_at(RUN, lo) or viewer.is_root):
        raise NotYours(capability=RUN)
    things = launch_things(programme, at)
    rights = {launch_row.check.capability for launch_row in things if launch_row.check.capability}
    with system("who does what a launch lacks"):
        doers = org.holders_of(rights, on=clock.day_in(programme.zone, at))
    words = {
        Readiness.OK: _("Ready"),
        Readiness.MISSING: _("Missing"),
        Readiness.UNKNOWN: _("Not known"),
    }

    def row(launch_row: CheckedThing) -> ReadyRow:
        state, right = launch_row.finding.state, launch_row.check.capability
        may = bool(right) and viewer.may_at(right, lo)
        who = ""
        if state != Readiness.OK and not (may and launch_row.finding.href):
            doer = doers.get(right)
            who = doer.title() if doer else _("The operator of the server") if not right else _("Nobody yet")
        return ReadyRow(launch_row, KINDS[state], words[state], launch_row.finding.href if may else "", who)

    rows = [row(launch_row) for launch_row in things]
    lacking = [ready_row for ready_row in rows if ready_row.thing.finding.state != Readiness.OK]
    lacking.sort(key=lambda ready_row: (not ready_row.thing.is_urgent, ready_row.thing.due_on))
    name, page = name_in_language(programme.names), reverse("programmes:programme", args=[public_id])
    title = _("Ready to launch?")
    context = {
        "here": "programmes",
        "crumbs": [(_("Programmes"), reverse("programmes:list")), (name, page), (title, "")],
        "title": title,
        "programme": programme,
        "name": name,
        "lacking": lacking,
        "is_ready": not any(ready_row.thing.finding.state == Readiness.MISSING for ready_row in rows),
        "done": [ready_row for ready_row in rows if ready_row.thing.finding.state == Readiness.OK],
    }
    return render(request, "pages/ready.html", context)
