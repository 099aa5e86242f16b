"""The headline, its two parts and the rung, held against a plain restatement of the method in docs/truth.md."""

import math
from dataclasses import replace
from datetime import date

from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from abhiyan.core.numbers import grouped
from abhiyan.programmes.queries import truth_of
from abhiyan.programmes.queries.checked import picture_of
from abhiyan.programmes.rules.estimated import Estimated, RealShare, real_of_100
from abhiyan.programmes.rules.ladder import Ladder
from abhiyan.ui.ladder import plot_estimate
from abhiyan.verification.rules import planning
from abhiyan.verification.rules.beside import FrameFigures
from abhiyan.verification.rules.estimates import DrawnShare, Method, Outcomes, estimate_share

Z = 1.959963984540054
LEAST = 10  # answered checks of a stratum


@st.composite
def frames(draw: st.DrawFn) -> tuple[list[tuple[bool, DrawnShare]], int]:
    """Strata of a frame drawn by the planner, with whether the phone answered; and calls that became no entry.

    A stratum without a district holds the items without a place.
    """
    sizes = draw(st.lists(st.tuples(st.integers(60, 3_000), st.integers(60, 3_000)), min_size=2, max_size=6))
    checks = draw(st.integers(40 * len(sizes), 80 * len(sizes)))
    made = []
    for of, drawn in zip(sizes, planning.split_checks(sizes, checks, 40), strict=True):
        for is_signed, (items, n) in zip((True, False), zip(of, drawn, strict=True), strict=True):
            n = max(n, LEAST)  # a shade that gets fewer has more drawn until ten are answered
            refused = draw(st.integers(0, min(n - LEAST, n // 5)))
            genuine = draw(st.integers(0, n - refused))
            told = Outcomes(genuine, n - refused - genuine, refused)
            made.append((is_signed, DrawnShare(items, told)))
    return made, draw(st.integers(0, 20_000))


def restated(strata: list[DrawnShare]) -> tuple[float, float, float]:
    """Rate and interval: p = Σ W p_h, var = Σ W² (1 - n_h/N_h) s_h²/n_h, Wilson on n = p(1 - p)/var; what is open is
    counted once as false and once as real."""
    items = sum(one.items for one in strata)

    def mean(score_of_open: int) -> tuple[float, float]:
        p = var = 0.0
        for one in strata:
            n, good = one.outcomes.drawn, one.outcomes.genuine + score_of_open * one.outcomes.open
            share, p_h = one.items / items, good / n
            p += share * p_h
            var += share**2 * (1 - n / one.items) * p_h * (1 - p_h) / (n - 1)
        return p, var

    def wilson(p: float, var: float) -> tuple[float, float]:
        n = p * (1 - p) / var
        middle = (p + Z * Z / (2 * n)) / (1 + Z * Z / n)
        half = Z / (1 + Z * Z / n) * math.sqrt(p * (1 - p) / n + Z * Z / (4 * n * n))
        return middle - half, middle + half

    answered = sum(one.items / items * (1 - one.outcomes.open / one.outcomes.drawn) for one in strata)
    false, real = mean(0), mean(1)
    return false[0] / answered, wilson(*false)[0], wilson(*real)[1]


def share_of(strata: list[DrawnShare]) -> RealShare:
    one = estimate_share(strata)
    told = one.outcomes
    finished = told.genuine + told.not_genuine
    return RealShare(one.items, finished, told.open, one.rate, one.low, one.high, str(one.method))


@given(frames())
def test_headline_parts_and_rung_agree_with_a_plain_restatement(
    frame: tuple[list[tuple[bool, DrawnShare]], int],
) -> None:
    strata, no_entry = frame
    parts = {
        "entered": [one for _, one in strata],
        "counted": [one for is_signed, one in strata if is_signed],
        "unanswered": [one for is_signed, one in strata if not is_signed],
    }
    shares = {name: share_of(of) for name, of in parts.items()}
    for name, of in parts.items():
        one = shares[name]
        assert one.rate is not None
        if one.method == Method.WILSON:
            rate, low, high = restated(of)
            assert math.isclose(one.rate, rate, abs_tol=1e-9)
            assert math.isclose(one.low, low, abs_tol=1e-9) and math.isclose(one.high, high, abs_tol=1e-9)
        assert one.low <= one.rate <= one.high or one.not_told
    entered = sum(one.items for _, one in strata)
    told = Estimated(
        date(2026, 11, 9), 19, "/", reported=entered + no_entry, finished=100, kind="drive", measure=1
    )
    told = replace(
        told, entered=shares["entered"], counted=shares["counted"], unanswered=shares["unanswered"]
    )
    with override("en"):
        truth = truth_of(told, entries=entered)
        rung = picture_of(told, Ladder(counted=entered))
        short = str(rung["short"])
    assert truth.sentence.startswith(f"Of {grouped(entered)} people entered up to 9 Nov 2026, ")
    whole = shares["entered"]
    real = real_of_100(whole)
    assert real is not None and whole.rate is not None and truth.real == real
    if real.about is not None:
        ends = f"({round(100 * whole.low)} to {round(100 * whole.high)})"
        assert f"about {round(100 * whole.rate)} of 100 are real {ends}" in truth.sentence
    for name, label in (("counted", "Counted"), ("unanswered", "Phone not answered yet")):
        assert f"{label} " in truth.parts
        part = real_of_100(shares[name])
        if part is not None and part.about is not None:
            assert f"{label} {part.about} of 100 ({part.low}–{part.high})" in truth.parts
    assert (truth.no_entry == "") == (no_entry == 0), "repeat calls are a line of their own"
    assert (rung["estimate"], rung["low"], rung["high"]) == (whole.rate, whole.low, whole.high)
    assert short == truth.short
    gap = FrameFigures(told.reported, **shares).least_gap
    assert gap is not None and math.isclose(gap, 1 - shares["entered"].high)


@given(*[st.floats(0, 1)] * 3)
def test_the_mark_of_an_estimate_has_a_dot_where_its_words_name_the_middle(
    rate: float, low: float, high: float
) -> None:
    real, drawn = real_of_100(RealShare(rate=rate, low=low, high=high)), plot_estimate(rate, low, high)
    assert real is not None and drawn is not None
    assert (drawn.point is None) == (real.about is None)
