"""Numbers that levels above expect of units, beside their targets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from abhiyan.core import sql
from abhiyan.core.words import name_in_language
from abhiyan.programmes.models import Programme
from abhiyan.ui.numbers import grouped

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


def expected_of(
    unit_ids: Sequence[int], programmes: Sequence[Programme]
) -> dict[tuple[int, int, int], UnitExpectation]:
    """Return what is expected now, by programme id, measure and unit id. In the viewer's scope. One query."""
    if not unit_ids or not programmes:
        return {}
    rows = sql.rows(
        f"""select e.programme_id, e.measure, e.unit_id, {EXPECTED} from programmes_expectation e
        where e.unit_id = any(%(units)s::bigint[]) and e.programme_id = any(%(programmes)s::int[])
          and e.ended_at is null""",
        {
            "units": list(unit_ids),
            "programmes": [programme.pk for programme in programmes],
            "zone": settings.TIME_ZONE,
        },
    )
    expected_by_unit = {
        (programme, measure, unit): UnitExpectation.read(columns)
        for programme, measure, unit, columns in rows
    }
    return {key: expected for key, expected in expected_by_unit.items() if expected is not None}
