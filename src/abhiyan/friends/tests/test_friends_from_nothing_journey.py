"""Friends from nothing to the slide: targets, an organiser, talks, YES a day later, a draw, checks, an estimate."""

import json
from collections import Counter
from datetime import datetime, timedelta
from urllib.parse import urlencode

import pytest
from django.test import Client

from abhiyan.contact import actions as contact
from abhiyan.core.actor import Actor
from abhiyan.core.scope import system
from abhiyan.core.tests import given
from abhiyan.enrolment.models import Membership
from abhiyan.enrolment.rules.measures import TALKS
from abhiyan.enrolment.tests.make import Human
from abhiyan.enrolment.tests.test_two_rolls import friends_programme
from abhiyan.enrolment.tests.web import open_me
from abhiyan.friends.actions import organisers
from abhiyan.friends.models import FriendOrganiser
from abhiyan.friends.queries.talks import friends_below
from abhiyan.messaging.models import Message
from abhiyan.people import actions as people
from abhiyan.programmes import actions as programmes
from abhiyan.programmes.actions import recount_facts
from abhiyan.programmes.actions.items import say_whether
from abhiyan.programmes.models import Item
from abhiyan.programmes.queries import unit_ladder
from abhiyan.review.actions.decks import make_deck
from abhiyan.review.models import DeckEdition
from abhiyan.site.tests.cast import Cast
from abhiyan.targets import actions as targets
from abhiyan.units import queries as units
from abhiyan.verification.actions import (
    begin_try,
    close_answers,
    conclude_check,
    draw_frame,
    frames,
    freeze_frame,
    refresh_estimates,
    take_check,
)
from abhiyan.verification.models import Check, Estimate
from abhiyan.verification.queries.checks import SaidUnseen
from abhiyan.verification.refusals import NothingForYou
from abhiyan.verification.tests.test_checks import SYSTEM

# The act of enrolling and the draw commit by themselves.
pytestmark = pytest.mark.django_db(transaction=True)
VERIFIER, DAY = "verifier_of_srinagar", timedelta(days=1)
ORGANISERS = [f"organiser_{n}_of_bahu" for n in range(20)]  # one verifier checks three talks of each
N, SPOKEN, YES = 60, 58, 52
CROWD = [
    Human(f"Meera {chr(65 + n % 26) * (1 + n // 26)}", 1950 + n % 40, f"+9199060070{n:02d}") for n in range(N)
]


def test_friends_from_nothing_to_the_number_on_the_slide() -> None:
    cast = Cast.make()
    world, at = cast.world, cast.world.now
    friends = friends_programme(world)
    world.programme = friends
    for measure, n in ((1, 100), (TALKS, 50)):
        with system("test"):
            targets.set_target(
                programme_id=friends.pk, unit_id=world.state.pk, measure=measure, n=n, by=SYSTEM, at=at
            )

    # Friends join from their own phones, and each belongs to the organiser of their place.
    for organiser in ORGANISERS:
        cast._seat(organiser, "friends_organiser", "JK-JAM-M1", 1)
    cast._seat(VERIFIER, "verifier", "JK-SRI", 1)
    for human in CROWD:
        world.web_join(of=human, unit=world.far_booth)
    with system("test"):
        assert organisers.share_friends(at=at) == N
        theirs = list(Membership.objects.filter(programme_id=friends.pk).order_by("public_id"))
        whose = dict(FriendOrganiser.objects.values_list("membership", "account_id"))
    clients = signed_in(cast)
    assert sorted(Counter(whose.values()).values()) == [3] * 20
    assert all(one.text.count("Meera") >= 3 for one in (each.get("/friends/") for each in clients.values()))

    # The organiser notes talks; another talk within 30 days is reported no second time on that day.
    for friend in theirs[:SPOKEN]:
        card = f"/friends/{friend.public_id}/"
        assert clients[whose[friend.public_id]].post(card, {"outcome": "talked"}).status_code == 302
    client = clients[whose[theirs[0].public_id]]
    assert client.post(f"/friends/{theirs[0].public_id}/", {"outcome": "talked"}).status_code == 302
    promised = {"kind": "bring", "n": "3"}
    card = f"/friends/{theirs[0].public_id}/"
    assert client.post(card, {"kind": "bring"}).status_code == 422
    assert client.post(card, promised).status_code == 302
    assert "Bring people" in client.get(card).text
    assert "Promised something" in client.get("/friends/?show=promised").text

    # The phones are asked a day later, and most say YES.
    at += DAY
    given.time(at)
    clients = signed_in(cast)
    with system("test"):
        assert contact.ask_persons(at=at) == SPOKEN
        assert Message.objects.filter(template="ask.talked").count() == SPOKEN
        talks = list(Item.objects.filter(programme=friends, measure=TALKS).order_by("pk"))
        talks.sort(key=lambda talk: talk.phone_id != theirs[0].phone_id)  # their talk is one of the counted
        for n, talk in enumerate(talks[: YES + 1]):
            say_whether(item=talk, yes=n < YES, why="", by=SYSTEM, at=at)
        programmes.fold_changes(at=at)
        whole = units.span(world.state.pk, 1)
        seen = unit_ladder(node=world.state.pk, hierarchy=1, programme=friends, measure=TALKS, at=at)
    assert (seen.reported, seen.unsigned, seen.counted, seen.confirmed) == (
        SPOKEN,
        SPOKEN - YES - 1,
        YES,
        YES,
    )
    client = clients[whose[theirs[0].public_id]]
    assert client.post(f"/friends/{theirs[0].public_id}/", {"outcome": "talked"}).status_code == 302
    with system("test"):
        again = Item.objects.get(programme=friends, measure=TALKS, day=at.date())
    assert again.counted_at is None, "once in 30 days"
    assert recount_facts(at=at).differences == []

    # Random checks by people outside the line.
    plan = frames.FramePlan(
        checks=40, source="the beacon", due_at=at + timedelta(seconds=1), ends_on=at.date() + 9 * DAY
    )
    frame = freeze_frame(programme=friends, measure=TALKS, plan=plan, by=SYSTEM, at=at)
    draw_frame(public_id=frame.public_id, value="8c3fa0", by=SYSTEM, at=at + timedelta(seconds=2))
    checked = check_all(cast.actor(VERIFIER), at)
    refresh_estimates(at=at)
    with system("test"):
        (found,) = Estimate.objects.filter(
            frame=frame, unit=world.units["JK-JAM"], shade=Estimate.Shade.SIGNED
        )
    assert found.rate == 1 and 0 < found.genuine <= checked

    # The number on the slide is that of the board and of a recount.
    with system("test"):
        counted, below = friends_below(friends, world.state.pk, whole, at=at)
        facts = Item.objects.filter(programme=friends, measure=TALKS, counted_at__isnull=False, ended_at=None)
        assert counted.spoken == sum(row.spoken for row in below) == facts.count() == SPOKEN - 1
    assert (counted.friends, counted.organised, counted.confirmed, counted.promised) == (N, N, YES, 1)
    title = f"{SPOKEN - 1} of {N} friends were spoken with in the last 30 days"
    page = f"/drives/{friends.public_id}/friends/?{urlencode({'unit': 'JK'})}"
    assert title in cast.client("state_president").get(page).text
    assert title in slides_of(cast, at)

    # A NO and an erasure take a friend out of board, list and slide at once.
    phones = {world.phone_id(human): human for human in CROWD}
    no, erased = theirs[2], phones[theirs[1].phone_id]
    with system("test"):
        people.keep_spoken_no(phone_id=no.phone_id, by=cast.actor(ORGANISERS[0]), at=at)
    leaver = open_me(erased)
    leaver.get("/me/")
    assert leaver.post("/me/erase/").status_code == 200
    for gone in (no, theirs[1]):
        left = clients[whose[gone.public_id]].get("/friends/")
        assert left.status_code == 200 and f"/friends/{gone.public_id}/" not in left.text
    with system("test"):
        now, _below = friends_below(friends, world.state.pk, whole, at=at)
    assert now.friends == N - 2 and counted.spoken - now.spoken in (1, 2)
    title = f"{now.spoken} of {now.friends} friends were spoken with in the last 30 days"
    assert title in cast.client("state_president").get(page).text and title in slides_of(cast, at)


def signed_in(cast: Cast) -> dict[int, Client]:
    """The browsers of the organisers, by account."""
    return {cast.accounts[organiser].pk: cast.client(organiser) for organiser in ORGANISERS}


def check_all(verifier: Actor, at: datetime) -> int:
    """Conclude every check that a verifier gets: each talk was so. How many."""
    for n in range(SPOKEN):
        try:
            check = take_check(by=verifier, at=at)
        except NothingForYou:
            return n
        begin_try(check_id=check.id, by=verifier, at=at)
        answers = SaidUnseen(words={"who": "The organiser"}, meaning="joined")
        close_answers(check_id=check.id, said=answers, by=verifier, at=at)
        conclude_check(check_id=check.id, outcome=Check.Outcome.GENUINE, by=verifier, at=at)
    return SPOKEN


def slides_of(cast: Cast, at: datetime) -> str:
    """The words of slides of the state in the measure of talks, made now."""
    deck = make_deck(
        about="unit",
        unit_id=cast.world.state.pk,
        hierarchy=1,
        language="en",
        programme_id=cast.world.programme.pk,
        measure=TALKS,
        by=cast.actor("state_president"),
        at=at,
    )
    with system("test"):
        return json.dumps([edition.slides for edition in DeckEdition.objects.filter(deck=deck)])
