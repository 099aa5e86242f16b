"""A worker is asked about odd entries, and answers. A flag that leads to nothing is deleted; fresh checks: `fresh`."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.conf import settings

from abhiyan.core import audit, clock, lot
from abhiyan.core.actor import Actor
from abhiyan.core.refusals import Refused, or_refuse
from abhiyan.core.scope import system
from abhiyan.core.words import day_words
from abhiyan.messaging import actions as messaging
from abhiyan.org.actions import close_release
from abhiyan.org.queries import NotYours, require
from abhiyan.people import queries as people
from abhiyan.programmes.models import Programme
from abhiyan.verification.models import Flag, Look, Rest
from abhiyan.verification.queries.flags import case_of, flag_of, kept_reasons
from abhiyan.verification.queries.looks import looks_of
from abhiyan.verification.refusals import (
    FlagNotNow,
    FlagOver,
    MayStillAnswer,
    NothingOdd,
    NotProven,
    PartOfWhole,
    SameReviewer,
    SaySomething,
    WorkerAskedBefore,
)
from abhiyan.verification.rules import findings
from abhiyan.verification.rules.findings import Barred, FlagAct

from .frames import PLAN

FINDING = "verification.finding"  # of org.rules.releases
LEAST = 8  # characters of an answer
_REFUSED: Mapping[Barred, type[Refused]] = {
    Barred.TOO_LATE: FlagOver,
    Barred.NOT_NOW: FlagNotNow,
    Barred.SAME_PERSON: SameReviewer,
    Barred.NOT_PROVEN: NotProven,
}


def ask_worker(*, programme: Programme, measure: int, worker: UUID, by: Actor, at: datetime) -> Flag:
    """Ask a worker about the reasons of the last night. They see them on Today and have a fortnight to answer.

    Needs verification.plan over the programme's owner, not the worker. Refuses PartOfWhole, NothingOdd,
    WorkerAskedBefore.
    """
    require(by, PLAN, at=programme.owner_id)
    if programme.parent_id is not None:
        raise PartOfWhole
    if by.id == worker:
        raise NotYours(capability=PLAN)
    with system("asking a worker"):
        filters = {"programme": programme, "measure": measure, "worker": worker}
        today = clock.day_in(programme.zone, at)
        if (
            Flag.objects.filter(**filters).exists()
            or Rest.objects.filter(**filters, until__gt=today).exists()
        ):
            raise WorkerAskedBefore
        or_refuse(Look.objects.select_for_update().filter(**filters).first())
        look = looks_of(programme, measure, workers=[worker])[0]
        if not look.reasons:
            raise NothingOdd
        flag = Flag.objects.create(
            id=lot.uuid(),
            **filters,
            account_id=people.account_by_public_id(worker).pk,
            unit_id=look.unit_id,
            reasons=kept_reasons(look),
            entries=look.entries,
            signed=look.signed,
            confirmed=look.confirmed,
            parcels=look.parcels,
            asked_at=at,
            handled_by=[by.account_id or 0],
        )
        # The text of everything that waits on Today, for it may be read over the worker's shoulder.
        messaging.tell_account(
            account_id=flag.account_id,
            template="duty.today",
            blanks={"link": f"{settings.ORIGIN}/"},
            key=f"flag|{flag.pk}",  # of no unit: who reads a unit's messages does not learn who is asked
            at=at,
        )
        record_flag(flag, "verification.ask_worker", by, at)
    return flag


def answer_flag(*, flag_id: UUID, text: str, by: Actor, at: datetime) -> None:
    """Keep the worker's own answer, once. Only the worker may. Refuses SaySomething, FlagNotNow, FlagOver."""
    if len(text.strip()) < LEAST:
        raise SaySomething(field="text")
    with system("a worker's answer"):
        flag = moved(flag_id, FlagAct.ANSWER, by, at)
        flag.said, flag.answered_at = text.strip(), at
        flag.save(update_fields=["step", "said", "answered_at"])
        record_flag(flag, "verification.answer_flag", by, at)


def drop_flag(*, flag_id: UUID, by: Actor, at: datetime) -> None:
    """Delete a flag that was explained or is not proven; the worker is left alone for a while.

    Needs verification.plan over the programme's owner, not the worker. Refuses FlagNotNow, FlagOver.
    """
    with system("dropping a flag"):
        flag = moved(flag_id, FlagAct.DROP, by, at)
        vanish(flag, at)
        record_flag(flag, "verification.drop_flag", by, at)


def expire_flags(*, at: datetime) -> int:
    """Delete flags whose time is over and that are no finding, and reasons as old; returns how many flags."""
    with system("flags whose time is over"):
        over = [
            one
            for one in Flag.objects.select_related("programme").exclude(step=Flag.Step.FOUND)
            if findings.flag_today(case_of(one), clock.day_in(one.programme.zone, at)).step
            is findings.FlagStep.GONE
        ]
        for flag in over:
            vanish(flag, at)
        Rest.objects.filter(until__lt=at.date()).delete()
        Look.objects.filter(
            at__lt=at - findings.EXPIRES
        ).delete()  # of drives that ended: reasons beside people
    return len(over)


def vanish(flag: Flag, at: datetime) -> None:
    """Delete a flag that leads to nothing.

    The worker is left alone for a while; no reason and no answer stays, and no request for a decision either.
    """
    until = clock.day_in(flag.programme.zone, at) + findings.EXPIRES
    Rest.objects.update_or_create(
        programme=flag.programme, measure=flag.measure, worker=flag.worker, defaults={"until": until}
    )
    Flag.objects.filter(pk=flag.pk).delete()
    close_release(act=FINDING, payload={"flag": str(flag.pk)}, by=Actor.system("the flag is gone"), at=at)


def moved(flag_id: UUID, act: FlagAct, by: Actor, at: datetime, *, is_approved: bool = False) -> Flag:
    """Return the flag, locked, on its next step; nothing is written yet.

    is_approved: who may was asked by the approval.
    """
    or_refuse(Flag.objects.select_for_update().filter(pk=flag_id).first())
    flag = flag_of(flag_id)
    case, on = case_of(flag), clock.day_in(flag.programme.zone, at)
    account = by.account_id or 0
    if act is not FlagAct.ANSWER and not is_approved:
        require(by, PLAN, at=flag.programme.owner_id)
    why = findings.barred(case, act, by=account, on=on, proven=flag.is_judged)
    if why is Barred.NOT_YOURS:
        raise NotYours(capability=PLAN)
    if why is Barred.WAIT:
        raise MayStillAnswer(day=day_words(flag.asked_at + findings.ANSWERS))
    if why is not None:
        raise _REFUSED[why]
    after = findings.after(case, act, by=account, on=on)
    flag.step, flag.handled_by = after.step.value, sorted(after.handled_by)
    return flag


def record_flag(flag: Flag, act: str, by: Actor, at: datetime) -> None:
    """Add an entry about a flag to the trail."""
    # The entry belongs to the programme's owner. Offices of the worker's district would read an entry of their own.
    audit.record(by=by, at=at, act=act, subject=str(flag.pk), unit_id=flag.programme.owner_id)
