"""Which kinds of unit right below an office's own it looks after: what is late there is its work."""

from collections.abc import Mapping

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
