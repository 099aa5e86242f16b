"""Pages that rooms above keep for programmes of their kind: a programme's page links to its own one."""

from django.utils.functional import Promise

_PAGES: dict[str, tuple[str, str | Promise]] = {}


def register(kind: str, url_name: str, label: str | Promise) -> None:
    """Programmes of this kind have a page of their own under a URL name that takes the programme's public id."""
    _PAGES[kind] = (url_name, label)


def page_of(kind: str) -> tuple[str, str | Promise] | None:
    """URL name and label, or None."""
    return _PAGES.get(kind)
