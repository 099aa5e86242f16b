"""What jsonb comes as."""

import json
from typing import Any


def decoded(value: Any) -> Any:
    """What a jsonb column holds: it comes as text through Django's own cursor, else as it is."""
    return json.loads(value) if isinstance(value, str) else value


def named(value: Any) -> dict[str, str]:
    """Names, or facts, from a jsonb column."""
    names: dict[str, str] = decoded(value)
    return names
