"""Hold the rows that a read of units gives, and the pieces of SQL that give them."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from abhiyan.core.natural import natural_sql
from abhiyan.core.words import name_in_language
from abhiyan.units.rules import fold

MOST = 200  # rows of a page


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A unit where it stands today in one hierarchy; lo, hi, depth, leaves are None where it stands nowhere.

    leaves: childless units below, itself if childless. above: names of the units above it, from the root (only where a
    query says so).
    """

    id: int
    code: str
    kind: str
    names: dict[str, str]
    electors: int | None
    households: int | None
    lat: float | None
    lon: float | None
    is_sample: bool
    closed_on: date | None
    parent_id: int | None
    depth: int | None
    lo: int | None
    hi: int | None
    leaves: int | None
    has_children: bool = False
    above: tuple[dict[str, str], ...] = field(default=())

    def name(self, language: str = "") -> str:
        return name_in_language(self.names, language)


@dataclass(frozen=True, slots=True)
class UnitPage:
    """Part of a list: rows from `offset` on, of `total`."""

    rows: list[UnitRow]
    total: int
    offset: int


FACTS = "u.id, u.code, u.kind, u.names, u.electors, u.households, u.lat, u.lon, u.is_sample, u.closed_on"
PLACE = "p.parent_id, p.depth, p.lo, p.hi, p.leaves"
HAS_CHILDREN = (
    "exists (select from units_placement c"
    " where c.parent_id = u.id and c.hierarchy = %s and c.valid_to is null)"
)
# Sort keys of a list of units -> SQL. `%s` takes the language.
SORTS = {
    "name": natural_sql("coalesce(nullif(u.names ->> %s, ''), u.names ->> 'en')"),
    "code": natural_sql("u.code"),
    "electors": "u.electors",
    "households": "u.households",
}


def fitting(text: str) -> tuple[str, dict[str, Any]]:
    """Return a filter of a list of units `u`: a condition, and the values of its names.

    Part of a code or of a name as written; or every word as it sounds, in either script, wherever the spaces stand.
    It reads the words of each unit of the list: for lists already narrowed to a few.
    """
    text = text[:100].replace("\0", "").strip()
    words = fold.folded_words(text)
    params: dict[str, Any] = {"fits_part": f"%{escape_like(text)}%"}
    fits = (
        "u.code ilike %(fits_part)s or exists"
        " (select from jsonb_each_text(u.names) named where named.value ilike %(fits_part)s)"
    )
    if words:
        params |= {"fits_words": [f"%{word}%" for word in words]}
        sounds = "array_to_string(w.words, ' ') like all (%(fits_words)s)"
        if together := fold.run_together(text):
            params |= {"fits_together": f"%{together}%"}
            sounds += " or array_to_string(w.words, '') like %(fits_together)s"
        fits += f" or exists (select from units_words w where w.unit_id = u.id and ({sounds}))"
    return f"({fits})", params


def escape_like(text: str) -> str:
    """Text for LIKE, its own wildcards made plain."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
