"""Words that no form may hold: what it must not ask, and what it must not promise."""

import re

from django.utils.translation import gettext as say

from abhiyan.core.tables.reasons import SENSITIVE
from abhiyan.core.tables.sensitive import sensitive
from abhiyan.core.tables.words import spaced

# The ballot is secret (RP Act ss. 94, 128): no question about how somebody votes. A polling station may be named.
_VOTE = re.compile(
    r"\b(?:vot(?:e|es|ed|ing)|ballots?|evms?|exit polls?|which party|party preference)\b"
    r"|(?:^| )(?:वोट(?!र)|मतदान(?! (?:केंद्र|केन्द्र|स्थल))|मत (?:दिया|दें|देंगे|देगा|डाल)|मतपत्र|ईवीएम|एग्ज़?िट पोल"
    r"|किस (?:दल|पार्टी))"
)
# Nobody is registered for a benefit by a survey (ECI, order of 2 May 2024).
_PROMISE = re.compile(
    r"\b(?:(?:will|shall) (?:get|receive|be (?:given|paid))|guarantee\w*|promise\w*|eligib\w*|enrol\w* for|apply for"
    r"|(?:register|registration|sign up) for)\b"
    r"|(?:^| )(?:मिलेग|मिलेंग|दिया जाएगा|दी जाएगी|गारंटी|गारन्टी|वादा|वायदा|पात्रता|पंजीकरण|पंजीयन|रजिस्ट्रेशन|आवेदन)"
)


def refused_in(text: str) -> str:
    """Why a form may not hold these words, in the reader's language; "" where it may."""
    words, shown = spaced(text), {"text": text[:80]}
    if found := sensitive(text):
        about = {**shown, "about": SENSITIVE[found]}
        return say("“%(text)s” asks about: %(about)s. No form may ask that. Leave it out.") % about
    if _VOTE.search(words):
        return say("“%(text)s” asks about the vote. The ballot is secret. Leave it out.") % shown
    if _PROMISE.search(words):
        forbidden = say(
            "“%(text)s” promises a benefit or registers for one. The Election Commission forbids it. Leave it out."
        )
        return forbidden % shown
    return ""
