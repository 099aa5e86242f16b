"""A few people more in another district change no byte of what somebody outside reads, wherever they look.

The world is crawled as outsiders see it: every address, filled with things of the other district, and the links of
every page. Then a few more join, answer, ask and are met there, without a rounded figure that crosses to the next ten.
Many more come today, whose day is not closed. The same addresses are asked again, and answer byte for byte the same.
So this finds a figure in whatever form: a number, an order, a width, a share, a row, a page more.
"""

import difflib
import re
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit
from uuid import uuid4

import pytest
from django.db import transaction
from django.db.models import F
from django.test import Client
from django.urls import Resolver404, resolve

from abhiyan.contact.models import ContactEntry, ContactList
from abhiyan.core import clock, limits
from abhiyan.core.scope import system
from abhiyan.core.tests import given
from abhiyan.core.tests.given import NOW
from abhiyan.forms.models import Form, Submission
from abhiyan.forms.queries import latest_version
from abhiyan.helpdesk import actions as helpdesk
from abhiyan.helpdesk.models import Ticket
from abhiyan.opinions.tests.make import answered
from abhiyan.pages.access import addresses_by_name
from abhiyan.programmes import actions as programmes
from abhiyan.programmes.actions.items import NewItem
from abhiyan.programmes.models import OwnFigure, Programme
from abhiyan.programmes.rules import activities
from abhiyan.site.tests.addresses import address, body, filled, more_things, things
from abhiyan.site.tests.answers import at_the_door
from abhiyan.site.tests.cast import OVER_THE_OTHER, SYSTEM, Cast

# Neither sees the people there: one works elsewhere, one is elected elsewhere, one answers calls, one leads elsewhere.
OUTSIDERS = (
    "booth_worker",
    "member_of_parliament",
    *(
        pytest.param(role, marks=pytest.mark.slow)
        for role in ("call_centre_agent", "district_in_charge", "verifier", "it_administrator")
    ),
)
# Units that hold the other district, or a part of it.
THERE = ("IN", "JK", "JK-JAM", "JK-JAM-M1", "JK-B004")
TREES = ("organisational", "electoral", "administrative")
# Rooms without a count of people are left out: results of past elections, one's own account.
NOT_FOLLOWED = ("elections", "people", "imports")
FEW, MANY = 2, 14
MOST_ALIKE = 1  # links of one page that differ in what they are about alone
HREF = re.compile(r'(?:href|src)="([^"#]+)')
# These parts are drawn for each answer, or name the page before.
DRAWN = re.compile(
    r'"X-CSRFToken": "[^"]*"|name="csrfmiddlewaretoken" value="[^"]*"|data-options="[^"]*"|[?&;]next=[^"&]*'
    # A refusal shows one's own helpline once the process has read the helplines.
    r'|<p class="[^"]*helpline">.*?</p>',
    re.DOTALL,
)


@pytest.fixture(scope="module")
def cast(open_database: None) -> Cast:
    return Cast.make(own=42, foreign=3)


@pytest.fixture(scope="module")
def clients(cast: Cast) -> dict[str, Client]:
    return cast.everybody()


@pytest.fixture(scope="module")
def starts(cast: Cast, clients: dict[str, Client], tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Every address with things of the other district, and its units in every tree; with some people there."""
    foreign = things(cast, "district_elsewhere", "JK-JAM", "JK-B004", cast.membership(cast.foreign_member))
    others = more_things(cast, foreign, tmp_path_factory.mktemp("results"))
    for days in (4, 3, 2, 1):
        more_of(cast, 3, NOW - timedelta(days=days))
    names = [name for name in sorted(addresses_by_name()) if name.partition(":")[0] not in NOT_FOLLOWED]
    found = [address(name, foreign, **filled(name, others)) for name in names]
    found += [f"/units/{unit}/?in={tree}" for unit in THERE for tree in TREES]
    return list(dict.fromkeys(found))


def more_of(cast: Cast, n: int, at: datetime) -> None:
    """n more of everything that counts people: who joined, answered, asked, were met, or were written down."""
    far, district, days = cast.world.far_booth.pk, cast.world.units["JK-JAM"].pk, (NOW - at).days
    cast.crowd(n, "JK-B004", f"7{at.day}0{n:02}", days_ago=days)
    answered(n, far, at=at)
    for number in range(n):
        phone = f"+9198{at.day}00{n:02}{number:02}"
        opening = helpdesk.Opening(Ticket.Way.CALL, phone, ["A wish"], far, "en", kind="card")
        helpdesk.type_ticket(opening=opening, by=SYSTEM, at=at)
    with system("test"):
        meeting = Form.objects.get(ready="")
        version = latest_version(meeting.pk)
        Submission.objects.bulk_create(
            Submission(
                id=uuid4(),
                digest=b"",
                version=version,
                form=meeting,
                unit_id=far,
                at=at,
                answers={"held": True},
            )
            for _each in range(n)
        )
        for one in Programme.objects.filter(state="open").order_by("pk"):
            day = clock.day_in(one.zone, at)
            for items in (
                activities.activity_of(one.kind).items
                if not activities.activity_of(one.kind).fills_roll
                else ()
            ):
                new = [
                    NewItem(uuid4(), one.pk, items.measure, 1, far, day, is_counted=True)
                    for _each in range(n)
                ]
                programmes.report_items(new=new, at=at)
            of = day - timedelta(days=10 + n)  # Two figures of one unit never end on the same day.
            if n == FEW:  # The figure grows. A figure more would be a row, which is no secret.
                there = OwnFigure.objects.filter(programme=one, unit_id=district)
                there.filter(ends_on=day - timedelta(days=13)).update(n=F("n") + n)
            else:
                OwnFigure.objects.create(
                    programme=one, measure=1, unit_id=district, begins_on=of, ends_on=of, n=n, typed_at=at
                )
        # Doors to go to are work of now: they are known in tens at any hour.
        for one_list in ContactList.objects.order_by("pk")[:1] if n < MANY else ():
            ContactEntry.objects.bulk_create(
                ContactEntry(public_id=uuid4(), list=one_list, unit_id=far, door=str(number))
                for number in range(1 if n == FEW else n)
            )
    cast.fold()


def look(client: Client, where: str) -> str:
    """Return the answer of an address without what DRAWN finds, and undo the changes of the look."""
    given.draws("look")
    limits.forget_all()
    with transaction.atomic():
        answer: Any = client.get(where)
        text = body(answer)
        transaction.set_rollback(True)
    said = "\n".join(line for line in DRAWN.sub("", text).splitlines() if line.strip())
    return f"{answer.status_code} {answer.get('Location', '')}\n{said}"


def kind_of(where: str) -> tuple[Any, ...] | None:
    """A page and what it is asked for, whatever it is about; None: no page of ours."""
    asked = urlsplit(where)
    try:
        name = resolve(asked.path).view_name
    except Resolver404:
        return None
    given_ = sorted(
        (key, value if key in ("format", "sort", "by") else "") for key, value in parse_qsl(asked.query)
    )
    return None if name.partition(":")[0] in NOT_FOLLOWED else (name, *given_)


def links(where: str, text: str) -> Iterator[str]:
    for href in HREF.findall(text):
        link = DRAWN.sub("", urljoin(where, unescape(href)))
        if link.startswith("/"):
            yield link


def crawled(client: Client, role: str, starts: list[str]) -> dict[str, str]:
    """Return every answer of a walk that begins at these addresses and follows the links of each page."""
    found: dict[str, str] = {}
    alike: Counter[tuple[Any, ...]] = Counter()
    waiting = [
        each
        for each in starts
        if not at_the_door(addresses_by_name()[resolve(urlsplit(each).path).view_name].opens, role)
    ]
    for where in waiting:  # it grows
        found[where] = look(client, where)
        for link in links(where, found[where]) if found[where].startswith("200") else ():
            kind = kind_of(link)
            if kind and link not in waiting and alike[kind] < MOST_ALIKE:
                alike[kind] += 1
                waiting.append(link)
    return found


@pytest.fixture(scope="module")
def before(
    request: pytest.FixtureRequest, clients: dict[str, Client], starts: list[str]
) -> dict[str, dict[str, str]]:
    items: list[Any] = request.session.items
    wanted = {one.callspec.params["role"] for one in items if one.module is request.module}
    for client in clients.values():
        look(client, "/contact/calls/")  # what a process keeps from its first answer on
    return {role: crawled(clients[role], role, starts) for role in wanted}


@pytest.fixture(scope="module")
def a_few_more(before: object, cast: Cast) -> None:
    more_of(cast, FEW, NOW - timedelta(days=1, hours=1))
    more_of(cast, MANY, NOW)


@pytest.mark.parametrize("role", OUTSIDERS)
def test_a_few_more_people_of_closed_days_and_many_of_today_change_no_byte(
    role: str, before: dict[str, dict[str, str]], clients: dict[str, Client], a_few_more: None
) -> None:
    assert role not in OVER_THE_OTHER and len(before[role]) > 200
    told = {}
    for where, was in before[role].items():
        now = look(clients[role], where)
        if now != was:
            lines = difflib.unified_diff(was.splitlines(), now.splitlines(), n=0, lineterm="")
            told[where] = [line[:300] for line in lines if not line.startswith(("---", "+++", "@@"))][:8]
    assert told == {}, "\n".join(f"{where}\n  " + "\n  ".join(lines) for where, lines in told.items())
