"""The only writers of meetings: called, moved, cancelled; invited, told, answered; ticked; decided."""

from .answering import answer_invitation, hear_invitee_answer, name_substitute
from .attending import ask_who_came, set_people, tick, tick_listed, tick_phone
from .calling import MeetingPlan, call_meeting, cancel_meeting, invite_more, move_meeting
from .checking_in import open_list
from .minutes import add_point, send_minutes, strike_point
from .telling import tell_next_invitees
