"""Who may say the second person's yes: by account for the acts and pages of that person, by office for everybody."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from abhiyan.core import clock
from abhiyan.core.scope import system
from abhiyan.org.models import Office, Release
from abhiyan.org.rules.releases import CAPABILITY
from abhiyan.org.viewer import named
from abhiyan.units import queries as units

from .authority import on_one_line
from .offices import read_names, vacancies
from .viewers import viewer_of

RELEASE = "org.release"
EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class Seat:
    """An office in a unit, whoever holds it."""

    office: str
    office_names: Mapping[str, str]
    unit_code: str
    unit_names: Mapping[str, str]

    def name(self, language: str) -> str:
        return f"{named(self.office_names, language)}, {named(self.unit_names, language)}"


@dataclass(frozen=True, slots=True)
class Deciders:
    """Who may decide what somebody asked, as `actions.decide_release` would have it.

    related: accounts that have the power, but stand above or below the asker. seats: the offices of those who may, the
    nearest first. vacant: where there is nobody, offices that would do once somebody else holds them.
    """

    accounts: frozenset[int]
    related: frozenset[int]
    seats: tuple[Seat, ...]
    vacant: tuple[Seat, ...]

    def whom_to_ask(self, language: str) -> str:
        """A sentence for whoever may not decide, with a few offices as examples."""
        names = "; ".join(seat.name(language) for seat in (self.seats or self.vacant)[:EXAMPLES])
        if self.seats:
            return _("May be decided by: %(offices)s.") % {"offices": names}
        if self.vacant:
            return _(
                "Nobody holds an office that could decide this. Appoint somebody, such as: %(offices)s."
            ) % {"offices": names}
        return _("Nobody holds an office that could decide this.")


def deciders(waiting: Collection[Release], *, at: datetime) -> dict[int, Deciders]:
    """Who may decide each of these, by the release's own id.

    Past the viewer's scope: whom to ask is told to everybody, and by office and unit only.
    """
    if not waiting:
        return {}
    on = clock.day_in(settings.TIME_ZONE, at)
    with system("who may decide"):
        powers = _powers({(each.unit_id, each.act) for each in waiting}, on=on)
        asked = {(each.unit_id, each.act, each.asked_by) for each in waiting}
        related = on_one_line(
            {(account, by) for unit, act, by in asked for account, _seat in powers.get((unit, act), ())},
            on=on,
        )
        found: dict[tuple[int, str, int], Deciders] = {}
        for unit, act, by in asked:
            others = [(account, seat) for account, seat in powers.get((unit, act), ()) if account != by]
            free = [(account, seat) for account, seat in others if (account, by) not in related]
            found[unit, act, by] = Deciders(
                accounts=frozenset(account for account, _seat in free),
                related=frozenset(account for account, _seat in others if (account, by) in related),
                seats=tuple({(seat.office, seat.unit_code): seat for _account, seat in free}.values()),
                vacant=() if free else tuple(_vacant(unit, act, by, on=on)),
            )
    return {each.pk: found[each.unit_id, each.act, each.asked_by] for each in waiting}


def _powers(
    wanted: Collection[tuple[int, str]], *, on: date
) -> dict[tuple[int, str], list[tuple[int, Seat]]]:
    """Who holds what deciding an act over a unit takes, and in which office; the nearest first."""
    rows: list[tuple[Any, ...]]
    with connection.cursor() as cursor:
        cursor.execute(
            """
            with recursive up as (
                select q.unit_id as of, q.hierarchy, q.unit_id, q.parent_id, 0 as steps from units_placement q
                where q.unit_id = any (%(units)s::bigint[]) and q.valid_to is null
                union all
                select up.of, q.hierarchy, q.unit_id, q.parent_id, up.steps + 1 from up join units_placement q
                  on q.unit_id = up.parent_id and q.hierarchy = up.hierarchy and q.valid_to is null
            )
            select up.of, ap.account_id, o.code, o.names, u.code, u.names, o.capabilities
            from up join units_unit u on u.id = up.unit_id
            join org_appointment ap on ap.unit_id = up.unit_id and ap.state = 'active'
              and ap.starts_on <= %(on)s and (ap.ends_on is null or ap.ends_on >= %(on)s)
              and (up.hierarchy = ap.hierarchy or u.kind in ('state', 'nation'))
            join org_office o on o.id = ap.office_id
            order by up.steps, o.rank, o.code, ap.id
            """,
            {"units": [unit for unit, _act in wanted], "on": on},
        )
        rows = cursor.fetchall()
    found: dict[tuple[int, str], list[tuple[int, Seat]]] = {}
    for unit, act in wanted:
        held: dict[int, set[str]] = {}
        for of, account, *_rest, capabilities in rows:
            if of == unit:
                held.setdefault(account, set()).update(capabilities)
        able = {account for account, given in held.items() if {RELEASE, CAPABILITY[act]} <= given}
        found[unit, act] = [
            (account, Seat(office, read_names(office_names), code, read_names(unit_names)))
            for of, account, office, office_names, code, unit_names, capabilities in rows
            if of == unit and account in able and RELEASE in capabilities
        ]
    return found


def _vacant(unit_id: int, act: str, asked_by: int, *, on: date) -> list[Seat]:
    """Vacant offices that would do, in a unit of the asker: above and below it everybody is of the asker's line."""
    able = set(
        Office.objects.filter(capabilities__contains=[RELEASE, CAPABILITY[act]]).values_list(
            "code", flat=True
        )
    )
    own = {held.unit_id for held in viewer_of(account_id=asked_by, on=on).appointments}
    seats = []
    for here in sorted(own):
        is_apart = not any(
            units.stands_below(a, b) for other in own - {here} for a, b in ((here, other), (other, here))
        )
        if is_apart and units.stands_below(unit_id, here):
            unit = units.unit_by_id(here)
            seats += [
                Seat(each.office, each.office_names, unit.code, unit.names)
                for each in vacancies(here, on=on)
                if each.office in able
            ]
    return seats
