"""Each file of core/tests/data, as users of other tools reported it, gives what is right. A file without a line fails.

Tests of the rooms walk the same files to their ends. Here is one line for each. `p21`: pictures of cards showed
boxes, so the file holds the name that was to be printed.
"""

import csv
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from abhiyan.core import printing
from abhiyan.core.scope import system
from abhiyan.core.tests.given import CASES, NOW
from abhiyan.elections import queries as elections
from abhiyan.elections.lists.layouts import RESULTS
from abhiyan.elections.models import Contest
from abhiyan.elections.tests.make import bring
from abhiyan.enrolment.rules import names
from abhiyan.enrolment.tests.make import Human, World
from abhiyan.enrolment.tests.test_doubles import agrees, merged, say_stop, silent
from abhiyan.forms import sheets
from abhiyan.imports.tables.layout import CellKind, Field, Layout
from abhiyan.imports.tables.reading import Batch, read_rows
from abhiyan.imports.tables.reasons import TableRefused
from abhiyan.imports.tables.sniffing import sniff
from abhiyan.intake.earlier import MEMBERS
from abhiyan.intake.rules import details
from abhiyan.intake.tests.test_reported import found as found_in
from abhiyan.messaging import actions as messaging
from abhiyan.messaging.models import Message
from abhiyan.messaging.rules import bulk, inbound
from abhiyan.messaging.rules.words import TextWord
from abhiyan.messaging.rules.words import read_said_text as said
from abhiyan.messaging.tests.test_send import queue
from abhiyan.paper.layout import PAPER
from abhiyan.people import phones
from abhiyan.people.rules import doubles

pytestmark = pytest.mark.django_db
UNITS = Layout(
    "units",
    (
        Field("code", "Code", "कोड", "", CellKind.CODE, required=True),
        Field("name_en", "English name", "अंग्रेज़ी नाम", "", CellKind.NAME),
        Field("organisational_parent", "Unit above", "ऊपर की इकाई", "", CellKind.CODE),
        Field("electors", "Electors", "मतदाता", "", CellKind.INTEGER),
    ),
)
THREE = ["Sunita Devi", "Mohan Lal", "Asha Rani"]


def listed(path: Path, layout: Layout = PAPER) -> Batch:
    """Read a whole file as an import does."""
    looked = sniff(path, layout)
    return next(read_rows(path, layout, looked.mapping, source=looked.source, phone=phones.parse))


def column(path: Path, key: str, layout: Layout = PAPER) -> list[Any]:
    place = [field.key for field in layout.fields].index(key) + 1
    return [row[place] for row in listed(path, layout).rows]


def refused(path: Path, layout: Layout = PAPER) -> set[tuple[int, str, str]]:
    return {(one.row, one.field, one.code) for one in listed(path, layout).refused}


def why(path: Path) -> str:
    """Why a list is not read at all."""
    try:
        sniff(path, PAPER)
    except TableRefused as reason:
        return reason.reason
    return ""


def people(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def bodies(path: Path) -> list[Any]:
    found: list[Any] = json.loads(path.read_text(encoding="utf-8"))["bodies"]
    return found


def pair(one: dict[str, str], other: dict[str, str]) -> doubles.JudgedPair:
    """Judge two entries, as a search that found them alike shows them."""
    known = [doubles.Known(each["name"], int(each["birth_year"]), each["phone"], 1) for each in (one, other)]
    return doubles.judge_pair(*known, score=99, is_twin=False)


def one_person_in_pairs(path: Path) -> list[bool]:
    """Return for each two rows whether they are one entry, or may be merged."""
    found = people(path)
    return [
        names.key(one["name"]) == names.key(other["name"]) or not pair(one, other).is_twin
        for one, other in zip(found[::2], found[1::2], strict=True)
    ]


def sure_pairs(path: Path) -> list[frozenset[str]]:
    """Return the pairs that a search among all people of a list may merge together."""
    world = World.make()
    for one in people(path):
        world.web_join(of=Human(one["name"], int(one["birth_year"]), "+91" + one["phone"]))
    return [names for names, one in found_in(world).items() if one.score >= doubles.SURE]


def winners(path: Path) -> list[str | None]:
    assert bring(path, election="JK2024", partial="yes").state == "done"
    seats = [elections.contest(elections.election("JK2024"), "U08", n).seat for n in (1, 2)]
    return [None if one.winner is None else one.winner.name for one in seats]


def seats(path: Path) -> list[tuple[int, str]]:
    assert bring(path, election="GA2022", partial="yes").state == "done"
    found = Contest.objects.filter(election__code="GA2022").order_by("number")
    return list(found.values_list("number", "name"))


def kind_of_election(path: Path) -> str:
    assert bring(path, election="JK2025-BY").state == "done"
    return elections.election("JK2025-BY").kind


def votes_column(path: Path) -> str:
    found = sniff(path, RESULTS)
    return found.source.headers[found.mapping["votes"]]


def without_number(path: Path) -> list[tuple[str, str]]:
    """Return who wrote and what, of writers who hide their number."""
    return [
        (inbound.sms_writer(each), each.text)
        for body in bodies(path)
        for each in inbound.whatsapp_chat(body).messages
    ]


def ends(path: Path) -> list[str]:
    """Return the state of a message after each pair of reports."""
    queue()
    found = []
    with system("test"):
        for reports in bodies(path):
            Message.objects.update(state="sent", adapter_ref=reports[0]["ref"])
            for one in reports:
                messaging.receive_receipt(ref=one["ref"], status=one["status"], at=NOW)
            found.append(Message.objects.get().state)
    return found


def read_whole(path: Path) -> tuple[int | None, str | None]:
    found = details.read_details(bodies(path)[3]["text"], this_year=2026)
    return found.birth_year, found.pin


def words(path: Path) -> list[TextWord | None]:
    return [said(one["text"]).word for one in bodies(path)]


def too_long(path: Path) -> list[tuple[str, int]]:
    return bulk.too_long({"place": path.read_text(encoding="utf-8").splitlines()[1]})


def silent_after_merge(path: Path) -> list[bool]:
    """Join two entries of one woman. One of her phones said STOP."""
    world = World.make()
    found = people(path)
    both = [agrees(world, Human(one["name"], int(one["year"]), "+91" + one["phone"])) for one in found]
    for one in found:
        if one["said"] == "STOP":
            say_stop(world, "+91" + one["phone"])
    merged(world, *both)
    return silent(*("+91" + one["phone"] for one in found))


def unread_in_form(path: Path) -> int:
    """Count the rows and cells of an XLSForm that its form leaves out, each of them named."""
    return sheets.read_sheet(path.read_bytes()).left


def words_of_choices(path: Path) -> list[list[str]]:
    return [
        [one.label["en"] for one in question.choices]
        for question in sheets.read_sheet(path.read_bytes()).questions
    ]


def refused_in_form(path: Path) -> int:
    """Count the causes for which a sheet is no form."""
    with pytest.raises(sheets.SheetUnfit) as refused_form:
        sheets.read_sheet(path.read_bytes())
    causes: Any = refused_form.value.facts["errors"]
    return len(causes)


def can_print(path: Path) -> bool:
    return printing.can_print(path.read_text(encoding="utf-8").strip())


FAILED_LOOKUPS = {(2, "worker"), (3, "day"), (3, "worker"), (4, "booth")}
FAILED_ELECTORS = (2, "electors", "error_cell")
# A file: what it gives, and what is right.
RIGHT: dict[str, tuple[Callable[[Path], Any], Any]] = {
    "p01_empty_shared_string.xlsx": (
        lambda path: column(path, "name_en", UNITS),
        ["Booth 901", "Booth 902"],
    ),
    "p01b_empty_name.xlsx": (refused, {(4, "name", "missing")}),
    "p02_prefixed.xlsx": (lambda path: column(path, "name"), THREE),
    "p02b_prefixed_rels.xlsx": (lambda path: column(path, "name"), THREE),
    "p02c_other_rid_prefix.xlsx": (lambda path: column(path, "name"), THREE),
    "p02d_strict.xlsx": (lambda path: column(path, "name"), THREE),
    "p04_krutidev.csv": (why, "legacy_font"),
    "p05_month_first_days.csv": (
        lambda path: column(path, "joined_on", MEMBERS),
        [date(2022, *day) for day in ((12, 31), (12, 1), (11, 25), (3, 4), (1, 15), (5, 6))],
    ),
    "p06_abbreviation_sign.csv": (
        lambda path: [names.clean_name(one["name"]) == one["name"] for one in people(path)],
        [True] * 5,
    ),
    "p07_titles_and_order.csv": (one_person_in_pairs, [True] * 5),
    "p08_tie.csv": (winners, [None, "THIRD CANDIDATE"]),
    "p09_lokdhaba.csv": (seats, [(1, "MANDREM"), (2, "PERNEM")]),
    "p10_by_election.csv": (kind_of_election, "assembly_by"),
    "p12_eci_portal.csv": (votes_column, "Total Votes"),
    "p13_whatsapp_without_number.json": (
        without_number,
        [("IN.1234567890123456789", "JOIN"), ("IN.1234567890123456789", "STOP")],
    ),
    "p15_receipts.json": (ends, ["delivered", "delivered"]),
    "p16_sms_in_two_parts.json": (read_whole, (1980, "182301")),
    "p20_thanks.json": (words, [None, None, TextWord.THANKS]),
    "p21_card_gurmukhi.txt": (can_print, True),
    "p21_card_urdu.txt": (can_print, True),
    "p26_variable.txt": (too_long, [("place", 81)]),
    "p29_error_cell.ods": (lambda path: refused(path, UNITS), {FAILED_ELECTORS}),
    "p29b_error_cell.xlsx": (
        lambda path: refused(path, UNITS),
        {FAILED_ELECTORS, (4, "electors", "uncalculated")},
    ),
    "p29c_worker_error_cells.xlsx": (
        refused,
        {(row, field, "error_cell") for row, field in FAILED_LOOKUPS} | {(5, "day", "uncalculated")},
    ),
    "p29d_units_error_cells.xlsx": (lambda path: refused(path, UNITS), {FAILED_ELECTORS}),
    "p29e_worker_error_cells.csv": (refused, {(row, field, "error_cell") for row, field in FAILED_LOOKUPS}),
    "p31_other_scripts.csv": (sure_pairs, []),
    "p32_booth_became_date.xlsx": (refused, {(3, "booth", "code_day")}),
    "p32b_booth_became_date.csv": (refused, {(3, "booth", "code_day"), (4, "booth", "code_day")}),
    "p33_sep_line.csv": (lambda path: column(path, "name"), THREE[:1]),
    "p34_merged_parent.xlsx": (
        lambda path: column(path, "organisational_parent", UNITS),
        ["JK-B6939-C1"] * 3,
    ),
    "p34b_merged_worker.xlsx": (lambda path: len(set(column(path, "worker"))), 1),
    "p35_two_phones.csv": (silent_after_merge, [True, True]),
    "q01_columns_that_count.xlsx": (unread_in_form, 10),
    "q02_or_other.xlsx": (refused_in_form, 2),
    "q03_yes_no_words.xlsx": (
        words_of_choices,
        [["Working", "Broken"], ["The booth president", "The cluster"]],
    ),
    "q04_answer_in_label.xlsx": (refused_in_form, 2),
    "q05_languages.xlsx": (refused_in_form, 3),
    "q06_not_equal.xlsx": (unread_in_form, 2),
}


def test_each_reported_file_has_its_line() -> None:
    assert {path.name for path in CASES.iterdir()} == set(RIGHT)


@pytest.mark.parametrize("name", RIGHT)
def test_each_reported_file_gives_what_is_right(name: str) -> None:
    gives, right = RIGHT[name]
    assert gives(CASES / name) == right
