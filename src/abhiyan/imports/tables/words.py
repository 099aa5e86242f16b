"""The words of a header, however it is written."""

import re
import unicodedata
from collections.abc import Iterable

from abhiyan.core.letters import MARKS, plain_digits

_INVISIBLE = re.compile("[\u00ad\u034f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_NOT_WORD = re.compile(rf"[^\w{MARKS}]+|_+")
_TOTAL = re.compile(
    r"(?:(?:महा|कुल )?योग|कुल|(?:grand |sub ?)?total)(?: (?:संख्या|योग|सदस्य|लोग|members?|people|number))?[ :=–-]*[0-9,]*",
    re.IGNORECASE,
)
_FIGURE = re.compile(r"[0-9][0-9,. ]*|[.–—-]*")


def is_total(cells: Iterable[str]) -> bool:
    """Return True for the row below a list that gives its total: one word for it, and figures beside it."""
    is_said = False
    for cell in cells:
        text = plain_digits(" ".join(cell.split()))
        if not is_said and text and _TOTAL.fullmatch(text):
            is_said = True
        elif not _FIGURE.fullmatch(text):
            return False
    return is_said


def spaced(header: str) -> str:
    """The words of a header, in small letters, single spaces between them."""
    text = _CAMEL.sub(" ", unicodedata.normalize("NFKC", _INVISIBLE.sub("", header)))
    return _NOT_WORD.sub(" ", text.casefold()).strip()
