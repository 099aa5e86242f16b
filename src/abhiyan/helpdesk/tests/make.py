"""Requests of the small world, as texts bring them and agents type them."""

from datetime import datetime
from uuid import UUID, uuid4

from abhiyan.core.actor import Actor
from abhiyan.core.scope import system
from abhiyan.enrolment.tests.make import CHANNEL, Human, World
from abhiyan.helpdesk import actions
from abhiyan.helpdesk.models import Ticket, TicketLine
from abhiyan.intake.actions import texts
from abhiyan.messaging import queries as messages
from abhiyan.messaging.rules import inbound
from abhiyan.messaging.tests.bulk import Kept
from abhiyan.messaging.tests.sending import send_due

BY = Actor.system("test")
NUMBER = "+911800000001"


def write(world: World, text: str, of: Human = World.asha, *, at: datetime | None = None) -> None:
    """An SMS, as its webhook brings it."""
    sms = inbound.Sms("generic", uuid4().hex, of.phone, NUMBER, text, None)
    told = texts.TextIn(sms, "sms", NUMBER, "join", world.programme.pk)
    texts.hear_text(text_in=told, by=CHANNEL, at=at or world.now)


def typed(world: World, text: str = "My card did not come", **more: object) -> Ticket:
    given = {
        "way": Ticket.Way.CALL,
        "phone": World.asha.phone,
        "texts": [text],
        "unit_id": world.booth.pk,
        "language": "en",
        "kind": "card",
    } | more
    return actions.type_ticket(opening=actions.Opening(**given), by=BY, at=world.now)  # type: ignore[arg-type]  # by name


def one() -> Ticket:
    with system("test"):
        return Ticket.objects.get()


def answered(world: World, ident: UUID, *, is_done: bool = True) -> Ticket:
    return actions.answer_ticket(ticket=ident, text="It is on its way", is_done=is_done, by=BY, at=world.now)


def reached(world: World) -> datetime:
    """Let waiting messages go out at their hours, and arrive. Returns when."""
    at = messages.asks_from(world.now)
    send_due(Kept(), at=at)
    return at


def lines(ident: UUID) -> list[str]:
    with system("test"):
        return list(TicketLine.objects.filter(ticket=ident).order_by("pk").values_list("what", flat=True))
