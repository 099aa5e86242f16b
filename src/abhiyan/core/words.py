"""The language in force, and names that are kept in several."""

from collections.abc import Mapping

from django.utils.translation import get_language


def language() -> str:
    """The language of this page or message: "hi", "en"."""
    return (get_language() or "en").partition("-")[0]


def named(names: Mapping[str, str], in_language: str = "") -> str:
    """A name in a language (the one in force), else in English, else in any."""
    return names.get(in_language or language()) or names.get("en") or next(iter(names.values()), "")
