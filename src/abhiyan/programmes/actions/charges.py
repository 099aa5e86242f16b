"""Who is in charge of a programme in a unit: named, told, accepting or declining, ended."""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from abhiyan.core import audit
from abhiyan.core.actor import Actor
from abhiyan.core.keys import keyring
from abhiyan.core.refusals import NotFound, Refused
from abhiyan.core.scope import system
from abhiyan.messaging import actions as messaging
from abhiyan.messaging.rules import texts
from abhiyan.org import queries as org
from abhiyan.org.viewer import named
from abhiyan.people import queries as people
from abhiyan.people.models import Account
from abhiyan.programmes.models import InCharge, Programme
from abhiyan.units import queries as units

from .programmes import ScopeOutside, held, in_scope

LONGEST_REASON = 200


class UnknownAccount(Refused):
    code = "unknown_account"
    message = _("There is nobody like that who signs in here.")


class AlreadyInCharge(Refused):
    code = "already_in_charge"
    message = _("This person is already in charge here.")
    status = 409


class AlreadyAnswered(Refused):
    code = "already_answered"
    message = _("You have accepted this already.")
    status = 409


class ReasonTooLong(Refused):
    code = "reason_too_long"
    message = _("Say it in at most %(longest)s characters.")


def name_in_charge(
    *,
    programme_id: int,
    unit_id: int,
    account: UUID,
    by: Actor,
    at: datetime,
    role: str = InCharge.Role.IN_CHARGE,
    import_id: int | None = None,
) -> InCharge:
    """Name who answers for a programme in a unit. account: public id. Who may: `programmes.run` at the unit.

    They are told by a duty message once the programme is open, and may decline; what somebody may do comes from
    their appointments alone, being in charge shows a name on pages. import_id: of the list that named them.
    Refuses UnknownAccount, AlreadyInCharge, ScopeOutside.
    """
    with transaction.atomic():
        programme = held(programme_id=programme_id)
        org.require(by, "programmes.run", at=unit_id)
        if unit_id != programme.owner_id and not in_scope(programme=programme, unit_id=unit_id, at=at):
            raise ScopeOutside(field="unit", n=1)
        try:
            found = people.account_by_public_id(account)
        except NotFound:
            raise UnknownAccount(field="account") from None
        if InCharge.objects.filter(
            programme=programme, unit_id=unit_id, account_id=found.pk, ended_at=None
        ).exists():
            raise AlreadyInCharge(field="account")
        made = InCharge.objects.create(
            programme=programme,
            unit_id=unit_id,
            account_id=found.pk,
            role=role,
            named_at=at,
            named_by=by.account_id,
            import_id=import_id,
        )
        if programme.state == Programme.State.OPEN:
            _let_know(programme, made, found, at=at)
        _record(made, programme, "name_in_charge", {"account": str(account), "role": str(role)}, by=by, at=at)
        return made


def tell_in_charges(*, programme_id: int, at: datetime) -> int:
    """Tell everybody in charge of a programme who was not told yet: it has been opened. Returns how many were."""
    told = 0
    with system("telling who is in charge"):
        waiting = InCharge.objects.filter(programme_id=programme_id, ended_at=None, told_at=None)
        for one in waiting.select_related("programme").order_by("pk"):
            account = people.account(one.account_id)
            if account is not None:
                told += _let_know(one.programme, one, account, at=at)
    return told


def answer_charge(*, in_charge_id: int, accepts: bool, by: Actor, at: datetime, reason: str = "") -> InCharge:
    """The person named says yes or no; who said yes may still step back. Who may: that person alone.

    No ends the charge: the unit is among those that miss somebody again, with the reason if one was given.
    Refuses NotFound, AlreadyAnswered, ReasonTooLong.
    """
    if len(reason) > LONGEST_REASON:
        raise ReasonTooLong(field="reason", longest=LONGEST_REASON)
    if by.kind != "person" or by.account_id is None:
        raise NotFound
    with transaction.atomic():
        one = (
            InCharge.objects.select_for_update(of=("self",))
            .select_related("programme")
            .filter(pk=in_charge_id, account_id=by.account_id, ended_at=None)
            .first()
        )
        if one is None:
            raise NotFound
        if accepts and one.state == InCharge.State.ACCEPTED:
            raise AlreadyAnswered
        one.state = InCharge.State.ACCEPTED if accepts else InCharge.State.DECLINED
        one.answered_at = at
        if not accepts:
            one.reason, one.ended_at = " ".join(reason.split()), at
        one.save(update_fields=["state", "answered_at", "reason", "ended_at"])
        _record(one, one.programme, "accept_charge" if accepts else "decline_charge", {}, by=by, at=at)
        return one


def end_in_charge(*, in_charge_id: int, by: Actor, at: datetime) -> None:
    """End somebody's charge of a programme in a unit. Who may: `programmes.run` at the unit."""
    with transaction.atomic():
        one = (
            InCharge.objects.select_for_update(of=("self",))
            .select_related("programme")
            .filter(pk=in_charge_id, ended_at=None)
            .first()
        )
        if one is None:
            raise NotFound
        org.require(by, "programmes.run", at=one.unit_id)
        one.ended_at = at
        one.save(update_fields=["ended_at"])
        _record(one, one.programme, "end_in_charge", {}, by=by, at=at)


def end_named_by(*, import_id: int, by: Actor, at: datetime) -> int:
    """End every charge a list has named that still holds, answered or not. Returns how many. Undo of that import."""
    ended = InCharge.objects.filter(import_id=import_id, ended_at=None).update(ended_at=at)
    audit.record(by=by, at=at, act="programmes.end_named_by", n=ended, facts={"import": import_id})
    return ended


def _let_know(programme: Programme, one: InCharge, account: Account, *, at: datetime) -> bool:
    """Queue the duty message; False when no phone of theirs is kept."""
    with system("telling who is in charge"):
        try:
            phone = people.phone(account.phone_id)
        except NotFound:
            return False
        language = account.language or settings.LANGUAGE_CODE
        with override(language):
            role = str(InCharge.Role(one.role).label)
        where = units.names_of([one.unit_id], language=language)[one.unit_id]
        messaging.send(
            template="duty.in_charge",
            phone=keyring().unseal(bytes(phone.sealed), about=phone.pk.bytes).decode(),
            language=language,
            blanks={
                "role": role,
                "programme": named(programme.names, language),
                "unit": where,
                "link": settings.ORIGIN + reverse("programmes:charges"),
            },
            key=f"in_charge|{one.pk}",
            kind=texts.DUTY,
            unit_id=one.unit_id,
            programme_id=programme.pk,
            at=at,
        )
        one.told_at = at
        one.save(update_fields=["told_at"])
        return True


def _record(
    one: InCharge, programme: Programme, act: str, facts: dict[str, object], *, by: Actor, at: datetime
) -> None:
    audit.record(
        by=by,
        at=at,
        act=f"programmes.{act}",
        subject=str(programme.public_id),
        unit_id=one.unit_id,
        facts=facts,
    )
