"""The page behind the link of a question. Opening it answers nothing, for previews open links.

A room declares its page as a value. The address names it:

    page("answer/<slug:link>/", link_page, {"of": ANSWER}, name="answer", opens=PUBLIC, act="…")
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from abhiyan.core import clock, declared, limits
from abhiyan.core.scope import system
from abhiyan.messaging import actions, queries
from abhiyan.messaging.models import Question
from abhiyan.org.viewer import Request
from abhiyan.people.visit import VisitRequest
from abhiyan.ui.acts import Text, form_page, pressed, say_when_done

YES, NO = "yes", "no"
BOTH = (YES, NO)
THANKS: Text = _("Thank you. We have your answer.")


@dataclass(frozen=True, slots=True)
class AskedPage:
    """The page of one question now. context: of its template. takes: the answers that it takes now. refuses: the
    answers that somebody else, who holds the link, may not give: 403."""

    context: Mapping[str, Any]
    takes: tuple[str, ...] = BOTH
    refuses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LinkPage:
    """The page of one kind of questions.

    room, kinds: of the questions; no kinds: every kind of the room. shown: what the page shows of one, in the system's
    scope; None where what it asks about is gone. says: the sentence after an answer, where the page does not say it
    itself. longest_why: letters of what is said beside an answer.
    """

    room: str
    kinds: tuple[str, ...]
    template: str
    shown: Callable[[Request, str, Question, datetime], AskedPage | None]
    says: Text = ""
    longest_why: int = 0


@form_page
def link_page(request: Request, link: str, of: LinkPage) -> HttpResponseBase:
    """Ask the holder of the link: yes or no? A wrong link says so, and counts as a guess.

    The holder of a link comes in from any network. Refuses NoButton, TooMany guesses, and what the room refuses.
    """
    at = clock.now()
    with system("the page behind a question's link"):
        row = queries.question_by_link(link)
        is_its = row is not None and row.room == of.room and (not of.kinds or row.kind in of.kinds)
        asked_page = of.shown(request, link, row, at) if row is not None and is_its else None
    if row is None or asked_page is None:
        return link_over(request, at)
    request.visit.about = row.programme_id
    answer = pressed(request, "answer", *BOTH) if request.method == "POST" and asked_page.takes else ""
    is_refused = answer in asked_page.refuses
    if answer in asked_page.takes and not is_refused:
        why = " ".join(request.POST.get("why", "").replace("\0", "").split())[: of.longest_why]
        actions.answer_link(link=link, yes=answer == YES, why=why, by=request.actor, at=at)
        if of.says:
            say_when_done(request, of.says)
        return redirect(request.path)
    return _unlisted(
        render(request, of.template, dict(asked_page.context), status=403 if is_refused else 200)
    )


def link_over(request: VisitRequest, at: datetime) -> HttpResponseBase:
    """The page of a link that is not known: a guess is counted."""
    limits.count_or_refuse(declared.LINK_WRONG, request.visit.origin, at=at)
    return _unlisted(render(request, "messaging/link_over.html", status=404))


def _unlisted(response: HttpResponseBase) -> HttpResponseBase:
    """No search engine keeps such a page."""
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response
