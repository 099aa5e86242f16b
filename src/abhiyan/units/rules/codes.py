"""Allow a unit only a code that comes back out of an address, /units/CODE/, as it went in."""

import re

from .levels import RESERVED

# Read alike by Python and by PostgreSQL. Its ends are no dots: "." and ".." are steps in an address.
PATTERN = r"^[A-Za-z0-9_]([A-Za-z0-9_.-]{0,62}[A-Za-z0-9_])?$"
_CODE = re.compile(PATTERN[1:-1])


def is_unit_code(text: str) -> bool:
    """Return True if a unit may have this code."""
    return _CODE.fullmatch(text) is not None and text != RESERVED
