"""Show people what a check holds about them, once they were asked: before that, nobody knows who is drawn."""

from collections.abc import Collection, Iterator
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from abhiyan.core.scope import system
from abhiyan.programmes.rules.held import HeldDeed
from abhiyan.verification.models import Check

from .checks import answers_in_check
from .items import items_to_check
from .opening import asked_about

_RESULTS = {
    Check.Outcome.GENUINE: _("The entry is right"),
    Check.Outcome.NOT_GENUINE: _("The entry is not right"),
    Check.Outcome.REFUSED: _("You did not want to answer"),
}


def checks_held_about(item_ids: Collection[UUID]) -> Iterator[HeldDeed]:
    """Yield the checks in which somebody was reached about these items, with what they said and the result."""
    with system("what a check holds about a person"):
        for check in asked_about(item_ids):
            if at := check.done_at or check.said_at:
                yield HeldDeed(
                    at=at,
                    what=_("A visit to check your entry")
                    if check.is_visit
                    else _("A call to check your entry"),
                    result=_RESULTS.get(Check.Outcome(check.outcome or "unresolved"), _("No result")),
                    words=_words(check),
                )


def _words(check: Check) -> dict[str, str]:
    """Return their words to each question, while they are kept."""
    words = answers_in_check(check)
    if words is None:
        return {}
    questions = items_to_check(check.frame.programme, check.frame.measure).questions
    return {
        str(question.text): words.words[question.key]
        for question in questions
        if words.words.get(question.key)
    }
