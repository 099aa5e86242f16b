"""News that must travel upwards (people merged, unit closed): a frozen dataclass, told in the same transaction.

Subscribers are registered in their room's AppConfig.ready(). A search for the name of the news finds them.
"""

from collections import defaultdict
from collections.abc import Callable
from typing import Any, TypeVar

News = TypeVar("News")
_subscribers: dict[type, list[Callable[[Any], object]]] = defaultdict(list)


def subscribe(kind: type[News], hear: Callable[[News], object]) -> None:
    """Have `hear` called for news of this kind, inside the teller's transaction."""
    if hear not in _subscribers[kind]:
        _subscribers[kind].append(hear)


def tell(news: object) -> None:
    """Tell every subscriber of this kind of news; an error in one undoes the act that told it."""
    for hear in _subscribers[type(news)]:
        hear(news)


def subscribers() -> dict[type, list[Callable[[Any], object]]]:
    """Return who listens to what (for docs and their test)."""
    return dict(_subscribers)
