"""A programme and those beneath it: how far each is, and where more may be started."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from abhiyan.core import sql
from abhiyan.org.viewer import Viewer
from abhiyan.programmes.models import Programme
from abhiyan.programmes.rules.ladder import Ladder
from abhiyan.units import queries as units

from .ledger import LedgerNode, blank, ladders, node_of
from .programmes import programmes_for, scope_units

MOST_UNITS = 100  # right below a unit of the scope; a state has fewer districts, and the nation fewer states


@dataclass(frozen=True, slots=True)
class ProgrammePart:
    """A programme beneath another. ladder: of what it counts below the unit looked at; target: of its own unit."""

    programme: Programme
    ladder: Ladder
    target: int | None
    measure: int = 1


def parts_in_sight(
    viewer: Viewer, whole: Programme, *, node: int | LedgerNode, at: datetime
) -> list[ProgrammePart]:
    """Return the programmes beneath one that are in the viewer's sight, by name of the unit. Four queries at most."""
    if not whole.parts:
        return []
    programmes = list(programmes_for(viewer).filter(parent=whole).order_by("owner__code", "pk"))
    here = node if isinstance(node, LedgerNode) else node_of(node, whole.hierarchy)
    shown = (
        ladders(node=here, hierarchy=whole.hierarchy, programmes=programmes, at=at)
        if here and programmes
        else {}
    )
    none = blank(is_rounded=here is not None and not here.is_exact)
    targets = dict(
        sql.rows(
            "select t.programme_id, t.n from programmes_target t"
            " join programmes_programme p on p.id = t.programme_id and p.owner_id = t.unit_id"
            " where t.programme_id = any(%s::int[]) and t.measure = 1 and t.replaced_at is null",
            [[programme.pk for programme in programmes]],
        )
        if programmes
        else ()
    )
    return [
        ProgrammePart(programme, shown.get((programme.pk, 1)) or none, targets.get(programme.pk))
        for programme in programmes
    ]


def startable(whole: Programme, *, language: str) -> list[units.UnitRow]:
    """Return units a part may be started in: right below the owner, or chosen for the programme; none that has one."""
    taken = set(Programme.objects.filter(parent=whole, state="open").values_list("owner_id", flat=True))
    unit_rows: dict[int, units.UnitRow] = {}
    for unit_id in scope_units(whole):
        if unit_id == whole.owner_id:
            rows: Sequence[units.UnitRow] = units.children(
                unit_id, whole.hierarchy, language=language, limit=MOST_UNITS
            ).rows
        else:
            rows = [units.row_of_unit(unit_id, whole.hierarchy)]
        unit_rows |= {row.id: row for row in rows if row.id not in taken and row.closed_on is None}
    return list(unit_rows.values())
