"""A call centre in a district, its callers and supervisor, and a queue of people, for tests."""

from datetime import time
from typing import Any
from uuid import uuid4

from abhiyan.contact.models import CallQueue, ContactEntry, ContactList
from abhiyan.core.actor import Actor
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.org import actions as org
from abhiyan.people import actions as people
from abhiyan.people.models import Account
from abhiyan.programmes.models import Measure, Programme

from .at_doors import DAY, announce, contact_programme, listed

JOBS = Actor.system("test")


def call_programme(state: int, *, known: bool = True) -> Programme:
    """A programme of contact with the measure of calls; known: the calendar of polls says something of the state."""
    run = contact_programme(state)
    with system("test"):
        Measure.objects.create(programme=run, number=3, code="called", names={"en": "called", "hi": "called"})
    if known:
        announce(state, JOBS, at=NOW)
    return run


def centre_in(district: int) -> int:
    """A call centre of a district; its id."""
    with system("test"):
        made = org.make_body(
            unit_id=district, kind="centre", names={"en": "Centre"}, seats=100, by=JOBS, at=NOW - 30 * DAY
        )
    return made.pk


def seated(body_id: int, district: int, n: int, office: str = "call_agent") -> Account:
    """Somebody with a seat in a call centre."""
    with system("test"):
        made = people.open_account(phone=f"+9194192{n:05d}", name=f"Asha {n}", language="en", by=JOBS, at=NOW)
        org.appoint(
            account_id=made.pk,
            office=office,
            unit_id=district,
            body_id=body_id,
            starts_on=(NOW - 30 * DAY).date(),
            by=JOBS,
            at=NOW,
        )
    return made


def queue_of(run: Programme, *lists: ContactList, **more: Any) -> CallQueue:
    with system("test"):
        return CallQueue.objects.create(
            **{
                "public_id": uuid4(),
                "programme": run,
                "unit_id": run.owner_id,
                "typed_title": "Beneficiaries",
                "list_ids": [one.pk for one in lists],
                "opens": time(10),
                "closes": time(21),
                "priority": 5,
                "by_bridge": False,
                "made_at": NOW - 3 * DAY,
            }
            | more
        )


def people_to_call(run: Programme, unit_id: int, n: int, *, language: str = "hi") -> ContactList:
    """An approved list of n people who speak a language."""
    made = listed(run, unit_id, n)
    with system("test"):
        ContactEntry.objects.filter(list=made).update(language=language)
    return made
