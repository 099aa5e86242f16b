"""A programme of contact in the named world: lists, their files, and the person who approves them."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from abhiyan.contact import actions
from abhiyan.contact.actions import NewList
from abhiyan.contact.models import ContactEntry, ContactList
from abhiyan.core.actor import Actor
from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.imports import actions as imports
from abhiyan.imports import running
from abhiyan.imports.models import RefusedRow, StagedImport
from abhiyan.org import actions as releases
from abhiyan.programmes.models import Measure, Programme, ProgrammeUnit

TODAY = NOW.date()  # Wednesday, 25 November 2026, 12:00 in India
DAY = timedelta(days=1)
PDF = b"%PDF-1.4\nconsent forms\n%%EOF"


def contact_run(owner: int, *, opens: date = TODAY - 10 * DAY, days: int = 60) -> Programme:
    """An open programme of contact in a unit."""
    with system("test"):
        made = Programme.objects.create(
            public_id=uuid4(),
            kind="contact",
            names={"en": "Doors", "hi": "घर-घर संपर्क"},
            state="open",
            owner_id=owner,
            opens_on=opens,
            closes_on=opens + (days - 1) * DAY,
            made_at=NOW,
        )
        for number, code in ((1, "talked"), (2, "listed")):
            Measure.objects.create(programme=made, number=number, code=code, names={"en": code, "hi": code})
        ProgrammeUnit.objects.create(programme=made, unit_id=owner)
    return made


def new_list(**other: Any) -> NewList:
    """An office's words about a sound list."""
    given: dict[str, Any] = {
        "title": "Gas connections",
        "source": "Consent forms of the October camp",
        "basis": "consent",
        "purpose": "Ask how the scheme works for them",
        "last_day": TODAY + 30 * DAY,
        "scheme": "PMUY",
        "document": PDF,
    }
    return NewList(**(given | other))


def bring(path: Path, rows: str, of: ContactList, by: Actor) -> UUID:
    """A file for a list, checked."""
    path.write_text(rows)
    with system("test"):
        public_id = imports.import_file(
            kind_key="contact",
            path=path,
            by=by,
            at=NOW,
            unit_id=of.unit_id,
            options={"list": str(of.public_id)},
        )
    step(public_id, "check", by)
    return public_id


def step(public_id: UUID, name: str, by: Actor) -> StagedImport:
    """One step of an import, done."""
    with system("test"):
        imports.ask_import_step(public_id=public_id, step=name, by=by, at=NOW)
        running.run_import_step(public_id, name, at=NOW)
        return StagedImport.objects.get(public_id=public_id)


def approved(of: ContactList, by: Actor, officer: Actor) -> None:
    """A second person approves a list."""
    asked = actions.ask_list(public_id=of.public_id, by=by, at=NOW)
    releases.decide_release(public_id=asked.public_id, allow=True, by=officer, at=NOW)


def filled(tmp_path: Path, rows: str, of: ContactList, by: Actor, officer: Actor) -> UUID:
    """A list whose file is checked, approved and imported."""
    public_id = bring(tmp_path / "list.csv", rows, of, by)
    approved(of, by, officer)
    assert step(public_id, "commit", by).state == "done"
    return public_id


def refused(public_id: UUID) -> list[tuple[int, str, str]]:
    """Return the refused rows of an import: (row, column, reason)."""
    with system("test"):
        rows = RefusedRow.objects.filter(import_id=StagedImport.objects.get(public_id=public_id).pk)
        return [(row.row, row.field, row.reason) for row in rows.order_by("row", "field")]


def entries(of: ContactList) -> list[ContactEntry]:
    with system("test"):
        return list(ContactEntry.objects.filter(list=of).order_by("pk"))


def again(of: ContactList) -> ContactList:
    with system("test"):
        return ContactList.objects.get(pk=of.pk)
