"""Words that no answer of the helpline may carry: a code, and around an election what campaigns. And words about an
illness, which no need of an office-bearer may carry.

Rules of thumb over plain text, in English and Hindi: they stop what is said openly. Two other rules hold for every
word: an answer reaches only phones that contacted us, and one text to many takes two people.
"""

import re

from abhiyan.imports.tables.sensitive import topic_of
from abhiyan.imports.tables.words import spaced

_CODE = r"(?:otps?|one time (?:codes?|passwords?)|passcodes?|codes?|ओटीपी|कोड)"
# Codes that are no secret.
_OPEN = re.compile(r"(?:\b(?:pin|postal|office|unit|booth|qr) codes?\b|(?:पिन|डाक|बूथ|क्यूआर) कोड)")
_HAS_CODE = re.compile(
    rf"{_CODE}(?: (?:is|no|number|हैं|है|नंबर))? \d{{4,8}}(?!\d)"
    rf"|(?<!\d)\d{{4,8}} (?:is|है) .{{0,20}}{_CODE}"
)
_ASKS_CODE = re.compile(
    rf"\b(?:send|tell|give|share|forward|reply|read)(?: it| out)?(?: to| with| back)* (?:us|me)\b.{{0,40}}{_CODE}"
    rf"|(?<!not )(?<!never )\b(?:share|forward|tell|reply with) (?:the|your|that|this)(?: \w+)? {_CODE}"
    rf"|{_CODE} .{{0,20}}(?<!न )(?<!मत )(?<!नहीं )(?:बता(?:इए|इये|एँ|एं|ओ)|बता (?:दें|दीजिए)|भेज(?:ें|िए|िये|ो)"
    r"|भेज (?:दें|दीजिए)|दे (?:दें|दीजिए)|साझा कर(?:ें|िए|ो))(?! ?ग)"
)
_CAMPAIGN = re.compile(
    r"\b(?:vot(?:e|es|ed|ing)|re ?elect\w*|elect (?:us|our|him|her)|candidates?|manifestos?|ballots?|evms?"
    r"|victory|defeat\w*|support (?:us|our|the party|him|her)|(?:press|push) the button|election symbol"
    r"|pratyashi|ummee?dwar|jita(?:o|ye|yen|iye|ein)|matdan)\b"
    r"|(?:^| )(?:वोट(?!र)|मतदान(?! (?:केंद्र|केन्द्र|स्थल))|मत (?:दें|दीजिए|डाल)|प्रत्याशी|उम्मीदवार|घोषणा ?पत्र"
    r"|जिता(?:एँ|एं|इए|ओ|ना)|विजयी|हरा(?:एँ|एं|इए|ओ)|समर्थन (?:दें|करें|दीजिए|कीजिए)|चुनाव चिह्न|चुनाव चिन्ह"
    r"|बटन दबा)[^ ]*"
)


def is_about_illness(text: str) -> bool:
    """Return True if a text speaks of somebody's health."""
    return topic_of(text) == "health"


def has_code(text: str) -> bool:
    """Return True if a text carries a one-time code or asks the person for one. A PIN code of a place is none."""
    words = _OPEN.sub(" ", spaced(text))
    return bool(_HAS_CODE.search(words) or _ASKS_CODE.search(words))


def campaigning(text: str) -> str:
    """The first word of a text that campaigns; "" where none does."""
    match = _CAMPAIGN.search(spaced(text))
    return match[0].strip() if match else ""
