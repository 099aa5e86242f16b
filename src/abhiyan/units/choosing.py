"""Units to choose one of, as the fragment `units/_unit_choices.html` draws them."""

from collections.abc import Iterable
from dataclasses import dataclass

from abhiyan.core.words import name_in_language

from .models import Kind
from .queries import UnitRow


@dataclass(frozen=True, slots=True)
class UnitChoice:
    """One unit to choose. above: names from the root, as one line."""

    code: str
    name: str
    kind: str
    above: str
    is_sample: bool
    is_closed: bool
    has_children: bool


def choices(rows: Iterable[UnitRow]) -> list[UnitChoice]:
    """Units as choices, in their order."""
    return [
        UnitChoice(
            code=row.code,
            name=row.name(),
            kind=str(Kind(row.kind).label),
            above=" › ".join(name_in_language(names) for names in row.above),
            is_sample=row.is_sample,
            is_closed=row.closed_on is not None,
            has_children=row.has_children,
        )
        for row in rows
    ]
