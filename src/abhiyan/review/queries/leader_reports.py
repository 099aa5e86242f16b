"""Leaders' own reports on a unit: who may write one, and those in the viewer's sight."""

from collections.abc import Sequence
from datetime import date

from django.db.models import QuerySet

from abhiyan.core import sql
from abhiyan.org.rules.capabilities import LEADS
from abhiyan.org.viewer import Viewer
from abhiyan.review.models import LeaderReport, Review, Round
from abhiyan.units import queries as units
from abhiyan.units.queries import UnitRow
from abhiyan.work.queries.tasks import ACTIVE

MOST_REPORTS = 10  # on one page
MOST_COMPARED = 500  # of a round, the newest
# The lowest office by which an account leads a unit from above, as `org.queries.holds` reaches.
_ABOVE = f"""select ap.id from org_appointment ap
  join org_office o on o.id = ap.office_id and %(leads)s = any(o.capabilities)
  join units_unit u on u.id = ap.unit_id
  join units_placement p on p.unit_id = ap.unit_id and p.lo is not null
    and (p.hierarchy = ap.hierarchy or u.kind in ('state', 'nation'))
  join units_placement t on t.unit_id = %(unit)s and t.lo > p.lo and t.lo < p.hi
 where ap.account_id = %(account)s and ap.body_id is null and {ACTIVE}
 order by p.hi - p.lo, ap.id limit 1"""
_WITHIN = """select from org_appointment ap
  join units_placement p on p.unit_id = ap.unit_id and p.lo is not null
  join units_placement t on t.unit_id = %(unit)s and p.lo >= t.lo and p.lo < t.hi
 where ap.account_id = %(account)s and ap.state in ('active', 'disputed') and ap.starts_on <= %(on)s
   and (ap.ends_on is null or ap.ends_on >= %(on)s)"""


def is_above(viewer: Viewer, unit: UnitRow) -> bool:
    """Return True if a viewer leads a unit from above, and holds no office in it or below.

    They report on it, and read what others reported. For pages. The act and the database ask again.
    """
    if unit.lo is None or unit.hi is None or not viewer.may_above(LEADS, unit.lo):
        return False
    return not any(
        office.unit_id == unit.id or unit.lo <= office.lo < unit.hi for office in viewer.appointments
    )


def reporting_seat(account_id: int | None, unit_id: int, *, on: date) -> int | None:
    """Find the lowest office (id of the appointment) by which somebody leads a unit from above. None: by no office."""
    seat: int | None = sql.value(
        f"select ({_ABOVE})", {"account": account_id, "unit": unit_id, "leads": LEADS, "on": on}
    )
    return seat


def sits_within(account_id: int | None, unit_id: int, *, on: date) -> bool:
    """Return True if somebody holds an office or a seat of a body in a unit or below it, be it disputed."""
    return sql.exists(_WITHIN, {"account": account_id, "unit": unit_id, "on": on})


def reports_on(unit_id: int) -> Sequence[LeaderReport]:
    """Return the newest report of each leader and measure on a unit, in the viewer's sight; MOST_REPORTS of them."""
    return list(_newest(LeaderReport.objects.filter(unit_id=unit_id))[:MOST_REPORTS])


def reports_of_round(of_round: Round, *, under: int) -> Sequence[LeaderReport]:
    """Return the same of all units that are reviewed in a round below a unit.

    Only reports with a number; MOST_COMPARED.
    """
    reviews = Review.objects.filter(round=of_round, account_id=None, left_on=None)
    if under != of_round.unit_id:
        reviews = reviews.filter(unit_id__in=units.ids_below(under, of_round.hierarchy))
    rows = LeaderReport.objects.filter(unit_id__in=reviews.values("unit_id"), n__isnull=False)
    return list(_newest(rows)[:MOST_COMPARED])


def _newest(rows: QuerySet[LeaderReport]) -> QuerySet[LeaderReport]:
    rows = rows.filter(replaced_at=None)
    newest = rows.order_by("unit", "programme", "measure", "account_id", "-day").distinct(
        "unit", "programme", "measure", "account_id"
    )
    some = LeaderReport.objects.filter(pk__in=newest.values("pk")).select_related(
        "programme", "appointment__office", "appointment__unit"
    )
    return some.order_by("-day", "-pk")
