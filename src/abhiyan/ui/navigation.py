"""Pages and acts that the menu and search offer. Rooms declare them (`entries.py`); the site says who sees which."""

from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise
TODAY, UNITS, WORK, PEOPLE, MORE = "today", "units", "work", "people", "more"
# The parts of the menu, in order: words and icon.
PARTS: dict[str, tuple[Text, str]] = {
    TODAY: (_("Today"), "today"),
    UNITS: (_("Units"), "unit"),
    WORK: (_("Work"), "list"),
    PEOPLE: (_("People"), "people"),
    MORE: (_("More"), "more"),
}
PROGRAMMES, TASKS, MEETINGS, REPORTS, REVIEW, MESSAGES = (
    "programmes",
    "own_tasks",
    "meetings",
    "reports",
    "review",
    "messages",
)
MEMBERS, OFFICES, DESK, HELPLINE, SETTINGS = "members", "offices", "desk", "helpline", "settings"
CHANNELS, TRUTH = "channels", "truth"  # of one programme: in no menu
# The hubs of the menu, in order: part and words. A menu has one link to a hub, and each page of it has tabs to the
# others. They are all that a menu holds, so their number bounds it (`pages.menu`).
HUBS: dict[str, tuple[str, Text]] = {
    TODAY: (TODAY, _("Today")),
    UNITS: (UNITS, _("Units")),
    PROGRAMMES: (WORK, _("Programmes and plans")),
    TASKS: (WORK, _("My work")),
    MEETINGS: (WORK, _("Meetings")),
    REPORTS: (WORK, _("Reports")),
    REVIEW: (WORK, _("Review")),
    MEMBERS: (PEOPLE, _("Members and friends")),
    OFFICES: (PEOPLE, _("Offices")),
    DESK: (PEOPLE, _("Desk work")),
    HELPLINE: (PEOPLE, _("Helpline")),
    MESSAGES: (MORE, _("Messages")),
    SETTINGS: (MORE, _("Settings")),
    CHANNELS: ("", _("How people join")),
    TRUTH: ("", _("Is it true?")),
}


@dataclass(frozen=True, slots=True)
class NavigationEntry:
    """A page or an act, by the name of its address. The access declared for the address says who may open it.

    hub: whose tab it is; "" where only search finds it. order: in its hub, the lowest first. words: more words that
    find it. key: what its pages call `here`. letter: follows `g` on the keyboard. needs: besides the access, one of
    these capabilities. offices: the reader holds one of these; none for all. asked: the query of its address. place: in
    the bar of offices that lead nobody, the lowest first; 0: not in it. short: its label in the bar. tree: the
    hierarchy of the reader's own unit; 0: any.
    of: the kind of programme its address takes, "any" for every kind; "" for an address that takes none.
    """

    url_name: str
    label: Text
    hub: str = ""
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

    @property
    def page(self) -> str:
        """The name of the page, unlike any other."""
        return f"{self.url_name}?{self.asked}"


@dataclass(frozen=True)
class MenuLink:
    """A page or a hub as a menu shows it. keys: of its pages, and the values of `here` on the pages behind them."""

    key: str
    href: str
    label: Text = field(compare=False)
    letter: str = ""
    keys: tuple[str, ...] = ()


@dataclass(frozen=True)
class MenuPart:
    """One part of a menu: a link, or several behind its word."""

    key: str
    links: tuple[MenuLink, ...]
    label: Text = field(compare=False)
    icon: str = ""

    @property
    def keys(self) -> list[str]:
        """The values of `here`, and the pages, behind it."""
        return [self.key, *(key for link in self.links for key in link.keys)]


@dataclass(frozen=True)
class HubTabs:
    """The hub of the page that somebody reads, with the tabs that open to them. page: the name of that page.

    first: the tabs of the row; rest: the tabs behind *More*. A tab is words, address, and whether it is read now.
    """

    page: str
    label: Text = field(compare=False)
    first: list[tuple[Text, str, bool]]
    rest: list[tuple[Text, str, bool]]
