"""The words of a header, however it is written."""

import re
import unicodedata

from abhiyan.core.letters import MARKS

_INVISIBLE = re.compile("[\u00ad\u034f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_NOT_WORD = re.compile(rf"[^\w{MARKS}]+|_+")


def spaced(header: str) -> str:
    """The words of a header, in small letters, single spaces between them."""
    text = _CAMEL.sub(" ", unicodedata.normalize("NFKC", _INVISIBLE.sub("", header)))
    return _NOT_WORD.sub(" ", text.casefold()).strip()
