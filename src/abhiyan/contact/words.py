"""Words of contact: what a caller says first, and why an entry is held back for good."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from abhiyan.core import words
from abhiyan.programmes.rules.spoken import SpokenWords, spoken_words

from .centres import PersonOnCall
from .gate import is_of_callers

WHY_OUT: Mapping[str, Promise] = {
    "opted_out": _("They said no to contact"),
    "erased": _("Everything about them is erased"),
    "unwilling": _("They did not want to talk"),
    "not_reached": _("Nobody was at home three times"),
    "ended": _("The list has ended"),
    "called": _("A caller talked with them by another list"),
    "wrong_number": _("The number was wrong"),
    "not_answered": _("Nobody answered four calls"),
}

# Callers of a queue say this, unless its office has written words of its own.
CALL_WORDS = _(
    "Hello! [Am I speaking with {person}? ]I am {caller} from {organisation}.\n"
    "[I am calling for this reason: {purpose}. ]Do you have two minutes? You can say no.\n"
    "How is it going for you? What should we know?\n"
    "Thank you for your time. If you want no more calls, tell me now."
)
CALL_BACK_WORDS = _(
    "Hello! I am {caller} from {organisation}. You called our helpline, so I am calling you back.\n"
    "How can we help? I write down what you say, and our office answers you.\n"
    "Thank you for calling us."
)
HELPLINE_WORDS = _(
    "Hello! This is {organisation}, and I am {caller}. How can we help?\n"
    "I write down what you say, and our office answers you.\n"
    "Thank you for calling us."
)


def words_for_call(person_on_call: PersonOnCall, *, caller: str) -> SpokenWords:
    """Return what a caller says first to the person in front of them, in the person's language where we have it.

    An office's own words go before ours: in the person's language, else in that of the page, else as they are.
    """
    office_words, language = person_on_call.turn.queue.words, person_on_call.language
    text: str | Promise = CALL_BACK_WORDS if is_of_callers(person_on_call.turn.entry.list) else CALL_WORDS
    if office_words and text is CALL_WORDS:
        language = next(
            code for code in (language, words.active_language(), *office_words) if code in office_words
        )
        text = office_words[language]
    return spoken_words(
        text, caller=caller, person=person_on_call.name, language=language, purpose=person_on_call.purpose
    )
