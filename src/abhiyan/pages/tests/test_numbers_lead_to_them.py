"""A number on Today or on a unit's page is the length of the list that its press opens."""

import re
from html import unescape
from urllib.parse import urlsplit

import pytest
from django.test import Client

from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.enrolment.tests.make import Human
from abhiyan.helpdesk.models import Ticket
from abhiyan.helpdesk.tests.make import typed
from abhiyan.people.tests.make import body
from abhiyan.site.tests.cast import OFFICES, Cast

from .test_today_of_members import on_paper

pytestmark = pytest.mark.django_db

NUMBER = r"(?<![\w/.,:-])\d[\d,]*(?![\w/.,:%-]*\d)(?![%/:])"
DAYS = (
    r"\d{1,2} (?:January|February|March|April|May|June|July|August|September|October|November|December)[^ ]*"
)
# Pages without a list of what is counted: their words have the number, unless they do not count.
IN_WORDS = {"/counts/": "numbers by channel, with their sum", "/funnel/": "one step of a funnel"}
UNCOUNTED = {
    "/messages/sends/new/": "a form: it counts whom the text reaches once it is looked at",
    "/polls/": "names the states one after the other",
}


@pytest.fixture(scope="module")
def cast(open_database: None) -> Cast:
    """A world in which much waits; nothing is changed by looking."""
    made = Cast.make(own=14)
    for n in range(3):
        on_paper(made, "Paper person", 70 + n)
    made.world.missed_call(of=Human("Nobody yet", 1980, "+919906000055"))
    for n, where in enumerate((made.world.booth, made.world.booth, made.world.far_booth)):
        typed(made.world, phone=f"+9199060020{n:02}", unit_id=where.pk)
    with system("test"):
        first = Ticket.objects.filter(unit_id=made.world.booth.pk).values("pk")[:1]
        Ticket.objects.filter(pk__in=first).update(desk_id=made.world.units["JK-SRI"].pk, due_at=NOW)
    for unit, n in (("JK-SRI", 250), ("JK-JAM", 25), ("JK-SRI-M1", 90), ("JK-B001", 100)):
        made.target(unit, n)
    made._seat("state_data_officer", "data_officer", "JK", 1)
    made.fold()
    return made


def plain(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def numbers(text: str) -> list[int]:
    return [int(n.replace(",", "")) for n in re.findall(NUMBER, re.sub(DAYS, "", text))]


def length(client: Client, href: str) -> int | None:
    """How long the list of a page is; None where it has none."""
    page = body(client, href).partition("<main")[2]
    shown = re.findall(r"Showing [\d,]+–[\d,]+ of ([\d,]+)", plain(page))
    if shown:
        return int(shown[0].replace(",", ""))
    rows = re.findall(r"<tbody>(.*?)</tbody>", page, re.DOTALL)
    return rows[0].count("<tr") if rows else None


def held_against(client: Client, n: int, href: str, where: str) -> None:
    """Compare a number with what its press opens."""
    path = urlsplit(href).path
    if any(part in path for part in UNCOUNTED):
        return
    if any(part in path for part in IN_WORDS):
        assert n in numbers(plain(body(client, href).partition("<main")[2])), (where, href)
        return
    assert length(client, href) == n, (where, n, href)


@pytest.mark.parametrize("role", OFFICES)
def test_each_number_on_today_is_the_length_of_the_list_behind_it(cast: Cast, role: str) -> None:
    client = cast.client(role)
    page = body(client, "/today/").partition("<main")[2]
    for row in re.findall(r'<div class="ttl">.*?</li>', page, re.DOTALL):
        title = plain(row.partition("</div>")[0])
        if "/bearers/" in row or not (found := numbers(title)):
            continue
        links = re.findall(r'<a class="(?:also|button act[^"]*)"\s+href="([^"]*)"', row)
        assert links, row
        for href in links:
            held_against(client, found[0], unescape(href), f"{role}: {title}")
    for sheet in re.findall(r'<section class="leaf".*?</section>', page, re.DOTALL):
        heading = plain(sheet.partition("<h2")[2].partition("</h2>")[0].partition(">")[2])
        behind = re.search(r"(\d+) of (\d+) (\w+) (?:is|are) behind", heading)
        if behind:
            (href,) = re.findall(r'<a class="also" href="([^"]*)">See all</a>', sheet)
            assert length(client, unescape(href)) == int(behind[2]), heading
            lacking = re.findall(r"Fewer than due\"[^>]*>\s*([\d,]+)\s*<", body(client, unescape(href)))
            assert len(lacking) == int(behind[1]), (heading, lacking)
            assert f"by {sum(int(n.replace(',', '')) for n in lacking):,} in all" in heading, (
                heading,
                lacking,
            )


@pytest.mark.parametrize("role", [role for role, (_office, _unit, tree) in OFFICES.items() if tree == 1])
def test_each_number_in_a_link_of_a_units_page_is_the_length_of_the_list_behind_it(
    cast: Cast, role: str
) -> None:
    client, (_office, unit, _tree) = cast.client(role), OFFICES[role]
    page = "".join(body(client, f"/units/{unit}/{more}").partition("<main")[2] for more in ("", "more/"))
    followed = 0
    for href, text in re.findall(r'<a[^>]*?href="([^"#]*)"[^>]*>(.*?)</a>', page, re.DOTALL):
        label, path = plain(text), urlsplit(unescape(href)).path
        if path.startswith(("/units/", "/bearers/")) or not (found := numbers(label)):
            continue  # the page of another unit, or of a person: their names may hold a number
        held_against(client, found[0], unescape(href), f"{role}, {unit}: {label}")
        followed += 1
    assert followed or not re.search(r'class="small noprint levels gap-top"', page), unit
