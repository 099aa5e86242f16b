"""Name a finding by a code and its facts; the words are made where somebody reads them.

Contradictions of a plan (`plans.work_out_plan`); votes and seats are whole numbers, `_pct` is 0 to 100. Each line is a
code, its facts, and what it is about.

- `seats_above_all` (goal, seats): the plan.
- `seats_unreachable` (goal, most): the plan: no swing wins as many.
- `votes_above_turnout` (goal, likely, over): the plan: goal above all likely votes.
- `votes_above_electors` (goal, electors, over): the plan: goal above all electors.
- `votes_unreachable` (goal, most): the plan: no swing brings as many, since seats are held.
- `votes_short_of_seats` (votes, seats, needed, worth): the plan: the votes named do not win the seats named.
- `share_short_of_seats` (share_pct, seats, needed_pct): the plan: the share named does not win the seats named.
- `share_and_votes_differ` (share_pct, votes, votes_pct): the plan: both are named, and are not the same.
- `share_below_winners` (share_pct, seats, highest_pct): the plan: in so many seats the last winner had more.
- `seats_below_goal` (goal, seats): the plan as it stands wins fewer than its goal.
- `parts_differ` (whole, parts, difference): the seats' votes do not sum to the goal.
- `seat_above_turnout` (votes, likely, over): a seat: votes set above those likely.
- `seat_above_electors` (votes, electors, over): a seat: votes set above its electors.
- `turnout_unknown` (turnout_pct, seats): the plan: a turnout is given, and in so many seats electors are unknown.

Added where a plan is passed down below its seats (`actions.cascade`) are these contradictions too.

- `cascade_gap` (votes): a seat: what is locked below it does not fit; the numbers stand and do not sum.
- `cascade_left` (units): a seat: units have moved to another, which is passed down; the rest does not sum.
- `cascade_moved` (units, locks): a seat: units below it have moved or closed; what was passed down was split again.
- `cascade_lost` (units): a seat: nothing of what was passed down remains.
- `part_above_electors` (units, votes, electors): a seat: units below with more votes than electors; the worst.

Notes of a plan, which are no contradictions, follow.

- `turnout_changed` (from_pct, to_pct): the plan, where electors are known.
- `result_incomplete` (seats, all): the plan: the last result has so many of all seats, and the plan of no more.
- `goals_reached` (swing): the plan: the last result reaches its goals already, and the swing is a loss.
- `never_won` (seats): the plan: so many seats that no swing of this method wins.
- `seat_below_winner` (share_pct, winner_pct): a seat counted as ours with less than its last winner had.
- `stood_apart` (ours, best, winner): a seat won: the other side has more together, but stood against itself.
- `beaten_apart` (ours, best, winner): a seat lost: our side has more together, but stood against itself.
- `won_by_lot` (ours, best, winner): a seat won with equal votes.
- `did_not_stand`: a seat: our side had no candidate, no swing moves it; it can be set by hand.
- `result_missing`: a seat: there were votes, but none are known; it is not counted.
- `electors_unknown` (polled): a seat: its turnout is unknown, as many votes as last time are likely.
- `without_vote` (ours): a seat: one candidate stood, nobody voted; ours is 0 or 1.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class PlanFinding:
    """code: see above. key: of the seat it is about; None: the plan as a whole."""

    code: str
    key: int | None = None
    facts: Mapping[str, int | float] = field(default_factory=dict)
