"""The world of the act, with browsers in it: somebody who reads their SMS and types what it says."""

import json
import re
from datetime import date, timedelta
from html import unescape
from typing import Any
from uuid import uuid4

from django.db.models.expressions import RawSQL
from django.test import Client
from django.utils import translation

from abhiyan.core import clock
from abhiyan.core.keys import keyring
from abhiyan.core.scope import system
from abhiyan.core.tests.given import present
from abhiyan.messaging import actions as messaging
from abhiyan.messaging.models import Message
from abhiyan.org import actions as org
from abhiyan.people.tests.make import browser, kept_account

from .make import CHANNEL, Human, World


def today() -> date:
    return clock.day_in("Asia/Kolkata", present())


def web_world() -> World:
    """A drive that is open now, by the real clock."""
    world = World.make(opens_on=today() - timedelta(days=5), closes_on=today() + timedelta(days=20))
    world.now = present()
    with system("tests build their world"):
        messaging.publish_templates(at=world.now, by=CHANNEL)
        org.ensure_offices()
    return world


def typed(human: Human, **other: str) -> dict[str, str]:
    """Return what somebody types into the form, without a place."""
    form = {
        "adult": "yes",
        "birth_year": str(human.birth_year),
        "name": human.name,
        "phone": human.phone.removeprefix("+91"),
        "membership": "on",
        "key": uuid4().hex,
    }
    return form | other


def blanks(phone: str, template: str) -> list[dict[str, str]]:
    """Return what filled the messages of a template to a phone, oldest first."""
    with system("tests read an SMS"):
        found = Message.objects.filter(phone_id=keyring().phone_id(phone), template=template)
        # Within one instant they are ordered by the transaction that wrote them: ids are drawn and tell no order.
        rows = list(found.order_by("queued_at", RawSQL("messaging_message.xmin::text::bigint", ())))
    return [json.loads(keyring().unseal(bytes(row.sealed_blanks), about=row.pk.bytes)) for row in rows]


def code_sent(phone: str, purpose: str = "join") -> str:
    """The code of the last SMS to a phone."""
    return blanks(phone, f"code.{purpose}")[-1]["code"]


def join(world: World, human: Human, client: Client | None = None, **other: str) -> Client:
    """Somebody joins on the page of the drive, code and all; their browser."""
    client = client or browser()
    slug = "winter"
    answer = client.post(f"/join/{slug}/", typed(human, **other))
    assert answer.status_code == 302, answer.content.decode()
    if answer["Location"].endswith("/code/"):
        answer = client.post(answer["Location"], {"code": code_sent(human.phone)})
        assert answer.status_code == 302, answer.content.decode()
    assert answer["Location"] == f"/join/{slug}/done/"
    return client


def open_me(human: Human, client: Client | None = None) -> Client:
    """Somebody proves their phone on the page of their membership."""
    client = client or browser()
    assert client.post("/me/", {"phone": human.phone}).status_code == 302
    assert client.post("/me/code/", {"code": code_sent(human.phone, "member")}).status_code == 302
    return client


def officer(world: World, office: str, unit: str, *, hierarchy: int = 1) -> Client:
    """The browser of somebody in an office, signed in with both proofs."""
    at = present()
    with system("tests appoint"):
        account = kept_account(
            public_id=uuid4(),
            phone_id=uuid4(),
            last4="4213",
            name=f"{office} of {unit}",
            language="en",
            created_at=at,
        )
        org.appoint(
            account_id=account.pk,
            office=office,
            unit_id=world.units[unit].pk,
            hierarchy=hierarchy,
            starts_on=today() - timedelta(days=30),
            by=world_actor(),
            at=at,
        )
    return browser(account)


def world_actor() -> Any:
    from abhiyan.core.actor import Actor

    return Actor.system("test")


def main(html: bytes) -> str:
    """The page without what differs each time: tokens, keys, dates."""
    text = html.decode().split("<main", 1)[1].split("</main>", 1)[0]
    text = re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", text)
    return re.sub(r'name="key" value="[^"]*"', "", text)


def words(language: str = "en") -> Any:
    return translation.override(language)


# The parts of the standard notice that a sender fills in.
FILLED = {
    "[address]": "1 Residency Road, Srinagar",
    "[name of the data officer]": "Asha Devi",
    "[telephone and e-mail]": "0194 2000000",
    "[पता]": "1 रेज़िडेंसी रोड, श्रीनगर",
    "[डेटा अधिकारी का नाम]": "आशा देवी",
    "[फ़ोन और ई-मेल]": "0194 2000000",
}


def offered(client: Client) -> dict[str, str]:
    """Return what the form of the page would send back untouched."""
    page = client.get("/notice/").content.decode()
    boxes = re.findall(r'<textarea name="(\w+)"[^>]*>\s*(.*?)</textarea>', page, re.DOTALL)
    seen = re.search(r'name="seen" value="(\d+)"', page)
    assert seen, page
    return {name: unescape(text) for name, text in boxes} | {"seen": seen[1]}


def filled(typed: dict[str, str]) -> dict[str, str]:
    for hole, text in FILLED.items():
        typed = {name: value.replace(hole, text) for name, value in typed.items()}
    return typed
