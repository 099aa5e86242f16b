"""Plans of seats and votes: what a swing gives, what a goal needs, how sure that is, where it contradicts itself.

A plan starts from a last result (`swing.Seats`), moves it by one swing, and keeps what is set by hand or locked. It
gives the outcome seat by seat. Everything is counted in whole votes and found exactly. The seats won and the votes
needed rise together with the swing. So "votes for k seats" and "seats for so many votes" are each other's inverse.
Arrays have one entry per seat; the order of seats never matters. `swing` names the sources of the formulas.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from . import swing as rule
from .findings import PlanFinding
from .swing import ALWAYS, LOWEST, NEVER, STEPS, UNKNOWN, Real, Seats, Whole, Yes

Method = Literal["uniform", "proportional", "hand", "hold"]
UNMOVED = ("hand", "hold")  # methods without a swing
DRAWS = 1_000
SHARES_ALIKE = 0.5  # points within which a share and a number of votes are taken for the same goal
SENSITIVITY = (-5.0, -3.0, -2.0, -1.0, -0.5, 0.5, 1.0, 2.0, 3.0, 5.0)


@dataclass(frozen=True, slots=True)
class PlanQuery:
    """A plan is asked this.

    method: `hand` moves nothing, and only what is held differs from last time. `hold` is "hold and win": see
    `held_and_won`. to_win: keys of the seats that it shall win; empty: as many as the goal of seats asks. swing: in
    points (uniform) or per cent of our share (proportional); None: the smallest one that reaches every goal that can
    be reached, 0 without goals. turnout_pct: of all electors together, 0 to 100; None: as many votes as last time.
    Goals: seats, votes, and share
    of all likely votes together in per cent. sd_points: how far single seats stray from the common swing (one
    standard deviation, in points of share); common_sd_points: how far all of them stray together.
    """

    method: Method = "uniform"
    swing: float | None = None
    turnout_pct: float | None = None
    seats_goal: int | None = None
    votes_goal: int | None = None
    share_goal_pct: float | None = None
    sd_points: float = 3.0
    common_sd_points: float = 0.0
    draws: int = DRAWS
    seed: int = 0
    to_win: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class HeldTarget:
    """A new plan leaves these votes as they are, because somebody set them by hand or locked them. Shape (n,), UNKNOWN:
    nothing.

    votes: our side's; likely: the votes to be polled there, kept too where a seat is locked.
    """

    votes: Whole
    likely: Whole

    @staticmethod
    def nothing(n: int) -> "HeldTarget":
        return HeldTarget(np.full(n, UNKNOWN), np.full(n, UNKNOWN))


@dataclass(frozen=True, slots=True, eq=False)
class PlanGround:
    """These figures stay the same at every swing; shape (n,).

    likely: votes to be polled. share: ours last time, 0 to 1. free: moved by the swing (our side stood there, somebody
    voted, and it is not held). fixed: our votes where not free. need: the fewest votes that win. It is 0 where nobody
    voted the last time: nothing says there what wins. Such a seat stays with its holder, also when set by hand.
    steps: the smallest swing that wins, in millionths of a point, ALWAYS where it is won anyway, NEVER where no swing
    wins it. is_hold: the plan holds and wins seats one by one; no swing moves it.
    """

    seats: Seats
    method: rule.Method
    likely: Whole
    held: Yes
    share: Real
    free: Yes
    fixed: Whole
    need: Whole
    steps: Whole
    is_hold: bool = False


def ground(
    seats: Seats,
    *,
    method: Method = "uniform",
    turnout_pct: float | None = None,
    held_target: HeldTarget | None = None,
    to_win: tuple[int, ...] = (),
) -> PlanGround:
    """Everything about a plan but its swing. See `PlanQuery` for method and turnout, `HeldTarget` for what stays.

    to_win: a seat named there may be won though our side had no candidate in it.
    """
    held_target = held_target or HeldTarget.nothing(len(seats))
    way: rule.Method = "proportional" if method == "proportional" else "uniform"
    likely = rule.likely_votes(seats.electors, seats.polled, turnout_pct)
    likely = np.where((held_target.likely >= 0) & ~seats.without_vote, held_target.likely, likely)
    by_hand = held_target.votes >= 0
    stands = seats.stood | np.isin(seats.keys, to_win)
    free = ~by_hand & stands & (seats.polled > 0) & (likely > 0)
    fixed = np.where(by_hand, held_target.votes, 0)
    judged = by_hand & ~seats.without_vote & (likely > 0)
    need = np.where(seats.without_vote, 0, rule.votes_to_win(seats, likely))
    won = np.where(judged, fixed >= need, seats.ours_without_vote)
    steps = np.where(free, rule.steps_to_win(seats, likely, way), np.where(won, ALWAYS, NEVER))
    share = rule.last_share(seats)
    return PlanGround(seats, way, likely, by_hand, share, free, fixed, need, steps, method == "hold")


def votes_at(on: PlanGround, steps: int) -> Whole:
    """Our side's whole votes in each seat at a swing, shape (n,). No entry falls as the swing rises."""
    moved = rule.in_votes(rule.swung(on.share, steps, on.method), on.likely)
    return np.where(on.free, moved, on.fixed)


def total_at(on: PlanGround, steps: int) -> int:
    """Votes in all seats together at a swing."""
    return int(votes_at(on, steps).sum())


def seats_at(on: PlanGround, steps: int) -> int:
    """Seats won at a swing, those held without a vote among them."""
    return int(np.count_nonzero(on.steps <= steps))


def most_seats(on: PlanGround) -> int:
    """Seats won at the largest swing there is: no goal above can be reached."""
    return int(np.count_nonzero(on.steps < NEVER))


def highest(on: PlanGround) -> int:
    """A swing, in steps, above which nothing changes any more."""
    if on.method == "uniform":
        return 100 * STEPS
    some = on.share[on.free & (on.share > 0)]
    return int((1 / some.min() - 1) * 100 * STEPS) + 2 if len(some) else 0


def steps_for_seats(on: PlanGround, seats: int) -> int | None:
    """The smallest swing, in steps, that wins `seats`; None where no swing does."""
    if seats <= 0:
        return LOWEST
    if seats > most_seats(on):
        return None
    return max(LOWEST, int(np.partition(on.steps, seats - 1)[seats - 1]))


def steps_for_votes(on: PlanGround, votes: int) -> int | None:
    """The smallest swing, in steps, that brings at least `votes` in all; None where no swing does (bisection)."""
    lo, hi = LOWEST - 1, highest(on)
    if total_at(on, hi) < votes:
        return None
    while hi - lo > 1:
        middle = (lo + hi) // 2
        if total_at(on, middle) >= votes:
            hi = middle
        else:
            lo = middle
    return hi


def votes_if_kept(on: PlanGround) -> Whole:
    """Our votes where each seat held is kept, shape (n,): last time's share, at least what wins a seat held."""
    last = votes_at(on, 0)
    holds = on.free & on.seats.last_won & (on.need <= on.likely)
    return np.where(holds, np.maximum(last, on.need), last)


def votes_lacking(on: PlanGround) -> Whole:
    """Return the votes each seat lacks to be won, shape (n,); NEVER where no votes win it, or it is fixed and lost."""
    can = on.free & (on.need <= on.likely)
    return np.where(can, np.maximum(on.need - votes_if_kept(on), 0), np.where(on.steps == ALWAYS, 0, NEVER))


def held_and_won(on: PlanGround, seats_goal: int | None, to_win: tuple[int, ...] = ()) -> Whole:
    """Our votes in each seat of a plan that holds and wins, shape (n,).

    For likely votes L, last share s and the fewest winning votes w (`swing.votes_to_win`), a seat gets: s x L; the
    larger of s x L and w where the last winner was ours; w where it is to be won. To be won are the seats named in
    `to_win`; where none is named, those with the smallest w - s x L, until `seats_goal` seats are won. The plan
    takes the first of two seats alike. The candidate with most votes wins a seat (Conduct of Elections Rules 1961,
    rule 64). So the fewest votes for k more seats are the k smallest gaps.
    """
    votes, lack = votes_if_kept(on), votes_lacking(on)
    if to_win:
        chosen = np.isin(on.seats.keys, to_win) & (lack < NEVER)
    else:
        more = max(0, (seats_goal or 0) - int(np.count_nonzero(lack == 0)))
        wanted = np.argsort(np.where(lack > 0, lack, NEVER), kind="stable")[:more]
        chosen = np.zeros(len(votes), dtype=np.bool_)
        chosen[wanted] = True
        chosen &= lack < NEVER
    return np.where(chosen & on.free, np.maximum(votes, on.need), votes)


def votes_for_seats(on: PlanGround, seats: int) -> int | None:
    """The fewest votes in all with which this swing, or single seats, win `seats`; None where they never do."""
    if on.is_hold:
        lack = np.sort(votes_lacking(on))[: max(0, seats)]
        return int(votes_if_kept(on).sum() + lack.sum()) if seats <= most_seats(on) else None
    steps = steps_for_seats(on, seats)
    return None if steps is None else total_at(on, steps)


def seats_for_votes(on: PlanGround, votes: int) -> int | None:
    """The most seats that this swing, or single seats, win with at most `votes`; None where more is held already.

    The inverse of `votes_for_seats`: k seats are won with n votes exactly if votes_for_seats(k) <= n.
    """
    if on.is_hold:
        lack = np.sort(votes_lacking(on))[: most_seats(on)]
        left = votes - int(votes_if_kept(on).sum())
        return None if left < 0 else int(np.searchsorted(np.cumsum(lack), left, side="right"))
    if total_at(on, LOWEST) > votes:
        return None
    ordered = np.sort(on.steps)
    lo, hi = 0, most_seats(on)  # lo can be paid for
    while lo < hi:
        middle = (lo + hi + 1) // 2
        if total_at(on, max(LOWEST, int(ordered[middle - 1]))) <= votes:
            lo = middle
        else:
            hi = middle - 1
    return lo


@dataclass(frozen=True, slots=True, eq=False)
class Range:
    """Random local swings around a plan give this range. low and high bound 95 % of the draws, middle is the median.

    goal_pct: per cent of draws that reach the goal of seats (None without one). chance_pct: of each seat being won,
    shape (n,). It says how much luck in single seats can change, not how sure the common swing is.
    """

    seats_low: int
    seats_middle: int
    seats_high: int
    votes_low: int
    votes_middle: int
    votes_high: int
    goal_pct: float | None
    chance_pct: Real


def plan_range(on: PlanGround, votes: Whole, ask: PlanQuery) -> Range:
    """`ask.draws` times every seat strays by a normal random number of points, and all seats are counted again.

    votes: of each seat as planned, shape (n,). Seeded (PCG64 by `ask.seed`), so that the same plan always shows the
    same range. Seats that the swing does not move keep their votes in every draw: by hand, locked, without votes, or
    without a candidate of ours. A share strays as far down as up, and only to 0 or 100. Else the draws would lie beside
    their plan where many shares are near either end.
    """
    n = len(on.likely)
    size = np.maximum(on.likely, 1)
    centre = np.where(on.free, votes / size, 0.0)
    cut = np.where(on.free, (on.need - 0.5) / size, np.where(on.steps == ALWAYS, -1.0, 2.0))
    random = np.random.default_rng(ask.seed)
    share: npt.NDArray[np.float64] = random.standard_normal((ask.draws, n))
    share *= ask.sd_points / 100
    if ask.common_sd_points:
        share += random.standard_normal((ask.draws, 1)) * (ask.common_sd_points / 100)
    reach = np.minimum(centre, 1.0 - centre)
    np.clip(share, -reach, reach, out=share)
    share += centre
    won = share >= cut
    seats = np.sort(np.count_nonzero(won, axis=1))
    total = np.rint(share @ np.where(on.free, on.likely, 0).astype(np.float64)).astype(np.int64)
    total = np.sort(total) + int(on.fixed[~on.free].sum())
    low, middle, high = (min(ask.draws, max(1, -(-ask.draws * part // 1000))) - 1 for part in (25, 500, 975))
    goal = None if ask.seats_goal is None else 100 * float(np.mean(seats >= ask.seats_goal))
    return Range(
        seats_low=int(seats[low]),
        seats_middle=int(seats[middle]),
        seats_high=int(seats[high]),
        votes_low=int(total[low]),
        votes_middle=int(total[middle]),
        votes_high=int(total[high]),
        goal_pct=goal,
        chance_pct=np.count_nonzero(won, axis=0) * (100 / ask.draws),
    )


@dataclass(frozen=True, slots=True)
class Nearby:
    """Seats and votes where the swing is `by` more (or less) than planned."""

    by: float
    seats: int
    votes: int


def sensitivity(on: PlanGround, steps: int, votes: Whole) -> tuple[Nearby, ...]:
    """Return what some points of swing more or less would give. votes: of each seat as planned, shape (n,)."""
    if on.is_hold:
        share = votes / np.maximum(on.likely, 1)
        lines = []
        for by in SENSITIVITY:
            moved = rule.in_votes(rule.swung(share, rule.to_steps(by), "uniform"), on.likely)
            near_votes = np.where(on.free, moved, on.fixed)
            won = np.where(on.free, near_votes >= on.need, on.steps == ALWAYS)
            lines.append(Nearby(by, int(np.count_nonzero(won)), int(near_votes.sum())))
        return tuple(lines)
    return tuple(
        Nearby(by, seats_at(on, near), total_at(on, near))
        for by in SENSITIVITY
        if (near := steps + rule.to_steps(by)) >= LOWEST
    )


@dataclass(frozen=True, slots=True, eq=False)
class PlanOutcome:
    """A plan, worked out. Arrays have the order of the seats given, shape (n,).

    likely: votes to be polled; votes: ours; best: the best opponent's; share_pct: ours, nan where nobody votes.
    won; need: the fewest votes that win; missing: how many of them the plan does not have. swing_to_win: the swing at
    which the seat would be won (nan: at none; where held, by hand: nan). last_votes, last_won: as the result was.
    seats counts `without_vote` among its seats. votes_for_goal: what the goal of seats needs; seats_for_goal: what
    the goal of votes is worth. votes_per_turnout_point: what one more point of turnout brings our side.
    """

    keys: Whole
    likely: Whole
    votes: Whole
    best: Whole
    share_pct: Real
    won: Yes
    need: Whole
    missing: Whole
    swing_to_win: Real
    last_votes: Whole
    last_won: Yes
    is_held: Yes
    swing: float
    seats: int
    without_vote: int
    total: int
    total_likely: int
    total_share_pct: float | None
    votes_for_goal: int | None
    seats_for_goal: int | None
    votes_per_turnout_point: int
    range: Range
    sensitivity: tuple[Nearby, ...]
    contradictions: tuple[PlanFinding, ...]
    notes: tuple[PlanFinding, ...]


def work_out_plan(seats: Seats, ask: PlanQuery, held_target: HeldTarget | None = None) -> PlanOutcome:
    """Work a plan out: seats, votes, range, sensitivity, contradictions. Everything in one pass, nothing stored.

    held: votes set by hand or locked; a new plan leaves them, and the swing moves the others only. If the goal of votes
    decides the swing, the seats' votes sum to it exactly.
    """
    held_target = held_target or HeldTarget.nothing(len(seats))
    order = np.argsort(seats.keys, kind="stable")
    in_order = bool((order[1:] > order[:-1]).all())
    if not in_order:
        seats = _ordered(seats, order)
        held_target = HeldTarget(held_target.votes[order], held_target.likely[order])
    on = ground(
        seats, method=ask.method, turnout_pct=ask.turnout_pct, held_target=held_target, to_win=ask.to_win
    )
    wanted = _steps_wanted(on, ask)
    steps = max(wanted.values()) if wanted else _steps_asked(ask)
    votes = held_and_won(on, ask.seats_goal, ask.to_win) if on.is_hold else votes_at(on, steps)
    if ask.votes_goal is not None and [goal for goal, at in wanted.items() if at == steps] == ["votes"]:
        votes = _summing_to(on, steps, votes, ask.votes_goal)
    won = np.where(on.free, votes >= on.need, on.steps == ALWAYS)
    nearby = sensitivity(on, steps, votes)
    likely = int(on.likely.sum())
    total = int(votes.sum())
    share = votes / np.where(on.likely > 0, on.likely, 1)
    strays = plan_range(on, votes, ask)
    can_win = on.free & (on.steps < NEVER)
    needed = None if ask.seats_goal is None else votes_for_seats(on, ask.seats_goal)
    worth = None if ask.votes_goal is None else seats_for_votes(on, ask.votes_goal)
    back = slice(None) if in_order else np.argsort(order, kind="stable")
    return PlanOutcome(
        keys=seats.keys[back],
        likely=on.likely[back],
        votes=votes[back],
        best=rule.best_after(seats, np.maximum(on.likely - votes, 0))[back],
        share_pct=np.where(on.likely > 0, share * 100, np.nan)[back],
        won=won[back],
        need=on.need[back],
        missing=np.where(won, 0, np.maximum(on.need - votes, 0))[back],
        swing_to_win=np.where(can_win, on.steps / STEPS, np.nan)[back],
        last_votes=seats.ours[back],
        last_won=seats.last_won[back],
        is_held=on.held[back],
        swing=rule.from_steps(steps),
        seats=int(np.count_nonzero(won)),
        without_vote=int(np.count_nonzero(seats.ours_without_vote)),
        total=total,
        total_likely=likely,
        total_share_pct=100 * total / likely if likely else None,
        votes_for_goal=needed,
        seats_for_goal=worth,
        votes_per_turnout_point=round(float((share * np.maximum(seats.electors, 0))[on.free].sum()) / 100),
        range=replace(strays, chance_pct=strays.chance_pct[back]),
        sensitivity=nearby,
        contradictions=tuple(find_contradictions(on, ask, votes, won)),
        notes=tuple(_notes(on, ask, wanted, votes, won)),
    )


def _ordered(seats: Seats, order: Whole) -> Seats:
    return Seats(**{seat_field.name: getattr(seats, seat_field.name)[order] for seat_field in fields(Seats)})


def _steps_asked(ask: PlanQuery) -> int:
    return 0 if ask.swing is None or ask.method in UNMOVED else rule.to_steps(ask.swing)


def _share_goal(on: PlanGround, ask: PlanQuery) -> int | None:
    """The goal of share in votes."""
    if ask.share_goal_pct is None:
        return None
    return -int(-float(on.likely.sum()) * ask.share_goal_pct // 100)


def _steps_wanted(on: PlanGround, ask: PlanQuery) -> dict[str, int]:
    """The smallest swing for each goal that can be reached; empty where the swing is given or nothing moves."""
    if ask.swing is not None or ask.method in UNMOVED:
        return {}
    share = _share_goal(on, ask)
    wanted_steps = {
        "seats": None if ask.seats_goal is None else steps_for_seats(on, ask.seats_goal),
        "votes": None if ask.votes_goal is None else steps_for_votes(on, ask.votes_goal),
        "share": None if share is None else steps_for_votes(on, share),
    }
    return {goal: steps for goal, steps in wanted_steps.items() if steps is not None}


def _summing_to(on: PlanGround, steps: int, votes: Whole, goal: int) -> Whole:
    """The last step of the swing brought a few votes more than the goal: those seats give them back.

    First from seats with the longest lead, so that none is lost that need not be.
    """
    gained = votes - votes_at(on, steps - 1)
    over = int(votes.sum()) - goal
    order = np.argsort(on.need - votes, kind="stable")
    before = np.cumsum(gained[order]) - gained[order]
    votes_whole = votes.copy()
    votes_whole[order] -= np.clip(over - before, 0, gained[order])
    return votes_whole


def find_contradictions(on: PlanGround, ask: PlanQuery, votes: Whole, won: Yes) -> Iterator[PlanFinding]:
    """Find where a plan cannot be, or contradicts itself: the whole plan first, then seat by seat.

    votes, won: of each seat as planned, shape (n,). Codes and facts: see `findings`.
    """
    yield from _of_the_goals(on, ask)
    total, seats = int(votes.sum()), int(np.count_nonzero(won))
    if ask.votes_goal is not None and total != ask.votes_goal:
        chosen = (
            ask.swing is not None or ask.method in UNMOVED
        )  # else other goals may want more votes than this one
        if chosen or total < ask.votes_goal or total == total_at(on, LOWEST):
            facts = {"whole": ask.votes_goal, "parts": total, "difference": total - ask.votes_goal}
            yield PlanFinding("parts_differ", None, facts)
    if ask.seats_goal is not None and seats < ask.seats_goal <= most_seats(on):
        yield PlanFinding("seats_below_goal", None, {"goal": ask.seats_goal, "seats": seats})
    if ask.turnout_pct is not None:
        unknown = int(np.count_nonzero((on.seats.electors <= 0) & (on.seats.polled > 0)))
        if unknown:
            yield PlanFinding("turnout_unknown", None, {"turnout_pct": ask.turnout_pct, "seats": unknown})
    yield from _of_the_seats(on, votes)


def _of_the_goals(on: PlanGround, ask: PlanQuery) -> Iterator[PlanFinding]:
    n, likely, most = len(on.likely), int(on.likely.sum()), most_seats(on)
    goal, wanted, share = ask.seats_goal, ask.votes_goal, ask.share_goal_pct
    if goal is not None and goal > n:
        yield PlanFinding("seats_above_all", None, {"goal": goal, "seats": n})
    elif goal is not None and goal > most:
        yield PlanFinding("seats_unreachable", None, {"goal": goal, "most": most})
    if wanted is not None:
        yield from _of_the_votes(on, wanted, likely)
    needed = None if goal is None else votes_for_seats(on, goal)
    if goal is not None and needed is not None:
        if wanted is not None and wanted < needed:
            worth = seats_for_votes(on, wanted) or 0
            facts = {"votes": wanted, "seats": goal, "needed": needed, "worth": worth}
            yield PlanFinding("votes_short_of_seats", None, facts)
        if share is not None and likely and (_share_goal(on, ask) or 0) < needed:
            facts_pct = {"share_pct": share, "seats": goal, "needed_pct": 100 * needed / likely}
            yield PlanFinding("share_short_of_seats", None, facts_pct)
    if share is None:
        return
    if wanted is not None and likely and abs(100 * wanted / likely - share) > SHARES_ALIKE:
        facts_pct = {"share_pct": share, "votes": wanted, "votes_pct": 100 * wanted / likely}
        yield PlanFinding("share_and_votes_differ", None, facts_pct)
    winner_pct = _winner_pct(on.seats)
    above = winner_pct > share
    if above.any():
        highest_pct = float(winner_pct.max())
        seats = int(np.count_nonzero(above))
        yield PlanFinding(
            "share_below_winners", None, {"share_pct": share, "seats": seats, "highest_pct": highest_pct}
        )


def _of_the_votes(on: PlanGround, wanted: int, likely: int) -> Iterator[PlanFinding]:
    n_electors = on.seats.electors
    electors = int(n_electors.sum())
    if (n_electors > 0).all() and wanted > electors:
        facts = {"goal": wanted, "electors": electors, "over": wanted - electors}
        yield PlanFinding("votes_above_electors", None, facts)
    elif wanted > likely:
        yield PlanFinding(
            "votes_above_turnout", None, {"goal": wanted, "likely": likely, "over": wanted - likely}
        )
    elif wanted > (most := total_at(on, highest(on))):
        yield PlanFinding("votes_unreachable", None, {"goal": wanted, "most": most})


def _winner_pct(seats: Seats) -> Real:
    """The share of the last winner where that was none of ours, else 0; shape (n,)."""
    return np.where(~seats.last_won, 100 * seats.winner / np.maximum(seats.polled, 1), 0.0)


def _of_the_seats(on: PlanGround, votes: Whole) -> Iterator[PlanFinding]:
    electors, keys = on.seats.electors, on.seats.keys
    too_many = on.held & (electors > 0) & (votes > electors)
    for at in np.flatnonzero(too_many):
        n, most = int(votes[at]), int(electors[at])
        facts = {"votes": n, "electors": most, "over": n - most}
        yield PlanFinding("seat_above_electors", int(keys[at]), facts)
    for at in np.flatnonzero(on.held & ~too_many & (on.likely > 0) & (votes > on.likely)):
        n, most = int(votes[at]), int(on.likely[at])
        yield PlanFinding("seat_above_turnout", int(keys[at]), {"votes": n, "likely": most, "over": n - most})


def _notes(
    on: PlanGround, ask: PlanQuery, wanted: dict[str, int], votes: Whole, won: Yes
) -> Iterator[PlanFinding]:
    seats = on.seats
    if wanted and (steps := max(wanted.values())) < 0:
        yield PlanFinding("goals_reached", None, {"swing": rule.from_steps(steps)})
    has_numbers = (seats.electors > 0) & (seats.polled > 0)
    if ask.turnout_pct is not None and has_numbers.any():
        electors = int(seats.electors[has_numbers].sum())
        facts = {
            "from_pct": 100 * int(seats.polled[has_numbers].sum()) / electors,
            "to_pct": 100 * int(on.likely[has_numbers].sum()) / electors,
        }
        yield PlanFinding("turnout_changed", None, facts)
    never = int(np.count_nonzero((on.steps == NEVER) & on.free))
    if never:
        yield PlanFinding("never_won", None, {"seats": never})
    winner_pct = _winner_pct(seats)
    planned_pct = 100 * votes / np.maximum(on.likely, 1)
    for at in np.flatnonzero(won & (on.likely > 0) & (planned_pct < winner_pct)):
        facts_pct = {"share_pct": float(planned_pct[at]), "winner_pct": float(winner_pct[at])}
        yield PlanFinding("seat_below_winner", int(seats.keys[at]), facts_pct)
    for at in np.flatnonzero(~seats.without_vote & (seats.last_won != (seats.ours > seats.best))):
        ours, best = int(seats.ours[at]), int(seats.best[at])
        code = "won_by_lot" if ours == best else "stood_apart" if seats.last_won[at] else "beaten_apart"
        yield PlanFinding(
            code, int(seats.keys[at]), {"ours": ours, "best": best, "winner": int(seats.winner[at])}
        )
    for at in np.flatnonzero(~seats.stood & ~seats.without_vote & ~on.held & ~on.free):
        yield PlanFinding("did_not_stand", int(seats.keys[at]))
    for at in np.flatnonzero((seats.polled == 0) & ~seats.without_vote):
        yield PlanFinding("result_missing", int(seats.keys[at]))
    for at in np.flatnonzero((seats.electors <= 0) & ~seats.without_vote):
        yield PlanFinding("electors_unknown", int(seats.keys[at]), {"polled": int(seats.polled[at])})
    for at in np.flatnonzero(seats.without_vote):
        yield PlanFinding("without_vote", int(seats.keys[at]), {"ours": int(seats.ours_without_vote[at])})
