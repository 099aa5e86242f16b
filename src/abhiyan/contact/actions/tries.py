"""The end of a try of canvassing: one function for doors, calls, field cards, friends and dialogues."""

from datetime import datetime, timedelta, tzinfo
from uuid import UUID

from abhiyan.contact.models import ContactTry
from abhiyan.contact.rules.retries import next_try
from abhiyan.core import sql
from abhiyan.core.actor import Actor
from abhiyan.core.refusals import or_refuse
from abhiyan.core.scope import system
from abhiyan.people import actions as people

from .attempts import NotNow, NoVisit
from .standing import take_back_row

Outcome = ContactTry.Outcome


def end_try(
    *, made: ContactTry, phone_id: UUID | None, by: Actor, at: datetime, age: timedelta = timedelta(0)
) -> None:
    """Keep a try with its outcome. After NEVER the phone of its person has said no to all outreach.

    Its offices read it, and the gate counts it if it was a talk. age: how long ago the try took place. The room asks
    who may beforehand, fills the rest of the row and writes the trail. In a system scope.
    """
    made.by_id, made.at, made.stored_at = or_refuse(by.account_id), at - age, at
    made.save(force_insert=True)
    if made.outcome == Outcome.NEVER:
        people.keep_spoken_no(phone_id=phone_id, by=by, at=at)


def replace_try(*, made: ContactTry, by: Actor, at: datetime, age: timedelta = timedelta(0)) -> None:
    """Keep the try that now stands of a dialogue, as `end_try` does. The one that stood before is taken back."""
    former = ContactTry.objects.filter(way=made.way, about=made.about, undone_at=None)
    for earlier in former.select_for_update(of=("self",)):
        take_back_row(earlier, by=by, at=at)
    end_try(made=made, phone_id=made.phone_id, by=by, at=at, age=age)


def note_person_try(
    *, made: ContactTry, outcome: ContactTry.Outcome, zone: tzinfo, by: Actor, at: datetime
) -> None:
    """Write a try about a term or a membership. A talk is never refused, nor by a try of somebody else.

    A call without an answer is tried again on another day, in another part of it, until it was tried enough. The room
    asks beforehand who may. Refuses NotNow where nobody was reached and the next try has not come.
    """
    with system("a try is noted"):
        sql.wait_for(f"tries of {made.way} {made.about}")
        others = ContactTry.objects.filter(way=made.way, about=made.about, undone_at=None)
        if outcome == Outcome.NO_ANSWER and others.filter(again_at__gt=at).exists():
            raise NotNow
        made.outcome = outcome.value
        if outcome in (Outcome.NO_ANSWER, Outcome.LATER):
            made.again_at = next_try([*others.values_list("at", flat=True), at], zone)
        end_try(made=made, phone_id=made.phone_id, by=by, at=at)


def note_door_visit(*, made: ContactTry, by: Actor, at: datetime) -> None:
    """Tick that somebody has been at a door. It says nothing of what came of it. The room asks beforehand who may."""
    with system("a try is noted"):
        made.outcome = Outcome.VISITED.value
        end_try(made=made, phone_id=made.phone_id, by=by, at=at)


def undo_door_visit(*, way: str, about: UUID, by: Actor, at: datetime) -> None:
    """Take back one's own visits to a door. Refuses NoVisit."""
    with system("a visit to a door is taken back"):
        visits = ContactTry.objects.select_for_update().filter(
            way=way, about=about, by_id=or_refuse(by.account_id), outcome=Outcome.VISITED, undone_at=None
        )
        ticks = list(visits.order_by("at", "pk"))
        for tick in ticks:
            take_back_row(tick, by=by, at=at)
    if not ticks:
        raise NoVisit
