"""Names of people: cleaned for keeping, and folded to tell two people on one phone apart."""

import re
import unicodedata

from abhiyan.core import letters
from abhiyan.people.rules import titles

LONGEST = 200  # characters.
_JOINERS = "\u200c\u200d"  # ZWNJ and ZWJ: meant only after a virama, where they shape a conjunct.
# Words of Latin letters and Devanagari with one space between: what nearly all names are. Nothing in it is invisible.
_USUAL = re.compile(
    "[A-Za-z\u0900-\u0963\u0970-\u097f.'-]+(?: [A-Za-z\u0900-\u0963\u0970-\u097f.'-]+)*"
).fullmatch
# Beside letters and their marks: initials, D'Souza, Anne-Marie, "Singh (Junior)", "Ram s/o Shyam", मो॰ अली. A colon or
# a zero may shorten a word (মো: আলী, कु०). An @ stands between two names of one person, as in rolls: "Ram @ Shyam".
_AMONG_LETTERS = frozenset(" ,'’‘`´-‐‑–()/·" + letters.SHORTENING)
SIGNS = "".join(sorted(_AMONG_LETTERS)) + _JOINERS  # beside letters and marks
_VIRAMA = 9  # canonical combining class


def clean_name(text: str) -> str | None:
    """Return a name as it is kept.

    Return None for one that is empty, too long, without a letter, with digits or signs no name has, or not text
    at all. Composed (NFC), spaces collapsed; invisible characters (zero width, text direction, control) are
    dropped. A NUL or half a surrogate pair means a broken sender: refused rather than repaired.
    """
    if len(text) > 4 * LONGEST:
        return None
    if (
        _USUAL(text)
        and text[0].isalpha()
        and len(text) <= LONGEST
        and (text.isascii() or unicodedata.is_normalized("NFC", text))
    ):
        return text
    if text.isascii():
        if "\x00" in text:
            return None
        if not text.isprintable():
            text = "".join(c if c.isprintable() else " " for c in text)
        kept = " ".join(text.split())
    else:
        try:
            text.encode()
        except UnicodeEncodeError:
            return None
        if "\x00" in text:
            return None
        kept = _shown(unicodedata.normalize("NFC", text))
    if (
        len(kept) > LONGEST
        or not any(c.isalpha() for c in kept)
        or not all(map(_is_of_a_name, letters.without_shortening(kept.replace(" @ ", " "))))
    ):
        return None
    return kept


def _is_of_a_name(c: str) -> bool:
    return c.isalpha() or c in _AMONG_LETTERS or c in _JOINERS or unicodedata.category(c)[0] == "M"


def _shown(text: str) -> str:
    """Drop what cannot be seen; any kind of white space is one space."""
    out: list[str] = []
    for c in text:
        category = unicodedata.category(c)
        if c.isspace() or category in ("Zl", "Zp", "Zs"):
            out.append(" ")
        elif c in _JOINERS:
            if out and unicodedata.combining(out[-1]) == _VIRAMA:
                out.append(c)
        elif category[0] != "C":
            out.append(c)
    return " ".join("".join(out).split())


def key(name: str) -> str:
    """Return a cleaned name as it distinguishes two people on one phone: case, joiners, dots and titles make no
    difference.

    Near spellings are for the search for duplicates.
    """
    return " ".join(titles.words(name))


def shortened_name(name: str) -> str:
    """Shorten a name as a message to a phone shows it, which may be somebody else's by now: "Kamla De…", "Kamla"."""
    first, _space, rest = name.partition(" ")
    last = rest.rpartition(" ")[2]
    if not last:
        return first
    initial = last[:2]
    while len(initial) < len(last) and unicodedata.combining(initial[-1]) == _VIRAMA:
        initial = last[: len(initial) + 1]
    return f"{first} {initial}…" if initial != last else f"{first} {last}"
