"""Every read of results: each figure is computed from the votes, and names its file and row."""

from abhiyan.elections.rules.passing_down import CLASS_FACTORS

from .classes import class_rule, classes_below, classes_of_unit, newest_classes
from .contests import Result, SeatRow, contest, contests
from .figures import (
    LastVote,
    Lying,
    Spot,
    UnitFigures,
    did_not_stand,
    figures_of_units,
    last_election,
    last_votes,
    lying_in,
    parties_of,
    spots,
    unit_places_below,
    units_with_figures,
)
from .listing import (
    NOBODY,
    ElectionRow,
    OurSide,
    all_elections,
    alliance,
    alliances,
    earlier_election,
    election,
    election_titles,
    elections,
    result_files,
    stated_figure,
    stated_figures,
    states_contested,
    whole_elections,
)
from .loading import FigureSource, party_names
from .names import former_names
from .places import (
    PartRow,
    PartyVotesBelow,
    UnitResults,
    contests_of_units,
    outside_parts,
    results_of,
    seat_history,
)
from .plans import (
    Lines,
    SeatsRange,
    contest_lines,
    count_figures,
    part_figures,
    plan_for,
    plan_parts,
    plan_seats,
    plans,
    seats_range,
    votes_of,
)
from .progress import not_passed_down
from .totals import PartyTotal, StateRow, Totals, totals
