"""An office that was offered to a phone, its question, and the page behind the link of the message."""

from abhiyan.core.actor import Actor
from abhiyan.core.keys import keyring
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.messaging import actions as messaging
from abhiyan.messaging.models import Question
from abhiyan.messaging.rules import questions as rules
from abhiyan.org.models import Appointment
from abhiyan.people import actions as people
from abhiyan.people.models import Account

from .make import World, actor

HOOK = Actor.public()
PHONE = "+919419000031"


def world_with_texts() -> World:
    found = World()
    with system("test"):
        messaging.publish_templates(at=NOW, by=Actor.system("test"))
    return found


def offer(
    world: World, code: str = "N111", giver: tuple[str, str] = ("district_president", "N11")
) -> Appointment:
    by = actor(world.holder(*giver))
    with system("test"):
        meena = people.open_account(phone=PHONE, name="Meena Bai", by=HOOK, at=NOW)
    return world.appoint(meena, "mandal_president", code, by=by, at=NOW, is_accepted=False)


def again(held: Appointment) -> Appointment:
    with system("test"):
        return Appointment.objects.get(pk=held.pk)


def holder_of(held: Appointment) -> Account:
    with system("test"):
        return Account.objects.get(pk=held.account_id)


def asked(held: Appointment) -> Question:
    with system("test"):
        return Question.objects.get(about=held.public_id)


def word(held: Appointment) -> str:
    return rules.word(keyring().token, asked(held).pk, 1)


def page(held: Appointment) -> str:
    return f"/office/{rules.link_part(keyring().token, asked(held).pk, 1)}/"
