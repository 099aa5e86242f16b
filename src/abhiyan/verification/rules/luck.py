"""How often luck brings a worker's figures: tails of honest workers, and what they say among many workers. Pure.

Honest workers differ, and what is usual nearby is only known from the others' entries. So a tail is that of the
beta-binomial distribution: the others' share, as sure as their entries make it, and spread as honest workers are.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from scipy.special import betainc, betaln, gammaincc

from .indicators import Grain

Array = np.ndarray[Any, np.dtype[np.float64]]

MANY = 2_000  # entries; past them the sum of the tail is a beta distribution's, of the same mean and variance


def tail(hits: float, of: float, share: float, *, rest: float, likeness: float, grain: Grain) -> float:
    """Return how often an honest worker has so many hits or more, by luck; from 0 to 1.

    share, rest: of the others nearby, and of how many. likeness: how alike the entries of one worker are, from
    0 for not at all to 1 (intraclass correlation). grain: what is counted. Source: the beta-binomial as
    posterior predictive (Skellam 1948), half a hit added to the others' (Jeffreys); for pairs Pearson's
    chi-square of equal classes, where `share` of all pairs agree.
    """
    if grain is Grain.PAIR:
        entries, classes = (1 + np.sqrt(1 + 8 * of)) / 2, 1 / share
        away = ((entries - 1) * hits / of / share + 1 - entries) / np.sqrt(1 + (of - 1) * likeness)
        return float(gammaincc((classes - 1) / 2, max(0.0, classes - 1 + away) / 2))
    if grain is Grain.GROUP:  # two that share are one event
        hits, of, rest = hits // 2, of // 2, rest / 2
    alike = min(0.999, likeness + 1 / (rest + 1))
    size = 1 / alike - 1
    if of > MANY:
        size = 1 / (alike + (1 - alike) / of) - 1
        return 1 - float(betainc(size * share, size * (1 - share), (hits - 0.5) / of))
    a, b, n = size * share, size * (1 - share), np.arange(hits, of + 1)
    chances = -np.log(of + 1) - betaln(n + 1, of - n + 1) + betaln(n + a, of - n + b) - betaln(a, b)
    return float(min(1.0, np.exp(chances).sum()))


def among_many(tails: Mapping[Any, float], compared: int) -> dict[Any, float]:
    """Return how often luck alone brings a tail as small as each somewhere among all that was compared; from 0
    to 1.

    tails: of what is worth a look; compared: of all. Source: Holm 1979, whatever hangs together.
    """
    chance_by_key, most = {}, 0.0
    for nth, key in enumerate(sorted(tails, key=lambda one: tails[one])):
        most = min(1.0, max(most, (compared - nth) * tails[key]))
        chance_by_key[key] = most
    return chance_by_key
