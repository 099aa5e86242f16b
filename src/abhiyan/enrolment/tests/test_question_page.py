"""The page behind our question's link, and the own page: only who was asked answers, and only by pressing."""

import re
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from django.test import Client

from abhiyan.core.keys import keyring
from abhiyan.core.scope import system
from abhiyan.enrolment.actions import ClaimOutcome, confirming
from abhiyan.enrolment.models import Enrolment, How
from abhiyan.enrolment.rules.channels import Channel
from abhiyan.messaging.actions import questions
from abhiyan.messaging.models import Message, Question
from abhiyan.messaging.rules import questions as words
from abhiyan.people.tests.make import browser

from . import web
from .make import Human, Ladder, World
from .web import blanks, join, officer, open_me, today, web_world

pytestmark = pytest.mark.django_db
OPEN = "Was this you?"


@pytest.fixture
def world() -> World:
    """Everything happens at noon; people join on the day before yesterday."""
    found = web_world()
    found.now = datetime.combine(today() - timedelta(days=2), time(6, 30), UTC)
    return found


def main(page: Any) -> str:
    """What the page says."""
    return web.main(page.content)


def ask(world: World) -> None:
    world.tick(days=1)
    with system("test"):
        confirming.ask_new_members(at=world.now)


def link(of: Human, template: str = "ask.confirm") -> str:
    """The link of the last question to a phone."""
    return "/q/" + blanks(of.phone, template)[-1]["link"].rstrip("/").rpartition("/")[2] + "/"


def asked(world: World) -> ClaimOutcome:
    asha = world.web_join(of=world.asha)
    ask(world)
    return asha


def term() -> Enrolment:
    with system("test"):
        return Enrolment.objects.get()


def test_opening_the_link_answers_nothing_and_pressing_yes_confirms(world: World) -> None:
    asked(world)
    where, client = link(world.asha), browser()
    page = client.get(where)
    assert OPEN in main(page) and "Asha De…" in main(page) and "Asha Devi" not in main(page)
    assert page["X-Robots-Tag"].startswith("noindex")
    client.head(where)
    assert world.ladder(world.booth).confirmed == 0
    assert client.post(where, {"answer": "yes"})["Location"] == where
    assert "you confirmed it" in main(client.get(where))
    assert "My card" in main(client.get(where)) and "Invite others on WhatsApp" in main(client.get(where))
    assert "unit%3DJK-B001" in client.get(where).content.decode(), "others are invited to the same place"
    assert world.ladder(world.booth) == Ladder(reported=1, counted=1, confirmed=1)
    assert term().confirmed_by == How.LINK and world.tallies() == world.recounted()


def test_no_takes_the_name_off_and_says_so(world: World) -> None:
    world.api(of=world.asha)
    ask(world)
    where, client = link(world.asha), browser()
    client.post(where, {"answer": "no"})
    assert "You said no" in main(client.get(where))
    (again,) = re.findall(r'href="([^"]*)">Pressed by mistake', client.get(where).content.decode())
    assert "Become a member" in client.get(again).content.decode(), "a no is final: one joins again"
    assert world.ladder(world.booth) == Ladder(reported=1) and term().end_reason == "denied"
    client.post(where, {"answer": "yes"})
    assert world.ladder(world.booth) == Ladder(reported=1)
    assert len(blanks(world.asha.phone, "deny.receipt")) == 1


def test_the_page_says_where_the_name_came_from(world: World) -> None:
    world.paper_row(of=world.asha, by=world.booth_worker)
    world.web_join(of=world.bilal)
    world.take(world.claim(world.chandra, Channel.WEB, unit=world.booth))  # no code was asked there
    ask(world)
    said = {human: main(browser().get(link(human))) for human in (world.bilal, world.chandra)}
    listed = main(browser().get(link(world.asha, "ask.listed")))
    assert "A paper list, Rajbagh School put this phone" in " ".join(listed.split())
    assert "The name came from this phone" in said[world.bilal]
    assert "our form on the web" in said[world.chandra] and "from this phone" not in said[world.chandra]


def test_two_answers_have_the_same_weight_and_none_is_chosen(world: World) -> None:
    asked(world)
    page = main(browser().get(link(world.asha)))
    assert page.count('<button class="secondary tall wide" type="submit" name="answer"') == 2
    assert browser().post(link(world.asha), {}).status_code == 422
    assert (term().confirmed_at, term().ended_at) == (None, None)


def test_each_message_has_a_link_of_its_own_and_it_is_kept_which_was_used(world: World) -> None:
    asked(world)
    first = link(world.asha)
    with system("test"):
        questions.remind_unanswered(at=world.now + confirming.AGAIN_AFTER)
    assert link(world.asha) != first
    browser().post(first, {"answer": "yes"})
    with system("test"):
        oldest = Message.objects.filter(template="ask.confirm").earliest("queued_at")
    assert term().confirmed_message == oldest.pk


@pytest.mark.parametrize("wrong", ["x", "a" * 16, "abcdefghijklbcdf"])
def test_a_wrong_link_leads_nowhere_and_changes_nothing(world: World, wrong: str) -> None:
    asked(world)
    for method in (browser().get, browser().post):
        page = method(f"/q/{wrong}/")
        assert page.status_code == 404 and "no longer works" in page.content.decode()
    assert term().confirmed_at is None


def test_a_network_of_many_guesses_still_takes_the_no_of_whoever_holds_a_link(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked(world)
    monkeypatch.setenv("ABHIYAN_LIMITS", "link.wrong=1")
    assert [browser().get("/q/guessed/").status_code for _n in range(2)] == [404, 429]
    assert browser().post(link(world.asha), {"answer": "no"}).status_code == 302
    assert term().end_reason == "denied"


def test_after_thirty_days_a_link_takes_only_a_no(world: World) -> None:
    asked(world)
    with system("test"):
        Question.objects.update(expires_at=world.now)
    page = main(browser().get(link(world.asha)))
    assert 'value="yes"' not in page and 'value="no"' in page and "The time to answer is over" in page
    browser().post(link(world.asha), {"answer": "yes"})
    assert world.ladder(world.booth).confirmed == 0
    browser().post(link(world.asha), {"answer": "no"})
    assert term().end_reason == "denied"


def refused(world: World, client: Client) -> None:
    where = link(world.asha)
    page = main(client.get(where))
    assert "You cannot say yes here" in page and 'value="yes"' not in page
    assert client.post(where, {"answer": "yes"}).status_code == 403
    assert client.post(where, {}).status_code == 422
    assert world.ladder(world.booth) == Ladder(reported=1, counted=1)
    assert client.post(where, {"answer": "no"}).status_code == 302, (
        "a no is taken wherever the link is opened"
    )
    assert world.ladder(world.booth) == Ladder(reported=1) and term().end_reason == "denied"


def test_who_is_signed_in_by_another_phone_says_yes_for_nobody(world: World) -> None:
    asked(world)
    refused(world, officer(world, "booth_president", "JK-B001"))


def test_a_browser_in_which_others_joined_says_yes_for_nobody(world: World) -> None:
    asked(world)
    client = join(world, world.bilal)
    assert client.get("/").status_code  # its session may end; the mark stays
    client.cookies.pop("sessionid", None)
    where = link(world.asha)
    assert "You cannot say yes here" in main(client.get(where))
    assert client.post(where, {"answer": "yes"}).status_code == 403
    assert world.rows("select confirmed_at from enrolment_enrolment order by at limit 1") == [(None,)]


def test_the_browser_in_which_one_joined_oneself_answers(world: World) -> None:
    client = join(world, world.asha)
    with system("test"):
        Enrolment.objects.update(at=world.now)
    ask(world)
    client.post(link(world.asha), {"answer": "yes"})
    assert term().confirmed_by == How.LINK


def test_on_ones_own_page_the_word_of_the_message_confirms_and_a_code_alone_does_not(world: World) -> None:
    asked(world)
    client = open_me(world.asha)
    page = main(client.get("/me/"))
    assert "We have asked you by SMS" in page
    with system("test"):
        one = Question.objects.get()
    for wrong in ("", "BCDF", "yes"):
        client.post("/me/confirm/", {"word": wrong})
    assert term().confirmed_at is None
    client.post("/me/confirm/", {"word": words.word(keyring().token, one.pk, 1).lower()})
    assert term().confirmed_by == How.PAGE and world.tallies() == world.recounted()
    page = main(client.get("/me/"))
    assert "You said yes to our question yourself." in page and "On their own page" in page


def test_one_of_two_on_a_phone_does_not_answer_for_the_other_on_their_page(world: World) -> None:
    world.web_join(of=world.asha)
    world.web_join(of=world.mohan)
    ask(world)
    client = open_me(world.asha)
    client.post("/me/which/", {"birth_year": "1980"})
    asked = blanks(world.asha.phone, "ask.confirm")
    theirs = [one["word"] for one in asked if one["name"].startswith("मोहन")]
    client.post("/me/confirm/", {"word": theirs[0]})
    assert world.ladder(world.booth).confirmed == 0
