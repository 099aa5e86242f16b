"""List what no room below can say: failed and recent imports, and the work of an office."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from django.conf import settings
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from abhiyan.core import clock, limits
from abhiyan.core.declared import LIMITS
from abhiyan.core.words import name_in_language
from abhiyan.imports import queries as imports
from abhiyan.org.rules.capabilities import PHONE_OFFICES
from abhiyan.org.viewer import Viewer
from abhiyan.programmes import queries as programmes
from abhiyan.ui.numbers import grouped
from abhiyan.ui.owed import WHERE_WE_STAND, Beside, OfficeWord, Owed
from abhiyan.units.models import Kind

from .imports.states import import_state
from .launch_checks import launch_things

LATELY = timedelta(days=7)
RECENT_SHOWN = 5
BEFORE, LAUNCHES, NAMED = timedelta(days=14), 2, 4  # Today names so many launches and checks.
BESIDE_VOTES = (Kind.ZONE, Kind.CONSTITUENCY)  # units whose segments are compared
# What the work of an office is, while nothing waits for it.
WORK: Mapping[str, str | Promise] = {
    "booth_worker": gettext_lazy(
        "Your work is to enrol people at the door. The page for it appears here when a drive is open."
    ),
    "call_centre_agent": gettext_lazy(
        "Your work is to answer the helpline and to call people who asked for something. Requests appear here."
    ),
    "verifier": gettext_lazy(
        "Your work is to check a few entries with the people themselves. Checks appear here when a draw needs them."
    ),
    "it_administrator": gettext_lazy(
        "You look after lists and channels. Failed imports appear here. The command abhiyan "
        "doctor shows other failed work."
    ),
}


def _full_limits(at: datetime) -> Iterator[Beside]:
    """Yield the limits that refused people who did nothing, for who looks after the server."""
    for name, n in limits.refused_lately(at).items():
        if LIMITS[name].hurts_others:
            yield Beside(
                sheet=_("Limits"),
                title=_("The limit %(limit)s was full") % {"limit": name},
                meta=ngettext(
                    "It refused %(n)s request in 24 hours. The command abhiyan doctor says how to raise it.",
                    "It refused %(n)s requests in 24 hours. The command abhiyan doctor says how to raise it.",
                    n,
                )
                % {"n": grouped(n)},
            )


def _launches(viewer: Viewer, at: datetime) -> Iterator[Owed]:
    """Yield one row for each programme of the viewer's own unit that lacks something due before it begins."""
    owners = [office.unit_id for office in viewer.appointments if "programmes.run" in office.capabilities]
    if not (owners and viewer.may("programmes.run")):
        return
    on = clock.day_in(settings.TIME_ZONE, at)
    for programme in programmes.programmes_beginning(on, on + BEFORE, limit=LAUNCHES, owners=owners):
        lacking = [launch_row for launch_row in launch_things(programme, at) if launch_row.is_urgent]
        if not lacking:
            continue
        n = len(lacking)
        yield Owed(
            urgency=1,
            title=ngettext(
                "%(name)s: %(n)s thing is missing before it begins",
                "%(name)s: %(n)s things are missing before it begins",
                n,
            )
            % {"name": name_in_language(programme.names), "n": grouped(n)},
            meta=", ".join(str(launch_row.check.title) for launch_row in lacking[:NAMED])
            + ("…" if n > NAMED else ""),
            href=reverse("pages:ready", args=[programme.public_id]),
            act=_("Ready to launch?"),
            icon="clock",
            key=f"launch-{programme.public_id}",
        )


def page_todo(viewer: Viewer, *, at: datetime) -> Iterator[Owed | Beside | OfficeWord]:
    """Yield the viewer's own imports that wait for them, newest first; those of the last days; the words for
    their office; to who leads segments the way to their votes; and limits that are full."""
    if viewer.account_id is None:
        return
    for staged_import in imports.waiting_imports(viewer.account_id):
        is_stopped = staged_import.state == staged_import.State.FAILED
        yield Owed(
            urgency=1 if is_stopped else 2,
            title=_("An import failed") if is_stopped else _("A list waits for you"),
            meta=staged_import.file_name
            if is_stopped
            else f"{staged_import.file_name}: {import_state(staged_import)[0]}",
            href=reverse("imports:one", args=[staged_import.public_id]),
            act=_("Look"),
            icon="upload",
        )
    yield from _launches(viewer, at)
    home = viewer.home
    if viewer.is_root or (home is not None and home.office == "it_administrator"):
        yield from _full_limits(at)
    if home is None:
        return
    if home.office in WORK:
        yield OfficeWord(WORK[home.office])
    if home.office in PHONE_OFFICES:
        yield Beside(
            sheet=_("Without a network"),
            title=_("Your work in the field"),
            meta=_(
                "These pages work without a network and send later. One SMS code opens them on your phone."
            ),
            href=reverse("pages:field_start"),
        )
    if home.unit_kind in BESIDE_VOTES and viewer.may_at("programmes.targets", home.lo):
        yield Beside(
            sheet=WHERE_WE_STAND,
            title=_("Membership beside votes"),
            meta=_("Of each segment: members per 100 votes, and by how much we led"),
            href=reverse("pages:membership_votes", args=[home.unit_code]),
        )
    if home.office == "it_administrator":
        for staged_import in (
            imports.imports().filter(created_at__gt=at - LATELY).order_by("-created_at")[:RECENT_SHOWN]
        ):
            yield Beside(
                sheet=_("Imports of the last 7 days"),
                title=staged_import.file_name,
                meta=str(import_state(staged_import)[0]),
                href=reverse("imports:one", args=[staged_import.public_id]),
            )
