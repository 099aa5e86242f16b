"""Items that a random back-check found genuine or not, once its frame is closed. A room above answers."""

from collections.abc import Callable, Mapping
from uuid import UUID

Concluded = Callable[[int, int], Mapping[UUID, bool]]
_answers: list[Concluded] = []


def answer_concluded(ask: Concluded) -> None:
    """Register what a room above says its checks found: (programme, measure) -> public id of an item, and if it
    was genuine."""
    _answers[:] = [ask]


def concluded_items(programme_id: int, measure: int) -> dict[UUID, bool]:
    """Return the checked items of one measure. In a system scope.

    Readers show sums alone: an item and its answer belong to its verifier.
    """
    return {item: is_genuine for ask in _answers for item, is_genuine in ask(programme_id, measure).items()}
