"""An office of one seat that more than one person holds: who claims it, since when, and who decides."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from abhiyan.core import clock, sql
from abhiyan.core.actor import Actor
from abhiyan.core.scope import system
from abhiyan.org.models import Appointment
from abhiyan.org.rules import granting
from abhiyan.org.viewer import HeldOffice, Viewer

from .authority import NotYours, grants_at, is_root
from .deciding import DecidingSeat


class OwnDispute(NotYours):
    """The person who would decide claims the office too."""

    message = _("You claim this office yourself. Somebody else above must decide.")


@dataclass(frozen=True, slots=True)
class Dispute:
    """A disputed office somebody claims. since: when the second claim was made. decided_by: who might, nearest first;
    if there is nobody, the administrator of the installation decides."""

    appointment: UUID
    held: HeldOffice
    since: datetime
    decided_by: tuple[DecidingSeat, ...]


def claimants(appointment: Appointment) -> list[Appointment]:
    """All who claim a disputed office, oldest first."""
    same = Q(body=None) if appointment.body_id is None else Q(body_id=appointment.body_id)
    return list(
        Appointment.objects.select_related("office", "unit")
        .filter(
            same,
            office_id=appointment.office_id,
            unit_id=appointment.unit_id,
            state=Appointment.State.DISPUTED,
        )
        .order_by("made_at", "id")
    )


def own_disputes(viewer: Viewer, *, at: datetime) -> list[Dispute]:
    """The disputes the viewer is a side of."""
    on = clock.day_in(settings.TIME_ZONE, at)
    disputed = {office.public_id: office for office in viewer.appointments if office.is_disputed}
    disputes = []
    for appointment in Appointment.objects.filter(public_id__in=list(disputed)).order_by("id"):
        with system("who claims an office"):
            sides = claimants(appointment)
        made = [each.made_at for each in sides] or [appointment.made_at]
        seats = _deciders(
            appointment.unit_id, appointment.hierarchy, on=on, without={each.account_id for each in sides}
        )
        disputes.append(Dispute(appointment.public_id, disputed[appointment.public_id], made[:2][-1], seats))
    return disputes


def why_not_decide(by: Actor, appointment: Appointment, *, at: datetime) -> NotYours | None:
    """Why `by` may not settle the dispute over this office; None for who may.

    It needs org.decide at a unit strictly above, or the administrator's account. `own_dispute` names an exception.
    """
    if by.kind == "system":
        return None
    if by.kind != "person" or by.account_id is None:
        return NotYours(capability="org.decide")
    if not is_root(by.account_id) and not granting.may_decide_dispute(
        grants_at(by.account_id, appointment.unit_id, appointment.hierarchy)
    ):
        return NotYours(capability="org.decide")
    return own_dispute(by, appointment, at=at)


def own_dispute(by: Actor, appointment: Appointment, *, at: datetime) -> OwnDispute | None:
    """Return OwnDispute if `by` claims a disputed office too, and so may not settle it.

    Else return None, also for the administrator where nobody else is left to decide.
    """
    if by.account_id is None:
        return None
    with system("who claims an office"):
        sides = {each.account_id for each in claimants(appointment)}
    if by.account_id not in sides:
        return None
    on = clock.day_in(settings.TIME_ZONE, at)
    is_last = is_root(by.account_id) and not (
        _deciders(appointment.unit_id, appointment.hierarchy, on=on, without=sides)
        or _another_administrator(sides)
    )
    return None if is_last else OwnDispute()


def _deciders(
    unit_id: int, hierarchy: int, *, on: date, without: Collection[int]
) -> tuple[DecidingSeat, ...]:
    """The offices strictly above a unit that decide about it, the nearest first, held by others than `without`.

    It reads past the caller's scope: anybody may know which office and unit to ask, but no names.
    """
    with system("who may decide"):
        rows = sql.rows(
            """
            with recursive up as (
                select q.parent_id, 1 as steps from units_placement q
                where q.unit_id = %(unit)s and q.hierarchy = %(hierarchy)s and q.valid_to is null
                union all
                select q.parent_id, up.steps + 1 from up join units_placement q
                  on q.unit_id = up.parent_id and q.hierarchy = %(hierarchy)s and q.valid_to is null
            )
            select o.code, o.names, u.code, u.names
            from up join units_unit u on u.id = up.parent_id
            join org_appointment ap on ap.unit_id = u.id and ap.state = 'active' and ap.starts_on <= %(on)s
              and (ap.ends_on is null or ap.ends_on >= %(on)s) and ap.account_id <> all (%(without)s::bigint[])
              and (ap.hierarchy = %(hierarchy)s or u.kind in ('state', 'nation'))
            join org_office o on o.id = ap.office_id and 'org.decide' = any (o.capabilities)
            order by up.steps, o.rank, o.code, ap.id
            """,
            {"unit": unit_id, "hierarchy": hierarchy, "on": on, "without": list(without)},
        )
    seats = [DecidingSeat(office, names, code, unit_names) for office, names, code, unit_names in rows]
    return tuple({(seat.office, seat.unit_code): seat for seat in seats}.values())


def _another_administrator(without: Collection[int]) -> bool:
    with system("who may decide"):
        return sql.exists(
            "select 1 from people_account where is_root and closed_at is null and id <> all (%s::bigint[]) limit 1",
            [list(without)],
        )
