"""Each office is sent to the door that it can open, and a phone meets no other."""

import re
from collections import deque
from datetime import timedelta
from html import unescape
from urllib.parse import urljoin, urlsplit
from uuid import UUID

import pytest
from django.conf import settings
from django.test import Client

from abhiyan.core import lot
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.dialogues.models import CallPlan, Dialogue
from abhiyan.dialogues.tests.make import programme as calls
from abhiyan.enrolment.tests.web import blanks
from abhiyan.org import queries as org
from abhiyan.org.rules.capabilities import PHONE_OFFICES
from abhiyan.site.tests.cast import Cast
from abhiyan.stays.tests.make import assigned
from abhiyan.stays.tests.make import programme as stays
from abhiyan.work.actions.schedules import Asking, ask_units, remind_silent

from .test_field import KAMLA, entry, send
from .test_phones import LEADER, WORKER, browser, let_in, number

pytestmark = pytest.mark.django_db
BY_CODE, BOTH = "/field/sign-in/", "/sign-in/"
PHONES = {"booth_worker": WORKER, "booth_president": LEADER}


@pytest.fixture
def cast() -> Cast:
    return Cast.make()


def with_work(cast: Cast, role: str) -> Client:
    """The phone of a booth's office that has entered somebody, has a stay and a call to make, and owes a report."""
    booth, account = cast.world.units["JK-B001"], number(cast, role, PHONES[role])
    run = stays(cast.world.state.pk)
    assigned(run, booth.pk, account)
    with system("test"):
        plan = calls(cast.world.state.pk)
        CallPlan.objects.create(programme_id=plan.pk, offices=[role], per_day=1)
        Dialogue.objects.create(
            id=lot.uuid(),
            programme_id=plan.pk,
            day=NOW.date(),
            unit_id=booth.pk,
            came=0,
            leader_id=account.pk,
            president_id=cast.accounts["booth_president"].pk,
        )
    asked(cast)
    client = let_in(PHONES[role])
    send(client, entry(cast, KAMLA, role))
    return client


def asked(cast: Cast) -> UUID:
    """A report that each booth president owes."""
    asking = Asking(
        title="Cleaning day",
        wanted="report",
        rhythm="weekly",
        first_on=NOW.date(),
        last_on=NOW.date() + timedelta(days=20),
        office="booth_president",
        kind="booth",
    )
    with cast.as_("state_president"):
        by, at = cast.actor("state_president"), NOW
        made = ask_units(asking=asking, unit_id=cast.world.state.pk, expected=4, by=by, at=at)
    return made.public_id


def links(page: str, where: str) -> set[str]:
    """Addresses of ours that a page leads to."""
    found = (unescape(href) for href in re.findall(r"<a\b[^>]*?\bhref=\"([^\"]+)\"", page))
    paths = (urljoin(where, href) for href in found if not href.startswith(("#", "tel:", "sms:", "mailto:")))
    return {path.partition("#")[0] for path in paths if not urlsplit(path).netloc}


@pytest.mark.parametrize("role", PHONES)
def test_no_link_in_a_phones_session_leads_to_a_door_that_it_cannot_open(cast: Cast, role: str) -> None:
    client = with_work(cast, role)
    kept = client.get("/field/keep.json").json()["pages"]
    waiting, seen, wrong = deque(["/field/start/", *kept]), dict[str, str](), list[str]()
    while waiting:
        where = waiting.popleft()
        if where in seen:
            continue
        answer = client.get(where, follow=True)
        seen[where] = last = answer.request["PATH_INFO"]
        if answer.status_code != 200 or last.startswith((BY_CODE, BOTH)):
            wrong.append(f"{where}: {answer.status_code} at {last}")
        if where.startswith("/field/") and answer["Content-Type"].startswith("text/html"):
            waiting += sorted(links(answer.content.decode(), where))
    assert not wrong
    for part in ("/field/stay/", "/field/due/" if role == "booth_president" else "/field/", "/field/phones/"):
        assert any(where.startswith(part) for where in seen), (part, sorted(seen))


@pytest.mark.parametrize(
    "where", ["/field/doors/{id}/", "/field/meeting/{id}/", "/field/day/{id}/", "/field/call/{id}/"]
)
def test_a_page_for_both_proofs_says_so_to_a_phone_and_leads_back(cast: Cast, where: str) -> None:
    number(cast, "booth_worker", WORKER)
    phone, where = let_in(WORKER), where.format(id=lot.uuid())
    answer = phone.get(where)
    page = answer.content.decode()
    assert answer.status_code == 403 and "This page needs both proofs" in page
    assert 'href="/field/start/"' in page and f'href="/sign-in/?next={where.replace("/", "%2F")}"' in page


def test_signing_in_begins_with_one_code_for_a_booth_and_keeps_the_page_that_was_wanted(cast: Cast) -> None:
    page = browser().get("/sign-in/").content.decode()
    main = page[page.index("<main") :]
    assert main.index("Booth worker or booth president? One code") < main.index("<form")
    assert f'href="{BY_CODE}"' in main
    wanted = browser().get("/sign-in/?next=/field/start/").content.decode()
    assert f'href="{BY_CODE}?next=%2Ffield%2Fstart%2F"' in wanted
    assert browser().get("/")["Location"] == BOTH, "the home page leads there"
    hindi = Client(HTTP_ACCEPT_LANGUAGE="hi").get("/sign-in/").content.decode()
    assert "बूथ कार्यकर्ता या बूथ अध्यक्ष? एक कोड" in hindi


def test_who_has_shown_both_proofs_goes_straight_to_the_page_they_wanted(cast: Cast) -> None:
    client = cast.client("district_in_charge")
    assert client.get("/sign-in/?next=/account/")["Location"] == "/account/"
    assert client.get("/sign-in/").status_code == 200


def test_a_reminder_of_a_report_leads_a_booth_president_to_the_form_that_one_code_opens(cast: Cast) -> None:
    number(cast, "booth_president", LEADER)
    one, over = asked(cast), NOW + timedelta(days=9)
    with cast.as_("state_president"):
        remind_silent(
            public_id=one,
            unit_id=cast.world.state.pk,
            begins_on=NOW.date(),
            by=cast.actor("state_president"),
            at=over,
        )
    (told,) = blanks(LEADER, "duty.asked")
    assert told["link"].startswith(f"{settings.ORIGIN}/field/due/{one}/?unit=JK-B001&from=")


def test_one_function_knows_the_door_of_every_office(cast: Cast) -> None:
    on = NOW.date()
    for role, account in cast.accounts.items():
        expected = BY_CODE if role in PHONE_OFFICES else BOTH
        assert org.sign_in_path(account.pk, on=on) == expected, role
        assert org.comes_by_code(account.pk, on=on) is bool(
            org.by_one_code(org.viewer_of(account_id=account.pk, on=on))
        ), role
    worker = cast.accounts["booth_worker"].pk
    assert org.sign_in_path(worker, on=on, to="/field/start/") == f"{BY_CODE}?next=%2Ffield%2Fstart%2F"
    assert org.sign_in_path(0, on=on) == BOTH, "nobody's account"
    for role, expected in (("booth_president", BY_CODE), ("mandal_president", BOTH)):
        with system("test"):
            taken = org.accepted(cast.appointments[role])
        assert org.sign_in_path(worker, on=on, taking=taken) == expected, role
