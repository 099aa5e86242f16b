"""Whole numbers as people type them: grouped by lakhs, thousands or not at all, and nothing guessed."""

import pytest
from django.core.exceptions import ValidationError

from abhiyan.ui.fields import WholeField


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("35,00,00,000", 350_000_000),
        ("350,000,000", 350_000_000),
        ("350 000 000", 350_000_000),
        ("3\u202f500\u00a0000", 3_500_000),
        ("1,234", 1234),
        ("12, 34, 567", 1_234_567),
        ("१२,३४,५६७", 1_234_567),
        (" 0 ", 0),
        ("-1,000", -1000),
    ],
)
def test_grouping_of_india_and_of_the_west_is_read(typed: str, number: int) -> None:
    assert WholeField().clean(typed) == number


@pytest.mark.parametrize(
    "typed", ["12,5", "1,2,3", "12,34", "1,00,00", "123,45,678", "1,,000", ",100", "१२,५"]
)
def test_a_comma_where_nothing_is_grouped_is_refused_not_dropped(typed: str) -> None:
    with pytest.raises(ValidationError, match="wrong places"):
        WholeField().clean(typed)


def test_what_is_no_number_is_refused() -> None:
    for typed in ("many", "1.5", "1,000 seats", "--1"):
        with pytest.raises(ValidationError, match="whole number"):
            WholeField().clean(typed)
