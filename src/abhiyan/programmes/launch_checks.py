"""A launch needs somebody in charge of the programme."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from abhiyan.ui.readiness import LaunchCheck, LaunchFinding, LaunchOf, Readiness

from . import queries
from .models import Programme


def in_charge_readiness(of: LaunchOf) -> LaunchFinding:
    """Check that somebody is in charge of the whole."""
    programme = queries.programme_by_id(of.programme_id)
    charges = queries.in_charges(programme, units=[of.owner_id])
    if any(charge.role == "in_charge" for charge in charges):
        return LaunchFinding(Readiness.OK, _("Somebody is in charge of the whole."))
    return LaunchFinding(
        Readiness.MISSING,
        _("The whole has no in-charge yet."),
        reverse("programmes:draft", args=[of.public_id, "who"])
        if programme.state == Programme.State.DRAFT
        else reverse("programmes:programme", args=[of.public_id]),
        _("Name somebody"),
    )


CHECKS = (
    LaunchCheck(
        "in_charge",
        gettext_lazy("In-charge"),
        gettext_lazy("The in-charge gets the message when it opens."),
        7,
        in_charge_readiness,
        "programmes.run",
    ),
)
