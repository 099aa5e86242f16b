"""Say on a unit's page who is responsible for it: offices, vacancies, and what is vacant below."""

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.utils.formats import date_format

from abhiyan.core.words import name_in_language
from abhiyan.org import queries as org
from abhiyan.org.viewer import Request, Viewer
from abhiyan.ui.addresses import address_of
from abhiyan.units import queries as units

from .rules.vacancies import VacantBelow


def office_seats(
    request: Request, offices: list[org.OfficeHere], here: units.UnitRow, lang: str
) -> list[dict[str, Any]]:
    """Offices and vacancies, as the list of seats wants them."""
    may_appoint = here.lo is not None and request.viewer.may_at("org.appoint", here.lo)
    seat_list: list[dict[str, Any]] = []
    for seat in offices:
        seat_facts: dict[str, Any] = {
            "name": seat.name,
            "account": seat.account_id,
            "office": name_in_language(seat.office_names, lang),
        }
        if seat.since is not None:
            seat_facts["since"] = date_format(seat.since, "M Y")
            seat_facts["href"] = address_of("org:appointment", seat.appointment_id) if may_appoint else ""
        elif here.lo is not None and request.viewer.may_give(seat, here.lo):
            query = urlencode({"unit": here.code, "office": seat.office})
            seat_facts["appoint_url"] = f"{address_of('org:appoint')}?{query}"
        seat_list.append(seat_facts)
    return seat_list


def leaders(
    viewer: Viewer, here: units.UnitRow, hierarchy: int, today: date, lang: str
) -> list[dict[str, Any]]:
    """Return the leaders of a unit above the viewer's own, beyond their sight. Its vacancies stay unknown to them."""
    if here.lo is None or here.hi is None:
        return []
    if not any(here.lo <= lo < here.hi for office in viewer.appointments for lo, _hi in office.ranges):
        return []
    return [
        {
            "name": holder.name,
            "account": holder.account_id,
            "office": name_in_language(holder.office_names, lang),
            "since": date_format(holder.since, "M Y"),
        }
        for holder in org.line_of_command(here.id, hierarchy, on=today)
        if holder.unit_id == here.id
    ]


def vacant_below(offices: list[org.OfficeBelow], lang: str) -> list[VacantBelow]:
    """Name the vacancies of `org.ask_vacancies_below`, in one language."""
    return [
        VacantBelow(name_in_language(below.office_names, lang), below.vacant, below.expected)
        for below in offices
        if below.vacant
    ]
