"""An actor does an act, from a place: handed to every act as `by`, written to the audit."""

from dataclasses import dataclass
from uuid import UUID

# Public ids of actors that are not people. Fixed, so that the trail can be read anywhere.
SYSTEM = UUID("00000000-0000-4000-8000-000000000001")
PUBLIC = UUID("00000000-0000-4000-8000-000000000002")
WORD = UUID("00000000-0000-4000-8000-000000000003")


@dataclass(frozen=True, slots=True)
class Actor:
    """kind: "person" (signed in), "phone" (by one SMS code, in the field), "citizen" (own phone), "channel" (machine
    token), "system" or "public".

    id: public id of the account, member, or channel; never a phone. account_id: for people, the account's key.
    device: the session's public id; origin: shortened network address. reason: why the system acts.
    sealed: who wrote down a person's own word, and from where (`core.audit.own_word`).
    accepted_by: who accepted what a phone sent after it was signed out; the act itself is its sender's.
    """

    kind: str
    id: UUID
    account_id: int | None = None
    person_id: UUID | None = None
    device: str = ""
    origin: str = ""
    reason: str = ""
    sealed: str = ""
    accepted_by: "Actor | None" = None

    @classmethod
    def system(cls, reason: str) -> "Actor":
        """The software itself, for a stated reason."""
        if not reason:
            raise ValueError("the system states its reason")
        return cls(kind="system", id=SYSTEM, reason=reason)

    @classmethod
    def public(cls, *, device: str = "", origin: str = "") -> "Actor":
        """Somebody nobody has signed in: a visitor of an open page."""
        return cls(kind="public", id=PUBLIC, device=device, origin=origin)
