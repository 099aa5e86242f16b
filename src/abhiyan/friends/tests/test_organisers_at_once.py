"""Two acts that change the organisers of the same friends at once leave each friend with one."""

import pytest
from django.db import transaction

from abhiyan.core.scope import system
from abhiyan.enrolment.tests.test_races import at_once
from abhiyan.enrolment.tests.test_two_rolls import friends_programme
from abhiyan.enrolment.tests.web import officer, web_world
from abhiyan.friends.actions import organisers
from abhiyan.friends.actions.organisers import NobodyToGive
from abhiyan.friends.models import FriendOrganiser
from abhiyan.org.tests.make import actor
from abhiyan.people.models import Account

from .test_organisers import MEERA, live, seat, seat_organiser, whose

# Threads have transactions of their own, which see only what is committed.
pytestmark = pytest.mark.django_db(transaction=True)
M1 = "JK-SRI-M1"


def test_two_leaders_and_the_loop_give_the_same_friends_at_once_and_each_has_one_organiser() -> None:
    world = web_world()
    friends_programme(world)
    first = seat_organiser(world, M1)
    theirs = [live(world, one, "JK-B001") for one in (world.asha, world.bilal, MEERA)]
    with system("test"):
        organisers.share_friends(at=world.now)
    second, third = seat_organiser(world, M1), seat_organiser(world, M1)
    officer(world, "district_president", "JK-SRI")
    with system("test"):
        leader = actor(Account.objects.latest("pk"))

    def give(to: Account) -> None:
        try:
            with transaction.atomic():
                organisers.give_friends(
                    to=seat(world, to, M1),
                    unit_id=world.district.pk,
                    hierarchy=1,
                    from_account=first.pk,
                    by=leader,
                    at=world.now,
                )
        except NobodyToGive:
            lost.append(to)

    def turn() -> None:
        with transaction.atomic(), system("test"):
            organisers.share_friends(at=world.now)

    lost: list[Account] = []
    at_once(lambda: give(second), lambda: give(third), turn)
    by_friend = whose()
    assert set(by_friend) == set(theirs) and len(lost) == 1
    assert set(by_friend.values()) == {(third if lost == [second] else second).pk}
    with system("test"):
        assert FriendOrganiser.objects.filter(ended_at=None).count() == len(theirs)
