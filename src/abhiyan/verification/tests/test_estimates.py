"""Estimates: held against R's survey, statsmodels' figures and cases one can reckon by hand."""

import csv
from collections import defaultdict
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from abhiyan.verification.rules import estimates
from abhiyan.verification.rules.estimates import DrawnShare, Method, Outcomes, Planted, Visits

SURVEY = Path(__file__).parent / "survey"
PLAIN = estimates._Scores(1, 0, 0)


def told(rows: list[dict[str, str]]) -> Outcomes:
    genuine = sum(row["y"] == "1" for row in rows)
    return Outcomes(genuine, len(rows) - genuine)


def mean_of(rows: list[dict[str, str]]) -> estimates.Mean:
    """Return the mean that our functions make of the rows of one case."""
    strata: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in rows:
        strata[row["stratum"]].append(row)
    kind = rows[0]["kind"]
    if kind == "visits":
        booths = []
        for of in strata.values():
            by_booth: dict[str, list[dict[str, str]]] = defaultdict(list)
            for row in of:
                by_booth[row["booth"]].append(row)
            booths.append(Visits(int(of[0]["items"]), tuple(told(one) for one in by_booth.values())))
        return estimates._visited(booths, PLAIN)[0]
    made = []
    for of in strata.values():
        reached = told([row for row in of if row["reached"] == "1"])
        unreached = [row for row in of if row["reached"] == "0"]
        seen = told([row for row in unreached if row["seen"] == "1"])
        made.append(
            DrawnShare(
                int(of[0]["items"]),
                Outcomes(reached.genuine, reached.not_genuine, 0, len(unreached)),
                seen,
            )
        )
    return estimates._stratified(made, PLAIN)


def test_means_totals_and_variances_are_those_of_rs_survey_to_six_digits() -> None:
    cases: dict[str, list[dict[str, str]]] = defaultdict(list)
    with (SURVEY / "cases.csv").open() as file:
        for row in csv.DictReader(file):
            cases[row["case"]].append(row)
    with (SURVEY / "results.csv").open() as file:
        results = {row["case"]: row for row in csv.DictReader(file)}
    assert len(results) >= 30 and results.keys() == cases.keys()
    for case, wanted in results.items():
        of = mean_of(cases[case])
        sizes = {row["stratum"]: int(row["items"]) for row in cases[case]}
        counts: dict[str, int] = defaultdict(int)
        for row in cases[case]:
            counts[row["stratum"]] += 1
        items = sum(sizes.values())
        assert of.mean == pytest.approx(float(wanted["mean"]), rel=1e-6), case
        assert of.variance == pytest.approx(float(wanted["mean_var"]), rel=1e-6, abs=1e-15), case
        assert of.mean * items == pytest.approx(float(wanted["total"]), rel=1e-6), case
        if min(counts.values()) > 1:  # R centres a stratum of one elsewhere for a total than for a mean
            of_total = of.variance * items**2
            assert of_total == pytest.approx(float(wanted["total_var"]), rel=1e-6, abs=1e-6), case


@given(st.integers(1, 5_000), st.data())
def test_intervals_are_those_of_statsmodels(n: int, data: st.DataObject) -> None:
    from statsmodels.stats.proportion import proportion_confint

    hits = data.draw(st.integers(0, n))
    for ours, method in ((estimates.wilson, "wilson"), (estimates.clopper_pearson, "beta")):
        wanted = proportion_confint(hits, n, method=method)
        assert ours(hits / n, n) == pytest.approx(wanted, rel=1e-6, abs=1e-9), method


parts = st.builds(
    Outcomes, st.integers(0, 60), st.integers(0, 60), st.integers(0, 20), st.integers(0, 20)
).filter(lambda one: one.drawn > 0)
strata = st.lists(
    parts.flatmap(lambda one: st.builds(DrawnShare, st.integers(one.drawn, 9_000), st.just(one))),
    min_size=1,
    max_size=6,
)


@example([DrawnShare(5, Outcomes(0, 3, 0, 1))])  # four false of five reach further up than one true of four
@example([DrawnShare(78, Outcomes(25, 53))])  # all were checked: both ends are one number, to the last digit
@given(strata)
def test_bounds_hold_every_way_the_open_ones_may_turn_out(of: list[DrawnShare]) -> None:
    """Refused and unreached checks may be all genuine or all false: the published interval holds both."""
    published = estimates.estimate_share(of)
    for all_genuine in (0, 1):
        closed = [
            DrawnShare(
                one.items,
                Outcomes(
                    one.outcomes.genuine + one.outcomes.open * all_genuine,
                    one.outcomes.not_genuine + one.outcomes.open * (1 - all_genuine),
                ),
            )
            for one in of
        ]
        turned = estimates.estimate_share(closed)
        assert published.low <= turned.low + 1e-12 and turned.high <= published.high + 1e-12
    assert 0 <= published.low <= published.high <= 1


@given(strata)
def test_the_order_of_strata_says_nothing(of: list[DrawnShare]) -> None:
    one, other = estimates.estimate_share(of), estimates.estimate_share(of[::-1])
    assert (one.low, one.high) == pytest.approx((other.low, other.high))


def test_a_frame_of_which_every_item_was_checked_is_counted_not_estimated() -> None:
    told = estimates.estimate_share([DrawnShare(18, Outcomes(15, 3))])
    assert told.method is Method.COUNTED and (told.low, told.high) == pytest.approx((15 / 18, 15 / 18))
    with_open = estimates.estimate_share([DrawnShare(18, Outcomes(15, 1, 1, 1))])
    assert (with_open.low, with_open.high) == pytest.approx((15 / 18, 17 / 18))


def test_one_check_tells_almost_nothing_and_none_is_refused() -> None:
    told = estimates.estimate_share([DrawnShare(5_000, Outcomes(1, 0))])
    assert told.high - told.low > 0.9
    with pytest.raises(ValueError, match="nothing was drawn"):
        estimates.estimate_share([DrawnShare(5_000, Outcomes())])
    with pytest.raises(ValueError, match="more checks than items"):
        estimates.estimate_share([DrawnShare(1, Outcomes(2, 0))])


def test_a_stratum_nobody_could_check_is_carried_whole() -> None:
    """A district without verifiers: a tenth of the state may be all genuine or all false."""
    checked = DrawnShare(9_000, Outcomes(450, 50))
    alone = estimates.estimate_share([checked])
    with_it = estimates.estimate_share([checked, DrawnShare(1_000, Outcomes())])
    assert with_it.high - with_it.low >= 0.1
    assert with_it.low < alone.low and with_it.high > 0.9 * alone.high


def test_at_the_edge_for_few_checks_and_in_a_dispute_the_exact_interval_stands() -> None:
    plain = DrawnShare(100_000, Outcomes(400, 100))
    assert estimates.estimate_share([plain]).method is Method.WILSON
    assert estimates.estimate_share([plain], is_disputed=True).method is Method.EXACT
    assert estimates.estimate_share([DrawnShare(100_000, Outcomes(20, 5))]).method is Method.EXACT
    edge = estimates.estimate_share([DrawnShare(100_000, Outcomes(495, 5))])
    assert edge.method is Method.EXACT and edge.high - edge.low < 0.03
    none_bad = estimates.estimate_share([DrawnShare(100_000, Outcomes(300, 0))])
    assert none_bad.high == 1 and none_bad.low == pytest.approx(0.025 ** (1 / 300))


def test_without_thirty_planted_items_of_each_sort_answers_stand_as_given() -> None:
    of = [DrawnShare(100_000, Outcomes(400, 100))]
    for planted in (Planted(), Planted(30, 28, 29, 29), Planted(29, 28, 30, 30), Planted(30, 15, 30, 15)):
        assert not estimates.estimate_share(of, planted).is_corrected
    told = estimates.estimate_share(of, Planted(200, 190, 200, 200))
    plain = estimates.estimate_share(of)
    assert told.is_corrected and told.rate == pytest.approx(0.8 / 0.95)
    assert told.high - told.low > plain.high - plain.low, "what is not known of the verifiers widens it"


def test_grades_come_after_nineteen_checks() -> None:
    assert [estimates.grade(Outcomes(good, 19 - good)) for good in (19, 17, 16, 14, 13, 0)] == list("AABBCC")
    assert estimates.grade(Outcomes(15, 3, 0, 9)) == "", "eighteen told, nine open"


def test_units_are_ranked_by_the_least_their_gap_can_be_and_neighbours_stand_together() -> None:
    def of(good: int, bad: int) -> estimates.FrameEstimate:
        return estimates.estimate_share([DrawnShare(4_000, Outcomes(good, bad))])

    bad, near, lucky, good = of(30, 60), of(35, 55), of(2, 3), of(85, 5)
    listed = sorted((good, lucky, near, bad), key=lambda one: -one.least_gap)
    assert listed == [bad, near, lucky, good], "five unlucky checks do not top the list"
    assert estimates.ranks(listed) == [1, 1, 1, 4]


def test_agreement_is_cohens_kappa() -> None:
    pairs = [("yes", "yes")] * 20 + [("yes", "no")] * 5 + [("no", "yes")] * 10 + [("no", "no")] * 15
    assert estimates.kappa(pairs) == pytest.approx(0.4)
    assert estimates.kappa([]) is None and estimates.kappa([("yes", "yes")]) is None
