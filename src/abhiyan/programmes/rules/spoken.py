"""Words that somebody says to a person, on a call or at a door. One part fills and checks them for every page.

A text has slots in braces: {caller}, {organisation}, {person}, {purpose}. A part in square brackets is left out while a
slot in it is empty. Each line is a paragraph. The template `ui/_say_first.html` shows them.
"""

import re
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import override

from abhiyan.core import letters, words
from abhiyan.core.languages import OWN
from abhiyan.forms.rules.words import refused_in
from abhiyan.messaging.rules import texts
from abhiyan.ui.templatetags.look import organisation

SLOTS = ("caller", "organisation", "person", "purpose")
SAID = ("caller", "organisation")  # a person hears who calls, from which organisation
LONGEST = 1200
_SLOT = re.compile(r"\{([^{}]*)\}")
_PART = re.compile(r"\[([^\[\]]*)\]")
Text = str | Promise


@dataclass(frozen=True, slots=True)
class SpokenWords:
    """Paragraphs to read out. language: their code; "" for that of the page."""

    lines: tuple[str, ...]
    language: str = ""


def spoken_words(
    text: Text, *, caller: str, person: str = "", language: str = "", **slots: str
) -> SpokenWords:
    """Fill words for one person, in their language where our own pages have it.

    Names come in the script of that language. slots: the purpose, and what else the text has.
    """
    here = words.active_language()
    code = language if language in OWN else here
    with override(code):
        blanks = dict.fromkeys(SLOTS, "")
        blanks |= {name: value.strip().rstrip(".।") for name, value in slots.items()}
        blanks |= {"caller": words.local_person(caller), "person": words.local_person(person)}
        filled = texts.fill_text(str(text), blanks | {"organisation": organisation()})
    lines = (" ".join(line.split()) for line in filled.splitlines())
    return SpokenWords(tuple(line for line in lines if line), "" if code == here else code)


def unfit_words(text: str) -> str:
    """Return why an office's own words may not be said, in the reader's language; "" if they may.

    They say who calls, from which organisation. They promise nothing, and ask nothing that we may not keep (law.md
    D14, E3, E5).
    """
    if len(text) > LONGEST:
        return _("Write at most %(most)s letters.") % {"most": LONGEST}
    if any(map(letters.is_hidden, text.replace("\r\n", "\n"))):
        return _("This holds a sign that nobody sees. Type the words instead of copying them.")
    slots = ", ".join(f"{{{name}}}" for name in SLOTS)
    if unknown := [name for name in _SLOT.findall(text) if name not in SLOTS]:
        return _("No slot is called %(slot)s. Use %(slots)s.") % {"slot": f"{{{unknown[0]}}}", "slots": slots}
    if re.search(r"[{}\[\]]", _SLOT.sub("", _PART.sub(r"\1", text))):
        return _("A brace or bracket is open. Write slots like {person}, and optional parts in [ ].")
    always = _PART.sub("", text)
    if missing := [f"{{{name}}}" for name in SAID if name not in _SLOT.findall(always)]:
        return _("Say who calls, and from which organisation. %(slot)s is missing.") % {"slot": missing[0]}
    return refused_in(text)
