"""The only writers of helpdesk: opening a request, answering it, settling it, forgetting what was said."""

from .answering import (
    answer_ticket,
    ask_quiet,
    merge_ticket,
    move_ticket,
    note_request_call,
    reopen_ticket,
    reveal_caller,
)
from .helplines import ask_helpline, set_helpline
from .kinds import add_kind, close_kind, rename_kind
from .many import answer_approved, answer_many, ask_answer_many
from .opening import (
    NoPhone,
    Opening,
    PinUnknown,
    add_call,
    add_need,
    add_own,
    add_web,
    add_without_phone,
    keep_quiet,
    type_ticket,
)
from .ready import change_ready, keep_ready
from .settling import close_quiet, hear_solved_answer, raise_overdue

__all__ = [
    "NoPhone",
    "Opening",
    "PinUnknown",
    "add_call",
    "add_kind",
    "add_need",
    "add_own",
    "add_web",
    "add_without_phone",
    "answer_approved",
    "answer_many",
    "answer_ticket",
    "ask_answer_many",
    "ask_helpline",
    "ask_quiet",
    "change_ready",
    "close_kind",
    "close_quiet",
    "hear_solved_answer",
    "keep_quiet",
    "keep_ready",
    "merge_ticket",
    "move_ticket",
    "note_request_call",
    "raise_overdue",
    "rename_kind",
    "reopen_ticket",
    "reveal_caller",
    "set_helpline",
    "type_ticket",
]
