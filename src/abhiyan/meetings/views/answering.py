"""The page behind the link of a question: whether an invitee comes, and the day after whether they were there."""

from datetime import datetime

from abhiyan.core.words import name_in_language
from abhiyan.meetings import actions as acts
from abhiyan.meetings.actions.answering import LONGEST_REASON
from abhiyan.meetings.actions.telling import CAME, COMES, ROOM
from abhiyan.meetings.models import Invitee
from abhiyan.messaging import queries as asked
from abhiyan.messaging.link_pages import BOTH, THANKS, AskedPage, LinkPage
from abhiyan.messaging.models import Question
from abhiyan.people.visit import VisitRequest

from .shown import meeting_days


def _shown(_request: VisitRequest, _link: str, row: Question, at: datetime) -> AskedPage:
    invitee = Invitee.objects.select_related("meeting__unit").filter(question=row.about).first()
    is_after = row.kind == CAME
    is_open = invitee is not None and (
        row.answered_at is None and not asked.is_question_over(row, at)
        if is_after
        else not asked.is_question_over(row, at)
        and not acts.answering.is_meeting_over(invitee.meeting, at=at)
    )
    meeting = invitee.meeting if invitee is not None else None
    context = {
        "one": meeting,
        "own": invitee,
        "is_open": is_open,
        "is_after": is_after,
        "unit_name": name_in_language(meeting.unit.names) if meeting else "",
        "days": meeting_days(meeting.first_on, meeting.last_on, meeting.starts) if meeting else "",
    }
    return AskedPage(context, takes=BOTH if is_open else ())


ANSWER = LinkPage(
    ROOM, (COMES, CAME), "meetings/answer.html", _shown, says=THANKS, longest_why=LONGEST_REASON
)
