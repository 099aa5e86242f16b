"""The page counts needs by kind: came in, under way, solved. An erased person is gone from it."""

import pytest

from abhiyan.core.scope import system
from abhiyan.enrolment.tests.make import World
from abhiyan.enrolment.tests.web import web_world
from abhiyan.helpdesk.actions.forgetting import forget_phone
from abhiyan.helpdesk.models import Ticket
from abhiyan.helpdesk.numbers import KindOfNeed, needs_by_kind
from abhiyan.programmes.news import ItemsErased

from .make import answered, typed

pytestmark = pytest.mark.django_db
EVERYWHERE = (0, 2**62)


@pytest.fixture
def world() -> World:
    return web_world()


def rows(world: World, days: int = 30) -> list[KindOfNeed]:
    with system("test"):
        return needs_by_kind(EVERYWHERE, days=days, at=world.now)


def test_needs_are_counted_by_kind_as_a_recount_does_until_their_person_is_erased(world: World) -> None:
    card = typed(world)
    typed(world, "40 forms", kind="material")
    assert [(row.kind, row.came_in, row.under_way) for row in rows(world)] == [
        ("card", 1, 1),
        ("material", 1, 1),
    ]
    answered(world, card.pk)
    assert rows(world)[0].under_way == 1, "the office says done; the person has not said that it is solved"
    with system("test"):
        Ticket.objects.filter(pk=card.pk).update(state="solved", solved_at=world.now)
        kinds = list(Ticket.objects.values_list("kind", flat=True))
    assert (rows(world)[0].under_way, rows(world)[0].solved) == (0, 1)
    assert sum(row.came_in for row in rows(world)) == len(kinds)
    with system("test"):
        forget_phone(told=ItemsErased((), card.phone_id, world.now))
    assert rows(world) == []
