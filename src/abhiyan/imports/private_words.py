"""Nobody asks or notes a person's religion, caste, health, bank, identity numbers or vote."""

from collections.abc import Callable, Sequence

from django.utils.translation import gettext as say

from abhiyan.core.refusals import RefusedWords

from .tables.reasons import SENSITIVE
from .tables.sensitive import VOTE, topic_of

_allowed: list[Callable[[], Sequence[str]]] = []


def allow_by(phrases: Callable[[], Sequence[str]]) -> None:
    """Name the reader of phrases that data officers allowed. It is asked only about words that the rule refuses."""
    _allowed.append(phrases)


def phrases_of_officers() -> Sequence[str]:
    """Return the phrases that data officers allowed."""
    return [phrase for phrases in _allowed for phrase in phrases()]


def private_in(text: str) -> str:
    """Return what these words ask or note of a person that nobody may, in the reader's language; "" where they do not.

    The rule of topics is `tables/sensitive.py`. The ballot is secret (RP Act ss. 94, 128).
    """
    quoted = {"text": text[:80]}
    topic = topic_of(text) and topic_of(text, phrases_of_officers())
    if topic == VOTE:
        return RefusedWords(
            say("“%(text)s” is about a vote. The ballot is secret. Leave it out.") % quoted, text
        )
    if topic:
        about = {**quoted, "about": SENSITIVE[topic]}
        why = say("“%(text)s” is about: %(about)s. We neither ask nor note that. Leave it out.") % about
        return RefusedWords(why, text)
    return ""
