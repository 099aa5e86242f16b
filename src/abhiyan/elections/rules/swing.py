"""Swing over many seats at once: shares moved, turnout changed, and whole votes that sum.

Arrays have one entry per seat. One number moves our side everywhere, the *swing*. It has two kinds:

- uniform: points added to our share of the votes polled in each seat. Source of this uniform national swing:
  D. E. Butler, The British General Election of 1951, 1952; D. Butler and D. Stokes, Political Change in Britain, 1969;
- proportional: per cent added to that share, so that 10 makes 30 % into 33 %. The same authors set this swing in
  proportion to strength against the uniform one.

Either way our share is clamped to 0..100, and the others gain or lose in proportion to what they had, NOTA among
them. All others are therefore multiplied by one number, and their order stays. So our votes and those of the best
opponent decide a three- or ten-cornered contest exactly, without whole vectors of parties.

A swing is given to a millionth of a point (of a per cent). Inside it is a whole number of such steps, so that the
smallest swing that does something exists and is found exactly.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

Whole = npt.NDArray[np.int64]
Real = npt.NDArray[np.float64]
Yes = npt.NDArray[np.bool_]
Method = Literal["uniform", "proportional"]

STEPS = 1_000_000  # in a point of swing;
_STEP = 1 / (100 * STEPS)  # as a share of 1;
LOWEST = -100 * STEPS  # no swing takes more than everything;
ALWAYS, NEVER = -(2**62), 2**62  # in place of the step at which a seat is won;
UNKNOWN = -1  # where a number of electors, votes by hand and the like is not known or not set

# In `seat_arrays`, a line of a result belongs to one of these.
OURS, NONE_OF_THE_ABOVE, BY_ITSELF = 0, -1, -2


@dataclass(frozen=True, slots=True, eq=False)
class Seats:
    """The last result of n seats as our side sees it; all arrays of shape (n,).

    keys: what the caller knows a seat by, each once. electors: persons, UNKNOWN where not known. polled: all votes;
    ours: our side's; best: those of the best single opponent (never NOTA), or of the best opposing side; polled - ours
    - best are the rest. without_vote: nobody voted there, since one candidate stood; their polled is 0 and they are
    kept apart. ours_without_vote: of these, the ones our side holds. stood: our side had a candidate; where it had none
    there is no share that a swing could move. last_won: the seat's winner was ours, as the result says. Candidates of
    one side may stand against each other. Then one may win with fewer votes than the other side has together, or lose
    with more. winner: votes of that winning candidate; 0 where nobody voted, or nobody knows who won.
    """

    keys: Whole
    electors: Whole
    polled: Whole
    ours: Whole
    best: Whole
    stood: Yes
    without_vote: Yes
    ours_without_vote: Yes
    last_won: Yes
    winner: Whole

    def __len__(self) -> int:
        return len(self.keys)

    def check(self) -> None:
        """Raises ValueError where the arrays cannot be a result."""
        same = {
            len(self.keys), len(self.electors), len(self.polled), len(self.ours), len(self.best),
            len(self.stood), len(self.without_vote), len(self.ours_without_vote), len(self.last_won), len(self.winner),
        }  # fmt: skip
        if len(same) != 1:
            raise ValueError("arrays of different lengths")
        if len(np.unique(self.keys)) != len(self.keys):
            raise ValueError("a seat stands twice")
        if (self.ours < 0).any() or (self.best < 0).any() or (self.ours + self.best > self.polled).any():
            raise ValueError("votes that do not fit into those polled")
        if self.ours[~self.stood].any():
            raise ValueError("votes for a side that did not stand")
        if self.polled[self.without_vote].any() or (self.ours_without_vote & ~self.without_vote).any():
            raise ValueError("votes where nobody voted")
        if (self.last_won & ~self.stood).any() or (self.winner > self.polled).any():
            raise ValueError("a winner that cannot be")


def seat_arrays(
    keys: Sequence[int] | Whole,
    electors: Sequence[int | None],
    without_vote: Sequence[bool] | Yes,
    seat: Sequence[int] | Whole,
    side: Sequence[int] | Whole,
    votes: Sequence[int | None],
    position: Sequence[int] | Whole | None = None,
) -> Seats:
    """The arrays of a plan from the lines of a result.

    keys, electors, without_vote: one entry per seat, shape (n,). seat, side, votes: one entry per candidate, shape
    (m,): the index 0..n-1 of its seat; OURS, NONE_OF_THE_ABOVE, BY_ITSELF, or a number from 1 for an opposing side,
    whose candidates in a seat are added up; votes, None where nobody voted; position: as stated, it decides between
    equal votes, where lots were drawn; without one the winner is unknown. Else the order of lines and of seats is free.
    """
    n = len(keys)
    at = np.asarray(seat, dtype=np.int64)
    which = np.asarray(side, dtype=np.int64)
    cast = np.array([v or 0 for v in votes], dtype=np.int64)
    apart = np.asarray(without_vote, dtype=np.bool_)
    polled, ours, best = (np.zeros(n, dtype=np.int64) for _ in range(3))
    np.add.at(polled, at, cast)
    np.add.at(ours, at[which == OURS], cast[which == OURS])
    alone = which == BY_ITSELF
    np.maximum.at(best, at[alone], cast[alone])
    together = which > 0
    if together.any():
        pairs, pair_of_row = np.unique(
            np.stack([at[together], which[together]], axis=1), axis=0, return_inverse=True
        )
        sums = np.zeros(len(pairs), dtype=np.int64)
        np.add.at(sums, pair_of_row.reshape(-1), cast[together])
        np.maximum.at(best, pairs[:, 0], sums)
    stood = np.zeros(n, dtype=np.bool_)
    stood[at[which == OURS]] = True
    # The winner, as rules.results counts: most votes, then the stated place; never NOTA.
    place = np.zeros(len(at), dtype=np.int64) if position is None else np.asarray(position, dtype=np.int64)
    standing = np.flatnonzero((which != NONE_OF_THE_ABOVE) & (cast > 0))
    ranked = standing[np.lexsort((place[standing], -cast[standing], at[standing]))]
    first = np.ones(len(ranked), dtype=np.bool_)
    first[1:] = at[ranked[1:]] != at[ranked[:-1]]
    heads = np.flatnonzero(first)
    # Equal votes in one place: lots were drawn, and the file does not tell how they fell.
    seconds = np.minimum(heads + 1, len(ranked) - 1)
    w, s = ranked[heads], ranked[seconds]
    is_open = (heads != seconds) & (at[w] == at[s]) & (cast[w] == cast[s]) & (place[w] == place[s])
    winners = w[~is_open]
    last_won, winner = stood & apart, np.zeros(n, dtype=np.int64)
    last_won[at[winners]] = which[winners] == OURS
    winner[at[winners]] = cast[winners]
    seats = Seats(
        keys=np.asarray(keys, dtype=np.int64),
        electors=np.array([UNKNOWN if e is None else e for e in electors], dtype=np.int64),
        polled=polled,
        ours=ours,
        best=best,
        stood=stood,
        without_vote=apart,
        ours_without_vote=stood & apart,
        last_won=last_won,
        winner=winner,
    )
    seats.check()
    return seats


def likely_votes(electors: Whole, polled: Whole, turnout_pct: float | None = None) -> Whole:
    """Votes that are likely to be polled in each seat, shape (n,).

    Without a turnout: as many as last time. With one (0 to 100, of all electors together), the turnout of each seat
    moves by the same number of points, within 0..100. It moves until that of all together is `turnout_pct`; the votes
    sum to it exactly, rounded down. Seats with unknown electors, or without votes last time, have an unknown turnout:
    their votes stay as they were. Never above electors.
    """
    has_numbers = (electors > 0) & (polled > 0)
    likely = polled.copy()
    np.minimum(likely, electors, out=likely, where=has_numbers)
    if turnout_pct is None or not has_numbers.any():
        return likely
    most = electors[has_numbers]
    last = likely[has_numbers] / most
    wanted = min(max(turnout_pct, 0.0), 100.0) / 100 * float(most.sum())
    lo, hi = -1.0, 1.0
    for _ in range(40):  # to a millionth of a millionth: far less than a vote
        middle = (lo + hi) / 2
        if float(np.clip(last + middle, 0, 1) @ most) < wanted:
            lo = middle
        else:
            hi = middle
    exact = np.clip(last + hi, 0, 1) * most
    whole = np.floor(exact).astype(np.int64)
    short = max(0, int(wanted + 1e-6) - int(whole.sum()))
    most_left = np.argsort(whole - exact, kind="stable")
    whole[most_left[:short]] += 1
    likely[has_numbers] = np.minimum(whole, most)
    return likely


def to_steps(swing: float) -> int:
    """Return a swing (points, or per cent of the share) in whole steps; at least `LOWEST`."""
    return min(max(LOWEST, round(swing * STEPS)), 10**15)


def from_steps(steps: int) -> float:
    """Whole steps as a swing in points, or per cent of the share."""
    return steps / STEPS


def swung(share: Real, steps: int | Whole, method: Method) -> Real:
    """Our shares (0 to 1) after a swing, clamped to 0..1. Never falls as the swing rises."""
    moved = np.asarray(steps) * _STEP
    if method == "uniform":
        return np.clip(share + moved, 0.0, 1.0)
    return np.clip(share * (1.0 + moved), 0.0, 1.0)


def in_votes(share: Real, likely: Whole) -> Whole:
    """Shares (0 to 1) of `likely` votes as whole votes, halves up, never above `likely`."""
    return np.floor(share * likely + 0.5).astype(np.int64)


def last_share(seats: Seats) -> Real:
    """Our share of the votes polled, 0 to 1; 0 where nobody voted."""
    return seats.ours / np.maximum(seats.polled, 1)


def best_after(seats: Seats, left: Whole) -> Whole:
    """Return what the best opponent takes of `left`, the votes that are not ours: in proportion, the odd vote is
    theirs.

    If nobody else had a vote last time, no proportion is known, and one opponent gets all of it.
    """
    others = seats.polled - seats.ours
    best = np.where(others > 0, seats.best, 1)
    votes_needed: Whole = -(-left * best // np.maximum(others, 1))
    return votes_needed


def votes_to_win(seats: Seats, likely: Whole) -> Whole:
    """The fewest of `likely` votes with which our side has more than any other, shape (n,). More than `likely`: never.

    With o ours, the best opponent has the b/t of the others' likely - o: o > (likely - o) b / t. Equal votes are not
    won: lots would be drawn.
    """
    others = seats.polled - seats.ours
    best = np.where(others > 0, seats.best, 1)
    others = np.maximum(others, 1)
    need: Whole = likely * best // (others + best) + 1
    return need + (need <= best_after(seats, np.maximum(likely - need, 0)))


def steps_to_win(seats: Seats, likely: Whole, method: Method) -> Whole:
    """The smallest swing, in steps, at which each seat is won; NEVER where no swing wins it. Shape (n,)."""
    share = last_share(seats)
    need = votes_to_win(seats, likely)
    wanted = (need - 0.5) / np.maximum(likely, 1)
    can = (need <= likely) & (likely > 0)
    if method == "uniform":
        steps = np.ceil((wanted - share) / _STEP)
    else:
        can &= share > 0
        steps = np.ceil((wanted / np.where(share > 0, share, 1.0) - 1.0) / _STEP)
    steps_needed = np.where(can, np.maximum(steps, LOWEST), 0).astype(np.int64)
    # Division rounds: see to it that this step wins and the one before does not.
    while (short := can & (in_votes(swung(share, steps_needed, method), likely) < need)).any():
        steps_needed += short
    while (
        early := can
        & (steps_needed > LOWEST)
        & (in_votes(swung(share, steps_needed - 1, method), likely) >= need)
    ).any():
        steps_needed -= early
    return np.where(can, steps_needed, NEVER)
