"""A launch needs this of its programme: targets of each measure, and somebody in charge."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from abhiyan.core.words import name_in_language
from abhiyan.ui.readiness import LaunchCheck, LaunchFinding, LaunchOf, Readiness

from . import queries
from .models import Programme


def targets_readiness(of: LaunchOf) -> LaunchFinding:
    """Check that every measure has a target in each unit that the programme covers."""
    programme = queries.programme_by_id(of.programme_id)
    scope = queries.scope_units(programme)
    lacking = [
        measure
        for measure in queries.measures([programme])[programme.pk]
        if len(queries.targets(programme=programme, units=scope, measure=measure.number)) < len(scope)
    ]
    if not lacking:
        return LaunchFinding(Readiness.OK, _("Every measure has a target."))
    return LaunchFinding(
        Readiness.MISSING,
        _("No target yet: %(measures)s.")
        % {"measures": ", ".join(name_in_language(measure.names) for measure in lacking)},
        reverse("programmes:targets", args=[of.public_id]) + f"?measure={lacking[0].number}",
        _("Set it"),
    )


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
        "targets",
        gettext_lazy("Targets"),
        gettext_lazy("Without a target no page can say who is behind."),
        7,
        targets_readiness,
        "programmes.targets",
    ),
    LaunchCheck(
        "in_charge",
        gettext_lazy("In-charge"),
        gettext_lazy("The in-charge gets the message when it opens."),
        7,
        in_charge_readiness,
        "programmes.run",
    ),
)
