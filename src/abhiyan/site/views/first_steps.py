"""What whoever sets an installation up does first, for Today: shown until all of it is done."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from abhiyan.core.scope import system
from abhiyan.enrolment.actions import notices
from abhiyan.org import queries as org
from abhiyan.org.viewer import Viewer
from abhiyan.programmes import queries as programmes
from abhiyan.units import queries as units
from abhiyan.units.models import Hierarchy


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do first. href: where, or empty for one that this viewer may not do, or not yet."""

    title: str | Promise
    text: str | Promise
    act: str | Promise
    icon: str
    is_done: bool
    href: str = ""


def steps(viewer: Viewer) -> list[Step]:
    """The first steps, for those who may do them; none as soon as all are done."""
    if not viewer.is_root and not viewer.may(notices.PUBLISH):
        return []
    with system("which first steps are done"):
        roots = units.roots(Hierarchy.ORGANISATIONAL)
        is_appointed = org.is_anybody_appointed()
        has_notice = not notices.is_lacking()
        is_open = programmes.is_any_open()
    if roots and is_appointed and has_notice and is_open:
        return []
    appoint = ""
    if roots and viewer.may("org.appoint"):
        appoint = f"{reverse('org:appoint')}?unit={roots[0].code}&hierarchy={Hierarchy.ORGANISATIONAL.value}"
    return [
        Step(
            _("Import the units"),
            _("States, districts and all below them down to the booths, from a table."),
            _("Import"),
            "upload",
            bool(roots),
            reverse("imports:new") if viewer.may("imports.units") else "",
        ),
        Step(
            _("Appoint an office-bearer"),
            _(
                "Somebody at the top, such as a president; it may be yourself, by your own number. Only an office "
                "publishes the notice and opens programmes."
            ),
            _("Appoint"),
            "user",
            is_appointed,
            appoint,
        ),
        Step(
            _("Publish the notice"),
            _("What people read before they join: what is kept of them and why."),
            _("Write"),
            "edit",
            has_notice,
            reverse("enrolment:notice") if viewer.may(notices.PUBLISH) else "",
        ),
        Step(
            _("Open a programme"),
            _("Such as a membership drive: where, from when to when, who is in charge."),
            _("New programme"),
            "plus",
            is_open,
            reverse("programmes:create") if viewer.may("programmes.make") else "",
        ),
    ]
