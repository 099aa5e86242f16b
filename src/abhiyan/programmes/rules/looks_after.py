"""Kinds of unit right below an office's own that it looks after: their late work is its work."""

from collections.abc import Mapping

from abhiyan.org.rules.capabilities import LEADS, REPRESENTS

# Today names the units right below that are behind to who holds one of these.
FOLLOWS = frozenset({"programmes.targets", LEADS, REPRESENTS})
LOOKS_AFTER: Mapping[str, tuple[str, ...]] = {
    "nation": ("state",),
    "state": ("region", "district"),
    "region": ("district",),
    "district": ("mandal",),
    "mandal": ("cluster", "booth"),
    "cluster": ("booth",),
    "zone": ("constituency",),
    "constituency": ("segment",),
    "segment": ("booth",),
}
