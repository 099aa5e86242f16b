"""Bench `verify`: whether the 95% intervals hold, by the simulation of `docs/truth.md` through the functions we ship.

One made-up state: 2,000 booths in 40 districts, about 3,000 workers, 200,000 items; in the mean 15% of the workers make
up 60% of theirs, honest error about 7%; 3,000 checks; one in four of the genuine and 45% of the false are not reached.
1,500 repetitions draw and answer again, seeds fixed. Rows `coverage-…`: share of intervals that hold the truth, against
0.95; `width-…`: their mean width in points, against what was reached before (docs/truth.md); `bounds-…`: the published
bounds under each way the answers go wrong; `bounds-width-…`: their width against the interval's plus the share open.
Rows `…-wrong-…` do it wrongly on purpose and have to fall far below. Rows of flags: `bench/_flagging.py`.
"""

import statistics
import sys
from collections import defaultdict
from typing import Any

from bench import _flagging

DISTRICTS, BOOTHS, ITEMS, WORKERS, CHECKS, FLOOR = 40, 50, 200_000, 3_000, 3_000, 40
BOOTHS_VISITED, ITEMS_A_BOOTH = 15, 5  # of each district
PLANTED = 150  # of each sort
GRADED = 19  # checks of a part before it has a figure
SEED = 20_261_121
WIDTHS = {  # points, from the simulation that chose the methods
    "width-state": 2.7,
    "width-district": 16.3,
    "width-state-two-stage": 3.9,
    "width-district-two-stage": 22.4,
    "width-state-two-phase": 3.5,
    "width-district-two-phase": 20.3,
}
WRONG = {
    "denial": (0.05, 0, 0, 0),
    "assent": (0, 0.10, 0, 0),
    "local": (0, 0, 0.20, 0),
    "open": (0, 0, 0, 0.20),
}
WRONG["all"] = (0.05, 0.10, 0.20, 0.20)


class State:
    """The made-up state: of each district, item by item, whether it is genuine and in which booth."""

    def __init__(self, random: Any, *, cheats: tuple[float, float], errors: tuple[float, float]) -> None:
        """cheats, errors: lowest and highest share of fabricating workers, and of honest errors, of a district."""
        import numpy as np

        sizes = random.lognormal(0, 0.5, (DISTRICTS, BOOTHS))
        sizes = np.maximum(ITEMS_A_BOOTH, sizes / sizes.sum() * ITEMS).astype(int)
        self.genuine, self.booth = [], []
        for district in range(DISTRICTS):
            share, error = random.uniform(*cheats), random.uniform(*errors)
            genuine, booth = [], []
            for number, size in enumerate(sizes[district]):
                workers = 1 + int(random.random() < WORKERS / (DISTRICTS * BOOTHS) - 1)
                cheating = (random.random(workers) < share)[random.integers(0, workers, size)]
                genuine.append(random.random(size) >= np.where(cheating, 0.60 + 0.40 * error, error))
                booth.append(np.full(size, number))
            self.genuine.append(np.concatenate(genuine))
            self.booth.append(np.concatenate(booth))
        self.items = [len(one) for one in self.genuine]
        self.rates = [float(one.mean()) for one in self.genuine]
        self.rate = sum(int(one.sum()) for one in self.genuine) / sum(self.items)


def outcomes(genuine: Any) -> Any:
    from abhiyan.verification.rules.estimates import Outcomes

    return Outcomes(int(genuine.sum()), int(len(genuine) - genuine.sum()))


class Tallies:
    """Collect what every repetition brought, by row."""

    def __init__(self) -> None:
        self.held: dict[str, list[bool]] = defaultdict(list)
        self.wide: dict[str, list[float]] = defaultdict(list)

    def put(self, row: str, estimate: Any, truth: float) -> None:
        self.held[row].append(estimate.low <= truth <= estimate.high)
        self.wide[row].append(estimate.high - estimate.low)


def items_drawn(state: State, random: Any, found: Tallies, name: str = "") -> None:
    """Items by phone, everybody reached; then with those not reached visited, and wrongly left out."""
    from abhiyan.verification.rules.draws import district_shares
    from abhiyan.verification.rules.estimates import DrawnShare, Outcomes, estimate_share

    plain, phased, dropped = [], [], []
    for district, wanted in enumerate(district_shares(state.items, CHECKS, FLOOR)):
        items, truth = state.items[district], state.rates[district]
        genuine = state.genuine[district][random.choice(items, wanted, replace=False)]
        plain.append(DrawnShare(items, outcomes(genuine)))
        found.put(f"district{name}", estimate_share(plain[-1:]), truth)
        if name:
            continue
        reached = random.random(wanted) >= (0.45 - 0.20 * genuine)
        rest = random.permutation(genuine[~reached])
        visited = outcomes(rest[: -(-len(rest) * 2 // 5)])
        answered = outcomes(genuine[reached])
        phased.append(
            DrawnShare(items, Outcomes(answered.genuine, answered.not_genuine, 0, len(rest)), visited)
        )
        found.put("district-two-phase", estimate_share(phased[-1:]), truth)
        dropped.append(DrawnShare(items, answered))
    found.put(f"state{name}", estimate_share(plain), state.rate)
    if not name:
        found.put("state-two-phase", estimate_share(phased), state.rate)
        found.put("state-wrong-dropped", estimate_share(dropped), state.rate)


def both_strata(signed: State, unsigned: State, random: Any, found: Tallies) -> None:
    """The headline: in each district people whose phone answered and people whose phone did not, checked together."""
    from abhiyan.verification.rules.estimates import DrawnShare, estimate_share
    from abhiyan.verification.rules.planning import split_checks

    states = (signed, unsigned)
    sizes = list(zip(signed.items, unsigned.items, strict=True))
    strata = []
    for district, wanted in enumerate(split_checks(sizes, CHECKS, FLOOR)):
        for state, n in zip(states, wanted, strict=True):
            genuine = state.genuine[district][random.choice(state.items[district], n, replace=False)]
            strata.append(DrawnShare(state.items[district], outcomes(genuine)))
    items = [sum(state.items) for state in states]
    truth = sum(n * state.rate for n, state in zip(items, states, strict=True)) / sum(items)
    found.put("headline", estimate_share(strata), truth)


def across_districts(state: State, random: Any, found: Tallies) -> None:
    """A segment is 15 booths of one district, a constituency eight booths of each of five: parts of one draw."""
    import numpy as np

    from abhiyan.verification.rules.draws import district_shares
    from abhiyan.verification.rules.estimates import DrawnShare, estimate_share

    drawn = [
        random.choice(items, n, replace=False)
        for items, n in zip(state.items, district_shares(state.items, CHECKS, FLOOR), strict=True)
    ]
    for row, districts, booths in (("segment", 1, 15), ("constituency", 5, 8)):
        for first in range(0, DISTRICTS, districts):
            strata, real = [], 0
            for district in range(first, first + districts):
                is_inside, genuine = state.booth[district] < booths, state.genuine[district]
                checked = drawn[district][is_inside[drawn[district]]]
                strata.append(DrawnShare(int(is_inside.sum()), outcomes(genuine[checked])))
                real += int(np.count_nonzero(genuine & is_inside))
            if sum(one.outcomes.drawn for one in strata) >= GRADED:
                found.put(row, estimate_share(strata), real / sum(one.items for one in strata))


def booths_visited(state: State, random: Any, found: Tallies) -> None:
    """Booths by size, then items in them; and wrongly as if the items had been drawn one by one."""
    import numpy as np

    from abhiyan.verification.rules.estimates import DrawnShare, Outcomes, Visits, estimate_share, visits

    strata = []
    for district in range(DISTRICTS):
        sizes = np.bincount(state.booth[district])
        told = []
        for booth in random.choice(BOOTHS, BOOTHS_VISITED, p=sizes / sizes.sum()):
            inside = state.genuine[district][state.booth[district] == booth]
            told.append(outcomes(inside[random.choice(len(inside), ITEMS_A_BOOTH, replace=False)]))
        strata.append(Visits(state.items[district], tuple(told)))
    whole, parts = visits(strata)
    found.put("state-two-stage", whole, state.rate)
    for district, part in enumerate(parts):
        found.put("district-two-stage", part, state.rates[district])
    alone = [DrawnShare(one.items, sum(one.booths, Outcomes())) for one in strata]
    found.put("state-wrong-clusters", estimate_share(alone), state.rate)


def wrongly_answered(state: State, random: Any, found: Tallies, name: str, ways: tuple[float, ...]) -> None:
    """The published bounds when the genuine deny, the false assent, a fifth of the districts denies, many stay open."""
    import numpy as np

    from abhiyan.verification.rules.draws import district_shares
    from abhiyan.verification.rules.estimates import DrawnShare, Outcomes, Planted, estimate_share

    denies, assents, denies_there, stays_open = ways
    denying = [1 - (1 - denies) * (1 - denies_there * (district % 5 == 0)) for district in range(DISTRICTS)]

    def answers(genuine: Any, denial: Any) -> Any:
        return np.where(genuine, random.random(len(genuine)) >= denial, random.random(len(genuine)) < assents)

    good = np.array([items * rate for items, rate in zip(state.items, state.rates, strict=True)])
    where = random.choice(DISTRICTS, PLANTED, p=good / good.sum())
    known = answers(np.full(PLANTED, True), np.array(denying)[where])
    false = answers(np.full(PLANTED, False), 0.0)
    planted = Planted(PLANTED, int(known.sum()), PLANTED, int(PLANTED - false.sum()))
    strata, closed = [], []
    for district, wanted in enumerate(district_shares(state.items, CHECKS, FLOOR)):
        items = state.items[district]
        genuine = state.genuine[district][random.choice(items, wanted, replace=False)]
        said = answers(genuine, denying[district])
        # the false are harder to reach, by a third more
        is_open = random.random(wanted) < stays_open * np.where(genuine, 1.0, 4 / 3) / 1.05
        told = outcomes(said[~is_open])
        refused = int(is_open.sum()) // 3
        of = Outcomes(told.genuine, told.not_genuine, refused, int(is_open.sum()) - refused)
        strata.append(DrawnShare(items, of))
        closed.append(DrawnShare(items, told))
    published, interval = estimate_share(strata, planted), estimate_share(closed, planted)
    found.put(f"bounds-{name}", published, state.rate)
    allowed = interval.high - interval.low + published.outcomes.open / published.outcomes.drawn
    found.wide[f"allowed-{name}"].append(allowed)


def run(*, quick: bool = False) -> list[dict[str, Any]]:
    """The rows of the bench. quick: 60 repetitions, to see that it runs."""
    import numpy as np

    random = np.random.default_rng(SEED)
    state = State(random, cheats=(0, 0.38), errors=(0.05, 0.09))
    high = State(random, cheats=(0, 0.03), errors=(0.01, 0.03))
    # A source of its own: the rows that were there before keep their figures. `other`: the phone has not answered.
    of_headline = np.random.default_rng(SEED + 1)
    other = State(of_headline, cheats=(0.1, 0.5), errors=(0.05, 0.09))
    of_parts = np.random.default_rng(SEED + 2)
    print(
        f"  {sum(state.items):,} items, {state.rate:.3f} genuine, districts {min(state.rates):.2f} to"
        f" {max(state.rates):.2f}; the other {min(high.rates):.2f} to {max(high.rates):.2f}",
        file=sys.stderr,
    )
    found = Tallies()
    for _ in range(60 if quick else 1_500):
        items_drawn(state, random, found)
        items_drawn(high, random, found, "-high")
        both_strata(state, other, of_headline, found)
        across_districts(state, of_parts, found)
        booths_visited(state, random, found)
        for name, ways in WRONG.items():
            wrongly_answered(state, random, found, name, ways)
    rows = []
    for name, held in found.held.items():
        row = name if name.startswith("bounds") else f"coverage-{name}"
        wanted = (
            0.93 if name.startswith("bounds") or name in ("headline", "segment", "constituency") else 0.95
        )
        rows.append(_row(row, statistics.fmean(held), wanted, "share"))
    for name, wide in found.wide.items():
        if name.startswith("allowed-"):
            continue
        points = 100 * statistics.fmean(wide)
        if name.startswith("bounds-"):
            allowed = 100 * statistics.fmean(found.wide["allowed-" + name.removeprefix("bounds-")])
            rows.append(_row(name.replace("bounds-", "bounds-width-"), points, allowed, "points"))
        elif "wrong" not in name:
            rows.append(_row(f"width-{name}", points, WIDTHS.get(f"width-{name}"), "points"))
    return rows + [_row(*row) for row in _flagging.rows(quick=quick)]


def _row(name: str, value: float, reference: float | None, unit: str) -> dict[str, Any]:
    if reference is not None:  # both alike, or one that is as wide as it may be is wider by the rounding
        reference = round(reference, 4)
    return {"name": name, "value": round(value, 4), "reference_value": reference, "unit": unit}
