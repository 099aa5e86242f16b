"""Fresh checks of workers who were asked: one round at a time, judged once; a finding takes a second person.

A person who watches checks come in, and stops at will, can prove anything. So no figure is shown before all
checks of a round are finished. The workers of a round are judged together, and later rounds may err less.
"""

from datetime import datetime
from functools import partial
from uuid import UUID

from django.utils.translation import gettext as say

from abhiyan.core import clock, sql
from abhiyan.core.actor import Actor
from abhiyan.core.scope import system
from abhiyan.core.words import name_in_language
from abhiyan.org.actions import ask_release
from abhiyan.org.models import Release
from abhiyan.org.queries import require
from abhiyan.programmes.models import Programme
from abhiyan.verification.models import Aim, Flag, Frame, FreshChecks
from abhiyan.verification.queries import flags as reads
from abhiyan.verification.refusals import FreshUnderWay, NobodyReady, NotDrawn, TooManyAimed
from abhiyan.verification.rules import findings
from abhiyan.verification.rules.findings import FlagAct
from abhiyan.verification.rules.indicators import IndicatorTally

from .aiming import aim_checks
from .flagging import FINDING, moved, record_flag, vanish
from .frames import PLAN


def begin_fresh_checks(*, programme: Programme, measure: int, by: Actor, at: datetime) -> FreshChecks:
    """Have entries of every worker who has answered, or had time to, checked afresh by people outside their line.

    Chosen at random, of each worker `findings.CALLS`, or as many as may be asked. A worker waits for a later
    round with too few entries in the open frame, or where too few known people are asked. Needs
    verification.plan over the programme's owner; never about themselves. Refuses FreshUnderWay while a round is
    not judged, NotDrawn while no frame is open, NobodyReady. Locks: the measure.
    """
    require(by, PLAN, at=programme.owner_id)
    with system("fresh checks after flags"):
        sql.wait_for(f"fresh checks of {programme.pk}, {measure}")
        if reads.round_under_way(programme, measure) is not None:
            raise FreshUnderWay
        frame = Frame.objects.filter(programme=programme, measure=measure, state=Frame.State.DRAWN).last()
        if frame is None:
            raise NotDrawn
        before = FreshChecks.objects.filter(programme=programme, measure=measure).count()
        fresh = FreshChecks.objects.create(
            programme=programme,
            measure=measure,
            number=before + 1,
            frame=frame,
            workers=0,
            begun_at=at,
        )
        for one in reads.ready_for_checks(programme, measure, clock.day_in(programme.zone, at)).flags:
            aim = _aimed(one, frame, by, at) if one.account_id != by.account_id else None
            if aim is not None:
                flag = moved(one.pk, FlagAct.CHECK, by, at)
                flag.fresh, flag.aim, flag.checking_at = fresh, aim, at
                flag.save(update_fields=["step", "fresh", "aim", "checking_at", "handled_by"])
                record_flag(flag, "verification.begin_checks", by, at)
                fresh.workers += 1
        if not fresh.workers:
            raise NobodyReady
        fresh.save(update_fields=["workers"])
    return fresh


def _aimed(flag: Flag, frame: Frame, by: Actor, at: datetime) -> Aim | None:
    """Aim checks at a worker's entries; None where too few of them are in the frame."""
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
        return aimed(checks=findings.CALLS)
    except TooManyAimed as many:
        most = int(str(many.facts["most"]))
    return aimed(checks=most) if most >= findings.FRESH else None


def judge_fresh_checks(*, at: datetime) -> int:
    """Judge every round whose checks are all finished: what they prove stays, what they do not vanishes. How many."""
    with system("fresh checks that are finished"):
        over = [
            fresh_checks
            for fresh_checks in FreshChecks.objects.select_related("programme", "frame").filter(
                judged_at=None
            )
            if not reads.count_unfinished_checks(fresh_checks)
        ]
        for fresh in over:
            _judge(fresh, at)
    return len(over)


def _judge(fresh: FreshChecks, at: datetime) -> None:
    flags = list(Flag.objects.select_for_update(of=("self",)).select_related("programme").filter(fresh=fresh))
    denied = reads.denied_in(fresh.programme, fresh.measure)
    cases = {
        one.pk: (reads.told_of(one), findings.tolerated(denied.get(one.unit_id, IndicatorTally(0, 0))))
        for one in flags
    }
    proven = findings.proven_workers(cases, tried=fresh.workers, level=findings.finding_level(fresh.number))
    for flag in flags:
        if flag.pk in proven:
            indicator_tally, tolerated = cases[flag.pk]
            flag.bad, flag.told, flag.tolerated = indicator_tally.hits, indicator_tally.of, tolerated
            flag.save(update_fields=["bad", "told", "tolerated"])
        else:
            vanish(flag, at)
    fresh.judged_at = at
    fresh.save(update_fields=["judged_at"])


def propose_finding(*, flag_id: UUID, reason: str, by: Actor, at: datetime) -> Release:
    """Ask a second person to confirm that what fresh checks prove is a finding.

    Needs verification.plan over the programme's owner, not the worker. Another person decides, as for every
    request of this kind (`org.rules.deciding`): nobody the asker appointed or can remove. They read reasons,
    answer and numbers, and no name. Refuses NotProven, FlagNotNow, FlagOver, and what `ask_release` refuses.
    """
    with system("proposing a finding"):
        flag = moved(flag_id, FlagAct.PROPOSE, by, at)
        flag.save(update_fields=["step", "handled_by"])
        record_flag(flag, "verification.propose_finding", by, at)
        owner = flag.programme.owner_id
        return ask_release(
            act=FINDING, unit_id=owner, reason=reason, payload={"flag": str(flag_id)}, by=by, at=at
        )


def decide_finding(*, flag_id: UUID, allow: bool, is_over: bool, by: Actor, at: datetime) -> None:
    """Decide a proposed finding.

    Confirmed it stays with the worker's answer; refused it vanishes; where nobody decided (is_over) it can be
    proposed once more. In the transaction of the decision; refuses SameReviewer there.
    """
    if allow:
        flag = moved(flag_id, FlagAct.CONFIRM, by, at, is_approved=True)
        flag.decided_at = at
        flag.save(update_fields=["step", "decided_at"])
        record_flag(flag, "verification.confirm_finding", by, at)
        return
    for one in Flag.objects.select_related("programme").filter(pk=flag_id, step=Flag.Step.PROPOSED):
        if is_over:
            one.step = Flag.Step.CHECKING
            one.save(update_fields=["step"])
        else:
            vanish(one, at)
            record_flag(one, "verification.refuse_finding", by, at)


def finding_sentences(release: Release) -> list[str]:
    """Tell the person who decides what was odd, what the worker says, and what fresh checks found. No name."""
    with system("what a proposed finding is about"):
        flag = Flag.objects.select_related("programme", "unit").filter(pk=release.payload["flag"]).first()
        if flag is None:
            return [say("The flag is gone.")]
        where = {
            "programme": name_in_language(flag.programme.names),
            "unit": name_in_language(flag.unit.names),
        }
        return [
            say(
                "A worker of %(programme)s, %(unit)s. You decide by what was found, so there is no name here."
            )
            % where,
            *reads.reasons_in_words(flag.reasons),
            say("The worker says: “%(said)s”") % {"said": flag.said}
            if flag.said
            else say("The worker has given no answer."),
            *reads.support_of(flag),
            reads.judgement_in_words(flag),
            say("A finding stays with the worker's answer. Refuse it, and nothing of it is kept."),
        ]
