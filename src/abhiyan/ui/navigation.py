"""The main menu: its words and its letters. Which entries a person sees, and where they lead, the site says."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# key: the words, and the letter that follows `g`
WORDS: dict[str, tuple[str | Promise, str]] = {
    "today": (_("Today"), "t"),
    "units": (_("Units"), "u"),
    "programmes": (_("Programmes"), "p"),
    "elections": (_("Results"), "r"),
    "people": (_("People"), "e"),
    "imports": (_("Imports"), "i"),
    "messages": (_("Messages"), "m"),
    "appointments": (_("Appointments"), "a"),
}


@dataclass(frozen=True)
class Entry:
    """One entry of the menu. `key` is a key of WORDS."""

    key: str
    href: str

    @property
    def label(self) -> str | Promise:
        return WORDS[self.key][0]

    @property
    def letter(self) -> str:
        return WORDS[self.key][1]
