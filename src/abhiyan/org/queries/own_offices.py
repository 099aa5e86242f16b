"""Offices of the organisation's own, as `actions.own_offices` makes them."""

from collections.abc import Collection, Sequence

from abhiyan.core.refusals import NotFound, needed
from abhiyan.org.models import Office, Release
from abhiyan.org.rules import granting
from abhiyan.org.rules.capabilities import MEANINGS
from abhiyan.org.rules.own_offices import ACT, GIVABLE, SEES_PEOPLE
from abhiyan.units import queries as units
from abhiyan.units.rules import levels

from .authority import grants_at
from .offices import offices_used


def own_offices(*, near: int) -> list[Office]:
    """The own offices that exist in a unit or below it, with `unit`; those in force first, ended ones last."""
    codes = [office.code for office in offices_used(near=near) if office.unit_id is not None]
    rows = Office.objects.select_related("unit").filter(code__in=codes)
    return sorted(
        rows, key=lambda office: (office.closed_at is not None, office.names["en"].casefold(), office.pk)
    )


def own_office(office_id: int) -> Office:
    """An own office that has not ended, with `unit`. NotFound, also for a standard one."""
    rows = Office.objects.select_related("unit").filter(pk=office_id, closed_at=None).exclude(unit=None)
    return needed(rows.first(), NotFound(field="office"))


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
