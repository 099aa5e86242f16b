"""People who bring a list learn of nobody what they said elsewhere: of a few nothing, of many whole tens."""

import re

import pytest
from django.utils import translation

from abhiyan.core import small_cells
from abhiyan.imports.kinds import ImportKind, RowOutcome, registered
from abhiyan.imports.tables.layout import CellKind, Field, Layout

LIST = ImportKind(
    key="planted",
    title="Planted",
    explains="",
    layout=Layout(key="planted", fields=(Field("phone", "Phone", "फ़ोन", "", CellKind.PHONE, required=True),)),
    capability="",
    outcomes={"joined": RowOutcome("Joined"), "suppressed": RowOutcome("Said no", within="joined")},
    check=lambda work: None,
    commit=lambda work: None,
    undo=lambda work: None,
)
TELLS_OF_PEOPLE = re.compile(
    r"\bno\b(?! (?:more|longer))|stop|silent|opted|unsubscri|left out", re.IGNORECASE
)


@pytest.mark.parametrize("noes", [*range(11), 14, 15, 40])
@pytest.mark.parametrize("rows", [40, 100])
def test_a_check_counts_noes_as_it_counts_strangers(rows: int, noes: int) -> None:
    """Also above ten: of two lists that differ in one row, the one would cross to the next ten by a no alone."""
    counts = {"joined": rows - noes, "suppressed": noes}
    assert LIST.shown_counts(counts, is_check=True) == {"joined": rows}


@pytest.mark.parametrize("noes", range(1, 11))
def test_a_list_of_ten_rows_tells_no_no_even_after_the_import(noes: int) -> None:
    shown = LIST.shown_counts({"joined": 10 - noes, "suppressed": noes}, is_check=False)
    assert "suppressed" not in shown


def test_many_noes_are_told_in_whole_tens_after_the_import() -> None:
    told = {
        LIST.shown_counts({"joined": 100, "suppressed": n}, is_check=False)["suppressed"]
        for n in range(10, 60)
    }
    assert told == {10, 20, 30, 40, 50, 60}
    assert all(n % small_cells.STEP == 0 for n in told)


def test_every_result_that_tells_a_no_is_told_so() -> None:
    """By its words: a result that says of people that they said no counts within another, or in tens by itself."""
    with translation.override("en"):
        found = [
            (kind.key, code, outcome)
            for kind in registered()
            for code, outcome in kind.outcomes.items()
            if TELLS_OF_PEOPLE.search(f"{outcome.title} {outcome.done}")
        ]
        assert {("contact", "opted_out"), ("paper", "suppressed"), ("earlier_members", "suppressed")} <= {
            (key, code) for key, code, _outcome in found
        }
        for key, code, outcome in found:
            assert outcome.within or "whole tens" in str(outcome.title), f"{key}: {code}"
