"""What a rule has found, as a code and its facts; the words are made where somebody reads them.

Contradictions of a plan (`plans.plan`); votes and seats are whole numbers, `_pct` is 0 to 100:

| code | about | facts |
|---|---|---|
| `seats_above_all` | the plan | goal, seats |
| `seats_unreachable` | the plan: no swing wins as many | goal, most |
| `votes_above_turnout` | the plan: goal above all likely votes | goal, likely, over |
| `votes_above_electors` | the plan: goal above all electors | goal, electors, over |
| `votes_unreachable` | the plan: no swing brings as many, since seats are held | goal, most |
| `votes_short_of_seats` | the plan: the votes named do not win the seats named | votes, seats, needed, worth |
| `share_short_of_seats` | the plan: the share named does not win the seats named | share_pct, seats, needed_pct |
| `share_and_votes_differ` | the plan: both are named, and are not the same | share_pct, votes, votes_pct |
| `share_below_winners` | the plan: in so many seats the last winner had more | share_pct, seats, highest_pct |
| `seats_below_goal` | the plan as it stands wins fewer than its goal | goal, seats |
| `parts_differ` | the seats' votes do not sum to the goal | whole, parts, difference |
| `seat_above_turnout` | a seat: votes set above those likely | votes, likely, over |
| `seat_above_electors` | a seat: votes set above its electors | votes, electors, over |
| `turnout_unknown` | the plan: a turnout is given, and in so many seats electors are unknown | turnout_pct, seats |

Added where a plan is passed down below its seats (`actions.cascade`), contradictions too:

| code | about | facts |
|---|---|---|
| `cascade_gap` | a seat: what is locked below it does not fit; the numbers stand and do not sum | votes |
| `cascade_left` | a seat: units have moved to another, which is passed down; the rest does not sum | units |
| `cascade_moved` | a seat: units below it have moved or closed; what was passed down was split anew | units, locks |
| `cascade_lost` | a seat: nothing of what was passed down stands below it any more | units |
| `part_above_electors` | a seat: units below with more votes than electors; the worst | units, votes, electors |

Notes of a plan, which are no contradictions:

| code | about | facts |
|---|---|---|
| `turnout_changed` | the plan, where electors are known | from_pct, to_pct |
| `result_incomplete` | the plan: the last result has so many of all seats, and the plan of no more | seats, all |
| `goals_reached` | the plan: the last result reaches its goals already, and the swing is a loss | swing |
| `never_won` | the plan: so many seats that no swing of this method wins | seats |
| `seat_below_winner` | a seat counted as ours with less than its last winner had | share_pct, winner_pct |
| `stood_apart` | a seat won: the other side has more together, but stood against itself | ours, best, winner |
| `beaten_apart` | a seat lost: our side has more together, but stood against itself | ours, best, winner |
| `won_by_lot` | a seat won with equal votes | ours, best, winner |
| `did_not_stand` | a seat: our side had no candidate, no swing moves it; it can be set by hand | |
| `result_missing` | a seat: there were votes, but none are known; it is not counted | |
| `electors_unknown` | a seat: its turnout is unknown, as many votes as last time are likely | polled |
| `without_vote` | a seat: one candidate stood, nobody voted; ours is 0 or 1 | ours |
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class PlanFinding:
    """code: see above. key: of the seat it is about; None: the plan as a whole."""

    code: str
    key: int | None = None
    facts: Mapping[str, int | float] = field(default_factory=dict)
