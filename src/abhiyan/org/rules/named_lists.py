"""A list with names as a file: which list, and how it is narrowed. Typed words are never kept of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

ACT = "lists.export"
TYPED = frozenset({"q", "name", "matching"})  # words people type to find somebody, on every page called alike
NO_PART = frozenset({"format", "page", "after"})  # these parts do not choose rows


@dataclass(frozen=True, slots=True)
class NamedList:
    """One list: the address of its page, and what narrows and orders it."""

    path: str
    asked: tuple[tuple[str, str], ...]

    @property
    def href(self) -> str:
        return f"{self.path}?{urlencode(self.asked)}" if self.asked else self.path

    @property
    def is_typed(self) -> bool:
        """Return True if words somebody typed are in it."""
        return any(name in TYPED for name, _value in self.asked)

    def said(self) -> dict[str, object]:
        """As a request keeps it."""
        return {"path": self.path, "asked": [list(pair) for pair in self.asked]}


def wanted(path: str, asked: Iterable[tuple[str, str]]) -> NamedList:
    """The list at an address."""
    return NamedList(path, tuple(sorted(pair for pair in asked if pair[1] and pair[0] not in NO_PART)))
