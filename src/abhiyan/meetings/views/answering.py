"""The page behind the link of a question: whether an invitee comes, and the day after whether they were there."""

from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from abhiyan.core import clock, declared, limits
from abhiyan.core.refusals import NotFound, needed
from abhiyan.core.scope import system
from abhiyan.core.words import named
from abhiyan.meetings import actions as acts
from abhiyan.meetings.actions.answering import LONGEST_REASON
from abhiyan.meetings.actions.telling import CAME, COMES, ROOM
from abhiyan.meetings.models import Invitee
from abhiyan.messaging import actions as messaging
from abhiyan.messaging import queries as asked
from abhiyan.org.viewer import Request
from abhiyan.ui.acts import form_page, pressed, say_when_done

from .shown import days_of


@form_page
def answer_page(request: Request, link: str) -> HttpResponseBase:
    """Answer behind the link of a message. Opening it answers nothing, for previews open links."""
    at = clock.now()
    try:
        with system("the page behind a question's link"):
            row = needed(asked.question_by_link(link), NotFound)
            if row.room != ROOM or row.kind not in (COMES, CAME):
                raise NotFound
    except NotFound:  # a guess; who holds a link is let in from any network
        limits.take(declared.LINK_WRONG, request.visit.origin, at=at)
        raise
    with system("the page behind a question's link"):
        own = Invitee.objects.select_related("meeting__unit").filter(question=row.about).first()
    is_after = row.kind == CAME
    is_open = own is not None and (
        row.answered_at is None and not asked.is_over(row, at)
        if is_after
        else not asked.is_over(row, at) and not acts.answering.is_over(own.meeting, at=at)
    )
    if request.method == "POST" and is_open:
        said = pressed(request, "answer", "yes", "no")
        why = " ".join(request.POST.get("why", "").replace("\0", "").split())[:LONGEST_REASON]
        messaging.answer_link(link=link, yes=said == "yes", why=why, by=request.actor, at=at)
        say_when_done(request, str(_("Thank you. We have your answer.")))
        return redirect(request.path)
    one = own.meeting if own is not None else None
    context = {
        "one": one,
        "own": own,
        "is_open": is_open,
        "is_after": is_after,
        "unit_name": named(one.unit.names) if one else "",
        "days": days_of(one.first_on, one.last_on, one.starts) if one else "",
    }
    response = render(request, "meetings/answer.html", context)
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response
