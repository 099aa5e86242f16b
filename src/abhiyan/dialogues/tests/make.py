"""A programme of dialogues in the named world: leaders with phones, presidents of booths, and their days."""

import json
from datetime import date, datetime, timedelta
from uuid import uuid4

from abhiyan.core.actor import Actor
from abhiyan.core.keys import keyring
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.dialogues import actions
from abhiyan.dialogues.actions import CallReport
from abhiyan.dialogues.models import Dialogue
from abhiyan.messaging.models import Message
from abhiyan.org.tests.make import World, actor
from abhiyan.people import actions as people
from abhiyan.people.models import Account
from abhiyan.programmes.models import Measure, Programme, ProgrammeUnit

TODAY = NOW.date()  # Wednesday, 25 November 2026
DAY = timedelta(days=1)
JOBS = Actor.system("test")
TALKED = CallReport("talked", True, 2)


def clock(hour: int, minute: int = 0, *, days: int = 0) -> datetime:
    """A time of the day in India."""
    midnight = NOW.replace(hour=0, minute=0) - timedelta(hours=5, minutes=30)
    return midnight + timedelta(days=days, hours=hour, minutes=minute)


def reachable(world: World, office: str, code: str, n: int, name: str = "", language: str = "en") -> Account:
    """Somebody in an office whose phone is kept."""
    with system("test"):
        account = people.open_account(
            phone=f"+9194190{n:05d}",
            name=name or f"Asha {code}",
            language=language,
            by=JOBS,
            at=NOW,
        )
    world.appoint(account, office, code)
    return account


def programme(owner: int, *, opens: date = TODAY - 9 * DAY, days: int = 200) -> Programme:
    with system("test"):
        made = Programme.objects.create(
            public_id=uuid4(),
            kind="dialogues",
            names={"en": "Dialogues", "hi": "बूथ संवाद"},
            state="open",
            owner_id=owner,
            opens_on=opens,
            closes_on=opens + days * DAY,
            made_at=NOW,
        )
        Measure.objects.create(programme=made, number=1, code="talks", names={"en": "Talks", "hi": "बातचीत"})
        ProgrammeUnit.objects.create(programme=made, unit_id=owner)
    return made


def morning(*, days: int = 0) -> int:
    with system("test"):
        return actions.give_out(by=JOBS, at=clock(7, days=days))


def calls(leader: Account | None = None, *, days: int = 0) -> list[Dialogue]:
    with system("test"):
        found = Dialogue.objects.filter(day=TODAY + days * DAY).order_by("unit_id")
        return list(found.filter(leader_id=leader.pk) if leader else found)


def note(leader: Account, call: Dialogue, noted: CallReport = TALKED, *, at: datetime = NOW) -> Dialogue:
    return actions.note_dialogue(call=call.pk, noted=noted, by=actor(leader), at=at)[0]


def texts(account: Account, template: str) -> list[dict[str, str]]:
    with system("test"):
        rows = Message.objects.filter(phone_id=account.phone_id, template=template).order_by("queued_at")
        return [json.loads(keyring().unseal(bytes(row.sealed_blanks), about=row.pk.bytes)) for row in rows]
