"""Reads of units and trees. Units are no secret: any signed-in person may look a unit up anywhere.

Every list is bounded, and every answer is one query unless its docstring says otherwise. Nothing is kept between calls
but `counts_below` of wide units, by the version of the tree.
"""

from .boards import BoardUnit, WorkMap, unit_board, work_map, work_map_of
from .closings import closed_by, closing_of, hanging_on, is_of_today, kept
from .filling import count_of_kind, places_to_fill
from .ground import outlines_behind
from .polls import (
    Area,
    areas,
    frozen,
    phases_of,
    places_of,
    poll,
    polling,
    polls,
    states,
    states_without_entry,
    versions_of,
)
from .rows import MOST, UnitRow, fitting
from .search import search
from .trees import (
    TreesMoved,
    TreesMoving,
    UnitFound,
    all_spans,
    below,
    by_pin,
    called_any,
    called_below,
    children,
    count_not_placed,
    counts_below,
    electors_of,
    found,
    found_with_path,
    hierarchies_of,
    ids_of,
    is_top,
    names_of,
    of_kind_below,
    only_seat,
    only_state,
    open_below,
    outlines_of,
    path,
    paths,
    roots,
    span,
    spans,
    standing,
    stands_below,
    succeeded_by,
    successors,
    trees_version,
    unit,
    unit_by_id,
    units_by_id,
    within,
)
