"""Members, claims and tokens when a unit closes, and when it is opened again."""

import random
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from abhiyan.core.actor import Actor
from abhiyan.core.scope import system
from abhiyan.core.tests.waits import until
from abhiyan.enrolment import actions, tasks
from abhiyan.enrolment.actions import closing
from abhiyan.enrolment.actions.claims import ClaimUnitUnknown
from abhiyan.enrolment.models import Membership
from abhiyan.enrolment.rules.channels import Channel, Sign
from abhiyan.intake.actions import tokens
from abhiyan.intake.models import ChannelToken
from abhiyan.org.queries import NotYours
from abhiyan.programmes import actions as programmes
from abhiyan.units import actions as units
from abhiyan.units.models import Closing, Unit

from .held import act_held, beside, someone_waits
from .make import Human, Ladder, World, make_token

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("tests")


@pytest.fixture
def world() -> World:
    return World.make()


def close(world: World, unit: Unit, *to: Unit, by: Actor = SYSTEM, **answers: str) -> int:
    made = units.close_units(
        unit_id=unit.pk,
        on=world.now.date(),
        successors=[one.code for one in to],
        answers={f"enrolment.{key}": answer for key, answer in answers.items()},
        by=by,
        at=world.now,
    )
    if "members" in answers or to:
        tasks.hand_members_over(closing_id=made.pk)
    return made.pk


def open_again(world: World, unit: Unit) -> None:
    with system("tests look"):
        number = Closing.objects.latest("pk").pk
    units.reopen_units(unit_id=unit.pk, by=SYSTEM, at=world.now)
    tasks.bring_members_back(closing_id=number)


def homes(world: World) -> list[str]:
    return [
        str(code)
        for (code,) in world.rows(
            "select u.code from enrolment_membership m join people_person p on p.id = m.person_id"
            " and p.unit_id = m.unit_id join enrolment_enrolment e on e.membership_id = m.id and e.term = m.term"
            " and e.unit_id = m.unit_id join units_unit u on u.id = m.unit_id order by m.id"
        )
    ]


def held(world: World) -> None:
    assert world.tallies() == world.recounted()
    assert world.orphans() == {}
    with system("tests recount"):
        programmes.fold_changes(at=world.now)
        assert programmes.recount_facts(at=world.now).is_right


def test_a_closed_unit_takes_no_claims_and_its_facts_stay(world: World) -> None:
    world.web_join(of=world.asha)
    close(world, world.booth, members="stays")
    world.tick(minutes=2)
    assert isinstance(
        world.send(world.claim(world.bilal, Channel.API, unit=world.booth))[0], ClaimUnitUnknown
    )
    assert world.ladder(world.booth) == Ladder(reported=1, counted=1)
    with pytest.raises(tokens.TokenUnitClosed):
        make_token(world, unit_id=world.booth.pk)
    held(world)


def test_members_go_to_the_successor_with_their_count_and_come_back(world: World) -> None:
    world.web_join(of=world.asha)
    left = world.paper_row(of=world.bilal)
    world.leave(left, of=world.bilal)
    world.paper_row(of=world.chandra)
    before = world.tallies()
    close(world, world.booth, world.next_booth)
    assert (
        homes(world).count("JK-B002") == 2 and homes(world).count("JK-B001") == 1
    )  # who left stays where they were
    assert world.ladder(world.next_booth) == Ladder(reported=2, unsigned=1, counted=1)
    assert world.ladder(world.booth) == Ladder(reported=1)
    held(world)
    open_again(world, world.booth)
    assert set(homes(world)) == {"JK-B001"} and world.tallies() == before
    assert world.count("enrolment_moved") == 0
    held(world)


def test_who_lives_elsewhere_since_is_not_brought_back(world: World) -> None:
    asha = world.web_join(of=world.asha)
    world.web_join(of=world.bilal)
    close(world, world.booth, world.next_booth)
    assert asha.membership is not None
    actions.correct(membership=asha.membership, unit_id=world.far_booth.pk, by=SYSTEM, at=world.now)
    open_again(world, world.booth)
    assert sorted(homes(world)) == ["JK-B001", "JK-B004"]
    held(world)


def test_members_stay_where_their_drive_does_not_take_people_at_the_successor(world: World) -> None:
    world.web_join(of=world.asha)
    close(world, world.booth, world.foreign_booth)
    assert homes(world) == ["JK-B001"]
    held(world)


def test_many_members_go_some_at_a_time_and_a_closing_taken_back_meanwhile_stops_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(closing, "AT_ONCE", 3)
    for number in range(8):
        world.web_join(of=Human(f"Person {'abcdefgh'[number]}", 1980, f"+9199060001{number:02d}"))
    made = units.close_units(
        unit_id=world.booth.pk, on=world.now.date(), successors=["JK-B002"], by=SYSTEM, at=world.now
    )
    after = actions.hand_over_next(closing_id=made.pk, after=None, by=SYSTEM, at=world.now)
    assert after is not None and homes(world).count("JK-B002") == 3
    tasks.hand_members_over(closing_id=made.pk)  # a second start, as after a kill
    assert set(homes(world)) == {"JK-B002"}
    open_again(world, world.booth)
    assert set(homes(world)) == {"JK-B001"}
    assert actions.hand_over_next(closing_id=made.pk, after=None, by=SYSTEM, at=world.now) is None
    held(world)


def entry_that_waits(world: World) -> str:
    """A call at the booth, from the phone of two members; its claim's id."""
    for who in (world.asha, world.mohan):
        world.tick()
        world.paper_row(of=who)
    world.tick()
    world.take(world.claim(world.asha, Channel.MISSED_CALL, sign=Sign.CALL, nameless=True))
    ((claim,),) = world.rows("select id from enrolment_claim where membership_id is null")
    with system("tests place it"):
        from abhiyan.enrolment.actions.members import move_claims
        from abhiyan.enrolment.models import Claim

        move_claims(Claim.objects.filter(pk=str(claim)), world.booth.pk, world.now)
    return str(claim)


def test_entries_that_wait_go_to_the_successor(world: World) -> None:
    claim = entry_that_waits(world)
    close(world, world.booth, world.next_booth, members="stays")
    assert world.rows("select unit_id from enrolment_claim where id = %s", [claim]) == [
        (world.next_booth.pk,)
    ]
    held(world)
    open_again(world, world.booth)
    assert world.rows("select unit_id from enrolment_claim where id = %s", [claim]) == [(world.booth.pk,)]
    held(world)


@pytest.mark.django_db(transaction=True)  # at once, on other connections
def test_an_entry_that_somebody_settles_meanwhile_stays_where_it_was_settled(world: World) -> None:
    claim = entry_that_waits(world)
    ((public_id, member),) = world.rows(
        "select c.public_id, m.public_id from enrolment_claim c join enrolment_membership m"
        " on m.phone_id = c.phone_id where c.id = %s order by m.id limit 1",
        [claim],
    )

    def settle() -> None:
        actions.settle_claim(
            claim=UUID(str(public_id)), membership=UUID(str(member)), by=SYSTEM, at=world.now
        )

    with act_held(settle) as go, beside(lambda: close(world, world.booth, world.next_booth)):
        until(lambda: someone_waits(world))
        go.set()
    ((unit_id,),) = world.rows("select unit_id from enrolment_claim where id = %s", [claim])
    assert unit_id == world.booth.pk
    held(world)
    open_again(world, world.booth)
    held(world)


def test_tokens_of_a_closed_unit_end_and_stay_ended(world: World) -> None:
    token = make_token(world, unit_id=world.mandal.pk)
    units.close_units(unit_id=world.mandal.pk, on=world.now.date(), with_below=True, by=SYSTEM, at=world.now)
    with system("tests look"):
        assert ChannelToken.objects.get(public_id=token.public_id).ended_at == world.now
    open_again(world, world.mandal)
    with system("tests look"):
        assert ChannelToken.objects.get(public_id=token.public_id).ended_at == world.now


def test_members_go_only_by_somebody_who_may_correct_them_there(world: World) -> None:
    world.web_join(of=world.asha)
    with pytest.raises(NotYours):
        close(world, world.booth, world.next_booth, by=world.booth_worker)
    with system("tests look"):
        assert Unit.objects.get(pk=world.booth.pk).closed_on is None


@pytest.mark.parametrize("seed", range(6))
def test_whatever_closes_and_opens_the_ledger_equals_the_facts(world: World, seed: int) -> None:
    rng = random.Random(seed)
    booths = [world.booth, world.next_booth, world.units["JK-B003"], world.far_booth]
    closed: list[tuple[Unit, int]] = []
    for number in range(14):
        world.tick(minutes=2)
        open_ones = [one for one in booths if all(one != unit for unit, _closing in closed)]
        act = rng.choice(["join", "join", "join", "close", "open", "fold"])
        if act == "join":
            who = Human(f"Person {'abcdefghijklmn'[number]}", 1970, f"+9199060002{number:02d}")
            rng.choice([world.web_join, world.paper_row])(of=who, unit=rng.choice(open_ones))
        elif act == "close" and len(open_ones) > 1:
            unit, to = rng.sample(open_ones, 2)
            closed.append((unit, close(world, unit, to)))
        elif act == "open" and closed:
            unit, number_ = closed.pop()
            units.reopen_units(unit_id=unit.pk, by=SYSTEM, at=world.now)
            tasks.bring_members_back(closing_id=number_)
        held(world)
    with system("tests look"):
        living = set(Membership.objects.filter(ended_on=None).values_list("unit_id", flat=True))
    assert not living & {unit.pk for unit, _closing in closed}


def test_the_page_of_a_list_undone_brings_members_back_at_once(world: World) -> None:
    """A list made the successor: its undo removes that unit, so nobody may live there any more."""
    from abhiyan.units.tests.test_import import bring, u, undo

    world.web_join(of=world.asha)
    before = world.tallies()
    rows: list[dict[str, Any]] = [u("JK-B099", "booth", "JK-SRI-M1")]
    rows.append(
        {"code": "JK-B001", "closed_on": world.now.date() + timedelta(days=10), "successors": "JK-B099"}
    )
    with system("tests bring a list"):
        answers = {"enrolment.members": "goes"}
        counts, refused = bring(rows, answers=answers)
        assert (counts.made, counts.closed, refused) == (1, 1, [])
        number = Closing.objects.latest("pk").pk
    tasks.hand_members_over(closing_id=number)
    assert homes(world) == ["JK-B099"]
    with system("tests undo it"):
        undo()
    assert homes(world) == ["JK-B001"] and world.tallies() == before
    held(world)


@pytest.mark.django_db(transaction=True)  # a list brings the units and takes them back
def test_a_list_that_merged_many_units_is_undone_at_once(world: World) -> None:
    from abhiyan.units.tests.test_import import bring, u, undo

    codes = [f"JK-B2{number:02d}" for number in range(6)]
    with system("tests bring a list"):
        bring([u(code, "booth", "JK-SRI-M1") for code in codes], import_id=7)
        places = [Unit.objects.get(code=code) for code in codes]
    world.tick(minutes=2)
    for number, place in enumerate(places):
        world.web_join(of=Human(f"Person {'abcdef'[number]}", 1980, f"+9199060003{number:02d}"), unit=place)
    rows: list[dict[str, Any]] = [u("JK-B099", "booth", "JK-SRI-M1")]
    rows += [
        {"code": code, "closed_on": world.now.date() + timedelta(days=10), "successors": "JK-B099"}
        for code in codes
    ]
    with system("tests bring a list"):
        counts, refused = bring(rows, answers={"enrolment.members": "goes"})
        assert (counts.made, counts.closed, refused) == (1, 6, [])
        number = Closing.objects.latest("pk").pk
    tasks.hand_members_over(closing_id=number)
    assert set(homes(world)) == {"JK-B099"}
    with system("tests undo it"):
        undo()
    assert sorted(homes(world)) == codes
    held(world)
