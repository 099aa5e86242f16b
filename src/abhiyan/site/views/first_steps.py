"""What whoever sets an installation up does first, for Today: shown until all of it is done."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from abhiyan.core.scope import system
from abhiyan.org import queries as org
from abhiyan.org.here import address
from abhiyan.org.viewer import Viewer
from abhiyan.programmes import queries as programmes
from abhiyan.programmes.rules import activities
from abhiyan.units import queries as units
from abhiyan.units.models import Hierarchy


@dataclass(frozen=True, slots=True)
class FirstStep:
    """One thing to do first. href: where, or empty for one that this viewer may not do, or not yet."""

    title: str | Promise
    text: str | Promise
    act: str | Promise
    icon: str
    is_done: bool
    href: str = ""


def steps(viewer: Viewer) -> list[FirstStep]:
    """The first steps, for those who may do them; none as soon as all are done."""
    needs = [need for each in activities.every() for need in each.needs]
    if not viewer.is_root and not viewer.may_any(*(need.page.capability for need in needs)):
        return []
    if programmes.is_any_open():  # the last of them, in the viewer's own sight
        return []
    with system("which first steps are done"):
        roots = units.roots(Hierarchy.ORGANISATIONAL)
        is_appointed = org.is_anybody_appointed()
        lacking = activities.lacking()
        is_open = programmes.is_any_open()
    if roots and is_appointed and is_open and not lacking:
        return []
    appoint = ""
    if roots and viewer.may("org.appoint"):
        appoint = address(reverse("org:appoint"), roots[0].code, Hierarchy.ORGANISATIONAL)
    return [
        FirstStep(
            _("Import the units"),
            _("States, districts and all below them down to the booths, from a table."),
            _("Import"),
            "upload",
            bool(roots),
            reverse("imports:begin", args=["units"]) if viewer.may("imports.units") else "",
        ),
        FirstStep(
            _("Appoint an office-bearer"),
            _(
                "Appoint somebody at the top, such as the president. You can appoint yourself with "
                "your own number. Only an office can publish the notice and open programmes."
            ),
            _("Appoint"),
            "user",
            is_appointed,
            appoint,
        ),
        *(
            FirstStep(
                need.title,
                need.about,
                need.act,
                "edit",
                need not in lacking,
                reverse(need.page.url_name) if need.page.opens(viewer.may) else "",
            )
            for need in needs
        ),
        FirstStep(
            _("Open a programme"),
            _("Such as a membership drive: where, from when to when, who is in charge."),
            _("New programme"),
            "plus",
            is_open,
            reverse("programmes:create") if viewer.may("programmes.make") else "",
        ),
    ]
