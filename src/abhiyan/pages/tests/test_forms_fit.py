"""A form that starts work fits on about one phone screen, however many offices, programmes and forms there are."""

from collections.abc import Iterator

import pytest
from django.urls import URLResolver, get_resolver
from playwright.sync_api import Browser, Page, expect

from abhiyan.core.scope import system
from abhiyan.enrolment.tests.server import Server
from abhiyan.forms.rules.questions import QuestionKind
from abhiyan.forms.tests.make import form_in_use, question
from abhiyan.site.tests.cast import Cast
from abhiyan.site.tests.visits import Open, visits
from abhiyan.ui.tests.axe import Look

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SCREEN, MOST_SCREENS, MOST_FIELDS = 740, 1.5, 6
PAGES = ("/programmes/asked/new/", "/meetings/new/", "/programmes/new/")
SISTERS = ("/programmes/tasks/new/", "/review/rounds/new/", "/bodies/new/", "/messages/circulars/new/")
# Pages where somebody chooses or writes more at once, and why.
LONGER = {
    "/appointments/new/": "somebody is found, or written down, with the days of the office",
    "/bodies/kinds/new/": "a kind of committee has a name in each language, its level and its first seats",
    "/helpline/new/": "what a caller says, who it is, and where",
    "/forms/new/": "a ready form is chosen by its questions",
    "/messages/texts/new/": "the same words in each language",
    "/polls/new/": "the days that a notification names",
}
# Controls of the page's forms that somebody sees without opening anything.
SHOWN = """() => [...document.querySelectorAll('main form :is(input, select, textarea)')]
    .filter((one) => one.type !== 'hidden' && one.checkVisibility()).map((one) => one.name)"""


@pytest.fixture
def cast() -> Cast:
    made = Cast.make()
    asked = [question(f"n{n}", QuestionKind.WHOLE) for n in range(30)]
    with system("test"):
        for _n in range(3):
            form_in_use(made.world.units["JK"], *asked)
    return made


@pytest.fixture
def opens(chromium: Browser, served: Server, cast: Cast) -> Iterator[Open]:
    yield from visits(chromium, served.port, lambda role: (cast.accounts[role].pk, cast.token(role)))


def height(page: Page) -> float:
    page.evaluate("document.fonts.ready.then(() => true)")
    return float(page.evaluate("document.documentElement.scrollHeight")) / SCREEN


@pytest.mark.parametrize("role", ["national_president", "state_president", "mandal_president"])
def test_each_form_asks_few_things_first_and_the_rest_behind_more(opens: Open, look: Look, role: str) -> None:
    page = opens("/", role, size="phone", language="hi")
    for where in PAGES:
        answer = page.goto(where)
        if answer is None or answer.status == 403:
            continue
        shown = page.evaluate(SHOWN)
        assert 3 <= len(shown) <= MOST_FIELDS, (where, shown)
        assert height(page) <= MOST_SCREENS, (where, height(page))
        look(page, f"forms {where}")
        summary = page.locator("main form summary")
        summary.focus()
        page.keyboard.press("Enter")
        expect(page.locator("main form details > :not(summary)").first).to_be_visible()
        look(page, f"forms {where} with more")


@pytest.mark.parametrize("where", SISTERS)
def test_other_forms_that_start_work_keep_the_same_bound(opens: Open, where: str) -> None:
    page = opens(where, "state_president", size="phone", language="hi")
    shown = page.evaluate(SHOWN)
    assert 3 <= len(shown) <= MOST_FIELDS, shown
    assert height(page) <= MOST_SCREENS, height(page)


def test_every_address_that_makes_something_asks_few_things_first(opens: Open) -> None:
    page = opens("/", "state_president", size="phone", language="hi")
    long = {}
    for where in new_addresses():
        answer = page.goto(where)
        if answer is not None and answer.status == 200 and len(shown := page.evaluate(SHOWN)) > MOST_FIELDS:
            long[where] = shown
    assert long.keys() == LONGER.keys(), long


def new_addresses(resolver: URLResolver | None = None, before: str = "/") -> Iterator[str]:
    """The addresses without arguments that end in new/."""
    for pattern in (resolver or get_resolver()).url_patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from new_addresses(pattern, route)
        elif route.endswith("/new/") and "<" not in route:
            yield route
