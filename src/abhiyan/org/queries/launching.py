"""Reads of *Ready to launch?*: who can approve, who has not accepted, who has not signed in. Counts, no names."""

from datetime import datetime

from abhiyan.core import sql
from abhiyan.org.rules.capabilities import PHONE_OFFICES
from abhiyan.org.rules.deciding import SEATED_FOR
from abhiyan.org.rules.granting import APPROVE

_IN = """join units_placement p on p.unit_id = ap.unit_id and p.hierarchy = ap.hierarchy and p.valid_to is null
  and p.lo >= %(lo)s and p.lo < %(hi)s"""


def approves_from(unit_id: int) -> datetime | None:
    """Return from when the first holder may approve requests over a unit; None if nobody may.

    A holder named at the server's console may at once; others may once they are seated (`rules.deciding`).
    """
    start: datetime | None = sql.value(
        """select min(coalesce(ap.accepted_at, ap.made_at) + case when ap.made_by is null then interval '0'
                      else %(seated)s end) from org_appointment ap
             join org_office o on o.id = ap.office_id and %(approve)s = any (o.capabilities)
             join units_placement p on p.unit_id = ap.unit_id and p.hierarchy = ap.hierarchy and p.valid_to is null
             join units_placement t on t.unit_id = %(unit)s and t.valid_to is null and t.lo >= p.lo and t.lo < p.hi
            where ap.state = 'active' and ap.body_id is null""",
        {"approve": APPROVE, "unit": unit_id, "seated": SEATED_FOR},
    )
    return start


def offers_waiting(lo: int, hi: int) -> list[tuple[dict[str, str], int]]:
    """Offers without an answer in a span of units: the names of the office and how many, senior first."""
    return sql.rows(
        f"""select o.names, count(*) from org_appointment ap join org_office o on o.id = ap.office_id {_IN}
             where ap.state = 'offered' group by o.id order by o.rank, o.id""",
        {"lo": lo, "hi": hi},
    )


def never_signed_in(lo: int, hi: int) -> list[tuple[dict[str, str], int]]:
    """Count by office the holders in a span who have no second proof yet. Offices of the phone need none."""
    return sql.rows(
        f"""select o.names, count(distinct ap.account_id) from org_appointment ap
             join org_office o on o.id = ap.office_id and o.code <> all (%(phone)s::text[]) {_IN}
            where ap.state = 'active' and ap.body_id is null and not exists (select from people_factor f
              where f.account_id = ap.account_id and f.confirmed_at is not null)
            group by o.id order by o.rank, o.id""",
        {"lo": lo, "hi": hi, "phone": sorted(PHONE_OFFICES)},
    )
