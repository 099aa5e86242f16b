"""People put on the list by others: one notice to the phone, and nothing else before it answers."""

from datetime import timedelta

import pytest
from django.test import Client

from abhiyan.core.scope import system
from abhiyan.enrolment.actions import confirming
from abhiyan.enrolment.models import Enrolment, How
from abhiyan.messaging.actions import Answered, questions
from abhiyan.messaging.models import Message
from abhiyan.people import queries as people

from .make import Human, Ladder, World
from .test_asking import ask, term, text, turn, word, worker
from .web import blanks

pytestmark = [pytest.mark.django_db]


@pytest.fixture
def world() -> World:
    return World.make()


def sent() -> list[str]:
    with system("test"):
        return list(Message.objects.order_by("queued_at").values_list("template", flat=True))


def test_paper_rows_that_name_someone_elses_phone_bring_that_phone_one_notice_and_no_removes_them(
    world: World,
) -> None:
    ravi = Human("Ravi Kumar", 1971, world.asha.phone)  # the phone is Asha's, who never heard of it
    worker(world.bilal, world.booth_worker.id)
    row = world.paper_row(of=ravi, by=world.booth_worker)
    assert world.ladder(world.booth) == Ladder(reported=1, unsigned=1)
    assert ask(world) == 1
    (told,) = blanks(world.asha.phone, "ask.listed")
    assert "Worker" in told["by"] and not {"Ravi", "name"} & {*str(told).split(), *told}
    # Nobody answers: no second message, neither by the loops nor for another list's row.
    for days, name in ((3, "Sita"), (2, "Gita"), (3, "Rita")):
        world.tick(days=days)
        turn(world.now)
        world.paper_row(of=Human(f"{name} Devi", 1980, world.asha.phone))
        ask(world, days=1)
    assert sent() == ["ask.listed"]
    assert text(world, world.asha, word(row), yes=False) is Answered.TAKEN
    assert sent() == ["ask.listed", "deny.receipt"]
    assert world.ladder(world.booth) == Ladder(reported=4)
    with system("test"):
        assert people.standing_no(world.phone_id(world.asha)) is not None
    assert world.tallies() == world.recounted() and world.orphans() == {}


def test_a_no_to_the_notice_leaves_who_joined_on_the_phone_themselves(world: World) -> None:
    own = world.web_join(of=world.asha)
    row = world.paper_row(of=Human("Ravi Kumar", 1971, world.asha.phone))
    ask(world)
    assert sorted(sent()) == ["ask.confirm", "ask.listed"]
    assert text(world, world.asha, word(row), yes=False) is Answered.TAKEN
    assert term(own).ended_at is None and term(row).end_reason == "denied"
    with system("test"):
        assert people.standing_no(world.phone_id(world.asha)) is None


def test_a_yes_to_the_notice_is_the_phones_sign_and_the_persons_own_yes(world: World) -> None:
    row = world.paper_row(of=world.asha)
    assert ask(world) == 1
    assert text(world, world.asha, word(row)) is Answered.TAKEN
    assert world.ladder(world.booth) == Ladder(reported=1, counted=1, confirmed=1)
    assert term(row).confirmed_by == How.WORD and world.tallies() == world.recounted()


def test_a_yes_of_a_phone_with_several_is_its_sign_and_each_is_then_asked_by_name(world: World) -> None:
    family = [Human(f"Asha {name}", 1980, world.asha.phone) for name in ("Devi", "Kumari", "Rani")]
    rows = [world.paper_row(of=one) for one in family]
    ask(world)
    assert sent() == ["ask.listed"]
    with system("test"):
        about = Enrolment.objects.get(asked_at__isnull=False)
    (first,) = [row for row in rows if term(row).pk == about.pk]
    text(world, world.asha, word(first))
    assert world.ladder(world.booth) == Ladder(reported=3, counted=3)
    ask(world)
    assert sorted(sent()) == ["ask.confirm", "ask.confirm", "ask.listed"]
    assert world.tallies() == world.recounted()


def test_a_list_taken_back_the_same_day_has_told_nobody(world: World) -> None:
    world.paper_row(of=world.asha)
    world.tick(hours=23)
    with system("test"):
        assert confirming.ask_new_members(at=world.now) == 0
    assert sent() == []


def test_the_page_of_the_notice_names_who_did_it_and_never_who_is_meant(world: World) -> None:
    worker(world.bilal, world.booth_worker.id)
    world.paper_row(of=world.asha, by=world.booth_worker)
    ask(world)
    (told,) = blanks(world.asha.phone, "ask.listed")
    link = "/q/" + told["link"].rstrip("/").rpartition("/")[2] + "/"
    page = Client().get(link, headers={"accept-language": "en"}).content.decode()
    assert "Worker" in page and "Asha" not in page and "आशा" not in page and "No, remove this phone" in page
    answered = Client().post(link, {"answer": "no"}, follow=True, headers={"accept-language": "en"})
    assert "You said no" in answered.content.decode()
    assert world.ladder(world.booth) == Ladder(reported=1)


def test_a_notice_nobody_answers_is_over_after_thirty_days(world: World) -> None:
    row = world.paper_row(of=world.asha)
    ask(world)
    with system("test"):
        questions.expire(at=world.now + timedelta(days=31))
    assert term(row).ask_over_at is not None and world.ladder(world.booth) == Ladder(reported=1, unsigned=1)
