"""Each friend belongs to one organiser: by place and evenly, or by hand with a way back; after an erasure to nobody."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from abhiyan.core.actor import Actor
from abhiyan.core.scope import system
from abhiyan.enrolment.actions import members
from abhiyan.enrolment.models import Membership
from abhiyan.enrolment.tests.make import Human, World
from abhiyan.enrolment.tests.test_two_rolls import become_friend, friends_programme
from abhiyan.enrolment.tests.web import officer, open_me, web_world
from abhiyan.friends.actions import organisers
from abhiyan.friends.actions.organisers import NobodyToGive, OrganiserGone, OrganiserSeat, ShareOver
from abhiyan.friends.models import FriendOrganiser, FriendPromise
from abhiyan.friends.rules.organisers import OrganiserPost, least_loaded, nearest_posts
from abhiyan.org import actions as org
from abhiyan.org.models import Appointment
from abhiyan.org.queries import NotYours
from abhiyan.org.tests.make import actor
from abhiyan.people.models import Account
from abhiyan.programmes.models import Programme

from .test_in_touch import invited

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("test")
M1, M2 = "JK-SRI-M1", "JK-SRI-M2"
MEERA = Human("Meera Devi", 1975, "+919906000007")


@pytest.fixture
def world() -> World:
    return web_world()


@pytest.fixture
def friends(world: World) -> Programme:
    return friends_programme(world)


def seat_organiser(world: World, unit: str, *, hierarchy: int = 1) -> Account:
    """An organiser of friends in office."""
    officer(world, "friends_organiser", unit, hierarchy=hierarchy)
    with system("test"):
        return Account.objects.latest("pk")


def live(world: World, human: Human, unit: str) -> UUID:
    """Somebody becomes a friend and lives in a unit. Their public id."""
    become_friend(human)
    with system("test"):
        one = Membership.objects.get(phone_id=world.phone_id(human), ended_on=None)
        members.move_members([one], world.units[unit].pk, world.now)
    return one.public_id


def share(world: World) -> int:
    with system("test"):
        return organisers.share_friends(at=world.now)


def whose() -> dict[UUID, int]:
    """Each friend's organiser."""
    with system("test"):
        return dict(FriendOrganiser.objects.filter(ended_at=None).values_list("membership", "account_id"))


def seat(world: World, who: Account, unit: str) -> OrganiserSeat:
    return OrganiserSeat(who.pk, world.units[unit].pk)


def test_friends_by_any_way_go_to_the_nearest_organiser_and_evenly_among_those_of_one_unit(
    world: World, friends: Programme
) -> None:
    district = seat_organiser(world, "JK-SRI")
    first, second = seat_organiser(world, M1), seat_organiser(world, M1)
    asha, bilal, mohan = (live(world, one, "JK-B001") for one in (world.asha, world.bilal, MEERA))
    far = live(world, world.chandra, "JK-B003")
    assert share(world) == 4 and share(world) == 0
    by_friend = whose()
    assert by_friend[far] == district.pk, "no organiser in the mandal: the district takes them"
    assert sorted([by_friend[asha], by_friend[bilal], by_friend[mohan]]) == [first.pk, first.pk, second.pk]


def test_a_friend_whose_place_is_not_known_yet_belongs_to_somebody_within_it(
    world: World, friends: Programme
) -> None:
    who = seat_organiser(world, M1)
    unknown = live(world, world.asha, "JK")
    share(world)
    assert whose() == {unknown: who.pk}


def test_the_worker_of_a_link_comes_before_the_place(world: World, friends: Programme) -> None:
    near, inviter = seat_organiser(world, "JK-SRI-M1"), seat_organiser(world, "JK-SRI-M1")
    one = invited(world, friends, inviter, world.asha)
    with system("test"):
        assert FriendOrganiser.objects.get(membership=one.public_id).way == "link"
    assert whose() == {one.public_id: inviter.pk} and near.pk != inviter.pk


def test_a_friend_who_moves_goes_to_the_organiser_there_and_stays_where_one_has_both_places(
    world: World, friends: Programme
) -> None:
    here, there = seat_organiser(world, M1), seat_organiser(world, "JK-JAM")
    one = live(world, world.asha, "JK-B001")
    share(world)
    with system("test"):
        row = Membership.objects.get(public_id=one)
        members.move_members([row], world.next_booth.pk, world.now)
    assert whose() == {one: here.pk}
    with system("test"):
        members.move_members([row], world.far_booth.pk, world.now)
    assert whose() == {}
    share(world)
    assert whose() == {one: there.pk}


def test_the_friends_of_an_office_that_ends_go_to_the_next_by_place(world: World, friends: Programme) -> None:
    above, near = seat_organiser(world, "JK-SRI"), seat_organiser(world, M1)
    one = live(world, world.asha, "JK-B001")
    share(world)
    assert whose() == {one: near.pk}
    with system("test"):
        held = Appointment.objects.get(account_id=near.pk)
    org.end_appointment(public_id=held.public_id, reason="moved", by=SYSTEM, at=world.now)
    assert whose() == {}
    share(world)
    assert whose() == {one: above.pk}


def test_a_leader_gives_friends_by_hand_and_takes_the_change_back(world: World, friends: Programme) -> None:
    first = seat_organiser(world, M1)
    asha, bilal = (live(world, one, "JK-B001") for one in (world.asha, world.bilal))
    far = live(world, MEERA, "JK-B003")
    share(world)
    second, other = seat_organiser(world, M1), seat_organiser(world, M2)
    officer(world, "district_president", "JK-SRI")
    with system("test"):
        leader = actor(Account.objects.latest("pk"))
    where: dict[str, Any] = {"unit_id": world.district.pk, "hierarchy": 1, "by": leader}
    before = whose()
    done, n = organisers.give_friends(
        to=seat(world, second, M1),
        from_account=first.pk,
        at=world.now,
        **where,
    )
    assert n == 2 and whose() == before | {asha: second.pk, bilal: second.pk}
    with pytest.raises(NobodyToGive):
        organisers.give_friends(
            to=seat(world, other, M2),
            from_account=second.pk,
            at=world.now,
            **where,
        )
    later = world.now + timedelta(minutes=5)
    assert organisers.take_friends_back(share=done, unit_id=world.district.pk, by=leader, at=later) == 2
    assert whose() == before and far not in before
    with pytest.raises(ShareOver):
        organisers.take_friends_back(share=done, unit_id=world.district.pk, by=leader, at=later)
    _share, n = organisers.give_friends(
        to=seat(world, second, M1),
        friend=asha,
        at=later,
        **where,
    )
    assert n == 1 and whose()[asha] == second.pk and whose()[bilal] == first.pk


def test_nobody_gives_friends_of_another_unit_or_to_somebody_without_the_office(
    world: World, friends: Programme
) -> None:
    who = seat_organiser(world, M1)
    live(world, world.asha, "JK-B001")
    share(world)
    for office, unit in (("district_president", "JK-JAM"), ("verifier", "JK-SRI"), ("friends_organiser", M1)):
        officer(world, office, unit)
        with system("test"):
            by = actor(Account.objects.latest("pk"))
        with pytest.raises(NotYours):
            organisers.give_friends(
                to=seat(world, who, M1), unit_id=world.district.pk, hierarchy=1, by=by, at=world.now
            )
    officer(world, "district_president", "JK-SRI")
    with system("test"):
        by = actor(Account.objects.latest("pk"))
    for to in (OrganiserSeat(by.account_id or 0, world.district.pk), seat(world, who, M2)):
        with pytest.raises(OrganiserGone):
            organisers.give_friends(
                to=to, unit_id=world.district.pk, hierarchy=1, from_account=who.pk, by=by, at=world.now
            )


def test_an_erasure_forgets_the_organiser_and_the_promises_at_once(world: World, friends: Programme) -> None:
    who = seat_organiser(world, M1)
    one = live(world, world.asha, "JK-B001")
    share(world)
    with system("test"):
        FriendPromise.objects.create(
            public_id=one, membership=one, unit_id=world.booth.pk, kind="host", by_id=who.pk, at=world.now
        )
    client = open_me(world.asha)
    client.get("/me/")
    assert client.post("/me/erase/").status_code == 200
    with system("test"):
        assert not FriendOrganiser.objects.exists() and not FriendPromise.objects.exists()
    assert share(world) == 0


SPANS = st.integers(0, 15).flatmap(lambda lo: st.integers(lo + 1, 16).map(lambda hi: (lo, hi)))


@given(
    posts=st.lists(SPANS, min_size=1, max_size=6),
    homes=st.lists(st.integers(0, 15).map(lambda at: (at, at + 1)), min_size=1, max_size=40),
)
def test_every_friend_within_reach_gets_a_nearest_organiser_and_numbers_differ_by_one_at_most(
    posts: list[tuple[int, int]], homes: list[tuple[int, int]]
) -> None:
    all_posts = [OrganiserPost(account, account, [span]) for account, span in enumerate(posts)]
    n_of: dict[int, int] = {}
    phone = UUID(int=1)
    for home in homes:
        near = nearest_posts([home], all_posts)
        chosen = least_loaded(near, n_of, phone_id=phone)
        around = [one for one in all_posts if one.spans[0][0] <= home[0] and home[1] <= one.spans[0][1]]
        assert (chosen is not None) == bool(around)
        if chosen is not None:
            smallest = min(one.spans[0][1] - one.spans[0][0] for one in around)
            assert chosen.spans[0][1] - chosen.spans[0][0] == smallest
            loads = [n_of.get(one.account_id, 0) for one in near]
            assert n_of.get(chosen.account_id, 0) == min(loads)
            n_of[chosen.account_id] = n_of.get(chosen.account_id, 0) + 1
    alone = [OrganiserPost(1, 1, [(0, 16)], [phone])]
    assert least_loaded(nearest_posts([homes[0]], alone), {}, phone_id=phone) is None


def test_a_leader_changes_organisers_on_the_page_and_takes_it_back(world: World, friends: Programme) -> None:
    first = seat_organiser(world, M1)
    one = live(world, world.asha, "JK-B001")
    share(world)
    second = seat_organiser(world, M1)
    leader = officer(world, "district_president", "JK-SRI")
    page = leader.get("/friends/organisers/").text
    assert "1 friend" not in page and "Without an organiser" not in page
    asked = f"/friends/give/?unit=JK-SRI&in=organisational&from={first.public_id}"
    assert asked.replace("&", "&amp;") in page
    to = {"to": f"{second.public_id}:{world.mandal.pk}"}
    assert leader.post(asked, {"to": f"{second.public_id}:0"}).status_code == 422
    assert leader.post(asked, to).status_code == 302 and whose() == {one: second.pk}
    page = leader.get("/friends/organisers/").text
    assert "1 friend has a new organiser." in page and "Take back" in page
    with system("test"):
        done = FriendOrganiser.objects.get(ended_at=None)
    back = f"/friends/given/{done.share}/back/"
    assert officer(world, "district_president", "JK-JAM").post(back).status_code in (403, 404, 409)
    assert leader.post(back, {"unit": "JK-SRI", "in": "organisational"}).status_code == 302
    assert whose() == {one: first.pk}
    person = leader.get(f"/people/{one}/").text
    assert f"/friends/give/?friend={one}" in person and "Organiser" in person
    assert leader.post(f"/friends/give/?friend={one}", to).status_code == 302 and whose() == {one: second.pk}
    for stranger in (officer(world, "friends_organiser", M1), officer(world, "verifier", "JK-SRI")):
        assert stranger.get("/friends/organisers/").status_code == 403
        assert stranger.post(asked, to).status_code == 403
