"""Classes: rules in order, checked when they are read."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from abhiyan.elections.rules.classes import (
    DEFAULT,
    SWING,
    Band,
    ClassFigures,
    Rule,
    RulesUnfit,
    class_of,
    read_class_rules,
    unit_vote_figures,
)


@pytest.mark.parametrize(
    ("ours", "best", "polled", "code", "rule"),
    [
        (520, 470, 1000, "strong", 1),
        (450, 300, 1000, "strong", 2),
        (450, 350, 1000, "strong", 2),
        (450, 351, 1000, "swing", 4),
        (300, 400, 1000, "swing", 4),
        (300, 401, 1000, "weak", 3),
        (0, 900, 1000, "weak", 3),
    ],
)
def test_the_first_rule_that_holds_gives_the_class(
    ours: int, best: int, polled: int, code: str, rule: int
) -> None:
    assert class_of(read_class_rules(DEFAULT), unit_vote_figures(ours, best, polled)) == (code, rule)


def test_without_votes_there_is_no_class() -> None:
    assert class_of(read_class_rules(DEFAULT), unit_vote_figures(0, 0, 0)) is None


def test_a_condition_on_what_is_unknown_does_not_hold() -> None:
    rules = read_class_rules([{"class": "weak", "turnout_below": 50}, {"class": "swing"}])
    assert class_of(rules, ClassFigures(40.0, 5.0, None)) == ("swing", 2)
    assert class_of(rules, unit_vote_figures(400, 350, 1000, electors=4000)) == ("weak", 1)


@pytest.mark.parametrize(
    ("rows", "code", "row"),
    [
        ([], "no_rules", 0),
        ([{"class": "safe"}], "unknown_class", 1),
        ([{"class": "weak", "age_below": 5}, {"class": "swing"}], "unknown_condition", 1),
        ([{"class": "weak", "share_above": 5}, {"class": "swing"}], "unknown_condition", 1),
        ([{"class": "weak", "share_below": "5"}, {"class": "swing"}], "not_a_number", 1),
        ([{"class": "weak", "share_below": True}, {"class": "swing"}], "not_a_number", 1),
        ([{"class": "weak", "share_below": float("nan")}, {"class": "swing"}], "not_a_number", 1),
        ([{"class": "weak", "share_below": 101}, {"class": "swing"}], "outside", 1),
        ([{"class": "weak", "share_below": -1}, {"class": "swing"}], "outside", 1),
        ([{"class": "weak", "share_at_least": 9, "share_below": 9}, {"class": "swing"}], "empty_band", 1),
        ([{"class": "weak", "lead_below": -5}], "no_last", 1),
        ([{"class": "weak"}, {"class": "swing"}], "never_reached", 2),
        (
            [
                {"class": "strong", "share_at_least": 40},
                {"class": "weak", "share_at_least": 50},
                {"class": "swing"},
            ],
            "never_reached",
            2,
        ),
    ],
)
def test_rules_that_cannot_be_applied_are_refused_with_their_row(
    rows: list[dict[str, Any]], code: str, row: int
) -> None:
    with pytest.raises(RulesUnfit) as refused:
        read_class_rules(rows)
    assert (refused.value.code, refused.value.row) == (code, row)


def test_a_lead_may_be_negative() -> None:
    assert read_class_rules([{"class": "weak", "lead_below": -12.5}, {"class": "swing"}])[0] == Rule(
        "weak", {"lead": Band(below=-12.5)}
    )


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 10**6))
def test_every_unit_with_votes_has_a_class_and_more_votes_never_make_it_weaker(
    ours: int, best: int, rest: int
) -> None:
    strength = {"weak": 0, SWING: 1, "strong": 2}
    polled = ours + best + rest
    given_class = class_of(read_class_rules(DEFAULT), unit_vote_figures(ours, best, polled))
    assert (given_class is None) == (polled == 0)
    if given_class and best:
        stronger = class_of(read_class_rules(DEFAULT), unit_vote_figures(ours + 1, best - 1, polled))
        assert stronger and strength[stronger[0]] >= strength[given_class[0]]
