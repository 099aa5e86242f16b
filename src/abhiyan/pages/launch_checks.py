"""A launch needs this of the server: room for its people, and a backup. The checks of all rooms are read here."""

import os
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from abhiyan.core import clock, doctor, limits, rooms
from abhiyan.core.declared import CODE_NETWORK_KNOWN, LIMITS
from abhiyan.core.scope import system
from abhiyan.org import queries as org
from abhiyan.programmes import queries as programmes
from abhiyan.programmes.models import Programme
from abhiyan.ui.numbers import grouped
from abhiyan.ui.readiness import LaunchCheck, LaunchFinding, LaunchOf, Readiness
from abhiyan.units import queries as units

CORES = 4  # docs/sizes.md: four cores or more for the day of a launch


def backup_readiness(of: LaunchOf) -> LaunchFinding:
    """Check that a backup was taken within two days, as doctor says."""
    for finding in doctor.backups(of.at):
        if finding.level != doctor.OK:
            return LaunchFinding(
                Readiness.MISSING,
                _("No backup was taken in the last two days. Run abhiyan backup daily, to another machine."),
            )
    return LaunchFinding(Readiness.OK, _("A backup was taken in the last two days."))


def sign_ins_readiness(of: LaunchOf) -> LaunchFinding:
    """Check that all who hold an office can sign in within one hour, also behind one network of a carrier."""
    n_offices, allowed = org.offices_held(of.at), limits.allowed_by(CODE_NETWORK_KNOWN, of.at)
    blanks = {
        "held": grouped(n_offices),
        "allowed": grouped(allowed),
        "limit": CODE_NETWORK_KNOWN.name,
        "units": grouped(sum(units.counts_below(of.owner_id, of.hierarchy).values()) + 1),
    }
    text = _(
        "%(units)s units, %(held)s offices. If all sign in within an hour, that is %(held)s codes; one network may ask "
        "for %(allowed)s (%(limit)s)."
    )
    return LaunchFinding(Readiness.OK if n_offices <= allowed else Readiness.MISSING, text % blanks)


def full_limits_readiness(of: LaunchOf) -> LaunchFinding:
    """Check that no limit that shuts out others was full in the last day."""
    full = [name for name in limits.refused_lately(of.at) if LIMITS[name].hurts_others]
    if not full:
        return LaunchFinding(Readiness.OK, _("No limit was full in the last 24 hours."))
    return LaunchFinding(
        Readiness.MISSING,
        _("Full in the last 24 hours: %(limits)s. The command abhiyan doctor says how to raise them.")
        % {"limits": ", ".join(sorted(full))},
    )


def cores_readiness(_of: LaunchOf) -> LaunchFinding:
    """Check that this machine has the cores that a launch day is planned with."""
    n = os.cpu_count() or 1
    blanks = {"n": grouped(n), "wanted": CORES}
    if n >= CORES:
        return LaunchFinding(Readiness.OK, _("This machine has %(n)s cores.") % blanks)
    return LaunchFinding(
        Readiness.MISSING,
        _("This machine has %(n)s cores. Plan %(wanted)s or more for a launch day.") % blanks,
    )


CHECKS = (
    LaunchCheck(
        "backup",
        gettext_lazy("Backup"),
        gettext_lazy("What is not backed up is lost with the disk."),
        14,
        backup_readiness,
    ),
    LaunchCheck(
        "sign_ins",
        gettext_lazy("Sign-ins at one hour"),
        gettext_lazy("Thousands of phones of one carrier share a network."),
        7,
        sign_ins_readiness,
    ),
    LaunchCheck(
        "limits",
        gettext_lazy("Limits"),
        gettext_lazy("A full limit refuses people who did nothing."),
        3,
        full_limits_readiness,
    ),
    LaunchCheck(
        "cores",
        gettext_lazy("Processor"),
        gettext_lazy("With fewer cores many who join are asked to come back."),
        14,
        cores_readiness,
    ),
)


SOON = timedelta(days=60)  # doctor looks at programmes that begin within
LOOKED_AT = 5  # programmes at a time


@dataclass(frozen=True, slots=True)
class CheckedThing:
    """One check with what it found. is_due: from today on it is to be done."""

    check: LaunchCheck
    finding: LaunchFinding
    due_on: date
    is_due: bool

    @property
    def is_urgent(self) -> bool:
        """Return True if it is missing, and due."""
        return self.is_due and self.finding.state == Readiness.MISSING


def about_to_begin(at: datetime) -> list[Programme]:
    """Return the programmes of the installation that begin today or soon, drafts too. In a scope that sees them."""
    on = clock.day_in(settings.TIME_ZONE, at)
    return programmes.programmes_beginning(on, on + SOON, limit=LOOKED_AT)


def launch_things(programme: Programme, at: datetime) -> list[CheckedThing]:
    """Do every check of a programme. It tells counts and states, no names of people: in the system's own scope."""
    today = clock.day_in(programme.zone, at)
    with system("is a launch ready"):
        launch = LaunchOf(
            programme_id=programme.pk,
            public_id=str(programme.public_id),
            kind=programme.kind,
            owner_id=programme.owner_id,
            owner_code=programme.owner.code,
            hierarchy=programme.hierarchy,
            span=units.span(programme.owner_id, programme.hierarchy),
            zone=programme.zone,
            opens_on=programme.opens_on,
            closes_on=programme.closes_on,
            at=at,
        )
        looks = [(check, check.look(launch)) for check in every_check()]
    return [
        CheckedThing(check, finding, due_on := check.due_on(programme.opens_on), due_on <= today)
        for check, finding in looks
        if finding is not None
    ]


def every_check() -> list[LaunchCheck]:
    """Return the checks of all rooms: what is due first comes first, then by the order of rooms."""
    checks = [check for _config, room in rooms.modules("launch_checks") for check in room.CHECKS]
    return sorted(checks, key=lambda check: -check.days_before)
