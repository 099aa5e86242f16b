"""A launch needs targets of each measure."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from abhiyan.core.words import name_in_language
from abhiyan.programmes import queries as programmes
from abhiyan.ui.readiness import LaunchCheck, LaunchFinding, LaunchOf, Readiness

from . import queries


def targets_readiness(of: LaunchOf) -> LaunchFinding:
    """Check that every measure has a target in each unit that the programme covers."""
    programme = programmes.programme_by_id(of.programme_id)
    scope = programmes.scope_units(programme)
    lacking = [
        measure
        for measure in programmes.measures([programme])[programme.pk]
        if len(queries.targets(programme=programme, units=scope, measure=measure.number)) < len(scope)
    ]
    if not lacking:
        return LaunchFinding(Readiness.OK, _("Every measure has a target."))
    return LaunchFinding(
        Readiness.MISSING,
        _("No target yet: %(measures)s.")
        % {"measures": ", ".join(name_in_language(measure.names) for measure in lacking)},
        reverse("targets:targets", args=[of.public_id]) + f"?measure={lacking[0].number}",
        _("Set it"),
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
)
