"""Every read of programmes and the tally ledger."""

from .answered_for import AnsweredFor, accepted_charges
from .belonging import Belonging, belonging
from .charges import (
    ChargeLevel,
    ChargeRow,
    LeadersToName,
    MissingRow,
    OwnCharge,
    answers_below,
    charges,
    charges_to_remind,
    charges_told,
    coverage,
    last_declined,
    leaders_to_name,
    named_together,
    open_charges,
    own_charges,
    units_without_charge,
)
from .checked import Truth, at_most, checked_columns, short_of, shown_real, truth_of
from .counts_by import BEFORE, By, CountSplit, split_by
from .earlier_drives import Earlier, earlier_totals, total_labels
from .expected import UnitExpectation, expected_of
from .field_day import DayInTheField, days_in_the_field
from .funnel import Funnel, FunnelLine, shown_funnel
from .gaps import MOST_MISFITS, TargetGap, count_misfits, gap
from .here import CountedHere, Placeless, ask_callers_without_place, ask_own_words, ask_standing_here
from .items import item, item_ids, item_key, items, items_by_id, items_that_pass
from .kinds import (
    covers_part,
    in_play,
    is_in_play,
    is_past,
    programme_of_kind,
    running_of_kind,
    runs_now,
    runs_on,
)
from .ledger import (
    FunnelRow,
    LedgerNode,
    MeasureFigures,
    ask_figures,
    blank,
    count_unfolded,
    figures_beside,
    figures_of_measures,
    fold_is_behind,
    ladder_from_outside,
    ladders,
    ladders_by_measure,
    node_of,
    unit_funnel,
    unit_ladder,
)
from .listing import (
    FURTHEST_BEHIND,
    SORTS,
    Child,
    LevelRows,
    board,
    children_ladders,
    first_level_below,
    has_targets,
    level_below,
    outside_of,
)
from .own_figures import TypedFigure, own_figures_of_unit, own_figures_of_units, typed_figures
from .parts import ProgrammePart, parts_in_sight, startable
from .places import IS_PLACE, booths_without_village, count_places
from .programmes import (
    RunningMeasure,
    covers_whole,
    in_charges,
    is_any_open,
    ladder_picture,
    measure_asked,
    measures,
    measures_at,
    names_of_running,
    open_over,
    open_programmes_of,
    programme,
    programme_by_id,
    programme_for,
    programmes_beginning,
    programmes_for,
    programmes_running,
    running_at,
    scope_units,
    search_programmes,
    targets_of,
    whose_numbers,
)
from .standing import (
    LATELY_DAYS,
    as_of,
    drawn_ladders,
    drawn_measures,
    drawn_trend,
    lately,
    since_yesterday,
)
from .stands import (
    LateUnits,
    MeasureStand,
    ask_stands,
    fewer_than_due,
    late_units,
    measures_in_view,
    standing_here,
    with_figures,
)
from .votes import VoteBeside, VotesOfUnits, last_votes_of_units, vote_columns, votes_election
from .weekly import FIGURE_COLUMNS, about_figures, as_outsider, figures_of_all, weekly_figures
