"""The standard notice an organisation begins its own with, and a notice as one text that people write and read.

As one text, it has the title first, then each part beneath its heading. A heading is a line that begins with #. Square
brackets mark text that only the organisation knows; while any is left the notice is not to be published.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from abhiyan.core import languages

from .notices import SAMPLE, NoticeText, Section, of_file, shipped

_SHIPPED = shipped("standard_notice.toml")
# By the codes of notices that say some parts otherwise than that of members.
_OTHERS = {code: shipped(f"{code}_notice.toml") for code in ("friends", "contributors")}
LANGUAGES = tuple(_SHIPPED)  # in which every notice is written
BLANKS = frozenset({"name", "contact", "page", "by_call"})  # what an installation knows of itself
PHRASES = {"first_reply": set[str](), "no_name": set[str](), "no_contact": set[str](), "by_call": {"leave"}}
NO_NAME = {language: str(notice_toml["no_name"]) for language, notice_toml in _SHIPPED.items()}
_BLANK = re.compile(r"\{([a-z_]+)\}")
_HOLE = re.compile(r"\[[^\[\]]*\]")
OTHER = "more"  # key of a part with a heading of the organisation's own


def notice_languages(code: str = "") -> tuple[str, ...]:
    """In which languages a notice may be written here: those it must be, and those whose file has one to begin with.
    code: of the notice."""
    if code in _OTHERS:
        return LANGUAGES
    return (*LANGUAGES, *(code for code, language in languages.added_languages().items() if language.notice))


def shipped_notice(language: str) -> Mapping[str, Any]:
    """Return the shipped notice of a language, or its file's, unchanged."""
    return _SHIPPED.get(language) or languages.added_languages()[language].notice


def filled_notice(text: str, told: Mapping[str, str]) -> str:
    """A text with its blanks filled, by their names alone: it may come from somebody's file."""
    return _BLANK.sub(lambda blank: told[blank[1]], text)


def _of(code: str, language: str) -> Mapping[str, Any]:
    """Return the shipped notice of a code: those of friends and contributors say some parts otherwise."""
    file = shipped_notice(language)
    if code not in _OTHERS:
        return file
    other = _OTHERS[code][language]
    return {
        key: {**words, **other.get(key, {})} if isinstance(words, Mapping) else other.get(key, words)
        for key, words in file.items()
    }


def standard(
    language: str, *, organisation: str, contact: str, page: str, leave_number: str, code: str = ""
) -> NoticeText:
    """The shipped text with what an installation knows of itself filled in. No number, no promise of one.

    code: of the notice. contact: who answers about people's data. A published version keeps its
    words.
    """
    file = _of(code, language)
    values = {
        "name": organisation or file["no_name"],
        "contact": contact or file["no_contact"],
        "page": page,
        "by_call": filled_notice(file["by_call"], {"leave": leave_number}) if leave_number else "",
    }
    text = of_file(file)
    return NoticeText(
        title=filled_notice(text.title, values),
        sections=[replace(section, text=filled_notice(section.text, values)) for section in text.sections],
        short=text.short,
    )


def notice_as_text(text: NoticeText, language: str) -> str:
    """A notice as one text, for a page with one box per language."""
    parts = [(section.heading, section.text) for section in text.sections]
    parts.append((shipped_notice(language)["first_reply"], text.short))
    return "\n\n".join([text.title, *(f"# {heading}\n{words}" for heading, words in parts)]) + "\n"


def read_notice(typed: str, language: str, *, before: Iterable[Section] = ()) -> NoticeText:
    """Read what somebody wrote, as a notice. before: the parts of the version it began from, whose headings are known
    too.

    Lacking parts are simply not there: `notices.missing_sections` names them.
    """
    keys = _keys(language, before)
    title: list[str] = []
    parts: list[tuple[str, list[str]]] = []
    for line in typed.splitlines():
        if line.lstrip().startswith("#"):
            parts.append((" ".join(line.lstrip(" #\t").split()), []))
        else:
            (parts[-1][1] if parts else title).extend(line.split())
    short = ""
    sections = []
    for heading, words in parts:
        if heading == shipped_notice(language)["first_reply"]:
            short = " ".join(words)
        else:
            sections.append(Section(keys.get(heading, OTHER), heading, " ".join(words)))
    return NoticeText(" ".join(title), sections, short)


def _keys(language: str, before: Iterable[Section]) -> Mapping[str, str]:
    """heading -> key, of the standard text, the sample and the version before."""
    sections = [
        *(SAMPLE[language].sections if language in SAMPLE else ()),
        *of_file(shipped_notice(language)).sections,
        *(section for section in before if section.key),
    ]
    return {" ".join(section.heading.split()): section.key for section in sections}


def heading(key: str, language: str) -> str:
    """How a required part is headed, to name one that is missing."""
    if key == "short":
        return str(shipped_notice(language)["first_reply"])
    sections = of_file(shipped_notice(language)).sections
    return next((section.heading for section in sections if section.key == key), key)


def holes(text: str) -> list[str]:
    """Return what is still to be filled in, in square brackets."""
    return list(dict.fromkeys(_HOLE.findall(text)))


def holes_of(text: NoticeText) -> list[str]:
    """Return each hole in a notice: its title, its short text and its parts."""
    parts = [part for section in text.sections for part in (section.heading, section.text)]
    return holes("\n".join([text.title, text.short, *parts]))


def with_holes_filled(text: NoticeText, words: Mapping[str, str]) -> NoticeText:
    """A notice with words in place of its square brackets. KeyError for brackets that have none."""

    def fill(part: str) -> str:
        return _HOLE.sub(lambda hole: words[hole[0]], part)

    sections = [replace(section, text=fill(section.text)) for section in text.sections]
    return NoticeText(fill(text.title), sections, fill(text.short))
