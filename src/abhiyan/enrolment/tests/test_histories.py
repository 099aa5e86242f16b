"""Random histories of everything that can happen to a few phones, on a real database, committed.

Whatever the order: one person once per roll and term; the ledger equals the facts, folded or not, and its rungs nest;
every resend gets its first answer; nothing points at nothing.
"""

import contextlib
import copy
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from uuid import UUID

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from abhiyan.core.actor import Actor
from abhiyan.core.keys import keyring
from abhiyan.core.refusals import Refused
from abhiyan.core.scope import Scope, scoped, system
from abhiyan.enrolment import actions
from abhiyan.enrolment.actions import ClaimMessage, ClaimOutcome, ClaimRefused, confirming, phone_changes
from abhiyan.enrolment.models import PhoneChange
from abhiyan.enrolment.rules.channels import Channel, Sign
from abhiyan.enrolment.rules.steps import ASKED, BY_LINK, BY_PAGE, BY_WORD, RENEWED, UNANSWERED
from abhiyan.intake import actions as intake
from abhiyan.messaging import actions as messaging
from abhiyan.messaging.actions import questions
from abhiyan.messaging.models import Message, Question
from abhiyan.messaging.rules import questions as words
from abhiyan.programmes.actions import fold_changes
from abhiyan.programmes.models import Rung
from abhiyan.units.models import Unit

from .make import CHANNEL, Human, World

pytestmark = pytest.mark.django_db(transaction=True)
SYSTEM = Actor.system("tests")
_bases = count(1)

WHO = st.integers(0, 4)  # two families of two on one phone each, and somebody alone
PLACE = st.integers(0, 3)
STEPS = st.one_of(
    st.tuples(st.just("row"), WHO, PLACE, st.sampled_from([Channel.API, Channel.PAPER])),
    st.tuples(st.just("row"), WHO, PLACE, st.sampled_from([Channel.API, Channel.PAPER])),
    st.tuples(st.just("web"), WHO, PLACE),
    st.tuples(st.just("call"), WHO),
    st.tuples(st.just("call"), WHO),
    st.tuples(st.just("link"), WHO, PLACE),
    st.tuples(st.just("import"), st.lists(st.tuples(WHO, PLACE), min_size=1, max_size=4), st.integers(1, 2)),
    st.tuples(st.just("undo"), st.integers(1, 2)),
    st.tuples(st.just("resend"), st.integers(0, 30)),
    st.tuples(st.just("leave"), st.integers(0, 30)),
    st.tuples(st.just("no"), WHO),
    st.tuples(st.just("back"), WHO),
    st.tuples(st.just("back"), WHO),
    st.tuples(st.just("stop"), WHO),
    st.tuples(st.just("deny"), WHO),
    st.tuples(st.just("deny_one"), st.integers(0, 30)),
    st.tuples(st.just("strike"), st.integers(0, 30)),
    st.tuples(st.just("confirm"), st.integers(0, 30)),
    st.tuples(st.just("confirm"), st.integers(0, 30)),
    st.tuples(st.just("ask")),
    st.tuples(st.just("ask")),
    st.tuples(st.just("answer"), st.integers(0, 30), st.booleans()),
    st.tuples(st.just("answer"), st.integers(0, 30), st.booleans()),
    st.tuples(st.just("phone"), st.integers(0, 30), st.integers(0, 3), st.booleans()),
    st.tuples(st.just("object"), st.integers(0, 30)),
    st.tuples(st.just("move"), st.integers(0, 30), PLACE),
    st.tuples(st.just("rename"), st.integers(0, 30), st.sampled_from(["Rani", "Kamla", "Asha"])),
    st.tuples(st.just("place"), st.integers(0, 30), PLACE),
    st.tuples(st.just("settle"), st.integers(0, 30), st.integers(0, 30)),
    st.tuples(st.just("days"), st.integers(1, 12)),
    st.tuples(st.just("fold")),
    st.tuples(st.just("drive")),
    st.tuples(st.just("run_out")),
)


@dataclass
class History:
    """The claims a history has sent and the answers so far."""

    world: World
    people: list[Human]
    spare: str  # a number without members at first
    sent: list[tuple[int, ClaimMessage, ClaimOutcome | ClaimRefused, int | None]] = field(
        default_factory=list
    )
    outcomes: list[ClaimOutcome] = field(default_factory=list)
    silent: set[str] = field(default_factory=set)  # phones whose last word was a no
    new: dict[tuple[object, ...], object] = field(
        default_factory=dict
    )  # first terms by channel, unit and day

    def unit(self, place: int) -> Unit | None:
        world = self.world
        return (None, world.booth, world.next_booth, world.far_booth)[place]

    def send(self, claims: list[ClaimMessage], number: int | None = None) -> None:
        answers = intake.enrol_batch(
            programme_id=self.world.programme.pk,
            claims=claims,
            by=CHANNEL,
            at=self.world.now,
            import_id=number,
        )
        for claim, answer in zip(claims, answers, strict=True):
            self.note(claim, answer, number)

    def note(
        self, claim: ClaimMessage, answer: ClaimOutcome | ClaimRefused, number: int | None = None
    ) -> None:
        self.sent.append((self.world.programme.pk, claim, answer, number))
        if isinstance(answer, ClaimOutcome):
            self.outcomes.append(answer)

    def claim(self, who: int, channel: Channel, sign: Sign, place: int) -> ClaimMessage:
        return copy.copy(self.world.claim(self.people[who], channel, sign=sign, unit=self.unit(place)))

    def some(self, n: int) -> ClaimOutcome | None:
        return self.outcomes[n % len(self.outcomes)] if self.outcomes else None

    def do(self, step: tuple[object, ...]) -> None:
        """One step; what the acts refuse is refused, and nothing changes."""
        self.world.tick(seconds=5)
        with contextlib.suppress(Refused):
            getattr(self, f"_{step[0]}")(*step[1:])

    def _row(self, who: int, place: int, channel: Channel) -> None:
        self.send([self.claim(who, channel, Sign.NONE, place)])

    def _web(self, who: int, place: int) -> None:
        self.silent.discard(self.people[who].phone)
        self.send([self.claim(who, Channel.WEB, Sign.CODE, place)])

    def _call(self, who: int) -> None:
        call = self.world.claim(self.people[who], Channel.MISSED_CALL, sign=Sign.CALL, nameless=True)
        self.send([copy.copy(call)])

    def _link(self, who: int, place: int) -> None:
        found = self.world.rows(
            "select 1 from enrolment_waiting where phone_id = %s and programme_id = %s",
            [self.world.phone_id(self.people[who]), self.world.programme.pk],
        )
        if found:
            self.silent.discard(self.people[who].phone)
            self.outcomes.append(self.world.complete(of=self.people[who], unit=self.unit(place)))

    def _import(self, rows: list[tuple[int, int]], number: int) -> None:
        self.send(
            [self.claim(who, Channel.PAPER, Sign.NONE, place) for who, place in rows], self.number(number)
        )

    def _undo(self, number: int) -> None:
        actions.undo_claims(import_id=self.number(number), by=SYSTEM, at=self.world.now)
        self.sent = [one for one in self.sent if one[3] != self.number(number)]

    def number(self, n: int) -> int:
        return self.world.roll.pk * 10 + n

    def _resend(self, n: int) -> None:
        if self.sent:
            programme, claim, first, number = self.sent[n % len(self.sent)]
            if programme == self.world.programme.pk and isinstance(first, ClaimOutcome):
                self.again(claim, first, number)

    def again(self, claim: ClaimMessage, first: ClaimOutcome | ClaimRefused, number: int | None) -> None:
        (answer,) = intake.enrol_batch(
            programme_id=self.world.programme.pk,
            claims=[claim],
            by=CHANNEL,
            at=self.world.now,
            import_id=number,
        )
        assert type(answer) is type(first)
        assert getattr(answer, "receipt", None) == getattr(first, "receipt", None)

    def _leave(self, n: int) -> None:
        told = self.some(n)
        if told is not None and told.membership is not None:
            actions.leave(membership=told.membership, channel=Channel.WEB, by=SYSTEM, at=self.world.now)

    def _no(self, who: int) -> None:
        self.say(actions.leave_by_phone, who)
        self.silent.add(self.people[who].phone)

    def _stop(self, who: int) -> None:
        self.say(actions.stop_by_phone, who)
        self.silent.add(self.people[who].phone)

    def _deny(self, who: int) -> None:
        self.say(actions.deny_by_phone, who)
        self.silent.add(self.people[who].phone)

    def _deny_one(self, n: int) -> None:
        told = self.some(n)
        for who in (0, 2, 4) if told is not None and told.membership is not None else ():
            self.say(actions.deny_by_phone, who, membership=told.membership)  # type: ignore[union-attr]  # they joined

    def _back(self, who: int) -> None:
        self.silent.discard(self.people[who].phone)
        self.say(actions.come_back, who)

    def say(self, act: Callable[..., object], who: int, **more: object) -> None:
        act(phone=self.people[who].phone, channel=Channel.SMS, by=CHANNEL, at=self.world.now, **more)

    def _strike(self, n: int) -> None:
        told = self.some(n)
        if told is not None and told.membership is not None:
            self.world.strike_off(told)

    def _confirm(self, n: int) -> None:
        """Confirm from the member's own phone, for every actor."""
        told = self.some(n)
        if told is not None and told.membership is not None:
            found = self.world.rows(
                "select phone_id from enrolment_membership where public_id = %s", [told.membership]
            )
            if found:
                self.world.confirm(told, phone_id=UUID(str(found[0][0])))

    def _ask(self) -> None:
        """At noon of the next day the loops ask, ask once more, and end what nobody answered."""
        self.world.now = self.world.now.replace(hour=6, minute=30) + timedelta(days=1)
        with system("tests ask"):
            confirming.ask_new_members(at=self.world.now)
            questions.expire(at=self.world.now)
            questions.remind_unanswered(at=self.world.now)

    def _answer(self, n: int, yes: bool) -> None:
        """The word of some message, from the phone it went to."""
        with system("tests answer"):
            asked = list(Question.objects.order_by("asked_at", "pk"))
        if asked:
            one = asked[n % len(asked)]
            word = words.word(keyring().token, one.pk, 1 + n % len(one.message_ids))
            with transaction.atomic():
                messaging.answer_question(
                    phone_id=one.phone_id,
                    yes=yes,
                    code=word,
                    channel="sms",
                    ref="",
                    by=CHANNEL,
                    at=self.world.now,
                )

    def _phone(self, n: int, to: int, at_once: bool) -> None:
        """From the old phone at once; or from the new one, the message arrives, and two days go by."""
        told = self.some(n)
        if told is None or told.membership is None:
            return
        found = self.world.rows(
            "select m.phone_id, p.name, p.birth_year, f.sealed from enrolment_membership m join people_person p"
            " on p.id = m.person_id join people_phone f on f.id = m.phone_id where m.public_id = %s",
            [told.membership],
        )
        number = [*sorted({one.phone for one in self.people}), self.spare][to]
        new, at = keyring().phone_id(number), self.world.now
        for phone_id, name, year, sealed in found:
            by = Actor(kind="citizen", id=told.membership)
            given = {"number": number, "language": "en", "by": by, "at": at}
            if at_once:
                with scoped(Scope(phone=UUID(str(phone_id)))):
                    phone_changes.change_phone(membership=told.membership, **given)  # type: ignore[arg-type]  # as one
                self.silent.discard(number)  # its code is its own word
                continue
            old = keyring().unseal(bytes(sealed), about=UUID(str(phone_id)).bytes).decode()  # type: ignore[call-overload]  # a column
            with scoped(Scope(phone=new)):
                phone_changes.ask_change(old=old, name=str(name), birth_year=int(str(year)), **given)  # type: ignore[arg-type]  # as one
            with system("tests send"):
                Message.objects.filter(template="ask.phone").update(state="sent", sent_at=at)
            self.world.tick(days=2)
            phone_changes.turn(at=self.world.now)
            if self.world.rows(
                "select 1 from enrolment_phone_change where done_at = %s", [str(self.world.now)]
            ):
                self.silent.discard(number)

    def _object(self, n: int) -> None:
        """The old phone of some change says no; the loop turns."""
        with system("tests object"):
            some = list(PhoneChange.objects.exclude(old_phone_id=None).order_by("asked_at", "pk"))
        if some:
            one = some[n % len(some)]
            by = Actor(kind="citizen", id=one.by)
            with scoped(Scope(phone=one.old_phone_id)):
                phone_changes.withdraw_change(change=one.pk, by=by, at=self.world.now)
            phone_changes.turn(at=self.world.now)

    def _move(self, n: int, place: int) -> None:
        told, unit = self.some(n), self.unit(place)
        if told is not None and told.membership is not None and unit is not None:
            actions.correct(membership=told.membership, unit_id=unit.pk, by=SYSTEM, at=self.world.now)

    def _rename(self, n: int, name: str) -> None:
        told = self.some(n)
        if told is not None and told.membership is not None:
            actions.correct(membership=told.membership, name=name, by=SYSTEM, at=self.world.now)

    def _place(self, n: int, place: int) -> None:
        told, unit = self.some(n), self.unit(place)
        if told is not None and unit is not None:
            actions.place_claim(claim=told.receipt, unit_id=unit.pk, by=SYSTEM, at=self.world.now)

    def _settle(self, n: int, m: int) -> None:
        told, other = self.some(n), self.some(m)
        if told is not None and other is not None and other.membership is not None:
            actions.settle_claim(
                claim=told.receipt, membership=other.membership, by=SYSTEM, at=self.world.now
            )

    def _days(self, n: int) -> None:
        self.world.tick(days=n)

    def _fold(self) -> None:
        with system("tests fold"):
            fold_changes(at=self.world.now)

    def _drive(self) -> None:
        self.world.next_drive(f"next-{next(_bases)}")

    def _run_out(self) -> None:
        """Terms last three months, as in the next drive half a year later everybody's has run out."""
        actions.set_term(roll_id=self.world.roll.pk, months=3, ends_on=None, by=SYSTEM, at=self.world.now)
        actions.run_out(at=self.world.now)

    def check(self) -> None:
        world = self.world
        tallies = world.tallies()
        self.new = {
            row[:3]: row[3]
            for row in world.rows(
                "select channel, unit_id, day, count(*) from enrolment_enrolment where programme_id = %s and kind = 1"
                " and (ended_at is null or end_reason = 'run_out') group by 1, 2, 3",
                [world.programme.pk],
            )
        }
        assert tallies == world.recounted()
        for key in {key[:4] for key in tallies}:  # of every channel, unit and day
            reported, counted, confirmed = (
                sum(tallies.get((*key, rung), 0) for rung in rungs)
                for rungs in ([Rung.REPORTED], [Rung.UNSIGNED, Rung.COUNTED], [Rung.CONFIRMED])
            )
            assert reported >= counted and tallies.get((*key, Rung.COUNTED), 0) >= confirmed >= 0, key
            asked = [tallies.get((*key, rung), 0) for rung in (ASKED, UNANSWERED)]
            answered = [tallies.get((*key, rung), 0) for rung in (BY_WORD, BY_LINK, BY_PAGE)]
            assert min(*asked, *answered) >= 0 and counted >= confirmed + sum(asked), key
            assert confirmed == sum(answered), key
            renewed = tallies.get((*key, RENEWED), 0)
            new = int(str(self.new.get(key[1:], 0)))
            assert new >= 0 and renewed >= 0 and new + renewed == counted, key
        doubled = world.rows(
            "select count(*) from (select 1 from enrolment_membership m join people_person p on p.id = m.person_id"
            " where m.roll_id = %s and p.name is not null and m.merged_into is null"
            " group by m.phone_id, lower(p.name), p.birth_year having count(*) > 1) d",
            [world.roll.pk],
        )
        assert doubled == [(0,)]
        standing = world.rows(
            "select phone_id from people_suppression where lifted_at is null and scope = 'all'"
        )
        assert {keyring().phone_id(phone) for phone in self.silent} <= {row[0] for row in standing}
        assert world.orphans() == {}


@pytest.fixture(scope="module")
def shared() -> list[World]:
    return []


@pytest.mark.examples(20, 80)
@settings(
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=st.lists(STEPS, min_size=6, max_size=25))
def test_whatever_happens_the_ledger_equals_the_facts_and_nobody_is_twice(
    transactional_db: None, steps: list[tuple[object, ...]], request: pytest.FixtureRequest
) -> None:
    world = getattr(request.node, "world", None)
    if world is None:
        world = request.node.world = World.make()
    else:
        world.anew()
    base = next(_bases)
    first, second, third = (f"+9199{base % 10_000:04d}{n:04d}" for n in range(3))
    history = History(
        world,
        [
            Human("Asha", 1980, first),
            Human("Mohan", 1975, first),
            Human("Bilal", 1990, second),
            Human("Zara", 1991, second),
            Human("Chandra", 1964, third),
        ],
        f"+9199{base % 10_000:04d}0009",
    )
    for step in steps:
        history.do(step)
    history.check()
    for programme, claim, answer, number in history.sent:
        if programme == world.programme.pk and isinstance(answer, ClaimOutcome):
            history.again(claim, answer, number)
    history.check()
