"""The links from a unit's page into the rooms."""

from datetime import datetime

from abhiyan.core.rooms import modules, offered
from abhiyan.org.viewer import Viewer
from abhiyan.ui.room_links import RoomLink
from abhiyan.units.queries import UnitRow


def all_unit_links(viewer: Viewer, unit: UnitRow, *, at: datetime) -> list[RoomLink]:
    """Return the links that rooms offer a unit's page, by their rank and the order of the rooms."""
    links = [link for unit_links in offered("unit_links") for link in unit_links(viewer, unit, at=at)]
    return sorted(links, key=lambda link: link.rank)


def first_unit_links(viewer: Viewer, unit: UnitRow, *, at: datetime) -> list[RoomLink]:
    """Return the links that a leader needs first, by their rank.

    They are of rooms whose `offers.py` has a LINK_RANK: these yield that link first, and read nothing for it.
    """
    ranked = [
        (module.LINK_RANK, next(module.unit_links(viewer, unit, at=at), None))
        for _config, module in modules("offers")
        if hasattr(module, "LINK_RANK")
    ]
    first_links = [link for rank, link in ranked if link is not None and link.rank == rank]
    return sorted(first_links, key=lambda link: link.rank)
