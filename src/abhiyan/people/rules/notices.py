"""Name what a notice must say (DPDP Rules 2025, rule 3; Act s.5), and the marked sample an installation begins with."""

import tomllib
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LONGEST_SHORT = 300  # characters of the short text: it goes out by SMS, part by part.
# These parts say: who collects, what data, for which purposes, withdrawing, rights, the Board, who answers.
REQUIRED = ("who", "data", "purposes", "withdraw", "rights", "board", "contact")


@dataclass(frozen=True, slots=True)
class Section:
    """One part of a notice. key: of REQUIRED, or any other for what is said besides."""

    key: str
    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class NoticeText:
    """A notice in one language. short: for the first reply to a call or an SMS."""

    title: str
    sections: Sequence[Section]
    short: str


def missing_sections(text: NoticeText) -> list[str]:
    """Keys of required sections that are absent or empty."""
    section_keys = {
        section.key for section in text.sections if section.heading.strip() and section.text.strip()
    }
    lacking = [key for key in REQUIRED if key not in section_keys]
    return lacking + ([] if text.title.strip() else ["title"]) + ([] if text.short.strip() else ["short"])


def other_than(published_by: str, organisation: str) -> str:
    """Return the organisation that published a notice if it is another than the present one, else "".

    A notice without such a name, as a sample, passes. Case, spaces and ways to encode a letter make no
    difference. Joining waits while a drive's notice is another's: people would agree with somebody they do not read of
    on the page.
    """
    return published_by if published_by and _folded(published_by) != _folded(organisation) else ""


def does_name(texts: Iterable[NoticeText], organisation: str) -> bool:
    """Return True if a notice names the organisation in one of its languages. Each may write the name its own way."""
    wanted = _folded(organisation)
    return any(
        wanted in _folded(" ".join([text.title, *(section.text for section in text.sections)]))
        for text in texts
    )


def renamed_notice(text: NoticeText, before: str, now: str) -> NoticeText:
    """A notice with the organisation's present name in place of the one before, to begin the next version with."""
    sections = [
        Section(part.key, part.heading.replace(before, now), part.text.replace(before, now))
        for part in text.sections
    ]
    return NoticeText(text.title.replace(before, now), sections, text.short.replace(before, now))


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


def of_file(said: Mapping[str, Any]) -> NoticeText:
    """A notice as files say it: its title, its short text, and each part beneath its key. Other keys are not of the
    notice itself."""
    parts = tuple(Section(key, **part) for key, part in said.items() if isinstance(part, Mapping))
    return NoticeText(title=said["title"], short=said["short"], sections=parts)


def shipped(file: str) -> dict[str, dict[str, Any]]:
    """A file of notices beside this one, by language."""
    return tomllib.loads((Path(__file__).parent / file).read_text("utf-8"))


SAMPLE = {language: of_file(notice_toml) for language, notice_toml in shipped("sample_notice.toml").items()}
