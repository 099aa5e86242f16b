"""A launch needs an entry in the calendar of polls for each state."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from abhiyan.core.words import name_in_language
from abhiyan.ui.numbers import grouped
from abhiyan.ui.readiness import LaunchCheck, LaunchFinding, LaunchOf, Readiness
from abhiyan.units import queries as units

from . import queries

SHOWN = 5


def polls_readiness(of: LaunchOf) -> LaunchFinding:
    """Each state of the programme has an entry in the calendar of polls."""
    without = queries.states_without_entry(at=of.at)
    spans = units.all_spans([unit.pk for unit in without])
    lo, hi = of.span
    state_names = [
        name_in_language(unit.names)
        for unit in without
        if unit.pk == of.owner_id or any(start < hi and lo < end for start, end in spans.get(unit.pk, []))
    ]
    if not state_names:
        return LaunchFinding(Readiness.OK, _("Every state has an entry."))
    n = len(state_names)
    names = ", ".join(state_names[:SHOWN]) + ("…" if n > SHOWN else "")
    sentence = ngettext("%(n)s state has no entry: %(names)s.", "%(n)s states have no entry: %(names)s.", n)
    return LaunchFinding(
        Readiness.MISSING, sentence % {"n": grouped(n), "names": names}, reverse("polls:polls"), _("Enter it")
    )


CHECKS = (
    LaunchCheck(
        "polls",
        gettext_lazy("Calendar of polls"),
        gettext_lazy("Bulk messages wait in a state without an entry."),
        14,
        polls_readiness,
        "polls.keep",
    ),
)
