"""Addresses of pages by their names, each looked up once: a page has a dozen, and Django tries its patterns each
time."""

from collections.abc import Hashable
from functools import lru_cache

from django.conf import settings
from django.urls import get_urlconf, reverse

MOST = 4_096  # kept by a process


def address_of(name: str, *of: Hashable) -> str:
    """The address of the page of this name, of what it takes. NoReverseMatch where there is none."""
    return _address_of(name, of, get_urlconf() or settings.ROOT_URLCONF)


@lru_cache(maxsize=MOST)
def _address_of(name: str, of: tuple[Hashable, ...], urlconf: str) -> str:
    return reverse(name, args=of, urlconf=urlconf)
