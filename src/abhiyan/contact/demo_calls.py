"""The demo's calls: 300 call centres share a queue; half of its list is called, and each third centre is silent."""

import random
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from abhiyan.core import sql
from abhiyan.core import words as known
from abhiyan.core.actor import Actor
from abhiyan.core.samples import BY, ZONE, SampleGround, sample_phone
from abhiyan.core.scope import system
from abhiyan.messaging.rules import hours
from abhiyan.org import actions as org
from abhiyan.programmes.models import Programme

from . import actions
from .actions import CallTold, NewQueue
from .centres import AGENT
from .models import ContactList
from .rules.retries import into_hours

TITLE, BY_LINE = "फ़ोन पर संपर्क (नमूना)", "कॉल सेवा से संपर्क (नमूना)"
CALLERS_FROM = 92_000_000  # sample phones of callers; their centres have one already
CALLERS, ROUNDS = 2, 4  # more callers of a centre of the state; calls of each of these centres
SILENT = 3  # Nobody calls from one centre in so many. From the others outside the state each calls once.
AT_WORK = 12  # centres whose callers are there while the demo is made
OUTCOMES = {"talked": 50, "later": 14, "no_answer": 18, "busy": 9, "unwilling": 6, "wrong_number": 3}


def call_sample_list(ground: SampleGround, run: Programme, listed: ContactList, state: str) -> None:
    """Have the centres of a state call a list for some hours. Most of those of other states, who share the queue, call
    once."""
    rng = random.Random(f"calls {ground.seed}")  # noqa: S311  # sample data
    with system("demo"):
        actions.make_queue(
            programme=run,
            unit_id=run.owner_id,
            new=NewQueue(TITLE, [listed.public_id], hours.OPENS, hours.CLOSES),
            by=BY,
            at=_at(ground, 3, 12),
        )
        actors, beside = _callers(ground, rng, state)
        callers = actors | beside
        # The centre whose people one may sign in as is at work.
        silent = {body_id for n, body_id in enumerate(sorted(actors), 1) if not n % SILENT}
        at_work = [
            body_id
            for body_id in sorted(actors)
            if body_id not in silent or ground.actor(AGENT) in actors[body_id]
        ]
        moments = list(_moments(ground))
        once = [body_id for n, body_id in enumerate(sorted(beside), 1) if n % SILENT]
        for n, moment in enumerate(moments):
            for k, centre in enumerate(at_work + once[n :: len(moments)]):
                at = moment + timedelta(seconds=30 * k)
                _one_call(ground, centre, callers[centre][n % len(callers[centre])], rng, at)
        for centre in at_work[:AT_WORK]:
            actions.note_seen(by=callers[centre][(ROUNDS - 1) % len(callers[centre])], at=ground.at)


def call_by_line(ground: SampleGround, run: Programme, listed: ContactList, unit_id: int) -> None:
    """Have the centres of a district call a list by the provider's line. In the demo nobody's phone rings."""
    new = NewQueue(BY_LINE, [listed.public_id], hours.OPENS, hours.CLOSES, priority=1, by_bridge=True)
    actions.make_queue(programme=run, unit_id=unit_id, new=new, by=BY, at=ground.at)


def _at(ground: SampleGround, ago: int, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(ground.today - timedelta(days=ago), time(hour, minute), ZoneInfo(ZONE))


Callers = dict[int, list[Actor]]  # of each centre (id)


def _callers(ground: SampleGround, rng: random.Random, state: str) -> tuple[Callers, Callers]:
    """The callers of the centres of a state, who sit there already and more; and one of each centre beside it."""
    found = sql.rows(
        "select b.id, u.id, u.code like %s from org_body b join units_unit u on u.id = b.unit_id"
        " where b.kind = 'centre' and b.ended_on is null order by 3 desc, b.id",
        [f"{state}-%"],
    )
    names = known.name_words()
    given = [one["devanagari"] for one in names if one["sample"] in ("woman", "man")]
    families = [one["devanagari"] for one in names if one["sample"] == "family"]
    bearers = [
        org.OfficeBearer(
            sample_phone(CALLERS_FROM + n * CALLERS + k),
            f"{rng.choice(given)} {rng.choice(families)}",
            AGENT,
            unit,
            ground.today - timedelta(days=30),
            body_id=body,
        )
        for n, (body, unit, is_own) in enumerate(found)
        for k in range(CALLERS if is_own else 1)
    ]
    accounts = org.appoint_many(bearers=bearers, by=BY, at=_at(ground, 9, 10))
    callers = {
        body: [one] if (one := ground.holders[AGENT].get(unit)) is not None else []
        for body, unit, _own in found
    }
    for bearer, account in zip(bearers, accounts, strict=True):
        assert bearer.body_id is not None
        callers[bearer.body_id].append(Actor(kind="person", id=account.public_id, account_id=account.pk))
    own = {body for body, _unit, is_own in found if is_own}
    return (
        {body: who for body, who in callers.items() if body in own},
        {body: who for body, who in callers.items() if body not in own},
    )


def _moments(ground: SampleGround) -> Iterator[datetime]:
    """The last hours of calling before the demo is made, yesterday's among them."""
    moments = [_at(ground, ago, hour, 5) for ago in (2, 1, 0) for hour in range(10, 20)]
    yield from [at for at in moments if at + timedelta(minutes=45) < ground.at][-ROUNDS:]


def _one_call(ground: SampleGround, centre: int, by: Actor, rng: random.Random, at: datetime) -> None:
    turn = actions.take_next(body_id=centre, languages=["hi"], by=by, at=at)
    if turn is None or actions.ring(turn=turn.pk, by=by, at=at).why:
        return
    (outcome,) = rng.choices(list(OUTCOMES), list(OUTCOMES.values()))
    back = None
    if outcome == "later":
        wanted = rng.choice((at + timedelta(hours=2), _at(ground, 0, 12), _at(ground, -1, 12)))
        wanted = max(wanted, at + timedelta(hours=2))
        back = into_hours(wanted, zone=ZONE, opens=hours.OPENS, closes=hours.CLOSES)
    actions.note_centre_call(
        turn=turn.pk, told=CallTold(outcome, back_at=back), by=by, at=at + timedelta(minutes=1)
    )
