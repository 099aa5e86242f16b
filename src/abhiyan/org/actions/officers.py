"""The data officers at the top of the tree: named and ended on the server's console, out of every leader's reach."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from abhiyan.core import audit
from abhiyan.core.actor import Actor
from abhiyan.core.keys import keyring
from abhiyan.core.refusals import Refused
from abhiyan.core.scope import system
from abhiyan.org import queries
from abhiyan.org.models import Appointment, AwaitedOfficer
from abhiyan.org.queries import NotYours
from abhiyan.org.rules import granting
from abhiyan.org.rules.offices import DATA_OFFICER
from abhiyan.people import actions as people
from abhiyan.people import phones
from abhiyan.people import queries as known
from abhiyan.people.models import Account

from .appointments import OPEN, appoint, end_appointment
from .releases import ReasonMissing


class AdministratorsNumber(Refused):
    message = _(
        "This is an administrator's number. An administrator appoints people; a data officer watches them."
    )


class HasAppointed(Refused):
    """This person could not approve requests of the people they appointed, and perhaps nobody else could."""

    message = _(
        "This person has appointed others here and could not approve their requests. Choose somebody else."
    )


class NotAnOfficer(Refused):
    message = _("Nobody with this number is a data officer at the top.")


@dataclass(frozen=True, slots=True)
class NamedOfficer:
    """The console named this person. is_seated: there are units, so they hold the office. link: a one-time sign-in's
    path."""

    name: str
    is_seated: bool
    link: str


def name_data_officer(
    *, phone: str, name: str, by: Actor, at: datetime, language: str = "", is_proof_lost: bool = False
) -> NamedOfficer:
    """Name a data officer of the top unit on the console, by the system only; before there are units, for later.

    Named again, they get a new link only; is_proof_lost: and every second proof and session of theirs ends.
    Refuses NotAPhone, NotAName, AdministratorsNumber, HasAppointed, OfficerElsewhere, NoSeatLeft.
    """
    if by.kind != "system":
        raise NotYours
    with system("naming a data officer on the console"):
        account = people.open_account(phone=phone, name=name, language=language, by=by, at=at)
        known_already = queries.officers_of_top().get(account.pk)
        if known_already is None:
            _require_neutral(account)
            top = queries.top_unit()
            if top is not None:
                appoint(account_id=account.pk, office=DATA_OFFICER, unit_id=top, by=by, at=at)
            else:
                AwaitedOfficer.objects.create(account_id=account.pk, named_at=at)
                audit.record(by=by, at=at, act="org.await_officer", subject=str(account.public_id))
            is_seated = top is not None
        else:
            is_seated = not known_already.is_awaited
        link = people.make_console_link(account_id=account.pk, by=by, at=at, is_proof_lost=is_proof_lost)
    return NamedOfficer(account.name, is_seated, link)


def end_officer(*, phone: str, reason: str, by: Actor, at: datetime) -> None:
    """End a data officer's appointment at the top, on the console. Refuses NotAnOfficer, ReasonMissing."""
    if by.kind != "system":
        raise NotYours
    if not reason.strip():
        raise ReasonMissing(field="reason")
    with system("ending a data officer on the console"):
        number = phones.parse(phone)
        account = known.account_of_phone(keyring().phone_id(number)) if number else None
        if account is None or account.pk not in queries.officers_of_top():
            raise NotAnOfficer(field="phone")
        if AwaitedOfficer.objects.filter(account_id=account.pk).delete()[0]:
            audit.record(by=by, at=at, act="org.end_awaited_officer", subject=str(account.public_id))
        appointments = Appointment.objects.filter(
            account_id=account.pk, office__code=DATA_OFFICER, state__in=OPEN
        )
        for appointment in appointments.order_by("id"):
            end_appointment(public_id=appointment.public_id, reason=reason, by=by, at=at)


def seat_awaited_officers(*, at: datetime) -> int:
    """Appoint the people that the console named before there were units. Returns how many. Run by a loop, in its system
    scope."""
    awaited = list(AwaitedOfficer.objects.order_by("named_at", "account_id"))
    top = queries.top_unit() if awaited else None
    if top is None:
        return 0
    n = 0
    for awaited_officer in awaited:
        try:
            appoint(
                account_id=awaited_officer.account_id,
                office=DATA_OFFICER,
                unit_id=top,
                by=Actor.system("named on the console"),
                at=at,
            )
            n += 1
        except Refused:  # such as a place taken meanwhile: doctor says how many there are
            pass
        awaited_officer.delete()
    return n


def _require_neutral(account: Account) -> None:
    if account.is_root:
        raise AdministratorsNumber(field="phone")
    made = Appointment.objects.filter(made_by=account.pk)
    if made.exclude(office__capabilities__contains=[granting.APPROVE]).exists():
        raise HasAppointed(field="phone")
