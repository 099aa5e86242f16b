"""List for Today the first steps of setting up an installation: shown until all of them are done."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from abhiyan.core.scope import system
from abhiyan.org import queries as org
from abhiyan.org.here import unit_address
from abhiyan.org.queries import WorkHolder
from abhiyan.org.viewer import Viewer
from abhiyan.programmes import queries as programmes
from abhiyan.programmes.models import Programme
from abhiyan.programmes.rules import activities
from abhiyan.units import queries as units
from abhiyan.units.models import Hierarchy

MAKE = "programmes.make"


@dataclass(frozen=True, slots=True)
class FirstStep:
    """One thing to do first.

    href: where the viewer does it; empty where another does it, or an earlier step comes first. doer: who else does
    it. asked: who was offered the office and has not answered. after: the title of the step that comes first.
    """

    title: str | Promise
    text: str | Promise
    act: str | Promise
    icon: str
    is_done: bool
    href: str = ""
    doer: WorkHolder | None = None
    asked: WorkHolder | None = None
    after: str | Promise = ""

    @property
    def offer(self) -> str:
        """Return the address of the offer that waits for an answer."""
        return reverse("org:appointment", args=[self.asked.appointment]) if self.asked else ""


def steps_for_viewer(viewer: Viewer, *, on: date) -> list[FirstStep]:
    """Return the first steps for a viewer who may do one of them. The list is empty once all are done.

    An office-bearer is appointed once somebody holds every right that the later steps ask. A data officer has none of
    them, and an offer that nobody has accepted gives none.
    """
    needs = [need for activity in activities.registered_activities() for need in activity.needs]
    rights = {MAKE, *(need.page.capability for need in needs)}
    if not viewer.is_root and not viewer.may_any(*rights):
        return []
    if programmes.is_any_open():  # the last of them, in the viewer's own sight
        return []
    with system("which first steps are done"):
        roots = units.roots(Hierarchy.ORGANISATIONAL)
        doers = org.holders_of(rights, on=on)
        work_holders = org.holders_of(rights - doers.keys(), on=on, state="offered")
        lacking = activities.programme_needs()
        is_open = programmes.is_any_open()
    is_appointed = rights <= doers.keys()
    if roots and is_appointed and is_open and not lacking:
        return []
    import_units = FirstStep(
        _("Import the units"),
        _("States, districts and all below them down to the booths, from a table."),
        _("Import"),
        "upload",
        bool(roots),
        reverse("imports:begin", args=["units"]) if viewer.may("imports.units") else "",
    )
    may_appoint = viewer.may("org.appoint")
    appoint = FirstStep(
        _("Appoint an office-bearer"),
        _(
            "Appoint somebody at the top, such as the president. You can appoint yourself with "
            "your own number. Only an office can publish the notice and open programmes."
        ),
        _("Appoint"),
        "user",
        is_appointed,
        unit_address(reverse("org:appoint"), roots[0].code, Hierarchy.ORGANISATIONAL)
        if roots and may_appoint
        else "",
        asked=None if is_appointed else next(iter(work_holders.values()), None),
        after="" if roots or not may_appoint else import_units.title,
    )

    def later(
        right: str,
        href: str,
        *,
        may: bool,
        is_done: bool,
        title: str | Promise,
        about: str | Promise,
        act: str | Promise,
        icon: str,
        before: Sequence[FirstStep],
    ) -> FirstStep:
        first = next((step for step in before if not step.is_done), None)
        doer = doers.get(right)
        return FirstStep(
            title,
            about,
            act,
            icon,
            is_done,
            href if may else "",
            None if may else doer,
            after="" if may or doer or first is None else first.title,
        )

    first_steps = [import_units, appoint]
    for need in needs:
        first_steps.append(
            later(
                need.page.capability,
                reverse(need.page.url_name),
                may=need.page.opens(viewer.may),
                is_done=need not in lacking,
                title=need.title,
                about=need.about,
                act=need.act,
                icon="edit",
                before=first_steps,
            )
        )
    draft = programmes.programmes_for(viewer).filter(state=Programme.State.DRAFT).first()
    first_steps.append(
        later(
            MAKE,
            reverse("programmes:draft", args=[draft.public_id, "check"])
            if draft
            else reverse("programmes:create"),
            may=viewer.may(MAKE),
            is_done=is_open,
            title=_("Open a programme"),
            about=_("Such as a membership drive: where, from when to when, who is in charge."),
            act=_("Go on with the draft") if draft else _("New programme"),
            icon="plus",
            before=first_steps,
        )
    )
    return first_steps
