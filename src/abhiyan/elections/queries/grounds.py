"""Which unit answers for a state, or for all of them: whoever has authority there speaks for that ground."""

from collections.abc import Iterable

from abhiyan.elections import known
from abhiyan.elections.models import Election, Kind
from abhiyan.units.models import Unit

from .listing import states_of


def units_of_states() -> dict[str, int]:
    """Code of the Election Commission -> the unit that is this state; "" -> the nation. One query."""
    found: dict[str, int] = {}
    rows = Unit.objects.filter(kind__in=("nation", "state"), closed_on=None).order_by("pk")
    for pk, kind, code, names in rows.values_list("pk", "kind", "code", "names"):
        eci = "" if kind == "nation" else known.state_of(code) or known.state_of(names.get("en", ""))
        if eci is not None:
            found.setdefault(eci, pk)
    return found


def ground_of(of: Election, state: str) -> str:
    """The state a row of an election is about: the one it names; all ("") of an assembly election held in one state
    are that state."""
    if state or of.kind != Kind.ASSEMBLY:
        return state
    there = states_of(of)
    return there[0] if len(there) == 1 else ""


def grounds_of(of: Election, states: Iterable[str]) -> dict[str, int]:
    """state -> the unit that answers for a row about it: the state's; the nation's, where the state is no unit here,
    and for all of them. Without a nation nobody answers for those, and they are left out. At most two queries."""
    units = units_of_states()
    nation = units.get("")
    found = {state: units.get(ground_of(of, state), nation) for state in states}
    return {state: unit_id for state, unit_id in found.items() if unit_id is not None}
