"""The main menu: its words and its letters. Which entries a person sees, and where they lead, the site says.

Those of an activity have their words in its room (`programmes.rules.activities.Menu`).
"""

from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# key: the words, and the letter that follows `g`
WORDS: dict[str, tuple[str | Promise, str]] = {
    "today": (_("Today"), "t"),
    "units": (_("Units"), "u"),
    "programmes": (_("Programmes"), "p"),
    "elections": (_("Results"), "r"),
    "imports": (_("Imports"), "i"),
    "messages": (_("Messages"), "m"),
    "helpline": (_("Helpline"), "h"),
    "appointments": (_("Appointments"), "a"),
}


@dataclass(frozen=True)
class Entry:
    """One entry of the menu. key: as its pages name it. letter: follows `g` on the keyboard."""

    key: str
    href: str
    label: str | Promise = field(compare=False)  # the key tells entries apart, in every language
    letter: str = field(compare=False)


def entry(key: str, href: str) -> Entry:
    """An entry with the words of WORDS."""
    return Entry(key, href, *WORDS[key])
