"""Bench `plan`: a plan for all 543 seats of the Lok Sabha, from the result of 2019.

Row `plan/numpy`: milliseconds of `plans.work_out_plan` against the same arithmetic written plainly in numpy below,
interleaved. The plan has goals of seats and votes, turnout, contradictions, sensitivity and 1,000 random draws. Both
have to agree.
"""

import csv
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "src/abhiyan/elections/data/ls2019_results.csv"
SEATS, VOTES, TURNOUT_PCT, SD_POINTS, SEED, DRAWS = 325, 350_000_000, 70.0, 3.0, 7, 1_000


def last_result() -> Any:
    """The arrays of 2019 as the party that won sees them."""
    from abhiyan.elections.rules.swing import BY_ITSELF, NONE_OF_THE_ABOVE, OURS, seat_arrays

    at: dict[tuple[str, str], int] = {}
    electors: list[int | None] = []
    lines: list[tuple[int, int, int]] = []
    side = {"BJP": OURS, "NOTA": NONE_OF_THE_ABOVE}
    with RESULTS.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            key = (row["state_eci"], row["pc_no"])
            if key not in at:
                at[key] = len(at)
                electors.append(int(row["electors"]) if row["electors"] else None)
            lines.append((at[key], side.get(row["party"], BY_ITSELF), int(row["votes"])))
    n = len(at)
    seat, sides, votes = (list(column) for column in zip(*lines, strict=True))
    return seat_arrays(list(range(n)), electors, [False] * n, seat, sides, votes)


def plain(seats: Any) -> dict[str, Any]:
    """The same plan, as somebody would write it once in numpy, with fractions instead of whole votes."""
    import numpy as np

    electors, polled = seats.electors, seats.polled
    last = polled / electors
    low, high = -1.0, 1.0
    for _ in range(40):
        middle = (low + high) / 2
        if np.clip(last + middle, 0, 1) @ electors < TURNOUT_PCT / 100 * electors.sum():
            low = middle
        else:
            high = middle
    likely = np.clip(last + high, 0, 1) * electors
    share, best = seats.ours / polled, seats.best / polled
    cut = np.where(seats.stood, best / (1 - share + best), np.inf)
    likely_ours = np.where(seats.stood, likely, 0)
    for_seats = np.sort(cut - share)[SEATS - 1]
    low, high = -1.0, 1.0
    for _ in range(28):  # to a millionth of a point
        middle = (low + high) / 2
        if np.clip(share + middle, 0, 1) @ likely_ours < VOTES:
            low = middle
        else:
            high = middle
    swing = max(for_seats, high)
    planned = np.where(seats.stood, np.clip(share + swing, 0, 1), 0)
    votes, won = planned * likely, planned > cut
    nearby = []
    for points in (-5, -3, -2, -1, -0.5, 0.5, 1, 2, 3, 5):
        near = np.clip(share + swing + points / 100, 0, 1)
        nearby.append((points, int((near > cut).sum()), float(near @ likely_ours)))
    random = np.random.default_rng(SEED)
    drawn = np.clip(planned + random.standard_normal((DRAWS, len(share))) * SD_POINTS / 100, 0, 1)
    wins = drawn > cut
    seats_range = np.percentile(wins.sum(axis=1), [2.5, 50, 97.5])
    votes_range = np.percentile(drawn @ likely_ours, [2.5, 50, 97.5])
    needed = np.clip(share + for_seats, 0, 1) @ likely_ours
    winner = np.where(seats.best > seats.ours, best, 0)
    return {
        "seats": int(won.sum()),
        "votes": float(votes.sum()),
        "swing": float(swing) * 100,
        "chance_pct": wins.mean(axis=0) * 100,
        "ranges": (seats_range, votes_range),
        "nearby": nearby,
        "contradictions": [
            likely.sum() < VOTES,
            needed > VOTES,
            len(share) < SEATS,
            np.flatnonzero(won & (planned < winner)),
            np.flatnonzero(votes > electors),
        ],
    }


def _ms(work: Callable[[], object], times: int) -> float:
    start = time.perf_counter()
    for _ in range(times):
        work()
    return (time.perf_counter() - start) * 1000 / times


def run(rounds: int = 5, *, quick: bool = False) -> list[dict[str, Any]]:
    """The row of the bench. quick: one round, to see that it runs."""
    from abhiyan.elections.rules.plans import PlanQuery, work_out_plan

    seats = last_result()
    ask = PlanQuery(
        seats_goal=SEATS,
        votes_goal=VOTES,
        turnout_pct=TURNOUT_PCT,
        sd_points=SD_POINTS,
        draws=DRAWS,
        seed=SEED,
    )
    ours, theirs = work_out_plan(seats, ask), plain(seats)
    print(
        f"  {len(seats)} seats: {ours.seats} and {ours.total:,} votes at {ours.swing:+.3f} points,"
        f" {ours.range.seats_low} to {ours.range.seats_high} seats",
        file=sys.stderr,
    )
    assert len(seats) == 543 and int(seats.ours.sum()) == 229_076_879
    assert ours.seats == theirs["seats"], (ours.seats, theirs["seats"])
    assert abs(ours.total - theirs["votes"]) <= len(seats), (ours.total, theirs["votes"])
    assert abs(ours.range.seats_middle - theirs["ranges"][0][1]) <= 1
    times = 3 if quick else 20
    measured = [
        (_ms(lambda: work_out_plan(seats, ask), times), _ms(lambda: plain(seats), times))
        for _ in range(1 if quick else rounds)
    ]
    value, reference = (statistics.median(one[i] for one in measured) for i in (0, 1))
    return [
        {
            "name": "plan/numpy",
            "value": round(value, 3),
            "reference_value": round(reference, 3),
            "unit": "ms",
            "ratio": round(value / reference, 3),
        }
    ]
