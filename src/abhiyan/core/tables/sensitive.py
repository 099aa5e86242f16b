"""Columns we never read: identity numbers, caste, religion, bank, health, biometrics.

By the column's name in Hindi or English, and, where the name says nothing, by what its cells look like. Failing
closed is meant: a harmless column called "Health block" is lost rather than a harmful one kept.
"""

import re
from collections.abc import Sequence

from abhiyan.core.letters import MARKS, plain_digits
from abhiyan.core.tables.words import spaced

# Against the header in small letters with single spaces; `\b` counts Devanagari vowel signs as letters here,
# because `spaced` leaves them in place and the patterns below say where a word ends by (?= |$). A row is of one script.
_START, _END = r"(?:^|(?<= ))", r"(?= |$)"
_NAMES: dict[str, tuple[str, ...]] = {
    "aadhaar": (r"a+dh?a+r\w*|uid(?:ai)?", r"आधार\w*|यू आई डी|यूआईडी", r"آدھار"),
    "voter_id": (
        r"epic(?: ?(?:no|num|number|id|card))?|voter ?(?:s )?(?:i ?d|card|identity|no|number|slip)\w*",
        r"elector(?:s|al)? (?:photo )?(?:i ?d|identity|card)\w*|election (?:card|i ?d)\w*",
        r"ई ?पी ?आई ?सी|एपिक\w*|(?:मतदाता|वोटर|निर्वाचक) (?:फोटो )?(?:पहचान\w*|आई ?डी|कार्ड|परिचय)\w*",
        r"पहचान ?पत्र\w*",
    ),
    "other_id": (
        r"pan|pan (?:card|no|number)\w*|passport\w*|driving licen[cs]e\w*|ration ?card\w*",
        r"(?:national|govt|government|identity|id) (?:id|proof|card|document)\w*|abha|ssn",
        r"पैन|पैन (?:कार्ड|नं|नंबर|संख्या)\w*|पासपोर्ट\w*|राशन ?कार्ड\w*|ड्राइविंग ?लाइसेंस\w*",
    ),
    "caste": (
        r"(?:sub ?)?castes?\w*|jaa?ti|upjaa?ti|gotra?|social (?:category|group|class)",
        r"sc ?st(?: ?obc)?\w*|obc|(?:scheduled|backward) (?:castes?|tribes?|class(?:es)?)|tribes?",
        r"(?:उप ?)?जाति\w*|जात|अनुसूचित\w*|जनजाति\w*|गोत्र|सामाजिक (?:श्रेणी|वर्ग)|पिछड़ा वर्ग",
        r"ذات",
    ),
    "religion": (
        r"religi\w*|faith|dharma?|mazhab|majhab|sect|community",
        r"धर्म|मज़?हब|संप्रदाय|सम्प्रदाय|समुदाय|पंथ",
        r"مذہب",
    ),
    "bank": (
        r"bank\w*|ifsc\w*|(?:a c|acc(?:oun)?t) ?(?:no|num|number)?|upi(?: id)?|micr",
        r"(?:credit|debit) card\w*|income|salary",
        r"बैंक\w*|खाता\w*|आईएफएससी\w*|यूपीआई|आय|वेतन",
    ),
    "health": (
        r"health\w*|medical\w*|disease\w*|illness\w*|disab(?:led|ility|ilities)\w*|divyang\w*",
        r"handicap\w*|blood ?(?:group|type)?|hiv|pregnan\w*|vaccin\w*",
        r"स्वास्थ्य\w*|बीमारी\w*|रोग\w*|दिव्यांग\w*|विकलांग\w*|रक्त\w*|ब्लड\w*|टीका\w*",
    ),
    "biometric": (
        r"biometric\w*|finger ?prints?\w*|thumb\w*|iris",
        r"बायोमेट्रिक\w*|अंगूठा\w*|उंगली\w*|अंगुली\w*",
    ),
}
_WORD = rf"[\w{MARKS}]"
_PATTERNS = {
    category: re.compile(_START + "(?:" + "|".join(patterns).replace(r"\w", _WORD) + ")" + _END)
    for category, patterns in _NAMES.items()
}


def sensitive(header: str) -> str | None:
    """The category of a header we never read, or None."""
    words = spaced(header)
    for category, pattern in _PATTERNS.items():
        if pattern.search(words):
            return category
    return None


_D = (
    (0, 1, 2, 3, 4, 5, 6, 7, 8, 9),
    (1, 2, 3, 4, 0, 6, 7, 8, 9, 5),
    (2, 3, 4, 0, 1, 7, 8, 9, 5, 6),
    (3, 4, 0, 1, 2, 8, 9, 5, 6, 7),
    (4, 0, 1, 2, 3, 9, 5, 6, 7, 8),
    (5, 9, 8, 7, 6, 0, 4, 3, 2, 1),
    (6, 5, 9, 8, 7, 1, 0, 4, 3, 2),
    (7, 6, 5, 9, 8, 2, 1, 0, 4, 3),
    (8, 7, 6, 5, 9, 3, 2, 1, 0, 4),
    (9, 8, 7, 6, 5, 4, 3, 2, 1, 0),
)
_P = (
    (0, 1, 2, 3, 4, 5, 6, 7, 8, 9),
    (1, 5, 7, 6, 2, 8, 3, 0, 9, 4),
    (5, 8, 0, 3, 7, 9, 6, 1, 4, 2),
    (8, 9, 1, 6, 0, 4, 3, 5, 2, 7),
    (9, 4, 5, 3, 1, 2, 6, 8, 7, 0),
    (4, 2, 8, 6, 5, 7, 3, 9, 0, 1),
    (2, 7, 9, 3, 8, 0, 6, 4, 1, 5),
    (7, 0, 4, 6, 9, 1, 3, 2, 5, 8),
)


def _aadhaar(cell: str) -> bool:
    """Twelve digits, the first from 2 to 9, with a right Verhoeff check digit (UIDAI's scheme)."""
    digits = re.sub(r"[ -]", "", plain_digits(cell))
    if not re.fullmatch(r"[2-9][0-9]{11}", digits):
        return False
    check = 0
    for place, digit in enumerate(reversed(digits)):
        check = _D[check][_P[place % 8][int(digit)]]
    return check == 0


_CASTES = frozenset(
    ("gen", "general", "obc", "sc", "st", "ews", "ur", "sebc", "mbc", "bc", "ebc", "open")
    + ("सामान्य", "ओबीसी", "एससी", "एसटी", "अनारक्षित")
)


def looks_sensitive(cells: Sequence[str]) -> str | None:
    """The category most of a column's filled cells belong to by their form, or None. Needs five filled cells."""
    filled = [plain_digits(c.strip()) for c in cells if c.strip()]
    if len(filled) < 5:
        return None
    enough = 0.8 * len(filled)
    if sum(map(_aadhaar, filled)) >= enough:
        return "aadhaar"
    if sum(bool(re.fullmatch(r"[A-Za-z]{3}[ /-]?[0-9]{7}", c)) for c in filled) >= enough:
        return "voter_id"
    if sum(bool(re.fullmatch(r"[A-Za-z]{5}[0-9]{4}[A-Za-z]", c)) for c in filled) >= enough:
        return "other_id"
    if sum(bool(re.fullmatch(r"[A-Za-z]{4}0[A-Za-z0-9]{6}", c)) for c in filled) >= enough:
        return "bank"
    if sum(c.casefold() in _CASTES for c in filled) >= enough:
        return "caste"
    return None
