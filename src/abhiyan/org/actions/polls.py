"""The calendar of polls takes two people: one states an entry, and another approves it (`rules.deciding`).

The approval itself puts the entry into force, in one transaction: there is no third step that could be forgotten.
"""

from datetime import datetime
from uuid import UUID

from abhiyan.core.actor import Actor
from abhiyan.core.scope import system
from abhiyan.org.news import ReleaseDecided
from abhiyan.org.queries import require
from abhiyan.units import actions as units
from abhiyan.units import queries as calendar
from abhiyan.units.actions.polls import StatedPoll, unit_of_poll
from abhiyan.units.models import Poll

from .releases import ask_release, close_release

ACT, KEEP = "polls.confirm", "polls.keep"


def state_poll(*, stated: StatedPoll, by: Actor, at: datetime, corrects: UUID | None = None) -> Poll:
    """State an entry, or a newer version of one, and ask for its confirmation.

    It needs polls.keep over the state it concerns, and over that of the entry it corrects; over the nation where it
    concerns several. Refuses what `units.state_poll` and `ask_release` refuse.
    """
    require(by, KEEP, at=unit_of_poll(stated))
    for unit_id in {poll.unit_id for poll in calendar.poll_versions(corrects)} if corrects else ():
        require(by, KEEP, at=unit_id)
    return _asked(units.store_poll_version(stated=stated, corrects=corrects, by=by, at=at), by=by, at=at)


def withdraw_poll(*, public_id: UUID, by: Actor, at: datetime) -> Poll:
    """Ask that an entry in force be withdrawn. It needs what `store_poll_version` needs. Refuses as
    `units.state_withdrawal`."""
    require(by, KEEP, at=calendar.poll(public_id).unit_id)
    return _asked(units.state_withdrawal(public_id=public_id, by=by, at=at), by=by, at=at)


def take_back_poll(*, public_id: UUID, by: Actor, at: datetime) -> None:
    """Take back a version that waits, and the request with it. It needs polls.keep there. Refuses NotWaiting."""
    require(by, KEEP, at=calendar.poll(public_id).unit_id)
    with system("taking back an entry of the calendar"):
        # Lock the request before the entry, as the deciding act does.
        close_release(act=ACT, payload={"poll": str(public_id)}, by=by, at=at)
        units.drop_poll(public_id=public_id, by=by, at=at)


def _asked(poll: Poll, *, by: Actor, at: datetime) -> Poll:
    if by.kind == "system":  # the demo states and confirms its own
        return poll
    ask_release(
        act=ACT,
        unit_id=poll.unit_id,
        reason=f"{poll.name} ({poll.source})",
        payload={"poll": str(poll.public_id)},
        by=by,
        at=at,
    )
    return poll


def hear_poll_decided(*, decision: ReleaseDecided) -> None:
    """An entry was approved or refused: it is in force, or it is not. In the transaction of the decision."""
    if decision.act != ACT:
        return
    public_id = UUID(str(decision.payload["poll"]))
    if decision.allow:
        units.confirm_poll(public_id=public_id, by=decision.by, at=decision.at)
    else:
        units.drop_poll(public_id=public_id, by=decision.by, at=decision.at)
