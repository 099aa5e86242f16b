"""Describe a list: its fields, their names in Hindi and English, and what a good cell holds."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, Self

from django.utils.functional import Promise

from .sensitive import sensitive


class CellKind(StrEnum):
    """How a cell is cleaned, and the Python value it becomes (blank is always None)."""

    TEXT = "text"  # str, NFC, one line unless the field is multiline
    NAME = "name"  # str: letters needed, no long numbers, no links
    CODE = "code"  # str: an identifier; digits of any script become ASCII
    INTEGER = "integer"  # int
    DECIMAL = "decimal"  # float
    YEAR = "year"  # int, four digits
    DATE = "date"  # datetime.date; day first, unless the column shows that the month is
    PIN = "pin"  # str, six digits
    PHONE = "phone"  # whatever the caller's normaliser returns
    CHOICE = "choice"  # str: the key of the choice


# Headers of two columns that nearly every list has, as offices write them; for `also`.
PHONES = (
    "mobile, mobile number, phone number, contact number, mob, ph, cell, whatsapp, whatsapp number, मोबाइल, "
    "मोबाइल नंबर, मो, दूरभाष, संपर्क, संपर्क नंबर, संपर्क सूत्र, व्हाट्सएप, व्हाट्सएप नंबर"
)
NAMES = "full name, person, person name, व्यक्ति का नाम, मतदाता का नाम, श्री/श्रीमती, श्रीमान/श्रीमती"
# For a year of birth: `born` of the list makes the year.
AGES = (
    "age, age in years, age years, umar, umr, ayu, आयु, उम्र, उमर, आयु वर्ष, उम्र वर्ष, वय, voter age, मतदाता की आयु"
)
LONGEST = 10_000  # characters; cells of any kind above this are never kept


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a list.

    key: for machines. en, hi: the header as we write it. also: other headers people use, between commas,
    the better ones first.
    least, most: bounds of the value (INTEGER, DECIMAL, YEAR, DATE), inclusive.
    ahead_days: how far ahead a day may lie that is written with a year of two digits (DATE).
    choices: value -> spellings accepted besides the value itself (CHOICE).
    needed: in which rows it must stand though not in all of them, for people ("needed for a new unit").
    is_never_zero: a 0 there means that nobody knows the number, so it is refused.
    instead: keys of fields that may replace it; the list's room refuses rows that have none of them.
    """

    key: str
    en: str
    hi: str
    also: str = ""
    kind: CellKind = CellKind.TEXT
    required: bool = False
    max_length: int = 200
    least: int | float | date | None = None
    most: int | float | date | None = None
    ahead_days: int = 0
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    multiline: bool = False
    needed: str | Promise = ""
    instead: tuple[str, ...] = ()
    is_never_zero: bool = False

    def __post_init__(self) -> None:
        if not 0 < self.max_length <= LONGEST:
            raise ValueError(f"{self.key}: max_length is 1 to {LONGEST}")
        if (self.kind is CellKind.CHOICE) != bool(self.choices):
            raise ValueError(f"{self.key}: choices belong to the kind CHOICE, and to no other")
        for name in self.names():
            if sensitive(name):
                raise ValueError(f"{self.key}: “{name}” is a header we never read ({sensitive(name)})")

    def names(self) -> Iterator[str]:
        """Every header that means this field."""
        yield self.en
        yield self.hi
        yield self.key.replace("_", " ")
        yield from self.also_called

    @property
    def is_in_each_row(self) -> bool:
        """Return True if a row without it is refused, whatever else the row holds."""
        return self.required and not self.instead

    @property
    def also_called(self) -> list[str]:
        """`also`, one by one."""
        return self.also.split(", ") if self.also else []

    def label(self, language: str) -> str:
        """The field's name in a language, Hindi or else English."""
        return self.hi if language.startswith("hi") else self.en


@dataclass(frozen=True, slots=True)
class Layout:
    """A list we read. `personal`: its rows are about people, so samples shown before the import are masked."""

    key: str
    fields: tuple[Field, ...]
    personal: bool = True

    def __post_init__(self) -> None:
        if len({f.key for f in self.fields}) != len(self.fields):
            raise ValueError(f"{self.key}: a field key stands twice")
        if not any(f.required for f in self.fields):
            # Else a blank row would look like any row.
            raise ValueError(f"{self.key}: at least one field must be required")

    def field(self, key: str) -> Field | None:
        """The field of that key; None for "" (the row as a whole) and for what the list does not have."""
        return next((f for f in self.fields if f.key == key), None)

    def lacking(self, mapping: Mapping[str, int]) -> list[Field]:
        """Return the required fields that a mapping leaves out, with all that may replace them."""
        return [f for f in self.fields if f.required and not {f.key, *f.instead} & mapping.keys()]

    def to_json(self) -> dict[str, Any]:
        """Return what a reader in the pool needs to know its columns, without bounds of values and words for people."""
        names = ("key", "en", "hi", "also", "kind", "required", "choices", "multiline", "instead")
        fields = [{name: getattr(one, name) for name in names} for one in self.fields]
        return {"key": self.key, "personal": self.personal, "fields": fields}

    @classmethod
    def from_json(cls, given: dict[str, Any]) -> Self:
        """The same again."""
        fields = tuple(
            Field(**{**field_json, "kind": CellKind(field_json["kind"])}) for field_json in given["fields"]
        )
        return cls(given["key"], fields, personal=given["personal"])

    def headers(self, language: str) -> list[str]:
        """The header row of an empty list to fill in."""
        return [f.label(language) for f in self.fields]
