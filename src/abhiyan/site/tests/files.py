"""Files a page offers, looked through: both kinds, the same rows, no formula, no name, nothing out of sight."""

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from html import unescape
from typing import Any

import openpyxl
from django.db import transaction
from django.test import Client

from abhiyan.core.scope import system
from abhiyan.imports.tables.writing import neutral
from abhiyan.org.rules.named_lists import TYPED
from abhiyan.ui.tables import FILES
from abhiyan.units.models import Unit

from .addresses import Things, address, filled, secrets_in
from .cast import Cast

LINK = re.compile(r'href="([^"]*[?&](?:amp;)?format=(csv|xlsx|names)[^"]*)"')
FILTERS = re.compile(r'<form class="filters.*?</form>', re.DOTALL)
FIELD = re.compile(r'<input type="(?:text|search)" name="([^"]+)"')
FORMULA = '=HYPERLINK("https://bad.example")'
# Pages about oneself, which nobody else may open.
OF_ONESELF = ("/me/",)
KIT = "ui:kit"  # shows how a list looks; there is none


# Pages with a list that is a file; each offers both kinds.
FILED = (
    *(
        "contact:board",
        "contact:lists",
    ),
    *("dialogues:board",),
    *(
        "elections:alliances",
        "elections:election",
        "elections:list",
        "elections:plan",
        "elections:plan_below",
    ),
    *(
        "elections:plan_sides",
        "elections:plans",
        "elections:seat",
        "elections:seats",
    ),
    *(
        "friends:certificate_list",
        "friends:certificates",
        "enrolment:me",
        "friends:organisers",
        "paper:paper_list",
    ),
    *(
        "forms:counts",
        "opinions:heard",
        "forms:list",
        "forms:phrases",
        "forms:sent",
    ),
    *(
        "helpdesk:needs",
        "helpdesk:ready",
        "helpdesk:tickets",
        "helpdesk:times",
    ),
    *("imports:list",),
    *(
        "meetings:list",
        "meetings:meeting",
    ),
    *(
        "messaging:circular",
        "messaging:circulars",
        "messaging:list",
        "messaging:sends",
        "messaging:texts",
    ),
    *(
        "org:appointments",
        "org:bodies",
        "org:body",
        "org:body_kinds",
        "org:offices",
        "org:phones",
        "polls:polls",
    ),
    *("org:releases",),
    *(
        "work:asked",
        "programmes:below",
        "programmes:counts",
        "programmes:list",
        "work:own_materials",
    ),
    *(
        "programmes:programme",
        "work:my_work",
        "work:schedule",
        "targets:targets",
        "work:tasks",
    ),
    *(
        "review:round",
        "review:round_reviewers",
        "review:rounds",
    ),
    *(
        "pages:held",
        "pages:unit",
    ),
    *("stays:board",),
    *(
        "verification:frame_beside",
        "verification:verifiers",
    ),
)


@dataclass(frozen=True)
class Answer:
    """What an address answered."""

    status: int
    kind: str
    content: bytes

    @property
    def text(self) -> str:
        return self.content.decode("utf-8", "replace")


def plant_formula(cast: Cast) -> None:
    """A unit of the own district is called like a formula."""
    with system("test"):
        Unit.objects.filter(code="JK-SRI-M1").update(names={"en": FORMULA, "hi": FORMULA})


def read(client: Client, where: str) -> Answer:
    """What an address answers; whatever a look changed is undone."""
    with transaction.atomic():
        answer: Any = client.get(where)
        content = b"".join(answer) if answer.streaming else answer.content
        transaction.set_rollback(True)
    return Answer(answer.status_code, answer.get("Content-Type", ""), content)


def offered(client: Client, where: str) -> tuple[str, dict[str, list[str]]]:
    """A page, and the addresses of its files by kind; nothing for what is no page of theirs."""
    answer = read(client, where)
    if answer.status != 200 or not answer.kind.startswith("text/html"):
        return "", {}
    found: dict[str, list[str]] = {}
    for href, kind in LINK.findall(answer.text):
        path = unescape(href)
        found.setdefault(kind, []).append(where.partition("?")[0] + path if path.startswith("?") else path)
    return answer.text, found


def rows_of(answer: Answer, kind: str) -> list[list[Any]]:
    """A file's rows; of a sheet, that none of its cells is a formula."""
    if kind == "csv":
        return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    (sheet,) = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets
    for cells in sheet.iter_rows():
        for cell in cells:
            assert cell.data_type != "f"
            is_text = isinstance(cell.value, str) and neutral(cell.value) != cell.value
            assert not is_text or cell.quotePrefix, cell.value
    return [[cell.value for cell in cells] for cells in sheet.iter_rows()]


@dataclass(frozen=True)
class Filled:
    """The things in the addresses: of the own district and of the other one, and more."""

    cast: Cast
    of: tuple[Things, Things]
    others: dict[str, Any]

    def where(self, name: str, of: int = 0) -> str:
        return address(name, self.of[of], **filled(name, self.others))

    def faults(self, role: str, clients: dict[str, Client]) -> list[str]:
        """List what is wrong with the files that somebody takes. They tell no more of the other district than pages."""
        accounts = [one.name for one in self.cast.accounts.values() if "_" in one.name]
        names = [*accounts, self.cast.own_member.name, self.cast.foreign_member.name]
        pages = {self.where(name, of): name for name in FILED for of in range(2)}
        return [
            fault
            for page, name in pages.items()
            for fault in _faults(clients[role], page, names, partial(secrets_in, role=role, name=name))
        ]


def _faults(
    client: Client, where: str, names: Iterable[str], secrets: Callable[[str], list[str]]
) -> Iterator[str]:
    """Yield the faults of a page's files. names: of people, who are in none. secrets: what a text must not tell."""
    page, files = offered(client, where)
    if not files:
        return
    if files.get("csv") and len(files["csv"]) != len(files.get("xlsx", ())):
        yield f"{where}: one kind of file only"
    for href in files.get("names", ()):
        asked = read(client, href)
        if asked.status != 200 or "csrfmiddlewaretoken" not in asked.text:
            yield f"{href}: names are not asked for there"
        with transaction.atomic():
            if (status := client.post(href).status_code) != 422:  # a form without a reason
                yield f"{href}: its form is answered by {status}"
            transaction.set_rollback(True)
        for form in FILTERS.findall(page):
            yield from (
                f"{where}: {one} is typed" for one in FIELD.findall(form) if one not in TYPED | {"unit"}
            )
    # One's own data is offered as a sheet alone; its CSV stays at the same address.
    sheets = files.get("xlsx", [])
    plains = files.get("csv") or [one.replace("format=xlsx", "format=csv") for one in sheets]
    for plain, sheet in zip(plains, sheets, strict=True):
        answers = [(kind, read(client, href)) for kind, href in (("csv", plain), ("xlsx", sheet))]
        if bad := [f"{where}: no {kind}" for kind, one in answers if one.kind != FILES[kind]]:
            yield from bad
            continue
        lines, cells = (rows_of(one, kind) for kind, one in answers)
        if [len(row) for row in lines] != [len(row) for row in cells] or lines[0] != cells[0]:
            yield f"{where}: the two files differ"
        words = [cell for row in lines for cell in row if not _number(cell)]
        yield from (
            f"{plain}: a formula, {word}" for word in words if neutral(word) != word and word[0] != "'"
        )
        told = "\n".join("\t".join(map(str, row)) for row in (*lines, *cells))
        if not where.startswith(OF_ONESELF):
            yield from (f"{plain}: names {one}" for one in names if one in told)
        yield from (f"{plain}: tells {secret}" for secret in secrets(told))


def _number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return isinstance(cell, datetime)
    return True
