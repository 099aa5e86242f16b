"""Whole numbers as people write and say them, in every field and cell."""

import re
import unicodedata
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from abhiyan.core.numbers import TIMES, Misgrouped, amount, grouped, ungrouped

CHECKS = Path(__file__).parents[2] / "ui/static/ui/checks.js"
DEVANAGARI = str.maketrans("0123456789", "०१२३४५६७८९")


@pytest.mark.parametrize(
    ("typed", "n"),
    [
        ("35 करोड़", 350_000_000),
        (unicodedata.normalize("NFD", "35 करोड़"), 350_000_000),
        ("2 crore", 20_000_000),
        ("50 lakh", 5_000_000),
        ("५० लाख", 5_000_000),
        ("3 हज़ार", 3_000),
        ("2Cr.", 20_000_000),
        ("3 lakh 25 thousand", 325_000),
        ("  12,34,567 ", 1_234_567),
        ("१२,३४,५६७", 1_234_567),
    ],
)
def test_a_number_is_read_as_it_is_said(typed: str, n: int) -> None:
    assert int(ungrouped(typed)) == n


@pytest.mark.parametrize(
    "typed",
    [
        "5 lakh people",
        "25 thousand 3 lakh",
        "5 lakh 7 lakh",
        "1 lakh crore",
        "1.234567 lakh",
        "lakh",
        "½ lakh",
    ],
)
def test_what_is_no_whole_number_stays_as_it_was_typed(typed: str) -> None:
    assert amount(typed) is None and ungrouped(typed) == typed


def test_commas_in_wrong_places_are_refused_before_a_word_too() -> None:
    for typed in ("1,5 lakh", "2,50 crore", "12,5"):
        with pytest.raises(Misgrouped):
            ungrouped(typed)


@given(
    n=st.integers(0, 10**12),
    word=st.sampled_from(sorted(TIMES)),
    is_hindi=st.booleans(),
    has_gap=st.booleans(),
)
def test_every_word_says_its_number_in_either_script(
    n: int, word: str, is_hindi: bool, has_gap: bool
) -> None:
    exact = Decimal(n) / TIMES[word]
    head, _point, tail = f"{exact:f}".partition(".")
    typed = grouped(int(head)) + (f".{tail}" if tail else "") + (" " if has_gap else "") + word
    assert int(ungrouped(typed.translate(DEVANAGARI) if is_hindi else typed)) == n


def test_a_phone_knows_the_same_words() -> None:
    (table,) = re.findall(r"export const TIMES = \{([^}]*)\}", CHECKS.read_text())
    words = {
        unicodedata.normalize("NFC", word): int(float(n))
        for word, n in re.findall(r'"?([^\s",]+?)"?: (1e\d)', table)
    }
    assert words == TIMES
