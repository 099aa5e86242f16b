"""The short link of a question, as messages bring it."""

from django.http import HttpResponseRedirect
from django.views.decorators.http import require_safe

from abhiyan.core.scope import system
from abhiyan.messaging import queries
from abhiyan.org.viewer import Request


@require_safe
def short_link(_request: Request, link: str) -> HttpResponseRedirect:
    """Lead to the page that asks the question. Any other link leads to the page that refuses it."""
    with system("the page behind a short link"):
        question = queries.question_by_link(link)
    address = question.address if question else queries.ANY_QUESTION
    return HttpResponseRedirect(address % link)
