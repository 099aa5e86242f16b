"""Traces of a try, at a door or by phone: its item, the row that takes it back, and who else has somebody."""

from datetime import datetime
from uuid import UUID

from abhiyan.contact import queries
from abhiyan.contact.models import CallTurn, ContactEntry, ContactTry
from abhiyan.contact.rules.kinds import KIND
from abhiyan.core import lot
from abhiyan.core.actor import Actor
from abhiyan.core.refusals import or_refuse
from abhiyan.programmes.queries import item_key, items_by_id

State, Outcome = ContactEntry.State, ContactTry.Outcome
# Nobody tries the person of an entry again after these, and why the entry is out then.
NO_MORE = {
    Outcome.UNWILLING: "unwilling",
    Outcome.WRONG_NUMBER: "wrong_number",
    Outcome.NEVER: "opted_out",
}
MOST_AGAIN = 10  # times that one talk may be taken back and noted again


def free_item(*parts: object) -> UUID | None:
    """Return the id of a new item of contact; None while one of these parts counts, or was taken back too often."""
    keys = [item_key(KIND, *parts, n) for n in range(MOST_AGAIN)]
    items = items_by_id(keys)
    if any(item.ended_at is None for item in items.values()):
        return None
    return next((key for key in keys if key not in items), None)


def take_back_row(made: ContactTry, *, by: Actor, at: datetime) -> None:
    """Add the row that takes a try back, and mark both: neither counts. The note is emptied; no question goes out."""
    made.undone_at, made.ask_on, made.note, made.note_until = at, None, b"", None
    made.save(update_fields=["undone_at", "ask_on", "note", "note_until"])
    ContactTry.objects.create(
        id=lot.uuid(),
        entry_id=made.entry_id,
        programme_id=made.programme_id,
        unit_id=made.unit_id,
        way=made.way,
        outcome=Outcome.TAKEN_BACK,
        door=made.door,
        by_id=or_refuse(by.account_id),
        at=at,
        stored_at=at,
        undone_at=at,
        turn_id=made.turn_id,
        takes_back_id=made.pk,
        about=made.about,
        is_visit=made.is_visit,
    )


def bring_back_entries(*, phone_id: UUID) -> None:
    """A no of a phone was a slip: its entries are where they were before.

    In the transaction of who took it back. An entry that had ended by its own outcomes stays out.
    """
    out = ContactEntry.objects.filter(phone_id=phone_id, state=State.OUT, why_out="opted_out")
    for entry in out:
        entry.state, entry.why_out = _before_no(entry)
        entry.save(update_fields=["state", "why_out"])


def _before_no(entry: ContactEntry) -> tuple[str, str]:
    last, is_waiting = entry.last_outcome, entry.again_at or entry.next_day
    if last in queries.TALKS:
        return State.DONE, ""
    if last in NO_MORE:
        return State.OUT, NO_MORE[Outcome(last)]
    if last and not is_waiting:
        return State.OUT, "not_reached" if last == Outcome.NOT_HOME else "not_answered"
    return (State.LATER if is_waiting else State.READY), ""


def taken_from_others(entry: ContactEntry, *, but: CallTurn | None = None, at: datetime) -> bool:
    """Take an entry whose tries have ended from its holder. False: somebody rang, and their own outcome says.

    A worker on the way to the door may still note what comes of it. but: the turn whose outcome ended them.
    """
    if entry.state != State.LEASED:
        return True
    is_door = queries.doors_with(or_refuse(entry.holder_id)).filter(pk=entry.pk).exists()
    for other in CallTurn.objects.select_for_update().filter(entry=entry, ended_at=None):
        if but is not None and other.pk == but.pk:
            continue
        if other.rung_at is not None:
            return False
        other.ended_at, other.outcome = at, CallTurn.End.HELD
        other.save(update_fields=["ended_at", "outcome"])
    if is_door and entry.holder_id is not None:
        entry.had_ids = [*entry.had_ids, entry.holder_id]
    return True
