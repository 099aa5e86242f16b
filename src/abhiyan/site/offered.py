"""What the pages that gather ask of every room: a function of a module of the same name, where the room has one."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from abhiyan.core import rooms
from abhiyan.org.viewer import Viewer
from abhiyan.ui.doors import Door
from abhiyan.units.queries import UnitRow


def offered(name: str) -> list[Callable[..., Any]]:
    """The functions of a name of all installed rooms, the lowest floor first: `owed` of abhiyan.org.owed, and so on."""
    return [getattr(module, name) for _config, module in rooms.modules(name) if hasattr(module, name)]


def doors(viewer: Viewer, *, at: datetime, unit: UnitRow | None = None, text: str = "") -> list[Door]:
    """The ways from a unit's page, or from search, into the rooms."""
    return [door for each in offered("doors") for door in each(viewer, at=at, unit=unit, text=text)]
