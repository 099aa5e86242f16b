"""Search for an office in a place, such as “Poonch president”: who holds it, or that it is vacant."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from abhiyan.core.words import active_language, name_in_language
from abhiyan.org import queries as org
from abhiyan.org.models import Office
from abhiyan.org.viewer import Viewer
from abhiyan.units import queries as units
from abhiyan.units.rules import fold
from abhiyan.units.rules.kind_words import KIND_WORDS

MOST_OFFICES = 8  # that one search shows
MOST_UNITS = 10  # of one name
# Words between an office and its place that name neither, as they sound: "of", "in the", "का", "की", "के", "में".
BETWEEN = frozenset(fold.folded_words("of in the for at to my का की के को में से"))
KINDS_OF_PLACES = frozenset(folded for word in KIND_WORDS for folded in fold.folded_words(word))


@dataclass(frozen=True, slots=True)
class OfficeInPlace:
    """An office of a unit and its holder. account_id is None, and the name empty, where it is vacant."""

    unit: units.UnitRow
    title: str
    name: str = ""
    account_id: int | None = None
    appointment_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class OfficeSearch:
    """The words of a search that name offices, the offices they fit, and the words that are left for the place."""

    words: frozenset[str]
    offices: Sequence[Office]
    place: str


def read_offices(text: str) -> OfficeSearch | None:
    """Read a search as an office and a place, in both languages and any order; None where it names no office.

    A word for a kind of place alone, such as “district”, names none. Without a place two words must name the office.
    """
    by_office = {office: _office_words(office) for office in org.offices_used()}
    every = frozenset[str]().union(*by_office.values())
    words: set[str] = set()
    place: list[str] = []
    for token in text.split():
        folded = set(fold.folded_words(token)) - BETWEEN
        if folded and folded <= every | {word + "s" for word in every}:
            words |= {word if word in every else word.removesuffix("s") for word in folded}
        elif folded or not fold.folded_words(token):
            place.append(token)
    if not words - KINDS_OF_PLACES or (not place and len(words) < 2):
        return None
    offices = [office for office, its_words in by_office.items() if words <= its_words]
    return OfficeSearch(frozenset(words), offices, " ".join(place)) if offices else None


def offices_in_place(viewer: Viewer, text: str, *, on: date) -> list[OfficeInPlace]:
    """Return the offices that a search names in a place, the nearest fit first; without one, of the viewer's own line.

    Units of just that name leave out all others. The search reads the viewer's sight, and the units above: an office
    elsewhere is neither held nor vacant. A page draws the names by `{% bearer %}`, which leaves out what is not free.
    """
    search = read_offices(text)
    home = viewer.home
    if search is None or home is None:
        return []
    if search.place:
        is_anywhere = any(not office.kinds for office in search.offices)
        kinds = [] if is_anywhere else sorted({kind for office in search.offices for kind in office.kinds})
        rows = units.search_units(search.place, kinds=kinds, language=active_language(), limit=MOST_UNITS)
    else:
        rows = units.path_of_unit(home.unit_id, home.hierarchy)
    wanted = fold.folded_words(search.place)
    rows = [row for row in rows if wanted in [fold.folded_words(name) for name in row.names.values()]] or rows
    by_code = {office.code: office for office in search.offices}
    above = org.line_of_command(home.unit_id, home.hierarchy, on=on)
    holders = {
        holder.appointment_id: holder for holder in (*above, *org.holders_in([row.id for row in rows], on=on))
    }
    places: list[tuple[int, int, int, OfficeInPlace]] = []
    for n, row in enumerate(rows):
        here = [
            holder for holder in holders.values() if holder.unit_id == row.id and holder.office in by_code
        ]
        for holder in here:
            office = OfficeInPlace(row, holder.title(), holder.name, holder.account_id, holder.appointment_id)
            places.append((_words_left(by_code[holder.office], search.words), n, holder.rank, office))
        if not viewer.sees_counts_at(row.lo) or row.closed_on is not None:
            continue
        offices_held = {holder.office for holder in here if holder.body_names is None}
        for code, office_of in by_code.items():
            if row.kind in office_of.expected_in and office_of.exists_at(row.lo) and code not in offices_held:
                vacant = OfficeInPlace(row, name_in_language(office_of.names))
                places.append((_words_left(office_of, search.words), n, office_of.rank, vacant))
    return [office for *_order, office in sorted(places, key=lambda place: place[:3])][:MOST_OFFICES]


def _office_words(office: Office) -> frozenset[str]:
    """Return the words of an office's names in all languages, as they sound."""
    return frozenset(word for name in office.names.values() for word in fold.folded_words(name)) - BETWEEN


def _words_left(office: Office, words: frozenset[str]) -> int:
    """Count the words of its name that a search leaves out, in the language that it fits best."""
    names = [set(fold.folded_words(name)) for name in office.names.values()]
    return min(len(name - words) for name in names if name & words)
