"""Reads of units and trees. Units are no secret: whoever is signed in may look a unit up anywhere.

Every list is bounded, every answer is one query unless its docstring says otherwise, and nothing is kept between
calls but `counts_below` of wide units, by the version of the tree.
"""

from .rows import MOST, SORTS, UnitPage, UnitRow, fitting, name_in
from .search import search
from .trees import (
    Found,
    all_spans,
    below,
    by_pin,
    children,
    count_not_placed,
    counts_below,
    descendants_filter,
    found,
    hierarchies_of,
    ids_of,
    names_of,
    not_placed,
    outlines_around,
    outlines_of,
    path,
    paths,
    roots,
    span,
    spans,
    standing,
    stands_below,
    unit,
    unit_by_id,
)

__all__ = [
    "MOST",
    "SORTS",
    "Found",
    "UnitPage",
    "UnitRow",
    "all_spans",
    "below",
    "by_pin",
    "children",
    "count_not_placed",
    "counts_below",
    "descendants_filter",
    "fitting",
    "found",
    "hierarchies_of",
    "ids_of",
    "name_in",
    "names_of",
    "not_placed",
    "outlines_around",
    "outlines_of",
    "path",
    "paths",
    "roots",
    "search",
    "span",
    "spans",
    "standing",
    "stands_below",
    "unit",
    "unit_by_id",
]
