"""Bringing a list: begin, receive its bytes, say which column is which, and ask for check, commit or undo.

It needs the kind's capability over the import's unit, checked at every act and again when the job runs. Locks: the
import's row, first and alone.
"""

import os
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from abhiyan.core import audit, declared, jobs, limits, lot
from abhiyan.core.actor import Actor
from abhiyan.core.file_pool import OF_A_LIST, OF_A_PAGE, FilesBusy
from abhiyan.core.refusals import NotFound, Refused, or_refuse

from . import authority, correcting, looks, running, store
from .kinds import ImportKind, kind_of_import
from .models import StagedImport
from .queries import (
    failed_before_commit,
    import_for,
    is_all_refused,
    may_ask_step,
    may_correct,
    preview_of,
    waits,
)
from .tables.reasons import TableRefused
from .tables.sniffing import Problem, is_packed, mapped, sniff

State = StagedImport.State
PIECE_BYTES = 1 << 20  # of one `receive`, small enough for a bad line.
LOCAL_PIECE_BYTES = 8 << 20  # the same, of a file that lies on this machine.
# A file up to this is looked at while its last piece is received, a larger one by a job. A packed file unpacks
# to a hundred times as much: a sheet of two megabytes may hold twenty million rows.
SOON_BYTES, SOON_PACKED_BYTES = 4 << 20, 256 << 10
MOST_OFFERED = 20  # choices named in a refusal
LONGEST_NAME = 120


class FileEmpty(Refused, code="empty"):
    """A file without a byte."""

    message = _("The file is empty.")


class FileTooLarge(Refused):
    """More than a step may hold in memory."""

    message = _("The file is larger than %(limit_mb)s MB. Split it.")


class WrongOffset(Refused, status=409):
    """A piece that does not follow what is held. `received`: where to go on."""

    message = _("The upload goes on at byte %(received)s.")


class PieceTooLarge(Refused, status=413):
    """One piece holds more than a piece may, or more than the file was said to hold."""

    message = _("The piece sent is too large. Upload the file again.")


class AnotherFile(Refused):
    """An upload that was interrupted is gone on with by a file that is not the same."""

    message = _("This is not the file the upload began with. Choose the same file, or begin a new import.")


class ImportMovedOn(Refused, code="wrong_state", status=409):
    """The import is not at the point this act belongs to; somebody else may have been quicker."""

    message = _("The import has moved on. Load the page again to see how far it is.")


class NothingToTake(Refused):
    """Every row was refused at the check."""

    message = _("Nothing can be imported: every row is refused. Correct the rows and upload the list again.")


class NotReady(Refused):
    """Columns are still to be named, or something is wrong with the named ones."""

    message = _("The columns are not settled yet: %(problem)s")


class BadOption(Refused):
    """A choice is missing, or not one of those on offer."""

    message = _("Choose one of these for “%(option)s”: %(offered)s.")


class OptionMissing(BadOption):
    """Something that has to be said of the file is not."""

    message = _("Say “%(option)s”.")


def begin_import(
    *,
    kind_key: str,
    file_name: str,
    file_bytes: int,
    options: Mapping[str, str],
    by: Actor,
    at: datetime,
    unit_id: int | None = None,
) -> StagedImport:
    """Open an import of a file of so many bytes, for the list of a unit; its bytes follow by `receive`.

    Refuses by FileEmpty, FileTooLarge, BadOption, TooMany, what the kind says of its options, or what the authority
    raises.
    """
    of_kind = kind_of_import(kind_key)
    authority.require_for_list(by, of_kind.capability, unit_id=unit_id)
    if file_bytes <= 0:
        raise FileEmpty(field="file")
    if file_bytes > of_kind.max_bytes:
        raise FileTooLarge(field="file", limit_mb=of_kind.max_bytes >> 20)
    chosen = _options(of_kind, options)
    if of_kind.options_fit is not None:
        of_kind.options_fit(chosen)
    if by.kind != "system":
        limits.count_or_refuse(declared.IMPORTS_BEGUN, str(by.id), at=at)
    with transaction.atomic():
        staged = StagedImport(
            public_id=lot.uuid(),
            kind=of_kind.key,
            state=State.RECEIVING,
            file_name=_file_name(file_name),
            file_bytes=file_bytes,
            unit_id=unit_id,
            account_id=by.account_id,
            options=chosen,
            asked_by=_kept(by),
            created_at=at,
            worked_at=at,
        )
        staged.save(force_insert=True)
        audit.record(
            by=by,
            at=at,
            act="imports.begun",
            subject=str(staged.public_id),
            unit_id=unit_id,
            facts={"kind": of_kind.key, "bytes": file_bytes},
        )
    return staged


def _is_quick(staged: StagedImport) -> bool:
    """Return True if a file that is there whole can be looked at within a request."""
    size = staged.file_bytes
    if size <= SOON_PACKED_BYTES or size > SOON_BYTES:
        return size <= SOON_PACKED_BYTES
    return not is_packed(store.beginning(staged.public_id, size=size))


def receive(*, public_id: UUID, offset: int, piece: bytes, by: Actor, at: datetime) -> int:
    """Keep a piece of the file. Returns the bytes now held, which is where the next piece begins.

    It is kept, sealed, when this returns; and held once the transaction commits. A piece sent again is answered
    again. After the last one the file is looked at. Refuses by WrongOffset, PieceTooLarge, ImportMovedOn, FileGone.
    """
    with transaction.atomic():
        staged = _locked(public_id, by)
        n_bytes = staged.received_bytes
        if offset < n_bytes and offset + len(piece) <= n_bytes:
            return n_bytes  # its answer was lost
        if staged.state != State.RECEIVING:
            raise ImportMovedOn
        if offset != n_bytes or not piece:
            raise WrongOffset(received=n_bytes)
        most = LOCAL_PIECE_BYTES if by.kind == "system" else PIECE_BYTES
        if len(piece) > most or n_bytes + len(piece) > staged.file_bytes:
            raise PieceTooLarge
        store.append(public_id, offset=offset, piece=piece)
        staged.received_bytes = n_bytes + len(piece)
        staged.worked_at = at
        if staged.received_bytes == staged.file_bytes:
            staged.state = State.RECEIVED
            staged.file_sha256 = store.digest(public_id, size=staged.file_bytes)
        staged.save()
        if staged.state == State.RECEIVED and not _is_looked_at(staged, at=at):
            jobs.later("core.import_look", str(public_id), at=at, public_id=str(public_id))
    return staged.received_bytes


def go_on(*, public_id: UUID, file_name: str, file_bytes: int, by: Actor) -> int:
    """Return where an interrupted upload of this file goes on. Refuses by AnotherFile when name or size differ."""
    with transaction.atomic():
        staged = _locked(public_id, by)
        if (staged.file_name, staged.file_bytes) != (_file_name(file_name), file_bytes):
            raise AnotherFile(field="file")
        return staged.received_bytes


def look_at_file(*, public_id: UUID, at: datetime, by: Actor, sheet: str | None = None) -> StagedImport:
    """Find out what the file is and guess its columns; again for another sheet of a workbook.

    A file nothing can be made of leaves the import failed, with the reason. Refuses FilesBusy.
    """
    with transaction.atomic():
        staged = _locked(public_id, by)
        if staged.state not in (State.RECEIVED, State.CHECKED) and not failed_before_commit(staged):
            raise ImportMovedOn
        _look(staged, at=at, sheet=sheet)
    return staged


def _is_looked_at(staged: StagedImport, *, at: datetime) -> bool:
    """Look at a file that was just received, if that is quick and the pool has room. Returns True if it was done."""
    if not _is_quick(staged):
        return False
    try:
        _look(staged, at=at)
    except FilesBusy:
        return False
    return True


def _look(staged: StagedImport, *, at: datetime, sheet: str | None = None) -> None:
    layout = kind_of_import(staged.kind).layout
    bounds = OF_A_PAGE if _is_quick(staged) else OF_A_LIST
    try:
        with store.clear(staged.public_id, size=staged.file_bytes) as path:
            preview = sniff(path, layout, sheet=sheet, bounds=bounds)
    except (TableRefused, store.FileGone) as refused:
        staged.state, staged.step = State.FAILED, "look"
        staged.error, staged.error_facts = refused.code, running.error_facts(refused)
        staged.save()
        transaction.on_commit(lambda: store.forget_file(staged.public_id))
        return
    staged.state, staged.step, staged.error, staged.error_facts = State.RECEIVED, "", "", {}
    staged.look = looks.preview_to_json(preview)
    staged.mapping = dict(preview.mapping)
    staged.dropped = dict(preview.dropped)
    staged.counts, staged.discarded, staged.notes = {}, {}, {}
    staged.worked_at = at
    staged.save()


def set_mapping(*, public_id: UUID, mapping: Mapping[str, int], by: Actor) -> tuple[Problem, ...]:
    """Say which column is which. Kept if nothing is wrong with it; returns what is to be known or settled."""
    with transaction.atomic():
        staged = _locked(public_id, by)
        if staged.state not in (State.RECEIVED, State.CHECKED) and not failed_before_commit(staged):
            raise ImportMovedOn
        preview = or_refuse(preview_of(staged), ImportMovedOn)
        judged = mapped(preview, kind_of_import(staged.kind).layout, mapping)
        if judged.ready:
            staged.mapping = dict(mapping)
            staged.state, staged.step, staged.error, staged.error_facts = State.RECEIVED, "", "", {}
            staged.counts, staged.discarded, staged.notes = {}, {}, {}
            staged.save()
    return judged.problems


def check(*, public_id: UUID, by: Actor, at: datetime) -> None:
    """Ask for a check: every row read, nothing changed, outcomes counted. Refuses by NotReady, ImportMovedOn."""
    _ask(public_id, "check", by=by, at=at)


def check_when_sure(*, public_id: UUID, by: Actor, at: datetime) -> None:
    """Ask for the check of a list just looked at, when there is nothing to ask or to tell of its columns."""
    with transaction.atomic():
        staged = _locked(public_id, by)
        preview = preview_of(staged)
        if staged.state == State.RECEIVED and preview is not None and not preview.problems:
            check(public_id=public_id, by=by, at=at)


def commit(*, public_id: UUID, by: Actor, at: datetime) -> None:
    """Ask for the import itself, once it is checked; or to go on with one that was interrupted."""
    _ask(public_id, "commit", by=by, at=at)


def undo(*, public_id: UUID, by: Actor, at: datetime) -> None:
    """Ask for everything an import did to be reversed, also what an interrupted one did."""
    _ask(public_id, "undo", by=by, at=at)


def discard_import(*, public_id: UUID, by: Actor, at: datetime) -> None:
    """Drop an import that has changed nothing, and its file at once."""
    with transaction.atomic():
        staged = _locked(public_id, by)
        if not may_ask_step(staged, "discard"):
            raise ImportMovedOn
        staged.state, staged.look, staged.worked_at = State.DISCARDED, {}, at
        staged.save()
        audit.record(by=by, at=at, act="imports.discarded", subject=str(public_id), unit_id=staged.unit_id)
        for name in (public_id, store.refused_rows_id(public_id)):
            transaction.on_commit(partial(store.forget_file, name))


def take_refused(*, public_id: UUID, by: Actor, at: datetime) -> Iterator[list[str]]:
    """The refused rows of a list, to correct: names of columns, then rows with their reasons. Only for who brought it.

    Refuses by NotFound where nothing is kept, or for anybody else: it holds what its own file held.
    """
    staged = import_for(public_id)
    authority.require_for_list(by, kind_of_import(staged.kind).capability, unit_id=staged.unit_id)
    if not may_correct(staged, by):
        raise NotFound
    audit.record(
        by=by,
        at=at,
        act="imports.refused_taken",
        subject=str(public_id),
        unit_id=staged.unit_id,
        n=staged.counts["refused"],
        facts={"kind": staged.kind},
    )
    return correcting.rows_to_correct(staged)


def import_file(
    *,
    kind_key: str,
    path: Path,
    by: Actor,
    at: datetime,
    options: Mapping[str, str] | None = None,
    unit_id: int | None = None,
    file_name: str = "",
) -> UUID:
    """Begin an import of a file of this machine and receive it whole: the command line, the demo, tests."""
    staged = begin_import(
        kind_key=kind_key,
        file_name=file_name or path.name,
        file_bytes=path.stat().st_size,
        options=options or {},
        unit_id=unit_id,
        by=by,
        at=at,
    )
    size = LOCAL_PIECE_BYTES if by.kind == "system" else PIECE_BYTES
    with path.open("rb") as file:
        offset = 0
        while piece := file.read(size):
            offset = receive(public_id=staged.public_id, offset=offset, piece=piece, by=by, at=at)
    staged.refresh_from_db()
    if staged.state == State.RECEIVED and not staged.look:
        look_at_file(public_id=staged.public_id, at=at, by=by)
    return staged.public_id


def ask_import_step(*, public_id: UUID, step: str, by: Actor, at: datetime) -> None:
    """As check, commit and undo, for who runs the step itself (running.run_import_step): a job goes on when it dies."""
    _ask(public_id, step, by=by, at=at, wait=jobs.BUSY)


def _ask(public_id: UUID, step: str, *, by: Actor, at: datetime, wait: timedelta = timedelta()) -> None:
    with transaction.atomic():
        _asked(public_id, step, by=by, at=at)
        key = f"{public_id}/{step}"
        jobs.later("core.import_step", key, at=at + wait, public_id=str(public_id), step=step)


def _asked(public_id: UUID, step: str, *, by: Actor, at: datetime) -> None:
    staged = _locked(public_id, by)
    if not may_ask_step(staged, step):
        raise ImportMovedOn
    if step == "commit" and staged.state == StagedImport.State.CHECKED and is_all_refused(staged):
        raise NothingToTake
    if step == "commit" and (refused := waits(staged, at=at)):
        raise refused
    if step == "check":
        preview = preview_of(staged)
        problem = next((p for p in preview.problems if p.blocking), None) if preview else None
        if problem is not None:
            raise NotReady(problem=str(problem))
    staged.state, staged.step = running.UNDER_WAY[step], step
    staged.error, staged.error_facts, staged.progress_pct = "", {}, 0
    staged.asked_by, staged.worked_at = _kept(by), at
    staged.save()
    audit.record(
        by=by,
        at=at,
        act=f"imports.{step}_asked",
        subject=str(public_id),
        unit_id=staged.unit_id,
        facts={"kind": staged.kind},
    )


def _locked(public_id: UUID, by: Actor) -> StagedImport:
    staged = or_refuse(StagedImport.objects.select_for_update().filter(public_id=public_id).first())
    authority.require_for_list(by, kind_of_import(staged.kind).capability, unit_id=staged.unit_id)
    return staged


def _kept(by: Actor) -> dict[str, Any]:
    return {
        "kind": by.kind,
        "id": str(by.id),
        "account_id": by.account_id,
        "device": by.device,
        "origin": by.origin,
        "reason": by.reason,
    }


def _options(of_kind: ImportKind, given: Mapping[str, str]) -> dict[str, str]:
    chosen = {}
    for option in of_kind.options:
        value = str(given.get(option.key) or option.default).strip()[:200]
        if option.choices is None:
            if not value and option.required:
                raise OptionMissing(field=option.key, option=option.title)
        elif value or option.required:
            offered = dict(option.choices())
            names = dict(option.names()) if option.names is not None else {}
            value = value if value in offered else names.get(value, value)
            if not value or value not in offered:
                raise BadOption(field=option.key, option=option.title, offered=_offered(offered, names))
        if value:
            chosen[option.key] = value
    return chosen


def _offered(choices: Mapping[str, str], names: Mapping[str, str]) -> str:
    """List the values of a choice as one may write them, each with its meaning."""
    name_of = {value: name for name, value in names.items()}
    labels = [f"{name_of.get(value, value)} ({label})" for value, label in choices.items() if value]
    return ", ".join(labels[:MOST_OFFERED]) + (", …" if len(labels) > MOST_OFFERED else "") or "–"


def _file_name(given: str) -> str:
    """Return a file's name to show: no folders, no signs that steer a terminal or a reading direction."""
    name = os.path.basename(given.replace("\\", "/"))  # noqa: PTH119  # it is no path of ours
    clean_name = "".join(c for c in name if unicodedata.category(c)[0] not in "CZ" or c == " ")
    return clean_name.strip()[-LONGEST_NAME:] or "list"
