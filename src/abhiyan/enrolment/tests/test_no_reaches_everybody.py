"""STOP, LEAVE and NO reach the whole person and nobody else, and the receipt says what is true.

A few people have own, shared and merged phones and three rolls. They join, are merged, and write to numbers of a roll
or for answers. The test works out from the rules of docs/replies.md which memberships each text must end.
"""

import contextlib
from dataclasses import dataclass, field
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
from abhiyan.enrolment.actions import confirming, doubles, leaving
from abhiyan.enrolment.actions.leaving import stands_elsewhere
from abhiyan.enrolment.actions.receipts import MOST_LEAVES
from abhiyan.enrolment.models import Enrolment, HeldLeave, Membership, Parting, Roll
from abhiyan.enrolment.queries.people import own_membership
from abhiyan.enrolment.rules import endings, names
from abhiyan.enrolment.rules.channels import BY_OTHERS, Channel
from abhiyan.helpdesk.models import Ticket
from abhiyan.intake import actions as intake
from abhiyan.intake.actions import replies, texts, welcoming
from abhiyan.messaging import actions as messaging
from abhiyan.messaging.adapters import Handed, Letter
from abhiyan.messaging.models import Question
from abhiyan.messaging.rules import inbound, noes
from abhiyan.messaging.rules import questions as words
from abhiyan.messaging.rules.texts import TEXTS, fill_text
from abhiyan.messaging.tests.sending import send_due
from abhiyan.people.actions.doubles import keep_doubles
from abhiyan.people.models import Consent, Double, Person, Purpose
from abhiyan.people.queries import standing_no
from abhiyan.programmes.models import Programme, Rung

from .make import CHANNEL, Human, World
from .web import blanks

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("tests")
MEMBERS, FRIENDS, HELPERS, ANSWERS = range(4)  # rolls, and numbers: of each, and for answers
NAMES = {MEMBERS: "Primary members", FRIENDS: "Friends", HELPERS: "Contributors"}


class Gateway:
    name = "gateway"

    def __init__(self) -> None:
        self.letters: list[Letter] = []

    def hand(self, letter: Letter) -> Handed:
        self.letters.append(letter)
        return Handed(ok=True, ref=str(len(self.letters)))


@dataclass
class Town:
    """The people, their phones and the rolls of one history."""

    world: World
    rolls: dict[int, Roll] = field(default_factory=dict)
    programmes: dict[int, Programme] = field(default_factory=dict)
    people: list[Human] = field(default_factory=list)
    n: "count[int]" = field(default_factory=count)

    @classmethod
    def make(cls, world: World) -> "Town":
        town = cls(world)
        world.now = world.now.replace(year=2026, month=11, day=10, hour=6, minute=30)
        window = (world.programme.opens_on, world.programme.closes_on)
        with system("tests open three rolls"):
            for kind, flags in (
                (MEMBERS, {}),
                (FRIENDS, {"gives_way": True}),
                (HELPERS, {"stands_beside": True}),
            ):
                made = Roll.objects.create(code=NAMES[kind], names={"en": NAMES[kind]}, **flags)
                town.rolls[kind] = made
                town.programmes[kind] = world._drive(world.units, made, f"town-{kind}", *window)
        intake.forget_drives()
        own, shared, other = (f"+91970001{last:04d}" for last in range(3))
        town.people = [
            Human("Asha Devi", 1980, own),
            Human("आशा देवी", 1980, shared),  # the same woman by her second phone, which her brother has too
            Human("Mohan Lal", 1975, shared),
            Human("Bilal Ahmad", 1990, other),
            Human("Bilal Ahmed", 1990, own),  # a son of the house who has a phone of his own
        ]
        return town

    @property
    def phones(self) -> list[str]:
        return sorted({one.phone for one in self.people})

    # Facts

    def living(self) -> dict[UUID, Membership]:
        with system("test"):
            found = Membership.objects.filter(roll_id__in=self._roll_ids, merged_into=None, ended_on=None)
            return {one.pk: one for one in found}

    @property
    def _roll_ids(self) -> list[int]:
        return [roll.pk for roll in self.rolls.values()]

    def selves(self, phone: str) -> set[UUID]:
        """Entries of everybody on a phone, by whatever phone they were made."""
        with system("test"):
            everybody = list(
                Person.objects.filter(phone_id__in=[keyring().phone_id(one) for one in self.phones])
            )
            pairs = list(
                Double.objects.filter(state=Double.State.MERGED).values_list("first_id", "second_id")
            )
        who = {one.pk: (one.phone_id, names.key(one.name or ""), one.birth_year) for one in everybody}
        found = {one.pk for one in everybody if one.phone_id == keyring().phone_id(phone)}
        while True:
            more = {b for a, b in pairs if a in found} | {a for a, b in pairs if b in found}
            more |= {pk for pk, seen in who.items() if any(who.get(one) == seen for one in found | more)}
            if more <= found:
                return found
            found |= more & who.keys()

    def term(self, member: Membership) -> Enrolment:
        with system("test"):
            return Enrolment.objects.get(membership_id=member.pk, term=member.term)

    def silent(self, phone: str) -> bool:
        with system("test"):
            return standing_no(keyring().phone_id(phone)) is not None

    def questions(self, phone: str) -> list[tuple[Question, str]]:
        """The questions to a phone, with the word of the first message."""
        with system("test"):
            found = list(
                Question.objects.filter(phone_id=keyring().phone_id(phone)).order_by("asked_at", "pk")
            )
        return [(one, words.word(keyring().token, one.pk, 1)) for one in found]

    # What happens

    def do(self, step: tuple[object, ...]) -> None:
        self.world.tick(seconds=5)
        with contextlib.suppress(Refused):
            getattr(self, f"_{step[0]}")(*step[1:])

    def _join(self, who: int, roll: int, is_own: bool) -> None:
        self.world.roll, self.world.programme = self.rolls[roll], self.programmes[roll]
        human = self.people[who]
        if is_own:
            self.world.web_join(of=human)
        else:
            self.world.paper_row(of=human, by=self.world.booth_worker)

    def _merge(self, a: int, b: int) -> None:
        with system("tests merge"):
            there = Membership.objects.filter(roll_id__in=self._roll_ids, merged_into=None)
            phone_ids = [keyring().phone_id(one) for one in self.phones]
            ordered = sorted(there, key=lambda one: (phone_ids.index(one.phone_id), one.roll_id, one.slot))
            persons = list(dict.fromkeys(one.person_id for one in ordered))
            if len(persons) < 2 or persons[a % len(persons)] == persons[b % len(persons)]:
                return
            one, other = sorted((persons[a % len(persons)], persons[b % len(persons)]))
            keep_doubles(found=[(one, other, 95, False)], at=self.world.now)
            pair = Double.objects.filter(first_id=one, second_id=other).first()
            if pair is None:  # two people of one phone on one roll
                return
            doubles.merge(double=pair.public_id, by=SYSTEM, at=self.world.now)

    def _unmerge(self, n: int) -> None:
        with system("tests undo"):
            merged = list(Double.objects.filter(state=Double.State.MERGED).order_by("decided_at", "pk"))
            if merged:
                doubles.unmerge(double=merged[n % len(merged)].public_id, by=SYSTEM, at=self.world.now)

    def _days(self, n: int) -> None:
        self.world.tick(days=n)
        self.turn()

    def turn(self) -> list[Letter]:
        """Every loop turns, and what may go goes."""
        with system("tests turn the loops"):
            confirming.ask_new_members(at=self.world.now)
            welcoming.welcome(at=self.world.now)
            replies.reply(at=self.world.now)
        gateway = Gateway()
        send_due(gateway, at=self.world.now)
        return gateway.letters

    def _text(self, phone_n: int, word: str, to: int, code_n: int | None) -> None:
        """A phone writes; what must be so afterwards is worked out before."""
        phone = self.phones[phone_n % len(self.phones)]
        asked = self.questions(phone)
        question, code = asked[code_n % len(asked)] if code_n is not None and asked else (None, "")
        before, selves = self.living(), self.selves(phone)
        of = None if to == ANSWERS else self.rolls[to].pk
        expected = self.expected(phone, word, of, question, before, selves)
        was_silent = {one: self.silent(one) for one in self.phones}
        receipts = {of: len(blanks(phone, f"{of}.receipt")) for of in ("stop", "leave", "deny")}

        joining = texts.hear_text(
            text_in=self.told(phone, f"{word} {code}".strip(), to), by=CHANNEL, at=self.world.now
        )
        assert joining is None or word in ("JOIN", "YES")
        after = self.living()
        if word in ("JOIN", "YES"):
            self.turn()
            return
        if expected is None:  # it answers the only open question, or is asked which is meant
            assert before.keys() - after.keys() in (set(), self.of_only_question(phone, before))
            return
        gone = {pk for pk in before if pk not in after}
        assert gone == expected, (word, to, code, [before[pk].roll_id for pk in gone ^ expected])
        assert after.keys() <= before.keys()
        if word != "NO" or question is None:
            self.check_silence(phone, selves, before, was_silent)
        self.check_receipt(phone, word, gone, before, after, selves, receipts)
        self.check_nothing_goes(phone)

    def told(self, phone: str, text: str, to: int) -> texts.TextIn:
        programme = None if to == ANSWERS else self.programmes[to].pk
        said = inbound.Sms(
            provider="generic",
            id=f"t{next(self.n)}-{phone}",
            sender=phone,
            number="+911800000001",
            at=self.world.now,
            text=text,
        )
        return texts.TextIn(said, "sms", "+911800000001", "join" if programme else "answers", programme)

    def expected(
        self,
        phone: str,
        word: str,
        of: int | None,
        question: Question | None,
        before: dict[UUID, Membership],
        selves: set[UUID],
    ) -> set[UUID] | None:
        """Return the memberships that a text must end; None where the phone is asked which question it answers."""
        phone_id = keyring().phone_id(phone)
        theirs = {pk for pk, one in before.items() if one.phone_id == phone_id or one.person_id in selves}
        if word == "STOP":
            return set()
        if word == "LEAVE":
            if question is not None:
                of = self.rolls[self._kind(question.programme_id)].pk
            on_it = {pk for pk in theirs if before[pk].roll_id == of}
            return on_it if on_it or self.has_left(phone_id, of) else theirs
        if word != "NO":
            return set()
        on_phone = {pk: self.term(before[pk]) for pk in theirs if before[pk].phone_id == phone_id}
        if question is not None and question.is_yes is not False:
            mine = {pk for pk, term in on_phone.items() if term.pk == question.about}
            if question.template.startswith("ask.listed"):
                with system("test"):
                    asked = Enrolment.objects.get(pk=question.about)
                if asked.rung == Rung.UNSIGNED:
                    mine |= {pk for pk, term in on_phone.items() if is_listed(term)}
            return mine
        if question is not None:  # it said no before
            return set()
        with system("test"):
            still_open = [one for one, _word in self.questions(phone) if self.is_open(one)]
        if still_open:
            return None
        return {pk for pk, term in on_phone.items() if term.rung == Rung.UNSIGNED}

    def of_only_question(self, phone: str, before: dict[UUID, Membership]) -> set[UUID]:
        answered = [one for one, _word in self.questions(phone) if one.answered_at == self.world.now]
        abouts = {one.about for one in answered}
        return {pk for pk, member in before.items() if self.term(member).pk in abouts}

    def is_open(self, one: Question) -> bool:
        return one.answered_at is None and one.closed_at is None and self.world.now < one.expires_at

    def _kind(self, programme_id: int | None) -> int:
        return next(kind for kind, one in self.programmes.items() if one.pk == programme_id)

    def has_left(self, phone_id: UUID, roll_id: int | None) -> bool:
        """Return True if a phone left a roll within the week and may take that back: LEAVE said twice ends no more."""
        if roll_id is None:
            return False
        with system("test"):
            since = self.world.now - endings.BACK_WITHIN
            found = Parting.objects.filter(kind=endings.LEFT, undone_at=None, at__gte=since)
            there = [one for one in found if phone_id in (one.said_by, one.phone_id)]
            members = Membership.objects.filter(
                public_id__in=[one.public_id for one in there], roll_id=roll_id
            )
            terms = {self.term(one).pk for one in members if one.ended_on is not None}
            return any(one.pk in terms and self._still_one(one, phone_id) for one in there)

    def _still_one(self, parting: Parting, phone_id: UUID) -> bool:
        """Return True while the person who left is one with somebody on the phone."""
        if parting.phone_id == phone_id:
            return True
        phone = next(one for one in self.phones if keyring().phone_id(one) == phone_id)
        with system("test"):
            member = Membership.objects.get(public_id=parting.public_id)
        return member.person_id in self.selves(phone)

    # What must be so

    def check_silence(
        self, phone: str, selves: set[UUID], before: dict[UUID, Membership], was_silent: dict[str, bool]
    ) -> None:
        assert self.silent(phone)
        for other in self.phones:
            other_id = keyring().phone_id(other)
            if other == phone or was_silent[other]:
                continue
            with system("test"):
                mine = Person.objects.filter(phone_id=other_id, pk__in=selves).exists()
            strangers = [
                one for one in before.values() if one.phone_id == other_id and one.person_id not in selves
            ]
            assert self.silent(other) == (mine and not strangers), other
        phone_id = keyring().phone_id(phone)
        with system("test"):
            standing = Consent.objects.filter(
                purpose__in=(Purpose.CALLS, Purpose.MESSAGES), withdrawn_at=None, person_id__in=selves
            )
            elsewhere = [one for one in standing if Person.objects.get(pk=one.person_id).phone_id != phone_id]
        assert elsewhere == []

    def check_receipt(
        self,
        phone: str,
        word: str,
        gone: set[UUID],
        before: dict[UUID, Membership],
        after: dict[UUID, Membership],
        selves: set[UUID],
        receipts: dict[str, int],
    ) -> None:
        of = {"LEAVE": "leave", "STOP": "stop", "NO": "deny"}[word]
        told = blanks(phone, f"{of}.receipt")
        if len(told) == receipts[of]:
            assert not gone or receipts[of] >= MOST_LEAVES, "what ended is always told"
            return
        (said,) = told[receipts[of] :]
        phone_id = keyring().phone_id(phone)
        staying = [one for one in after.values() if one.phone_id == phone_id or one.person_id in selves]
        for language in ("en", "hi"):
            text = fill_text(TEXTS[f"{of}.receipt", language], said | {"organisation": "S"})
            rest = text
            for kind, roll in self.rolls.items():
                ended = any(before[pk].roll_id == roll.pk for pk in gone)
                stays = any(one.roll_id == roll.pk for one in staying)
                assert (NAMES[kind] in said.get("still", "")) == stays, (word, said)
                if word == "LEAVE":
                    assert (NAMES[kind] in said.get("ended", "")) == ended, (word, said)
                    assert NAMES[kind] in text or not (ended or stays)
                rest = rest.replace(NAMES[kind], "")
            assert ("/me/" in text) or not (staying or gone), text
        assert self.silent(phone) or (word == "NO" and not said["silent"])

    def check_nothing_goes(self, phone: str) -> None:
        """No message of ours to a silent phone but the receipts of its own word, and no question."""
        said = noes.RECEIPTS | {"back.receipt"}
        numbers = {one: self.silent(one) for one in self.phones}
        assert [
            one.template for one in self.turn() if numbers.get(one.phone) and one.template not in said
        ] == []
        with system("test"):
            silent = [keyring().phone_id(one) for one, is_silent in numbers.items() if is_silent]
            assert not Question.objects.filter(phone_id__in=silent, answered_at=None, closed_at=None).exists()


def is_listed(term: Enrolment) -> bool:
    return term.rung == Rung.UNSIGNED and term.channel in BY_OTHERS


WHO = st.integers(0, 4)
STEPS = st.one_of(
    st.tuples(st.just("join"), WHO, st.sampled_from([MEMBERS, FRIENDS, HELPERS]), st.booleans()),
    st.tuples(st.just("join"), WHO, st.sampled_from([MEMBERS, HELPERS]), st.booleans()),
    st.tuples(st.just("merge"), st.integers(0, 9), st.integers(0, 9)),
    st.tuples(st.just("merge"), st.integers(0, 9), st.integers(0, 9)),
    st.tuples(st.just("unmerge"), st.integers(0, 9)),
    st.tuples(st.just("days"), st.integers(1, 4)),
    *(
        st.tuples(
            st.just("text"),
            st.integers(0, 2),
            st.sampled_from(["LEAVE", "LEAVE", "STOP", "NO", "YES", "JOIN"]),
            st.sampled_from([MEMBERS, FRIENDS, HELPERS, ANSWERS]),
            st.one_of(st.none(), st.integers(0, 3)),
        )
        for _n in range(3)
    ),
)


@pytest.fixture
def town() -> Town:
    return Town.make(built())


def built() -> World:
    world = World.make()
    with system("tests publish texts"):
        messaging.publish_templates(at=world.now, by=SYSTEM)
    return world


@pytest.mark.examples(6, 120)
@settings(
    phases=[__import__("hypothesis").Phase.generate],
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=st.lists(STEPS, min_size=6, max_size=18))
def test_a_no_ends_what_it_means_everywhere_and_nothing_else(
    db: None, steps: list[tuple[object, ...]], request: pytest.FixtureRequest
) -> None:
    world = getattr(request.node, "world", None)
    if world is None:
        world = request.node.world = built()
    with transaction.atomic():  # each history alone: the words of many would be a flood, which is held
        town = Town.make(world)
        for step in [
            ("join", 0, MEMBERS, True),
            ("join", 1, MEMBERS, True),
            ("join", 0, HELPERS, True),
            *steps,
        ]:
            town.do(step)
        for roll, programme in town.programmes.items():
            world.programme, world.roll = programme, town.rolls[roll]
            assert world.tallies() == world.recounted()
        transaction.set_rollback(True)


# The cases one by one


def rolls_of(town: Town, who: int) -> list[str]:
    """The rolls on which somebody runs by their own phone."""
    human = town.people[who]
    with system("test"):
        ids = [one.pk for one in Person.objects.filter(phone_id=town.world.phone_id(human), name=human.name)]
        found = Membership.objects.filter(person_id__in=ids, ended_on=None).values_list("roll_id", flat=True)
        return sorted(Roll.objects.get(pk=pk).names["en"] for pk in found)


def merge_of(town: Town, one: int, other: int) -> None:
    """Merge two entries of the members' roll."""
    with system("tests merge"):
        pair = sorted(
            Membership.objects.get(phone_id=town.world.phone_id(human), person_id__in=ids).person_id
            for human in (town.people[one], town.people[other])
            for ids in [list(Person.objects.filter(name=human.name).values_list("pk", flat=True))]
        )
        keep_doubles(found=[(pair[0], pair[1], 95, False)], at=town.world.now)
        double = Double.objects.get(first_id=pair[0], second_id=pair[1])
        doubles.merge(double=double.public_id, by=SYSTEM, at=town.world.now)


def write(town: Town, who: int, text: str, to: int) -> None:
    town.world.tick()
    texts.hear_text(text_in=town.told(town.people[who].phone, text, to), by=CHANNEL, at=town.world.now)


def receipt(town: Town, who: int, of: str) -> str:
    """The last receipt in English."""
    said = blanks(town.people[who].phone, f"{of}.receipt")[-1]
    return fill_text(TEXTS[f"{of}.receipt", "en"], said | {"organisation": "S", "answer": "+911800000009"})


@pytest.mark.parametrize("to", [MEMBERS, FRIENDS, HELPERS, ANSWERS])
def test_a_friend_who_writes_naam_hatao_to_any_number_is_off_the_list_and_told_so(
    town: Town, to: int
) -> None:
    town.do(("join", 0, FRIENDS, True))
    write(town, 0, "mujhe nahi rehna, naam hatao", to)
    assert rolls_of(town, 0) == []
    told = receipt(town, 0, "leave")
    assert "You have left: Friends." in told and "still" not in told and "send JOIN to +911800000009" in told
    write(town, 0, "JOIN", to if to != HELPERS else FRIENDS)
    assert rolls_of(town, 0) == ["Friends"], "it is undone as the receipt says"


@pytest.mark.parametrize("to", [MEMBERS, FRIENDS, ANSWERS])
@pytest.mark.parametrize("no", ["STOP", "LEAVE"])
@pytest.mark.parametrize(
    "text",
    [
        "membership card kab milega",
        "meri sadasyata khatam karo",
        "member kisne banaya mujhe",
        "haan chhod do",
    ],
)
def test_a_question_about_membership_takes_no_no_back(town: Town, to: int, no: str, text: str) -> None:
    town.do(("join", 0, FRIENDS, True))
    write(town, 0, no, ANSWERS)
    left = rolls_of(town, 0)
    write(town, 0, text, to)
    with system("test"):
        assert standing_no(keyring().phone_id(town.people[0].phone)) is not None
    assert set(rolls_of(town, 0)) <= set(left)


def test_leave_to_a_number_of_a_roll_ends_that_roll_however_often_it_is_said(town: Town) -> None:
    town.do(("join", 0, MEMBERS, True))
    town.do(("join", 0, HELPERS, True))
    write(town, 0, "LEAVE", HELPERS)
    told = receipt(town, 0, "leave")
    assert "You have left: Contributors." in told and "You are still on: Primary members." in told
    assert "send LEAVE to +911800000009" in told
    for _n in range(3):
        write(town, 0, "LEAVE", HELPERS)
        assert rolls_of(town, 0) == ["Primary members"]
    assert "left" not in receipt(town, 0, "leave") and "still on: Primary members." in receipt(
        town, 0, "leave"
    )
    assert len(blanks(town.people[0].phone, "leave.receipt")) == 2
    write(town, 0, "LEAVE", ANSWERS)
    assert rolls_of(town, 0) == [] and "You have left: Primary members." in receipt(town, 0, "leave")


@pytest.mark.parametrize("text", ["LEAVE {}", "{} leave", "chhodo {}", "naam hatao {}"])
def test_leave_with_the_word_of_a_message_ends_the_roll_of_the_message(town: Town, text: str) -> None:
    town.do(("join", 0, MEMBERS, True))
    town.do(("join", 0, HELPERS, True))
    town.do(("days", 2))
    words_by_roll = {town._kind(one.programme_id): word for one, word in town.questions(town.people[0].phone)}
    write(town, 0, text.format(words_by_roll[HELPERS]), MEMBERS)
    assert rolls_of(town, 0) == ["Primary members"]


@pytest.mark.parametrize("way", ["text", "call", "page"])
def test_leave_from_the_second_phone_takes_the_person_off_and_nobody_else(town: Town, way: str) -> None:
    for who, roll in ((0, MEMBERS), (1, MEMBERS), (2, MEMBERS), (0, HELPERS), (4, MEMBERS)):
        town.do(("join", who, roll, True))
    contributor = rolls_of(town, 0)
    assert contributor == ["Contributors", "Primary members"]
    with system("test"):
        kept, gone = (
            Membership.objects.get(
                roll_id=town.rolls[MEMBERS].pk,
                phone_id=town.world.phone_id(town.people[who]),
                person_id__in=list(
                    Person.objects.filter(name=town.people[who].name).values_list("pk", flat=True)
                ),
            )
            for who in (0, 1)
        )
        first, second = sorted((kept.person_id, gone.person_id))
        keep_doubles(found=[(first, second, 95, False)], at=town.world.now)
        doubles.merge(
            double=Double.objects.get(first_id=first, second_id=second).public_id,
            by=SYSTEM,
            at=town.world.now,
        )
        gone = next(
            one for one in (kept, gone) if not Membership.objects.filter(pk=one.pk, ended_on=None).exists()
        )
    assert gone.phone_id == town.world.phone_id(town.people[1])
    phone_id = gone.phone_id
    town.world.tick()
    if way == "text":
        write(town, 1, "LEAVE", ANSWERS)
    elif way == "call":
        actions.leave_by_phone(phone=phone_id, channel=Channel.MISSED_CALL, by=CHANNEL, at=town.world.now)
    else:
        by = Actor(kind="citizen", id=gone.public_id)
        with scoped(Scope(phone=phone_id)):
            member = own_membership(phone_id, gone.public_id)
            assert member is not None and stands_elsewhere(member) == (True, None)
            actions.leave(membership=gone.public_id, channel=Channel.WEB, by=by, at=town.world.now)
            assert stands_elsewhere(member) == (False, town.world.now)
    brother = [] if way != "page" else ["Primary members"]
    assert rolls_of(town, 2) == brother, "a call names nobody, so all of the phone leave; a page one person"
    assert rolls_of(town, 0) == (["Contributors"] if way == "page" else []), "on the page it is that roll"
    assert rolls_of(town, 4) == ["Primary members"], "who shares the other phone stays"
    assert not town.silent(town.people[4].phone)
    if way == "text":
        assert "You have left: Primary members, Contributors." in receipt(town, 1, "leave")
    town.world.tick(days=1)
    by = Actor(kind="citizen", id=gone.public_id)
    with scoped(Scope(phone=phone_id)):
        n = actions.come_back(
            phone=phone_id,
            channel=Channel.WEB,
            by=by,
            at=town.world.now,
            membership=gone.public_id if way == "page" else None,
        )
    assert n == (1 if way == "page" else 3) and rolls_of(town, 0) == contributor


def test_stop_from_the_second_phone_silences_a_phone_on_which_only_that_person_is_on_two_rolls(
    town: Town,
) -> None:
    town.people[1] = Human("आशा देवी", 1980, f"{town.people[1].phone[:-1]}7")
    for who, roll in ((0, MEMBERS), (1, MEMBERS)):
        town.do(("join", who, roll, True))
    merge_of(town, 0, 1)
    town.do(("join", 0, HELPERS, True))
    write(town, 1, "STOP", ANSWERS)
    assert town.silent(town.people[0].phone) and rolls_of(town, 0) == ["Contributors", "Primary members"]
    told = receipt(town, 1, "stop")
    assert "still on our list: Primary members, Contributors. To leave, send LEAVE to +911800000009." in told


def test_another_leave_that_waits_is_not_lost(town: Town) -> None:
    town.do(("join", 0, MEMBERS, True))
    town.do(("join", 0, HELPERS, True))
    phone_id = town.world.phone_id(town.people[0])
    for kind in (HELPERS, MEMBERS):
        actions.leave_by_phone(
            phone=phone_id,
            channel=Channel.SMS,
            by=CHANNEL,
            at=town.world.now,
            programme_id=town.programmes[kind].pk,
            is_believed=False,
        )
    town.world.tick(days=2)
    with system("test"):
        leaving.leave_held(held_leave=HeldLeave.objects.get(), by=SYSTEM, at=town.world.now)
    assert rolls_of(town, 0) == []


def test_a_no_that_waits_strikes_off_what_a_no_does(town: Town) -> None:
    town.do(("join", 0, MEMBERS, True))
    town.do(("join", 0, HELPERS, False))
    phone_id = town.world.phone_id(town.people[0])
    actions.deny_by_phone(
        phone=phone_id, channel=Channel.SMS, by=CHANNEL, at=town.world.now, is_believed=False
    )
    assert town.silent(town.people[0].phone) and rolls_of(town, 0) == ["Contributors", "Primary members"]
    town.world.tick(days=2)
    with system("test"):
        leaving.leave_held(held_leave=HeldLeave.objects.get(), by=SYSTEM, at=town.world.now)
    assert rolls_of(town, 0) == ["Primary members"]


def test_a_no_that_comes_too_late_is_read_by_somebody(town: Town) -> None:
    town.do(("join", 0, MEMBERS, True))
    asking = messaging.PhoneQuestion(
        room="programmes",
        kind="item",
        about=UUID(int=next(town.n) + 1),
        phone=town.people[0].phone,
        language="en",
        template="ask.talked",
        blanks={"worker": "Ravi Koul", "day": "9 November"},
        label="Ravi Koul",
        expires_at=town.world.now.replace(hour=18),
        programme_id=town.programmes[MEMBERS].pk,
    )
    with system("test"):
        messaging.ask_question(asking=asking, at=town.world.now)
    (word,) = [word for one, word in town.questions(town.people[0].phone) if one.template == "ask.talked"]
    town.world.tick(days=1)
    write(town, 0, f"NO {word}", ANSWERS)
    assert rolls_of(town, 0) == ["Primary members"] and not town.silent(town.people[0].phone)
    with system("test"):
        assert Ticket.objects.filter(phone_id=town.world.phone_id(town.people[0])).count() == 1
