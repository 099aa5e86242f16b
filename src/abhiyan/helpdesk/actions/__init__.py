"""The only writers of helpdesk: opening a request, answering it, settling it, forgetting what was said."""

from .answering import answer_ticket, merge_ticket, move_ticket, reopen_ticket, reveal_caller
from .helplines import set_helpline
from .opening import Opening, add_text, add_web, type_ticket
from .settling import close_quiet, hear_answer, raise_overdue

__all__ = [
    "Opening",
    "add_text",
    "add_web",
    "answer_ticket",
    "close_quiet",
    "hear_answer",
    "merge_ticket",
    "move_ticket",
    "raise_overdue",
    "reopen_ticket",
    "reveal_caller",
    "set_helpline",
    "type_ticket",
]
