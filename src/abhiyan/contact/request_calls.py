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
    return [(call_result.value, str(Attempt.Outcome(call_result.value).label)) for call_result in CallResult]


def _note(request: UUID, result: CallResult, again_at: datetime | None, by: Actor, at: datetime) -> None:
    outcome = Attempt.Outcome(result.value)
    actions.note_other_try(room=ROOM, about=request, outcome=outcome, again_at=again_at, by=by, at=at)


def _calls(requests: Collection[UUID]) -> Mapping[UUID, Sequence[RequestCall]]:
    return {
        about: [
            RequestCall(
                CallResult(attempt.outcome),
                str(attempt.get_outcome_display()),
                attempt.account_id,
                attempt.done_at or attempt.begun_at,
                attempt.again_at,
            )
            for attempt in tries
        ]
        for about, tries in tries_of(ROOM, requests).items()
    }


REQUEST_CALLS = CallBook(_choices, _note, _calls)
