"""A public value that never came: another one is named by two people, and both stay in sight with the reason.

One asks, another approves (`org.rules.deciding`). The approval itself names the new value, so nobody can wait with it
until it is known.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext as say

from abhiyan.core import audit
from abhiyan.core.actor import Actor
from abhiyan.core.refusals import or_refuse
from abhiyan.core.scope import system
from abhiyan.core.words import day_words, name_in_language
from abhiyan.org.actions import ask_release
from abhiyan.org.models import Release
from abhiyan.org.queries import require
from abhiyan.verification.models import Draw, Frame
from abhiyan.verification.refusals import DrawnAlready, NamedBefore, NotDue

from .frames import PLAN, REDRAW, refuse_value


@dataclass(frozen=True, slots=True)
class Value:
    """Another public value. source: what it is and where it is published; due_at: when it will be known.

    ends_on: last day of checking.
    """

    source: str
    due_at: datetime
    ends_on: date


def ask_redraw(*, public_id: UUID, value: Value, reason: str, by: Actor, at: datetime) -> Release:
    """Ask that a frame be drawn by another value, because the one that was named never came.

    Needs verification.plan; somebody else approves. Refuses DrawnAlready, NotDue while the old value can still come
    in time, NamedBefore, SourceMissing, ValueKnown, EndTooEarly, and what `ask_release` refuses.
    """
    with system("asking for another public value"):
        frame = or_refuse(Frame.objects.filter(public_id=public_id).first())
        require(by, PLAN, at=frame.unit_id)
        draw = _refuse_redraw(frame, value, at)
        return ask_release(
            act=REDRAW,
            unit_id=frame.unit_id,
            reason=reason,
            payload={
                "frame": str(public_id),
                "draw": draw.number,
                "source": value.source.strip(),
                "due_at": value.due_at.isoformat(),
                "ends_on": value.ends_on.isoformat(),
                "reason": reason.strip(),
            },
            by=by,
            at=at,
        )


def redraw_frame(*, asked: Mapping[str, object], by: Actor, at: datetime) -> None:
    """Void the named draw and wait for another value: what `ask_redraw` asked, once it is approved.

    Only the decision calls this, in its transaction. Refuses as `ask_redraw`: the frame may have been drawn
    meanwhile, or the new value become known.
    """
    value = _asked(asked)
    frame = Frame.objects.select_for_update().get(public_id=UUID(str(asked["frame"])))
    void = _refuse_redraw(frame, value, at)
    void.void_at, void.void_reason = at, str(asked["reason"])
    void.save(update_fields=["void_at", "void_reason"])
    Draw.objects.create(
        frame=frame, number=void.number + 1, source=value.source, named_at=at, due_at=value.due_at
    )
    frame.ends_on = value.ends_on
    frame.save(update_fields=["ends_on"])
    audit.record(
        by=by,
        at=at,
        act="verification.redraw_frame",
        subject=str(frame.public_id),
        unit_id=frame.unit_id,
        facts={"void": void.source, "source": value.source},
    )


def redraw_sentences(release: Release) -> list[str]:
    """Tell the person who decides which frame it is, the value that never came, and the new one."""
    value = _asked(release.payload)
    with system("what a request for another public value would do"):
        frame = Frame.objects.select_related("programme").get(public_id=UUID(str(release.payload["frame"])))
        void = Draw.objects.get(frame=frame, number=release.payload["draw"])
    return [
        say("Round of checks %(number)s of %(programme)s.")
        % {"number": frame.number, "programme": name_in_language(frame.programme.names)},
        say("The value that did not come: %(source)s, due on %(due)s. Look for it before you approve.")
        % {"source": void.source, "due": day_words(void.due_at)},
        say("The new value: %(source)s, known from %(due)s.")
        % {"source": value.source, "due": day_words(value.due_at)},
        say("Everybody who sees this round sees both values and the reason."),
    ]


def _asked(payload: Mapping[str, object]) -> Value:
    return Value(
        str(payload["source"]),
        datetime.fromisoformat(str(payload["due_at"])),
        date.fromisoformat(str(payload["ends_on"])),
    )


def _refuse_redraw(frame: Frame, value: Value, at: datetime) -> Draw:
    """Return the draw that may be void. Refuses what `ask_redraw` does."""
    if frame.state != Frame.State.FROZEN:
        raise DrawnAlready
    refuse_value(source=value.source, due_at=value.due_at, ends_on=value.ends_on, at=at)
    earlier = list(Draw.objects.filter(frame=frame).order_by("number"))
    if at < earlier[-1].due_at:
        raise NotDue(due=day_words(earlier[-1].due_at))
    if any(draw.source.casefold() == value.source.strip().casefold() for draw in earlier):
        raise NamedBefore(field="source")
    return earlier[-1]
