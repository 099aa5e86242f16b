"""Offices of the organisation's own take two people: one asks, another approves, and the approval makes the office.

Both have every right of the office over its whole unit. A change counts as making, whatever it changes. One person
ends an office: it then gives no right and takes no new holder.
"""

from collections.abc import Collection, Mapping
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from abhiyan.core import audit, lot, sql
from abhiyan.core.actor import Actor
from abhiyan.core.refusals import Refused, or_refuse
from abhiyan.core.scope import system
from abhiyan.org import queries
from abhiyan.org.models import Appointment, BodyKind, Office, Release
from abhiyan.org.news import ReleaseDecided
from abhiyan.org.queries import NotYours, require
from abhiyan.org.rules import own_offices as rules
from abhiyan.org.rules.own_offices import (
    ACT,
    GIVABLE,
    LONGEST_NAME,
    MAKE,
    MOST_OFFICES,
    MOST_SEATS,
    OwnOffice,
)
from abhiyan.units import queries as units

from .appointments import OPEN, UnitNotPlaced, UnknownOffice, stands_where_it_exists
from .releases import ask_release, close_release


class OfficeNameMissing(Refused):
    message = _("Write the name in English and in Hindi, each with at most %(most)s letters.")


class OfficeNameTaken(Refused, status=409):
    message = _("There is an office of this name already. Choose another name.")


class LevelUnfit(Refused):
    message = _("Choose at least one level at this unit or below it.")


class HoldersUnfit(Refused):
    message = _("Write how many people hold it in one unit, from 1 to %(most)s.")


class RightNotGivable(Refused):
    message = _("Only the standard offices have this right: %(rights)s.")


class RightNotHeld(NotYours):
    """Somebody gives a right that they do not have over the whole unit."""

    message = _("You can give only rights that you have over all of this unit.")


class OfficeHeldElsewhere(Refused, status=409):
    message = _("Somebody holds this office in a unit that has moved away. End that appointment first.")


class OfficeIsSeat(Refused, status=409):
    message = _(
        "It is a seat of one of our own committees. So it gives no right, and its number of people stays."
    )


class TooManyOwnOffices(Refused):
    message = _("A unit can have at most %(most)s offices of its own. End one first.")


def ask_office(*, unit_id: int, wanted: OwnOffice, reason: str, by: Actor, at: datetime) -> Release:
    """Ask a second person for a new office in a unit and below, or for a change of one (`wanted.code`).

    The asker needs org.offices there, and every right of the office over the whole unit. It counts once somebody
    approves it who has them too (`rules.deciding`). Refuses OfficeNameMissing, OfficeNameTaken, LevelUnfit,
    HoldersUnfit, RightNotGivable, RightNotHeld, TooManyOwnOffices, UnknownOffice, OfficeIsSeat; UnitNotPlaced in
    a closed unit.
    """
    require(by, MAKE, at=unit_id)
    with system("asking for an office"):
        office = _own(wanted.code, unit_id) if wanted.code else None
        _require_fit(wanted, unit_id, office)
        require_rights(by.account_id, unit_id, wanted.rights)
    return ask_release(act=ACT, unit_id=unit_id, reason=reason, payload=wanted.payload(), by=by, at=at)


def end_office(*, code: str, by: Actor, at: datetime) -> Office:
    """End an own office: it gives no right from now on and takes no new holder.

    Its holders keep the name until their appointment ends. It needs org.offices over its unit. Refuses
    UnknownOffice.
    """
    with system("ending an office"):
        office = or_refuse(
            Office.objects.filter(code=code).exclude(unit=None).first(), UnknownOffice(field="office")
        )
        assert office.unit_id is not None
        require(by, MAKE, at=office.unit_id)
        sql.wait_for(f"org.offices {office.unit_id}")
        office = _own(code, office.unit_id)
        office.closed_at = at
        office.given_in, office.expected_in = office.kinds, []
        office.capabilities, office.sees_people = [], False
        office.save(update_fields=["closed_at", "given_in", "expected_in", "capabilities", "sees_people"])
        close_release(act=ACT, payload={"office": code}, by=by, at=at)
        audit.record(by=by, at=at, act="org.end_office", subject=code, unit_id=office.unit_id)
    return office


def heed_office(*, news: ReleaseDecided) -> None:
    """An office was approved: it is made or changed. In the transaction of the decision, in a system scope.

    Both people have its rights now, not only when it was asked. Refuses as `ask_office`; OfficeHeldElsewhere.
    """
    if news.act != ACT or not news.allow:
        return
    wanted, unit_id = OwnOffice.of(news.payload), news.unit_id
    sql.wait_for(f"org.offices {unit_id}")
    office = _own(wanted.code, unit_id) if wanted.code else None
    _require_fit(wanted, unit_id, office)
    for account_id in (news.asked_by, news.by.account_id):
        require_rights(account_id, unit_id, wanted.rights)
    made = office or Office(code=f"{rules.PREFIX}{lot.uuid().hex[:12]}", unit_id=unit_id, made_at=news.at)
    made.names, made.seats, made.rank = rules.trimmed_names(wanted.names), wanted.seats, rules.RANK
    made.expected_in = list(wanted.kinds) if wanted.is_expected else []
    made.given_in = [] if wanted.is_expected else list(wanted.kinds)
    made.capabilities, made.sees_people = sorted(wanted.rights), wanted.sees_people
    made.save()
    facts = {"rights": sorted(wanted.rights), "asked_by": news.asked_by}
    audit.record(
        by=news.by,
        at=news.at,
        act="org.change_office" if office else "org.make_office",
        subject=made.code,
        unit_id=unit_id,
        facts=facts,
    )


def _own(code: str, unit_id: int) -> Office:
    """An own office of a unit that has not ended, locked."""
    rows = Office.objects.select_for_update(of=("self",)).filter(code=code, unit_id=unit_id, closed_at=None)
    return or_refuse(rows.first(), UnknownOffice(field="office"))


def _has_seat(code: str) -> Q:
    """The kinds of body in which an office has a seat."""
    return Q(leads=code) | Q(seats__contains=[[code]])


def _require_fit(wanted: OwnOffice, unit_id: int, office: Office | None) -> None:
    """Refuse what no office may be, no matter who asks. In a system scope."""
    names = require_names(wanted.names)
    if units.unit_by_id(unit_id).closed_on is not None:
        raise UnitNotPlaced(field="unit")
    require_levels(unit_id, wanted.kinds)
    if not 1 <= wanted.seats <= MOST_SEATS:
        raise HoldersUnfit(field="seats", most=MOST_SEATS)
    if refused := wanted.rights - GIVABLE:
        raise RightNotGivable(field="rights", rights=", ".join(sorted(refused)))
    near = [other for other in queries.offices_used(near=unit_id) if other.closed_at is None]
    others = [other for other in near if office is None or other.pk != office.pk]
    if rules.is_taken(names, (other.names for other in others)):
        raise OfficeNameTaken(field="name_en")
    if sum(other.unit_id == unit_id for other in others) >= MOST_OFFICES:
        raise TooManyOwnOffices(most=MOST_OFFICES)
    if office is not None:
        is_changed = bool(wanted.rights) or wanted.seats != office.seats
        if is_changed and BodyKind.objects.filter(_has_seat(office.code)).exists():
            raise OfficeIsSeat(field="rights" if wanted.rights else "seats")
        holders = Appointment.objects.select_related("office").filter(office=office, state__in=OPEN)
        if not all(stands_where_it_exists(holder) for holder in holders.iterator()):
            raise OfficeHeldElsewhere


def require_names(names: Mapping[str, str]) -> dict[str, str]:
    """Return the names of an own office or kind of body without needless spaces. Refuses OfficeNameMissing."""
    trimmed = rules.trimmed_names(names)
    if set(trimmed) != {"en", "hi"} or not all(0 < len(name) <= LONGEST_NAME for name in trimmed.values()):
        raise OfficeNameMissing(field="name_en", most=LONGEST_NAME)
    return trimmed


def require_levels(unit_id: int, levels: Collection[str]) -> None:
    """Refuse (LevelUnfit) levels that an own office or kind of body of a unit cannot have."""
    if not levels or not set(levels) <= set(queries.kinds_from(unit_id)):
        raise LevelUnfit(field="kinds")


def require_rights(account_id: int | None, unit_id: int, rights: Collection[str]) -> None:
    """Refuse (RightNotHeld) unless an account has these rights, and the sight they open, over the whole unit."""
    if account_id is None or not queries.has_over_all_of(account_id, unit_id, rights):
        raise RightNotHeld(field="rights")
