"""Pages that rooms above keep for programmes of their kind: a programme's page links to its own one."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.utils.functional import Promise

_PAGES: dict[str, tuple[str, str | Promise]] = {}


def register(kind: str, url_name: str, label: str | Promise) -> None:
    """Programmes of this kind have a page of their own under a URL name that takes the programme's public id."""
    _PAGES[kind] = (url_name, label)


def page_of(kind: str) -> tuple[str, str | Promise] | None:
    """URL name and label, or None."""
    return _PAGES.get(kind)


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a room above. capability: who may open it."""

    url_name: str
    label: str | Promise
    capability: str


_BESIDE: list[Page] = []
_NEEDS: dict[str, tuple[Page, str | Promise, Callable[[], bool]]] = {}


def register_beside(page: Page) -> None:
    """A page that belongs to programmes as a whole: their list links to it."""
    _BESIDE.append(page)


def beside() -> list[Page]:
    """Pages the list of programmes links to."""
    return list(_BESIDE)


def register_need(kind: str, page: Page, text: str | Promise, is_lacking: Callable[[], bool]) -> None:
    """Programmes of a kind cannot be made while something is lacking; `page` is where it is done."""
    _NEEDS[kind] = (page, text, is_lacking)


def needs(kinds: Iterable[str]) -> list[tuple[Page, str | Promise]]:
    """What is lacking for programmes of these kinds, and where it is done."""
    found = [_NEEDS[kind] for kind in sorted(set(kinds)) if kind in _NEEDS]
    return [(page, text) for page, text, is_lacking in found if is_lacking()]
