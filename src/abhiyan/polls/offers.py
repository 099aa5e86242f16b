"""Say what the calendar of polls asks of its keepers today."""

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from abhiyan.core.words import name_in_language
from abhiyan.org.viewer import Viewer
from abhiyan.ui.numbers import grouped
from abhiyan.ui.owed import Owed
from abhiyan.units import queries as units

from . import queries

STATES_SHOWN = 5


def todo(viewer: Viewer, *, at: datetime) -> Iterator[Owed]:
    """Yield the states that the viewer keeps and that have no entry in the calendar: bulk messages wait there."""
    if not viewer.may("polls.keep"):
        return
    without = queries.states_without_entry(at=at)
    spans = units.all_spans([unit.pk for unit in without])
    state_names = [
        name_in_language(unit.names)
        for unit in without
        if viewer.may_at("polls.keep", *(lo for lo, _hi in spans.get(unit.pk, [])))
    ]
    if state_names:
        yield Owed(
            urgency=2,
            title=ngettext(
                "%(n)s state has no entry in the calendar of polls",
                "%(n)s states have no entry in the calendar of polls",
                len(state_names),
            )
            % {"n": grouped(len(state_names))},
            meta=_("Bulk messages wait there: %(states)s") % {"states": _first(state_names)},
            href=reverse("polls:polls"),
            act=_("Enter it"),
            icon="alert",
            key="polls",
        )


def _first(names: list[str]) -> str:
    return ", ".join(names[:STATES_SHOWN]) + ("…" if len(names) > STATES_SHOWN else "")
