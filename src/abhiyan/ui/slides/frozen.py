"""Slides as they are kept: as they were made, but of what is somebody's only where it is read from."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from datetime import date
from typing import Any

from . import said
from .said import Grid, Mention, Slide

Read = Callable[[set[tuple[str, str]]], Mapping[tuple[str, str], str]]


def frozen_slides(slides: Sequence[Slide]) -> list[Any]:
    """Return slides as JSON. A `Mention` keeps its kind and key, never its words."""
    return [_kept(slide) for slide in slides]


def thawed(kept: Sequence[Any], read: Read) -> list[Slide]:
    """Return slides from JSON. read: the words behind mentions, by kind and key.

    A row whose words are gone goes too, and a table without rows is no slide.
    """
    slides = [_made(slide_json) for slide_json in kept]
    words = read({(cell.kind, cell.key) for slide in slides for cell in _mentions(slide)})
    return [found for slide in slides if (found := _with_words(slide, words)) is not None]


def _mentions(slide: Slide) -> Iterator[Mention]:
    if isinstance(slide.body, Grid):
        yield from (cell for row in slide.body.rows for cell in row if isinstance(cell, Mention))


def _with_words(slide: Slide, words: Mapping[tuple[str, str], str]) -> Slide | None:
    if not isinstance(slide.body, Grid) or not any(True for _each in _mentions(slide)):
        return slide

    def cell(text: str) -> str:
        return words.get((text.kind, text.key), "") if isinstance(text, Mention) else text

    kept = [row for row in slide.body.rows if all(map(_is_there(words), row))]
    rows = tuple(tuple(map(cell, row)) for row in kept)
    return replace(slide, body=replace(slide.body, rows=rows)) if rows else None


def _is_there(words: Mapping[tuple[str, str], str]) -> Callable[[str], bool]:
    return lambda text: not isinstance(text, Mention) or bool(words.get((text.kind, text.key)))


def _kept(value: Any) -> Any:
    if isinstance(value, Mention):
        return {"@": "Mention", "kind": value.kind, "key": value.key}
    if is_dataclass(value) and not isinstance(value, type):
        return {"@": type(value).__name__} | {
            field.name: _kept(getattr(value, field.name)) for field in fields(value)
        }
    if isinstance(value, list | tuple):
        return [_kept(value_kept) for value_kept in value]
    if isinstance(value, Mapping):
        return {key: _kept(member) for key, member in value.items()}
    if isinstance(value, date):
        return {"@": "date", "day": value.isoformat()}
    return value if value is None or isinstance(value, bool | int | float) else str(value)


def _made(kept: Any) -> Any:
    """Return a value from JSON. A field that its class no longer has is left out."""
    if isinstance(kept, list):
        return tuple(map(_made, kept))
    if not isinstance(kept, dict):
        return kept
    match kept.get("@"):
        case None:
            return {key: _made(value_kept) for key, value_kept in kept.items()}
        case "Mention":
            return Mention("", kept["kind"], kept["key"])
        case "date":
            return date.fromisoformat(kept["day"])
        case name:
            made = getattr(said, name)
            field_names = {field.name for field in fields(made)}
            return made(**{key: _made(value_kept) for key, value_kept in kept.items() if key in field_names})
