"""Offices of the organisation's own, as `actions.own_offices` makes them."""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import date

from abhiyan.core import sql
from abhiyan.core.refusals import NotFound, or_refuse
from abhiyan.org.models import Office, Release
from abhiyan.org.rules import granting
from abhiyan.org.rules.capabilities import MEANINGS
from abhiyan.org.rules.own_offices import ACT, GIVABLE, SEES_PEOPLE
from abhiyan.units import queries as units
from abhiyan.units.rules import levels

from .authority import grants_at
from .offices import HELD, offices_used, units_where_own


def own_offices(*, near: int) -> list[Office]:
    """The own offices that exist in a unit or below it, with `unit`; those in force first, ended ones last."""
    codes = [office.code for office in offices_used(near=near) if office.unit_id is not None]
    rows = Office.objects.select_related("unit").filter(code__in=codes)
    return sorted(
        rows, key=lambda office: (office.closed_at is not None, office.names["en"].casefold(), office.pk)
    )


def count_holders(offices: Sequence[Office], unit_id: int, hierarchy: int, *, on: date) -> list[Office]:
    """Add to own offices how many people hold each in a unit and below, and how many should. For the rows of one page.

    Expected are all its people, in each unit where it is missed.
    """
    lo, hi = units.span(unit_id, hierarchy)
    holders = dict(
        sql.rows(
            f"""select ap.office_id, count(*) from org_appointment ap
            join units_placement p on p.unit_id = ap.unit_id and p.lo >= %(lo)s and p.lo < %(hi)s
            where ap.office_id = any(%(offices)s) and ap.body_id is null and {HELD} group by 1""",
            {"offices": [office.pk for office in offices], "lo": lo, "hi": hi, "on": on},
        )
    )
    made_in = {office.unit_id for office in offices if office.unit_id is not None}
    places = units_where_own(made_in, unit_id, hierarchy)
    for office in offices:
        here = places.get(office.unit_id or 0, {})
        office.held_below = holders.get(office.pk, 0)
        office.expected_below = office.seats * sum(here.get(kind, 0) for kind in office.expected_in)
    return list(offices)


def offices_short(unit_id: int, hierarchy: int, *, on: date) -> list[tuple[Office, int]]:
    """The own offices of several people that a unit should have, each with how many people are missing there."""
    unit = units.row_of_unit(unit_id, hierarchy)
    here = [
        office
        for office in offices_used(near=unit_id)
        if office.unit_id is not None
        and office.seats > 1
        and unit.kind in office.expected_in
        and office.exists_at(unit.lo)
    ]
    holders = Counter(
        sql.column(
            f"""select ap.office_id from org_appointment ap
            where ap.unit_id = %(unit)s and ap.office_id = any(%(offices)s) and ap.body_id is null and {HELD}""",
            {"unit": unit_id, "offices": [office.pk for office in here], "on": on},
        )
        if here
        else ()
    )
    short = [(office, office.seats - holders[office.pk]) for office in here]
    return [(office, n) for office, n in short if n > 0]


def own_office(office_id: int) -> Office:
    """An own office that has not ended, with `unit`. NotFound, also for a standard one."""
    rows = Office.objects.select_related("unit").filter(pk=office_id, closed_at=None).exclude(unit=None)
    return or_refuse(rows.first(), NotFound(field="office"))


def kinds_from(unit_id: int) -> list[str]:
    """Return the kinds of unit where an office made in a unit may exist: its own, and those below it."""
    kind = units.unit_by_id(unit_id).kind
    trees = units.hierarchies_of(unit_id)
    return list(dict.fromkeys(below for tree in trees for below in levels.from_here_down(tree, kind)))


def has_over_all_of(account_id: int, unit_id: int, rights: Collection[str]) -> bool:
    """Return True if an account has all these rights over a unit in every tree of it.

    The account also sees the people there, if one of the rights shows people.
    """
    return _within(_grants(account_id, unit_id), rights)


def rights_to_give(account_id: int | None, unit_id: int) -> list[str]:
    """The rights that an account may put into an own office of a unit, in the order of `capabilities.MEANINGS`."""
    grants = _grants(account_id, unit_id) if account_id is not None else []
    return [right for right in MEANINGS if right in GIVABLE and _within(grants, [right])]


def _grants(account_id: int, unit_id: int) -> list[tuple[granting.Grant, ...]]:
    """The appointments of an account that reach over a whole unit, in each tree where it stands."""
    return [grants_at(account_id, unit_id, tree) for tree in units.hierarchies_of(unit_id)]


def _within(grants: Sequence[tuple[granting.Grant, ...]], rights: Collection[str]) -> bool:
    sees_people = SEES_PEOPLE in rights
    return bool(grants) and all(
        granting.is_within(tree, capabilities=rights, sees_people=sees_people) for tree in grants
    )


def offices_asked(*, near: int) -> int:
    """Count the requests for own offices that wait in a unit, of those in sight."""
    return Release.objects.filter(act=ACT, unit_id=near, state=Release.State.ASKED).count()
