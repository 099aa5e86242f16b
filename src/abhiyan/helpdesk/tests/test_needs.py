"""The board counts needs by kind, by public scheme and by office. Each figure is the length of the list behind it."""

import re
from datetime import timedelta
from html import unescape
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.test import Client

from abhiyan.core.scope import system
from abhiyan.enrolment.tests.make import World
from abhiyan.enrolment.tests.web import officer, web_world
from abhiyan.helpdesk.actions.forgetting import empty_phone_tickets
from abhiyan.helpdesk.models import Ticket
from abhiyan.helpdesk.numbers import NEEDS_BY, Needs, count_needs
from abhiyan.helpdesk.queries import Wanted
from abhiyan.programmes.news import ItemsErased

from .make import answered, typed

pytestmark = pytest.mark.django_db
BOARD, HOUR = "/helpline/needs/", timedelta(hours=1)
State = Ticket.State


@pytest.fixture
def world() -> World:
    return web_world()


def counted(world: World, by: str = "kind", days: int = 30) -> list[Needs]:
    with system("test"):
        return count_needs(Wanted(since=world.now - timedelta(days=days)), by=by, at=world.now)


def planted(world: World, n: int, **facts: object) -> Ticket:
    """A request of its own phone in some state."""
    row = typed(world, f"Need {n}", phone=f"+9199060{n:05d}")
    with system("test"):
        Ticket.objects.filter(pk=row.pk).update(**facts)
        return Ticket.objects.get(pk=row.pk)


def mixed(world: World) -> None:
    """Requests of several kinds, schemes and desks, in every state; some are no needs of these days."""
    at, jammu = world.now, {"unit_id": world.units["JK-B004"].pk, "desk_id": world.units["JK-JAM"].pk}
    solved = {"state": State.SOLVED, "solved_at": at}
    states: list[dict[str, object]] = [
        {"scheme": "PMUY"},
        {
            "scheme": "PMUY",
            "kind": "other",
            **solved,
            "opened_at": at - 99 * HOUR,
            "done_at": at - 52 * HOUR,
        },
        {
            "scheme": "JJM",
            "kind": "material",
            **solved,
            "opened_at": at - 99 * HOUR,
            "done_at": at - 26 * HOUR,
        },
        {"kind": "material", "state": State.DONE, "done_at": at, **jammu},
        {"kind": "technical", "offices": ["it_administrator"], "desk_id": world.units["JK"].pk},
        {"kind": "technical", "state": State.CLOSED, "done_at": at, "closed_at": at, **jammu},
        {"scheme": "PMUY", "opened_at": at - timedelta(days=40)},
        {"state": State.QUIET},
        {"state": State.MERGED},
        {"state": State.CLOSED, "closed_at": at, "sealed": None, "last4": ""},  # erased
    ]
    for n, facts in enumerate(states):
        planted(world, n, **facts)


def test_needs_are_counted_by_kind_as_a_recount_does_until_their_person_is_erased(world: World) -> None:
    card = typed(world)
    typed(world, "40 forms", kind="material")
    assert [(row.of, row.came_in, row.under_way) for row in counted(world)] == [
        (("card",), 1, 1),
        (("material",), 1, 1),
    ]
    answered(world, card.pk)
    assert counted(world)[0].under_way == 1, "the office says done; the person has not said that it is solved"
    with system("test"):
        Ticket.objects.filter(pk=card.pk).update(state="solved", solved_at=world.now)
        kinds = list(Ticket.objects.values_list("kind", flat=True))
    assert (counted(world)[0].under_way, counted(world)[0].solved) == (0, 1)
    assert sum(row.came_in for row in counted(world)) == len(kinds)
    with system("test"):
        empty_phone_tickets(erasure=ItemsErased((), card.phone_id, world.now))
    assert [counted(world, by) for by in NEEDS_BY] == [[], [], []]


FIGURE = re.compile(r'<a href="(/helpline/\?[^"]*came=[^"]*)">([0-9,]+)</a>')


def figures(desk: Client, **asked: str | int) -> list[tuple[str, int]]:
    """Each figure of the board that leads somewhere: the address of the list, and the figure."""
    found = FIGURE.findall(desk.get(BOARD, asked).text)
    return [(unescape(page), int(n.replace(",", ""))) for page, n in found]


def lines(desk: Client, page: str, **asked: str) -> list[str]:
    """The rows of a list or board, as its file has them."""
    answer = desk.get(page, {**dict(parse_qsl(urlsplit(page).query)), **asked, "format": "csv"})
    return answer.getvalue().decode("utf-8-sig").splitlines()[1:]


@pytest.mark.parametrize("office", [("state_president", "JK"), ("district_president", "JK-JAM")])
def test_each_figure_leads_to_a_list_of_that_length(world: World, office: tuple[str, str]) -> None:
    mixed(world)
    desk = officer(world, *office)
    for days in (30, 365):
        came_in = set()
        for by in NEEDS_BY:
            found = figures(desk, unit=office[1], by=by, days=days)
            came_in.add(sum(n for page, n in found if page.endswith("state=all")))
            assert {page.rpartition("=")[2] for page, _n in found} >= {"all", "under_way", "closed"}
            assert [(page, len(lines(desk, page))) for page, _n in found] == found
        assert came_in == ({6 if days == 30 else 7} if office[1] == "JK" else {2})


def test_schemes_and_offices_are_named_and_a_file_has_them(world: World) -> None:
    mixed(world)
    desk = officer(world, "state_president", "JK")

    def titles(by: str) -> set[str]:
        return {line.split(",")[0] for line in lines(desk, BOARD, unit="JK", by=by)}

    assert titles("scheme") == {
        "Pradhan Mantri Ujjwala Yojana",
        "Jal Jeevan Mission (Har Ghar Jal)",
        "No public scheme",
    }
    assert "Jammu · District" in titles("office")
    assert any(title.endswith("IT administrator") for title in titles("office"))
    assert titles("made up") == titles("kind")
    assert desk.get(BOARD, {"unit": "JK", "by": "scheme", "format": "xlsx"}).status_code == 200
    assert "Pradhan Mantri Ujjwala Yojana,2,1,1,1,,0" in lines(desk, BOARD, unit="JK", by="scheme")
    listed = desk.get("/helpline/", {"unit": "JK", "state": "all", "format": "csv"}).getvalue().decode()
    assert listed.count("Pradhan Mantri Ujjwala Yojana") == 3


@pytest.mark.parametrize(
    ("kind", "hours", "is_in_time"),
    [
        ("card", 48, True),
        ("card", 49, False),
        ("place", 72, True),
        ("place", 73, False),
        ("technical", 25, False),
        ("own-water", 48, True),  # a kind of the organisation's own has the rule of the others
        ("own-water", 72, False),
    ],
)
def test_in_time_is_the_time_of_the_kind(world: World, kind: str, hours: int, *, is_in_time: bool) -> None:
    opened = world.now - 200 * HOUR
    facts = {"kind": kind, "state": State.SOLVED, "opened_at": opened, "done_at": opened + hours * HOUR}
    planted(world, 1, **facts, solved_at=world.now)
    (row,) = counted(world)
    assert (row.solved, row.in_time, row.over) == (1, int(is_in_time), 1)


def test_the_share_leaves_out_what_is_new_and_is_not_shown_of_a_few(world: World) -> None:
    for n in range(9):
        planted(world, n, opened_at=world.now - 60 * HOUR)
    for n in range(9, 12):
        planted(world, n)
    (row,) = counted(world)
    assert (row.came_in, row.over, row.share_in_time) == (12, 9, "")
    done = {"done_at": world.now - HOUR, "opened_at": world.now - 2 * HOUR}
    planted(world, 20, state=State.SOLVED, solved_at=world.now, **done)
    (row,) = counted(world)
    assert (row.over, row.in_time, row.share_in_time) == (10, 1, "10%")


def test_a_list_of_a_desk_or_scheme_that_does_not_exist_says_so(world: World) -> None:
    desk = officer(world, "state_president", "JK")
    for wrong in ({"desk": "NOWHERE:"}, {"desk": "\0:"}, {"scheme": "NSAP"}, {"came": "7000"}, {"came": "x"}):
        answer = desk.get("/helpline/", wrong)
        assert answer.status_code == 200 and f"id_{next(iter(wrong))}_error" in answer.text, wrong


def test_nobody_counts_needs_outside_their_units(world: World) -> None:
    mixed(world)
    desk = officer(world, "mandal_president", "JK-SRI-M2")
    for by in NEEDS_BY:
        page = desk.get(BOARD, {"unit": "JK", "by": by}).text
        assert not FIGURE.findall(page) and "Only requests that you may read" in page
