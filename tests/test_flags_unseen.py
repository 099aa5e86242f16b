"""Only the people who decide learn that a worker is asked: no message, no row in sight, no page, no file.

`test_access_urls.py` asks that no address holds a word of it, for any viewer. Here each page is compared,
letter by letter, with what it would be without questions. It finds what no list of words foresees, such as a
mark beside the name of an office-bearer. Files are looked through, and rows as each role may read them.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from html import unescape
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from abhiyan.core import sql
from abhiyan.core.scope import scoped, system
from abhiyan.core.tests.given import NOW
from abhiyan.core.tests.pdfs import written
from abhiyan.enrolment.tests.web import today
from abhiyan.messaging.models import Message
from abhiyan.messaging.rules.texts import TEXTS
from abhiyan.org.queries import scope_of
from abhiyan.pages.access import addresses_by_name as declared
from abhiyan.review.models import Review
from abhiyan.review.tests.round_elsewhere import round_elsewhere, slides_elsewhere
from abhiyan.site.tests.addresses import address, filled, more_things, things
from abhiyan.site.tests.cast import EVERYBODY, Cast
from abhiyan.units.models import Unit
from abhiyan.verification.models import Flag, Look
from abhiyan.verification.tests.odd_entries import DECIDERS, HITS, NAMES, OF, SAID, SHOWN, ask_three, words_of

ROOMS = ("review", "verification")  # their pages are asked about a booth too
CODES = ("JK", "JK-SRI", "JK-SRI-M1", "JK-B001", "JK-JAM", "JK-B004")
MORE = ("/search/?q=Savaal", "/search/?q=Mohsin", "/people/?q=Savaal", "/appointments/?name=Mohsin")
FILES = re.compile(r'href="([^"]*[?&](?:amp;)?format=(?:csv|xlsx)[^"]*)"')
# Values that are new on each page are not compared: tokens, keys of forms, the time of day; these pages; PNG.
FRESH = re.compile(
    r'(name="(csrfmiddlewaretoken|key)" value|"X-CSRFToken":|nonce)[ =]?"[^"]*"|\d{1,2}:\d\d(:\d\d)?'
)
RANDOM = ("/account/passkey/", "/account/app/")
NOT_TEXT = "\ufffdPNG"


@dataclass(frozen=True)
class World:
    """clients: a browser of everybody. flags: the questions; no page may have their `words`. sent: texts sent."""

    cast: Cast
    clients: dict[str, Client]
    flags: list[Flag]
    words: re.Pattern[str]
    sent: list[str]


@pytest.fixture(scope="module")
def world(open_database: None) -> World:
    cast = Cast.make()
    clients = cast.everybody()
    with system("test"):
        before = set(Message.objects.values_list("pk", flat=True))
    flags = ask_three(cast)
    with system("test"):
        sent = list(Message.objects.exclude(pk__in=before).values_list("template", flat=True))
    return World(cast, clients, flags, words_of(cast, flags), sent)


@pytest.fixture(scope="module")
def pages(world: World, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Every address of the product, about both districts, and about the units above and of the workers."""
    found = dict.fromkeys((*_addresses(world.cast, tmp_path_factory.mktemp("results")), *MORE))
    world.cast.fold()
    return list(found)


def _addresses(cast: Cast, folder: Path) -> Iterator[str]:
    own = things(cast, "district_in_charge", "JK-SRI", "JK-B001", cast.membership(cast.own_member))
    foreign = things(cast, "district_elsewhere", "JK-JAM", "JK-B004", cast.membership(cast.foreign_member))
    others = more_things(cast, foreign, folder)
    _meet(others["review:round"], "JK-SRI-M1")
    for name in sorted(declared()):
        has_code = "code" in declared()[name].pattern.converters
        for of in (*(replace(own, unit=code) for code in (CODES if has_code else ("JK-SRI",))), foreign):
            where = address(name, of, **filled(name, others))
            yield where
            if name == "review:deck_file":
                yield where.replace("/pptx/", "/pdf/")
            if name.partition(":")[0] in ROOMS and not has_code:
                yield f"{where}?unit=JK-B001"


def _meet(round_id: UUID, *codes: str) -> None:
    """Give these units their meeting today, so that their reviewers print the dossiers."""
    with system("test"):
        Review.objects.filter(round__public_id=round_id, unit__code__in=codes).update(meets_on=today())


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def seen(client: Client, where: str) -> str:
    """Return what an address shows, as text; of a file, what is written in it."""
    with undone():
        answer: Any = client.get(where)
        content = b"".join(answer) if answer.streaming else answer.content
    text = unescape(written(content))
    return f"{answer.status_code}\n{FRESH.sub('', text)}"


def unasked(client: Client, where: str, flags: list[Flag]) -> str:
    """The same address, were nobody asked and nobody's entries odd."""
    with undone():
        with system("test"):
            Look.objects.filter(worker__in=[flag.worker for flag in flags]).delete()
            Flag.objects.filter(pk__in=[flag.pk for flag in flags]).delete()
        return seen(client, where)


def told(world: World, client: Client, page: str) -> Iterator[tuple[str, str]]:
    """Yield what a page and its files say of a question: address, and the word or what differs."""
    text = seen(client, page)
    files = {page: text}
    for link in FILES.findall(text):
        where = page.partition("?")[0] + link if link.startswith("?") else link
        files[where] = seen(client, where)
    for where, found in files.items():
        yield from ((where, word) for word in set(world.words.findall(found)))
    if text.startswith("200") and not text[4:].startswith(NOT_TEXT) and page not in RANDOM:
        other = unasked(client, page, world.flags)
        if other != text:
            yield page, " | ".join(sorted(set(text.splitlines()) ^ set(other.splitlines())))[:400]


def test_only_four_offices_decide_about_questions(world: World) -> None:
    page = reverse("verification:flag", args=[world.flags[0].pk])
    opened = {role: text for role in EVERYBODY if (text := seen(world.clients[role], page)).startswith("200")}
    assert opened.keys() == DECIDERS
    for text in opened.values():
        assert {NAMES["asked"], SAID, *SHOWN} <= set(world.words.findall(text))


def test_a_name_would_be_found_in_each_kind_of_file(world: World) -> None:
    """A unit is called as the worker is; its files then tell the name."""
    client, at = world.clients["district_elsewhere"], NOW
    with undone():
        with system("test"):  # before its slides are made, which keep what they say
            called = dict.fromkeys(("en", "hi"), NAMES["asked"])
            Unit.objects.filter(code__in=("JK-JAM", "JK-JAM-M1")).update(names=called)
        made = round_elsewhere(world.cast, at) | slides_elsewhere(world.cast, at)
        _meet(made["review:round"], "JK-JAM-M1")
        slides = [reverse("review:deck_file", args=[made["review:deck"], kind]) for kind in ("pptx", "pdf")]
        for where in (
            "/review/dossier/JK-JAM/print/",
            f"/review/rounds/{made['review:round']}/week/",
            *slides,
            "/units/JK-JAM/?format=xlsx",
            "/units/JK-JAM/?format=csv",
        ):
            text = seen(client, where)
            assert text.startswith("200") and world.words.search(text), where


def test_a_worker_reads_their_own_question_and_no_other(world: World) -> None:
    client = world.cast.client("asked")
    own, other = (reverse("verification:flag_mine", args=[one.pk]) for one in world.flags[:2])
    assert SAID in seen(client, own) and SHOWN[0] in seen(client, own)
    assert seen(client, other).startswith("404")


def test_the_only_message_about_a_question_is_that_something_waits_on_today(world: World) -> None:
    assert world.sent == ["duty.today"]
    said = " ".join(text for (code, _language), text in TEXTS.items() if code == "duty.today")
    assert set(re.findall(r"{(\w+)}", said)) == {"organisation", "link"}


def test_no_row_in_anybodys_sight_tells_who_is_asked(world: World) -> None:
    tables = (
        "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')"
        " and has_table_privilege(oid, 'select') order by 1"
    )
    words = [f"%{one}%" for one in (SAID, HITS, OF, *(flag.pk for flag in world.flags))]
    for role in world.clients.keys() & world.cast.accounts.keys() - DECIDERS:
        with scoped(scope_of(world.cast.accounts[role].pk, today())):
            names = sql.column(tables)
            assert len(names) > 50
            found = [
                name
                for name in names
                if sql.exists(f'select from "{name}" t where t::text like any(%s)', [words])
            ]
        assert found == [], role


@pytest.mark.slow
@pytest.mark.parametrize(
    "role", ["district_in_charge", "booth_president", "data_officer", "it_administrator"]
)
def test_every_page_is_what_it_would_be_if_nobody_were_asked(
    role: str, world: World, pages: list[str]
) -> None:
    world.clients[role].get("/")  # a worker's own link is made when they first see Today, and kept
    assert [each for page in pages for each in told(world, world.clients[role], page)] == []
