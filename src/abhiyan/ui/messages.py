"""Keeps every room's translations whole: `python -m abhiyan.ui.messages update` and `… check`.

The source is in English. Each room has its Hindi in `locale/hi/LC_MESSAGES/django.po`, beside the strings.
`update` brings the catalogues up to the source: new strings are empty, old ones go. It guesses nothing. `check` lists
what is wrong and fails. A string may be missing, empty, unsure (fuzzy), written twice in one, or no longer used. A
placeholder or a tag may differ from the English. Two rooms may translate the same words differently, and Django would
show one of the two everywhere.

It needs Babel and Django, no gettext programs.
"""

import argparse
import io
import re
import sys
from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.pofile import PoFileError, read_po, write_po
from django.utils.translation.template import templatize

from abhiyan.ui import build

ROOMS = build.ROOMS
LANGUAGES = ("hi",)
# As in Django's own catalogue: two catalogues with different rules would not be merged.
PLURALS = "nplurals=2; plural=(n != 1);"

KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
ALIAS = re.compile(r"\bgettext(?:_lazy)? as (\w+)")  # where `_` is taken
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|%[sd]|\{(\w*)\}")
TAG = re.compile(r"</?(\w+)")
# Dates and names in the head would change a file in which nothing changed.
NOISE = re.compile(
    r'^"(?:Project-Id-Version|Report-Msgid-Bugs-To|POT-Creation-Date|PO-Revision-Date|Last-Translator'
    r"|Language-Team|Generated-By|MIME-Version)[^\n]*\n",
    re.MULTILINE,
)
COMMENTS = re.compile(r"\A(?:#[^\n]*\n)+")

# One string: its context (or nothing), the English, the English of more than one (or nothing).
Key = tuple[str, str, str]


@dataclass
class RoomStrings:
    """The strings of one room, each with its files."""

    room: str
    strings: dict[Key, set[str]] = field(default_factory=lambda: defaultdict(set))


def rooms(root: Path = ROOMS, only: Collection[str] = ()) -> list[Path]:
    folders = sorted(path.parent for path in root.glob("*/__init__.py"))
    return [room for room in folders if not only or room.name in only]


def sources_of_room(room: Path, only: Collection[str] = ("*",)) -> Iterator[tuple[Path, str]]:
    """The files of a room that may hold strings, and what Python text to read them from."""

    def is_wanted(path: Path) -> bool:
        return any(fnmatch(str(path.relative_to(room.parent)), pattern) for pattern in only)

    for path in sorted(room.rglob("*.py")):
        if not {"tests", "migrations"} & set(path.relative_to(room).parts) and is_wanted(path):
            yield path, path.read_text()
    for path in sorted(room.glob("templates/**/*")):
        if path.suffix in (".html", ".txt", ".xml") and is_wanted(path):
            # Django turns a template into something like Python; its indents mean nothing and must go.
            # `say` is our `blocktranslate trimmed` (templatetags/kit.py)
            source_text = path.read_text().replace("{% say", "{% blocktranslate trimmed")
            source_text = source_text.replace("{% endsay", "{% endblocktranslate")
            lines = templatize(source_text, origin=str(path)).splitlines()
            yield path, "\n".join(line.strip() for line in lines)


def collect(room: Path, only: Collection[str] = ("*",)) -> RoomStrings:
    """Every translatable string of a room, or of those files of it whose place fits one of the patterns."""
    room_strings = RoomStrings(room.name)
    for path, text in sources_of_room(room, only):
        where = str(path.relative_to(room.parent))
        for _line, message, _comments, context in extract(
            "python",
            io.BytesIO(text.encode()),
            keywords=KEYWORDS | dict.fromkeys(ALIAS.findall(text)),
            options={"encoding": "utf-8"},
        ):
            singular, many = (message, "") if isinstance(message, str) else (message[0], message[1])
            if singular:
                room_strings.strings[(context or "", singular, many)].add(where)
    return room_strings


def catalogue_path(room: Path, language: str) -> Path:
    return room / "locale" / language / "LC_MESSAGES" / "django.po"


def read_catalog(path: Path, language: str) -> Catalog:
    if not path.exists():
        return empty_catalog(language)
    try:
        return read_po(io.BytesIO(path.read_bytes()), locale=language, abort_invalid=True)
    except (PoFileError, ValueError) as error:
        raise SystemExit(f"{path}: {error}") from error


def empty_catalog(language: str) -> Catalog:
    return Catalog(locale=language, charset="utf-8", fuzzy=False)


def message_key(message: Message) -> Key:
    ids = message.id if isinstance(message.id, (tuple, list)) else (message.id, "")
    return (message.context or "", ids[0], ids[1])


def message_texts(message: Message) -> tuple[str, ...]:
    wording = message.string
    return tuple(wording) if isinstance(wording, (tuple, list)) else (wording or "",)


def update(root: Path = ROOMS, only: Collection[str] = ()) -> list[str]:
    """Brings the catalogues of all rooms, or of those named, up to their source; returns the files that changed."""
    changed = []
    for room in rooms(root, only):
        room_strings = collect(room)
        for language in LANGUAGES:
            path = catalogue_path(room, language)
            if not room_strings.strings and not path.exists():
                continue
            old = {message_key(message): message for message in read_catalog(path, language) if message.id}
            new = empty_catalog(language)
            for (context, singular, many), files in sorted(room_strings.strings.items()):
                old_message = old.get((context, singular, many))
                new.add(
                    id=(singular, many) if many else singular,
                    string=old_message.string if old_message else ("",) * 2 if many else "",
                    context=context or None,
                    locations=[(name, 0) for name in sorted(files)],
                    flags=old_message.flags & {"fuzzy"} if old_message else set(),
                    user_comments=old_message.user_comments if old_message else (),
                )
            out = io.BytesIO()
            write_po(out, new, width=100, include_lineno=False)
            text = COMMENTS.sub("", NOISE.sub("", out.getvalue().decode()), count=1)
            text = re.sub(
                r'^"Plural-Forms: [^"]*"', f'"Plural-Forms: {PLURALS}\\\\n"', text, flags=re.MULTILINE
            )
            if not path.exists() or path.read_text() != text:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
                changed.append(str(path))
    return changed


def marks(text: str) -> set[str]:
    """Return what a translation may neither lose nor invent: placeholders and tags."""
    return {match[0] for match in PLACEHOLDER.finditer(text)} | {
        f"<{match[1]}>" for match in TAG.finditer(text)
    }


def differing(key: Key, message: Message) -> bool:
    _context, singular, many = key
    forms = message_texts(message)
    if not many:
        return marks(singular) != marks(forms[0])
    # 'one' may leave its number out ("एक दिन"); nothing may be invented
    allowed = marks(singular) | marks(many)
    return marks(forms[-1]) != marks(many) or any(not marks(form) <= allowed for form in forms)


REPEATED = re.compile(r"(.{20,}?)\1+", re.DOTALL).fullmatch  # a text in one line and again in those below


def check(root: Path = ROOMS, only: Collection[str] = ()) -> list[str]:
    """Return what is wrong, one line each; nothing when all is whole."""
    wrong: list[str] = []
    translated: dict[tuple[str, str, str, str], dict[tuple[str, ...], list[str]]] = defaultdict(dict)
    for room in rooms(root, only):
        room_strings = collect(room)
        for language in LANGUAGES:
            path = catalogue_path(room, language)
            messages = {
                message_key(message): message for message in read_catalog(path, language) if message.id
            }
            gone = read_catalog(path, language).obsolete
            for key, files in sorted(room_strings.strings.items()):
                name = f"{room.name} ({language}): {key[1]!r} in {', '.join(sorted(files))}"
                message = messages.get(key)
                if message is None:
                    wrong.append(f"missing: {name}")
                elif not all(message_texts(message)):
                    wrong.append(f"empty: {name}")
                elif message.fuzzy:
                    wrong.append(f"fuzzy: {name}")
                elif any(map(REPEATED, message_texts(message))):
                    wrong.append(f"says the same several times: {name}")
                elif differing(key, message):
                    wrong.append(f"placeholders differ: {name}")
                else:
                    translated[(language, *key)].setdefault(message_texts(message), []).append(room.name)
            unused = sorted(set(messages) - set(room_strings.strings))
            wrong += [f"no longer used: {room.name} ({language}): {key[1]!r}" for key in unused]
            wrong += [f"obsolete: {room.name} ({language}): {entry!r}" for entry in gone]
    for (language, _context, singular, _many), versions in sorted(translated.items()):
        if len(versions) > 1:
            versions_text = "; ".join(
                f"{' / '.join(wordings)} in {', '.join(names)}" for wordings, names in versions.items()
            )
            wrong.append(f"translated in two ways ({language}): {singular!r}: {versions_text}")
    return wrong


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m abhiyan.ui.messages", description=__doc__)
    parser.add_argument("act", choices=("update", "check"))
    parser.add_argument("rooms", nargs="*", metavar="ROOM", help="only these rooms")
    chosen = parser.parse_args(arguments)
    if chosen.act == "update":
        for path in update(only=chosen.rooms):
            print(f"written: {path}")
        build.build_assets(only=["translations"])
        return 0
    wrong = check(only=chosen.rooms)
    for line in wrong:
        print(line, file=sys.stderr)
    print("translations: " + (f"{len(wrong)} to put right" if wrong else "whole"))
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
