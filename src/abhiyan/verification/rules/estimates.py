"""Estimate how many items of a frame are real, with an interval one may defend.

Pure; methods and sources: docs/truth.md. An outcome is a number: genuine 1, not genuine 0. Refused and
unresolved checks are carried twice, as 0 and as 1. The published interval runs from the lower end of the one to
the upper end of the other, so nothing is dropped.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from scipy.special import betaincinv, stdtrit

CONFIDENCE = 0.95
EDGE = 0.03  # so near to 0 or 1 Wilson on an effective n is too narrow
FEW = 30  # checks; below them the exact interval stands
PLANTED = 30  # planted items of each sort; with fewer the answers are shown as they were given
_Z = 1.959963984540054  # the 97.5% point of the normal distribution


class Method(StrEnum):
    """Which interval was used. A screen shows one, its appendix the rest."""

    WILSON = "wilson"
    EXACT = "exact"  # Korn-Graubard's form of Clopper-Pearson
    COUNTED = "counted"  # every item was checked: nothing is estimated


@dataclass(frozen=True, slots=True)
class Outcomes:
    """The results of the checks of one stratum, of one booth, or of any part drawn with one chance."""

    genuine: int = 0
    not_genuine: int = 0
    refused: int = 0
    unresolved: int = 0

    @property
    def drawn(self) -> int:
        """Count all that were drawn."""
        return self.genuine + self.not_genuine + self.refused + self.unresolved

    @property
    def open(self) -> int:
        """Count what nobody could tell."""
        return self.refused + self.unresolved

    def __add__(self, other: "Outcomes") -> "Outcomes":
        return Outcomes(
            self.genuine + other.genuine,
            self.not_genuine + other.not_genuine,
            self.refused + other.refused,
            self.unresolved + other.unresolved,
        )


@dataclass(frozen=True, slots=True)
class DrawnShare:
    """A stratum of a frame, its items drawn at random. items: in the frame.

    visited: of those nobody reached, what a visit of some of them found (two phases); `outcomes` then counts all of
    them as unresolved.
    """

    items: int
    outcomes: Outcomes
    visited: Outcomes = Outcomes()


@dataclass(frozen=True, slots=True)
class Planted:
    """Verifiers' answers on items known beforehand.

    Each pair: how many were planted, how many were answered rightly.
    """

    genuine: int = 0
    genuine_right: int = 0
    false: int = 0
    false_right: int = 0

    @property
    def is_enough(self) -> bool:
        """Return True if they can correct verdicts: 30 of each sort, and verifiers who can tell one from the other."""
        return min(self.genuine, self.false) >= PLANTED and self.told > 0

    @property
    def told(self) -> float:
        """Return sensitivity plus specificity less one: 1 where verifiers never err, 0 where they guess."""
        return self.genuine_right / self.genuine + self.false_right / self.false - 1


PERFECT = Planted()


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean with its variance. n: checks behind it; df: degrees of freedom of its variance (infinite: items)."""

    mean: float
    variance: float
    n: int
    df: float = math.inf


@dataclass(frozen=True, slots=True)
class FrameEstimate:
    """The genuine share of a frame, from 0 to 1. rate: of the answers; low, high: the published interval.

    items: of the frame; outcomes: of its checks. is_corrected: verdicts were corrected by planted items; else
    they are as answered.
    """

    rate: float
    low: float
    high: float
    items: int
    outcomes: Outcomes
    method: Method
    is_corrected: bool = False

    @property
    def least_gap(self) -> float:
        """Return the least share of the reported that is not real, from 0 to 1."""
        return max(0.0, 1 - self.high)


# --- intervals


def wilson(mean: float, n: float, quantile: float = _Z) -> tuple[float, float]:
    """Return Wilson's interval of a share. n: effective number of checks, above 0; quantile: of the normal or of t.

    Source: Wilson 1927; on an effective n: PMC6690503.
    """
    square = quantile * quantile
    middle = (mean + square / (2 * n)) / (1 + square / n)
    half = quantile / (1 + square / n) * math.sqrt(max(0.0, mean * (1 - mean) / n + square / (4 * n * n)))
    return max(0.0, middle - half), min(1.0, middle + half)


def clopper_pearson(mean: float, n: float) -> tuple[float, float]:
    """Return the exact interval of a share; n need not be whole.

    Source: Clopper & Pearson 1934; Korn & Graubard 1998.
    """
    tail = (1 - CONFIDENCE) / 2
    hits = mean * n
    low = 0.0 if hits <= 0 else float(betaincinv(hits, n - hits + 1, tail))
    high = 1.0 if hits >= n else float(betaincinv(hits + 1, n - hits, 1 - tail))
    return low, high


def interval(of: Mean, *, is_disputed: bool = False) -> tuple[float, float, Method]:
    """Return the 95% interval of a share: Wilson on the effective n; exact at the edges, for few checks and in
    a dispute.

    Source: statistics of the project, "Estimators"; Korn-Graubard's correction of n for few degrees:
    PMC6896998. ValueError for a mean without a check.
    """
    if of.n < 1:
        raise ValueError("an interval needs a check")
    mean = min(1.0, max(0.0, of.mean))
    spread = mean * (1 - mean)
    effective = spread / of.variance if of.variance > 0 and spread > 0 else float(of.n)
    if is_disputed or of.n < FEW or of.variance <= 0 or not EDGE < mean < 1 - EDGE:
        if math.isfinite(of.df) and of.df > 0 and of.n > 1:
            effective *= (float(stdtrit(of.n - 1, 0.975)) / float(stdtrit(of.df, 0.975))) ** 2
        return *clopper_pearson(mean, effective), Method.EXACT
    quantile = float(stdtrit(max(1.0, of.df), 0.975)) if math.isfinite(of.df) else _Z
    return *wilson(mean, effective, quantile), Method.WILSON


# --- means with their variances


@dataclass(frozen=True, slots=True)
class _Scores:
    """What each outcome counts. The bounds differ in `open` alone."""

    genuine: float
    not_genuine: float
    open: float

    def of(self, outcomes: Outcomes) -> tuple[float, float]:
        """Return the mean and sample variance (by n - 1; 0 for one) of the scores of a part."""
        n = outcomes.drawn
        parts = (
            (self.genuine, outcomes.genuine),
            (self.not_genuine, outcomes.not_genuine),
            (self.open, outcomes.open),
        )
        mean = sum(score * count for score, count in parts) / n
        square = sum(count * (score - mean) ** 2 for score, count in parts)
        return mean, square / (n - 1) if n > 1 else 0.0


def _one(stratum: DrawnShare, scores: _Scores) -> tuple[float, float, float]:
    """Return the mean of a stratum, its variance, and the variance's uncertainty; two phases where some were
    visited.

    Two phases: Rao's unbiased variance of double sampling (Rao 1973, Biometrika 60), the `full` method of R's
    survey. The uncertainty is v²/df of what the few visits bring (Satterthwaite 1946).
    """
    outcomes, seen = stratum.outcomes, stratum.visited
    n, items = outcomes.drawn, stratum.items
    if not seen.drawn:
        mean, square = scores.of(outcomes)
        return mean, (1 - n / items) * square / n, 0.0
    if seen.drawn > outcomes.unresolved:
        raise ValueError("more were visited than nobody had reached")
    reached = Outcomes(outcomes.genuine, outcomes.not_genuine, outcomes.refused)
    parts = [
        (part, size) for part, size in ((reached, reached.drawn), (seen, outcomes.unresolved)) if part.drawn
    ]
    means = [scores.of(part) for part, _ in parts]
    mean = sum(size / n * booth_mean for (_, size), (booth_mean, _) in zip(parts, means, strict=True))
    if n < 2:
        return mean, 0.0, 0.0
    within = sum(
        ((size - 1) / (n - 1) - (part.drawn - 1) / (items - 1)) * size / n * square / part.drawn
        for (part, size), (_, square) in zip(parts, means, strict=True)
    )
    between = sum(
        size / n * (booth_mean - mean) ** 2 for (_, size), (booth_mean, _) in zip(parts, means, strict=True)
    )
    visited = means[-1][1] * (outcomes.unresolved / n) ** 2 * (1 / seen.drawn - 1 / outcomes.unresolved)
    return (
        mean,
        (1 - 1 / items) * within + (items - n) / (items * (n - 1)) * between,
        visited**2 / max(1, seen.drawn - 1),
    )


def _stratified(strata: Sequence[DrawnShare], scores: _Scores) -> Mean:
    """Return the mean of items drawn at random within strata: p = Σ W p_h, var = Σ W² (1 - n_h/N_h) s_h²/n_h.

    A stratum of one check has no spread of its own: its distance from the whole takes its place (R's "adjust").
    """
    items = sum(drawn_share.items for drawn_share in strata)
    means = [_one(drawn_share, scores) for drawn_share in strata]
    mean = sum(
        drawn_share.items / items * stratum_mean
        for drawn_share, (stratum_mean, _, _) in zip(strata, means, strict=True)
    )
    variance = unsure = 0.0
    for one, (part_mean, own_spread, own_unsure) in zip(strata, means, strict=True):
        share = one.items / items
        lonely = one.outcomes.drawn == 1
        variance += share**2 * ((1 - 1 / one.items) * (part_mean - mean) ** 2 if lonely else own_spread)
        unsure += share**4 * own_unsure
    df = variance**2 / unsure if unsure else math.inf
    return Mean(mean, variance, sum(drawn_share.outcomes.drawn for drawn_share in strata), df)


@dataclass(frozen=True, slots=True)
class Visits:
    """The visits of one stratum: booths drawn by size, with replacement, then items in each. items: in the frame."""

    items: int
    booths: tuple[Outcomes, ...]


def _visited(strata: Sequence[Visits], scores: _Scores) -> tuple[Mean, list[float]]:
    """Return the mean with the variance between booths, and of each stratum the variance of its own mean.

    Booths are the first stage; what varies within them is in what varies between them (Cochran 1977, 11.9).
    """
    items = sum(visit_counts.items for visit_counts in strata)
    means = [[scores.of(booth)[0] for booth in visit_counts.booths] for visit_counts in strata]
    owns = [
        sum(
            booth.drawn * booth_mean for booth, booth_mean in zip(visit_counts.booths, of_booths, strict=True)
        )
        / sum(booth.drawn for booth in visit_counts.booths)
        for visit_counts, of_booths in zip(strata, means, strict=True)
    ]
    mean = sum(
        visit_counts.items / items * own_mean for visit_counts, own_mean in zip(strata, owns, strict=True)
    )
    variance, variances = 0.0, []
    for one, of_booths, stratum_mean in zip(strata, means, owns, strict=True):
        booths, drawn = len(one.booths), sum(booth.drawn for booth in one.booths)
        share = one.items / items
        spread = sum(
            (booth.drawn / drawn * (booth_mean - stratum_mean)) ** 2
            for booth, booth_mean in zip(one.booths, of_booths, strict=True)
        )
        variances.append(spread * booths / (booths - 1) if booths > 1 else 0.0)
        variance += share * share * (variances[-1] if booths > 1 else (stratum_mean - mean) ** 2)
    booths = sum(len(visit_counts.booths) for visit_counts in strata)
    drawn = sum(booth.drawn for visit_counts in strata for booth in visit_counts.booths)
    return Mean(mean, variance, drawn, max(1.0, booths - len(strata))), variances


def design_effect(strata: Sequence[Visits]) -> float:
    """Return the factor by which drawing whole booths raises the variance of items drawn alone, pooled over
    strata; at least 1."""
    scores = _Scores(1, 0, 0)
    between = alone = 0.0
    for visit_counts, own_mean in zip(strata, _visited(strata, scores)[1], strict=True):
        outcomes = sum(visit_counts.booths, Outcomes())
        if len(visit_counts.booths) > 1 and outcomes.drawn > 1:
            between += own_mean
            alone += scores.of(outcomes)[1] / outcomes.drawn
    return max(1.0, between / alone) if alone else 1.0


# --- what is published


def _corrected(mean: Mean, genuine: float, answered: float, planted: Planted) -> Mean:
    """Return a mean of corrected scores (`_scored`) with the variance that the planted items bring into it.

    genuine, answered: the shares of the drawn that are genuine, corrected, and that gave a verdict. Source:
    Rogan & Gladen 1978, by the delta method; what is open depends on no verdict.
    """
    right = (planted.genuine_right + 1) / (
        planted.genuine + 2
    )  # all told rightly is no proof that none ever errs
    false_rate = (planted.false_right + 1) / (planted.false + 2)
    more = genuine**2 * right * (1 - right) / planted.genuine
    more += (answered - genuine) ** 2 * false_rate * (1 - false_rate) / planted.false
    return Mean(mean.mean, mean.variance + more / planted.told**2, mean.n, mean.df)


def _scored(planted: Planted, *, opens: float) -> _Scores:
    """Return scores that correct verdicts by what was planted (Rogan-Gladen), or leave them as answered."""
    if not planted.is_enough:
        return _Scores(1, 0, opens)
    assent = 1 - planted.false_right / planted.false
    return _Scores((1 - assent) / planted.told, -assent / planted.told, opens)


def _published(
    means: tuple[Mean, Mean, Mean], items: int, outcomes: Outcomes, planted: Planted, *, is_disputed: bool
) -> FrameEstimate:
    """Estimate from three means: open checks counted as 0, as 1, and the share that gave a verdict."""
    low, high, answered = means
    if outcomes.drawn == items and not planted.is_enough:
        ends = low.mean, high.mean, Method.COUNTED
    else:
        if planted.is_enough:
            genuine = low.mean
            low, high = (_corrected(mean, genuine, answered.mean, planted) for mean in (low, high))
        below, above = (interval(mean, is_disputed=is_disputed) for mean in (low, high))
        method = below[2] if below[2] == above[2] else Method.EXACT
        # Not always the lower end of the one and the upper of the other: without any spread the exact one is wider.
        ends = min(below[0], above[0]), max(below[1], above[1]), method
    rate = min(1.0, max(0.0, low.mean / answered.mean)) if answered.mean else math.nan
    return FrameEstimate(rate, ends[0], ends[1], items, outcomes, ends[2], planted.is_enough)


def estimate_share(
    strata: Sequence[DrawnShare], planted: Planted = PERFECT, *, is_disputed: bool = False
) -> FrameEstimate:
    """Return the genuine share of a frame or of a part of it, items drawn at random within strata; two phases
    where visited.

    ValueError where nothing was drawn, or a stratum has more checks than items. A stratum without a check is
    carried whole, as 0 and as 1.
    """
    for drawn_share in strata:
        if drawn_share.outcomes.drawn > drawn_share.items:
            raise ValueError("more checks than items")
    seen = [one for one in strata if one.outcomes.drawn]
    if not seen:
        raise ValueError("nothing was drawn")
    items, n_known = sum(one.items for one in strata), sum(one.items for one in seen)
    low, high, answered = (
        _stratified(seen, scores)
        for scores in (_scored(planted, opens=0), _scored(planted, opens=1), _Scores(1, 1, 0))
    )
    share = n_known / items
    means = (
        Mean(low.mean * share, low.variance * share**2, low.n),
        Mean(high.mean * share + (1 - share), high.variance * share**2, high.n),
        Mean(answered.mean * share, 0, answered.n),
    )
    outcomes = sum((one.outcomes for one in strata), Outcomes())
    return _published(means, items, outcomes, planted, is_disputed=is_disputed)


def visits(
    strata: Sequence[Visits], planted: Planted = PERFECT, *, is_disputed: bool = False
) -> tuple[FrameEstimate, list[FrameEstimate]]:
    """Return the genuine share of a frame by visits of booths, and of each of its strata.

    A stratum has too few booths for a variance of its own: it takes the design effect of all (`design_effect`).
    ValueError where a stratum has no visit.
    """
    if any(not sum(booth.drawn for booth in visit_counts.booths) for visit_counts in strata):
        raise ValueError("a stratum without a visit")
    effect = design_effect(strata)

    def part(visit_counts: Visits, df: float, scores: _Scores) -> Mean:
        mean, square = scores.of(sum(visit_counts.booths, Outcomes()))
        n = sum(booth.drawn for booth in visit_counts.booths)
        return Mean(mean, effect * square / n, n, df)

    kinds = (_scored(planted, opens=0), _scored(planted, opens=1), _Scores(1, 1, 0))
    low, high, answered = (_visited(strata, scores)[0] for scores in kinds)
    outcomes = [sum(visit_counts.booths, Outcomes()) for visit_counts in strata]
    items = sum(visit_counts.items for visit_counts in strata)
    whole = _published(
        (low, high, answered), items, sum(outcomes, Outcomes()), planted, is_disputed=is_disputed
    )
    parts = []
    for one, of in zip(strata, outcomes, strict=True):
        low_of, high_of, answered_of = (part(one, low.df, scores) for scores in kinds)
        parts.append(
            _published((low_of, high_of, answered_of), one.items, of, planted, is_disputed=is_disputed)
        )
    return whole, parts


# --- grades, order, agreement


def grade(outcomes: Outcomes) -> str:
    """Return A, B or C of a unit after its first 19 completed checks (at most 2 bad, 3 to 5, 6 or more); "" before.

    Source: lot quality assurance sampling; a good unit (7% bad) is called C in 0.1%, a bad one (40%) A in 0.5%.
    """
    if outcomes.genuine + outcomes.not_genuine < GRADED:
        return ""
    return "A" if outcomes.not_genuine <= 2 else "B" if outcomes.not_genuine <= 5 else "C"


GRADED = 19


class Interval(Protocol):
    """Anything with two ends."""

    @property
    def low(self) -> float: ...

    @property
    def high(self) -> float: ...


def ranks(intervals: Iterable[Interval]) -> list[int]:
    """Return ranks from 1 by the least the gap can be, largest first; who overlaps the one before shares its rank.

    of: in that order (`high` rising).
    """
    ranks_found: list[int] = []
    head: Interval | None = None
    for at, one in enumerate(intervals, 1):
        if head is None or one.low > head.high:
            head = one
            ranks_found.append(at)
        else:
            ranks_found.append(ranks_found[-1])
    return ranks_found


def kappa(pairs: Iterable[tuple[str, str]]) -> float | None:
    """Return Cohen's kappa of two verdicts on the same items, from -1 to 1; None where it says nothing (none,
    or all alike).

    Source: Cohen 1960.
    """
    both = list(pairs)
    n = len(both)
    if not n:
        return None
    agreed = sum(a == b for a, b in both) / n
    chance = sum(
        sum(a == answer for a, _ in both) * sum(b == answer for _, b in both)
        for answer in {a for a, _ in both}
    ) / (n * n)
    return (agreed - chance) / (1 - chance) if chance < 1 else None
