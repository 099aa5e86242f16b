"""The menu of a reader, and what search finds among pages and acts: what rooms declare, as far as it opens to them."""

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from functools import cache
from urllib.parse import parse_qsl, urlencode

from django.utils import translation
from django.utils.translation import gettext as _

from abhiyan.core.rooms import modules
from abhiyan.core.words import name_in_language
from abhiyan.org import queries as org
from abhiyan.org.rules.capabilities import LEADS
from abhiyan.org.viewer import Viewer
from abhiyan.people.visit import Visit
from abhiyan.programmes import queries as programmes
from abhiyan.programmes.models import Programme
from abhiyan.ui.addresses import address_of
from abhiyan.ui.navigation import (
    DESK,
    HELPLINE,
    HUBS,
    MEETINGS,
    MEMBERS,
    MORE,
    PARTS,
    REPORTS,
    REVIEW,
    TASKS,
    TODAY,
    HubTabs,
    MenuLink,
    MenuPart,
    NavigationEntry,
)
from abhiyan.ui.room_links import SearchHit
from abhiyan.units.models import Kind

from .access import addresses_by_name, missing_access

IN_BAR = 3  # entries between Today and More, for people without a lead.
MOST_LINKS = (
    12  # of any menu, whatever offices somebody holds: a hub has one, and so has an entry in the bar.
)
MOST_TABS = 5  # of a hub, before *More*.
# Hubs whose pages are among those of another. Above the districts others do the desk work, and below it has the
# helpline. A person without a lead has few pages in each.
ABOVE_DESKS = {DESK: MEMBERS}
AT_DESKS = {HELPLINE: DESK}
OF_WORKERS = {MEETINGS: TASKS, REPORTS: TASKS, REVIEW: TASKS, DESK: MEMBERS}
MOST_PAGES = 12  # that search shows
MOST_PROGRAMMES = 3  # with one page, that search shows
MOST_SEARCHED = 50  # programmes
NUKTA = "\u093c"  # many leave the dot out
BETWEEN = {"to", "of", "the", "my", "for", "in", "on", "का", "की", "के", "को", "में", "पर", "मेरे", "मेरा", "मेरी"}
SHORTEST = 2  # letters of a word that is searched
KEPT = ("unit", "in")  # the unit of a page, in a hierarchy (`org.here`)
LANGUAGES = ("en", "hi")  # whatever the page is read in


@cache
def entries() -> tuple[NavigationEntry, ...]:
    """Return what all rooms declare, the lowest floor first."""
    return tuple(entry for _room, module in modules("entries") for entry in module.ENTRIES)


def opens(entry: NavigationEntry, viewer: Viewer) -> bool:
    """Return whether an entry is for somebody: its address opens, and they have the right, office and tree it needs."""
    if entry.offices and not any(office.office in entry.offices for office in viewer.appointments):
        return False
    if entry.needs and not viewer.may_any(*entry.needs):
        return False
    if entry.tree and (viewer.home is None or viewer.home.hierarchy != entry.tree):
        return False
    return not missing_access(addresses_by_name()[entry.url_name].opens, viewer, Visit(None), is_demo=False)


def _leads_units(viewer: Viewer) -> bool:
    """Return True for somebody who leads a unit above the booth. They have all parts of the menu."""
    return any(
        LEADS in office.capabilities and office.unit_kind != Kind.BOOTH for office in viewer.appointments
    )


def hub_of(entry: NavigationEntry, viewer: Viewer) -> str:
    """Return the hub of an entry, for this reader: some have the pages of one hub among those of another."""
    folded = ABOVE_DESKS if viewer.leads_desks else AT_DESKS if _leads_units(viewer) else OF_WORKERS
    return folded.get(entry.hub, entry.hub)


def menu(viewer: Viewer) -> list[MenuPart]:
    """Return the menu of somebody who has shown both proofs: at most MOST_LINKS links, one for each hub that
    opens to them.

    Leaders above the booth have all parts. Everybody else has Today, the first of their own work, and the rest
    behind More.
    """
    opening = [entry for entry in entries() if entry.hub and not entry.of and opens(entry, viewer)]
    if _leads_units(viewer):
        links = _links(viewer, opening)
        parts = {part: [link for hub, link in links.items() if HUBS[hub][0] == part] for part in PARTS}
        return [_part(part, its_links) for part, its_links in parts.items() if its_links]
    today, *rest = sorted(opening, key=lambda entry: (entry.hub != TODAY, not entry.place, entry.place))
    bar = [entry for entry in rest if entry.place][:IN_BAR]
    more = _links(viewer, [entry for entry in rest if entry not in bar])
    return [*map(_alone, (today, *bar)), _part(MORE, list(more.values()))]


def _links(viewer: Viewer, some: Sequence[NavigationEntry]) -> dict[str, MenuLink]:
    """Return the link of each hub by its name, in the order of hubs. A hub with one page is called as that."""
    by_hub: dict[str, list[NavigationEntry]] = {}
    for entry in sorted(some, key=lambda entry: entry.order):
        by_hub.setdefault(hub_of(entry, viewer), []).append(entry)
    hub_links: dict[str, MenuLink] = {}
    for hub, (_part_of, label) in HUBS.items():
        if tabs := by_hub.get(hub):
            keys = tuple(key for entry in tabs for key in (entry.page, entry.key) if key)
            hub_links[hub] = MenuLink(
                hub, entry_address(tabs[0]), label if len(tabs) > 1 else tabs[0].label, tabs[0].letter, keys
            )
    return hub_links


def _part(part: str, links: Sequence[MenuLink]) -> MenuPart:
    """Return a part of the menu. One that leads to one place is called as that."""
    label, icon = PARTS[part]
    return MenuPart(part, tuple(links), links[0].label if len(links) == 1 else label, icon)


def _alone(entry: NavigationEntry) -> MenuPart:
    return MenuPart(entry.page, (_link(entry),), entry.short or entry.label, entry.icon)


def _link(entry: NavigationEntry) -> MenuLink:
    return MenuLink(
        entry.page,
        entry_address(entry),
        entry.label,
        entry.letter,
        tuple(filter(None, (entry.page, entry.key))),
    )


def page_letters(viewer: Viewer) -> list[MenuLink]:
    """Return the pages that a letter opens from everywhere."""
    return [_link(entry) for entry in entries() if entry.letter and opens(entry, viewer)]


def hub_tabs(
    viewer: Viewer, url_name: str, of: Collection[object], query: Mapping[str, str]
) -> HubTabs | None:
    """Return the hub of a page that somebody reads, with the pages of it that open to them; None of a page
    without entry.

    of: what the address of the page takes. query: of its address; the unit that it looks at is kept.
    """
    here = [entry for entry in entries() if entry.url_name == url_name and entry.hub and opens(entry, viewer)]
    if not here:
        return None
    page = max(
        here,
        key=lambda entry: len(entry.asked) if entry.asked and _is_asked(entry, query) else -bool(entry.asked),
    )
    hub = hub_of(page, viewer)
    kept = urlencode({key: value for key, value in query.items() if key in KEPT})
    tabs = [
        (entry.label, entry_address(entry, *of, kept=kept), entry is page and _is_asked(entry, query))
        for entry in sorted(entries(), key=lambda entry: entry.order)
        if hub_of(entry, viewer) == hub and entry.of == page.of and opens(entry, viewer)
    ]
    cut = MOST_TABS if len(tabs) > MOST_TABS + 1 else len(tabs)
    return HubTabs(page.page, HUBS[hub][1], tabs[:cut], tabs[cut:])


def _is_asked(entry: NavigationEntry, query: Mapping[str, str]) -> bool:
    return all(query.get(key) == value for key, value in parse_qsl(entry.asked))


def entry_address(entry: NavigationEntry, *of: object, kept: str = "") -> str:
    """Return the address of an entry. of: what its address takes; kept: more of its query."""
    query = "&".join(filter(None, (entry.asked, kept)))
    return address_of(entry.url_name, *of) + (f"?{query}" if query else "")


def found_pages(viewer: Viewer, text: str, *, on: date) -> list[SearchHit]:
    """Return pages and acts that fit some words, in English or Hindi, as far as they open to somebody.

    Pages of a programme come for the first programmes of the viewer's Today, then for the newest others; words
    of its name narrow them. Words of offices may be left over, as in “report to president”: such pages come
    last.
    """
    words = {word for word in _words(text) - BETWEEN if len(word) >= SHORTEST}
    if not words:
        return []
    office_words = _words(" ".join(name for office in org.offices_used() for name in office.names.values()))
    needed = {word for word in words if not _fits({word}, office_words)} or words
    running = _own_programmes_first(viewer, on)
    hits: list[tuple[tuple[int, bool, int], SearchHit]] = []
    for entry, titles, every in _index():
        fitting = {word for word in words if _fits({word}, every)}
        if not fitting or not opens(entry, viewer):
            continue
        is_later = not _fits(fitting, titles)
        if not entry.of and needed <= fitting:
            hub = str(HUBS[entry.hub][1]) if entry.hub else ""
            page = SearchHit(_("Pages"), str(entry.label), hub, entry_address(entry))
            hits.append(((len(words - fitting), is_later, 0), page))
        fit_programmes = [
            (rank, programme)
            for rank, programme in enumerate(running)
            if entry.of in ("any", programme.kind)
            and _fits(needed - fitting, _words(" ".join(programme.names.values())))
        ]
        for rank, programme in fit_programmes[:MOST_PROGRAMMES]:
            page = SearchHit(
                _("Pages"),
                str(entry.label),
                name_in_language(programme.names),
                entry_address(entry, programme.public_id),
            )
            hits.append(((0, is_later, rank), page))
    return [page for _order, page in sorted(hits, key=lambda hit: hit[0])][:MOST_PAGES]


def _own_programmes_first(viewer: Viewer, on: date) -> list[Programme]:
    """Open programmes in sight: those of the viewer's Today in its order, then the newest others."""
    home = viewer.home
    of_today = programmes.running_at(home.unit_id, home.hierarchy, on)[0] if home else []
    others = programmes.search_programmes("", limit=MOST_SEARCHED, only_open=True)
    own = {measure.programme.pk: measure.programme for measure in of_today}
    return list((own | {other.pk: other for other in others if other.pk not in own}).values())


@cache
def _index() -> list[tuple[NavigationEntry, frozenset[str], frozenset[str]]]:
    """Return every entry with the words of its label, and these with all others that find it: in both languages."""
    doors = []
    for navigation_entry in entries():
        titles, every = set[str](), set[str]()
        for code in LANGUAGES:
            with translation.override(code):
                titles |= _words(f"{navigation_entry.label} {navigation_entry.short}")
                every |= titles | _words(str(navigation_entry.words))
        doors.append((navigation_entry, frozenset(titles), frozenset(every)))
    return doors


def _words(text: str) -> set[str]:
    plain = unicodedata.normalize("NFD", text).casefold()
    return set(re.findall(r"[^\s,;:.\-–/()“”\"']+", plain.replace(NUKTA, "")))


def _fits(asked: set[str], among: Collection[str]) -> bool:
    """Return True if each typed word begins one of these; a plural finds the singular."""
    return all(
        any(
            word.startswith((word_asked, word_asked[:4] + word_asked[4:].removesuffix("s"))) for word in among
        )
        for word_asked in asked
    )
