"""Printed documents: cards, certificates, forms and posters, as PDF or picture, set by Typst.

A room has a template, a file of Typst code that says how one document looks. It gives the size of its page and a
function of one document's values, as here.

    #let size = (width: 85.6mm, height: 54mm, margin: 5mm)
    #let sheet(of) = [
      *#of.name*
      #code(of.code, 20mm)
    ] // One document.

People's own text is handed over as values and never becomes code: `#` and `*` in a name print as they are. Templates
are ours, and none may read a file, evaluate text or fetch a package. There is a Noto typeface, regular and bold, for
each script of India's official languages. `make env` cuts them; nothing is looked up on the system.

Other letters would print as boxes. `_set` asks `can_print` of every text of every document, and refuses with
LettersMissing, which names the letters. A reader of that may print all the same: `with_lines` makes a line of each
such word.
"""

import json
import os
import re
import subprocess
import sys
import threading
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, Literal

import segno
import typst
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from .numbers import grouped
from .refusals import Refused

FONTS = Path(__file__).parent / "fonts"
LARGEST_BATCH = 1_000  # documents
MOST_HERE = 30  # documents set in this process; more are set in one of their own
PATIENCE_S = 300.0  # for a batch
LARGEST_VALUES = 16 * 1024 * 1024  # bytes of values in one call; a QR code takes 6 to 10 KB
# An image is drawn from values alone: `image(bytes(of.mark), ...)`, never from a path.
_FORBIDDEN = re.compile(
    r"\b(?:eval|read|plugin|import|include|json|csv|yaml|toml|cbor|xml|bibliography|sys)\b|\bimage\((?!bytes\()"
)
_GIVEN = "#let given = json(bytes(%s))"
_BEFORE = """
#let code(drawn, width) = image(bytes(drawn), format: "svg", width: width, alt: "QR")
"""
_AFTER = """
#set document(title: given.title)
#set page(..size)
#set text(font: given.faces, lang: given.language, fallback: false)
#for (at, of) in given.documents.enumerate() {
  if at > 0 { pagebreak(weak: true) }
  sheet(given.shared + of)
}
"""

Values = Mapping[str, Any]
# A sign that several typefaces have is taken from the first.
FACES = ("Noto Sans", "Noto Sans Devanagari")
MOST_NAMED = 5  # names or letters in a sentence

# A person writes on this line by hand.
LINE = "____"
_OTHER = 0.9  # how wide a letter is taken to be that no typeface has, in ems


class UnsafeTemplate(Exception):
    """A template reads, evaluates or fetches something; the text names what."""


class TooMuchToPrint(Exception):
    """More documents, or longer values, than one call takes: split the batch."""


class LettersMissing(Refused, status=409):
    """A document has letters of no typeface here. Nothing is printed until somebody has read which.

    It names letters only: the texts may be names of people, and this look at them leaves no entry in the trail.
    """

    message = _("This server cannot print these letters: %(letters)s. Texts with them: %(n)s.")

    def __init__(self, texts: Sequence[str]) -> None:
        signs = dict.fromkeys(sign for text in texts for sign in text if not can_print(sign))
        letters = " ".join([*signs][:MOST_NAMED]) + (" …" if len(signs) > MOST_NAMED else "")
        super().__init__(letters=letters, n=len(texts))


class Drawing(str):
    """SVG of ours among the values of a document, such as a QR code: no text that is printed."""

    __slots__ = ()


@dataclass(frozen=True)
class PrintTemplate:
    """How one kind of document looks. Make it once, as a module's constant: `PrintTemplate.read(Path(...))`."""

    source: str

    @classmethod
    def of(cls, text: str) -> "PrintTemplate":
        """Refuses code that reads, evaluates or fetches (UnsafeTemplate)."""
        if match := _FORBIDDEN.search(text):
            raise UnsafeTemplate(match[0])
        return cls(_BEFORE + text + _AFTER)

    @classmethod
    def read(cls, path: Path) -> "PrintTemplate":
        return cls.of(path.read_text(encoding="utf-8"))


def print_pdf(
    template: PrintTemplate,
    documents: Sequence[Values],
    *,
    title: str,
    language: str,
    at: datetime,
    with_lines: bool,
    shared: Values | None = None,
    each: int = 1,
) -> bytes:
    """One PDF of all documents, in order, each on pages of its own.

    title: of the file, as a reader shows it. language: of its words, such as `hi`. at: the time written into the file.
    shared: values that every document has, such as a signature. each: things on one document, such as cards on a
    sheet. with_lines: the reader knows that words which cannot be printed become lines to write on.
    Raises TooMuchToPrint, and LettersMissing without `with_lines`.
    """
    return _set(
        template,
        documents,
        title=title,
        language=language,
        at=at,
        form="pdf",
        with_lines=with_lines,
        shared=shared,
        each=each,
    )[0]


def png(
    template: PrintTemplate,
    document: Values,
    *,
    title: str,
    language: str,
    at: datetime,
    with_lines: bool,
    dots_per_inch: int = 300,
) -> bytes:
    """A picture of one document's first page. with_lines, and what it raises: as of `print_pdf`."""
    return _set(
        template,
        [document],
        title=title,
        language=language,
        at=at,
        form="png",
        with_lines=with_lines,
        dots_per_inch=dots_per_inch,
    )[0]


def width(text: str, *, is_bold: bool = False) -> float:
    """How wide a line is at size 1, at most: letters that join are counted each by itself."""
    widths = _widths()["bold" if is_bold else "regular"]
    return sum(widths.get(letter, _OTHER) for letter in text)


def can_print(text: str) -> bool:
    """Return True where the typefaces have every sign of a text. Other signs print as boxes."""
    return (text.isascii() and text.isprintable()) or all(map(_has, unicodedata.normalize("NFC", text)))


def _has(sign: str) -> bool:
    """Signs that nobody sees, such as joiners and selectors of variants, need no typeface."""
    return (
        sign in _widths()["regular"]
        or sign.isspace()
        or unicodedata.category(sign) == "Cf"
        or "VARIATION SELECTOR" in unicodedata.name(sign, "")
    )


def letters_missing(texts: Iterable[str]) -> list[str]:
    """Return the texts that this server cannot print, each once."""
    return list(dict.fromkeys(text for text in texts if not can_print(text)))


def letters_refused(values: object) -> LettersMissing | None:
    """Return the refusal to print these values; None where all their letters can be printed."""
    missing = letters_missing(_texts(values))
    return LettersMissing(missing) if missing else None


def letters_said(names: Sequence[str]) -> str:
    """Say which of these names cannot be printed; "" where all can. A page with names and a button to print says it."""
    if not (missing := letters_missing(names)):
        return ""
    return say("Names with letters that this server cannot print: %(n)s of %(all)s. They are: %(names)s.") % {
        "n": grouped(sum(name in missing for name in names)),
        "all": grouped(len(names)),
        "names": ", ".join(missing[:MOST_NAMED]) + (" …" if len(missing) > MOST_NAMED else ""),
    }


def _texts(value: object) -> Iterator[str]:
    """Every text among values but drawings."""
    if isinstance(value, str):
        if not isinstance(value, Drawing):
            yield value
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, Iterable):
        for part in value:
            yield from _texts(part)


def _lined(value: Any) -> Any:
    """The same values with a line to write on for each word that cannot be printed."""
    if isinstance(value, str):
        if isinstance(value, Drawing) or can_print(value):
            return value
        return re.sub(r"\S+", lambda word: word[0] if can_print(word[0]) else LINE, value)
    if isinstance(value, Mapping):
        return {key: _lined(part) for key, part in value.items()}
    return [_lined(part) for part in value] if isinstance(value, Iterable) else value


@cache
def _widths() -> dict[str, dict[str, float]]:
    widths_by_font: dict[str, dict[str, float]] = json.loads((FONTS / "widths.json").read_text("utf-8"))
    return widths_by_font


def qr(text: str) -> Drawing:
    """The QR code of a text as SVG, dark on light with its quiet zone: what a template's `code` draws.

    The mask is fixed. Trying all eight takes four times as long as setting the whole card, and matters only to texts
    that repeat a pattern; the signed addresses we print do not.
    """
    made = segno.make_qr(text, error="m", mask=3, boost_error=False)
    rows = ["".join("01"[cell] for cell in row) for row in made.matrix]
    drawn = "".join(
        f"M{run.start()} {y}h{run.end() - run.start()}v1H{run.start()}z"
        for y, row in enumerate(rows)
        for run in re.finditer("1+", row)
    )
    whole = len(rows) + 8
    return Drawing(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-4 -4 {whole} {whole}" shape-rendering="crispEdges">'
        f'<path fill="#fff" d="M-4-4h{whole}v{whole}h-{whole}z"/><path d="{drawn}"/></svg>'
    )


_warm = threading.local()


def _compiler() -> typst.Compiler:
    """This thread's compiler, made once: one refuses to be used by two threads. All share the typefaces."""
    made: typst.Compiler | None = getattr(_warm, "compiler", None)
    if made is None:
        folder = str(FONTS)  # there is nothing else in it
        made = _warm.compiler = typst.Compiler(
            root=folder, font_paths=_fonts(), package_path=folder, package_cache_path=folder
        )
    return made


@cache
def _fonts() -> typst.Fonts:
    """The typefaces. Without them every letter would be a box: they are missed at once, not on paper."""
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS)])
    if not set(fonts.families()) >= set(FACES):
        raise FileNotFoundError(f"the typefaces of printed documents are not in {FONTS}: run `make env`")
    return fonts


def _set(
    template: PrintTemplate,
    documents: Sequence[Values],
    *,
    title: str,
    language: str,
    at: datetime,
    form: Literal["pdf", "png", "svg"],
    with_lines: bool,
    dots_per_inch: int | None = None,
    shared: Values | None = None,
    each: int = 1,
) -> list[bytes]:
    if len(documents) > LARGEST_BATCH:
        raise TooMuchToPrint(f"{len(documents)} documents")
    values: Any = {"documents": list(documents), "shared": shared or {}}
    if refused := letters_refused(values):
        if not with_lines:
            raise refused
        values = _lined(values)
    faces = [*FACES, *sorted(set(_fonts().families()) - set(FACES))]
    payload = json.dumps({"title": title, "language": language, "faces": faces, **values}, ensure_ascii=False)
    if len(payload) > LARGEST_VALUES:
        raise TooMuchToPrint(f"{len(payload)} characters of values")
    order = {
        "source": _GIVEN % _literal(payload) + template.source,
        "format": form,
        "ppi": dots_per_inch,
        "at_s": int(at.timestamp()),
    }
    return [_apart(order)] if form == "pdf" and len(documents) * each > MOST_HERE else _compiled(order)


def _literal(text: str) -> str:
    """A text as Typst writes one: between quotes it knows no more than these two. Values come this way because the
    compiler's own inputs are part of its library. Each other input makes it look through the whole library again, which
    took as long as half a card."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _compiled(order: Mapping[str, Any]) -> list[bytes]:
    made = _compiler().compile(
        order["source"].encode(),
        format=order["format"],
        ppi=order["ppi"],
        timestamp=datetime.fromtimestamp(order["at_s"], UTC),
    )
    return made if isinstance(made, list) else [made or b""]


def _apart(order: Mapping[str, Any]) -> bytes:
    """A batch is set in a process of its own, which hears nothing else of the server. The compiler keeps much of what
    it has set: 750 cards held 170 MB, and every card behind them took a fifth longer."""
    done = subprocess.run(
        [sys.executable, "-P", "-m", __name__],
        input=json.dumps(order).encode(),
        capture_output=True,
        timeout=PATIENCE_S,
        check=False,
        env={name: os.environ[name] for name in ("PATH", "PYTHONPATH", "LANG") if name in os.environ},
    )
    if done.returncode:
        raise RuntimeError(f"a batch was not set: {done.stderr.decode(errors='replace')[-2000:]}")
    return done.stdout


if __name__ == "__main__":
    sys.stdout.buffer.write(_compiled(json.load(sys.stdin))[0])
