"""Find the unit that answers for a state, or for all of them: authority there is authority over that ground."""

from collections.abc import Iterable

from abhiyan.elections import reference
from abhiyan.elections.models import Election, ElectionKind
from abhiyan.units import queries as units
from abhiyan.units.rules import levels

from .listing import states_contested

MOST = 200  # there are thirty-six states


def units_of_states() -> dict[str, int]:
    """Code of the Election Commission -> the unit that is this state; "" -> the nation. The first tree with any
    decides.

    Two queries as a rule.
    """
    unit_ids: dict[str, int] = {}
    for hierarchy in levels.HIERARCHIES:
        tops = units.roots(hierarchy)
        rows = [
            unit
            for top in tops
            if top.kind == "nation"
            for unit in units.children(top.id, hierarchy, limit=MOST).rows
        ]
        for row in (*tops, *rows):
            if row.kind == "nation":
                unit_ids.setdefault("", row.id)
            elif row.kind == "state" and (
                eci := reference.eci_code_of(row.code) or reference.eci_code_of(row.name("en"))
            ):
                unit_ids.setdefault(eci, row.id)
        if unit_ids.keys() - {""}:
            break
    return unit_ids


def state_of_unit(unit_id: int) -> str:
    """Return the Election Commission's code of the state a unit is or lies in; "" for the nation, or where the code is
    unknown."""
    for hierarchy in levels.HIERARCHIES:
        for row in units.path_of_unit(unit_id, hierarchy):
            if row.kind == "state":
                return reference.eci_code_of(row.code) or reference.eci_code_of(row.name("en")) or ""
    return ""


def ground_of(election: Election, state: str) -> str:
    """The state a row of an election is about: the one it names; all ("") of an assembly election held in one state
    are that state."""
    if state or ElectionKind(election.kind).level != "ac":
        return state
    there = states_contested(election)
    return there[0] if len(there) == 1 else ""


def grounds_of(election: Election, states: Iterable[str]) -> dict[str, int]:
    """state -> the unit that answers for a row about it: the state's; the nation's, where the state is no unit here,
    and for all of them. Without a nation nobody answers for those, and they are left out. Few queries."""
    by_state = units_of_states()
    nation = by_state.get("")
    ground_ids = {state: by_state.get(ground_of(election, state), nation) for state in states}
    return {state: unit_id for state, unit_id in ground_ids.items() if unit_id is not None}
