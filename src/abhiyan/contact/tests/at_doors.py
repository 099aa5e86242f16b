"""A contact programme in the named world with a list of doors, for tests."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from abhiyan.contact.actions.tries import end_try
from abhiyan.contact.models import ContactEntry, ContactList, ContactTry
from abhiyan.core.actor import Actor
from abhiyan.core.keys import keyring
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.people import actions as people
from abhiyan.polls import actions as polls
from abhiyan.programmes.models import Measure, Programme, ProgrammeUnit
from abhiyan.units.models import Unit

JOBS = Actor.system("test")
TODAY, DAY = NOW.date(), timedelta(days=1)  # Wednesday, 25 November 2026, 12:00 in India
POINT = (33.08, 74.83)
HER = "+919419066601"


def contact_programme(owner: int, *, days: int = 60) -> Programme:
    with system("test"):
        made = Programme.objects.create(
            public_id=uuid4(),
            kind="contact",
            names={"en": "Meet people at their doors", "hi": "घर-घर संपर्क"},
            state="open",
            owner_id=owner,
            opens_on=TODAY - DAY,
            closes_on=TODAY + (days - 2) * DAY,
            made_at=NOW,
        )
        for number, code in ((1, "talked"), (2, "listed")):
            Measure.objects.create(programme=made, number=number, code=code, names={"en": code, "hi": code})
        ProgrammeUnit.objects.create(programme=made, unit_id=owner)
    return made


def listed(run: Programme, unit_id: int, n: int, *, scheme: str = "", **more: Any) -> ContactList:
    """An approved list of n named people with phones in one unit."""
    with system("test"):
        Unit.objects.filter(pk=unit_id).update(lat=POINT[0], lon=POINT[1])
        made = ContactList.objects.create(
            public_id=uuid4(),
            programme=run,
            unit_id=run.owner_id,
            typed_title="Ujjwala",
            source="District office",
            basis="given",
            purpose="A talk about a public scheme",
            scheme=scheme,
            responsible_id=0,
            last_day=TODAY + 30 * DAY,
            state="approved",
            made_at=NOW,
            **more,
        )
        phones = people.keep_phones(phones=[f"+9194193{made.pk % 10}{unit_id % 10}{k:03d}" for k in range(n)])
        rows = []
        for k, phone_id in enumerate(phones):
            ident = uuid4()
            rows.append(
                ContactEntry(
                    public_id=ident,
                    list=made,
                    unit_id=unit_id,
                    person_name=keyring().seal(f"Person {k}".encode(), about=ident.bytes),
                    phone_id=phone_id,
                    door=f"House {k}",
                    lat=POINT[0] + k / 10_000,
                    lon=POINT[1],
                )
            )
        ContactEntry.objects.bulk_create(rows)
    return made


def entries(**which: Any) -> list[ContactEntry]:
    with system("test"):
        return list(ContactEntry.objects.filter(**which).order_by("pk"))


def tries(**which: Any) -> list[ContactTry]:
    with system("test"):
        return list(ContactTry.objects.filter(**which).order_by("stored_at"))


def talks_of_others(phone_id: UUID, unit_id: int, programme_id: int, n: int, *, at: datetime = NOW) -> None:
    """Some others talked with a phone, on days before."""
    with system("test"):
        for days in range(1, n + 1):
            talk = ContactTry(
                id=uuid4(),
                programme_id=programme_id,
                unit_id=unit_id,
                way=ContactTry.Way.FRIEND,
                outcome=ContactTry.Outcome.TALKED,
                about=uuid4(),
                phone_id=phone_id,
            )
            by = Actor("person", uuid4(), 7)
            end_try(made=talk, phone_id=phone_id, by=by, at=at, age=days * DAY)


def no_poll(unit_id: int, *, at: datetime = NOW) -> None:
    """The calendar of polls says that a state has no poll."""
    day, until = at.date(), at.date() + 60 * DAY
    stated = polls.StatedPoll("none", "No poll", day, until, "A letter", [(None, [unit_id])])
    with system("test"):
        poll = polls.store_poll_version(stated=stated, by=JOBS, at=at)
        polls.confirm_poll(public_id=poll.public_id, by=JOBS, at=at)


def announce(unit_id: int, by: Any, *, at: datetime, closes_in: timedelta = 9 * DAY) -> None:
    """An election is announced in a state."""
    stated = polls.StatedPoll(
        "assembly",
        "Poll",
        at.date(),
        (at + closes_in).date() + 3 * DAY,
        "A letter",
        [(at + closes_in, [unit_id])],
    )
    with system("test"):
        poll = polls.store_poll_version(stated=stated, by=by, at=at)
        polls.confirm_poll(public_id=poll.public_id, by=by, at=at)
