"""The words of a header, however it is written."""

import re
import unicodedata

_INVISIBLE = re.compile("[\u00ad\u034f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
# Letters, digits, and the marks of Indic scripts that \w leaves out.
_NOT_WORD = re.compile("[^\\w\u0900-\u0903\u093a-\u094f\u0951-\u0957\u0962\u0963]+|_+")


def spaced(header: str) -> str:
    """The words of a header, in small letters, single spaces between them."""
    text = _CAMEL.sub(" ", unicodedata.normalize("NFKC", _INVISIBLE.sub("", header)))
    return _NOT_WORD.sub(" ", text.casefold()).strip()
