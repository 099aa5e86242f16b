"""Bulk texts and what a send of them comes to (law.md T1, T5, E2)."""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from . import texts

LONGEST_VALUE = 200  # characters that fill a variable.
CARRIED = 30  # characters of one variable that carriers let through; a longer one may stop the whole message.
GREW_PCT = 10  # an audience that grew by more since it was approved must be approved again.
OURS = frozenset({"organisation", "stop"})  # variables we fill: who sends, and the number that stops messages
PREFIX = "bulk."
_ID = re.compile(r"[0-9]{10,25}")  # ids of entities and templates on DLT: nineteen digits today
_HEADER = re.compile(r"[A-Za-z0-9]{3,11}")
_SHAPE = re.compile(r"[^{}\[\]]*(\{[a-z_]{1,30}\}[^{}\[\]]*)*")
# Control signs, and signs that turn the direction of the text behind them: an approver would read another text.
_HIDDEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_STOP = re.compile(r"\{stop\}|\bSTOP\b")


@dataclass(frozen=True, slots=True)
class Certificate:
    """The authority that looks at political messages certifies a text: number, first and last day, hash of the text it
    saw."""

    number: str
    begins_on: date | None
    ends_on: date | None
    sha256: str

    def covers(self, text: str, on: date) -> bool:
        """Return True if it allows exactly this text on a day."""
        return bool(
            self.number
            and self.begins_on
            and self.ends_on
            and self.begins_on <= on <= self.ends_on
            and self.sha256 == sha256(text)
        )


def sha256(text: str) -> str:
    """Return the hash of the exact text in UTF-8, as 64 hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()


def is_id(given: str) -> bool:
    """Return True if it has the shape of a DLT id."""
    return _ID.fullmatch(given) is not None


def is_header(given: str) -> bool:
    """Return True if it has the shape of a sender's name."""
    return _HEADER.fullmatch(given) is not None


def bulk_text_fault(text: str) -> str:
    """Return the fault of a bulk text: "hidden" (a sign nobody sees), "shape" (a brace or bracket out of place),
    "sender", "stop"; "" for none."""
    if _HIDDEN.search(text.replace("\r\n", "\n")):
        return "hidden"
    if not _SHAPE.fullmatch(text):
        return "shape"
    if "organisation" not in texts.blanks(text):
        return "sender"
    return "" if _STOP.search(text) else "stop"


def is_filling(value: str) -> bool:
    """Return True if it may fill a variable: something, short, and nothing hidden."""
    return bool(value.strip()) and len(value) <= LONGEST_VALUE and not _HIDDEN.search(value)


def too_long(given: Mapping[str, str]) -> list[tuple[str, int]]:
    """The variables that carriers may refuse, each with the length of its value."""
    return [(name, len(value)) for name, value in given.items() if len(value) > CARRIED]


def variables(text: str) -> list[str]:
    """Return the variables that somebody fills in for a send, in the order of the text."""
    names = re.findall(r"\{([a-z_]+)\}", text)
    return [name for name in dict.fromkeys(names) if name not in OURS]


def has(text: str, names: Iterable[str]) -> bool:
    """Return True if each of these is a variable that somebody fills in."""
    return set(variables(text)).issuperset(names)


def bulk_text_code(key: str, version: int) -> str:
    """Under which code the templates of a bulk text stand."""
    return f"{PREFIX}{key}.{version}"


def bulk_text_key(code: str) -> str:
    """Return the key that all versions of a bulk text share."""
    return code.removeprefix(PREFIX).rpartition(".")[0]


def print_of(what: Mapping[str, Any]) -> str:
    """One hash of everything that is approved: nothing else may be sent by that approval."""
    return sha256(json.dumps(what, sort_keys=True, ensure_ascii=False, default=str))


def has_grown(*, was: int, now: int) -> bool:
    """Return True if the audience is larger than what was approved by more than a tenth."""
    return now * 100 > was * (100 + GREW_PCT)


def room_to_queue(*, per_hour: int, since_s: float) -> int:
    """Return how many phones may be queued now, when some were queued `since_s` seconds ago: at most a minute's
    worth."""
    return int(per_hour * min(since_s, 60.0) / 3600)


def rupees(parts: int, *, paise: int) -> float:
    """Return what parts cost."""
    return parts * paise / 100


def language_for(wanted: str, offered: Iterable[str], usual: str) -> str:
    """The language of somebody's message: theirs, else the installation's, else the first there is."""
    languages = sorted(offered)
    return next(
        (language_code for language_code in (wanted, usual) if language_code in languages), languages[0]
    )
