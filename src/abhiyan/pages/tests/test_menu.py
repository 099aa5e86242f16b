"""The menu of each office, and pages and acts that search finds: only what opens, with one's own work in reach."""

import re
from collections.abc import Iterator
from html import unescape
from itertools import combinations
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.test import Client
from django.urls import resolve
from django.utils import translation

from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.dialogues.tests.make import programme as calls_of_two_a_day
from abhiyan.enrolment.rules.rolls import KIND
from abhiyan.enrolment.tests.web import today
from abhiyan.org.queries import viewer_of
from abhiyan.org.rules.capabilities import LEADS
from abhiyan.org.rules.offices import SEATS, Seat
from abhiyan.org.viewer import Viewer
from abhiyan.pages import menu
from abhiyan.pages.access import addresses_by_name, missing_access
from abhiyan.site.tests.cast import EVERYBODY, MORE_OFFICES, OFFICES, Cast, shown_by
from abhiyan.ui.navigation import HUBS
from abhiyan.units.models import Hierarchy, Kind

pytestmark = pytest.mark.django_db(transaction=True)
MOST_ON_A_PHONE = 5
IN_CAST = tuple(OFFICES)
# The entries each office must have in its bar, whatever else is there.
OWN_WORK = {
    "booth_worker": ["Today", "Enrol", "My list", "My link", "More"],
    "booth_president": ["Today", "Enrol", "My list", "My link", "More"],
    "verifier": ["Today", "My checks", "Units", "More"],
    "data_officer": ["Today", "Approvals", "Denied", "Units", "More"],
    "call_centre_agent": ["Today", "Helpline", "Type in", "Who joined", "More"],
    "it_administrator": ["Today", "Imports", "Helpline", "Units", "More"],
    "call_agent": ["Today", "Calls", "Helpline", "Units", "More"],
    "call_supervisor": ["Today", "Call centre", "Units", "More"],
    "root": ["Today", "Imports", "Units", "Offices", "More"],
}
LEADERS = ["Today", "Units", "Work", "People", "More"]


def navigation(html: str) -> str:
    return html.split('<nav aria-label="Main">')[1].split("</nav>")[0]


def bar(html: str) -> list[str]:
    """The words of the main menu. A part with one page is called as that page."""
    found = re.findall(r"<li>\s*<(?:a|details)(.*?)(?:</a>|</summary>)", navigation(html), re.DOTALL)
    return [unescape(re.sub(r"<[^>]*>|^[^>]*>", "", rest)).strip() for rest in found if "<svg" in rest]


def holder(*held: tuple[Seat, str], is_root: bool = False) -> Viewer:
    """Somebody with offices, each in a kind of unit; without a database."""
    of: Any = tuple(
        SimpleNamespace(
            office=seat.code,
            capabilities=seat.capabilities,
            body_id=None,
            hierarchy=Hierarchy.ORGANISATIONAL,
            unit_kind=kind,
        )
        for seat, kind in held
    )
    return Viewer(account_id=1, appointments=of, is_strong=True, is_root=is_root)


# Each office in each kind of unit that it is given in; where no kind is named, in every kind.
IN_UNITS = [
    (seat, kind)
    for seat in SEATS
    for kind in dict.fromkeys((*seat.expected_in, *seat.given_in)) or [str(each) for each in Kind]
]


def links(viewer: Viewer) -> list[str]:
    return [link.href for part in menu.menu(viewer) for link in part.links]


def test_every_office_has_its_own_work_in_the_bar_and_at_most_five_words_on_a_phone() -> None:
    cast = Cast.make()
    for role, client in cast.everybody().items():
        if role in ("anonymous", "visitor", "member", "weak"):
            assert '<nav aria-label="Main">' not in client.get("/").content.decode(), role
            continue
        page = client.get("/").content.decode()
        words = bar(page)
        assert len(words) <= MOST_ON_A_PHONE, role
        assert navigation(page).count("data-go") <= menu.MOST_LINKS, role
        office = (OFFICES | MORE_OFFICES).get(role, ("",))[0]
        leads = any(seat.code == office and LEADS in seat.capabilities for seat in SEATS)
        wanted = OWN_WORK.get(role) or (LEADERS if leads else None)
        if wanted is not None:
            assert words == wanted or words[:3] == wanted[:3] == LEADERS[:3], role


def test_no_menu_has_more_than_twelve_links_whatever_offices_somebody_holds() -> None:
    seen = set()
    everything = [holder(*IN_UNITS, is_root=root) for root in (False, True)]
    followers = [each for each in IN_UNITS if LEADS not in each[0].capabilities or each[1] == Kind.BOOTH]
    for viewer in (
        *everything,
        holder(*followers, is_root=True),
        *map(holder, IN_UNITS),
        *(holder(*pair) for pair in combinations(IN_UNITS, 2)),
    ):
        hrefs = links(viewer)
        assert 3 <= len(hrefs) <= menu.MOST_LINKS, [held.office for held in viewer.appointments]
        assert len(set(hrefs)) == len(hrefs), "no page twice"
        seen.add(len(hrefs))
    assert max(seen) == menu.MOST_LINKS, "the bound is reached, so it is one"


def reached(viewer: Viewer) -> Iterator[str]:
    """Addresses of pages that the menu leads to, and the tabs of these. Pages of a phone in the field have no tabs."""
    for href in links(viewer):
        yield href
        where = urlsplit(href)
        if not where.path.startswith("/field/"):
            tabs = menu.hub_tabs(viewer, resolve(where.path).view_name, (), dict(parse_qsl(where.query)))
            assert tabs is not None, href
            yield from (tab for _label, tab, _is_read in (*tabs.first, *tabs.rest))


def test_the_menu_and_its_tabs_reach_every_page_that_opens_and_no_other() -> None:
    for viewer in map(holder, IN_UNITS):
        opening = {
            menu.entry_address(entry)
            for entry in menu.entries()
            if entry.hub and not entry.of and menu.opens(entry, viewer)
        }
        assert set(reached(viewer)) == opening, [held.office for held in viewer.appointments]


def test_a_page_knows_its_tab_and_only_leaders_of_desks_have_the_desk_in_the_menu() -> None:
    leader, desk = (
        holder(each) for each in IN_UNITS if each[0].code in ("state_president", "mandal_president")
    )
    for viewer, hub in ((leader, "members"), (desk, "desk")):
        tabs = menu.hub_tabs(viewer, "enrolment:doubles", (), {"unit": "JK", "in": "electoral", "page": "2"})
        assert tabs is not None and tabs.label == HUBS[hub][1]
        every = [*tabs.first, *tabs.rest]
        assert [href.partition("?")[0] for _label, href, is_read in every if is_read] == ["/people/doubles/"]
        assert all(href.endswith("?unit=JK&in=electoral") for _label, href, _is_read in every), (
            "the unit stays"
        )
    owed = menu.hub_tabs(leader, "work:asked", (), {"kind": "meeting"})
    assert owed is not None and owed.label == HUBS["meetings"][1]
    assert [href for _label, href, is_read in owed.first if is_read] == ["/programmes/asked/?kind=meeting"]
    owed = menu.hub_tabs(leader, "work:asked", (), {})
    assert owed is not None and not any(is_read for _label, _href, is_read in owed.first), "both kinds"
    assert menu.hub_tabs(leader, "targets:targets", ("x",), {}) is None


def test_one_part_of_the_menu_is_marked_on_each_page() -> None:
    cast = Cast.make()
    client = cast.client("district_in_charge")
    for where, part, tab in (
        ("/", "Today", ""),
        ("/review/rounds/", "Work", "Review rounds"),
        ("/people/doubles/", "People", "Duplicates"),
        ("/programmes/asked/?kind=report", "Work", "Reports asked of units"),
        ("/messages/circulars/", "More", "Circulars"),
    ):
        page = client.get(where).content.decode()
        nav = navigation(page)
        marked = re.findall(r'aria-current="(?:page|true)"[^>]*>\s*<svg.*?</svg>\s*([^<]*)', nav, re.DOTALL)
        assert [word.strip() for word in marked] == [part], where
        tabs = re.findall(r'<nav class="seg noprint".*?</nav>', page, re.DOTALL)
        assert not tab or f'aria-current="true">{tab}</a>' in tabs[0], where


def test_each_letter_of_a_page_that_opens_works_from_everywhere() -> None:
    cast = Cast.make()
    page = cast.client("state_president").get("/").content.decode()
    letters = {entry.letter: menu.entry_address(entry) for entry in menu.entries() if entry.letter}
    assert len(letters) >= 10
    for letter, href in letters.items():
        assert f'<a href="{href}" data-go="{letter}"' in page, letter


def test_no_menu_has_an_entry_that_does_not_open() -> None:
    for role in EVERYBODY:
        viewer, visit = shown_by(role)
        if not viewer.is_strong:
            continue
        for one in menu.entries():
            opened = menu.opens(one, viewer)
            assert not opened or not missing_access(
                addresses_by_name()[one.url_name].opens, viewer, visit, is_demo=False
            ), one


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
        ("report to president", "/programmes/asked/?kind=report"),
        ("अध्यक्ष को रिपोर्ट", "/programmes/asked/?kind=report"),
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
                one.href
                for entry in menu.entries()
                for one in menu.found_pages(viewer, str(entry.label), on=NOW.date())
            }
        assert hrefs, role
        for href in sorted(hrefs):
            assert client.get(href).status_code in (200, 302), (role, href)


def test_pages_of_a_programme_are_those_of_the_first_programme_of_today() -> None:
    cast = Cast.make()
    with system("test"):
        newer = calls_of_two_a_day(cast.world.units["JK"].pk, opens=today())
    client, viewer = (
        cast.client("state_president"),
        viewer_of(account_id=cast.accounts["state_president"].pk, on=today()),
    )
    first = str(cast.world.programme.public_id)
    assert f"/programmes/{first}/" in client.get("/").text.split('id="pinned"')[1].split("</h2>")[0]
    asked = ["targets", "लक्ष्य", "back-checks", "who is behind", "WhatsApp", "in charges", "जाँच"]
    with cast.as_("state_president"):
        for code in menu.LANGUAGES:
            with translation.override(code):
                asked += [str(entry.label) for entry in menu.entries() if entry.of in ("any", KIND)]
        for text in asked:
            pages = menu.found_pages(viewer, text, on=today())
            programmes = [page.href for page in pages if re.search(r"/[0-9a-f-]{36}/", page.href)]
            assert programmes and first in programmes[0], text
        of_calls = menu.found_pages(viewer, "calls to booth presidents", on=today())
        assert any(str(newer.public_id) in page.href for page in of_calls), "the others come after"
        narrowed = menu.found_pages(viewer, f"targets {newer.names['en']}", on=today())
        assert narrowed and str(newer.public_id) in narrowed[0].href, "its own name finds it first"
