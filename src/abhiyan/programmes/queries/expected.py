"""Numbers that levels above expect of units, beside their targets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from abhiyan.core import clock
from abhiyan.core.words import name_in_language
from abhiyan.programmes.models import Programme
from abhiyan.programmes.models_expected import Expectation
from abhiyan.ui.numbers import grouped

MOST_EARLIER = 10

# Columns of an expectation `e` for `UnitExpectation.read`; null where nothing is expected.
EXPECTED = """case when e.id is not null then jsonb_build_array(e.n, e.office, e.office_unit,
  to_char(e.said_at at time zone %(zone)s, 'YYYY-MM-DD')) end"""


@dataclass(frozen=True, slots=True)
class UnitExpectation:
    """A number that is expected of a unit, the office that said so with its unit, and the day."""

    n: int
    office: Mapping[str, str]
    unit: Mapping[str, str]
    on: date

    @classmethod
    def read(cls, columns: Sequence[Any] | None) -> "UnitExpectation | None":
        """Read it from the columns of EXPECTED."""
        return (
            None
            if columns is None
            else cls(columns[0], columns[1], columns[2], date.fromisoformat(columns[3]))
        )

    @property
    def who(self) -> str:
        """Return the office and its unit, in the reader's language."""
        return ", ".join(filter(None, (name_in_language(self.office), name_in_language(self.unit))))

    @property
    def words(self) -> str:
        """Say what is expected, the office and the day."""
        return _("Expected: %(n)s (%(who)s, %(day)s)") % {
            "n": grouped(self.n),
            "who": self.who or "–",
            "day": date_format(self.on, "j M Y"),
        }


def _read(row: Expectation) -> UnitExpectation:
    return UnitExpectation(row.n, row.office, row.office_unit, clock.day_in(settings.TIME_ZONE, row.said_at))


def expected_of(
    unit_ids: Sequence[int], programmes: Sequence[Programme]
) -> dict[tuple[int, int, int], UnitExpectation]:
    """Return what is expected now, by programme id, measure and unit id. In the viewer's scope. One query."""
    rows = Expectation.objects.filter(unit_id__in=unit_ids, programme__in=programmes, ended_at=None)
    return {(row.programme_id, row.measure, row.unit_id): _read(row) for row in rows}


def expected_before(programme: Programme, measure: int, unit_id: int) -> list[tuple[UnitExpectation, date]]:
    """Return what was expected of a unit before, the latest first, each with its last day."""
    rows = Expectation.objects.filter(
        programme=programme, measure=measure, unit_id=unit_id, ended_at__isnull=False
    )
    return [
        (_read(row), clock.day_in(settings.TIME_ZONE, row.ended_at))
        for row in rows.order_by("-said_at", "-pk")[:MOST_EARLIER]
        if row.ended_at is not None
    ]
