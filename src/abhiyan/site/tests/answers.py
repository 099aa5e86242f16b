"""Read and write `tests/access.tsv`: what every role gets at each address. `make access` writes it.

The file has three parts. A reviewer of a new page reads one line of each.
door: a way to open a page (`opens`). It lists who gets past it, and who is sent to the entrance. It refuses all others.
pattern: roles that get the same answer somewhere. A better name is put into the file by hand, and stays when it is
written again. A pattern without one is named by `made_name`.
address: its door, and what the roles past that door get. "others" are all of them that the cell does not name.

near, far: what a look brings, with things of the own district and of the other one ("-": the same address).
sent: what a form brings that is about the other district ("-": no form is taken, or it names nothing of others).
"""

import os
import zlib
from collections.abc import Collection, Iterable, Mapping
from functools import cache
from itertools import chain
from pathlib import Path

from abhiyan.core.access import Access, AccessLevel, Address
from abhiyan.pages.access import NOT_YOURS, addresses_by_name, missing_access

from .cast import EVERYBODY, shown_by

FILE = Path(__file__).resolve().parents[4] / "tests" / "access.tsv"
COLUMNS = ("near", "far", "sent")
IS_WRITING = "ABHIYAN_WRITE_ACCESS" in os.environ
OPEN, REFUSED, ENTRANCE, ABSENT, NOT_ASKED = "open", "refused", "entrance", "absent", "-"
OTHERS, NO_ROLE = "others", "nobody"
NOTE = "# Written by make access. How to read it: src/abhiyan/site/tests/answers.py"
HEADS = [["door", "past", ENTRANCE], ["pattern", "roles"], ["address", "door", *COLUMNS]]
SPELLED_OUT = 3  # a pattern of more roles than this has a name
# entrance: sent to where the missing is shown. absent: no such thing in sight. act: not done by looking.
WORDS = {
    200: OPEN,
    204: ENTRANCE,
    403: REFUSED,
    404: ABSENT,
    405: "act",
    409: "late",
    422: "wrong",
    400: "wrong",
}
Roles = frozenset[str]
Column = dict[str, str]  # the answer of each role
Rows = dict[str, dict[str, Column]]  # by address and column
Cell = tuple[tuple[tuple[Roles, str], ...], str]
Doors = dict[str, tuple[Roles, Roles]]


@cache
def at_the_door(opens: Access, role: str, *, is_form: bool = False) -> str:
    """Return what a role gets that the first door keeps out, computed; "" for one who gets past it."""
    missing = missing_access(opens, *shown_by(role), is_demo=False)
    if not missing:
        return ""
    return REFUSED if is_form or missing == NOT_YOURS else ENTRANCE


def is_sent(page: Address) -> bool:
    """Return True if a form about the other district is sent there."""
    return bool(page.act) and not page.is_own


def door_name(opens: Access) -> str:
    """Name a door by what it asks for: a level, a right, or any of several rights."""
    rights = "any list" if opens.is_of_lists else " or ".join(opens.capabilities)
    if opens.level is AccessLevel.CAPABILITY:
        return rights
    return f"{opens.level.value} {rights}".strip()


def made_name(roles: Collection[str]) -> str:
    """Name a pattern by its roles alone, whatever else the file holds."""
    if len(roles) <= SPELLED_OUT:
        return spelled_out(roles)
    check = zlib.crc32(" ".join(sorted(roles)).encode()) & 0xFFFF
    return f"{ordered_roles(roles)[0]}_and_{len(roles) - 1}_more_{check:04x}"


def ordered_roles(roles: Iterable[str]) -> list[str]:
    place = {role: index for index, role in enumerate(EVERYBODY)}
    return sorted(roles, key=lambda role: (place.get(role, len(place)), role))


def spelled_out(roles: Iterable[str]) -> str:
    return "+".join(ordered_roles(roles))


def role_list(roles: Iterable[str]) -> str:
    return " ".join(ordered_roles(roles))


def joined_rows(before: Rows, found: Rows) -> Rows:
    """Put what was found in the place of what was known of the same address and column."""
    return {name: before.get(name, {}) | found.get(name, {}) for name in before | found}


def cell_of(answers: Mapping[str, str]) -> Cell:
    """Join the roles that get the same answer. The largest group are the "others", and never the open one of two."""
    by_answer: dict[str, set[str]] = {}
    for role, answer in answers.items():
        by_answer.setdefault(answer, set()).add(role)
    others = max(
        by_answer, key=lambda answer: (len(by_answer[answer]), answer != OPEN, answer), default=NO_ROLE
    )
    named = ((frozenset(roles), answer) for answer, roles in by_answer.items() if answer != others)
    return tuple(sorted(named, key=lambda pair: (pair[1] != OPEN, pair[1]))), others


def pattern_names(wanted: Collection[Roles], before: Mapping[str, Roles]) -> dict[Roles, str]:
    """Name each pattern. A name that was given by hand stays.

    A new office joins patterns. A name that lost its pattern goes to the smallest unnamed pattern with all its roles.
    At most a third of that pattern is new. An office that is gone has left its patterns before.
    """
    given = {
        name: roles & set(EVERYBODY) for name, roles in sorted(before.items()) if name != made_name(roles)
    }
    names: dict[Roles, str] = {}
    for name, roles in given.items():
        if roles in wanted:
            names.setdefault(roles, name)
    for name, roles in given.items():
        larger = [
            each for each in wanted if roles < each and each not in names and 3 * len(roles) >= 2 * len(each)
        ]
        if roles not in wanted and larger:
            names[min(larger, key=lambda each: (len(each), made_name(each)))] = name
    return {roles: made_name(roles) for roles in wanted} | names


class AccessTable:
    """The file as it stands: its doors, its patterns, and a line for each address."""

    def __init__(self, text: str) -> None:
        parts = [[line.split("\t") for line in part.splitlines()] for part in text.strip().split("\n\n")]
        note, doors, patterns, addresses = parts
        assert [note, *(part.pop(0) for part in parts[1:])] == [[[NOTE]], *HEADS], "no such file"
        self.doors: Doors = {
            name: (frozenset(past.split()), frozenset(entrance.split())) for name, past, entrance in doors
        }
        self.roles = frozenset(chain.from_iterable(past | entrance for past, entrance in self.doors.values()))
        self.patterns = {name: frozenset(roles.split()) for name, roles in patterns}
        self.lines = {
            name: (door, dict(zip(COLUMNS, cells, strict=True))) for name, door, *cells in addresses
        }

    def rows(self) -> Rows:
        """Say for each address and column what every role of the file gets."""
        rows = self.asked()
        for address, (door, _cells) in self.lines.items():
            past, entrance = self.doors[door]
            kept = dict.fromkeys(self.roles - past, REFUSED)
            for column, answers in rows[address].items():
                shown = (
                    dict.fromkeys(entrance, ENTRANCE) if column != "sent" else {}
                )  # a form shows no entrance
                rows[address][column] = kept | shown | answers
        return rows

    def asked(self) -> Rows:
        """Leave out the roles that the door keeps out."""
        return {
            address: {column: self._column(self.doors[door][0], cell) for column, cell in cells.items()}
            for address, (door, cells) in self.lines.items()
        }

    def _column(self, past: Roles, cell: str) -> Column:
        if cell == NOT_ASKED:
            return dict.fromkeys(self.roles, NOT_ASKED)
        *named, others = cell.split(", ")
        answers = dict.fromkeys(past, others.removeprefix(f"{OTHERS} "))
        for who, _space, answer in (pair.partition(" ") for pair in named):
            roles = self.patterns.get(who) or frozenset(who.split("+"))
            assert roles <= past, f"no pattern, or not past the door: {who}"
            answers |= dict.fromkeys(roles, answer)
        return answers


def doors_of(addresses: Mapping[str, Address]) -> Doors:
    """Compute the doors of these addresses: by name, who gets past and who is sent to the entrance."""
    doors: Doors = {}
    for opens in {page.opens for page in addresses.values()}:
        at_door = {role: at_the_door(opens, role) for role in EVERYBODY}
        past, entrance = (
            frozenset(role for role in EVERYBODY if at_door[role] == side) for side in ("", ENTRANCE)
        )
        assert doors.setdefault(door_name(opens), (past, entrance)) == (past, entrance), (
            "two doors of one name"
        )
    return doors


def access_text(rows: Rows, addresses: Mapping[str, Address], patterns: Mapping[str, Roles]) -> str:
    """Write the file from what each role got. Addresses and roles that are gone leave it.

    A role that gets past a door since the file was written, and was not asked there yet, is among the others.
    """
    known = {name: page for name, page in sorted(addresses.items()) if name in rows}
    doors = doors_of(known)
    cells: dict[tuple[str, str], Cell] = {}
    for name, page in known.items():
        past = doors[door_name(page.opens)][0]
        for column in COLUMNS if is_sent(page) else COLUMNS[:2]:
            answers = rows[name].get(column)
            if answers is not None and set(answers.values()) != {NOT_ASKED}:
                cells[name, column] = cell_of({role: answers[role] for role in past & answers.keys()})
    names = pattern_names({roles for named, _others in cells.values() for roles, _answer in named}, patterns)
    lines: dict[str, list[str]] = {}
    for name, page in known.items():
        lines[name] = [door_name(page.opens)]
        for column in COLUMNS:
            named, others = cells.get((name, column), ((), NOT_ASKED))
            pairs = [f"{names[roles]} {answer}" for roles, answer in named]
            lines[name].append(", ".join([*pairs, f"{OTHERS} {others}"]) if pairs else others)
    parts = (
        {name: [role_list(past), role_list(entrance)] for name, (past, entrance) in doors.items()},
        {name: [role_list(roles)] for roles, name in names.items() if name != spelled_out(roles)},
        lines,
    )
    tables = (
        [head, *([name, *part[name]] for name in sorted(part))]
        for head, part in zip(HEADS, parts, strict=True)
    )
    return "\n\n".join([NOTE, *("\n".join(map("\t".join, table)) for table in tables)]) + "\n"


class Answers:
    """The file, to be compared with; or to be written, where ABHIYAN_WRITE_ACCESS is set."""

    def __init__(self) -> None:
        self.rows = AccessTable(FILE.read_text()).rows()
        self.found: Rows = {}

    def hold(self, name: str, column: str, found: Mapping[str, str]) -> None:
        """Every role gets at this address what the file says."""
        self.found.setdefault(name, {})[column] = dict(found)
        if not IS_WRITING:
            expected = self.rows.get(name, {}).get(column, {})
            differ = [
                f"{name} as {role}, {column}: got {answer}, expected {expected.get(role)}"
                for role, answer in found.items()
                if answer != expected.get(role)
            ]
            assert not differ, "\n".join(["see `make access`", *differ])

    def write(self) -> None:
        """Put what was found into the file, and leave what was not asked."""
        table = AccessTable(FILE.read_text())
        FILE.write_text(
            access_text(joined_rows(table.asked(), self.found), addresses_by_name(), table.patterns)
        )
