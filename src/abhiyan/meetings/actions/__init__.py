"""The only writers of meetings: called, moved, cancelled; invited, told, answered."""

from .answering import answer_invitation, hear_answer
from .calling import MeetingPlan, call_meeting, cancel_meeting, invite_more, move_meeting
from .telling import tell_next
