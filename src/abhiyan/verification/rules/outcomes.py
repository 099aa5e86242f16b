"""Decide what a check's outcome counts as, once it is known what became of its item since. Pure."""

import re
from enum import StrEnum

LEFT, DENIED, STRUCK = (
    "left",
    "denied",
    "struck",
)  # why an item counts no more (programmes.rules.activities.Items)
# Reasons of unresolved checks.
NOT_REACHED = "not_reached"  # tried often enough.
# Nobody was asked: the item counts no more, or its person wants no calls. No row keeps the reason: where one
# person of a district had been struck off, or had said no, it would name them.
GONE = "gone"
NOT_FINISHED = "not_finished"  # the planned end came first


class Stands(StrEnum):
    """The meaning of a check in an estimate."""

    GENUINE = "genuine"
    NOT_GENUINE = "not_genuine"
    REFUSED = "refused"
    NOT_REACHED = "not_reached"  # some of these are visited
    OPEN = "open"  # not finished, or nobody could tell
    LEFT = "left"  # the person left before anybody asked: open too, with a count of its own


def item_standing(outcome: str, reason: str, why_gone: str | None) -> Stands:
    """Return what one drawn item counts as.

    Withdrawn after the freeze by anyone but the person is not genuine, whatever was found; so is what the
    person's own phone denied. A person who left by their own word is open, unless they had answered before.
    """
    if why_gone in (DENIED, STRUCK):
        return Stands.NOT_GENUINE
    if outcome in (Stands.GENUINE, Stands.NOT_GENUINE, Stands.REFUSED):
        return Stands(outcome)
    if why_gone == LEFT:
        return Stands.LEFT
    return Stands.NOT_REACHED if reason == NOT_REACHED else Stands.OPEN


class Meaning(StrEnum):
    """The meaning of somebody's answer in their own words. The codes come from the first checked activity."""

    YES = "joined"
    NEVER = "never_joined"
    UNSURE = "unsure"
    NO_SUCH_PERSON = "no_such_person"


OTHER_ANSWERS, UNCLEAR = (
    "other_answers",
    "unclear",
)  # reasons of a check: answered, but not what was written; neither


def may_find(meaning: str, outcome: str) -> bool:
    """Return True where an outcome fits the answer: an item is genuine only if the person said that it was so."""
    return outcome != Stands.GENUINE or meaning == Meaning.YES


def reason_of(meaning: str, outcome: str) -> str:
    """Return why a check has its outcome, as a code; empty where the outcome says all."""
    if outcome == Stands.NOT_GENUINE:
        return meaning if meaning in (Meaning.NEVER, Meaning.NO_SUCH_PERSON) else OTHER_ANSWERS
    return UNCLEAR if outcome == "unresolved" else ""


YEARS_OFF = 3  # by which somebody may err in a year of birth
_FOUR_DIGITS = re.compile(r"(?<!\d)\d{4}(?!\d)")


def contradicts(written: str, heard: str) -> bool:
    """Return True if both name one year, and these years are more than YEARS_OFF apart. Digits of any script count."""
    booths, other = (
        {year for year in map(int, _FOUR_DIGITS.findall(text)) if 1900 <= year < 2100}
        for text in (written, heard)
    )
    return len(booths) == len(other) == 1 and abs(booths.pop() - other.pop()) > YEARS_OFF
