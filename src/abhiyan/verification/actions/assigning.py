"""Give checks to verifiers: at random, outside the line of command, sealed until taken; take them back."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any
from uuid import UUID

from django.conf import settings

from abhiyan.contact.actions import lapse_attempts
from abhiyan.core import audit, clock, declared, limits, lot, sql
from abhiyan.core.actor import Actor
from abhiyan.core.scope import system
from abhiyan.verification.models import VISITS, Check, Flag, Frame, Passed
from abhiyan.verification.queries.checks import ROOM
from abhiyan.verification.queries.lines import VerifierLine, verifier
from abhiyan.verification.queries.opening import opened_many
from abhiyan.verification.queries.planted import phone_of
from abhiyan.verification.refusals import (
    HeardAlready,
    NothingForYou,
    NotTaken,
    NoVerifier,
    ToldAlready,
    WhyBack,
)
from abhiyan.verification.rules import passing
from abhiyan.verification.rules.outcomes import NOT_FINISHED
from abhiyan.verification.rules.planning import VISITED

MOST_OF_A_WORKER = 3  # items of one worker that one verifier checks in a frame.
KEPT = timedelta(days=3)  # how long a check stays with a verifier who does nothing about it.
REST = timedelta(days=7)  # after a check, before an aimed one asks the same person
_AT_ONCE = 100

_NOT_BEFORE = f"""coalesce((select max(t.again_at) from contact_attempt t
 where t.room = '{ROOM}' and t.about = c.id), '-infinity')"""
_OPEN = "c.outcome = '' and f.state = 'drawn'"
_IS_VISIT = f"(c.arm in ({', '.join(map(str, VISITS))}) or s.is_phoneless)"

# Free checks somebody may have, those of their own state first: it shares a language. In an order nobody can foresee:
# not that of the draw, nor of the rows. Nobody gets an item again that they had, as another check or before. An aimed
# check waits for the others of its item, never they for it: no aim delays what is drawn.
_FREE = f"""
with had as materialized (
  select id, stratum_id, place from verification_check where verifier_id = %(account)s
  union all
  select c.id, c.stratum_id, c.place from verification_passed x join verification_check c on c.id = x.check_id
   where x.account_id = %(account)s)
select c.id, c.frame_id from verification_check c
  join verification_stratum s on s.id = c.stratum_id join verification_frame f on f.id = c.frame_id
 where c.verifier_id is null and {_OPEN} and f.ends_on >= %(day)s and {_IS_VISIT} = %(is_visit)s
   and (%(frame)s::bigint is null or c.frame_id = %(frame)s)
   and c.stratum_id <> all(%(line)s) and (s.above && %(home)s::bigint[] or not %(is_visit)s)
   and {_NOT_BEFORE} <= %(at)s
   and not exists (select from had where had.id = c.id)
   and not exists (select from had where had.stratum_id = c.stratum_id and had.place = c.place)
   and (c.arm not in ({Check.Arm.TARGETED}, {Check.Arm.AGAIN}) or not exists (
     select from verification_check o where o.stratum_id = c.stratum_id and o.place = c.place and o.id <> c.id
        and (o.outcome = '' or o.done_at > %(rested)s)))
 order by not s.above && %(home)s::bigint[], md5(c.id::text || %(chance)s)"""

_IN_HAND = f"""
select c.id from verification_check c join verification_frame f on f.id = c.frame_id
  join verification_stratum s on s.id = c.stratum_id
 where c.verifier_id = %(account)s and {_OPEN} and {_IS_VISIT} = %(is_visit)s
   and (%(frame)s::bigint is null or c.frame_id = %(frame)s)
   and {_NOT_BEFORE} <= %(at)s order by c.taken_at, c.id limit %(most)s"""

# Checks somebody has, and when they last had to do something about each. account: null, everybody's.
_HAD = f"""
select c.id, c.verifier_id, c.stratum_id, greatest(c.taken_at, (select max(greatest(t.until, t.again_at))
    from contact_attempt t where t.room = '{ROOM}' and t.about = c.id and t.begun_at >= c.taken_at))
  from verification_check c join verification_frame f on f.id = c.frame_id
 where {_OPEN} and c.verifier_id is not null and (%(account)s::bigint is null or c.verifier_id = %(account)s)"""


def take_check(*, by: Actor, at: datetime, is_visit: bool = False) -> Check:
    """Give a verifier one check at random, or one visit; what they have in hand first, so that none is passed
    over without a trace. One that waits for another day is not in hand until then.

    Needs verification.check; the item is outside every line they hold or held since the programme began. They
    are not tied to its people, get at most three items of one worker in a frame, and never themselves, planted
    or not. Items that count no more are given to nobody: no row tells it, the estimate does
    (`rules.outcomes.item_standing`). Refuses NoVerifier, NothingForYou.
    """
    taken = take_checks(n=1, by=by, at=at, is_visit=is_visit)
    if not taken:  # outside of the scope: what was taken back stays so
        raise NothingForYou
    return taken[0]


def take_checks(
    *, n: int, by: Actor, at: datetime, is_visit: bool = False, frame: Frame | None = None
) -> list[Check]:
    """Give a verifier up to n checks in one act, under every rule of `take_check`; what they have in hand counts.

    For a sample: no page gives more than one, or those of one `frame`. Needs the same. Refuses NoVerifier.
    """
    with system("giving back-checks"):
        me = _verifier(by, at)
        sql.wait_for(f"checks of account {me.account_id}")
        return_checks(at=at, me=me)
        params = {
            "account": me.account_id,
            "day": _day(at),
            "home": me.home,
            "line": list(me.line),
            "at": at,
            "rested": at - REST,
            "is_visit": is_visit,
            "chance": lot.octets(8).hex(),
            "most": n,
            "frame": frame.pk if frame else None,
        }
        ids = sql.column(_IN_HAND, params)
        if len(ids) < n:
            fitting = _fitting(params, me)
            while some := list(islice(fitting, n - len(ids))):
                ids += _taken(some, by, at)
        checks = Check.objects.select_related("frame__programme", "stratum__unit").in_bulk(ids)
    return [checks[check_id] for check_id in ids]


def held_check(*, check_id: UUID, by: Actor, at: datetime) -> Check:
    """Return a check that an act is about to go on with, locked: its verifier still holds it.

    In the system's scope. Refuses NotTaken, also when their office has changed meanwhile or the check was let
    lie; ToldAlready.
    """
    return held_checks(check_ids=[check_id], by=by, at=at)[0]


def held_checks(*, check_ids: Sequence[UUID], by: Actor, at: datetime) -> list[Check]:
    """Return the same of many: all of them, in their order. Refuses NotTaken and ToldAlready for any of them."""
    if by.account_id is None:
        raise NotTaken
    return_checks(at=at, account_id=by.account_id)
    rows = Check.objects.select_for_update(of=("self",)).select_related("frame__programme", "stratum")
    checks = {
        check.id: check for check in rows.filter(id__in=check_ids, verifier_id=by.account_id).order_by("id")
    }
    if checks.keys() != set(check_ids):
        raise NotTaken
    if any(check.outcome or check.frame.state != Frame.State.DRAWN for check in checks.values()):
        raise ToldAlready
    return [checks[check_id] for check_id in check_ids]


def hand_back(*, check_id: UUID, reason: str, by: Actor, at: datetime) -> None:
    """Hand a check back unasked, with a reason (`rules.passing.SAID`). It is somebody else's; never theirs again.

    Only its holder may. After the person's own words are written down, the holder must write the result too.
    Ten a day: else one verifier could look through all who were drawn. Refuses NotTaken, ToldAlready,
    HeardAlready, WhyBack, TooMany.
    """
    if reason not in passing.SAID:
        raise WhyBack(field="reason")
    limits.count_or_refuse(declared.CHECKS_BACK, str(by.account_id), at=at)
    with system("handing back a check"):
        check = held_check(check_id=check_id, by=by, at=at)
        if check.said_at is not None:
            raise HeardAlready
        _give_back({check.id: (by.account_id or 0, reason)}, at=at)
        audit.record(
            by=by, at=at, act="verification.hand_back", subject=str(check.id), facts={"reason": reason}
        )


def visit_by_lot(*, check: Check) -> bool:
    """Draw whether somebody nobody reached is visited, by another verifier; returns whether.

    check: of the random arm, unresolved because nobody was reached. A check that was a visit leads to no
    other. In the transaction of the act that told it.
    """
    if check.arm != Check.Arm.RANDOM or check.is_visit or lot.random_below(1_000) >= VISITED * 1_000:
        return False
    return _visit(check, Check.Arm.VISIT)


def visit_after_denial(*, check: Check) -> bool:
    """Have another verifier visit, a week later, somebody who denied an aimed check of a flag.

    A denial on the phone alone proves nothing (`findings.tally_fresh_checks`). Returns whether. check: told as not
    genuine because they never joined. In the transaction of the act that told it.
    """
    if check.arm != Check.Arm.TARGETED or not Flag.objects.filter(aim=check.aim).exists():
        return False
    return _visit(check, Check.Arm.AGAIN)


def _visit(check: Check, arm: Check.Arm) -> bool:
    visit = Check(
        id=lot.uuid(),
        frame_id=check.frame_id,
        stratum_id=check.stratum_id,
        order=check.order,
        place=check.place,
        arm=arm,
        aim_id=check.aim_id,
    )
    return bool(Check.objects.bulk_create([visit], ignore_conflicts=True))


def return_checks(*, at: datetime, account_id: int | None = None, me: VerifierLine | None = None) -> int:
    """Take back what verifiers have let lie, and what is of their own line since their offices changed; how many.

    account_id: of one verifier; None: of all, as a loop does. me: of one verifier who is known already. Their
    notes on it are emptied: somebody else asks afresh. In the system's scope.
    """
    had = sql.rows(_HAD, {"account": me.account_id if me else account_id})
    if not had:
        return 0
    holders = {holder: me or verifier(holder, _day(at)) for holder in {row[1] for row in had}}
    items = opened_many(check_id for check_id, *_ in had)
    back: dict[UUID, tuple[int, str]] = {}
    for check_id, holder, stratum_id, last in had:
        who, item = holders[holder], items.get(check_id)
        if who is None or stratum_id in who.line:
            back[check_id] = holder, passing.IN_LINE
        elif item is not None and item.by in who.known:
            back[check_id] = holder, passing.KNOWS
        elif last + KEPT < at:
            back[check_id] = holder, passing.LAPSED
    if back:
        _give_back(back, at=at)
        audit.record(by=Actor.system("taken back"), at=at, act="verification.return_checks", n=len(back))
    return len(back)


def end_planned(*, at: datetime) -> int:
    """End the checks of frames whose planned end is over: open ones become unresolved. How many checks."""
    with system("the planned end of checks"):
        over = [
            frame.pk
            for frame in Frame.objects.select_related("programme").filter(state=Frame.State.DRAWN)
            if frame.ends_on < clock.day_in(frame.programme.zone, at)
        ]
        return finish_open(frame_ids=over, at=at)


def finish_open(*, frame_ids: Collection[int], at: datetime) -> int:
    """Make the unfinished checks of some frames unresolved; how many checks. In the system's scope."""
    left = Check.objects.filter(frame_id__in=frame_ids, outcome="")
    ids = list(left.select_for_update().values_list("id", flat=True))
    if ids:
        lapse_attempts(room=ROOM, about=ids, at=at)
        Check.objects.filter(id__in=ids).update(
            outcome=Check.Outcome.UNRESOLVED, reason=NOT_FINISHED, done_at=at
        )
        audit.record(by=Actor.system("the planned end"), at=at, act="verification.finish_open", n=len(ids))
    return len(ids)


def _verifier(by: Actor, at: datetime) -> VerifierLine:
    me = verifier(by.account_id, _day(at)) if by.kind == "person" and by.account_id is not None else None
    if me is None:
        raise NoVerifier
    return me


def _day(at: datetime) -> date:
    return clock.day_in(settings.TIME_ZONE, at)


def _fitting(given: Mapping[str, Any], me: VerifierLine) -> Iterator[UUID]:
    """Yield the free checks they may have, in their order. Read further only while more are wanted."""
    free = sql.rows(_FREE, given)
    had = _workers_had(me.account_id)
    for start in range(0, len(free), _AT_ONCE):
        some = free[start : start + _AT_ONCE]
        items = opened_many(check_id for check_id, _ in some)
        for check_id, frame_id in some:
            item = items.get(check_id)
            if item is None:
                if phone_of(check_id) in me.own_phones:
                    continue
            elif item.why_gone is not None or item.by in me.known or item.phone_id in me.own_phones:
                continue
            elif item.by is not None:
                if had[frame_id, item.by] >= MOST_OF_A_WORKER:
                    continue
                had[frame_id, item.by] += 1
            yield check_id


def _taken(ids: Sequence[UUID], by: Actor, at: datetime) -> list[UUID]:
    """Return those of free checks that are theirs now: what somebody else has taken meanwhile is not."""
    mine = set(
        sql.column(
            """
update verification_check set verifier_id = %s, taken_at = %s
 where id = any(%s) and verifier_id is null and outcome = '' returning id""",
            [by.account_id, at, list(ids)],
        )
    )
    if mine:
        only = str(*mine) if len(mine) == 1 else ""
        audit.record(by=by, at=at, act="verification.take_check", subject=only, n=len(mine))
    return [check_id for check_id in ids if check_id in mine]


def _workers_had(account_id: int) -> Counter[tuple[int, UUID]]:
    """Count the items of each worker that a verifier has had, by frame."""
    frames = dict(
        Check.objects.filter(verifier_id=account_id, frame__state="drawn").values_list("id", "frame_id")
    )
    return Counter(
        (frames[item_id], item.by) for item_id, item in opened_many(frames).items() if item.by is not None
    )


def _give_back(checks: Mapping[UUID, tuple[int, str]], *, at: datetime) -> None:
    """Make checks free again, if their holder still has them.

    Checks that were finished or changed hands meanwhile stay.
    """
    open_ = Check.objects.filter(id__in=list(checks), outcome="").order_by("id").select_for_update()
    back = [
        check_id
        for check_id, holder in open_.values_list("id", "verifier_id")
        if holder == checks[check_id][0]
    ]
    Passed.objects.bulk_create(
        [
            Passed(check_id=check_id, account_id=checks[check_id][0], reason=checks[check_id][1], at=at)
            for check_id in back
        ],
        ignore_conflicts=True,
    )
    lapse_attempts(room=ROOM, about=back, at=at)
    Check.objects.filter(id__in=back).update(
        verifier_id=None, taken_at=None, said=None, said_at=None, also_joined=None
    )
