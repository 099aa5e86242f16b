"""A launch needs this of offices: who approves, who has accepted, and who has signed in."""

from django.conf import settings
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from abhiyan.core import clock
from abhiyan.core.words import name_in_language
from abhiyan.ui.numbers import grouped
from abhiyan.ui.readiness import LaunchCheck, LaunchFinding, LaunchOf, Readiness

from .queries import launching
from .rules.deciding import SEATED_FOR

SHOWN = 5


def approver_readiness(of: LaunchOf) -> LaunchFinding:
    """Somebody who may approve requests over the owner has held the office long enough on the first day."""
    first = launching.approves_from(of.owner_id)
    page = reverse("org:appointments")
    days = {"days": SEATED_FOR.days}
    if first is None:
        return LaunchFinding(
            Readiness.MISSING, _("Nobody can approve: there is no data officer."), page, _("Appointments")
        )
    from_day = clock.day_in(settings.TIME_ZONE, first)
    facts = {"day": date_format(from_day, "j F Y"), **days}
    if from_day > of.opens_on:
        return LaunchFinding(
            Readiness.MISSING,
            _("The first can approve from %(day)s: an office counts for approvals after %(days)s days.")
            % facts,
            page,
            _("Appointments"),
        )
    return LaunchFinding(Readiness.OK, _("Somebody can approve from %(day)s.") % facts)


def offers_readiness(of: LaunchOf) -> LaunchFinding:
    """Offers of offices that nobody has answered yet, by office."""
    offices = launching.offers_waiting(*of.span)
    if not offices:
        return LaunchFinding(Readiness.OK, _("Nobody still has to accept an office."))
    return LaunchFinding(
        Readiness.MISSING,
        _("Still to accept: %(offices)s.") % {"offices": _by_office(offices)},
        reverse("org:appointments") + "?show=offered",
        _("See"),
    )


def first_sign_ins_readiness(of: LaunchOf) -> LaunchFinding:
    """Office-bearers above the booth who have not signed in: each needs a word told by voice."""
    offices = launching.never_signed_in(*of.span)
    if not offices:
        return LaunchFinding(Readiness.OK, _("Everybody in office above the booth has signed in."))
    return LaunchFinding(
        Readiness.MISSING,
        _("Not signed in yet: %(offices)s. Make the word on each appointment's page and tell it by voice.")
        % {"offices": _by_office(offices)},
        reverse("org:appointments"),
        _("Appointments"),
    )


def _by_office(found: list[tuple[dict[str, str], int]]) -> str:
    parts = [f"{name_in_language(names)} {grouped(n)}" for names, n in found[:SHOWN]]
    return ", ".join(parts) + ("…" if len(found) > SHOWN else "")


CHECKS = (
    LaunchCheck(
        "approver",
        gettext_lazy("Somebody who approves"),
        gettext_lazy("Exports, tokens and bulk messages need a second person, seven days in office."),
        14,
        approver_readiness,
        "org.officers",
    ),
    LaunchCheck(
        "offers",
        gettext_lazy("Offices accepted"),
        gettext_lazy("An office counts only once its holder accepts."),
        7,
        offers_readiness,
        "org.appoint",
    ),
    LaunchCheck(
        "first_sign_ins",
        gettext_lazy("First sign-ins"),
        gettext_lazy("The first sign-in asks for a word, which somebody above tells by voice."),
        7,
        first_sign_ins_readiness,
        "org.appoint",
    ),
)
