"""How strong a reason is: what luck brings to honest workers is a hint at most, however many are compared."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import betabinom, binom

from abhiyan.verification.rules import flags, luck
from abhiyan.verification.rules.indicators import (
    GRAINS,
    HINT,
    HITS,
    Grain,
    Indicator,
    IndicatorTally,
    Reason,
    Strength,
    reasons,
)

I = Indicator  # noqa: E741 - as in test_indicators
KINDS = (I.PHONES, I.SEQUENCE, I.BURSTS, I.NIGHT, I.AGES, I.DIGITS, I.UNCONFIRMED, I.DOUBLES, I.CHECKS)
SHARES = np.array([0.03, 0.01, 0.10, 0.05, 0.28, 0.10, 0.45, 0.02, 0.20])
CHANCE = [{I.AGES: 0.2, I.DIGITS: 0.1}.get(one, 0.0) for one in KINDS]
GRAIN = [GRAINS.get(one, Grain.ENTRY) for one in KINDS]


def honest(random: Any, workers: int, districts: int) -> tuple[Any, Any, Any]:
    """Honest workers with a few entries each, who differ among themselves and by district: hits, of, districts."""
    entries = np.maximum(flags.LEAST, (random.lognormal(0, 0.7, workers) * 20).astype(int))
    where = random.integers(0, districts, workers)
    away = random.normal(0, 0.35, (districts, len(KINDS)))[where] + random.normal(
        0, 0.35, (workers, len(KINDS))
    )
    share = 1 / (1 + np.exp(-(np.log(SHARES / (1 - SHARES)) + away)))
    of = np.repeat(entries[:, None], len(KINDS), 1)
    of[:, KINDS.index(I.CHECKS)] = np.minimum(entries, random.poisson(entries * 0.1))
    hits = random.binomial(of, share)
    for one, kind in enumerate(KINDS):
        if GRAIN[one] is Grain.GROUP:  # families share a phone
            hits[:, one] = 2 * random.binomial(of[:, one] // 2, share[:, one])
        if kind is I.DIGITS:
            ends = [np.bincount(random.integers(0, 10, n), minlength=10) for n in entries]
            hits[:, one] = [int((each * (each - 1) // 2).sum()) for each in ends]
            of[:, one] = entries * (entries - 1) // 2
    return hits, of, where


def reasons_of(hits: Any, of: Any, where: Any) -> list[list[Reason]]:
    """The reasons of each worker, as the page has them."""
    tails = flags.tails(hits, of, where, CHANCE, GRAIN)
    anybody = flags.luck_of(tails, of)
    return [
        reasons(
            Reason(
                kind, IndicatorTally(int(hits[row, n]), int(of[row, n])), 0.0, tails[row, n], anybody[row, n]
            )
            for n, kind in enumerate(KINDS)
        )
        for row in range(len(hits))
    ]


@pytest.mark.parametrize(("workers", "districts"), [(120, 12), (300, 20), (600, 20)])
def test_where_all_are_honest_nobody_is_strong_but_by_luck_once_in_twenty_drives(
    workers: int, districts: int
) -> None:
    random = np.random.default_rng(20_261_128 + workers)
    worlds, is_strong, clear = 60, 0, 0
    for _ in range(worlds):
        found = reasons_of(*honest(random, workers, districts))
        first = [of[0] for of in found if of]
        is_strong += any(one.strength is Strength.STRONG for one in first)
        clear += sum(one.strength is not Strength.WEAK for one in first)
        assert len(first) < workers / 20, "fewer than one honest worker in twenty is named at all"
        for one in (one for of in found for one in of):
            assert one.tail < HINT and one.tally.hits >= HITS
    assert is_strong / worlds <= 0.05 + 0.03
    assert clear / (worlds * workers) < 0.01


def test_three_of_five_checks_not_genuine_where_one_in_four_is_not_is_no_reason() -> None:
    """Luck brings it to one honest worker in ten, and the list shows the worst of hundreds."""
    bad, of = np.zeros((200, 1)), np.full((200, 1), 5.0)
    bad[:, 0] = np.tile([0, 1, 1, 2, 1], 40)
    bad[0, 0] = 3
    tails = flags.tails(bad, of, [1] * 200)
    plain = luck.tail(3, 5, 0.25, rest=100_000, likeness=0, grain=Grain.ENTRY)
    assert plain == pytest.approx(binom.sf(2, 5, 0.25), rel=1e-3) and 0.10 < plain < 0.11
    assert reasons([Reason(I.CHECKS, IndicatorTally(3, 5), 0.25, tails[0, 0])]) == []
    bad[0, 0], of[0, 0] = 12, 12
    tails = flags.tails(bad, of, [1] * 200)
    (one,) = reasons(
        [Reason(I.CHECKS, IndicatorTally(12, 12), 0.2, tails[0, 0], flags.luck_of(tails, of)[0, 0])]
    )
    assert one.strength is Strength.STRONG


def test_the_same_figures_are_strong_among_few_workers_and_only_clear_among_many() -> None:
    words = []
    for workers in (30, 30_000):
        found = np.ones((workers, 1))
        found[0, 0] = 1e-4
        anybody = flags.luck_of(found, np.ones((workers, 1)))[0, 0]
        words.append(Reason(I.NIGHT, IndicatorTally(9, 20), 0.1, 1e-4, anybody).strength)
    assert words == [Strength.STRONG, Strength.CLEAR]


def test_what_few_others_show_is_not_sure() -> None:
    few, many = (luck.tail(6, 20, 0.05, rest=rest, likeness=0, grain=Grain.ENTRY) for rest in (40, 100_000))
    assert few > 10 * many
    families = luck.tail(8, 20, 0.1, rest=900, likeness=0, grain=Grain.GROUP)
    assert families > 3 * luck.tail(8, 20, 0.1, rest=900, likeness=0, grain=Grain.ENTRY)


@given(st.integers(1, 300), st.floats(0.02, 0.9), st.integers(30, 5_000), st.floats(0, 0.2), st.data())
def test_a_tail_is_that_of_the_beta_binomial(
    of: int, share: float, rest: int, likeness: float, data: st.DataObject
) -> None:
    hits = data.draw(st.integers(0, of))
    found = luck.tail(hits, of, share, rest=rest, likeness=likeness, grain=Grain.ENTRY)
    size = 1 / min(0.999, likeness + 1 / (rest + 1)) - 1
    wanted = betabinom.sf(hits - 1, of, size * share, size * (1 - share))
    assert found == pytest.approx(wanted, rel=1e-5, abs=1e-9)


@given(st.floats(0.02, 0.9), st.floats(1e-4, 0.2), st.integers(20, 100))
def test_past_two_thousand_entries_the_tail_goes_on(share: float, likeness: float, per_cent: int) -> None:
    of = luck.MANY
    hits = max(1, of * per_cent // 100)
    told = [
        luck.tail(hits * n / of, n, share, rest=10_000, likeness=likeness, grain=Grain.ENTRY)
        for n in (of, of + 100)
    ]
    assert told[1] == pytest.approx(told[0], rel=0.5, abs=0.02)


@given(st.lists(st.floats(1e-9, 0.05), min_size=1, max_size=30), st.integers(0, 500))
def test_among_many_nothing_gets_rarer_and_the_order_stays(tails: list[float], others: int) -> None:
    found = luck.among_many(dict(enumerate(tails)), len(tails) + others)
    assert all(tails[n] <= found[n] <= 1 for n in found)
    order = sorted(found, key=lambda n: tails[n])
    assert [found[n] for n in order] == sorted(found.values())
    assert found[order[0]] == pytest.approx(min(1.0, (len(tails) + others) * min(tails)))
