"""No person is a friend and a member, after any joining, leaving, coming back, merging or erasing."""

from collections.abc import Iterator
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from abhiyan.core.actor import Actor
from abhiyan.core.scope import Scope, scoped, system
from abhiyan.enrolment import actions
from abhiyan.enrolment.actions import doubles, erasing, revisits
from abhiyan.enrolment.actions.claims import AlreadyMember, Joined, NotAdult
from abhiyan.enrolment.models import Membership, Roll
from abhiyan.enrolment.rules import endings, names
from abhiyan.enrolment.rules.channels import Channel, Sign
from abhiyan.intake import actions as intake
from abhiyan.people.actions.doubles import keep_doubles
from abhiyan.people.models import Consent, Double, Person
from abhiyan.programmes.models import Programme, Rung

from .make import Human, World
from .test_doubles_histories import Merging
from .test_histories import STEPS, SYSTEM, _bases

pytestmark = pytest.mark.django_db(transaction=True)  # an undo makes its table once in a transaction
_places: Iterator[int] = count(1)


class Rolls:
    """A members' drive and a friends programme beside it; the world plays in one of them at a time."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.members = (world.roll, world.programme)
        n = next(_places)
        with system("tests open a friends programme"):
            roll = Roll.objects.create(code=f"friends {n}", names={"en": "Friends"}, gives_way=True)
            window = (world.programme.opens_on, world.programme.closes_on)
            programme = world._drive(world.units, roll, f"friends-{n}", *window)
        self.friends = (roll, programme)
        intake.forget_drives()

    def play(self, rolls: tuple[Roll, Programme]) -> None:
        self.world.roll, self.world.programme = rolls

    def on_both(self) -> list[tuple[object, ...]]:
        """People who are on both rolls by the same phone, name and year, or by entries that were merged."""
        with system("tests look"):
            found = list(
                Membership.objects.filter(
                    roll_id__in=[self.members[0].pk, self.friends[0].pk], ended_on=None, merged_into=None
                )
            )
            persons = Person.objects.in_bulk([one.person_id for one in found])
            merged = dict(
                Double.objects.filter(state=Double.State.MERGED).values_list("first_id", "second_id")
            )
        by_person: dict[tuple[object, ...], set[int]] = {}
        for one in found:
            person = persons[one.person_id]
            who = (one.phone_id, names.key(person.name or ""), person.birth_year)
            by_person.setdefault(who, set()).add(one.roll_id)
            by_person.setdefault(("merged", merged.get(person.pk, person.pk)), set()).add(one.roll_id)
        return [who for who, rolls in by_person.items() if len(rolls) > 1]


@pytest.fixture
def rolls() -> Rolls:
    return Rolls(World.make())


def test_a_friend_who_becomes_a_member_stops_being_a_friend_in_the_same_act(rolls: Rolls) -> None:
    world = rolls.world
    rolls.play(rolls.friends)
    friend = world.web_join(of=world.asha)
    world.tick(days=1, hours=1)
    world.confirm(friend, phone_id=world.phone_id(world.asha))
    assert world.ladder(world.booth).confirmed == 1
    rolls.play(rolls.members)
    assert isinstance(world.web_join(of=world.asha), Joined)
    assert rolls.on_both() == []
    assert world.ladder(world.booth).counted == 1
    rolls.play(rolls.friends)
    assert {rung: n for (*_of, rung), n in world.tallies().items() if n} == {Rung.REPORTED: 1}
    assert world.tallies() == world.recounted() and world.orphans() == {}

    revisits.revisit(at=world.now)
    with system("test"):
        (gone,) = Membership.objects.filter(roll_id=rolls.friends[0].pk)
        assert Person.objects.get(pk=gone.person_id).left_at is not None
        assert not Consent.objects.filter(person_id=gone.person_id, withdrawn_at=None).exists()
        (stays,) = Membership.objects.filter(roll_id=rolls.members[0].pk)
        assert Consent.objects.filter(person_id=stays.person_id, withdrawn_at=None).exists()
    assert revisits.revisit(at=world.now) == 0, "once is once"


def test_a_member_who_tries_to_be_a_friend_stays_a_member(rolls: Rolls) -> None:
    world = rolls.world
    rolls.play(rolls.members)
    member = world.web_join(of=world.asha)
    rolls.play(rolls.friends)
    for tried in (world.web_join(of=world.asha), world.paper_row(of=world.asha)):
        assert isinstance(tried, AlreadyMember) and tried.membership == member.membership
    world.missed_call(of=world.mohan)
    assert isinstance(world.complete(of=world.mohan), Joined), "others of the family may be friends"
    world.missed_call(of=world.asha)
    assert rolls.on_both() == []
    assert world.tallies() == world.recounted() and world.orphans() == {}


def test_who_was_a_friend_became_a_member_and_left_may_be_a_friend_again(rolls: Rolls) -> None:
    world = rolls.world
    rolls.play(rolls.friends)
    friend = world.web_join(of=world.asha)
    rolls.play(rolls.members)
    member = world.web_join(of=world.asha)
    rolls.play(rolls.friends)
    again = world.web_join(of=world.asha)
    assert isinstance(again, AlreadyMember) and again.membership == member.membership
    world.leave(member, of=world.asha)
    world.tick()
    back = world.web_join(of=world.asha)
    assert back.membership == friend.membership
    assert world.ladder(world.booth).counted == 1 and rolls.on_both() == []


def test_coming_back_as_a_member_ends_the_friendship_begun_meanwhile(rolls: Rolls) -> None:
    world = rolls.world
    rolls.play(rolls.members)
    member = world.web_join(of=world.asha)
    world.leave(member, of=world.asha)
    world.tick()
    rolls.play(rolls.friends)
    assert isinstance(world.web_join(of=world.asha), Joined)
    with scoped(Scope(phone=world.phone_id(world.asha))):
        actions.come_back(
            phone=world.phone_id(world.asha),
            channel=Channel.WEB,
            by=Actor(kind="citizen", id=world.phone_id(world.asha)),
            at=world.now,
            membership=member.membership,
        )
    assert rolls.on_both() == []
    assert world.tallies() == world.recounted()
    with system("test"):
        (friend,) = Membership.objects.filter(roll_id=rolls.friends[0].pk)
    ended = world.rows("select end_reason from enrolment_enrolment where membership_id = %s", [friend.pk])
    assert ended == [(endings.BECAME,)]


def test_a_friend_and_a_member_on_two_phones_who_are_one_person_stay_a_member(rolls: Rolls) -> None:
    world = rolls.world
    rolls.play(rolls.friends)
    friend = world.web_join(of=world.asha)
    world.tick(days=1, hours=1)
    world.confirm(friend, phone_id=world.phone_id(world.asha))  # better proven than the member
    rolls.play(rolls.members)
    world.paper_row(of=Human("Asha Devi", 1980, "+919906000077"))
    with system("test"):
        one, other = Person.objects.filter(name="Asha Devi").order_by("pk")
        keep_doubles(found=[(one.pk, other.pk, 95, False)], at=world.now)
        pair = Double.objects.get()
        doubles.merge(double=pair.public_id, by=SYSTEM, at=world.now)
    with system("test"):
        living = Membership.objects.filter(ended_on=None, merged_into=None)
        assert [one.roll_id for one in living] == [rolls.members[0].pk]
    for of in (rolls.members, rolls.friends):
        rolls.play(of)
        assert world.tallies() == world.recounted()


def test_a_minor_is_no_friend_and_nothing_is_kept(rolls: Rolls) -> None:
    rolls.play(rolls.friends)
    claim = rolls.world.claim(rolls.world.child, Channel.WEB, sign=Sign.WEB, unit=rolls.world.booth)
    assert [type(one) for one in rolls.world.send(claim)] == [NotAdult]
    assert rolls.world.count("enrolment_claim") == 0


class Switching(Merging):
    """A history on two rolls."""

    rolls: Rolls

    def _switch(self) -> None:
        is_members = self.world.roll.pk == self.rolls.members[0].pk
        self.rolls.play(self.rolls.friends if is_members else self.rolls.members)

    def _drive(self) -> None:
        """One drive for each roll is enough here."""

    def _erase(self, n: int) -> None:
        told = self.some(n)
        if told is not None and told.membership is not None:
            found = self.world.rows(
                "select phone_id from enrolment_membership where public_id = %s", [told.membership]
            )
            for (phone_id,) in found:
                with scoped(Scope(phone=phone_id)):  # type: ignore[arg-type]  # a column
                    erasing.erase_member(
                        membership=told.membership,
                        channel=Channel.WEB,
                        language="en",
                        by=Actor(kind="citizen", id=told.membership),
                        at=self.world.now,
                    )


SWITCHES = st.one_of(
    st.tuples(st.just("switch")),
    st.tuples(st.just("switch")),
    st.tuples(st.just("web"), st.integers(0, 3), st.integers(1, 3)),
    st.tuples(st.just("erase"), st.integers(0, 30)),
    st.tuples(st.just("merge"), st.integers(0, 30), st.integers(0, 30)),
    st.tuples(st.just("unmerge"), st.integers(0, 30)),
    STEPS,
)


@pytest.mark.examples(12, 80)
@settings(
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=st.lists(SWITCHES, min_size=8, max_size=30))
def test_rolls_of_members_and_friends_never_share_a_person(
    transactional_db: None, steps: list[tuple[object, ...]], request: pytest.FixtureRequest
) -> None:
    world = getattr(request.node, "world", None)
    if world is None:
        world = request.node.world = World.make()
    else:
        world.anew()
    base = next(_bases)
    phones = [f"+9197{base % 10_000:04d}{n:04d}" for n in range(3)]
    history = Switching(
        world,
        [
            Human("Asha", 1980, phones[0]),
            Human("Mohan", 1975, phones[0]),
            Human("Aasha", 1980, phones[1]),
            Human("Zara", 1991, phones[1]),
            Human("Chandra", 1964, phones[2]),
        ],
        f"+9197{base % 10_000:04d}0009",
    )
    history.rolls = Rolls(world)
    for step in steps:
        history.do(step)
        assert history.rolls.on_both() == [], step
    for rolls in (history.rolls.members, history.rolls.friends):
        history.rolls.play(rolls)
        history.check()
