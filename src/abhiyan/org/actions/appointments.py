"""Appointing, ending, deciding."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Case, Count, F, Q, When
from django.utils.translation import gettext_lazy as _

from abhiyan.core import audit, clock, lot, news, sql
from abhiyan.core.actor import Actor
from abhiyan.core.refusals import NotFound, Refused, or_refuse
from abhiyan.core.scope import system
from abhiyan.org import queries
from abhiyan.org.models import Appointment, Body, Office
from abhiyan.org.news import AppointmentEnded, AppointmentOffered, OfferAnswered
from abhiyan.org.queries import NotYours
from abhiyan.org.rules import granting
from abhiyan.org.rules.offices import SEATS
from abhiyan.org.rules.ranges import is_in_ranges
from abhiyan.people import actions as people
from abhiyan.people import queries as known
from abhiyan.people.actions import sessions
from abhiyan.people.models import Account
from abhiyan.units import queries as units

from .releases import ReasonMissing, lock_account, withdraw_releases

MOST_HELD = 200  # appointments of one account at a time: a scope of more ranges makes every page slow
HOLDING = (Appointment.State.ACTIVE, Appointment.State.DISPUTED)
OPEN = (*HOLDING, Appointment.State.OFFERED)
TERM_OVER = "term over"


class BeyondYourOwn(NotYours):
    """The office gives more than the giver has."""

    message = _("This office has more rights here than yours. Ask the level above to appoint.")


class UnknownOffice(Refused):
    message = _("There is no such office.")


class OfficeNotHere(Refused):
    """The office belongs to another kind of unit or body."""

    message = _("This office does not exist here. Choose another one.")


class UnitNotPlaced(Refused, code="unit_not_placed"):
    """The unit stands nowhere in this hierarchy, or is closed."""

    message = _("This unit has no place in this hierarchy today.")


class NoSeatLeft(Refused):
    message = _("All %(seats)s seats of this office are taken here. End an appointment first.")


class SeatHeld(Refused, status=409):
    """Another person than the intended one holds the only seat, or has an offer of it. by: their appointments."""

    message = _("Somebody holds this office here already.")

    def __init__(self, *, by: list[Appointment]) -> None:
        super().__init__(field="office")
        self.by = by


class AlreadyHolds(Refused):
    message = _("This person already holds this office here.")


class TooManyOffices(Refused):
    message = _("One person can hold at most %(most)s appointments.")


class OfficerElsewhere(Refused):
    """A data officer watches the leaders, and so holds no other office."""

    message = _("A data officer holds no other office. End the other one first.")


class WrongTerm(Refused):
    message = _("The term ends before it begins.")


class AccountClosed(Refused):
    message = _("This account is closed.")


class AlreadyEnded(Refused):
    message = _("This appointment has ended already.")


class NotOffered(Refused, status=404):
    """A link, a word, or a page: answered, taken back, over, another phone's, or never made. All answered alike."""

    message = _("Already answered, or over. Sign in to see your offices.")


class OfferOver(Refused):
    message = _("The term of this office is over. Ask to be appointed again.")


class NotDisputed(Refused):
    message = _("This office is not disputed.")


class OrderMissing(Refused):
    message = _("A decision needs the number of its order.")


def ensure_offices() -> None:
    """Add the offices of `rules.offices` that are missing yet, and give the others what a release newly brings. A
    capability once offered and taken away since stays away. Names, seats and ranks are the organisation's."""
    there = {office.code: office for office in Office.objects.filter(code__in=[seat.code for seat in SEATS])}
    Office.objects.bulk_create(
        Office(
            code=seat.code,
            names={"en": seat.en, "hi": seat.hi},
            capabilities=sorted(seat.capabilities),
            offered=sorted(seat.capabilities),
            expected_in=list(seat.expected_in),
            given_in=list(seat.given_in),
            in_bodies=list(seat.in_bodies),
            seats=seat.seats,
            sees_people=seat.sees_people,
            rank=seat.rank,
        )
        for seat in SEATS
        if seat.code not in there
    )
    brought = []
    for seat in SEATS:
        office = there.get(seat.code)
        if office is not None and (anew := seat.capabilities.difference(office.offered)):
            office.capabilities = sorted(anew.union(office.capabilities))
            office.offered = sorted(anew.union(office.offered))
            brought.append(office)
    Office.objects.bulk_update(brought, ["capabilities", "offered"])


def require_term(*, starts_on: date, ends_on: date | None, today: date) -> None:
    """Refuse (WrongTerm) a term that ends before it begins, or is over."""
    if ends_on is not None and (ends_on < starts_on or ends_on < today):
        raise WrongTerm(field="ends_on")


def appoint(
    *,
    account_id: int,
    office: str,
    unit_id: int,
    by: Actor,
    at: datetime,
    starts_on: date | None = None,
    ends_on: date | None = None,
    hierarchy: int = 1,
    body_id: int | None = None,
    order_no: str = "",
    disputing: Collection[UUID] | None = None,
    is_only_offered: bool = False,
) -> Appointment:
    """Give a person an office in a unit (and body) for a term; without days from today until further notice.

    Holders of org.appoint above the unit, or in it with a more senior office, may do this; and only with what they have
    themselves (BeyondYourOwn). To a seat in a body: holders of org.bodies. To a data officer's office: data officers
    strictly above.
    It counts once its holder accepts (`office_offers`): a message with a word and a link asks them. An office that
    somebody gives themselves counts at once. So do the system's own: the first data officers, and sample data.
    is_only_offered: the holder has to accept it from the system too, as each row of a list.
    disputing: the appointments (public ids) it is meant to dispute; none in particular where nothing is said.
    Refuses UnknownOffice, OfficeNotHere, UnitNotPlaced, NoSeatLeft, AlreadyHolds, TooManyOffices, WrongTerm,
    AccountClosed, OfficerElsewhere; SeatHeld where the only seat is held by others than `disputing`.
    Locks: the office in the unit, then the account, by advisory locks.
    """
    today = clock.day_in(settings.TIME_ZONE, at)
    starts_on = starts_on or today
    require_term(starts_on=starts_on, ends_on=ends_on, today=today)
    with system("appointing"):
        kind = or_refuse(Office.objects.filter(code=office).first(), UnknownOffice(field="office"))
        unit = units.row_of_unit(unit_id, hierarchy)
        if unit.lo is None or unit.closed_on is not None:
            raise UnitNotPlaced(field="unit")
        body = None
        if body_id is not None:
            found = Body.objects.filter(id=body_id, unit_id=unit_id, ended_on=None)
            body = or_refuse(found.select_for_update(of=("self",)).first(), NotFound(field="body"))
        if not kind.fits(unit.kind, body):
            raise OfficeNotHere(field="office")
        if kind.unit_id is not None and not _is_within(kind.unit_id, unit.lo):
            raise OfficeNotHere(field="office")
        _may_appoint(by, kind, unit_id, hierarchy, body_id=body_id)
        _lock(kind.pk, unit_id, body_id)
        if known.account(account_id) is None:
            raise AccountClosed(field="account")
        lock_account(account_id)
        _require_room(account_id, kind)
        seats = list(
            Appointment.objects.filter(
                Q(ends_on=None) | Q(ends_on__gte=starts_on),
                _in_body(body_id),
                office=kind,
                unit_id=unit_id,
                state__in=OPEN,
            ).select_related("office", "unit", "body")
        )
        if any(each.account_id == account_id for each in seats):
            raise AlreadyHolds(field="account")
        if kind.seats > 1 and len(seats) >= (most := body.seats_of(kind) if body else kind.seats):
            raise NoSeatLeft(field="office", seats=most)
        taken = kind.seats == 1 and bool(seats)
        if taken and disputing is not None and any(each.public_id not in disputing for each in seats):
            raise SeatHeld(by=seats)
        is_named = by.kind == "system" and not is_only_offered
        counts_at_once = is_named or by.account_id == account_id
        made = Appointment.objects.create(
            public_id=lot.uuid(),
            account_id=account_id,
            office=kind,
            unit_id=unit_id,
            hierarchy=hierarchy,
            body_id=body_id,
            state=Appointment.State.OFFERED,
            starts_on=starts_on,
            ends_on=ends_on,
            order_no=order_no.strip(),
            made_by=by.account_id,
            made_at=at,
        )
        people.find_account_at(account_id=account_id, unit_id=unit_id, instead_of=None)
        people.end_first_words(account_id=account_id, by=by, at=at)
        _record("org.appoint", made, by, at, office=office, order_no=made.order_no)
        if counts_at_once:
            how = Appointment.How.NAMED if is_named else Appointment.How.SIGNED_IN
            take_office(made, how=how, at=at)
        else:
            news.tell(
                AppointmentOffered(
                    public_id=made.public_id,
                    account_id=account_id,
                    unit_id=unit_id,
                    by_unit_id=queries.seat_over(by.account_id, unit_id) if by.account_id else None,
                    office_names=queries.office_titles(kind.names, body.names if body else {}),
                    unit_names=units.unit_by_id(unit_id).names,
                    at=at,
                )
            )
    return made


@dataclass(frozen=True, slots=True)
class OfficeBearer:
    """Somebody of a list: who they are, and the office they hold since a day. until: the last day, if it is over."""

    phone: str
    name: str
    office: str
    unit_id: int
    since: date
    hierarchy: int = 1
    body_id: int | None = None
    is_demo: bool = False
    until: date | None = None


def appoint_many(*, bearers: Sequence[OfficeBearer], by: Actor, at: datetime) -> list[Account]:
    """Open an account for each of a list of new people and give them their office, in a few statements.

    The system's alone; it counts at once. Their accounts, in their order. Refuses NotYours, and as `appoint`:
    UnknownOffice, UnitNotPlaced, OfficeNotHere, NoSeatLeft, AlreadyHolds (somebody who holds any office).
    """
    if by.kind != "system":
        raise NotYours
    with system("appointing"), transaction.atomic():
        offices = {office.code: office for office in Office.objects.all()}
        if any(one.office not in offices for one in bearers):
            raise UnknownOffice(field="office")
        for hierarchy in sorted({one.hierarchy for one in bearers}):
            places = {one.unit_id for one in bearers if one.hierarchy == hierarchy}
            if places.difference(units.spans(places, hierarchy)):
                raise UnitNotPlaced(field="unit")
        accounts = people.open_accounts(
            newcomers=[
                people.Newcomer(one.phone, one.name, one.unit_id, is_demo=one.is_demo) for one in bearers
            ],
            by=by,
            at=at,
        )
        ids = [account.pk for account in accounts]
        held = Appointment.objects.filter(account_id__in=ids, state__in=OPEN)
        if len(set(ids)) < len(ids) or held.exists():
            raise AlreadyHolds(field="account")
        Appointment.objects.bulk_create(
            Appointment(
                public_id=lot.uuid(),
                account_id=account.pk,
                office=offices[one.office],
                unit_id=one.unit_id,
                hierarchy=one.hierarchy,
                body_id=one.body_id,
                state=Appointment.State.ENDED if one.until else Appointment.State.ACTIVE,
                starts_on=one.since,
                ends_on=one.until,
                made_at=at,
                accepted_at=at,
                accepted_how=Appointment.How.NAMED,
                ended_at=at if one.until else None,
                end_reason=TERM_OVER if one.until else "",
            )
            for account, one in zip(accounts, bearers, strict=True)
        )
        given = held.select_related("office", "unit", "body__own_kind")
        if not all(one.office.fits(one.unit.kind, one.body) for one in given):
            raise OfficeNotHere(field="office")
        if not all(stands_where_it_exists(bearer) for bearer in given if bearer.office.unit_id):
            raise OfficeNotHere(field="office")
        here = Appointment.objects.filter(state__in=OPEN, unit_id__in={one.unit_id for one in bearers})
        most = Case(
            When(office__seats__gt=1, body__isnull=False, then=F("body__seats")), default=F("office__seats")
        )
        if here.values("office", "unit", "body").annotate(n=Count("pk"), most=most).filter(n__gt=F("most")):
            raise NoSeatLeft(field="office", seats=1)
        audit.record(by=by, at=at, act="org.appoint_many", n=len(bearers))
    return accounts


def take_office(held: Appointment, *, how: Appointment.How, at: datetime) -> None:
    """An appointment is accepted and counts from now on; disputed where the only seat is held. In a system scope.

    Only `appoint` and `answer_offer` call this, under the office's lock.
    """
    rivals = Appointment.objects.filter(
        Q(ends_on=None) | Q(ends_on__gte=held.starts_on),
        _in_body(held.body_id),
        office=held.office,
        unit_id=held.unit_id,
        state__in=HOLDING,
    )
    if held.office.seats == 1 and rivals.update(state=Appointment.State.DISPUTED):
        held.state = Appointment.State.DISPUTED
    else:
        held.state = Appointment.State.ACTIVE
    held.accepted_at, held.accepted_how = at, how
    held.save(update_fields=["state", "accepted_at", "accepted_how"])


def require_room(held: Appointment) -> None:
    """Refuse what is no longer possible since it was offered: OfficerElsewhere, TooManyOffices, NoSeatLeft."""
    _require_room(held.account_id, held.office, but=held.pk)
    taken = Appointment.objects.filter(
        _in_body(held.body_id), office=held.office, unit_id=held.unit_id, state__in=HOLDING
    ).count()
    if held.office.seats > 1 and taken >= (
        most := held.body.seats_of(held.office) if held.body else held.office.seats
    ):
        raise NoSeatLeft(seats=most)


def _require_room(account_id: int, office: Office, *, but: int = 0) -> None:
    held = list(
        Appointment.objects.filter(account_id=account_id, state__in=OPEN)
        .exclude(id=but)
        .select_related("office")
    )
    if len(held) >= MOST_HELD:
        raise TooManyOffices(field="account", most=MOST_HELD)
    is_officer = granting.is_of_officers(office.capabilities)
    if any(
        each.state in HOLDING and is_officer != granting.is_of_officers(each.office.capabilities)
        for each in held
    ):
        raise OfficerElsewhere(field="office")


def lock_office(held: Appointment) -> None:
    """As `appoint` locks: the office in the unit, then the account."""
    _lock(held.office_id, held.unit_id, held.body_id)
    lock_account(held.account_id)


def appoint_new(
    *,
    phone: str,
    name: str,
    office: str,
    unit_id: int,
    by: Actor,
    at: datetime,
    language: str = "",
    starts_on: date | None = None,
    ends_on: date | None = None,
    hierarchy: int = 1,
    body_id: int | None = None,
    order_no: str = "",
    disputing: Collection[UUID] | None = None,
    is_only_offered: bool = False,
) -> Appointment:
    """Appoint somebody by their phone, opening their account when they have none yet. As `appoint` otherwise.

    This checks authority before it reveals anything about the phone; what is refused opens no account.
    """
    with system("appointing somebody new"), transaction.atomic():
        kind = or_refuse(Office.objects.filter(code=office).first(), UnknownOffice(field="office"))
        _may_appoint(by, kind, unit_id, hierarchy, body_id=body_id)
        account = people.open_account(phone=phone, name=name, language=language, by=by, at=at)
        return appoint(
            account_id=account.pk,
            office=office,
            unit_id=unit_id,
            by=by,
            at=at,
            starts_on=starts_on,
            ends_on=ends_on,
            hierarchy=hierarchy,
            body_id=body_id,
            order_no=order_no,
            disputing=disputing,
            is_only_offered=is_only_offered,
        )


def end_appointment(*, public_id: UUID, reason: str, by: Actor, at: datetime) -> Appointment:
    """End an appointment today. Its power ends with this commit; without another one so do the person's sessions.

    Anybody who may appoint to it may end it, and the holder may. A disputed office with one claimant left is that
    claimant's again: so no claimant ends another's claim.
    Refuses ReasonMissing, AlreadyEnded, NotYours, OwnDispute.
    """
    if not reason.strip():
        raise ReasonMissing(field="reason")
    with system("ending an appointment"):
        held = or_refuse(Appointment.objects.select_related("office").filter(public_id=public_id).first())
        _lock(held.office_id, held.unit_id, held.body_id)
        if by.account_id is None or by.kind != "person" or by.account_id != held.account_id:
            _may_appoint(by, held.office, held.unit_id, held.hierarchy, body_id=held.body_id, ending=True)
            if refused := queries.own_dispute(by, held, at=at):
                raise refused
        _end(held, reason=reason.strip(), by=by, at=at)
    return held


def decide_dispute(*, public_id: UUID, order_no: str, by: Actor, at: datetime) -> Appointment:
    """Settle a disputed office for one of its claimants, by an order of the level above; the others end.

    `queries.why_not_decide` says who may. Refuses NotDisputed, OrderMissing, NotYours, OwnDispute.
    """
    if not order_no.strip():
        raise OrderMissing(field="order_no")
    with system("deciding a disputed office"):
        kept = or_refuse(Appointment.objects.select_related("office").filter(public_id=public_id).first())
        _lock(kept.office_id, kept.unit_id, kept.body_id)
        if refused := queries.why_not_decide(by, kept, at=at):
            raise refused
        kept.refresh_from_db(fields=["state"])
        if kept.state != Appointment.State.DISPUTED:
            raise NotDisputed
        rivals = Appointment.objects.select_related("office").filter(
            _in_body(kept.body_id),
            office=kept.office,
            unit_id=kept.unit_id,
            state=Appointment.State.DISPUTED,
        )
        kept.state, kept.order_no = Appointment.State.ACTIVE, order_no.strip()
        kept.save(update_fields=["state", "order_no"])
        for rival in rivals.exclude(id=kept.pk).order_by("id"):
            _end(rival, reason=f"order {kept.order_no}", by=by, at=at)
        _record("org.decide", kept, by, at, order_no=kept.order_no)
    return kept


def end_terms(*, at: datetime) -> int:
    """End every appointment and offer whose last day is over. Returns how many. Run by a loop, in its system scope."""
    today = clock.day_in(settings.TIME_ZONE, at)
    over = Appointment.objects.select_related("office").filter(state__in=OPEN, ends_on__lt=today)
    n = 0
    for held in over.order_by("id")[:1000]:
        _end(held, reason=TERM_OVER, by=Actor.system(TERM_OVER), at=at, ends_on=held.ends_on)
        n += 1
    return n


def end_with_closed_unit(held: Appointment, *, by: Actor, at: datetime) -> None:
    """End an appointment because its unit is closed. Needs what `end_appointment` needs. In a system scope."""
    _lock(held.office_id, held.unit_id, held.body_id)
    if by.kind != "person" or by.account_id != held.account_id:
        _may_appoint(by, held.office, held.unit_id, held.hierarchy, body_id=held.body_id, ending=True)
    _end(held, reason="unit closed", by=by, at=at)


def _end(held: Appointment, *, reason: str, by: Actor, at: datetime, ends_on: date | None = None) -> None:
    if end_offer(held, reason=reason, by=by, at=at, ends_on=ends_on):
        return
    changed = Appointment.objects.filter(id=held.pk, state__in=HOLDING).update(
        state=Appointment.State.ENDED,
        ends_on=ends_on or clock.day_in(settings.TIME_ZONE, at),
        ended_at=at,
        ended_by=by.account_id,
        end_reason=reason,
    )
    if not changed:
        raise AlreadyEnded
    held.state = Appointment.State.ENDED
    withdraw_releases(account_id=held.account_id, by=by, at=at)
    claimants = Appointment.objects.filter(
        _in_body(held.body_id),
        office_id=held.office_id,
        unit_id=held.unit_id,
        state=Appointment.State.DISPUTED,
    )
    settled = Appointment.objects.filter(
        _in_body(held.body_id),
        office_id=held.office_id,
        unit_id=held.unit_id,
        state=Appointment.State.ACTIVE,
    ).exists()
    if not settled and len(left := list(claimants[:2])) == 1:
        Appointment.objects.filter(id=left[0].pk).update(state=Appointment.State.ACTIVE)
    another = Appointment.objects.filter(account_id=held.account_id, state__in=HOLDING).order_by("id").first()
    if another is not None:
        people.find_account_at(account_id=held.account_id, unit_id=another.unit_id, instead_of=held.unit_id)
    if another is None and not queries.is_root(held.account_id):
        sessions.end_all_of_account(account_id=held.account_id, at=at)
    _record("org.end_appointment", held, by, at, office=held.office.code)
    news.tell(
        AppointmentEnded(
            account_id=held.account_id,
            unit_id=held.unit_id,
            office=held.office.code,
            is_last=another is None,
            at=at,
        )
    )


def end_offer(
    held: Appointment, *, reason: str, by: Actor, at: datetime, ends_on: date | None = None
) -> bool:
    """End an appointment that was never accepted, where it is one: nothing else ends with it. In a system scope."""
    changed = Appointment.objects.filter(id=held.pk, state=Appointment.State.OFFERED).update(
        state=Appointment.State.ENDED,
        ends_on=ends_on or clock.day_in(settings.TIME_ZONE, at),
        ended_at=at,
        ended_by=by.account_id,
        end_reason=reason,
    )
    if changed:
        held.state = Appointment.State.ENDED
        _record("org.end_offer", held, by, at, office=held.office.code)
        news.tell(OfferAnswered(held.public_id, held.account_id, at))
    return bool(changed)


def _record(act: str, held: Appointment, by: Actor, at: datetime, **facts: Any) -> None:
    audit.record(by=by, at=at, act=act, subject=str(held.public_id), unit_id=held.unit_id, facts=facts)


def _may_appoint(
    by: Actor, office: Office, unit_id: int, hierarchy: int, *, body_id: int | None, ending: bool = False
) -> None:
    """Refuse unless `by` may give this office here, or end it: `queries.may_give`, `rules.granting.may_end`."""
    if by.kind == "system":
        return
    if by.kind != "person" or by.account_id is None:
        raise NotYours
    is_officer = granting.is_of_officers(office.capabilities)
    is_seat = body_id is not None
    if queries.is_root(by.account_id) and not is_officer and not is_seat:
        return
    grants = queries.grants_at(by.account_id, unit_id, hierarchy)
    if not granting.may_end(grants, rank=office.rank, capabilities=office.capabilities, is_seat=is_seat):
        needs = granting.BODIES if is_seat else "org.appoint"
        raise NotYours(capability=granting.NAME_OFFICERS if is_officer else needs)
    if not ending and not granting.is_within(
        grants, capabilities=office.capabilities, sees_people=office.sees_people
    ):
        raise BeyondYourOwn(field="office")


def stands_where_it_exists(appointment: Appointment) -> bool:
    """Return True if the unit of an appointment lies today where its own office exists, in the appointment's tree."""
    made_in = appointment.office.unit_id
    unit = units.row_of_unit(appointment.unit_id, appointment.hierarchy)
    return made_in is None or (unit.lo is not None and _is_within(made_in, unit.lo))


def _is_within(unit_id: int, lo: int) -> bool:
    """Return True if a position lies in a unit or below it."""
    return is_in_ranges(units.all_spans([unit_id]).get(unit_id, ()), lo)


def _in_body(body_id: int | None) -> Q:
    return Q(body=None) if body_id is None else Q(body_id=body_id)


def _lock(office_id: int, unit_id: int, body_id: int | None) -> None:
    """One appointing or ending at a time per office, unit and body."""
    sql.wait_for(f"org.office {office_id} {unit_id} {body_id or 0}")
