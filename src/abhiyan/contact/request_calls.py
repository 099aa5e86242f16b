"""Calls about requests of the helpline: tries like any other, with the same outcomes."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from abhiyan.core.actor import Actor
from abhiyan.helpdesk.rules.tries import CallBook, CallResult, RequestCall

from . import actions
from .models import Attempt
from .queries import tries_of

ROOM = "helpdesk"


def _choices() -> Sequence[tuple[str, str]]:
    return [(each.value, str(Attempt.Outcome(each.value).label)) for each in CallResult]


def _note(request: UUID, result: CallResult, again_at: datetime | None, by: Actor, at: datetime) -> None:
    outcome = Attempt.Outcome(result.value)
    actions.note_other_try(room=ROOM, about=request, outcome=outcome, again_at=again_at, by=by, at=at)


def _calls(requests: Collection[UUID]) -> Mapping[UUID, Sequence[RequestCall]]:
    return {
        about: [
            RequestCall(
                CallResult(one.outcome),
                str(one.get_outcome_display()),
                one.account_id,
                one.done_at or one.begun_at,
                one.again_at,
            )
            for one in tries
        ]
        for about, tries in tries_of(ROOM, requests).items()
    }


REQUEST_CALLS = CallBook(_choices, _note, _calls)
