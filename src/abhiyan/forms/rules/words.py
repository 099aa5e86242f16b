"""Words that no form may hold: what it must not ask, and what it must not promise."""

import re

from django.utils.translation import gettext as say

from abhiyan.core.refusals import RefusedWords
from abhiyan.imports.private_words import phrases_of_officers, private_in
from abhiyan.imports.tables.sensitive import without_places

# A survey registers no person for a benefit (ECI, order of 2 May 2024).
_PROMISE = re.compile(
    r"\b(?:(?:will|shall) (?:get|receive|be (?:given|paid))|guarantee\w*|promise\w*|eligib\w*|enrol\w* for|apply for"
    r"|(?:register|registration|sign up) for)\b"
    r"|(?:^| )(?:मिलेग|मिलेंग|दिया जाएगा|दी जाएगी|गारंटी|वादा|वायदा|पात्रता|पंजीकरण|पंजीयन|रजिस्ट्रेशन|आवेदन"
    r"|ملے گ|ملیں گ|دیا جائے گا|دی جائے گی|گارنٹی|وعدہ|اہلیت|رجسٹریشن|درخواست)"
)


def refused_in(text: str) -> str:
    """Why a form, note or list may not hold these words, in the reader's language; "" where it may."""
    if why := private_in(text):
        return why
    if _PROMISE.search(without_places(text)) and _PROMISE.search(without_places(text, phrases_of_officers())):
        forbidden = say(
            "“%(text)s” promises a benefit or registers for one. The Election Commission forbids it. Leave it out."
        )
        return RefusedWords(forbidden % {"text": text[:80]}, text)
    return ""
