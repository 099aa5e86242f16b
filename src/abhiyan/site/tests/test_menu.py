"""The menu of each office, and pages and acts that search finds: only what opens, with one's own work in reach."""

import re
from html import unescape

import pytest
from django.test import Client
from django.utils import translation

from abhiyan.core.tests.given import NOW
from abhiyan.org.queries import viewer_of
from abhiyan.org.rules.capabilities import LEADS
from abhiyan.org.rules.offices import SEATS
from abhiyan.site import menu
from abhiyan.site.access import denied, pages

from .cast import EVERYBODY, MORE_OFFICES, OFFICES, Cast, shown_by

pytestmark = pytest.mark.django_db(transaction=True)
MOST_ON_A_PHONE = 5
IN_CAST = tuple(OFFICES)
# What each office must have in its bar, whatever else is there.
OWN_WORK = {
    "booth_worker": ["Today", "Enrol", "My list", "My link", "More"],
    "booth_president": ["Today", "Enrol", "My list", "My link", "More"],
    "verifier": ["Today", "My checks", "Units", "More"],
    "data_officer": ["Today", "Approvals", "Denied entries", "Units", "More"],
    "call_centre_agent": ["Today", "Helpline", "New request", "People who joined", "More"],
    "it_administrator": ["Today", "Imports", "Helpline", "Units", "More"],
    "root": ["Today", "Imports", "Units", "Appointments", "More"],
}
LEADERS = ["Today", "Units", "Work", "Review", "People", "More"]


def bar(html: str) -> list[tuple[str, bool]]:
    """The words of the main menu, and whether a phone folds them away."""
    nav = html.split('<nav aria-label="Main">')[1].split("</nav>")[0]
    found = re.findall(r'<li( class="wide")?>\s*<(?:a|details)(.*?)(?:</a>|</summary>)', nav, re.DOTALL)
    outer = [
        (re.sub(r"<[^>]*>|^[^>]*>", "", rest).strip(), bool(wide)) for wide, rest in found if "<svg" in rest
    ]
    return [(unescape(word), wide) for word, wide in outer]


def test_every_office_has_its_own_work_in_the_bar_and_at_most_five_words_on_a_phone() -> None:
    cast = Cast.make()
    for role, client in cast.everybody().items():
        if role in ("anonymous", "visitor", "member", "weak"):
            assert '<nav aria-label="Main">' not in client.get("/").content.decode(), role
            continue
        words = bar(client.get("/").content.decode())
        assert sum(not wide for _word, wide in words) <= MOST_ON_A_PHONE, role
        office = (OFFICES | MORE_OFFICES).get(role, ("",))[0]
        leads = any(seat.code == office and LEADS in seat.capabilities for seat in SEATS)
        wanted = OWN_WORK.get(role) or (LEADERS if leads else None)
        if wanted is not None:
            assert [word for word, _wide in words] == wanted, role


def test_no_menu_has_an_entry_that_does_not_open() -> None:
    for role in EVERYBODY:
        viewer, visit = shown_by(role)
        if not viewer.is_strong:
            continue
        for one in menu.entries():
            opened = menu.opens(one, viewer)
            assert not opened or not denied(pages()[one.url_name].opens, viewer, visit, is_demo=False), one


def test_letters_of_the_menu_are_all_different() -> None:
    letters = [one.letter for one in menu.entries() if one.letter]
    assert len(set(letters)) == len(letters) and "g" not in letters
    assert all(one.icon for one in menu.entries() if one.place), "a bar has icons"


def found(client: Client, text: str) -> list[str]:
    page = client.get("/search/", {"q": text}).content.decode()
    if 'id="pages"' not in page:
        return []
    return re.findall(r'<a href="([^"]*)"><b>', page.split('id="pages"')[1].split("</section>")[0])


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("targets", "/targets/"),
        ("target", "/targets/"),
        ("लक्ष्य", "/targets/"),
        ("back-checks", "/checks/of/"),
        ("जाँच", "/checks/of/"),
        ("appoint", "/appointments/new/"),
        ("नियुक्त", "/appointments/new/"),
        ("review", "/review/rounds/"),
        ("give task", "/programmes/tasks/new/"),
        ("काम", "/programmes/tasks/"),
        ("slides", "/review/slides/new/"),
    ],
)
def test_a_president_finds_pages_and_acts_by_words_of_both_languages(text: str, where: str) -> None:
    cast = Cast.make()
    assert any(where in href for href in found(cast.client("state_president"), text)), text


def test_search_finds_only_what_opens() -> None:
    cast = Cast.make()
    worker = cast.client("booth_worker")
    assert found(worker, "appoint new") == [] and found(worker, "new review round") == []
    assert found(worker, "enrol") and not found(cast.client("verifier"), "enrol")
    assert any("/checks/mine/" in href for href in found(cast.client("verifier"), "checks"))
    assert found(cast.client("state_president"), "x") == [], "one letter finds nothing"
    assert found(cast.client("state_president"), "'; drop") == []


def test_every_page_that_search_offers_answers_who_finds_it() -> None:
    cast = Cast.make()
    for role in IN_CAST:
        client, viewer = cast.client(role), viewer_of(account_id=cast.accounts[role].pk, on=NOW.date())
        with cast.as_(role), translation.override("en"):
            hrefs = {
                one.href for entry in menu.entries() for one in menu.found_pages(viewer, str(entry.label))
            }
        assert hrefs, role
        for href in sorted(hrefs):
            assert client.get(href).status_code in (200, 302), (role, href)
