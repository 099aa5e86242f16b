"""Ask every room what the pages that gather need: a function of a module of the same name, where the room has one."""

from datetime import datetime

from abhiyan.core.rooms import modules, offered_functions
from abhiyan.org.viewer import Viewer
from abhiyan.ui.doors import Door
from abhiyan.units.queries import UnitRow


def offered_doors(viewer: Viewer, *, at: datetime, unit: UnitRow | None = None, text: str = "") -> list[Door]:
    """Return the ways from a unit's page, or from search, into the rooms, by their rank and the order of the rooms."""
    doors_here = [
        door for offer in offered_functions("doors") for door in offer(viewer, at=at, unit=unit, text=text)
    ]
    return sorted(doors_here, key=lambda door: door.rank)


def first_doors(viewer: Viewer, *, at: datetime, unit: UnitRow) -> list[Door]:
    """Return the ways that a leader needs first, by their rank.

    They are of rooms whose `doors.py` has a RANK: these yield that way first, and read nothing for it.
    """
    ranked = [
        (module.RANK, next(module.doors(viewer, at=at, unit=unit), None))
        for _config, module in modules("doors")
        if hasattr(module, "RANK")
    ]
    first_rank = [door for rank, door in ranked if door is not None and door.rank == rank]
    return sorted(first_rank, key=lambda door: door.rank)
