"""A launch needs this of a drive: its own notice, an old enough number, and enough replies for its calls."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from abhiyan.enrolment.queries.drives import drive_row, is_drive
from abhiyan.enrolment.rules import rolls
from abhiyan.messaging import queries as messaging
from abhiyan.messaging.models import Number
from abhiyan.people import queries as people
from abhiyan.people.rules.notices import does_name, other_than
from abhiyan.programmes import queries as programmes
from abhiyan.targets import queries as target_queries
from abhiyan.ui.numbers import grouped
from abhiyan.ui.readiness import LaunchCheck, LaunchFinding, LaunchOf, Readiness

from .actions.notices import PUBLISH


def notice_readiness(of: LaunchOf) -> LaunchFinding | None:
    """Check that the drive's notice is this organisation's own, and names it and who answers."""
    drive = drive_row(of.programme_id)
    if drive is None:
        return None
    roll = rolls.of_notice(drive.notice_code) or rolls.MEMBERS
    page = reverse("intake:notice") + roll.of_notice
    texts = people.texts_of_notice(drive.notice_code, drive.notice_version).values()
    by = people.published_by(drive.notice_code, drive.notice_version)
    blanks = {"version": drive.notice_version, "name": settings.ORGANISATION or "–", "other": by}

    def lacks(said: str) -> LaunchFinding:
        return LaunchFinding(Readiness.MISSING, said % blanks, page, _("Notice"))

    if not settings.ORGANISATION or not settings.GRIEVANCE:
        return LaunchFinding(
            Readiness.MISSING, _("ABHIYAN_ORGANISATION and ABHIYAN_GRIEVANCE must be set on the server.")
        )
    if not texts:
        return lacks(_("No notice is published."))
    if other_than(by, settings.ORGANISATION):
        return lacks(_("Version %(version)s is by %(other)s, so nobody can join. Publish the next."))
    if not by or not does_name(texts, settings.ORGANISATION):
        return lacks(_("Version %(version)s does not name %(name)s. Publish the next."))
    if not does_name(texts, settings.GRIEVANCE):
        return lacks(_("Version %(version)s does not name who answers about data. Publish the next."))
    return LaunchFinding(Readiness.OK, _("Version %(version)s is by %(name)s.") % blanks)


def number_readiness(of: LaunchOf) -> LaunchFinding | None:
    """Check that a number of the drive is old enough to prove a phone when it begins: three days."""
    if not is_drive(of.programme_id):
        return None
    page = reverse("intake:drive", args=[of.public_id]) + "#numbers"
    numbers = [
        number
        for number in messaging.numbers_of_programme(of.programme_id)
        if number.is_active and number.meaning == Number.Meaning.JOIN
    ]
    if not numbers:
        return LaunchFinding(Readiness.MISSING, _("The drive has no number to call."), page, _("Numbers"))
    begins = datetime.combine(of.opens_on, time(), ZoneInfo(of.zone))
    first = min(number.believed_at or begins for number in numbers)
    if first > begins:
        moment = date_format(timezone.localtime(first), "j F, H:i")
        return LaunchFinding(
            Readiness.MISSING,
            _("Calls prove a phone only from %(when)s, after the first day begins.") % {"when": moment},
            page,
            _("Numbers"),
        )
    return LaunchFinding(Readiness.OK, _("Calls prove a phone from the first day."))


def replies_readiness(of: LaunchOf) -> LaunchFinding | None:
    """Hold the hourly budget of replies against the calls that the target means, spread evenly over the open hours."""
    drive = drive_row(of.programme_id)
    if drive is None:
        return None
    page = reverse("intake:drive", args=[of.public_id])
    programme = programmes.programme_by_id(of.programme_id)
    scope = programmes.scope_units(programme)
    targets = target_queries.targets(programme=programme, units=scope)
    if not targets:
        return LaunchFinding(
            Readiness.UNKNOWN,
            _("The budget is %(budget)s an hour. Without a target nobody knows how many will call.")
            % {"budget": grouped(drive.replies_per_hour)},
            page,
            _("See"),
        )
    open_hours = messaging.open_hours()
    hours = max(1, open_hours.closes.hour - open_hours.opens.hour)
    days = (of.closes_on - of.opens_on).days + 1
    target = sum(each.n for each in targets.values())
    a_day = -(-target // days)
    an_hour = -(-a_day // hours)
    blanks = {
        "target": grouped(target),
        "days": grouped(days),
        "hour": grouped(an_hour),
        "budget": grouped(drive.replies_per_hour),
        "hours": hours,
    }
    text = _(
        "%(target)s in %(days)s days of %(hours)s hours is %(hour)s an hour if all call, evenly. The budget is "
        "%(budget)s an hour; more wait for an approval."
    )
    state = Readiness.OK if drive.replies_per_hour >= an_hour else Readiness.MISSING
    return LaunchFinding(state, text % blanks, page, _("Change it"))


CHECKS = (
    LaunchCheck(
        "notice",
        gettext_lazy("Notice"),
        gettext_lazy("People agree with the organisation that the notice names."),
        14,
        notice_readiness,
        PUBLISH,
    ),
    LaunchCheck(
        "number",
        gettext_lazy("Number for missed calls"),
        gettext_lazy("A new number proves nothing for three days."),
        7,
        number_readiness,
        "channels.manage",
    ),
    LaunchCheck(
        "replies",
        gettext_lazy("Replies an hour"),
        gettext_lazy("Replies above the budget wait until two people release them."),
        7,
        replies_readiness,
        "programmes.run",
    ),
)
