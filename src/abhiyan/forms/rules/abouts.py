"""Pages of things that other rooms ask a form about: there it is filled in, accepted or returned."""

from collections.abc import Callable
from datetime import datetime

Page = Callable[[str, datetime], str]
_PAGES: dict[str, Page] = {}


def register(kind: str, page: Page) -> None:
    """Name the page of a kind of thing. page: its address by the thing's id; "" where the viewer has none."""
    _PAGES[kind] = page


def about_page(about: tuple[str, str], *, at: datetime) -> str:
    """The address of the page where a submission is decided; "" where it has none for the viewer."""
    kind, own_id = about
    return _PAGES[kind](own_id, at) if kind in _PAGES else ""
