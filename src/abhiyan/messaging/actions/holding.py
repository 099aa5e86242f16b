"""Hold messages back for the budget or after a restore, and release them after a second person's yes."""

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from abhiyan.core import audit
from abhiyan.core.actor import Actor
from abhiyan.core.refusals import Refused
from abhiyan.core.scope import system
from abhiyan.messaging.models import Allowance, Message
from abhiyan.org import actions as org

RELEASABLE = ("budget", "restored")  # reasons of holding that two people may overrule


class NothingHeld(Refused):
    message = _("Nothing is held back here any more.")


def set_allowance(*, programme_id: int, per_hour: int, by: Actor, at: datetime) -> None:
    """Set how many messages an hour a programme may send. The act that calls it has asked for authority."""
    Allowance.objects.update_or_create(
        programme_id=programme_id, defaults={"per_hour": per_hour, "set_by": by.account_id, "set_at": at}
    )
    audit.record(by=by, at=at, act="messaging.set_allowance", subject=str(programme_id), n=per_hour)


def ask_to_release(*, programme_id: int, unit_id: int, reason: str, by: Actor, at: datetime) -> UUID:
    """Ask a second person to let a programme's held messages go. Returns the release's public id.

    Refuses what `org.ask_release` refuses; NothingHeld.
    """
    if not _held(programme_id).exists():
        raise NothingHeld
    release = org.ask_release(
        act="messages.release",
        unit_id=unit_id,
        reason=reason,
        payload={"programme_id": programme_id},
        by=by,
        at=at,
    )
    return release.public_id


def release_held(*, release_id: UUID, by: Actor, at: datetime) -> int:
    """Release held messages for the person who asked, after a second person's yes. Returns how many.

    They go past the breaker, once: that is what was released. Only those in the asker's sight, whatever else waits in
    other states. Refuses what `org.use_release` refuses.
    """
    payload = org.use_release(public_id=release_id, act="messages.release", by=by, at=at)
    programme_id = int(payload["programme_id"])
    n = _held(programme_id).update(state=Message.State.QUEUED, reason="released", due_at=at)
    with system("releasing held messages"):
        audit.record(by=by, at=at, act="messaging.release_held", subject=str(programme_id), n=n)
    return n


def _held(programme_id: int) -> QuerySet[Message]:
    return Message.objects.filter(state=Message.State.HELD, reason__in=RELEASABLE, programme_id=programme_id)


def hold_restored(*, taken_at: datetime, at: datetime) -> int:
    """After a restore: what waited when the backup was taken may have been sent since, so people decide. Returns how
    many."""
    waiting = Message.objects.filter(
        state__in=(Message.State.QUEUED, Message.State.LEASED), queued_at__lte=taken_at
    ).exclude(template__startswith="code.")
    n = waiting.update(state=Message.State.HELD, reason="restored", leased_until=None)
    Message.objects.filter(
        state__in=(Message.State.QUEUED, Message.State.LEASED), template__startswith="code."
    ).update(state=Message.State.DROPPED, reason="restored", settled_at=at)
    return n
