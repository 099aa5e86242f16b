"""A programme of stays in the named world: workers with phones, places with points, and their days."""

import json
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from abhiyan.core.actor import Actor
from abhiyan.core.keys import keyring
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.imports import actions as imports
from abhiyan.imports import running
from abhiyan.imports.models import RefusedRow, StagedImport
from abhiyan.messaging.models import Message
from abhiyan.org.tests.make import World
from abhiyan.people import actions as people
from abhiyan.people.models import Account
from abhiyan.programmes.models import Measure, Programme, ProgrammeUnit
from abhiyan.stays import actions
from abhiyan.stays.actions import NewStay
from abhiyan.stays.models import Stay
from abhiyan.units.models import Unit

TODAY = NOW.date()  # Wednesday, 25 November 2026, 12:00 in India
DAY = timedelta(days=1)
JOBS = Actor.system("test")
HOST = "+919419055500"
POINT = (33.08, 74.83)


def reachable(world: World, office: str, code: str, n: int, name: str = "", language: str = "en") -> Account:
    """Somebody in an office whose phone is kept."""
    with system("test"):
        account = people.open_account(
            phone=f"+9194190{n:05d}", name=name or f"Worker {n}", language=language, by=JOBS, at=NOW
        )
    world.appoint(account, office, code)
    return account


def programme(
    owner: int, *, opens: date = TODAY - DAY, days: int = 3, unit: int = 0, kind: str = "stays"
) -> Programme:
    with system("test"):
        made = Programme.objects.create(
            public_id=uuid4(),
            kind=kind,
            names={"en": "Village stays", "hi": "गाँव प्रवास"},
            state="open",
            owner_id=owner,
            opens_on=opens,
            closes_on=opens + (days - 1) * DAY,
            made_at=NOW,
        )
        Measure.objects.create(programme=made, number=1, code="stays", names={"en": "Stays", "hi": "प्रवास"})
        ProgrammeUnit.objects.create(programme=made, unit_id=unit or owner)
    return made


def points(world: World, **at: tuple[float, float] | None) -> None:
    """Give places their points."""
    with system("test"):
        for code, point in at.items():
            lat, lon = point or (None, None)
            Unit.objects.filter(pk=world.unit(code)).update(lat=lat, lon=lon)


def assigned(
    run: Programme, unit_id: int, worker: Account, *, host: str = HOST, at: datetime = NOW, by: Actor = JOBS
) -> Stay:
    return actions.assign_stay(
        programme=run, new=NewStay(unit_id, worker.pk, "Ghulam Rasool", host), by=by, at=at
    )


def accepted(run: Programme, unit_id: int, worker: Account, **more: Any) -> Stay:
    """The same, and the worker goes."""
    made = assigned(run, unit_id, worker, **more)
    by = Actor("person", worker.public_id, worker.pk)
    return actions.answer_stay(stay=made.pk, accepts=True, by=by, at=more.get("at", NOW))


def stay(ident: object) -> Stay:
    with system("test"):
        return Stay.objects.get(pk=str(ident))


def texts(phone: str, template: str) -> list[dict[str, str]]:
    """The blanks of what was sent to a number (E.164)."""
    with system("test"):
        rows = Message.objects.filter(phone_id=keyring().phone_id(phone), template=template).order_by(
            "queued_at"
        )
        return [json.loads(keyring().unseal(bytes(row.sealed_blanks), about=row.pk.bytes)) for row in rows]


def bring(path: Path, rows: str, unit_id: int, run: Programme, by: Actor, *steps: str) -> StagedImport:
    """A list of stays, checked, and taken through these steps."""
    path.write_text(rows)
    with system("test"):
        public_id = imports.import_file(
            kind_key="stays",
            path=path,
            by=by,
            at=NOW,
            unit_id=unit_id,
            options={"programme": str(run.public_id)},
        )
        for step in ("check", *steps):
            imports.ask_import_step(public_id=public_id, step=step, by=by, at=NOW)
            running.run_import_step(public_id, step, at=NOW)
        return StagedImport.objects.get(public_id=public_id)


def refused(staged: StagedImport) -> list[tuple[int, str, str]]:
    with system("test"):
        rows = RefusedRow.objects.filter(import_id=staged.pk).order_by("row", "field")
        return [(row.row, row.field, row.reason) for row in rows]
