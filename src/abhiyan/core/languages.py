"""Languages the public reads besides Hindi and English: one file each (docs/languages.md).

They lie in ABHIYAN_LANGUAGES as `pages.languages.add_language` has put them there, after its checks, and are read once
by a process. Office-bearers read Hindi or English (settings.LANGUAGES). A text that a language lacks is shown in its
`otherwise`.
"""

import os
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from . import environment

# The Eighth Schedule of the Constitution: ISO 639, its English name. Hindi and English come with Abhiyan.
SCHEDULE = {
    "as": "Assamese",
    "bn": "Bengali",
    "brx": "Bodo",
    "doi": "Dogri",
    "gu": "Gujarati",
    "kn": "Kannada",
    "ks": "Kashmiri",
    "kok": "Konkani",
    "mai": "Maithili",
    "ml": "Malayalam",
    "mni": "Manipuri",
    "mr": "Marathi",
    "ne": "Nepali",
    "or": "Odia",
    "pa": "Punjabi",
    "sa": "Sanskrit",
    "sat": "Santali",
    "sd": "Sindhi",
    "ta": "Tamil",
    "te": "Telugu",
    "ur": "Urdu",
}
OWN = {"hi": "हिंदी", "en": "English"}
UNREVIEWED = "Nobody has reviewed this translation yet."  # beside the same in its language
FILE = "language.toml"
Table = Mapping[str, Any]


@dataclass(frozen=True, eq=False)
class Language:
    """One language's file. name: its own; otherwise: "hi" or "en"; mark: says in it that nobody has reviewed it.

    replies: texts of messages by code; words: by which people answer, as in messaging's words.toml; notice: as in
    people's standard_notice.toml; pages: English -> what pages say, within a table of its name where it has a context.
    """

    code: str
    name: str
    otherwise: str
    mark: str
    reviewed_by: str = ""
    reviewed_on: date | None = None
    replies: Table = field(default_factory=dict)
    words: Table = field(default_factory=dict)
    notice: Table = field(default_factory=dict)
    pages: Table = field(default_factory=dict)

    @property
    def is_reviewed(self) -> bool:
        return self.reviewed_on is not None

    @property
    def is_mirrored(self) -> bool:
        """Return True if it is written from the right: by the letters of its own name, for some have two scripts."""
        return unicodedata.bidirectional(self.name[0]) in ("R", "AL")


def read_language(text: str) -> Language:
    """The language of a file. Raises ValueError, TypeError or KeyError where it has not the shape of one."""
    return Language(**tomllib.loads(text))


def languages_folder() -> Path:
    """Return where the files lie: below it, CODE/language.toml and the compiled words of pages, as Django looks for
    them."""
    return environment.LANGUAGES()


def added_languages() -> Mapping[str, Language]:
    """The languages of this installation by code, besides Hindi and English. Raises WrongSetting for a broken file."""
    return _known(
        *(os.environ.get(setting.name, "") for setting in (environment.LANGUAGES, environment.HOME))
    )


def read_again() -> None:
    """A file has come: this process reads them once more."""
    _known.cache_clear()


@cache
def _known(*_settings: str) -> Mapping[str, Language]:
    """Kept by what `languages_folder` depends on: to ask the disk where it lies costs more than many a page's query."""
    languages = {}
    for path in sorted(languages_folder().glob(f"*/{FILE}")):
        try:
            languages[path.parent.name] = read_language(path.read_text("utf-8"))
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise environment.WrongSetting(
                f"{path} cannot be read ({error}): add the language's file again with `abhiyan language add`"
            ) from None
    return MappingProxyType(languages)


def public_languages() -> dict[str, str]:
    """Every language the public may read, by code, each by its own name; Hindi first."""
    return OWN | {code: language.name for code, language in added_languages().items()}


def own_language_name(code: str) -> str:
    """A language's own name; the code of one that is not offered any more."""
    return public_languages().get(code, code)


def otherwise(code: str) -> str:
    """In which language stands what a language lacks."""
    return added_languages()[code].otherwise if code in added_languages() else "hi"


def mirrored() -> list[str]:
    """Those written from the right."""
    return [code for code, language in added_languages().items() if language.is_mirrored]


def unreviewed_words(code: str) -> str:
    """Return the words that say, in a language, that nobody has reviewed its translation; "" where somebody has."""
    language = added_languages().get(code)
    return language.mark if language and not language.is_reviewed else ""


def texts_in_languages() -> dict[tuple[str, str], str]:
    """Texts of messages in them: (template code, language) -> text."""
    return {
        (code, language): text
        for language, one in added_languages().items()
        for code, text in one.replies.items()
    }
