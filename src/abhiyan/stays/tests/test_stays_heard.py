"""Stay reports on the board of what the field heard: of one programme, and until the host says no or is erased."""

import csv
from collections import Counter
from datetime import datetime, timedelta

import pytest
from django.urls import reverse

from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.opinions import actions as opinions
from abhiyan.opinions.models import Opinion
from abhiyan.org.tests.make import World, actor
from abhiyan.people.models import Account
from abhiyan.people.tests.make import browser
from abhiyan.programmes.actions.items import say_whether
from abhiyan.programmes.models import Item, Programme
from abhiyan.programmes.news import ItemsErased
from abhiyan.stays import actions
from abhiyan.stays.actions import MarkGiven, StayReport
from abhiyan.stays.models import Stay
from abhiyan.stays.numbers import source_code
from abhiyan.stays.rules.stays import StayStep

from .make import DAY, HOST, JOBS, POINT, accepted, points, programme, reachable, stay

pytestmark = pytest.mark.django_db
LEFT = NOW + DAY


@pytest.fixture
def world(db: None) -> World:
    return World()


def stayed(
    world: World, run: Programme, n: int, place: str = "N1112", host: str = HOST
) -> tuple[Stay, Account]:
    """Somebody stays 24 hours in a place."""
    points(world, **{place: POINT})
    worker = reachable(world, "booth_worker", "N1111", n)
    made = accepted(run, world.unit(place), worker, host=host)
    for step, at in ((StayStep.ARRIVE, NOW), (StayStep.LEAVE, LEFT)):
        actions.add_mark(stay=made.pk, step=step, mark_given=MarkGiven(POINT, 15), by=actor(worker), at=at)
    return made, worker


def report(made: Stay, worker: Account, problem: str, *, at: datetime = LEFT) -> None:
    answers = {"homes": 3, "problems": [problem], "heard": "The tap is dry"}
    actions.add_report(stay=made.pk, report=StayReport(answers), by=actor(worker), at=at)


def answers(reader: Account, run: Programme | None = None) -> Counter[str]:
    """The answers of the board, and in "quoted" whether it shows the quote."""
    asked = {"unit": "N1", "source": source_code(run) if run else "all"}
    board, page = browser(reader), reverse("opinions:heard")
    lines = board.get(page, {**asked, "format": "csv"}).getvalue().decode("utf-8-sig").splitlines()
    counts = Counter({row[0]: int(row[3]) for row in list(csv.reader(lines))[1:]})
    counts["quoted"] = board.get(page, asked).text.count("“The tap is dry”")
    return counts


def test_the_board_counts_the_reports_of_one_programme_alone(world: World) -> None:
    first, second = programme(world.unit("N1")), programme(world.unit("N1"))
    report(*stayed(world, first, 0), "water")
    report(*stayed(world, second, 1), "road")
    reader = world.holder("state_president", "N1")
    assert answers(reader)["Water"] == answers(reader)["Roads"] == 1
    assert answers(reader, first)["Water"] == 1 and answers(reader, first)["Roads"] == 0
    assert answers(reader, second)["Roads"] == 1 and answers(reader, second)["Water"] == 0
    beside = world.holder("district_president", "N12")
    assert +answers(beside, first) == Counter(), "fewer than 10 are not told outside the own line"
    more = browser(reader).get("/units/N1/more/").text
    assert "What workers heard: Village stays" in more and f"source={source_code(second)}" in more
    dossier = browser(reader).get("/review/dossier/N1/").text
    assert dossier.count("What workers heard: Village stays") == 2 and "most often Water (1)" in dossier
    page = browser(reader).get(f"/stays/{first.public_id}/?unit=N1").text
    assert f"source={source_code(first)}" in page and "0 confirmed, 1 counted, 1 reported by arrival" in page


@pytest.mark.parametrize("how", ["no", "erased"])
def test_a_no_or_an_erasure_of_the_host_takes_report_and_quote_out(world: World, how: str) -> None:
    run = programme(world.unit("N1"))
    made, worker = stayed(world, run, 0)
    report(made, worker, "water")
    reader, at = world.holder("state_president", "N1"), LEFT + timedelta(hours=8)
    with system("test"):
        opinion = Opinion.objects.get()
    for office, unit in (("mandal_president", "N111"), ("district_president", "N11")):
        by = actor(world.holder(office, unit))
        opinions.pass_opinion(public_id=opinion.public_id, text="The tap is dry", by=by, at=at)
    before = answers(reader, run)
    assert (before["Water"], before["quoted"]) == (1, 1)
    with system("test"):
        if how == "no":
            say_whether(item=Item.objects.get(), yes=False, why="", by=JOBS, at=at)
        else:
            phone = stay(made.pk).host_phone
            assert phone is not None
            actions.forget_host(erasure=ItemsErased((), phone, at))
    assert +answers(reader, run) == Counter()
    assert "The tap is dry" not in browser(reader).get(reverse("opinions:heard"), {"unit": "N1"}).text


def test_a_report_that_comes_after_the_hosts_no_is_not_heard(world: World) -> None:
    run = programme(world.unit("N1"))
    made, worker = stayed(world, run, 0)
    with system("test"):
        say_whether(item=Item.objects.get(), yes=False, why="", by=JOBS, at=LEFT)
    report(made, worker, "water", at=LEFT + timedelta(hours=1))
    assert +answers(world.holder("state_president", "N1"), run) == Counter()
