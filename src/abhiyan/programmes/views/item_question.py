"""The page behind the link of a question about an item."""

from datetime import datetime

from abhiyan.messaging import queries as asked
from abhiyan.messaging.link_pages import NO, YES, AskedPage, LinkPage
from abhiyan.messaging.models import Question
from abhiyan.people.visit import VisitRequest
from abhiyan.programmes.models import Item
from abhiyan.programmes.queries.items import item
from abhiyan.programmes.rules import activities
from abhiyan.programmes.rules.items import ROOM


def _shown(request: VisitRequest, link: str, row: Question, at: datetime) -> AskedPage | None:
    """Return the page of the question; the reporter of the item cannot say yes for another here.

    The link of a message that named nobody names nobody before the first yes.
    """
    about = item(row.about)
    if about is None:
        return None
    is_unnamed = asked.is_link_unnamed(link=link, question=row, at=at)
    items = activities.activity_items(about.programme.kind, about.measure)
    is_others = about.by_id is not None and request.visit.account_id == about.by_id
    context = {
        "state": _state(row, about, at),
        "sentence": "" if items is None or is_unnamed else items.sentence(about),
        "is_unnamed": is_unnamed,
        "is_others": is_others,
    }
    return AskedPage(context, refuses=(YES,) if is_others else ())


def _state(row: Question, about: Item, at: datetime) -> str:
    """Return open, yes (a no is still taken), no, gone (it no longer counts), or over: it said yes, or nothing,
    in time."""
    if row.is_yes is False:
        return NO
    if about.ended_at is not None:
        return "gone"
    if asked.is_question_over(row, at):
        return "over"
    return YES if row.is_yes else "open"


ANSWER = LinkPage(ROOM, (), "programmes/item_question.html", _shown)
