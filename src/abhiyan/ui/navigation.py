"""Pages and acts that the menu and search offer. Rooms declare them (`entries.py`); the site says who sees which."""

from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise
TODAY, UNITS, WORK, REVIEW, PEOPLE, MORE = "today", "units", "work", "review", "people", "more"
# The parts of the menu, in order: words and icon.
PARTS: dict[str, tuple[Text, str]] = {
    TODAY: (_("Today"), "today"),
    UNITS: (_("Units"), "unit"),
    WORK: (_("Work"), "list"),
    REVIEW: (_("Review"), "backcheck"),
    PEOPLE: (_("People"), "people"),
    MORE: (_("More"), "more"),
}


@dataclass(frozen=True, slots=True)
class NavigationEntry:
    """A page or an act, by the name of its address. The access declared for the address says who may open it.

    part: of the menu; "" where only search finds it. order: in its part, the lowest first. words: more words that find
    it. key: what its pages call `here`. letter: follows `g` on the keyboard. needs: besides the access, one of these
    capabilities. offices: the reader holds one of these; none for all. asked: the query of its address. place: in the
    bar of offices that lead nobody, the lowest first; 0: not in it. short: its label in the bar. tree: the hierarchy
    of the reader's own unit; 0: any.
    of: the kind of programme its address takes, "any" for every kind; "" for an address that takes none.
    """

    url_name: str
    label: Text
    part: str = ""
    words: Text = ""
    key: str = ""
    letter: str = ""
    icon: str = ""
    needs: tuple[str, ...] = ()
    offices: tuple[str, ...] = ()
    asked: str = ""
    place: int = 0
    order: int = 9
    short: Text = ""
    of: str = ""
    tree: int = 0


@dataclass(frozen=True)
class MenuLink:
    """An entry as a menu shows it. The key tells entries apart, in every language."""

    key: str
    href: str
    label: Text = field(compare=False)
    letter: str = ""
    is_narrow: bool = False  # only on a phone, where its own part is folded into this one


@dataclass(frozen=True)
class MenuPart:
    """One part of a menu: a link, or several behind its word. is_wide: on a phone it is folded into *More*."""

    key: str
    links: tuple[MenuLink, ...]
    label: Text = field(compare=False)
    icon: str = ""
    is_wide: bool = False

    @property
    def keys(self) -> list[str]:
        """The values of `here` on the pages behind it."""
        return [self.key, *(link.key for link in self.links)]
