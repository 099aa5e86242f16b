"""What a rung counts in programmes of a kind: said by the room whose activity posts to it."""

from collections.abc import Mapping

from django.utils.functional import Promise

Meanings = Mapping[str, str | Promise]

_MEANINGS: dict[str, Meanings] = {}


def register(kind: str, meanings: Meanings) -> None:
    """Rungs (ui.ladder.RUNGS) of programmes of this kind, in the words of their activity; others keep the general."""
    _MEANINGS[kind] = meanings


def of(kind: str) -> Meanings:
    """Rung -> what it counts in programmes of this kind; what nobody has said is left out."""
    return _MEANINGS.get(kind, {})
