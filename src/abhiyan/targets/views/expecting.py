"""The number that a level above expects of a unit, as the page of targets shows and takes it."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from abhiyan.programmes import queries as programmes
from abhiyan.programmes.models import Programme
from abhiyan.programmes.queries import UnitExpectation
from abhiyan.targets import queries
from abhiyan.targets.models import Target
from abhiyan.ui.fields import WholeField
from abhiyan.ui.lists import Column

TargetRow = tuple[programmes.Child, Target | None, UnitExpectation | None]
EXPECTED_COLUMNS: tuple[Column[TargetRow], ...] = (
    Column("expected", _("Expected"), lambda row: row[2].n if row[2] else None),
    Column("expected_by", _("Expected by"), lambda row: row[2].who if row[2] else ""),
    Column("expected_on", _("Expected since"), lambda row: row[2].on if row[2] else None),
)


class ExpectedForm(forms.Form):
    """The number that a level above expects of a unit; empty takes it back."""

    expected = WholeField(label=_("Expected"), min_value=0, max_value=2_000_000_000, required=False)


def expected_in(programme: Programme, measure: int, unit_ids: Sequence[int]) -> dict[int, UnitExpectation]:
    """Return what is expected of units in one measure, by unit id. One query."""
    every = programmes.expected_of(unit_ids, [programme])
    return {unit: row for (_programme, number, unit), row in every.items() if number == measure}


def expected_here(
    programme: Programme, measure: int, unit_id: int, standing: UnitExpectation | None
) -> dict[str, Any]:
    """Return what the page shows of its own unit: the number now, the earlier ones, and the field."""
    return {
        "expected": standing,
        "expected_before": queries.expected_before(programme, measure, unit_id),
        "expected_form": ExpectedForm(
            initial={"expected": standing.n if standing else None}, auto_id="own_%s"
        ),
    }
