"""Hold the facts of India's seats that no installation changes: states, today's seats, old numberings, parties.

Read from the files in `data/` (their README names the sources), once per process.
"""

import csv
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from pathlib import Path

from django.utils.translation import gettext_noop

from abhiyan.core.letters import MARKS

DATA = Path(__file__).parent / "data"
# As the demo brings the packaged files; a text of others stays as they wrote it.
PACKAGED_ORIGIN = gettext_noop("Election Commission of India, as collected in public repositories")
SEATS = {"pc": "india_parliamentary_constituencies.csv", "ac": "india_assembly_constituencies.csv"}
NOTA = "NOTA"
INDEPENDENT = "IND"


def reference_rows(name: str) -> list[dict[str, str]]:
    """The rows of one of the files."""
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


_SIGNS = re.compile(rf"[^\w{MARKS}]+")


@lru_cache(
    maxsize=50_000
)  # a list asks for the same parties and constituencies row by row, and reads itself twice
def comparable_name(text: str) -> str:
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
    "s09": "U08",  # Jammu and Kashmir, until 2019
    "u04": "U03",  # Daman and Diu, until 2020
}


@dataclass(frozen=True, slots=True)
class ReferenceState:
    """eci: code of the Election Commission (S24); abbr: UP."""

    eci: str
    abbr: str
    names: Mapping[str, str]


@cache
def reference_states() -> dict[str, ReferenceState]:
    """Code of the Election Commission -> state."""
    hindi = {row["eci_code"]: row["name_hi"] for row in reference_rows("state_names.csv")}
    return {
        row["eci_code"]: ReferenceState(
            row["eci_code"], row["abbr"], {"en": row["name"], "hi": hindi.get(row["eci_code"], row["name"])}
        )
        for row in reference_rows("states.csv")
    }


@cache
def _states_by_word() -> dict[str, str]:
    state_by_word = {}
    for state in reference_states().values():
        for word in (state.eci, state.abbr, *state.names.values()):
            state_by_word[comparable_name(word)] = state.eci
    return state_by_word | OTHER_NAMES


def eci_code_of(text: str) -> str | None:
    """The Election Commission's code of a state written as code, abbreviation or name; None when it is none."""
    return _states_by_word().get(comparable_name(text))


def reference_state_name(eci: str, language: str) -> str:
    reference_state = reference_states().get(eci)
    return (
        eci if reference_state is None else reference_state.names.get(language) or reference_state.names["en"]
    )


@cache
def seats_today(level: str) -> dict[str, dict[int, str]]:
    """State -> number -> name of today's seats; no name where the file has only that of an older delimitation."""
    names_by_state: dict[str, dict[int, str]] = {}
    for row in reference_rows(SEATS[level]):
        is_old = "superseded" in row.get("delimitation", "")
        names_by_state.setdefault(row["state_eci"], {})[int(row[f"{level}_no"])] = (
            "" if is_old else row[f"{level}_name"]
        )
    return names_by_state


@cache
def _numberings() -> list[dict[str, str]]:
    return reference_rows("numberings.csv")


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
    row = _old_numbering(level, state, year)
    if row is None:
        return Numbering("", frozenset(seats_today(level).get(state, {})), frozenset({state}))
    count, ground = row["seats"], frozenset(row["ground"].split()) or frozenset({state})
    return Numbering(row["numbering"], frozenset(range(1, int(count) + 1)) if count else None, ground)


def _old_numbering(level: str, state: str, year: int) -> dict[str, str] | None:
    """Return the numbering of a year if it no longer holds: the one that ended first."""
    fitting = (
        row
        for row in _numberings()
        if row["level"] == level and row["state"] in (state, "*") and year <= int(row["until_year"])
    )
    return min(fitting, key=lambda row: int(row["until_year"]), default=None)


@cache
def seat_names_of_year(level: str, year: int) -> Mapping[str, Mapping[int, str]]:
    """State -> number -> name of the seats there were in a year, as far as their names are known."""
    states_then = {*seats_today(level), *(row["state"] for row in _numberings() if row["level"] == level)} - {
        "*"
    }
    return {state: _names_then(level, state, year) for state in states_then}


def _names_then(level: str, state: str, year: int) -> dict[int, str]:
    row = _old_numbering(level, state, year)
    if row is None:
        names_by_no = seats_today(level).get(state, {})
    elif row["names"].endswith(".csv"):
        there = (name_row for name_row in reference_rows(row["names"]) if name_row["state_eci"] == state)
        names_by_no = {int(seat_row[f"{level}_no"]): seat_row[f"{level}_name"] for seat_row in there}
    else:  # of today's seats of some states, one state after the other
        after = [seats_today(level)[state_code] for state_code in row["names"].split()]
        names_by_no = dict(
            enumerate((numbered[number] for numbered in after for number in sorted(numbered)), 1)
        )
    return {number: name for number, name in names_by_no.items() if name}


def numberings_of(level: str, state: str) -> dict[str, int]:
    """Label of each numbering a state's seats have had (empty: today's) -> a year in which it held."""
    old = {
        row["numbering"]: int(row["until_year"])
        for row in _numberings()
        if (row["level"], row["state"]) == (level, state)
    }
    return {"": date.max.year} | old


def moved_since(level: str, state: str, year: int) -> tuple[str, int] | None:
    """Return the state that a state of today was part of in a year, or was numbered with. The number says how much
    higher its numbers of today were by then. Return None where they are the same, or where that is not known."""
    for row in _numberings():
        parts = row["names"].split() if not row["names"].endswith(".csv") else []
        if state in parts and _old_numbering(level, row["state"], year) == row:
            before = parts[: parts.index(state)]
            return row["state"], sum(len(seats_today(level)[state_code]) for state_code in before)
    return None


def was_part_of(level: str, state: str, year: int) -> str | None:
    """The state a state of today was part of in a year in which it had no seats of its own."""
    if numbering(level, state, year).numbers != frozenset():
        return None
    wholes = (whole_state for whole_state in seats_today(level) if whole_state != state)
    return next(
        (whole_state for whole_state in wholes if state in numbering(level, whole_state, year).ground), None
    )


def seat_name(level: str, state: str, number: int, label: str) -> str:
    """The name of one of today's seats; empty when it is not known."""
    return "" if label else seats_today(level).get(state, {}).get(number, "")


@dataclass(frozen=True, slots=True)
class KnownParty:
    """A party of the packaged list."""

    code: str
    names: Mapping[str, str]
    aliases: tuple[str, ...]


@cache
def known_parties() -> tuple[KnownParty, ...]:
    """Every party the packaged lists know."""
    english = {row["party"]: row["name"] for row in reference_rows("parties.csv")}
    found = []
    for row in reference_rows("party_names.csv"):
        code, aliases = row["party"], tuple(alias for alias in row["aliases"].split(";") if alias)
        names = {"en": english.get(code) or (aliases[-1] if aliases else code), "hi": row["name_hi"]}
        found.append(KnownParty(code, names, aliases))
    return tuple(found)
