"""Words that no form may hold: what it must not ask, and what it must not promise."""

import re
from collections.abc import Callable, Sequence

from django.utils.translation import gettext as say

from abhiyan.core.refusals import RefusedWords
from abhiyan.core.tables.reasons import SENSITIVE
from abhiyan.core.tables.sensitive import VOTE, topic_of, without_places

# Nobody is registered for a benefit by a survey (ECI, order of 2 May 2024).
_PROMISE = re.compile(
    r"\b(?:(?:will|shall) (?:get|receive|be (?:given|paid))|guarantee\w*|promise\w*|eligib\w*|enrol\w* for|apply for"
    r"|(?:register|registration|sign up) for)\b"
    r"|(?:^| )(?:मिलेग|मिलेंग|दिया जाएगा|दी जाएगी|गारंटी|वादा|वायदा|पात्रता|पंजीकरण|पंजीयन|रजिस्ट्रेशन|आवेदन"
    r"|ملے گ|ملیں گ|دیا جائے گا|دی جائے گی|گارنٹی|وعدہ|اہلیت|رجسٹریشن|درخواست)"
)


_allowed: list[Callable[[], Sequence[str]]] = []


def allow_by(phrases: Callable[[], Sequence[str]]) -> None:
    """Name the reader of phrases that data officers allowed. It is asked only about words that the rule refuses."""
    _allowed.append(phrases)


def _phrases() -> Sequence[str]:
    return [phrase for phrases in _allowed for phrase in phrases()]


def private_in(text: str) -> str:
    """Return what these words ask or note of a person that nobody may, in the reader's language; "" where they do not.

    The rule of topics is `core/tables/sensitive.py`. The ballot is secret (RP Act ss. 94, 128).
    """
    shown = {"text": text[:80]}
    topic = topic_of(text) and topic_of(text, _phrases())
    if topic == VOTE:
        why = say("“%(text)s” asks about the vote. The ballot is secret. Leave it out.") % shown
        return RefusedWords(why, text)
    if topic:
        about = {**shown, "about": SENSITIVE[topic]}
        why = say("“%(text)s” asks about: %(about)s. No form may ask that. Leave it out.") % about
        return RefusedWords(why, text)
    return ""


def refused_in(text: str) -> str:
    """Why a form, note or list may not hold these words, in the reader's language; "" where it may."""
    if why := private_in(text):
        return why
    if _PROMISE.search(without_places(text)) and _PROMISE.search(without_places(text, _phrases())):
        forbidden = say(
            "“%(text)s” promises a benefit or registers for one. The Election Commission forbids it. Leave it out."
        )
        return RefusedWords(forbidden % {"text": text[:80]}, text)
    return ""
