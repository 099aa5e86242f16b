"""The steps of an import as jobs run them: check, commit, undo. This also tidies up after people who do not return.

A step runs once at a time, behind an advisory lock, and is a job: one whose worker dies is begun again. An atomic
kind's step is one transaction with the change of state. So a killed worker leaves the import as it was, and the step
begins again. A kind that commits slice by slice notes each slice in the transaction of its facts and goes on behind the
last one.
"""

import logging
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
import psycopg.sql
from django.db import InterfaceError, OperationalError
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from abhiyan.core import audit, database
from abhiyan.core.actor import Actor
from abhiyan.core.models import JournalPage
from abhiyan.core.refusals import NotFound, Refused, kept_refusal, said_again
from abhiyan.core.scope import system
from abhiyan.core.store import StoreAway

from . import authority, correcting, looks, store
from .kinds import kind_of_import
from .models import ImportSlice, StagedImport
from .tables.reading import days_in
from .tables.reasons import TableRefused
from .work import Signal, Work

log = logging.getLogger(__name__)
State = StagedImport.State
UNDER_WAY = {"check": State.CHECKING, "commit": State.COMMITTING, "undo": State.UNDOING}
AFTER = {"check": State.CHECKED, "commit": State.DONE, "undo": State.UNDONE}
OVER = (State.DONE, State.UNDONE, State.DISCARDED)
HAND_OVER_S = 5.0  # the step before has told its end and still tidies up
IDLE = timedelta(days=7)
FRESH = timedelta(hours=1)
TELL = Callable[[int], None]


class Interrupted(Refused):
    """The step was ended from outside several times over: the machine, memory, the database."""

    message = _("The work was interrupted several times and stopped. Start it again. Nothing is lost.")


class WentWrong(Refused):
    """Our own mistake. The log has its kind and place, never the contents."""

    message = _("Something went wrong on our side (%(kind)s). Nothing is half done; start the step again.")


def run_import_step(public_id: UUID, step: str, *, at: datetime, tell: TELL | None = None) -> str:
    """Do a step that was asked for, if it is still to be done. Returns the import's state afterwards.

    A refusal of the whole file or the step is written to the import and not raised. A database that goes away is
    raised: the job tries again.
    """
    with system("import"):
        staged = StagedImport.objects.filter(public_id=public_id).first()
    if staged is None:
        raise NotFound
    signal = Signal(staged.id, tell)
    try:
        if not signal.alone(wait_s=HAND_OVER_S):
            return staged.state
        with system("import"):
            staged.refresh_from_db()
        if staged.state != UNDER_WAY[step]:
            return staged.state
        try:
            _step(staged, step, at=at, signal=signal)
        except StoreAway:
            raise  # the job tries again, as where the database goes away
        except Refused as refused:
            _failed(staged.id, step, refused, at=at)
        except (OperationalError, InterfaceError, psycopg.OperationalError):
            raise
        except Exception as error:
            log.exception("an import failed", extra={"facts": {"import": str(public_id), "step": step}})
            _failed(staged.id, step, WentWrong(kind=type(error).__name__), at=at)
        with system("import"):
            staged.refresh_from_db()
        if staged.state in OVER:
            store.forget_file(public_id)
            if staged.state != State.DONE:
                store.forget_file(store.refused_rows_id(public_id))
            drop_staging(staged.id)
        return staged.state
    finally:
        signal.close()


def _step(staged: StagedImport, step: str, *, at: datetime, signal: Signal) -> None:
    of_kind = kind_of_import(staged.kind)
    by = actor_of(staged)
    with ExitStack() as stack:
        source = path = None
        if step != "undo":
            path = stack.enter_context(store.clear(staged.public_id, size=staged.file_bytes))
            source = looks.stored_preview(staged.look, staged.mapping, of_kind.layout).source
            if step == "check" or of_kind.atomic:  # else the rows were read when they were checked
                days = days_in(path, of_kind.layout, staged.mapping, source=source)
                source = replace(source, days=days)
        work = Work(staged, of_kind, step=step, by=by, at=at, signal=signal, source=source, path=path)
        with system("import"):
            authority.require_for_list(
                by, of_kind.capability, unit_id=staged.unit_id
            )  # it may have ended meanwhile
        if of_kind.atomic or step == "check":
            with system(f"import {of_kind.key}"):
                work.begin()
                getattr(of_kind, step)(work)
                _finished(staged.id, step, work, at=at)
        else:
            with system(f"import {of_kind.key}"):
                work.begin()
            getattr(of_kind, step)(work)
            with system(f"import {of_kind.key}"):
                _finished(staged.id, step, work, at=at)


def _finished(import_id: int, step: str, work: Work, *, at: datetime) -> None:
    work.finish()
    if step != "undo":
        correcting.keep_refused_rows(work)
    staged = StagedImport.objects.select_for_update().get(id=import_id)
    staged.state = AFTER[step]
    staged.step, staged.error, staged.error_facts = "", "", {}
    staged.progress_pct = 100
    if step == "undo":
        staged.undone_at = at
        staged.undone = dict(work.counts)
        JournalPage.objects.filter(import_id=import_id).delete()
        ImportSlice.objects.filter(import_id=import_id).delete()
    else:
        if step == "check" or work.kind.atomic:
            if work.refused_rows:
                work.counts["refused"] = work.refused_rows
            staged.discarded, staged.notes = dict(work.discarded), dict(work.notes)
        else:  # a kind that commits slice by slice read, refused and forgot when it checked
            for outcome in ("refused", "skipped"):
                if outcome in staged.counts:
                    work.counts[outcome] = staged.counts[outcome]
        staged.counts = work.kind.shown_counts(work.counts, is_check=step == "check")
        if step == "check":
            staged.checked_at = at
        else:
            staged.done_at = at
    staged.save()
    if step != "check":
        audit.record(
            by=work.by,
            at=at,
            act=f"imports.{'committed' if step == 'commit' else 'undone'}",
            subject=str(staged.public_id),
            unit_id=staged.unit_id,
            n=sum(n for key, n in staged.counts.items() if key != "skipped"),
            facts={"kind": staged.kind, "counts": staged.counts},
        )


def _failed(import_id: int, step: str, refused: Refused, *, at: datetime) -> None:
    with system("import"):
        staged = StagedImport.objects.select_for_update().get(id=import_id)
        # Committed facts are still there when undoing was refused: the import stays done.
        staged.state = State.DONE if step == "undo" and kind_of_import(staged.kind).atomic else State.FAILED
        staged.step = step
        staged.error, staged.error_facts = refused.code, error_facts(refused)
        staged.worked_at = at
        staged.save()


def give_up(public_id: UUID, step: str, *, at: datetime) -> None:
    """Say of a step that died again and again, and is still to be done, that it stopped."""
    with system("import"):
        staged = StagedImport.objects.filter(public_id=public_id, state=UNDER_WAY[step]).first()
    if staged is not None:
        _failed(staged.id, step, Interrupted(), at=at)


def error_facts(refused: Refused) -> dict[str, Any]:
    """Return what is kept of a refusal, to be said again in the reader's language."""
    if isinstance(refused, TableRefused):
        return {"reason": refused.reason, "facts": kept_refusal(refused)["facts"]}
    return kept_refusal(refused)


def error_text(staged: StagedImport) -> str:
    """The refusal of an import, in the active language; empty when there is none."""
    if not staged.error:
        return ""
    facts = staged.error_facts
    if "reason" in facts:
        return str(TableRefused(facts["reason"], **facts["facts"]))
    return said_again(facts) or staged.error


def actor_of(staged: StagedImport) -> Actor:
    """Return the actor who asked for the step under way."""
    actor_json = staged.asked_by
    if actor_json["kind"] == "system":
        return Actor.system(actor_json["reason"])
    return Actor(
        kind=actor_json["kind"],
        id=UUID(actor_json["id"]),
        account_id=actor_json["account_id"],
        device=actor_json["device"],
        origin=actor_json["origin"],
    )


# Staging tables


@contextmanager
def staging_connection() -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
    """A connection of the only role that may use the schema `staging`."""
    with database.ServerConnection.connect(
        database.conninfo("gateway"), autocommit=True, connect_timeout=10
    ) as server_connection:
        yield server_connection


def drop_staging(import_id: int | None = None) -> None:
    """Drop an import's staging tables, `staging.import_<id>…`; of all imports that are over when none is named."""
    with system("import"):
        alive = set(StagedImport.objects.exclude(state__in=OVER).values_list("id", flat=True))
    with staging_connection() as gateway_db:
        names = [
            str(name)
            for (name,) in gateway_db.execute(
                "select relname from pg_class where relnamespace = 'staging'::regnamespace and relkind in ('r', 'p')"
                " order by relname"
            )
        ]
        for name in names:
            name_match = re.match(r"import_(\d+)", name)
            if name_match is None:
                continue
            number = int(name_match[1])
            if number == import_id or (import_id is None and number not in alive):
                gateway_db.execute(
                    psycopg.sql.SQL("drop table if exists staging.{} cascade").format(
                        psycopg.sql.Identifier(name)
                    )
                )


# Tidying up


def sweep_imports(at: datetime) -> int:
    """Forget imports nobody goes on with, and files and tables nobody needs any more."""
    with system("import"):
        # A partly committed import stays, to be gone on with or undone.
        partly = ImportSlice.objects.filter(import_id=OuterRef("id"))
        did = StagedImport.objects.filter(
            ~Exists(partly),
            state__in=(State.RECEIVING, State.RECEIVED, State.CHECKED, State.FAILED),
            created_at__lt=at - IDLE,
        ).update(state=State.DISCARDED, look={}, worked_at=at)
    drop_staging()
    lying = store.kept_files()
    if lying:
        with system("import"):
            needed = set(
                StagedImport.objects.filter(public_id__in=lying.keys())
                .exclude(state__in=OVER)
                .values_list("public_id", flat=True)
            )
            # Refused rows of a list that was taken in can be corrected for a week.
            lately = ~Q(state__in=OVER) | Q(state=State.DONE, done_at__gte=at - IDLE)
            for public_id in StagedImport.objects.filter(lately).values_list("public_id", flat=True):
                needed.add(store.refused_rows_id(public_id))
            # A transaction that has begun an import may not have committed yet.
            fresh = {public_id for public_id, grown_at in lying.items() if grown_at > at - FRESH}
        for public_id in lying.keys() - needed - fresh:
            store.delete(public_id)
            did += 1
    return did
