"""Imports as somebody may see them: the database's scope decides."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Case, Q, QuerySet, Value, When

from abhiyan.core.actor import Actor
from abhiyan.core.refusals import Refused, fact_in_words, or_refuse

from . import looks, store
from .kinds import ImportKind, Lacking, kind_of_import
from .models import ImportSlice, RefusedRow, StagedImport
from .tables.reasons import refusal_reason
from .tables.sniffing import Preview

State = StagedImport.State


def import_for(public_id: UUID) -> StagedImport:
    """One import in the sight of the scope in force, or NotFound."""
    return or_refuse(StagedImport.objects.filter(public_id=public_id).first())


def imports() -> QuerySet[StagedImport]:
    """Every import in sight, without what was found in the files."""
    return StagedImport.objects.defer("look")


def refused_rows(staged: StagedImport) -> QuerySet[RefusedRow]:
    """Return what was refused of an import, in the order of the file."""
    return RefusedRow.objects.filter(import_id=staged.id).order_by("row", "id")


def causes_first(staged: StagedImport) -> QuerySet[RefusedRow]:
    """The same, but rows that are refused only because another one is come last: for lists of the first few."""
    consequences = kind_of_import(staged.kind).consequences
    if not consequences:
        return refused_rows(staged)
    order = Case(When(Q(reason__in=consequences), then=Value(1)), default=Value(0))
    return refused_rows(staged).order_by(order, "row", "id")


def waiting_imports(account_id: int) -> QuerySet[StagedImport]:
    """Imports this account brought that wait for it: stopped, or for its word on the columns or on the whole."""
    return imports().filter(account_id=account_id, state__in=(State.FAILED, State.RECEIVED, State.CHECKED))


def preview_of(staged: StagedImport) -> Preview | None:
    """Return what was found in the file, judged with the columns chosen; None before the first look."""
    if not staged.look:
        return None
    return looks.stored_preview(staged.look, staged.mapping, kind_of_import(staged.kind).layout)


def may_ask_step(staged: StagedImport, step: str) -> bool:
    """Return True if an import is in a state where a step can be asked for."""
    state = staged.state
    if step == "check":
        return bool(staged.look) and (
            state in (State.RECEIVED, State.CHECKED) or failed_before_commit(staged)
        )
    failed = state == State.FAILED and staged.step in ("commit", "undo")
    if step == "commit":
        return state == State.CHECKED or (failed and staged.step == "commit")
    if step == "undo":
        return state == State.DONE or (failed and has_slices(staged))
    if step == "discard":
        idle = (State.RECEIVING, State.RECEIVED, State.CHECKED, State.FAILED)
        return state in idle and not has_slices(staged)
    raise LookupError(step)


def may_correct(staged: StagedImport, by: Actor) -> bool:
    """Return True if the actor gets the refused rows as a file to correct: they brought the list, a week ago at most.

    Sheets that are typed on our pages have a page for that.
    """
    of_kind = kind_of_import(staged.kind)
    is_typed = of_kind.is_ours is not None and of_kind.is_ours(staged.options)
    return (
        staged.account_id is not None
        and staged.account_id == by.account_id
        and not is_typed
        and staged.state in (State.CHECKED, State.DONE)
        and bool(staged.counts.get("refused"))
        and store.is_there(store.refused_rows_id(staged.public_id))
    )


def failed_before_commit(staged: StagedImport) -> bool:
    """Stopped with nothing changed: columns may be chosen and the list checked again."""
    return (
        staged.state == State.FAILED
        and staged.step in ("check", "commit")
        and bool(staged.look)
        and not has_slices(staged)
    )


def has_slices(staged: StagedImport) -> bool:
    """Return True if some of it is committed."""
    return ImportSlice.objects.filter(import_id=staged.id).exists()


def notes_on_list(staged: StagedImport) -> list[str]:
    """Return what a person who brings a list must know of it as a whole, in the active language."""
    of_kind = kind_of_import(staged.kind)
    whole = {key[1:]: n for key, n in staged.notes.items() if key.startswith("/")}
    return list(of_kind.tells(whole)) if of_kind.tells is not None and whole else []


def act_to_confirm(staged: StagedImport) -> str:
    """Return what somebody has to say yes to apart before a list is imported; empty: nothing."""
    of_kind = kind_of_import(staged.kind)
    whole = {key[1:]: n for key, n in staged.notes.items() if key.startswith("/")}
    return of_kind.confirms(whole) if of_kind.confirms is not None else ""


def waits(staged: StagedImport, *, at: datetime) -> Refused | None:
    """Return the refusal that keeps a checked list from being imported, such as a missing approval; or None."""
    of_kind = kind_of_import(staged.kind)
    return of_kind.waits(staged.options, staged.id, at) if of_kind.waits is not None else None


def lacking_rows(staged: StagedImport, first: int, how_many: int) -> Sequence[Lacking]:
    """Return what is known and a checked or imported list does not name, so many of it."""
    of_kind = kind_of_import(staged.kind)
    if of_kind.lacking is None or staged.state not in (State.CHECKED, State.DONE):
        return ()
    return of_kind.lacking(staged.id, first, how_many)


def count_taken_rows(staged: StagedImport) -> int:
    """Rows that came, or would come, to an outcome; also to "nothing changes"."""
    return sum(n for outcome, n in staged.counts.items() if outcome not in ("refused", "skipped"))


def is_all_refused(staged: StagedImport) -> bool:
    """Return True if nothing of a list that was checked or committed is taken in, because every row of it is
    refused."""
    return bool(staged.counts.get("refused")) and not count_taken_rows(staged)


def reason_text(of_kind: ImportKind, row: RefusedRow) -> str:
    """Why a row was refused and what to do, in the active language."""
    field = of_kind.layout.field(row.field)
    if row.reason in of_kind.reasons:
        from django.utils.translation import get_language

        facts = {"field": field.label(get_language() or "en") if field else ""}
        facts |= {
            name: of_kind.said[name](fact) if name in of_kind.said else fact_in_words(name, fact)
            for name, fact in row.facts.items()
        }
        text: str = str(of_kind.reasons[row.reason]) % facts
        return text
    return refusal_reason(row.reason, row.facts, field=field)
