"""Every read of programmes, targets and the tally ledger."""

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
from .earlier_drives import Earlier, earlier_totals
from .expected import UnitExpectation, expected_before, expected_of
from .field_day import DayInTheField, days_in_the_field
from .funnel import Funnel, FunnelLine, shown_funnel
from .here import CountedHere, Placeless, ask_callers_without_place, ask_own_words, ask_standing_here
from .items import item, item_ids, item_key, items, items_by_id, items_that_pass
from .kinds import (
    covers_part,
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
from .misfits import MOST_MISFITS, Misfit, count_misfits, misfits_below
from .own_figures import TypedFigure, own_figures_of_unit, own_figures_of_units, typed_figures
from .parts import ProgrammePart, parts_in_sight, startable
from .places import IS_PLACE, booths_without_village, count_places
from .plans import plan_as_targets, planned_takeover
from .programmes import (
    RunningMeasure,
    covers_whole,
    gap,
    in_charges,
    is_any_open,
    ladder_picture,
    locked_below,
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
    target_versions,
    targets,
    targets_of,
    whose_numbers,
)
from .splits import (
    ALL_THE_WAY,
    Changes,
    TargetDifference,
    described,
    far_at_once,
    planned_return,
    planned_split,
    set_from,
    to_nothing,
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
from .versions import (
    Version,
    last_split,
    standing_split,
    version_differences,
    version_in_sight,
    versions_of_targets,
)
from .votes import VoteBeside, VotesOfUnits, last_votes_of_units, vote_columns, votes_election
from .weekly import FIGURE_COLUMNS, about_figures, as_outsider, figures_of_all, weekly_figures
from .weights import SOURCES, basis, basis_in_words, elections_offered, total_labels, weights_by_result
from .whole_trees import changes_under_way, target_change_for
