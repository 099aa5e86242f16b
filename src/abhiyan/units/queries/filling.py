"""Places for the rows of an empty list: an office fills in what belongs to each."""

from collections.abc import Iterator
from typing import NamedTuple

from abhiyan.core import sql
from abhiyan.core.words import name_in_language
from abhiyan.units.models import Kind
from abhiyan.units.rules import levels

from .trees import roots, spans

AT_ONCE = 5_000
_BELOW = """
select p.lo, p.hi, u.kind, u.code, u.names from units_placement p join units_unit u on u.id = p.unit_id
where p.hierarchy = %(tree)s and p.valid_to is null and u.closed_on is null and u.kind = any(%(kinds)s)
  and p.lo > %(after)s and p.lo < %(end)s
order by p.lo limit %(some)s
"""


class PlaceToFill(NamedTuple):
    """An open unit. mandal, above: the names of its mandal, and of all that it is in below the list's unit."""

    code: str
    name: str
    mandal: str
    above: str


def count_of_kind(unit_id: int | None, kind: str) -> int:
    """Count the open units of a kind below a unit, or everywhere."""
    where = _where(unit_id, kind)
    if where is None:
        return 0
    return sql.count(
        "select count(*) from units_placement p join units_unit u on u.id = p.unit_id where p.hierarchy = %s"
        " and p.valid_to is null and u.closed_on is null and u.kind = %s and p.lo >= %s and p.lo < %s",
        [where[0], kind, where[1], where[2]],
    )


def places_to_fill(unit_id: int | None, kind: str) -> Iterator[PlaceToFill]:
    """The open units of a kind below a unit, or everywhere, in the order of the tree; read some thousands at a time."""
    if (where := _where(unit_id, kind)) is None:
        return
    tree, start, end = where
    level = levels.level_of_kind(tree, kind) or 0
    kinds = [
        kind_above
        for kind_above in Kind.values
        if kind_above == kind or (levels.level_of_kind(tree, kind_above) or level) < level
    ]
    over: list[tuple[int, str, str]] = []  # what the place is in: where it ends, its kind, its name
    after = start - 1
    while place_rows := sql.rows(
        _BELOW, {"tree": tree, "kinds": kinds, "after": after, "end": end, "some": AT_ONCE}
    ):
        for lo, hi, this, code, names in place_rows:
            after = lo
            while over and over[-1][0] <= lo:
                over.pop()
            if this != kind:
                over.append((hi, this, name_in_language(names)))
                continue
            above = [name for _end, _kind, name in over if _end]
            mandal = next((name for _end, unit_kind, name in reversed(over) if unit_kind == Kind.MANDAL), "")
            yield PlaceToFill(code, name_in_language(names), mandal, " › ".join(above[1:] or above))


def _where(unit_id: int | None, kind: str) -> tuple[int, int, int] | None:
    """The first hierarchy that has this kind and the unit, with the unit's bounds in it."""
    for tree in levels.HIERARCHIES:
        if levels.level_of_kind(tree, kind) is None:
            continue
        ids = [unit_id] if unit_id is not None else [unit.id for unit in roots(tree)]
        if span_by_unit := spans(ids, tree):
            return (
                tree,
                min(lo for lo, _hi in span_by_unit.values()),
                max(hi for _lo, hi in span_by_unit.values()),
            )
    return None
