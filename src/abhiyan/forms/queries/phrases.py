"""Phrases that data officers allowed, and phrases that wait for a decision."""

from collections.abc import Collection

from django.db import connection

from abhiyan.forms.models import AllowedPhrase
from abhiyan.org.viewer import Viewer
from abhiyan.units import queries as units

ALLOWS = "org.approve"  # who holds it decides phrases: data officers


def allowed_phrases() -> list[str]:
    """Return the phrases that may be asked and noted everywhere.

    Acts and pages run in a transaction. Outside one, the rule stands alone: nothing is written then.
    """
    if not connection.in_atomic_block:
        return []
    allowed = AllowedPhrase.objects.filter(state=AllowedPhrase.State.ALLOWED)
    return list(allowed.values_list("plain", flat=True))


def decides_at(viewer: Viewer, unit_ids: Collection[int]) -> set[int]:
    """Return the units of these whose phrases this viewer decides, as a data officer there or above."""
    spans = units.all_spans(set(unit_ids)) if unit_ids else {}
    return {
        unit_id for unit_id, places in spans.items() if any(viewer.may_at(ALLOWS, lo) for lo, _hi in places)
    }


def phrases_waiting(viewer: Viewer) -> int:
    """Return how many phrases wait for this viewer's decision as a data officer."""
    waiting = AllowedPhrase.objects.filter(state=AllowedPhrase.State.ASKED)
    unit_ids = list(waiting.values_list("unit_id", flat=True))
    mine = decides_at(viewer, unit_ids)
    return sum(unit_id in mine for unit_id in unit_ids)
