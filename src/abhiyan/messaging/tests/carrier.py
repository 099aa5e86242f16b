"""A carrier that drops what India's register does not know: a gateway on a socket, told of texts by their export."""

import csv
import io
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from abhiyan.messaging.adapters import Http
from abhiyan.messaging.commands import export, import_ids

from .sink import TAKEN, Line, Sink, answer

ENTITY, HEADER = "1101234567890123456", "SNGTHN"
REQUIRED = {"ABHIYAN_DLT_REQUIRED": "1", "ABHIYAN_DLT_ENTITY": ENTITY, "ABHIYAN_DLT_HEADER": HEADER}
FIRST_ID = 1107160000000000001


def exported(*arguments: str) -> list[dict[str, str]]:
    """Read the rows that `abhiyan texts export` writes, as a portal does."""
    ended = CliRunner().invoke(export, list(arguments))
    assert ended.exit_code == 0, ended.output
    return list(csv.DictReader(io.StringIO(ended.stdout.removeprefix("\ufeff"))))


def imported(rows: list[dict[str, str]], file: Path, *options: str) -> tuple[int, str]:
    """Bring rows back by `abhiyan texts import`. Returns how it ended, and what it said."""
    with file.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.DictWriter(out, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    ended = CliRunner().invoke(import_ids, [str(file), *(options or ("--yes",))])
    return ended.exit_code, ended.output


def registered(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """The same rows once the portal has given each an id."""
    return [row | {"id": str(FIRST_ID + n)} for n, row in enumerate(rows)]


def pattern(text: str) -> re.Pattern[str]:
    """Return the pattern of a registered text: up to 30 characters for each variable."""
    made = ""
    for part in re.split(r"((?:\{#var#\})+)", text):
        n = part.count("{#var#}")
        made += f".{{0,{30 * n}}}" if n else re.escape(part)
    return re.compile(made)


class Carrier:
    """Takes a text with its three ids that matches what was registered under them; anything else is refused."""

    def __init__(self, rows: list[dict[str, str]]) -> None:
        self.texts = {row["id"]: pattern(row["text"]) for row in rows if row["id"]}
        self.taken: list[dict[str, Any]] = []
        self.refused: list[tuple[str, dict[str, Any]]] = []

    def why(self, letter: dict[str, Any]) -> str:
        """Why a message is dropped, "" for one that goes."""
        if letter.get("entity") != ENTITY or letter.get("header") != HEADER:
            return "sender"
        found = self.texts.get(letter.get("template", ""))
        if found is None:
            return "template"
        return "" if found.fullmatch(letter["text"]) else "text"

    def manner(self, line: Line, letter: dict[str, Any]) -> None:
        if why := self.why(letter):
            self.refused.append((why, letter))
            answer("400 Bad Request")(line, letter)
        else:
            self.taken.append(letter)
            line.say(TAKEN)


@contextmanager
def carrying(carrier: Carrier) -> Iterator[Http]:
    """The carrier on its socket, and the way out to it."""
    one = Sink(carrier.manner)
    try:
        yield Http(url=one.url, token="")
    finally:
        one.close()


def letters_of(carrier: Carrier) -> str:
    """Show the refused messages in a test that fails."""
    return json.dumps(carrier.refused, ensure_ascii=False, indent=1)
