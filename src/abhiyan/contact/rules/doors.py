"""The rules of a talk at a door: near the booth, and which words a note may hold."""

import re

from django.utils.translation import gettext as say

from abhiyan.core.natural import natural
from abhiyan.core.places import Point, metres
from abhiyan.core.refusals import RefusedWords
from abhiyan.forms.rules.words import refused_in
from abhiyan.helpdesk.rules.wording import is_about_illness
from abhiyan.imports.private_words import private_in

RADIUS_M = 2_000  # around the point of a booth
LOOSEST_M = 500  # of an accuracy that a phone may claim
_NUMBER = re.compile(r"\d{6,}")  # of a scheme, a card or an account


_BARE = re.compile(r"\d")
_WORDS = re.compile(r"^\D*")  # before a number


def door_label(door: str, lane: str = "") -> str:
    """Return how a door is called, in the reader's language: House 17, Lane 4. "" where nothing is known of it.

    door, lane: as the list or the worker wrote them. A number alone gets its word.
    """
    house = say("House %(door)s") % {"door": door} if _BARE.match(door) else door
    street = say("Lane %(lane)s") % {"lane": lane} if _BARE.match(lane) else lane
    return ", ".join(filter(None, (house, street)))


def walking_order(door: str, lane: str) -> tuple[str, ...]:
    """Return a key to sort doors by: lane, then house, as people count. "House 3" stands between 2 and 4."""
    house, _comma, street = door.partition(",")
    return tuple(natural(part) for text in (lane or street, house) for part in (_WORDS.sub("", text), text))


def is_near(point: Point | None, accuracy: float | None, place: Point | None) -> bool | None:
    """Return whether a phone was near a booth; None if either place is not known."""
    if point is None or place is None:
        return None
    return metres(point, place) <= RADIUS_M + min(accuracy or 0, LOOSEST_M)


def unfit_note(text: str) -> str:
    """Return why a note may not hold these words, in the reader's language; "" if it may.

    Nothing about health, caste, religion or the vote is kept (law.md D14, E5). There is no promise and no number (E3).
    """
    if is_about_illness(text) and private_in(text):
        illness = say("This speaks of an illness. We keep nothing about health. Leave it out.")
        return RefusedWords(illness, text)
    if _NUMBER.search(re.sub(r"[ -]", "", text)):
        return say(
            "This holds a long number. We keep no numbers of schemes, cards or accounts. Leave it out."
        )
    return refused_in(text)
