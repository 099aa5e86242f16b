"""Put people in charge of a programme in a unit: named, informed, accepting or declining, ended."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from functools import partial
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Count, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from abhiyan.core import audit, clock, lot
from abhiyan.core.actor import Actor
from abhiyan.core.refusals import NotFound, Refused, or_refuse
from abhiyan.core.scope import system
from abhiyan.core.words import name_in_language
from abhiyan.messaging import actions as messaging
from abhiyan.org import queries as org
from abhiyan.people import queries as people
from abhiyan.programmes.models import InCharge, Programme
from abhiyan.programmes.queries.answered_for import unit_targets
from abhiyan.programmes.queries.charges import REMINDER, charges_to_remind, declined_by, leaders_to_name
from abhiyan.programmes.queries.kinds import in_play
from abhiyan.programmes.refusals import ProgrammeOver
from abhiyan.units import queries as units

from .holding import lock_programme
from .programmes import ScopeOutside

LONGEST_REASON = 200
_TEMPLATE = "duty.in_charge"
_AT_ONCE = 2_000  # charges named, notified or ended together.
MOST_NAMED = 20_000  # leaders one press names, some seconds in the request.
MOST_TOLD = 2  # messages a day to one person about one unit, however often they are named there.


class UnknownAccount(Refused):
    message = _("Nobody like that signs in here.")


class AlreadyInCharge(Refused, status=409):
    message = _("This person is already in charge here.")


class NobodyToName(Refused):
    message = _("Every unit of this level has an in-charge, or nobody leads it.")


class LeadersChanged(Refused, status=409):
    message = _("The people who would be named have changed since you looked. Look again.")


class TooManyLeaders(Refused):
    message = _("More than %(most)s people would be named at once. Name them district by district.")


class AlreadyAnswered(Refused, status=409):
    message = _("You have accepted this already.")


class ReasonTooLong(Refused):
    message = _("Say it in at most %(longest)s characters.")


@dataclass(frozen=True, slots=True)
class Naming:
    """Somebody to be in charge in a unit: a row of a list. account_id: None for an unknown person."""

    unit_id: int
    account_id: int | None
    role: str = InCharge.Role.IN_CHARGE


def name_in_charge(
    *,
    programme_id: int,
    unit_id: int,
    account: UUID,
    by: Actor,
    at: datetime,
    role: str = InCharge.Role.IN_CHARGE,
) -> InCharge:
    """Name who answers for a programme in a unit. account: public id. Needs `programmes.run` at the unit.

    A duty message informs them once the programme is open, and they may decline; what somebody may do comes
    from their appointments alone, being in charge shows a name on pages. Refuses UnknownAccount,
    AlreadyInCharge, ScopeOutside, ProgrammeOver.
    """
    with transaction.atomic():
        programme = _named_for(programme_id)
        try:
            account_id = people.account_by_public_id(account).pk
        except NotFound:
            account_id = None
        naming = Naming(unit_id, account_id, role)
        (no,) = look_at_namings(programme_id=programme_id, namings=[naming], by=by, at=at)
        if no is not None:
            raise no
        assert account_id is not None  # nobody of that id was refused
        try:
            with transaction.atomic():
                made = InCharge.objects.create(
                    programme=programme,
                    unit_id=unit_id,
                    account_id=account_id,
                    role=role,
                    named_at=at,
                    named_by=by.account_id,
                )
        except IntegrityError as error:
            if "in_charge_once" not in str(error):
                raise
            raise AlreadyInCharge(field="account") from error
        if programme.state == Programme.State.OPEN:
            _let_know([made], at=at)
        _record(made, programme, "name_in_charge", {"account": str(account), "role": str(role)}, by=by, at=at)
        return made


def look_at_namings(
    *, programme_id: int, namings: Sequence[Naming], by: Actor, at: datetime
) -> list[Refused | None]:
    """Return what `name_many` would refuse, naming by naming, in order; nothing is changed.

    By a few queries in all. Refuses all of them with ProgrammeOver once the programme is closed.
    """
    programme = _not_over(programme_id)
    unit_ids = {naming.unit_id for naming in namings}
    mine, inside = yours("programmes.run", unit_ids, by=by, at=at), _in_scope(programme, unit_ids, at=at)
    holding: set[tuple[int, int | None]] = set(
        InCharge.objects.filter(
            programme=programme,
            unit_id__in=unit_ids,
            account_id__in={naming.account_id for naming in namings} - {None},
            ended_at=None,
        ).values_list("unit_id", "account_id")
    )
    answers: list[Refused | None] = []
    for naming in namings:
        place = (naming.unit_id, naming.account_id)
        if naming.unit_id not in mine:
            answers.append(org.NotYours(capability="programmes.run"))
        elif naming.unit_id not in inside:
            answers.append(ScopeOutside(field="unit", n=1))
        elif naming.account_id is None:
            answers.append(UnknownAccount(field="account"))
        elif place in holding:
            answers.append(AlreadyInCharge(field="account"))
        else:
            holding.add(place)
            answers.append(None)
    return answers


def name_many(
    *,
    programme_id: int,
    namings: Sequence[Naming],
    by: Actor,
    at: datetime,
    import_id: int | None = None,
    together: UUID | None = None,
) -> list[Refused | None]:
    """Name everybody of a list at once, as `name_in_charge` does one. Each refusal has the place of its naming.

    It locks nothing of the programme: others go on naming, and splitting its targets. A person who is named first by
    somebody else is in charge already. One entry in the trail. Each charge keeps the import or the act it comes from.
    Refuses ProgrammeOver.
    """
    source: dict[str, Any] = {"import_id": import_id} if together is None else {"together": together}
    with transaction.atomic():
        programme = _named_for(programme_id)
        answers = look_at_namings(programme_id=programme_id, namings=namings, by=by, at=at)
        made = 0
        sound = [
            (place, naming.unit_id, naming.account_id, naming.role)
            for place, naming in enumerate(namings)
            if answers[place] is None and naming.account_id is not None
        ]
        for start in range(0, len(sound), _AT_ONCE):
            part = sound[start : start + _AT_ONCE]
            InCharge.objects.bulk_create(
                [
                    InCharge(
                        programme=programme,
                        unit_id=unit_id,
                        account_id=account_id,
                        role=role,
                        named_at=at,
                        named_by=by.account_id,
                        **source,
                    )
                    for _place, unit_id, account_id, role in part
                ],
                ignore_conflicts=True,
            )
            rows = InCharge.objects.filter(
                **source, ended_at=None, unit_id__in={unit_id for _place, unit_id, *_who in part}
            )
            named_now = {(row.unit_id, row.account_id): row for row in rows}
            mine = []
            for place, unit_id, account_id, _role in part:
                row = named_now.get((unit_id, account_id))
                if row is None:
                    answers[place] = AlreadyInCharge(field="account")
                else:
                    mine.append(row)
            if programme.state == Programme.State.OPEN:
                _let_know(mine, at=at)
            made += len(mine)
        audit.record(
            by=by,
            at=at,
            act="programmes.name_many",
            subject=str(programme.public_id),
            n=made,
            facts={"import": import_id} if together is None else {"together": str(together)},
        )
        return answers


def name_leaders(
    *, programme_id: int, unit_id: int, kind: str, by: Actor, at: datetime, expected: int | None = None
) -> int:
    """Name the leader of each unit of a kind below a unit that has no in-charge. Return how many were named.

    The leader is the president, or the next office where that is vacant. The act names no leader who declined.
    expected: how many somebody has looked at. It needs `programmes.run` at the unit. Refuses NobodyToName,
    LeadersChanged, TooManyLeaders, ProgrammeOver.
    """
    with transaction.atomic():
        programme = _named_for(programme_id)
        org.require(by, "programmes.run", at=unit_id)
        on = clock.day_in(settings.TIME_ZONE, at)
        nominees = leaders_to_name(programme, unit_id, kind, on=on)
        if expected is not None and expected != len(nominees.leaders):
            raise LeadersChanged
        if not nominees.leaders:
            raise NobodyToName
        if len(nominees.leaders) > MOST_NAMED:
            raise TooManyLeaders(most=MOST_NAMED)
        answers = name_many(
            programme_id=programme_id,
            namings=[Naming(unit, account) for unit, account in nominees.leaders.items()],
            together=lot.uuid(),
            by=by,
            at=at,
        )
        return sum(no is None for no in answers)


def end_together(*, programme_id: int, together: UUID, by: Actor, at: datetime) -> int:
    """End every charge that one `name_leaders` made and that still holds. Return how many.

    It needs `programmes.run` at each of the units. Refuses NotFound, NotYours.
    """
    with transaction.atomic():
        mine = InCharge.objects.filter(programme=programme_id, together=together, ended_at=None)
        unit_ids = set(mine.values_list("unit_id", flat=True))
        if not unit_ids:
            raise NotFound
        if unit_ids - yours("programmes.run", unit_ids, by=by, at=at):
            raise org.NotYours(capability="programmes.run")
        ended = end_charges(mine, at=at)
        audit.record(by=by, at=at, act="programmes.end_together", n=ended, facts={"together": str(together)})
        return ended


def remind_in_charges(*, programme_id: int, unit_id: int, by: Actor, at: datetime) -> int:
    """Send one SMS to each person in and below a unit who did not answer the appointment. Return how many got one.

    Somebody who got a message today gets none. It needs `programmes.run` at the unit. Refuses ProgrammeOver,
    NobodyToRemind, TooManyToRemind.
    """
    with transaction.atomic():
        programme = _not_over(programme_id)
        org.require(by, "programmes.run", at=unit_id)
        today = clock.day_in(settings.TIME_ZONE, at)
        silent = list(charges_to_remind(programme, unit_id, on=today)[: messaging.MOST_REMINDED + 1])
        with system("reminding who is in charge"):
            words = _words(programme, silent)
        n_sent = messaging.remind_people(
            kind=REMINDER,
            template=_TEMPLATE,
            people=[
                messaging.RemindedPerson(
                    account_id=charge.account_id,
                    unit_id=charge.unit_id,
                    blanks=partial(words, charge),
                    about=charge.pk,
                    programme_id=programme.pk,
                )
                for charge in silent
            ],
            at=at,
        )
        audit.record(
            by=by,
            at=at,
            act="programmes.remind_in_charges",
            subject=str(programme.public_id),
            unit_id=unit_id,
            n=n_sent,
        )
        return n_sent


def _named_for(programme_id: int) -> Programme:
    """Return the programme somebody is named for.

    It is held only while a draft: opening it informs the people it sees.
    """
    programme = _not_over(programme_id)
    return (
        lock_programme(programme_id=programme_id) if programme.state == Programme.State.DRAFT else programme
    )


def _not_over(programme_id: int) -> Programme:
    programme = or_refuse(Programme.objects.filter(pk=programme_id).first())
    if programme.state == Programme.State.CLOSED:
        raise ProgrammeOver
    return programme


def _in_scope(programme: Programme, unit_ids: Iterable[int], *, at: datetime) -> set[int]:
    on = clock.day_in(settings.TIME_ZONE, at)
    ids_in_play = in_play(programme.pk, programme.hierarchy, list(unit_ids), on=on)
    return ids_in_play | {programme.owner_id}.intersection(unit_ids)


def yours(capability: str, unit_ids: Iterable[int], *, by: Actor, at: datetime) -> set[int]:
    """Return the units at which `by` holds a capability today. By few queries, however many units."""
    if by.kind == "system":
        return set(unit_ids)
    if by.kind != "person" or by.account_id is None:
        return set()
    viewer = org.viewer_of(account_id=by.account_id, on=clock.day_in(settings.TIME_ZONE, at))
    return {
        unit_id
        for unit_id, spans in units.all_spans(unit_ids).items()
        if viewer.may_at(capability, *(lo for lo, _hi in spans))
    }


def tell_in_charges(*, programme_id: int, at: datetime) -> int:
    """Tell everybody in charge of a programme who was not told yet: it has been opened. Returns how many were."""
    n_sent = 0
    with system("telling who is in charge"):
        waiting = list(
            InCharge.objects.filter(programme_id=programme_id, ended_at=None, told_at=None).order_by("pk")
        )
        for start in range(0, len(waiting), _AT_ONCE):
            n_sent += _let_know(waiting[start : start + _AT_ONCE], at=at)
    return n_sent


def answer_charge(*, in_charge_id: int, accepts: bool, by: Actor, at: datetime, reason: str = "") -> InCharge:
    """Keep the named person's yes or no. Only that person may. After a yes they may still step back.

    Yes keeps the unit's targets of that moment: the numbers they answer for. No ends the charge: the unit lacks
    somebody again, with the reason if there is one. After a no, the person may still say yes until another one
    has been named. Refuses NotFound, AlreadyAnswered, ScopeOutside, ReasonTooLong.
    """
    if len(reason) > LONGEST_REASON:
        raise ReasonTooLong(field="reason", longest=LONGEST_REASON)
    if by.kind != "person" or by.account_id is None:
        raise NotFound
    with transaction.atomic():
        charge = or_refuse(
            InCharge.objects.select_for_update(of=("self",))
            .select_related("programme")
            .filter(pk=in_charge_id, account_id=by.account_id)
            .first()
        )
        if charge.ended_at is not None:
            with system("accepting after all"):
                is_free = declined_by(by.account_id).filter(pk=charge.pk).exists()
            if not accepts or not is_free:
                raise NotFound
            if not _in_scope(charge.programme, [charge.unit_id], at=at):
                raise ScopeOutside(field="unit", n=1)
            charge.reason, charge.ended_at = "", None
        if accepts and charge.state == InCharge.State.ACCEPTED:
            raise AlreadyAnswered
        charge.state = InCharge.State.ACCEPTED if accepts else InCharge.State.DECLINED
        charge.answered_at = at
        charge.accepted = _targets(charge) if accepts else None
        if not accepts:
            charge.reason, charge.ended_at = " ".join(reason.split()), at
        # A reminder that has not left is of no use after an answer.
        _take_back([charge.pk], with_notice=not accepts, at=at)
        charge.save(update_fields=["state", "answered_at", "accepted", "reason", "ended_at"])
        _record(charge, charge.programme, "accept_charge" if accepts else "decline_charge", {}, by=by, at=at)
        return charge


def _targets(charge: InCharge) -> dict[str, int]:
    """Return the unit's target in each measure of the programme, by its number, for any reader."""
    with system("what somebody accepts to answer for"):
        targets = unit_targets([charge])[charge.programme_id, charge.unit_id]
        return {str(measure): n for measure, n in targets.items()}


def end_in_charge(*, in_charge_id: int, by: Actor, at: datetime) -> None:
    """End somebody's charge of a programme in a unit; if they have not been told yet, they are not any more.

    Needs `programmes.run` at the unit.
    """
    with transaction.atomic():
        charge = or_refuse(
            InCharge.objects.select_for_update(of=("self",))
            .select_related("programme")
            .filter(pk=in_charge_id, ended_at=None)
            .first()
        )
        org.require(by, "programmes.run", at=charge.unit_id)
        charge.ended_at = at
        charge.save(update_fields=["ended_at"])
        _take_back([charge.pk], at=at)
        _record(charge, charge.programme, "end_in_charge", {}, by=by, at=at)


def end_named_by(*, import_id: int, by: Actor, at: datetime) -> int:
    """End every charge a list has named that still holds, answered or not. Returns how many. Undo of that import."""
    ended = end_charges(InCharge.objects.filter(import_id=import_id, ended_at=None), at=at)
    audit.record(by=by, at=at, act="programmes.end_named_by", n=ended, facts={"import": import_id})
    return ended


def end_charges_of_account(*, account_id: int, by: Actor, at: datetime) -> int:
    """End everything an account is in charge of: it was closed, and its units miss somebody. Returns how much."""
    with system("an account was closed"):
        ended = end_charges(InCharge.objects.filter(account_id=account_id, ended_at=None), at=at)
        if ended:
            audit.record(by=by, at=at, act="programmes.end_of_account", subject=str(account_id), n=ended)
    return ended


def end_charges(charges: QuerySet[InCharge], *, at: datetime) -> int:
    """End these charges; who was not told yet is not any more. How many. The act that calls leaves the trail."""
    ids = list(charges.select_for_update(of=("self",)).order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(ids), _AT_ONCE):
        part = ids[start : start + _AT_ONCE]
        InCharge.objects.filter(pk__in=part).update(ended_at=at)
        _take_back(part, at=at)
    return len(ids)


def _key(in_charge_id: int) -> str:
    """Return the key of the message that tells somebody: sent once, and taken back by it."""
    return f"in_charge|{in_charge_id}"


def _take_back(in_charge_ids: Sequence[int], *, with_notice: bool = True, at: datetime) -> None:
    """Give up the messages of charges that have not left: reminders, and with_notice the message that tells."""
    if with_notice:
        messaging.take_messages_back(keys=[_key(in_charge_id) for in_charge_id in in_charge_ids], at=at)
    messaging.take_back_reminders(kind=REMINDER, abouts=in_charge_ids, at=at)


def _words(programme: Programme, charges: Iterable[InCharge]) -> Callable[[InCharge, str], dict[str, str]]:
    """Return what fills the message of one of these charges in a language."""
    places = units.units_by_id({charge.unit_id for charge in charges})

    def filled(charge: InCharge, language: str) -> dict[str, str]:
        with override(language):
            role = str(InCharge.Role(charge.role).label)
        return {
            "role": role,
            "programme": name_in_language(programme.names, language),
            "unit": name_in_language(places[charge.unit_id].names, language),
            "link": settings.ORIGIN + reverse("work:my_work"),
        }

    return filled


def _let_know(charges: Sequence[InCharge], *, at: datetime) -> int:
    """Queue the duty messages of charges of one programme. Return how many have a phone we keep."""
    if not charges:
        return 0
    with system("telling who is in charge"):
        programme = charges[0].programme
        words = _words(programme, charges)
        often = _told_often(charges, at=at)
        reached = messaging.tell_accounts(
            messages=[
                messaging.AccountMessage(
                    account_id=charge.account_id,
                    template=_TEMPLATE,
                    blanks=partial(words, charge),
                    key=_key(charge.pk),
                    unit_id=charge.unit_id,
                    programme_id=programme.pk,
                )
                for charge in charges
                if (charge.unit_id, charge.account_id) not in often
            ],
            at=at,
        )
        # Somebody with too many messages today reads it on Today.
        notified = [
            charge
            for charge in charges
            if charge.account_id in reached or (charge.unit_id, charge.account_id) in often
        ]
        for charge in notified:
            charge.told_at = charge.told_at or at
        rows = InCharge.objects.filter(pk__in=[charge.pk for charge in notified], told_at=None)
        rows.update(told_at=at)
    return len(notified)


def _told_often(charges: Sequence[InCharge], *, at: datetime) -> set[tuple[int, int]]:
    """Return (unit, account) of charges whose person got MOST_TOLD messages today about being named there."""
    begun = datetime.combine(clock.day_in(settings.TIME_ZONE, at), time(), ZoneInfo(settings.TIME_ZONE))
    before = InCharge.objects.filter(
        programme=charges[0].programme_id,
        unit_id__in={charge.unit_id for charge in charges},
        account_id__in={charge.account_id for charge in charges},
        told_at__gte=begun,
    ).exclude(pk__in=[charge.pk for charge in charges])
    rows = before.order_by().values_list("unit_id", "account_id").annotate(n=Count("pk"))
    return {(unit, account) for unit, account, n in rows.filter(n__gte=MOST_TOLD)}


def _record(
    charge: InCharge, programme: Programme, act: str, facts: dict[str, object], *, by: Actor, at: datetime
) -> None:
    audit.record(
        by=by,
        at=at,
        act=f"programmes.{act}",
        subject=str(programme.public_id),
        unit_id=charge.unit_id,
        facts=facts,
    )
