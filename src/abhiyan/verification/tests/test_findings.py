"""From a flag to a finding: the worker is heard, only fresh checks count, and two people decide."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import TypeVar

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from abhiyan.verification.rules import findings as rules
from abhiyan.verification.rules.findings import (
    Barred,
    Case,
    FlagAct,
    FlagStep,
    Fresh,
    after,
    barred,
    tally_fresh_checks,
)
from abhiyan.verification.rules.indicators import IndicatorTally

K = TypeVar("K")
RAVI, MEENA, ARIF = 1, 2, 3  # the worker; who asked; who decides
MONDAY = date(2026, 11, 2)
NO, YES = "not_genuine", "genuine"


def proven(
    cases: Mapping[K, tuple[IndicatorTally, float | None]], *, tried: int = 0, number: int = 1
) -> set[K]:
    """Return the proven workers of a round that begins with these workers."""
    return rules.proven_workers(cases, tried=tried or len(cases), level=rules.finding_level(number))


def day(n: int) -> date:
    return MONDAY + timedelta(days=n)


def walk(case: Case, *acts: tuple[FlagAct, int, int], proven: bool = True) -> Case:
    for act, by, on in acts:
        assert barred(case, act, by=by, on=day(on), proven=proven) is None, act
        case = after(case, act, by=by, on=day(on))
    return case


def test_ravi_is_asked_answers_and_is_found_by_somebody_else() -> None:
    case = walk(
        Case(RAVI, MONDAY), (FlagAct.ASK, MEENA, 1), (FlagAct.ANSWER, RAVI, 3), (FlagAct.CHECK, MEENA, 4)
    )
    assert case.step is FlagStep.CHECKING and case.answered_on == day(3)
    case = walk(case, (FlagAct.PROPOSE, MEENA, 20))
    assert barred(case, FlagAct.CONFIRM, by=MEENA, on=day(21), proven=True) is Barred.SAME_PERSON
    assert barred(case, FlagAct.CONFIRM, by=ARIF, on=day(21), proven=False) is Barred.NOT_PROVEN
    case = walk(case, (FlagAct.CONFIRM, ARIF, 21))
    assert case.step is FlagStep.FOUND and rules.flag_today(case, day(900)).step is FlagStep.FOUND, (
        "a finding stays"
    )


def test_ravi_explains_it_and_the_flag_is_gone() -> None:
    case = walk(
        Case(RAVI, MONDAY), (FlagAct.ASK, MEENA, 1), (FlagAct.ANSWER, RAVI, 2), (FlagAct.DROP, MEENA, 2)
    )
    assert case.step is FlagStep.GONE
    assert all(barred(case, act, by=ARIF, on=day(3), proven=True) is Barred.TOO_LATE for act in FlagAct)


def test_ravi_has_a_fortnight_to_answer_before_checks_begin_and_may_answer_later_too() -> None:
    case = walk(Case(RAVI, MONDAY), (FlagAct.ASK, MEENA, 1))
    last = 1 + rules.ANSWERS.days
    assert barred(case, FlagAct.CHECK, by=MEENA, on=day(last - 1)) is Barred.WAIT
    case = walk(case, (FlagAct.CHECK, MEENA, last), (FlagAct.ANSWER, RAVI, last + 1))
    assert case.step is FlagStep.CHECKING and case.answered_on == day(last + 1)


def test_a_flag_answered_twice_by_somebody_else_or_too_late_is_refused() -> None:
    case = walk(Case(RAVI, MONDAY), (FlagAct.ASK, MEENA, 1))
    assert barred(case, FlagAct.ANSWER, by=MEENA, on=day(2)) is Barred.NOT_YOURS
    assert barred(case, FlagAct.ANSWER, by=RAVI, on=case.expires_on) is Barred.TOO_LATE
    assert barred(case, FlagAct.DROP, by=RAVI, on=day(2)) is Barred.NOT_YOURS, (
        "nobody decides about themselves"
    )
    case = walk(case, (FlagAct.ANSWER, RAVI, 2))
    assert barred(case, FlagAct.ANSWER, by=RAVI, on=day(3)) is Barred.NOT_NOW


acts = st.lists(
    st.tuples(
        st.sampled_from(FlagAct), st.sampled_from((RAVI, MEENA, ARIF, 4)), st.integers(0, 25), st.booleans()
    ),
    max_size=14,
)


@given(acts)
def test_nothing_leads_to_a_finding_but_asking_hearing_fresh_checks_proof_and_a_second_person(
    tried: list[tuple[FlagAct, int, int, bool]],
) -> None:
    case, on, done = Case(RAVI, MONDAY), 0, []
    for act, by, later, proven in tried:
        on += later
        if barred(case, act, by=by, on=day(on), proven=proven) is None:
            done.append((act, by, on, proven))
            case = after(case, act, by=by, on=day(on))
    assert all((by == RAVI) == (act is FlagAct.ANSWER) for act, by, *_ in done)
    if case.step is not FlagStep.FOUND:
        return
    order = [act for act, *_ in done]
    assert [act for act in order if act is not FlagAct.ANSWER] == [
        FlagAct.ASK,
        FlagAct.CHECK,
        FlagAct.PROPOSE,
        FlagAct.CONFIRM,
    ]
    by_act = {act: (by, on, proven) for act, by, on, proven in done}
    heard = by_act.get(FlagAct.ANSWER, (0, 10**6, False))[1]
    assert by_act[FlagAct.CHECK][1] >= min(heard, by_act[FlagAct.ASK][1] + rules.ANSWERS.days)
    assert by_act[FlagAct.CONFIRM][2] and by_act[FlagAct.PROPOSE][2]
    assert by_act[FlagAct.CONFIRM][0] not in {
        by_act[one][0] for one in (FlagAct.ASK, FlagAct.CHECK, FlagAct.PROPOSE)
    }
    assert day(by_act[FlagAct.CONFIRM][1]) < case.expires_on


@given(acts)
def test_what_is_no_finding_is_gone_when_its_time_is_over(
    tried: list[tuple[FlagAct, int, int, bool]],
) -> None:
    case = Case(RAVI, MONDAY)
    for act, by, _, proven in tried:
        if barred(case, act, by=by, on=day(20), proven=proven) is None:
            case = after(case, act, by=by, on=day(20))
    assert rules.flag_today(case, case.expires_on).step in (FlagStep.FOUND, FlagStep.GONE)


def test_only_what_was_found_after_checks_began_counts() -> None:
    before, later = Fresh(day(3), NO, "other_answers"), Fresh(day(9), NO, "other_answers")
    assert tally_fresh_checks(
        [before, later, Fresh(day(9), YES), Fresh(day(9), "unresolved")], since=day(5)
    ) == IndicatorTally(1, 2)


def test_who_only_denies_counts_once_a_second_way_of_asking_says_the_same() -> None:
    """Kamla tells a stranger on the phone that she never joined. A neighbour visits her: she did."""
    alone = Fresh(day(9), NO, "never_joined")
    assert tally_fresh_checks([alone], since=MONDAY) == IndicatorTally(0, 0)
    assert tally_fresh_checks([Fresh(day(9), NO, "never_joined", YES)], since=MONDAY) == IndicatorTally(0, 1)
    assert tally_fresh_checks([Fresh(day(9), NO, "never_joined", NO)], since=MONDAY) == IndicatorTally(1, 1)
    assert tally_fresh_checks([Fresh(day(9), NO, "no_such_person")], since=MONDAY) == IndicatorTally(1, 1)


def test_where_people_deny_to_strangers_an_honest_worker_may_have_more_that_looks_false() -> None:
    calm, shy = rules.tolerated(IndicatorTally(0, 60)), rules.tolerated(IndicatorTally(12, 60))
    assert calm is not None and shy is not None and rules.HONEST < calm < 0.25 < shy
    assert rules.tolerated(IndicatorTally(0, rules.KNOWN - 1)) is None, (
        "too few known people were asked there"
    )
    assert rules.tolerated(IndicatorTally(40, 40)) == 1.0
    same = {"Ravi": (IndicatorTally(6, 9), calm)}
    assert proven(same) == {"Ravi"}
    assert proven({"Ravi": (IndicatorTally(6, 9), shy)}) == set()
    assert proven({"Ravi": (IndicatorTally(9, 9), None)}) == set()
    assert proven({"Ravi": (IndicatorTally(5, 5), 0.01)}) == set(), "five finished checks prove nothing"
    assert proven({}) == set()


def test_who_is_dropped_stays_among_those_tried_and_later_rounds_may_err_less() -> None:
    """Otherwise frequent looks, or dropping the others first, would accuse somebody in the end."""
    ravi = {"Ravi": (IndicatorTally(6, 10), 0.2)}
    assert proven(ravi, tried=1) == {"Ravi"} and proven(ravi, tried=40) == set()
    assert proven(ravi, number=1) == {"Ravi"} and proven(ravi, number=6) == set()
    assert sum(rules.finding_level(number) for number in range(1, 1_000)) <= rules.FALSE


@given(st.dictionaries(st.integers(), st.tuples(st.integers(0, 15), st.integers(0, 15)), max_size=30))
def test_more_false_entries_never_prove_less_and_the_chance_is_the_binomials(
    given_: dict[int, tuple[int, int]],
) -> None:
    cases = {key: (IndicatorTally(min(pair), max(pair)), 0.2) for key, pair in given_.items()}
    found = proven(cases)
    for key in found:
        tally, most = cases[key]
        assert binomtest(tally.hits, tally.of, most, "greater").pvalue <= rules.FALSE
        for other, (more, _) in cases.items():
            if more.of == tally.of and more.hits >= tally.hits:
                assert other in found


def accused(*, denial: float, most: float | None) -> float:
    """Honest workers of a place who are accused in a round, on the mean of twenty. most: None by the place's own rate.

    A hundred workers, fifteen calls each, eleven of them finished; 60 people there known to be genuine.
    """
    chance = np.random.default_rng(17)
    found = 0
    for _ in range(20):
        bound = most or rules.tolerated(IndicatorTally(int(chance.binomial(60, denial)), 60))
        false = chance.binomial(11, 0.07 + 0.93 * denial, 100)
        found += len(proven({n: (IndicatorTally(int(one), 11), bound) for n, one in enumerate(false)}))
    return found / 20


def test_honest_workers_are_not_accused_where_people_deny_and_would_be_against_one_rate_for_all() -> None:
    assert accused(denial=0.0, most=None) <= 0.05 and accused(denial=0.2, most=None) <= 0.05
    assert accused(denial=0.3, most=rules.HONEST) > 0.5, "as if nobody denied"
