"""The order of workers to look at: beside peers of the same place, by what random checks taught, and never too
sure."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from abhiyan.verification.rules import flags

NIGHT, AGES = 0, 1


def district(workers: int = 20, *, night: int = 3, ages: int = 20) -> np.ndarray:
    """Workers with 60 entries each: a few at night, a third of the birth years round."""
    return np.tile([night, ages], (workers, 1)).astype(float)


def test_rounded_ages_are_no_reason_where_everybody_rounds_them() -> None:
    """In Asha's district everybody writes birth years as 1980 or 1985; only she enters half of hers at night."""
    hits = district(ages=50)
    hits[0] = (30, 52)
    found = flags.beside_peers(hits, np.full(hits.shape, 60), ["north"] * 20)
    assert found.scores[0, NIGHT] == flags.FARTHEST and abs(found.scores[0, AGES]) < flags.CLEAR
    assert found.peers[0, NIGHT] == pytest.approx(3 / 60, abs=0.002), (
        "her own entries are not among the peers'"
    )
    assert np.argmax(flags.plain_mean(found.scores)) == 0


def test_a_worker_is_compared_with_their_own_district() -> None:
    """In the hills people are at home after dark: what is odd in the plain is usual there."""
    hits = np.concatenate([district(night=30), district(night=2)])
    hits[25, NIGHT] = 30
    found = flags.beside_peers(hits, np.full(hits.shape, 60), ["hills"] * 20 + ["plain"] * 20).scores
    assert found[25, NIGHT] >= flags.CLEAR > np.abs(found[:20, NIGHT]).max()


def test_more_than_the_others_and_less_than_luck_brings_is_no_reason() -> None:
    """One pair of phone numbers in ten ends in the same digit, for any worker."""
    hits = district(night=12)
    hits[0, NIGHT] = 30
    of = np.full(hits.shape, 300)
    assert flags.beside_peers(hits, of, [1] * 20).scores[0, NIGHT] >= flags.CLEAR
    assert flags.beside_peers(hits, of, [1] * 20, [0.1, 0.0]).scores[0, NIGHT] <= 0


def test_where_few_work_they_are_compared_with_all() -> None:
    hits = np.concatenate([district(), district(2)])
    hits[21, NIGHT] = 40
    found = flags.beside_peers(hits, np.full(hits.shape, 60), ["north"] * 20 + ["island"] * 2)
    assert found.scores[21, NIGHT] == flags.FARTHEST and found.peers[21, NIGHT] < 0.1


def test_what_is_not_known_of_a_worker_says_nothing() -> None:
    hits, of = district(), np.full((20, 2), 60.0)
    hits[3, NIGHT] = of[3, NIGHT] = 0
    assert flags.beside_peers(hits, of, [1] * 20).scores[3, NIGHT] == 0
    assert flags.beside_peers(hits[:0], of[:0], []).scores.shape == (0, 2)


tables = st.lists(
    st.tuples(st.integers(0, 40), st.integers(0, 40), st.sampled_from("ab")), min_size=1, max_size=30
)


@given(tables, st.permutations(range(30)))
def test_scores_are_bounded_and_belong_to_the_worker_not_to_the_row(
    told: list[tuple[int, int, str]], mixed: list[int]
) -> None:
    hits = np.array([[min(a, b)] for a, b, _ in told], float)
    of = np.array([[max(a, b)] for a, b, _ in told], float)
    places = [place for *_, place in told]
    scores = flags.beside_peers(hits, of, places).scores
    assert np.isfinite(scores).all() and np.abs(scores).max() <= flags.FARTHEST
    order = [n for n in mixed if n < len(told)]
    again = flags.beside_peers(hits[order], of[order], [places[n] for n in order]).scores
    assert again == pytest.approx(scores[order])


@given(st.integers(1, 59), st.integers(8, 40))
def test_workers_who_are_all_alike_give_no_reason(hits: int, workers: int) -> None:
    found = flags.beside_peers(np.full((workers, 1), hits), np.full((workers, 1), 60), ["here"] * workers)
    assert np.abs(found.scores).max() < flags.CLEAR


def taught(*, checks: int = 600) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Scores, and checks: who works at night makes entries up, who rounds ages does not."""
    chance = np.random.default_rng(17)
    scores = chance.normal(0, 1, (checks, 2))
    bad = chance.random(checks) < 1 / (1 + np.exp(1.5 - 1.8 * scores[:, NIGHT]))
    return scores, bad.astype(float), (~bad).astype(float)


def test_random_checks_teach_which_indicator_tells() -> None:
    weights = flags.learnt(*taught())
    assert weights is not None
    assert weights.weights[NIGHT] > 1.0 and abs(weights.weights[AGES]) < 0.4
    odds = weights.odds(np.array([[3.0, 0.0], [0.0, 3.0]]))
    assert odds[0] > odds[1]


def test_few_checks_teach_nothing() -> None:
    scores, bad, good = taught()
    few = flags.LEARNT - 1
    assert flags.learnt(scores[:few], bad[:few], good[:few]) is None
    assert flags.learnt(scores, bad * 0, bad + good) is None, "all were genuine"


def test_each_check_moves_a_worker_and_the_next_call_goes_where_it_changes_who_is_first() -> None:
    nobody = np.zeros((4, 2))
    wanted = flags.look_scores(nobody, None, np.array([0, 1, 0, 6.0]), np.array([0, 0, 1, 0.0]))
    assert list(np.argsort(-wanted)) == [3, 1, 0, 2]
    assert flags.next_calls(wanted, 1, top=2)[0] != 3, "another call of the fourth tells nothing new"
    assert len(flags.next_calls(wanted, 9, top=2)) == 4
