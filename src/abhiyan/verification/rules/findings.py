"""From a flag to a finding, or to nothing: who may do what, in which order, and what fresh checks prove. Pure.

A flag is a reason to ask. The worker is asked first. Only checks made afterwards count, against what people of
the same place deny who are known to be genuine. The workers of one round are judged together, once, when all
its checks are finished. Somebody else decides than who asked. A flag without proof is deleted.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import TypeVar

from scipy.special import betainc, betaincinv

from .indicators import IndicatorTally
from .outcomes import Meaning, Stands

EXPIRES = timedelta(days=60)  # from the day it was raised: a flag that led to nothing is gone.
ANSWERS = timedelta(days=14)  # a worker has so long to answer before checks begin.
CALLS = 15  # fresh checks of one worker.
FRESH = 6  # of them finished; with fewer nothing is proven.
ROUND = 100  # workers in one round of fresh checks, at most.
HONEST = 0.15  # share of false entries that honest errors may bring, beside what people deny.
KNOWN = 30  # people of the place known to be genuine, who were asked; with fewer nothing is proven there.
SURE = 0.95  # how sure the bound of what they deny is.
FALSE = 0.05  # share of findings that may be wrong, of all rounds of a drive together
K = TypeVar("K")


class FlagStep(StrEnum):
    """The steps of a flag."""

    RAISED = "raised"  # people who decide see it, nobody else
    ASKED = "asked"  # the worker sees the reasons and may answer
    ANSWERED = "answered"
    CHECKING = "checking"  # fresh checks are under way, or they are judged and prove something
    PROPOSED = "proposed"  # they prove something; another reviewer decides
    FOUND = "found"  # a finding; it keeps the answer
    GONE = "gone"  # explained, not proven or too old: nothing of it stays


class FlagAct(StrEnum):
    """The acts on a flag."""

    ASK = "ask"
    ANSWER = "answer"
    CHECK = "check"
    PROPOSE = "propose"
    CONFIRM = "confirm"
    DROP = "drop"


class Barred(StrEnum):
    """Why an act is not possible."""

    TOO_LATE = "too_late"
    NOT_NOW = "not_now"  # another step comes first, or it was done already.
    WAIT = "wait"  # the worker still has time to answer.
    NOT_YOURS = "not_yours"  # only the worker answers, and never decides.
    SAME_PERSON = "same_person"  # the person who asked or proposed does not decide.
    NOT_PROVEN = "not_proven"


OPEN = frozenset({FlagStep.RAISED, FlagStep.ASKED, FlagStep.ANSWERED, FlagStep.CHECKING, FlagStep.PROPOSED})
_FROM: Mapping[FlagAct, frozenset[FlagStep]] = {
    FlagAct.ASK: frozenset({FlagStep.RAISED}),
    FlagAct.ANSWER: frozenset({FlagStep.ASKED, FlagStep.CHECKING}),
    FlagAct.CHECK: frozenset({FlagStep.ASKED, FlagStep.ANSWERED}),
    FlagAct.PROPOSE: frozenset({FlagStep.CHECKING}),
    FlagAct.CONFIRM: frozenset({FlagStep.PROPOSED}),
    FlagAct.DROP: OPEN,
}
_TO: Mapping[FlagAct, FlagStep] = {
    FlagAct.ASK: FlagStep.ASKED,
    FlagAct.CHECK: FlagStep.CHECKING,
    FlagAct.PROPOSE: FlagStep.PROPOSED,
    FlagAct.CONFIRM: FlagStep.FOUND,
    FlagAct.DROP: FlagStep.GONE,
}


@dataclass(frozen=True, slots=True)
class Case:
    """A flag on its way. worker, and who acted: accounts. handled_by: everybody who asked, checked or proposed."""

    worker: int
    raised_on: date
    step: FlagStep = FlagStep.RAISED
    asked_on: date | None = None
    answered_on: date | None = None
    handled_by: frozenset[int] = field(default_factory=frozenset)

    @property
    def expires_on(self) -> date:
        """Return the day from which it is gone, unless it became a finding."""
        return self.raised_on + EXPIRES


def flag_today(case: Case, today: date) -> Case:
    """Return a flag as it is today: one whose time is over is gone."""
    return replace(case, step=FlagStep.GONE) if case.step in OPEN and today >= case.expires_on else case


def barred(case: Case, act: FlagAct, *, by: int, on: date, proven: bool = False) -> Barred | None:
    """Return why somebody may not do something about a flag today; None where they may.

    proven: what the fresh checks say (`proven_workers` of this module), for a proposal and its confirmation.
    """
    case = flag_today(case, on)
    if case.step is FlagStep.GONE:
        return Barred.TOO_LATE
    if (by == case.worker) != (act is FlagAct.ANSWER):
        return Barred.NOT_YOURS
    if case.step not in _FROM[act] or (act is FlagAct.ANSWER and case.answered_on is not None):
        return Barred.NOT_NOW
    if (
        act is FlagAct.CHECK
        and case.answered_on is None
        and (case.asked_on is None or on < case.asked_on + ANSWERS)
    ):
        return Barred.WAIT
    if act is FlagAct.CONFIRM and by in case.handled_by:
        return Barred.SAME_PERSON
    if act in (FlagAct.PROPOSE, FlagAct.CONFIRM) and not proven:
        return Barred.NOT_PROVEN
    return None


def after(case: Case, act: FlagAct, *, by: int, on: date) -> Case:
    """Return the flag after an act that is not barred. An answer during the checks leaves them under way."""
    if act is FlagAct.ANSWER:
        step = FlagStep.ANSWERED if case.step is FlagStep.ASKED else case.step
        return replace(case, step=step, answered_on=on)
    asked_on = on if act is FlagAct.ASK else case.asked_on
    handled_by = case.handled_by if act is FlagAct.CONFIRM else case.handled_by | {by}
    return replace(case, step=_TO[act], asked_on=asked_on, handled_by=handled_by)


@dataclass(frozen=True, slots=True)
class Fresh:
    """One check of a worker's entry. on: the day it was finished. outcome, reason: as checks keep them.

    second: what another way of asking found, such as a visit; empty where there was none.
    """

    on: date
    outcome: str
    reason: str = ""
    second: str = ""


def tally_fresh_checks(checks: Iterable[Fresh], *, since: date) -> IndicatorTally:
    """Count the false entries of fresh checks, and the entries with an answer.

    since: the day checks began; what was known before it raised the flag and proves nothing. Somebody who only
    denies may deny to a stranger: it counts once a second way of asking says the same. Till then it is not
    told.
    """
    bad = finished = 0
    for check in checks:
        outcome = check.outcome
        if outcome == Stands.NOT_GENUINE and check.reason == Meaning.NEVER:
            outcome = check.second
        if check.on < since or outcome not in (Stands.GENUINE, Stands.NOT_GENUINE):
            continue
        finished += 1
        bad += outcome == Stands.NOT_GENUINE
    return IndicatorTally(bad, finished)


def tolerated(denied: IndicatorTally) -> float | None:
    """Return the share of false entries that an honest worker of a place may have; None where too few were asked.

    denied: of people there who are known to be genuine, how many denied. Their upper bound (Clopper and
    Pearson), and honest errors beside it.
    """
    if denied.of < KNOWN:
        return None
    most = (
        1.0 if denied.hits == denied.of else float(betaincinv(denied.hits + 1, denied.of - denied.hits, SURE))
    )
    return 1 - (1 - HONEST) * (1 - most)


def finding_level(number: int) -> float:
    """Return the share of wrong findings that a drive's n-th round may have: half of what is left, so all
    together keep FALSE.

    number: from 1. Without it, many small rounds would accuse somebody sooner or later.
    """
    return FALSE * 0.5**number


def proven_workers(
    cases: Mapping[K, tuple[IndicatorTally, float | None]], *, tried: int, level: float
) -> set[K]:
    """Return the workers of one round whose fresh checks prove more false entries than their place explains.

    Each: what `tally_fresh_checks` and `tolerated` say. Exact binomial; over all of them Benjamini and Hochberg's, so
    that of the findings of a round at most the share `level` is wrong. tried: how many workers the round began with:
    who has too few finished checks, or was dropped meanwhile, stays in the count.
    """
    chances = sorted(((_chance(*case), key) for key, case in cases.items()), key=lambda one: one[0])
    last = 0
    for rank, (chance, _) in enumerate(chances, start=1):
        if chance <= level * rank / max(tried, len(chances)):
            last = rank
    return {key for _, key in chances[:last]}


def _chance(indicator_tally: IndicatorTally, most: float | None) -> float:
    """Return how probable so many false entries are, of somebody with as many as the place explains."""
    if most is None or indicator_tally.of < FRESH:
        return 1.0
    # As scipy.stats.binom.sf(hits - 1, of, most), which takes five times as long to import as all the rest.
    return (
        float(betainc(indicator_tally.hits, indicator_tally.of - indicator_tally.hits + 1, most))
        if indicator_tally.hits
        else 1.0
    )
