"""A launch needs this of the helpline."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from abhiyan.ui.readiness import LaunchCheck, LaunchFinding, LaunchOf, Readiness

from . import helplines


def helpline_readiness(of: LaunchOf) -> LaunchFinding:
    """People read a number to ask at."""
    number = helplines.number_of_programme(of.programme_id)
    if number:
        return LaunchFinding(Readiness.OK, _("People call %(number)s.") % {"number": number})
    return LaunchFinding(
        Readiness.MISSING,
        _("No helpline number is set for this programme."),
        reverse("helpdesk:helpline", args=[of.public_id]),
        _("Set it"),
    )


CHECKS = (
    LaunchCheck(
        "helpline",
        gettext_lazy("Helpline"),
        gettext_lazy("In-charges are announced with it, and people ask there."),
        7,
        helpline_readiness,
        "programmes.run",
    ),
)
