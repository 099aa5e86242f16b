"""Letters with the signs that belong to them, in any script, and the signs that shorten words.

Python's `\\w` knows letters and digits. Vowel signs, viramas and dots below are marks, and `\\w` leaves them out: a
pattern made of it alone ends "सुनीता" and "সুনীতা" after one letter.
"""

import re
import unicodedata
from collections.abc import Iterator
from itertools import count, groupby

_LAST = 0x1E000  # all scripts in use are below it
VIRAMA = 9  # its canonical combining class in every script: it joins two consonants


def _is_mark(c: str) -> bool:
    """Return True if a sign belongs to the letter before it. Selectors of variants say nothing."""
    if unicodedata.category(c)[0] != "M":
        return False
    name = unicodedata.name(c, "")
    return "SELECTOR" not in name and "JOINER" not in name


def _ranges() -> Iterator[str]:
    marks = (n for n in range(0x300, _LAST) if _is_mark(chr(n)))
    for _gap, run in groupby(zip(marks, count(), strict=False), lambda one: one[0] - one[1]):
        code_points = [n for n, _at in run]
        yield f"{chr(code_points[0])}-{chr(code_points[-1])}"


MARKS = "".join(_ranges())  # for a class of characters in a pattern: [\w{MARKS}] is a letter, digit or sign


# Signs that shorten a word, script by script, as in मो॰, એસ૰ and ایم۔. Many write a danda for them: మొ॥
SHORTENING = "." + "".join(
    chr(n)
    for n in range(0x600, _LAST)
    if re.search("ABBREVIATION SIGN$|FULL STOP$|\\bDANDA$", unicodedata.name(chr(n), ""))
)
# Bengali and Latin writers also shorten with a colon: মো: আলী, Smt:Kamla. No address has a space behind its colon, and
# none has a letter behind one after so short a word.
_SPACED_COLON = re.compile(rf"(?<=[\w{MARKS}]):(?=\s+\w)")
_TIGHT_COLON = re.compile(rf"(^|[^\w{MARKS}])([\w{MARKS}]{{1,5}}):(?=\w)")
_LAST_DIGIT = re.compile(r"(.)(\d)(?!\d)")


def without_shortening(text: str, instead: str = "") -> str:
    """Return a text without colons and zeros that shorten a word: Smt:Kamla, कु०. instead: replaces each of them.

    People whose keyboard has no sign for it write a zero. A zero behind a Latin letter shortens nothing.
    """
    text = _TIGHT_COLON.sub(rf"\1\2{instead}", _SPACED_COLON.sub(instead, text))
    return _LAST_DIGIT.sub(
        lambda found: found[1] + instead if _is_shortened(found[1], found[2]) else found[0], text
    )


def _is_shortened(letter: str, digit: str) -> bool:
    is_letter = not letter.isascii() and unicodedata.category(letter)[0] in "LM"
    return is_letter and unicodedata.decimal(digit) == 0


def plain_digits(text: str) -> str:
    """A text with the digits of every script as 0 to 9: "४५" is "45".

    Whatever reads a number that somebody typed reads it from here, and `ui/static/ui/checks.js` by the same rule on a
    phone (tests/floors/test_digits.py).
    """
    return text if text.isascii() else "".join(str(unicodedata.decimal(c, c)) for c in text)


def only_digits(text: str) -> str:
    """The digits of a text as 0 to 9, and nothing else of it: "१८० ००१" is "180001"."""
    return "".join(c for c in plain_digits(text) if "0" <= c <= "9")


def is_of_one_script(word: str) -> bool:
    """Return True if all letters of a word are of one script. A Cyrillic letter in a Latin word only looks right.

    word: composed (NFC). A sign of no script, such as a stroke over a letter, is of another script.
    """
    parts = (c for c in word if c.isalpha() or unicodedata.category(c)[0] == "M")
    scripts = {unicodedata.name(c, "").partition(" ")[0] for c in parts}
    return len(scripts - {"MODIFIER", "FEMININE", "MASCULINE"}) <= 1


def first(word: str, *, joined: bool = True) -> str:
    """The first letter of a word with its signs. joined: also with the letters that a virama joins to it."""
    size = 1
    while size < len(word) and _is_mark(word[size]):
        is_virama = unicodedata.combining(word[size]) == VIRAMA
        if is_virama and not joined:
            break
        size += 2 if is_virama else 1
    return word[:size]


def is_hidden(c: str) -> bool:
    """Return whether nobody sees a sign, or it turns others around. Lines and joiners of Indian scripts stay."""
    return c not in "\n\u200c\u200d" and unicodedata.category(c) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
