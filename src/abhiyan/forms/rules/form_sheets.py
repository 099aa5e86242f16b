"""The sheets of an XLSForm by their heads (xlsform.org): what of each is read, and what is named because it is not."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as say
from django.utils.translation import ngettext

from abhiyan.core.numbers import grouped
from abhiyan.imports.tables.cleaning import UNCALCULATED, why_no_value
from abhiyan.imports.tables.reasons import refusal_reason as say_of_file
from abhiyan.imports.tables.words import spaced

SURVEY, CHOICES, SETTINGS = "survey", "choices", "settings"
MOST_SHOWN = 8  # rows that one sentence names
_WORDED = ("label", "hint")
_SPOKEN = {f"{part}{language}" for part in _WORDED for language in ("", " hi", " en")}
_READ = {
    SURVEY: {"type", "name", "required", "relevant", "constraint", "disabled"} | _SPOKEN,
    CHOICES: {"list name", "name", "label", "label hi", "label en"},
    SETTINGS: {"default language"},
}
_SAME = {(CHOICES, "value"): "name"}  # older names of a head
_LANGUAGES = {
    "hi": {"hi", "hin", "hindi", "हिन्दी", "हिंदी"},
    "en": {"en", "eng", "english", "अंग्रेज़ी", "अंग्रेजी", "इंग्लिश"},
}
_PLACES = {"in", "gb", "us", "india", "भारत"}  # "en-IN" is English

Rows = Sequence[tuple[int, Mapping[str, str]]]  # number of the row, and its cells by their heads


@dataclass(frozen=True, slots=True)
class SheetFlaw:
    """A sheet and a row of it are wrong; the text says why."""

    sheet: str
    row: int
    text: str

    def __str__(self) -> str:
        return say("Sheet %(sheet)s, row %(row)s: %(text)s") % {
            "sheet": self.sheet,
            "row": self.row,
            "text": self.text,
        }


@dataclass(frozen=True, slots=True)
class UnreadPart:
    """Something that a sheet says and its form does not do. rows: where, from 1; none where the text says it."""

    sheet: str
    text: str
    rows: tuple[int, ...]

    def __str__(self) -> str:
        if not self.rows:
            return say("Sheet %(sheet)s: %(text)s") % {"sheet": self.sheet, "text": self.text}
        rows_text = ", ".join(str(row) for row in self.rows[:MOST_SHOWN])
        more = len(self.rows) - MOST_SHOWN
        if more > 0:
            rows_text = say("%(rows)s and %(n)s more") % {"rows": rows_text, "n": grouped(more)}
        where = ngettext(
            "Sheet %(sheet)s, row %(rows)s: %(text)s",
            "Sheet %(sheet)s, rows %(rows)s: %(text)s",
            len(self.rows),
        )
        return where % {"sheet": self.sheet, "rows": rows_text, "text": self.text}


@dataclass(frozen=True, slots=True)
class FormSheet:
    """One sheet: its rows by the heads that are read. unread: its other columns. wrong: heads that are refused."""

    name: str
    rows: Rows = ()
    unread: tuple[UnreadPart, ...] = ()
    wrong: tuple[SheetFlaw, ...] = ()


def form_sheet(
    name: str,
    head: Sequence[str],
    body: Iterable[tuple[int, Sequence[str]]],
    *,
    head_row: int = 1,
    besides: Iterable[tuple[str, Mapping[str, object]]] = (),
) -> FormSheet:
    """Read the rows of a sheet by its heads. A column with cells is read, named as unread, or refused; blank ones are
    nothing. A label or hint has the language that its head names. besides: codes and facts of what it holds more."""
    lines = [(row, [cell.strip() for cell in cells]) for row, cells in body]
    width = max([len(head), *(len(cells) for _row, cells in lines)])
    read: dict[int, str] = {}
    unread = [UnreadPart(name, say_of_file(code, facts), ()) for code, facts in besides]
    wrong: list[SheetFlaw] = []
    for index in range(width):
        filled = tuple(row for row, cells in lines if index < len(cells) and cells[index])
        if not filled:
            continue
        title = (
            " ".join(head[index].split())[:60] if index < len(head) and head[index] != UNCALCULATED else ""
        )
        key, is_foreign = _key(name, title)
        if is_foreign:
            why = say(
                "Only Hindi and English are read, as “label::Hindi (hi)”. Take the column “%(head)s” out."
            )
            wrong.append(SheetFlaw(name, head_row, why % {"head": title}))
        elif key in read.values():
            why = say("The column “%(head)s” stands twice. The first is read.")
            unread.append(UnreadPart(name, why % {"head": title}, filled))
        elif key in _READ[name]:
            read[index] = key
            codes = ((row, why_no_value(cells[index])) for row, cells in lines if row in filled)
            wrong += [
                SheetFlaw(name, row, say_of_file(code, {"field": title})) for row, code in codes if code
            ]
        else:
            unread.append(UnreadPart(name, _unread_column(key, title), filled))
    numbered_rows = (
        (row, {key: cells[index] for index, key in read.items() if index < len(cells) and cells[index]})
        for row, cells in lines
    )
    return FormSheet(
        name, [(row, cells) for row, cells in numbered_rows if cells], tuple(unread), tuple(wrong)
    )


def _key(sheet: str, title: str) -> tuple[str, bool]:
    """Return a head as it is read, and whether it is words in a language that is not."""
    words = spaced(title)
    first, *rest = words.split() or [""]
    if first not in _WORDED or not rest:
        return _SAME.get((sheet, words), words), False
    language = language_of(" ".join(rest))
    return f"{first} {language}", not language


def language_of(words: str) -> str:
    """Return "hi" or "en" where words such as "Hindi (hi)" or "en-IN" name it, and nothing else; "" for others."""
    named = set(spaced(words).split())
    for language, language_words in _LANGUAGES.items():
        if named & language_words and named <= language_words | _PLACES:
            return language
    return ""


def _unread_column(key: str, title: str) -> str:
    """Say that a column is not read, and what that changes, where the standard gives the column a meaning."""
    meant = {
        "choice filter": say("every choice is always offered"),
        "default": say("nothing is filled in beforehand"),
        "calculation": say("people write the value themselves"),
        "read only": say("the answer can be changed"),
        "constraint message": say("the product's own words are shown"),
        "required message": say("the product's own words are shown"),
    }
    if key in meant:
        return say("The column “%(head)s” is not read: %(so)s.") % {"head": title, "so": meant[key]}
    if title:
        return say("The column “%(head)s” is not read.") % {"head": title}
    return say("A column without a head is not read.")


def is_foreign(text: str) -> bool:
    """Return True if most letters of a text belong to neither Hindi nor English."""
    letters = [unicodedata.name(c, "").partition(" ")[0] for c in text if c.isalpha()]
    return sum(script not in ("LATIN", "DEVANAGARI") for script in letters) * 2 > len(letters)


_MARKUP = re.compile(r"</?[A-Za-z][^<>]*>|\*\*[^*\s][^*]*\*\*|\]\(\w+:|^#{1,6} ")


def marked(rows: Rows) -> Iterator[int]:
    """Yield the rows whose words hold marks for bold, colour or links. They are shown as they are typed."""
    for row, cells in rows:
        if any(_MARKUP.search(text) for key, text in cells.items() if key in _SPOKEN):
            yield row
