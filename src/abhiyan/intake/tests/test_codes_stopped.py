"""While no messages go out, a request for a code gets that answer: all alike, known or not."""

import re
from pathlib import Path

import pytest
from django.test import Client

from abhiyan.core.doctor import FAIL, OK, WARN
from abhiyan.core.scope import system
from abhiyan.enrolment.models import Drive
from abhiyan.enrolment.tests.make import Human, World
from abhiyan.enrolment.tests.web import join, typed, web_world
from abhiyan.messaging import doctor
from abhiyan.messaging.models import Message, Spending, Template
from abhiyan.messaging.tests.carrier import REQUIRED, exported, imported, registered
from abhiyan.people.tests.make import browser

pytestmark = pytest.mark.django_db
NONE_COMES = {
    "en": "No messages go out from here now, so no code will come.",
    "hi": "अभी यहाँ से संदेश नहीं जा रहे हैं, इसलिए कोई कोड नहीं आएगा।",
}
PAGES = {"sign_in": "/sign-in/", "join": "/join/winter/", "member": "/me/"}


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setenv("ABHIYAN_SMS", "file")
    return web_world()


def told(page: str, human: Human = World.bilal, language: str = "en") -> str:
    """Return the words of the page where the code is to be typed."""
    client: Client = browser(language=language)
    given = typed(human) if page == "join" else {"phone": human.phone}
    asked = client.post(PAGES[page], given)
    assert asked.status_code == 302, asked.content.decode()
    content = client.get(asked["Location"]).content.decode()
    return re.sub(r"[A-Za-z0-9]{64}", "", content)


def before(page: str, language: str = "en") -> str:
    """Return the words of the page before anything is typed."""
    return str(browser(language=language).get(PAGES[page]).content.decode())


def level() -> set[str]:
    with system("test"):
        return {finding.level for finding in doctor.codes(World.now)}


@pytest.mark.parametrize("language", ["en", "hi"])
@pytest.mark.parametrize("page", PAGES)
def test_a_page_says_whether_a_code_can_come(
    world: World, page: str, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for chosen in ("file", "console"):
        monkeypatch.setenv("ABHIYAN_SMS", chosen)
        assert NONE_COMES[language] not in told(page, language=language)
        assert NONE_COMES[language] not in before(page, language)
        assert level() == {OK}
    monkeypatch.delenv("ABHIYAN_SMS")
    assert NONE_COMES[language] in told(page, language=language)
    assert NONE_COMES[language] in before(page, language), "nobody types a form in vain"
    assert level() == {WARN}
    monkeypatch.setenv("ABHIYAN_SMS", "http")  # without its address
    assert NONE_COMES[language] in told(page, language=language)
    assert level() == {FAIL}


@pytest.mark.parametrize("page", PAGES)
def test_no_code_comes_without_a_text_it_fills(world: World, page: str) -> None:
    assert "a code is on its way" in told(page).lower()
    with system("test"):
        texts = Template.objects.filter(code=f"code.{page}")
        texts.update(text="{code} {something_else}")
    assert NONE_COMES["en"] in told(page)
    assert level() == {FAIL}
    with system("test"):
        texts.update(is_active=False)
    shown = told(page)
    assert NONE_COMES["en"] in shown and "on its way" not in shown
    assert "we hold nothing about this number" not in shown


@pytest.mark.parametrize("language", ["en", "hi"])
@pytest.mark.parametrize("page", PAGES)
def test_no_code_comes_while_its_text_has_no_id_that_is_required(
    world: World, page: str, language: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name, value in REQUIRED.items():
        monkeypatch.setenv(name, value)
    assert NONE_COMES[language] in before(page, language)
    assert NONE_COMES[language] in told(page, language=language)
    assert level() == {FAIL}
    rows = [row for row in registered(exported()) if row["code"].startswith("code.")]
    assert imported(rows, tmp_path / "texts.csv")[0] == 0
    assert NONE_COMES[language] not in before(page, language)
    assert level() == {OK}


@pytest.mark.parametrize("page", ["sign_in", "member"])
@pytest.mark.parametrize("chosen", ["file", None])
def test_nobody_learns_by_it_who_is_known(
    world: World, page: str, chosen: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    join(world, world.asha)
    if chosen is None:
        monkeypatch.delenv("ABHIYAN_SMS")
    stranger = Human("Stranger", 1980, "+919812340001")  # ending alike
    assert told(page, world.asha) == told(page, stranger)
    with system("test"):  # what is held of others' messages says nothing either
        Message.objects.filter(template="code.member").update(state="held", reason="template")
    assert told(page, world.asha) == told(page, stranger)


def test_a_spent_budget_holds_no_code(world: World) -> None:
    with system("test"):
        Spending.objects.create(
            programme_id=0,
            hour=world.now.replace(minute=0, second=0, microsecond=0),
            allowed=1,
            spent=1,
            tripped_at=world.now,
        )
    assert "a code is on its way" in told("sign_in").lower()


def test_who_needs_no_code_is_not_warned_of_one(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ABHIYAN_SMS")
    with system("test"):
        Drive.objects.update(codes_off=[{"unit": "JK", "from": "", "to": "9999"}])
    assert NONE_COMES["en"] not in before("join")
