"""Titles of slides: the page that the slide leads to has each of their numbers, and no deck has a title twice."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import time, timedelta
from html import unescape
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from abhiyan.contact.tests.at_calls import people_to_call, queue_of
from abhiyan.contact.tests.conftest import caller, centre, run, world
from abhiyan.contact.tests.test_centres_below import called
from abhiyan.core.cut import Cut
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.meetings import actions as meetings
from abhiyan.meetings.models import Meeting
from abhiyan.meetings.queries import Inviting
from abhiyan.org.tests.make import World
from abhiyan.people.models import Account
from abhiyan.people.tests.make import body, browser
from abhiyan.programmes.models import Programme
from abhiyan.review.actions.reviews import ToDo
from abhiyan.review.models import Deck, DeckEdition, Review
from abhiyan.review.queries.board import LATE
from abhiyan.review.rules import deck_rounds
from abhiyan.review.rules.deck_pages import About
from abhiyan.review.tests.test_rounds import decide, opened
from abhiyan.site.tests.cast import Cast
from abhiyan.verification.models import Frame
from abhiyan.verification.tests.conftest import two_districts
from abhiyan.work.models import Task

from .test_one_truth import checked

pytestmark = pytest.mark.django_db(transaction=True)
__all__ = ["caller", "centre", "run", "world"]  # fixtures
NUMBER = re.compile(r"\d[\d,]*")
ASKED = re.compile(r"(\d+) asks? to (\d+) (?:office|unit)s?")
LISTED = re.compile(r"<li><span>\d+\. (?:<a [^>]*href=\"([^\"]*)\"[^>]*>)?([^<]+)")


@pytest.fixture
def cast() -> Cast:
    cast = two_districts()
    for unit, n in (("JK", 9_000), ("JK-SRI", 6_000), ("JK-JAM", 3_000)):
        cast.target(unit, n)
    return cast


def made(client: Client, where: str, **given: str) -> str:
    """The page of a deck that somebody makes."""
    answer = client.post(f"/review/slides/new/{where}", {"language": "en", **given})
    assert answer.status_code == 302, answer.content.decode()[:2000]
    return str(answer["Location"])


def titles_on_their_pages(client: Client, deck: str) -> list[str]:
    """The titles of a deck, each looked up on the page it leads to."""
    listed = [(unescape(href), unescape(title)) for href, title in LISTED.findall(body(client, deck))]
    assert listed, "a deck has slides"
    titles = [title for _href, title in listed]
    assert len(set(titles)) == len(titles), f"a title twice: {titles}"
    for href, title in listed:
        numbers = set(NUMBER.findall(title))
        if not numbers:
            continue
        assert href, f"no page has the numbers of “{title}”"
        text = unescape(re.sub(r"<[^>]+>", " ", body(client, href).partition("<main")[2]))
        missing = numbers - set(NUMBER.findall(text))
        assert not missing, f"“{title}”: {missing} are not on {href}"
    return titles


def asked_on(client: Client, deck: str) -> tuple[list[str], list[str]]:
    """The title of the slide of asks, and the asks that the page of a deck lists."""
    page = unescape(body(client, deck))
    found = [title for _href, title in LISTED.findall(page) if ASKED.search(title)]
    rows = re.findall(r"<li><span>([^<]*)</span>", page.partition('id="asked"')[2].partition("</section>")[0])
    return found, rows


def units(cast: Cast) -> list[str]:
    frame: Frame = checked(cast, finished=22)
    assert frame.state
    return ["?unit=JK", "?unit=JK-SRI", "?unit=JK-B001"]


def comparisons(cast: Cast) -> list[str]:
    return [f"?unit=JK&frame={checked(cast, finished=22).public_id}"]


def rounds(cast: Cast) -> list[str]:
    """A round of mandals, with more late tasks than its page lists; and one of office-bearers."""
    one = opened(cast)
    with system("test"):
        first = Review.objects.filter(round=one, unit__code="JK-SRI-M1").get()
    seat = cast.appointments["mandal_president"]
    decide(cast, first, todo=ToDo("Name two", seat, NOW.date() + timedelta(days=1)))
    with system("test"):
        task = Task.objects.get(typed_title="Name two")
        minute = first.minutes.latest("pk")
        for n in range(LATE + 3):
            late = Task.objects.get(pk=task.pk)
            late.pk, late.public_id, late.typed_title = None, replace_id(n), f"Late {n}"
            late.due_at = NOW - timedelta(days=1)
            late.save()
            minute.pk, minute.task = None, late
            minute.save()
    people = opened(cast, what="mandal_president", title="Round of presidents")
    return [f"?round={one.public_id}", f"?round={people.public_id}"]


def replace_id(n: int) -> str:
    return f"00000000-0000-4000-8000-{n:012d}"


def gatherings(cast: Cast) -> list[str]:
    """A meeting that has not begun, and one that has, with more people than were invited."""
    by = cast.actor("state_president")
    found: list[UUID] = []
    for hours in (6, -6):
        at = NOW + timedelta(hours=hours)
        day = NOW.date() if hours > 0 else (NOW - timedelta(days=1)).date()
        plan = meetings.MeetingPlan("meeting", f"Meeting {len(found)}", day, day, time(18), "Hall")
        with cast.as_("state_president"):
            public_id = meetings.call_meeting(
                plan=plan,
                inviting=Inviting(("district_in_charge", "mandal_president")),
                unit_id=cast.world.units["JK"].pk,
                hierarchy=1,
                expected=3,
                by=by,
                at=min(at, NOW - timedelta(days=2)),
            )
        found.append(public_id)
    with cast.as_("state_president"):
        meetings.set_people(public_id=found[1], n=240, by=by, at=NOW)
    with system("test"):
        assert Meeting.objects.count() == 2
    for what, seat in (
        ("Name two", "mandal_president"),
        ("Print the list", "mandal_president"),
        ("It was good", ""),
    ):
        with cast.as_("state_president"):
            meetings.add_point(
                public_id=found[1],
                text=what,
                appointment=cast.appointments[seat] if seat else None,
                due_on=NOW.date() + timedelta(days=3) if seat else None,
                by=by,
                at=NOW,
            )
    return [f"?meeting={public_id}" for public_id in found]


KINDS: dict[str, Callable[[Cast], list[str]]] = {
    Deck.About.UNIT: units,
    Deck.About.CHECKED: comparisons,
    Deck.About.ROUND: rounds,
    Deck.About.MEETING: gatherings,
}


def test_every_kind_of_deck_is_tried() -> None:
    assert set(KINDS) == set(Deck.About.values)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_each_number_in_a_title_stands_on_the_page_the_slide_leads_to(cast: Cast, kind: str) -> None:
    for where in KINDS[kind](cast):
        client = cast.client("state_president")
        assert titles_on_their_pages(client, made(client, where))


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_the_last_slide_counts_the_asks_that_the_page_of_the_deck_lists(cast: Cast, kind: str) -> None:
    client, n_asked = cast.client("state_president"), 0
    for where in KINDS[kind](cast):
        found, rows = asked_on(client, made(client, where))
        assert bool(found) == bool(rows), "where nothing is asked there is no slide"
        for title in found:
            asked = ASKED.search(title)
            units_asked = {tuple(row.split(" · ")[: 2 if "office" in title else 1]) for row in rows}
            assert asked and (int(asked[1]), int(asked[2])) == (len(rows), len(units_asked)), (title, rows)
            n_asked += 1
    assert n_asked, "one deck of each kind asks something"


def test_where_checks_are_lacking_a_comparison_asks_for_them(cast: Cast) -> None:
    frame = checked(cast, finished=7)
    client = cast.client("state_president")
    (title,), rows = asked_on(client, made(client, f"?unit=JK&frame={frame.public_id}"))
    assert title.startswith("2 asks to "), rows
    lacking = [int(n) for row in rows for n in re.findall(r"(\d+) more checks? to be answered", row)]
    assert len(lacking) == len(rows)
    page = body(client, reverse("verification:frame_beside", args=[frame.public_id]) + "?unit=JK")
    assert all(f"{19 - n} of 19" in page or f"{n} are lacking" in page for n in lacking), lacking


def test_the_tasks_of_a_meeting_are_its_asks_and_no_name_is_kept_in_them(cast: Cast) -> None:
    (later, begun) = gatherings(cast)
    client = cast.client("state_president")
    assert asked_on(client, made(client, later)) == ([], [])
    (title,), rows = asked_on(client, made(client, begun))
    assert title.startswith("2 asks to 1 office, the first by ")
    name = cast.accounts["mandal_president"].name
    assert all(name in row for row in rows) and "It was good" not in str(rows)
    with system("test"):
        kept = str(list(DeckEdition.objects.values_list("slides", flat=True)))
    assert name not in kept and "Print the list" in kept


def test_so_it_is_for_readers_who_see_rounded_figures(cast: Cast) -> None:
    checked(cast, finished=22)
    deck = made(cast.client("state_president"), "?unit=JK-SRI")
    assert titles_on_their_pages(cast.client("district_elsewhere"), deck)


def test_so_it_is_for_call_centres(
    world: World,
    run: Programme,
    centre: int,
    caller: Account,  # fixtures
) -> None:
    queue_of(run, people_to_call(run, world.unit("N1111"), 1))
    called(centre, caller)
    office = browser(world.holder("state_president", "N1"))
    titles = titles_on_their_pages(office, made(office, "?unit=N1", measure=f"{run.public_id}-3"))
    assert any("call centre" in title for title in titles)


def test_a_round_says_how_many_tasks_are_late_not_how_many_its_page_lists(cast: Cast) -> None:
    (where, _people) = rounds(cast)
    client = cast.client("state_president")
    assert f"{LATE + 3} tasks are late" in titles_on_their_pages(client, made(client, where))


def test_a_meeting_that_has_not_begun_says_nothing_of_who_came(cast: Cast) -> None:
    (later, begun) = gatherings(cast)
    client = cast.client("state_president")
    assert not re.search(r"\bcame\b|confirmed", str(titles_on_their_pages(client, made(client, later))))
    assert "240" in titles_on_their_pages(client, made(client, begun))[0]


def test_a_round_is_titled_by_what_most_decisions_say() -> None:
    about = About("J", "M", "", "", "O")
    of = deck_rounds.ReviewedRound(
        decided=[("A", "Help is needed", "1 Nov")],
        decisions=[("Going well", 87), ("Help is needed", 57), ("Recheck", 40), ("Change", 30)],
        well=87,
        late=Cut([("Name two", "A", "1 Nov")], 29),
    )
    with override("en"):
        titles = [slide.title for slide in deck_rounds.round_deck(about, of)]
    assert titles[1:] == ["127 of 214 reviewed units need help, a recheck or a change", "29 tasks are late"]
    better = replace(of, decisions=[("Going well", 87), ("Help is needed", 57)])
    with override("en"):
        (_cover, decided, *_rest) = deck_rounds.round_deck(about, better)
    assert decided.title == "87 of 144 reviewed units are going well"
