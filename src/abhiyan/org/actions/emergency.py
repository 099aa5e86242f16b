"""The emergency stop begins by one person and ends by two."""

from datetime import datetime

from abhiyan.core.actor import Actor
from abhiyan.core.refusals import or_refuse
from abhiyan.core.scope import system
from abhiyan.org import queries
from abhiyan.org.models import Release
from abhiyan.org.news import ReleaseDecided
from abhiyan.org.queries import require
from abhiyan.people import actions as people
from abhiyan.people import queries as known
from abhiyan.people.models import EmergencyStop

from .releases import ask_release

ACT, STOP = "emergency.end", "data.stop"


def stop_data(*, reason: str, by: Actor, at: datetime) -> EmergencyStop:
    """Stop downloads, shown numbers and bulk messages of the whole installation.

    It needs data.stop over the top unit, or the console. Refuses StopReasonMissing, AlreadyStopped, NotYours.
    """
    if by.kind != "system":
        require(by, STOP, at=_top())
    return people.begin_emergency_stop(reason=reason, by=by, at=at)


def ask_to_end_stop(*, reason: str, by: Actor, at: datetime) -> Release:
    """Ask a second person to end the emergency stop. Their approval ends it.

    It needs data.stop over the top unit. Refuses NotStopped, and what `ask_release` refuses.
    """
    top = _top()
    require(by, STOP, at=top)
    stop = or_refuse(known.emergency_stop(), people.NotStopped())
    return ask_release(act=ACT, unit_id=top, reason=reason, payload={"stop": stop.pk}, by=by, at=at)


def heed_end_of_stop(*, decision: ReleaseDecided) -> None:
    """End the emergency stop once two people agree. In the transaction of the decision.

    A stop that began since then goes on. Refuses NotStopped.
    """
    if decision.act != ACT or not decision.allow:
        return
    stop = known.emergency_stop()
    if stop is None or stop.pk != decision.payload["stop"]:
        raise people.NotStopped
    people.end_emergency_stop(by=decision.by, at=decision.at)


def _top() -> int:
    """The unit at the top. Refuses NotYours while there is none."""
    with system("which unit is at the top"):
        return or_refuse(queries.top_unit(), queries.NotYours(capability=STOP))
