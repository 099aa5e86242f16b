"""Names in the order people count in: "Village 2" before "Village 10"."""

import re

_NUMBER = re.compile(r"\d+")


def natural(name: str) -> str:
    """A key to sort names by: numbers by their size, all else letter by letter."""
    return _NUMBER.sub(lambda found: f"{int(found[0]):020d}", name[:400])
