"""A worker is asked about odd entries and answers; fresh checks follow; somebody else decides. Else it vanishes."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from uuid import UUID, uuid4

from abhiyan.core import audit, clock
from abhiyan.core.actor import Actor
from abhiyan.core.refusals import Refused, needed
from abhiyan.core.scope import system
from abhiyan.core.words import day_of
from abhiyan.org.queries import NotYours, require
from abhiyan.people import queries as people
from abhiyan.programmes.models import Programme
from abhiyan.verification.models import Flag, Frame, Look, Rest
from abhiyan.verification.queries.flags import case_of, flag_of, is_proven, kept_reasons
from abhiyan.verification.queries.looks import looks_of
from abhiyan.verification.refusals import (
    AskedBefore,
    FlagNotNow,
    FlagOver,
    MayStillAnswer,
    NotDrawn,
    NothingOdd,
    NotProven,
    SameReviewer,
    SaySomething,
    TooManyAimed,
)
from abhiyan.verification.rules import findings
from abhiyan.verification.rules.findings import Act, Barred

from .aiming import aim_checks
from .frames import PLAN

LEAST = 8  # characters of an answer
_REFUSED: Mapping[Barred, type[Refused]] = {
    Barred.TOO_LATE: FlagOver,
    Barred.NOT_NOW: FlagNotNow,
    Barred.SAME_PERSON: SameReviewer,
    Barred.NOT_PROVEN: NotProven,
}


def ask_worker(*, programme: Programme, measure: int, worker: UUID, by: Actor, at: datetime) -> Flag:
    """Ask a worker about the reasons of the last night. They see them on Today and have a fortnight to answer.

    Who may: verification.plan over the programme's owner, not the worker. Refuses NothingOdd, AskedBefore.
    """
    require(by, PLAN, at=programme.owner_id)
    if by.id == worker:
        raise NotYours(capability=PLAN)
    with system("asking a worker"):
        of = {"programme": programme, "measure": measure, "worker": worker}
        today = clock.day_in(programme.zone, at)
        if Flag.objects.filter(**of).exists() or Rest.objects.filter(**of, until__gt=today).exists():
            raise AskedBefore
        needed(Look.objects.select_for_update().filter(**of).first())
        look = looks_of(programme, measure, workers=[worker])[0]
        if not look.reasons:
            raise NothingOdd
        flag = Flag.objects.create(
            id=uuid4(),
            **of,
            account_id=people.account_by_public_id(worker).pk,
            unit_id=look.unit_id,
            reasons=kept_reasons(look),
            asked_at=at,
            handled_by=[by.account_id or 0],
        )
        _record(flag, "verification.ask_worker", by, at)
    return flag


def answer_flag(*, flag_id: UUID, text: str, by: Actor, at: datetime) -> None:
    """The worker's own answer, once. Who may: the worker. Refuses SaySomething, FlagNotNow, FlagOver."""
    if len(text.strip()) < LEAST:
        raise SaySomething(field="text")
    with system("a worker's answer"):
        flag = _moved(flag_id, Act.ANSWER, by, at)
        flag.said, flag.answered_at = text.strip(), at
        flag.save(update_fields=["step", "said", "answered_at"])
        _record(flag, "verification.answer_flag", by, at)


def begin_checks(*, flag_id: UUID, by: Actor, at: datetime) -> None:
    """Have some of the worker's entries checked afresh, chosen at random, by people outside the line.

    Who may: verification.plan over the programme's owner, not the worker. Refuses MayStillAnswer, FlagNotNow,
    FlagOver, NotDrawn while no frame is open, TooManyAimed where too few entries are in it.
    """
    with system("fresh checks after a flag"):
        flag = _moved(flag_id, Act.CHECK, by, at)
        frame = Frame.objects.filter(
            programme=flag.programme, measure=flag.measure, state=Frame.State.DRAWN
        ).last()
        if frame is None:
            raise NotDrawn
        aimed = partial(
            aim_checks,
            public_id=frame.public_id,
            unit_id=flag.unit_id,
            worker=flag.worker,
            reason="Fresh checks after a flag",
            by=by,
            at=at,
        )
        try:
            flag.aim = aimed(checks=findings.CALLS)
        except TooManyAimed as many:
            most = int(str(many.facts["most"]))
            if most < findings.FRESH:
                raise
            flag.aim = aimed(checks=most)
        flag.checking_at = at
        flag.save(update_fields=["step", "aim", "checking_at", "handled_by"])
        _record(flag, "verification.begin_checks", by, at)


def propose_finding(*, flag_id: UUID, by: Actor, at: datetime) -> None:
    """Propose that the fresh checks are a finding; somebody else decides.

    Who may: verification.plan over the programme's owner, not the worker. Refuses NotProven, FlagNotNow, FlagOver.
    """
    with system("proposing a finding"):
        flag = _moved(flag_id, Act.PROPOSE, by, at)
        flag.save(update_fields=["step", "handled_by"])
        _record(flag, "verification.propose_finding", by, at)


def confirm_finding(*, flag_id: UUID, by: Actor, at: datetime) -> None:
    """Decide as second reviewer that it is a finding. It stays, with the worker's answer.

    Who may: verification.plan over the programme's owner: neither the worker nor anybody who asked, began checks or
    proposed. Refuses SameReviewer, NotProven, FlagNotNow, FlagOver.
    """
    with system("deciding on a finding"):
        flag = _moved(flag_id, Act.CONFIRM, by, at)
        flag.decided_at = at
        flag.save(update_fields=["step", "decided_at"])
        _record(flag, "verification.confirm_finding", by, at)


def drop_flag(*, flag_id: UUID, by: Actor, at: datetime) -> None:
    """Delete a flag that was explained or is not proven; the worker is left alone for a while.

    Who may: verification.plan over the programme's owner, not the worker. Refuses FlagNotNow, FlagOver.
    """
    with system("dropping a flag"):
        flag = _moved(flag_id, Act.DROP, by, at)
        _vanish(flag, at)
        _record(flag, "verification.drop_flag", by, at)


def expire_flags(*, at: datetime) -> int:
    """Delete flags whose time is over and that are no finding; returns how many."""
    with system("flags whose time is over"):
        over = [
            one
            for one in Flag.objects.select_related("programme").exclude(step=Flag.Step.FOUND)
            if findings.seen(case_of(one), clock.day_in(one.programme.zone, at)).step is findings.Step.GONE
        ]
        for flag in over:
            _vanish(flag, at)
        Rest.objects.filter(until__lt=at.date()).delete()
    return len(over)


def _vanish(flag: Flag, at: datetime) -> None:
    until = clock.day_in(flag.programme.zone, at) + findings.EXPIRES
    Rest.objects.update_or_create(
        programme=flag.programme, measure=flag.measure, worker=flag.worker, defaults={"until": until}
    )
    Flag.objects.filter(pk=flag.pk).delete()


def _moved(flag_id: UUID, act: Act, by: Actor, at: datetime) -> Flag:
    """The flag, locked, on its next step; nothing is written yet."""
    needed(Flag.objects.select_for_update().filter(pk=flag_id).first())
    flag = flag_of(flag_id)
    case, on = case_of(flag), clock.day_in(flag.programme.zone, at)
    account = by.account_id or 0
    if act is not Act.ANSWER:
        require(by, PLAN, at=flag.programme.owner_id)
    is_proven_now = act in (Act.PROPOSE, Act.CONFIRM) and is_proven(flag)
    why = findings.barred(case, act, by=account, on=on, proven=is_proven_now)
    if why is Barred.NOT_YOURS:
        raise NotYours(capability=PLAN)
    if why is Barred.WAIT:
        raise MayStillAnswer(day=day_of(flag.asked_at + findings.ANSWERS))
    if why is not None:
        raise _REFUSED[why]
    after = findings.after(case, act, by=account, on=on)
    flag.step, flag.handled_by = after.step.value, sorted(after.handled_by)
    return flag


def _record(flag: Flag, act: str, by: Actor, at: datetime) -> None:
    # Of the programme's owner: an entry of the worker's district would tell its own offices.
    audit.record(by=by, at=at, act=act, subject=str(flag.pk), unit_id=flag.programme.owner_id)
