"""An installation with nothing in it, in the hands of its maker: from the console's link to the first member.

Units are there as if imported: the lists' own tests import them, and tests/test_empty_server.py runs `init`
itself.
"""

import base64
import re
from html import unescape

import pytest
from django.test import Client, override_settings
from django.utils import translation

from abhiyan.core.actor import Actor
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.enrolment.tests.make import Human, plant_units
from abhiyan.enrolment.tests.web import code_sent, filled, offered, today, typed
from abhiyan.messaging.adapters import Handed, Letter
from abhiyan.messaging.tests.sending import send_due
from abhiyan.org import actions as org
from abhiyan.org.actions.officers import seat_awaited_officers
from abhiyan.org.models import Appointment
from abhiyan.people import actions as people
from abhiyan.people.models import Account
from abhiyan.people.rules import totp
from abhiyan.people.tests.make import browser
from abhiyan.programmes import actions as programmes
from abhiyan.programmes import queries
from abhiyan.site.commands import beginning

pytestmark = pytest.mark.django_db(transaction=True)
PHONE = "+919810012345"
MEMBER = Human("Asha Devi", 1980, "+919906000001")


class Phones:
    """A gateway that takes everything, as people read it."""

    name = "phones"

    def __init__(self) -> None:
        self.read: list[Letter] = []

    def hand(self, letter: Letter) -> Handed:
        self.read.append(letter)
        return Handed(ok=True, ref=letter.ref)


def turn(phones: Phones) -> None:
    at = NOW
    send_due(phones, at=at)


def init() -> str:
    """Do what `abhiyan init` does once keys and tables are there; return the console's link."""
    said: list[str] = []
    beginning.put_what_ships(say=said.append)
    assert "texts of messages" in said[0]
    beginning.put_what_ships(say=said.append)
    assert len(said) == 1, "nothing is left to do"
    return people.first_administrator(
        name="Mohan Lal", phone=PHONE, language="en", by=Actor.system("init"), at=NOW
    ).path


def signed_in(link: str) -> Client:
    """The first administrator opens the link and sets up an authenticator app."""
    client = browser()
    assert client.post(link).status_code == 302
    page = client.get("/account/app/").content.decode()
    found = re.search(r">\s*((?:[A-Z2-7]{4} ){3,}[A-Z2-7]{1,4})\s*<", page)
    assert found, page
    shown = found[1].replace(" ", "")
    secret = base64.b32decode(shown + "=" * (-len(shown) % 8))
    client.post("/account/app/", {"code": totp.totp_code(secret, totp.step_at(NOW)), "name": "my phone"})
    return client


def today_page(client: Client) -> str:
    return unescape(client.get("/").content.decode().split("<main", 1)[1].split("</main>", 1)[0])


def done(page: str) -> list[str]:
    """The first steps that have their tick."""
    ticked = re.findall(r'<li class="done">.*?</svg>\s*(.*?) <span class="vh">\(done\)', page, re.DOTALL)
    return [" ".join(each.split()) for each in ticked]


@override_settings(ORGANISATION="Sangathan", ORIGIN="https://app.example.org")
def test_an_empty_installation_comes_to_its_first_member() -> None:
    translation.activate("en")
    phones, client = Phones(), signed_in(init())

    page = today_page(client)
    assert "First steps" in page and "All done" not in page
    assert done(page) == [] and 'href="/imports/new/units/"' in page

    with system("units as if imported"):
        units = plant_units()
    page = today_page(client)
    assert done(page) == ["Import the units"]
    (appoint,) = re.findall(r'href="(/appointments/[^"]*unit=IN[^"]*)"', page)
    assert 'href="/notice/"' not in page, "only an office publishes it"

    given = {
        "unit": "IN",
        "hierarchy": "1",
        "office": "national_president",
        "phone": PHONE,
        "name": "Mohan Lal",
        "starts_on": str(today()),
        "ends_on": "",
        "order_no": "",
    }
    assert client.post(appoint, given).status_code == 302
    page = today_page(client)
    assert done(page) == ["Import the units", "Appoint an office-bearer"]
    assert 'href="/notice/"' in page and 'href="/programmes/new/"' in page

    assert 'href="/notice/"' in client.get("/programmes/new/").content.decode()
    what = {"template": "membership_drive", "owner": "IN", "hierarchy": "1"}
    what |= {"name_hi": "अभियान", "name_en": "Winter", "opens_on": str(today()), "closes_on": str(today())}
    refused = client.post("/programmes/new/", what)
    assert (
        "Publish the notice first" in refused.content.decode()
        and 'href="/notice/"' in refused.content.decode()
    )
    notice = filled(offered(client))
    assert client.post("/notice/", notice | {"step": "look"}).status_code == 200
    assert client.post("/notice/", notice | {"step": "publish"}).status_code == 302
    assert done(today_page(client))[-1] == "Publish the notice"

    made = client.post("/programmes/new/", what)
    assert made.status_code == 302, made.content.decode()
    draft = made["Location"].removesuffix("draft/who/")
    assert client.post(f"{draft}open/").status_code == 302
    page = today_page(client)
    assert "First steps" not in page and "Publish the notice" not in page

    with system("test"):
        (drive,) = queries.programmes_running(units["IN"].pk, today())
    slug = f"/join/drive-{drive.pk}/"
    person = browser()
    read = person.get(slug).content.decode()
    assert "Sangathan" in read and "1 Residency Road" in read, "the notice stands before the form"
    asked = person.post(slug, typed(MEMBER, unit="JK-B001"))
    assert asked.status_code == 302, asked.content.decode()
    turn(phones)
    (letter,) = [each for each in phones.read if each.phone == MEMBER.phone]
    assert code_sent(MEMBER.phone) in letter.text and "Sangathan" in letter.text
    assert "Leave" not in letter.text and "छोड़ें" not in letter.text, "there is no number for leaving"
    assert person.post(asked["Location"], {"code": code_sent(MEMBER.phone)}).status_code == 302

    with system("test"):
        programmes.fold_changes(at=NOW)
        for unit in ("JK-B001", "JK", "IN"):
            (ladder,) = queries.ladders(node=units[unit].pk, hierarchy=1, programmes=[drive], at=NOW).values()
            assert (ladder.reported, ladder.counted) == (1, 1), unit


def appointed(client: Client, unit: str, office: str, phone: str, name: str) -> None:
    """The administrator gives an office on the page."""
    given = {
        "unit": unit,
        "hierarchy": "1",
        "office": office,
        "phone": phone,
        "name": name,
        "starts_on": str(today()),
        "ends_on": "",
        "order_no": "",
    }
    answer = client.post(f"/appointments/new/?unit={unit}&hierarchy=1", given)
    assert answer.status_code == 302, answer.content.decode()


def step(page: str, title: str) -> str:
    """One of the first steps, as text with its links."""
    (found,) = [
        each
        for each in re.findall(r"<li[ >].*?</li>", page, re.DOTALL)
        if title in each.split('class="meta"')[0]
    ]
    return " ".join(found.split())


def test_a_step_is_ticked_only_once_somebody_can_do_the_next_ones() -> None:
    translation.activate("en")
    client = signed_in(init())
    with system("test"):
        for n, name in enumerate(("Rafiq Dar", "Sudha Koul")):
            org.name_data_officer(phone=f"+9198100123{n}7", name=name, by=Actor.system("init"), at=NOW)
    page = today_page(client)
    assert done(page) == [] and "First do this: Import the units." in step(page, "Appoint an office-bearer")
    assert "First do this: Import the units." in step(page, "Open a programme")
    with system("units as if imported"):
        units = plant_units()
        assert seat_awaited_officers(at=NOW) == 2

    # Data officers, and a booth president, can do none of the next steps.
    assert done(today_page(client)) == ["Import the units"]
    with system("test"):
        org.appoint_new(
            phone="+919810012390",
            name="Zubair Lone",
            office="booth_president",
            unit_id=units["JK-B001"].pk,
            by=Actor.system("test"),
            at=NOW,
            language="en",
        )
    page = today_page(client)
    assert done(page) == ["Import the units"]
    assert 'href="/appointments/new/?unit=IN' in step(page, "Appoint an office-bearer")
    for title in ("Publish the notice", "Open a programme"):
        assert "First do this: Appoint an office-bearer." in step(page, title)
    assert "above you" not in page

    # An offer is no tick. The step names the person.
    appointed(client, "JK", "state_president", "98100 12346", "Chandra Kumari")
    page = today_page(client)
    asked = step(page, "Appoint an office-bearer")
    assert done(page) == ["Import the units"]
    assert "Chandra Kumari was asked to be State president, Jammu and Kashmir" in asked, asked
    (offer,) = re.findall(r'href="(/appointments/[0-9a-f-]{36}/)"', asked)
    assert client.get(offer).status_code == 200

    # They accept: the administrator reads who does the rest; they themselves have the buttons.
    with system("test"):
        held = Appointment.objects.get(office__code="state_president")
        account = Account.objects.get(pk=held.account_id)
        hers = Actor(kind="person", id=account.public_id, account_id=account.pk)
        org.answer_offer(public_id=held.public_id, is_accepted=True, by=hers, at=NOW)
    page = today_page(client)
    assert done(page) == ["Import the units", "Appoint an office-bearer"]
    for title in ("Publish the notice", "Open a programme"):
        told = step(page, title)
        assert "State president, Jammu and Kashmir does this: Chandra Kumari." in told and "href" not in told
    theirs = browser(account)
    page = today_page(theirs)
    assert 'href="/notice/"' in step(page, "Publish the notice")
    assert 'href="/programmes/new/"' in step(page, "Open a programme")


def test_who_is_appointed_gets_the_code_to_sign_in() -> None:
    translation.activate("en")
    phones, client = Phones(), signed_in(init())
    with system("units as if imported"):
        plant_units()
    given = {
        "unit": "JK",
        "hierarchy": "1",
        "office": "state_president",
        "phone": "98100 12346",
        "name": "Chandra Kumari",
        "starts_on": str(today()),
        "ends_on": "",
        "order_no": "",
    }
    assert client.post("/appointments/new/?unit=JK&hierarchy=1", given).status_code == 302
    theirs = browser()
    assert theirs.post("/sign-in/", {"phone": "98100 12346"}).status_code == 302
    turn(phones)
    # The message that offers the office goes too, between ten and nine: whether it has gone is the hour's affair.
    assert any(code_sent("+919810012346", "sign_in") in letter.text for letter in phones.read)
    assert {letter.phone for letter in phones.read} == {"+919810012346"}
