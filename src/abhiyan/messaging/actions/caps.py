"""How much outreach a person and a phone get: so many messages in any seven days, reserved before one goes."""

import json
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from uuid import UUID

from abhiyan.core import sql

WEEK = timedelta(days=7)

# A row for each phone and person, and its lock, in one order for all senders. One step: between two,
# `forget_lapsed_caps` could take away a row that was there.
_LOCK = """insert into messaging_reached as r (subject, last_at) select t.subject, %s from unnest(%s::uuid[]) t(subject)
 order by t.subject on conflict (subject) do update set last_at = r.last_at returning r.subject, r.taken"""
_TAKE = """update messaging_reached r set taken = t.taken, last_at = t.last_at
 from unnest(%s::uuid[], %s::jsonb[], %s::timestamptz[]) t(subject, taken, last_at) where r.subject = t.subject"""
_GIVE_BACK = """with theirs as materialized (select subject from messaging_reached where subject = any(%s)
 order by subject for update)
 update messaging_reached r set taken = r.taken - %s::text[] from theirs where r.subject = theirs.subject"""


class Caps:
    """This holds the reservations of phones and persons, under their locks until the transaction ends.

    A reservation names its message: the same message again takes nothing more. It lapses after seven days.
    """

    def __init__(self, subjects: Collection[UUID], *, per_week: int, at: datetime) -> None:
        """subjects: phones and persons. per_week: of each."""
        self._per_week, self._at = per_week, at
        self._taken: dict[UUID, dict[str, datetime]] = {}
        self._changed: set[UUID] = set()
        if subjects:
            for subject, taken in sql.rows(_LOCK, [at, sorted(set(subjects))]):
                read = {message: datetime.fromisoformat(when) for message, when in taken.items()}
                self._taken[subject] = {message: when for message, when in read.items() if when > at - WEEK}

    def full_until(self, message_id: UUID, subjects: Iterable[UUID]) -> datetime | None:
        """When each of these has room for one more; None: they have it now."""
        until = [
            until for subject in subjects if (until := self._full_until(str(message_id), subject)) is not None
        ]
        return max(until, default=None)

    def _full_until(self, message: str, subject: UUID) -> datetime | None:
        others = sorted(when for taken, when in self._taken.get(subject, {}).items() if taken != message)
        if len(others) < self._per_week:
            return None
        # With room for none at all it is looked at again in a week.
        return (others[-self._per_week] if self._per_week else self._at) + WEEK

    def take(self, message_id: UUID, subjects: Iterable[UUID]) -> None:
        """Reserve one message."""
        for subject in subjects:
            self._taken[subject][str(message_id)] = self._at
            self._changed.add(subject)

    def give_back(self, message_id: UUID, subjects: Iterable[UUID]) -> None:
        """The message does not go."""
        for subject in subjects:
            if self._taken.get(subject, {}).pop(str(message_id), None) is not None:
                self._changed.add(subject)

    def write(self) -> None:
        """Write what was taken and given back."""
        if not self._changed:
            return
        changed = sorted(self._changed)
        taken = [
            json.dumps({message: when.isoformat() for message, when in self._taken[subject_id].items()})
            for subject_id in changed
        ]
        last = [max(self._taken[subject_id].values(), default=self._at) for subject_id in changed]
        sql.run(_TAKE, [changed, taken, last])


def give_caps_back(*, message_ids: Collection[UUID], subjects: Collection[UUID]) -> None:
    """Messages that had a reservation were not sent in the end. In the transaction under way."""
    if message_ids:
        sql.run(_GIVE_BACK, [sorted(set(subjects)), [str(message_id) for message_id in message_ids]])


def forget_lapsed_caps(*, at: datetime) -> int:
    """Remove what has lapsed, with its phones and persons. Returns how many. In the transaction under way."""
    return sql.run("delete from messaging_reached where last_at <= %s", [at - WEEK])
