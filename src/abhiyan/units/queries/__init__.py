"""Reads of units and trees. Units are no secret: any signed-in person may look a unit up anywhere.

Every list is bounded, and every answer is one query unless its docstring says otherwise. Nothing is kept between calls
but `counts_below` of wide units, by the version of the tree.
"""

from .boards import BoardUnit, WorkMap, unit_board, work_map, work_map_of
from .closings import closed_by, closing_of, hanging_on, is_of_today, kept_of_closing
from .filling import count_of_kind, places_to_fill
from .ground import outlines_behind
from .rows import MOST, UnitRow, fitting
from .search import search_units
from .trees import (
    TreesMoved,
    TreesMoving,
    UnitFound,
    all_spans,
    by_pin,
    called_any,
    called_below,
    children,
    count_not_placed,
    counts_below,
    electors_of,
    found_with_path,
    hierarchies_of,
    ids_below,
    ids_of,
    is_top,
    names_of_units,
    of_kind_below,
    only_seat,
    only_state,
    open_below,
    open_states,
    outlines_of,
    path_of_unit,
    paths_of_units,
    roots,
    row_of_unit,
    span,
    spans,
    stands_below,
    succeeded_by,
    successors,
    trees_version,
    unit,
    unit_by_id,
    unit_with_hierarchies,
    units_by_id,
    within,
)
