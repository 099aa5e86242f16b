"""`tests/access.tsv` loses nothing of what each role got, whichever tests wrote it and in which order."""

import random
from itertools import permutations

import pytest

from abhiyan.pages.access import addresses_by_name
from abhiyan.site.tests.answers import (
    COLUMNS,
    FILE,
    IS_WRITING,
    NOT_ASKED,
    OPEN,
    REFUSED,
    AccessTable,
    Answers,
    Rows,
    access_text,
    at_the_door,
    cell_of,
    doors_of,
    is_sent,
    joined_rows,
    made_name,
    pattern_names,
    spelled_out,
)
from abhiyan.site.tests.cast import EVERYBODY

ANSWERS = (OPEN, REFUSED, "absent", "act", "late", "wrong", "entrance", "error 500")


def table() -> AccessTable:
    return AccessTable(FILE.read_text())


def written(*found: Rows, text: str = "") -> str:
    """The file after runs that found this, one after the other."""
    text = text or FILE.read_text()
    for each in found:
        now = AccessTable(text)
        text = access_text(joined_rows(now.asked(), each), addresses_by_name(), now.patterns)
    return text


def some_rows(seed: int) -> Rows:
    """Any answers behind the doors as they are."""
    chance = random.Random(seed)
    rows: Rows = {}
    for name, page in addresses_by_name().items():
        rows[name] = {}
        for column in COLUMNS:
            is_asked = chance.random() < 0.7 and (column != "sent" or is_sent(page))
            few = chance.sample(ANSWERS, chance.randint(1, 4))
            rows[name][column] = {
                role: (at_the_door(page.opens, role, is_form=column == "sent") or chance.choice(few))
                if is_asked
                else NOT_ASKED
                for role in EVERYBODY
            }
    return rows


@pytest.mark.parametrize("seed", range(5))
def test_whatever_the_roles_got_is_read_back(seed: int) -> None:
    rows = some_rows(seed)
    text = access_text(rows, addresses_by_name(), {})
    again = AccessTable(text)
    assert again.rows() == rows
    assert access_text(again.asked(), addresses_by_name(), again.patterns) == text


def test_the_order_of_what_was_found_makes_no_difference() -> None:
    rows = some_rows(7)
    turned = {name: dict(reversed(columns.items())) for name, columns in reversed(rows.items())}
    assert access_text(turned, addresses_by_name(), {}) == access_text(rows, addresses_by_name(), {})


@pytest.fixture
def changes() -> list[Rows]:
    """Three runs that each found something new: of a pattern that is there, of new ones, of a few roles."""
    found: list[Rows] = []
    rows = table().rows()
    for name, column, roles in (
        ("contact:board", "near", ["booth_president"]),
        ("org:appoint", "sent", ["verifier", "root", "body_member", "call_agent"]),
        ("pages:ready", "far", ["state_president", "district_president"]),
    ):
        past, _entrance = table().doors[table().lines[name][0]]
        answers = rows[name][column] | dict.fromkeys(past & set(roles), "late")
        assert answers != rows[name][column]
        found.append({name: {column: answers}})
    return found


def test_runs_of_a_few_tests_write_the_same_in_any_order(changes: list[Rows]) -> None:
    together: Rows = {}
    for found in changes:
        together = joined_rows(together, found)
    assert {written(*order) for order in permutations(changes)} == {written(together)}


def test_a_run_of_a_few_tests_changes_what_it_saw_only(changes: list[Rows]) -> None:
    for found in changes:
        was, now = table().rows(), AccessTable(written(found)).rows()
        assert now == joined_rows(was, found)
        lines = set(written(found).splitlines()) - set(FILE.read_text().splitlines())
        assert len([line for line in lines if line.startswith(tuple(found))]) == 1
        assert len(lines) <= 2, "a line of the address, and perhaps a pattern"


def test_a_run_that_finds_what_stands_there_changes_nothing() -> None:
    assert written(table().rows()) == FILE.read_text()
    assert written({}) == FILE.read_text()


@pytest.mark.parametrize("name", ["contact:board", "org:appoint", "people:session_end"])
def test_a_new_page_is_one_line(name: str) -> None:
    """It brings a door or a pattern with it only where no other page has the same."""
    text = FILE.read_text()
    shorter = "\n".join(line for line in text.split("\n") if not line.startswith(f"{name}\t"))
    assert written({name: table().rows()[name]}, text=shorter) == text


def test_a_page_whose_form_nobody_sent_yet_fails() -> None:
    rows = table().rows()
    rest = {each: columns for each, columns in table().asked().items() if each != "org:appoint"}
    found = {"org:appoint": {"near": rows["org:appoint"]["near"]}}
    again = AccessTable(access_text(joined_rows(rest, found), addresses_by_name(), table().patterns)).rows()
    assert set(again["org:appoint"]["sent"].values()) == {NOT_ASKED}


@pytest.mark.skipif(IS_WRITING, reason="nothing is compared while the file is written")
def test_a_failure_names_address_role_answer_and_what_was_expected() -> None:
    board = table().rows()["contact:board"]["near"]
    answers = Answers()
    answers.hold("contact:board", "near", board)
    with pytest.raises(AssertionError) as failure:
        answers.hold("contact:board", "near", board | {"verifier": OPEN, "root": "error 500"})
    assert sorted(str(failure.value).splitlines()[:3]) == [
        "contact:board as root, near: got error 500, expected refused",
        "contact:board as verifier, near: got open, expected refused",
        "see `make access`",
    ]
    for unknown in (("contact:no_such_page", "near", "verifier"), ("contact:board", "near", "new_office")):
        name, column, role = unknown
        with pytest.raises(AssertionError, match=f"{name} as {role}, near: got refused, expected None"):
            answers.hold(name, column, {role: REFUSED})


def test_most_roles_are_the_others_and_of_two_halves_those_who_get_less() -> None:
    assert cell_of({"a": OPEN, "b": REFUSED}) == (((frozenset("a"), OPEN),), REFUSED)
    assert cell_of({"a": OPEN, "b": OPEN, "c": "late"}) == (((frozenset("c"), "late"),), OPEN)
    named, others = cell_of({"a": "late", "b": OPEN, "c": REFUSED, "d": REFUSED})
    assert ([answer for _roles, answer in named], others) == ([OPEN, "late"], REFUSED)


ROLES = frozenset(EVERYBODY[:6])


@pytest.mark.parametrize(
    ("now", "name"),
    [
        (ROLES, "leaders"),  # the same roles
        (ROLES | set(EVERYBODY[6:7]), "leaders"),
        (ROLES | set(EVERYBODY[6:9]), "leaders"),  # a third is new
        (ROLES | set(EVERYBODY[6:10]), ""),
        (ROLES - {"anonymous"}, ""),
        (ROLES - {"anonymous"} | set(EVERYBODY[6:7]), ""),
        (frozenset({"anonymous"}), ""),
    ],
)
def test_a_name_given_by_hand_stays_while_its_roles_are_together(now: frozenset[str], name: str) -> None:
    for before in (ROLES, ROLES | {"an_office_that_is_gone"}):
        assert pattern_names({now}, {"leaders": before}) == {now: name or made_name(now)}


def test_a_name_moves_only_when_its_roles_are_found_nowhere() -> None:
    more, most = ROLES | set(EVERYBODY[6:7]), ROLES | set(EVERYBODY[6:8])
    before = {"leaders": ROLES}
    assert pattern_names({ROLES, more}, before) == {ROLES: "leaders", more: made_name(more)}
    assert pattern_names({most, more}, before) == {more: "leaders", most: made_name(most)}
    assert pattern_names({more}, before | {"others_first": ROLES}) == {more: "leaders"}
    assert pattern_names({ROLES}, {"second": ROLES, "first": ROLES}) == {ROLES: "first"}


def without(role: str) -> str:
    """The file before there was such an office."""
    rows = {
        name: {
            column: {other: answer for other, answer in answers.items() if other != role}
            for column, answers in columns.items()
        }
        for name, columns in table().rows().items()
    }
    return access_text(
        rows, addresses_by_name(), {name: roles - {role} for name, roles in table().patterns.items()}
    )


@pytest.mark.parametrize("role", EVERYBODY)
def test_a_new_office_leaves_every_name(role: str) -> None:
    """`make access` writes the file twice: after the looks, and after the forms."""
    before, rows = without(role), table().rows()
    given = {name for name, roles in AccessTable(before).patterns.items() if name != made_name(roles)}
    looks: Rows = {name: {"near": row["near"], "far": row["far"]} for name, row in rows.items()}
    forms: Rows = {name: {"sent": row["sent"]} for name, row in rows.items()}
    (text,) = {written(*runs, text=before) for runs in ((looks, forms), (forms, looks), (rows,))}
    assert AccessTable(text).rows() == rows
    assert given - AccessTable(text).patterns.keys() == set()


def test_a_pattern_or_role_that_is_nowhere_is_refused() -> None:
    text = FILE.read_text()
    for wrong in ("line_over_no_district", "verifier", "no_such_role"):
        broken = text.replace("\tline_over_other_district open,", f"\t{wrong} open,", 1)
        with pytest.raises(AssertionError, match=wrong):
            AccessTable(broken).rows()


def test_a_made_name_says_the_roles_or_begins_with_the_first() -> None:
    assert made_name(("root", "member")) == spelled_out(("member", "root")) == "member+root"
    names = {made_name(EVERYBODY[start:]) for start in range(20)}
    assert len(names) == 20
    assert min(names, key=len).startswith(EVERYBODY[0]) or all("_more_" in name for name in names)


def test_every_door_has_a_name_of_its_own() -> None:
    assert doors_of(addresses_by_name()) == table().doors
