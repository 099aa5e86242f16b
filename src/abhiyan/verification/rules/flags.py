"""Order workers by whose entries to look at first: indicators beside those of peers, put together.

Pure; sources: docs/truth.md. A score is an order for calls, never a verdict and never shown. People read the
reasons (`indicators`), and only fresh checks support a finding (`findings`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import expit, xlogy

from .indicators import Grain
from .luck import among_many, tail

NEARBY = 8  # workers of a district; with fewer a worker is compared with all.
FARTHEST = 4.0  # standard deviations; one figure, however odd, is no more than that.
CLEAR = 2.0  # standard deviations above the peers: less is no reason.
ALIKE = 0.5  # the entries of one worker are not more alike than that (intraclass correlation).
CHECKED = 30  # checks of a place; places with fewer are compared together.
LEAST = 12  # entries; with fewer a worker has no flag.
LEARNT = 200  # finished random checks; with fewer the indicators weigh alike.
FOUND = 30  # of them not genuine, and as many genuine

# The order of calls takes two sorts of workers for granted. It judges no worker.
_MADE_UP, _ERRORS = 0.6, 0.07  # share of false entries: of workers who make some up, and of all others.
_RIDGE = 10.0  # how much the checks must say before a weight leaves the mean's

Array = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True, slots=True)
class PeerIndicators:
    """Each worker's indicators beside those of the others nearby: arrays of workers by indicators.

    scores: standardised; 0 where nothing is known. peers: share among the others nearby, from 0 to 1.
    """

    scores: Array
    peers: Array


def beside_peers(
    hits: Array, of: Array, places: Sequence[Any], chance: Sequence[float] = ()
) -> PeerIndicators:
    """Return indicators of workers beside those of the same place, each without their own; of all where few
    work there.

    hits, of: workers by indicators, how often of how many. places: of each worker, any key. chance: of each
    indicator, the share that luck brings: less of it among the others is luck too. The spread among honest
    peers counts as well: where everybody rounds ages, who rounds them is like everybody.
    """
    comparison = _compared(np.asarray(hits, float), np.asarray(of, float), places, chance)
    return PeerIndicators(np.clip(comparison.far / comparison.spread, -FARTHEST, FARTHEST), comparison.others)


def tails(
    hits: Array, of: Array, places: Sequence[Any], chance: Sequence[float] = (), grains: Sequence[Grain] = ()
) -> Array:
    """Return how often an honest worker has such indicators or odder ones, by luck: workers by indicators, from
    0 to 1.

    1 where nothing is CLEAR above the others. Arguments as `beside_peers`; grains: what each indicator counts.
    Honest workers differ as those of the place do, and at least as all of them do.
    """
    hits, of = np.asarray(hits, float), np.asarray(of, float)
    comparison = _compared(hits, of, places, chance)
    chances = np.ones(hits.shape)
    kinds = grains or [Grain.ENTRY] * hits.shape[1]
    for column in range(hits.shape[1]):
        is_known = of[:, column] > 0
        if not is_known.any():
            continue
        far, n = comparison.far[is_known, column], of[is_known, column]
        usual = float(np.median(n))
        likeness = max(_alike(far, n), _of_spread(_spread(far), usual))
        spread = comparison.spread[:, column]
        for row in np.flatnonzero(comparison.far[:, column] / spread >= CLEAR):
            alike = min(ALIKE, max(likeness, _of_spread(spread[row], usual)))
            rest = comparison.rest[row, column] / (1 + (usual - 1) * alike)
            chances[row, column] = tail(
                hits[row, column],
                of[row, column],
                comparison.others[row, column],
                rest=rest,
                likeness=alike,
                grain=kinds[column],
            )
    return chances


def luck_of(found: Array, of: Array) -> Array:
    """Return how often luck brings as small a tail to anybody among all who were compared: workers by indicators.

    found: as `tails`. of: of how many; what is 0 was not compared, and luck explains it.
    """
    is_compared = of > 0
    rare = {
        (int(row), int(column)): float(found[row, column])
        for row, column in zip(*np.nonzero(is_compared & (found < 1)), strict=True)
    }
    luck = np.ones(found.shape)
    for key, often in among_many(rare, int(is_compared.sum())).items():
        luck[key] = often
    return luck


def nearby(places: Sequence[int], checks: Array) -> list[int]:
    """Return the place whose checks a worker's are compared with, or 0 for all places with fewer than CHECKED."""
    where = np.unique(places, return_inverse=True)[1]
    n_known = np.bincount(where, weights=checks)
    return [place if n_known[nth] >= CHECKED else 0 for place, nth in zip(places, where, strict=True)]


@dataclass(frozen=True, slots=True)
class _Compared:
    """Workers by indicators: standard deviations of luck above the others, how far honest ones spread, the others'
    share, and of how many it is."""

    far: Array
    spread: Array
    others: Array
    rest: Array


def _compared(hits: Array, of: Array, places: Sequence[Any], chance: Sequence[float]) -> _Compared:
    least = np.asarray(chance or [0.0] * hits.shape[1])
    comparison = _Compared(*(np.zeros(hits.shape) for _ in range(4)))
    keys, where, sizes = np.unique(np.asarray(places), return_inverse=True, return_counts=True)
    groups = [where == place for place in range(len(keys)) if sizes[place] >= NEARBY]
    groups += [] if all(sizes >= NEARBY) else [sizes[where] < NEARBY]
    for inside in groups:
        among = inside if sizes[where[inside][0]] >= NEARBY else np.ones(len(where), bool)
        standardised = _standardised(hits[among], of[among], least)
        for whole, part in zip(
            (comparison.far, comparison.spread, comparison.others, comparison.rest), standardised, strict=True
        ):
            whole[inside] = part[inside[among]]
    return comparison


def _standardised(hits: Array, of: Array, least: Array) -> tuple[Array, Array, Array, Array]:
    """Standardise workers who are compared with each other: see `_Compared`."""
    rest = of.sum(0) - of
    others = np.maximum(least, (hits.sum(0) - hits + 0.5) / (rest + 1))
    has_items = of > 0
    far = np.divide(
        hits - of * others, np.sqrt(of * others * (1 - others)), out=np.zeros(of.shape), where=has_items
    )
    spread = np.ones(of.shape)
    for column in range(of.shape[1]):
        spread[:, column] = _spread(far[has_items[:, column], column])
    return far, spread, others, rest


def _spread(far: Array) -> float:
    """Return the spread of honest workers: the middle half's, so that a few who are far off do not hide each other."""
    if len(far) < NEARBY:
        return 1.0
    low, high = np.percentile(far, (25, 75))
    return float(max(1.0, (high - low) / 1.349))


def _alike(far: Array, of: Array) -> float:
    """Return how alike the entries of one worker are, by moments, the odd workers among them: E far² = 1 + (of
    - 1) alike."""
    above = float((np.minimum(np.abs(far), FARTHEST) ** 2 - 1).sum())
    return max(0.0, above / max(1.0, float((of - 1).sum())))


def _of_spread(spread: float, usual: float) -> float:
    """Return the same from a spread, where a worker usually has so many."""
    return (spread**2 - 1) / (usual - 1) if usual > 1 else 0.0


def plain_mean(scores: Array) -> Array:
    """Return the mean of a worker's scores: of the ways of putting them together the simplest, and none did better.

    How to Catch a Falsifier, Public Opinion Quarterly 2022 (PMC8944307).
    """
    means: Array = scores.mean(1)
    return means


@dataclass(frozen=True, slots=True)
class FlagWeights:
    """The lesson of random checks: log odds that an entry is false = level + scores · weights."""

    level: float
    weights: tuple[float, ...]

    def odds(self, scores: Array) -> Array:
        """Return the log odds of each worker's entries."""
        log_odds: Array = self.level + scores @ np.array(self.weights)
        return log_odds


def learnt(scores: Array, bad: Array, good: Array) -> FlagWeights | None:
    """Return weights of the indicators, from random checks of workers' entries; None while there are too few.

    bad, good: of each worker, random checks that were not genuine and that were. Aimed checks teach nothing
    here: they were aimed by these very scores. Logistic, held to weights that are alike as long as the checks
    say little.
    """
    if bad.sum() + good.sum() < LEARNT or min(bad.sum(), good.sum()) < FOUND:
        return None
    checked = (bad + good) > 0
    x, bad, good = scores[checked], bad[checked], good[checked]

    def cost(given: Array) -> tuple[float, Array]:
        level, weights = given[0], given[1:]
        share = np.clip(expit(level + x @ weights), 1e-12, 1 - 1e-12)
        away = weights - weights.mean()
        wrong = (bad + good) * share - bad
        value = -(xlogy(bad, share) + xlogy(good, 1 - share)).sum() + _RIDGE / 2 * (away @ away)
        return float(value), np.concatenate(([wrong.sum()], x.T @ wrong + _RIDGE * away))

    start = np.zeros(x.shape[1] + 1)
    start[0] = np.log(bad.sum() / good.sum())
    # Costs every process that begins half a second, and only one needs it, once a night.
    from scipy.optimize import minimize

    solution = minimize(cost, start, jac=True, method="L-BFGS-B").x
    return FlagWeights(float(solution[0]), tuple(float(weight) for weight in solution[1:]))


def look_scores(scores: Array, weights: FlagWeights | None, bad: Array, good: Array) -> Array:
    """Return how much each worker's entries want a look: higher is sooner. Good for an order only; shown to nobody.

    bad, good: all finished checks of each worker, drawn or aimed. Without weights the scores count by their
    mean.
    """
    if weights is None:
        start = np.log(0.15 / 0.85) + plain_mean(scores) * np.sqrt(scores.shape[1])
    else:
        false = expit(weights.odds(scores))
        many = np.clip((false - _ERRORS) / (_MADE_UP - _ERRORS), 0.005, 0.95)
        start = np.log(many / (1 - many))
    log_odds: Array = start + bad * np.log(_MADE_UP / _ERRORS) + good * np.log((1 - _MADE_UP) / (1 - _ERRORS))
    return log_odds


def next_calls(wanted: Array, calls: int, top: int) -> np.ndarray[Any, np.dtype[np.intp]]:
    """Return the workers whose entries to check next, one call each: where an answer most likely changes who is
    first.

    wanted: as `look_scores` gives it. top: how many workers are to be first. For a worker below them the call may
    find false entries (up to three in a row are thought of). For one among them it may find real ones.
    """
    chance = expit(wanted)
    edge = np.sort(chance)[-min(top, len(chance))]
    gain = np.zeros(len(chance))
    for n in (1, 2, 3):
        bad, errors = _MADE_UP**n, _ERRORS**n
        good, real = (1 - _MADE_UP) ** n, (1 - _ERRORS) ** n
        up = (chance * bad + (1 - chance) * errors) * np.maximum(
            0, expit(wanted + np.log(bad / errors)) - edge
        )
        down = (chance * good + (1 - chance) * real) * np.maximum(
            0, edge - expit(wanted + np.log(good / real))
        )
        gain = np.maximum(gain, np.where(chance >= edge, down, up) / n)
    return np.argsort(-gain, kind="stable")[:calls]
