"""What is known of India's seats whatever an installation holds: states, today's seats, old numberings, parties.

Read from the files in `data/` (their README names the sources), once per process.
"""

import csv
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from django.utils.translation import gettext_noop

DATA = Path(__file__).parent / "data"
# As the demo brings the packaged files; a text of others stays as they wrote it.
PACKAGED_ORIGIN = gettext_noop(
    "Election Commission of India, as collected in public repositories; see elections/data/README.md"
)
NOTA = "NOTA"
INDEPENDENT = "IND"


def read(name: str) -> list[dict[str, str]]:
    """The rows of one of the files."""
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


_SIGNS = re.compile(r"[^\w\u0900-\u0903\u093a-\u094f]+")


@lru_cache(
    maxsize=50_000
)  # a list asks for the same parties and constituencies row by row, and reads itself twice
def plain(text: str) -> str:
    """A name as compared: one case, one kind of apostrophe and dash, signs and spaces that mean nothing gone."""
    folded = unicodedata.normalize("NFKC", text).casefold().replace("&", " and ")
    return " ".join(_SIGNS.sub(" ", folded).split())


OTHER_NAMES = {
    "nct of delhi": "U05",
    "orissa": "S18",
    "uttaranchal": "S28",
    "pondicherry": "U07",
    "andaman and nicobar": "U01",
    "dadra and nagar haveli": "U03",
    "daman and diu": "U03",
}


@dataclass(frozen=True, slots=True)
class State:
    """eci: code of the Election Commission (S24); abbr: UP."""

    eci: str
    abbr: str
    names: Mapping[str, str]


@cache
def states() -> dict[str, State]:
    """Code of the Election Commission -> state."""
    hindi = {row["eci_code"]: row["name_hi"] for row in read("state_names.csv")}
    return {
        row["eci_code"]: State(
            row["eci_code"], row["abbr"], {"en": row["name"], "hi": hindi.get(row["eci_code"], row["name"])}
        )
        for row in read("states.csv")
    }


@cache
def _states_by_word() -> dict[str, str]:
    found = {}
    for state in states().values():
        for word in (state.eci, state.abbr, *state.names.values()):
            found[plain(word)] = state.eci
    return found | OTHER_NAMES


def state_of(text: str) -> str | None:
    """The Election Commission's code of a state written as code, abbreviation or name; None when it is none."""
    return _states_by_word().get(plain(text))


def state_name(eci: str, language: str) -> str:
    known = states().get(eci)
    return eci if known is None else known.names.get(language) or known.names["en"]


@cache
def seats(level: str) -> dict[str, dict[int, str]]:
    """State -> number -> name, of the numbering the files hold: today's, and of Assam's assembly the one before."""
    name, number = (
        ("india_parliamentary_constituencies.csv", "pc_no")
        if level == "pc"
        else ("india_assembly_constituencies.csv", "ac_no")
    )
    found: dict[str, dict[int, str]] = {}
    for row in read(name):
        found.setdefault(row["state_eci"], {})[int(row[number])] = row[f"{level}_name"]
    return found


@cache
def _numberings() -> list[dict[str, str]]:
    return read("numberings.csv")


@dataclass(frozen=True, slots=True)
class Numbering:
    """label: empty for today's. numbers: of the seats there were; None when that is not known.

    ground: codes of the states of today that the state was then.
    """

    label: str
    numbers: frozenset[int] | None
    ground: frozenset[str]


def numbering(level: str, state: str, year: int) -> Numbering:
    """How a state's seats were numbered in a year."""
    best: tuple[int, dict[str, str]] | None = None
    for row in _numberings():
        until = int(row["until_year"])
        fits = row["level"] == level and row["state"] in (state, "*") and year <= until
        if fits and (best is None or until < best[0]):
            best = (until, row)
    if best is None:
        return Numbering("", frozenset(seats(level).get(state, {})), frozenset({state}))
    count, ground = best[1]["seats"], frozenset(best[1]["ground"].split()) or frozenset({state})
    return Numbering(best[1]["numbering"], frozenset(range(1, int(count) + 1)) if count else None, ground)


def seat_name(level: str, state: str, number: int, label: str) -> str:
    """The name of one of today's seats; empty when it is not known."""
    return "" if label else seats(level).get(state, {}).get(number, "")


@dataclass(frozen=True, slots=True)
class KnownParty:
    """A party of the packaged list."""

    code: str
    names: Mapping[str, str]
    aliases: tuple[str, ...]


@cache
def parties() -> tuple[KnownParty, ...]:
    """Every party the packaged lists know."""
    english = {row["party"]: row["name"] for row in read("parties.csv")}
    found = []
    for row in read("party_names.csv"):
        code, aliases = row["party"], tuple(alias for alias in row["aliases"].split(";") if alias)
        names = {"en": english.get(code) or (aliases[-1] if aliases else code), "hi": row["name_hi"]}
        found.append(KnownParty(code, names, aliases))
    return tuple(found)
