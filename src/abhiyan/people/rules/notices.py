"""What a notice must say (DPDP Rules 2025, rule 3; Act s.5), and the marked sample an installation begins with."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

# Who collects, what data, for which purposes, withdrawing, one's rights, complaining to the Board, who answers.
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


def missing(text: NoticeText) -> list[str]:
    """Keys of required sections that are absent or empty."""
    said = {section.key for section in text.sections if section.heading.strip() and section.text.strip()}
    lacking = [key for key in REQUIRED if key not in said]
    return lacking + ([] if text.title.strip() else ["title"]) + ([] if text.short.strip() else ["short"])


def shipped(file: str) -> dict[str, NoticeText]:
    """The notice in a file beside this one, by language: its title, its short text, and each part beneath its key."""
    read = tomllib.loads((Path(__file__).parent / file).read_text("utf-8"))
    return {
        language: NoticeText(
            title=said.pop("title"),
            short=said.pop("short"),
            sections=tuple(Section(key, **part) for key, part in said.items()),
        )
        for language, said in read.items()
    }


SAMPLE = shipped("sample_notice.toml")
