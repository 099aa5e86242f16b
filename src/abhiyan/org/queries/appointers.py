"""Find who fills a vacant office: the nearest office-bearer upwards who may appoint there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from abhiyan.core import sql
from abhiyan.core.scope import system
from abhiyan.org.rules import granting
from abhiyan.org.rules.granting import Grant
from abhiyan.units import queries as units

from .offices import HELD, Vacancy, offices_used


@dataclass(frozen=True, slots=True)
class Appointer:
    """Somebody who may fill an office, with the office by which they may."""

    account_id: int
    name: str
    office_names: dict[str, str]
    unit_names: dict[str, str]


def appointers(vacant: Sequence[Vacancy], hierarchy: int, *, on: date) -> list[Appointer | None]:
    """Return for each vacancy the nearest person upwards who may fill it. None where nobody holds such an office.

    Everybody knows who leads them, so it reads past the viewer's scope. Ask for vacancies in sight only. Two queries.
    """
    paths = units.paths_of_units(sorted({vacancy.unit_id for vacancy in vacant}), hierarchy)
    offices = {office.code: office for office in offices_used()}
    with system("who appoints"):
        rows = sql.rows(
            f"""select ap.unit_id, ap.account_id, a.name, o.code, o.names, u.names
              from org_appointment ap join org_office o on o.id = ap.office_id
              join people_account a on a.id = ap.account_id join units_unit u on u.id = ap.unit_id
              where ap.unit_id = any(%(units)s) and ap.body_id is null and ap.state = 'active' and {HELD}
                and o.capabilities && array['org.appoint', 'org.officers']
                and (ap.hierarchy = %(hierarchy)s or u.kind in ('state', 'nation'))
              order by o.rank, ap.starts_on, ap.id""",
            {"units": [row.id for path in paths.values() for row in path], "hierarchy": hierarchy, "on": on},
        )
    there: dict[int, list[tuple[str, Appointer]]] = {}
    for unit_id, account_id, name, code, office_names, unit_names in rows:
        if code in offices:
            there.setdefault(unit_id, []).append(
                (code, Appointer(account_id, name, office_names, unit_names))
            )

    def nearest(vacancy: Vacancy) -> Appointer | None:
        upwards = [row.id for row in reversed(paths.get(vacancy.unit_id, []))]
        holders = [(unit_id, code, who) for unit_id in upwards for code, who in there.get(unit_id, [])]
        for _unit, _code, who in holders:
            grants = [
                Grant(
                    is_above=unit_id != vacancy.unit_id,
                    rank=offices[code].rank,
                    capabilities=frozenset(offices[code].capabilities),
                    sees_people=offices[code].sees_people,
                )
                for unit_id, code, other in holders
                if other.account_id == who.account_id
            ]
            wanted = offices[vacancy.office]
            if granting.may_appoint(
                grants, rank=wanted.rank, capabilities=wanted.capabilities, sees_people=wanted.sees_people
            ):
                return who
        return None

    return [nearest(vacancy) if vacancy.office in offices else None for vacancy in vacant]
