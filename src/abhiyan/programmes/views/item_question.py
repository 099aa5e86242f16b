"""The page behind the link of a question about an item. Opening it answers nothing, for previews open links."""

from datetime import datetime

from django.http import HttpResponseBase
from django.shortcuts import redirect, render

from abhiyan.core import clock, declared, limits
from abhiyan.core.scope import system
from abhiyan.messaging import actions as messaging
from abhiyan.messaging import queries as asked
from abhiyan.messaging.models import Question
from abhiyan.org.viewer import Request
from abhiyan.programmes.models import Item
from abhiyan.programmes.queries.items import item
from abhiyan.programmes.rules import activities
from abhiyan.programmes.rules.items import ROOM
from abhiyan.ui.acts import form_page, pressed

YES, NO = "yes", "no"


@form_page
def item_question(request: Request, link: str) -> HttpResponseBase:
    """Ask the holder of the link: yes or no? The reporter of the item cannot say yes for another here.

    A link that is wrong or over says so; that of a message that named nobody names nobody before the first yes.
    """
    at = clock.now()
    with system("the page behind a question's link"):
        row = asked.question_by_link(link)
        about = item(row.about) if row is not None and row.room == ROOM else None
        if row is None or about is None:
            return _guessed(request, at)
        is_unnamed = asked.is_unnamed(link=link, question=row, at=at)
        of = activities.items_of(about.programme.kind, about.measure)
        sentence = "" if of is None or is_unnamed else of.sentence(about)
    request.visit.about = row.programme_id
    is_others = about.by_id is not None and request.viewer.account_id == about.by_id
    if request.method == "POST":
        said = pressed(request, "answer", YES, NO)
        messaging.answer_link(link=link, yes=said == YES, by=request.actor, at=at)
        return redirect(request.path)
    shown = {
        "state": _state(row, about, at),
        "sentence": sentence,
        "is_unnamed": is_unnamed,
        "is_others": is_others,
    }
    response = render(request, "programmes/item_question.html", shown)
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _state(row: Question, about: Item, at: datetime) -> str:
    """open, yes (a no is still taken), no, gone (it no longer counts), or over: it said yes, or nothing, in time."""
    if row.is_yes is False:
        return NO
    if about.ended_at is not None:
        return "gone"
    if asked.is_over(row, at):
        return "over"
    return YES if row.is_yes else "open"


def _guessed(request: Request, at: datetime) -> HttpResponseBase:
    """There is no such link. Guesses are counted; a real link opens from any network."""
    limits.take(declared.LINK_WRONG, request.visit.origin, at=at)
    return render(request, "programmes/item_question.html", {"state": "none"}, status=404)
