"""The programmes whose numbers serve another one. A room above says it, for messages know no drives."""

from collections.abc import Callable, Sequence

_answers: list[Callable[[int], Sequence[int]]] = []


def answer_whose_numbers(answer: Callable[[int], Sequence[int]]) -> None:
    """Have `answer` (id) say the ids of the programmes whose numbers serve one: its own first, then the drive above."""
    _answers[:] = [answer]


def numbers_serving(programme_id: int) -> Sequence[int]:
    """The programmes whose numbers serve one, the nearest first."""
    return _answers[0](programme_id) if _answers else (programme_id,)
