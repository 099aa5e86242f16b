"""What the pages that gather ask of every room: a function of a module of the same name, where the room has one."""

from datetime import datetime

from abhiyan.core.rooms import offered
from abhiyan.org.viewer import Viewer
from abhiyan.ui.doors import Door
from abhiyan.units.queries import UnitRow


def doors(viewer: Viewer, *, at: datetime, unit: UnitRow | None = None, text: str = "") -> list[Door]:
    """Return the ways from a unit's page, or from search, into the rooms, by their rank and the order of the rooms."""
    found = [door for each in offered("doors") for door in each(viewer, at=at, unit=unit, text=text)]
    return sorted(found, key=lambda door: door.rank)
