"""The menu of a reader, and what search finds among pages and acts: what rooms declare, as far as it opens to them."""

import re
import unicodedata
from collections.abc import Collection, Sequence
from functools import cache

from django.utils import translation
from django.utils.translation import gettext as _

from abhiyan.core.rooms import modules
from abhiyan.core.words import named
from abhiyan.org.rules.capabilities import LEADS
from abhiyan.org.viewer import Viewer
from abhiyan.people.visit import Visit
from abhiyan.programmes import queries as programmes
from abhiyan.ui.addresses import address_of
from abhiyan.ui.doors import DoorThing
from abhiyan.ui.navigation import MORE, PARTS, REVIEW, TODAY, MenuLink, MenuPart, NavigationEntry
from abhiyan.units.models import Kind

from .access import denied, pages

IN_BAR = 3  # entries between Today and More, for those who lead nobody
MOST_PAGES = 12  # that search shows
MOST_PROGRAMMES = 3  # open ones, whose pages search shows
SHORTEST = 2  # letters of a word that is searched
LANGUAGES = ("en", "hi")  # whatever the page is read in


@cache
def entries() -> tuple[NavigationEntry, ...]:
    """What all rooms declare, the lowest floor first."""
    return tuple(entry for _room, module in modules("entries") for entry in module.ENTRIES)


def opens(entry: NavigationEntry, viewer: Viewer) -> bool:
    """Return whether an entry is for somebody: its address opens, and they have the right, office and tree it needs."""
    if entry.offices and not any(held.office in entry.offices for held in viewer.appointments):
        return False
    if entry.needs and not viewer.may_any(*entry.needs):
        return False
    if entry.tree and (viewer.home is None or viewer.home.hierarchy != entry.tree):
        return False
    return not denied(pages()[entry.url_name].opens, viewer, Visit(None), is_demo=False)


def menu(viewer: Viewer) -> list[MenuPart]:
    """The menu of somebody who has shown both proofs.

    Those who lead a unit above the booth have all parts; on a phone Review is folded into More. Everybody else has
    Today, their own work, and the rest behind More.
    """
    known = [one for one in entries() if (one.part or one.place) and opens(one, viewer)]
    if any(LEADS in held.capabilities and held.unit_kind != Kind.BOOTH for held in viewer.appointments):
        return _parts(known)
    today, *rest = sorted(known, key=lambda one: (one.part != TODAY, not one.place, one.place))
    bar = [one for one in rest if one.place][:IN_BAR]
    more = _ordered([one for one in rest if one not in bar])
    return [*map(_alone, (today, *bar)), MenuPart(MORE, tuple(map(_link, more)), *PARTS[MORE])]


def _parts(known: Sequence[NavigationEntry]) -> list[MenuPart]:
    links = {part: [_link(one) for one in _ordered(known) if one.part == part] for part in PARTS}
    folded = [MenuLink(one.key, one.href, one.label, is_narrow=True) for one in links[REVIEW]]
    links[MORE] = [*folded, *links[MORE]]
    return [
        MenuPart(part, tuple(links[part]), label, icon, is_wide=part == REVIEW)
        for part, (label, icon) in PARTS.items()
        if links[part]
    ]


def _ordered(some: Sequence[NavigationEntry]) -> list[NavigationEntry]:
    return sorted(some, key=lambda one: ([*PARTS, ""].index(one.part), one.order))


def _alone(one: NavigationEntry) -> MenuPart:
    return MenuPart(one.key, (_link(one),), one.short or one.label, one.icon)


def _link(one: NavigationEntry) -> MenuLink:
    return MenuLink(one.key or one.url_name, _href(one), one.label, one.letter)


def _href(one: NavigationEntry, *of: object) -> str:
    return address_of(one.url_name, *of) + (f"?{one.asked}" if one.asked else "")


def found_pages(viewer: Viewer, text: str) -> list[DoorThing]:
    """Pages and acts that fit some words, in English or Hindi, as far as they open to somebody.

    Pages of a programme are shown for the newest open ones; words of its name narrow them.
    """
    asked = _words(text)
    if not asked or any(len(word) < SHORTEST for word in asked):
        return []
    running = programmes.search("", limit=MOST_PROGRAMMES, only_open=True)
    found: list[tuple[bool, DoorThing]] = []
    for one, titles, every in _index():
        own = {word for word in asked if _fits({word}, every)}
        if not own or not opens(one, viewer):
            continue
        if not one.of and own == asked:
            part = str(PARTS[one.part][0]) if one.part else ""
            found.append((not _fits(own, titles), DoorThing(_("Pages"), str(one.label), part, _href(one))))
        for each in running if one.of else ():
            if one.of in ("any", each.kind) and _fits(asked - own, _words(" ".join(each.names.values()))):
                shown = DoorThing(_("Pages"), str(one.label), named(each.names), _href(one, each.public_id))
                found.append((not _fits(own, titles), shown))
    return [shown for _later, shown in sorted(found, key=lambda each: each[0])][:MOST_PAGES]


@cache
def _index() -> list[tuple[NavigationEntry, frozenset[str], frozenset[str]]]:
    """Every entry with the words of its label, and these with all others that find it: in both languages."""
    found = []
    for one in entries():
        titles, every = set[str](), set[str]()
        for code in LANGUAGES:
            with translation.override(code):
                titles |= _words(f"{one.label} {one.short}")
                every |= titles | _words(str(one.words))
        found.append((one, frozenset(titles), frozenset(every)))
    return found


def _words(text: str) -> set[str]:
    plain = unicodedata.normalize("NFC", text).casefold()
    return set(re.findall(r"[^\s,;:.\-–/()“”\"']+", plain))


def _fits(asked: set[str], among: Collection[str]) -> bool:
    """Whether each word that was typed begins one of these; a plural finds the singular."""
    return all(
        any(word.startswith((one, one[:4] + one[4:].removesuffix("s"))) for word in among) for one in asked
    )
