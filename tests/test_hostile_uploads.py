"""Files made to harm, sent by every page that takes a file, as a browser sends its form.

The pages are found by their forms. A page answers in plain words, breaks nothing, and never opens the file itself.
"""

import ast
import inspect
import os
from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser
from importlib import import_module
from typing import Any
from urllib.parse import urljoin

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.forms import BaseForm
from django.test import Client

from abhiyan.core import limits
from abhiyan.pages.access import addresses_by_name
from abhiyan.site.tests.addresses import more_things, things
from abhiyan.site.tests.answers import at_the_door
from abhiyan.site.tests.asked import asked_of
from abhiyan.site.tests.cast import Cast
from abhiyan.site.tests.hostile_files import FORMS, hostile, watched

SENDERS = (
    "state_president",
    "district_elsewhere",
    "district_in_charge",
    "national_president",
    "booth_worker",
)
SENT = (
    "a megabyte of b'%PDF-'",
    "a megabyte of b'PK\\x03\\x04'",
    "a megabyte of b'\\xff\\xd8\\xff\\xe1\\xff\\xff'",
    "a part of opening tags",
    "a bomb in a document",
    "streams without end",
    "a picture of 3,600 million points",
    "a table of columns",
    "noise",
    "nothing",
)
WITHIN_BOUNDS = {"streams without end"}  # It starts nothing. A reader goes through all of it and may take it.
# These pages take a file first and look into it afterwards: a job checks a list; each photograph has its answer.
TAKES_FIRST = {"imports", "paper:paper_batch"}


@dataclass
class SentForm:
    """A form as a page shows it: where it goes, what it brings untouched, and its fields for files."""

    action: str = ""
    is_sent: bool = False
    values: dict[str, list[str]] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)


class FormReader(HTMLParser):
    """The forms of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[SentForm] = []
        self.select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {key: value or "" for key, value in attrs}
        if tag == "form":
            self.forms.append(SentForm(said.get("action", ""), said.get("method", "").lower() == "post"))
        if not self.forms:
            return
        one, name, value = self.forms[-1], said.get("name", ""), said.get("value", "")
        if tag == "select":
            self.select = name
        elif tag == "option" and value and ("selected" in said or not one.values.get(self.select)):
            one.values[self.select] = [value]
        elif tag == "textarea" and name:
            one.values.setdefault(name, ["Mine"])
        elif tag == "input" and name:
            kind = said.get("type", "text")
            if kind == "file":
                one.files.append(name)
            elif kind == "radio":
                one.values.setdefault(name, [value])
            elif kind == "checkbox":
                one.values.setdefault(name, [value or "on"])
            else:
                usual = {"number": "1", "date": "2026-12-01", "tel": "9906070777"}.get(kind, "Mine")
                one.values[name] = [value or usual]


def file_forms(client: Client, where: str) -> list[SentForm]:
    """The forms with a field for files that a page shows to somebody."""
    limits.forget_all()
    with transaction.atomic():
        answer = client.get(where)
        transaction.set_rollback(True)
    if answer.status_code != 200 or not answer["Content-Type"].startswith("text/html"):
        return []
    reader = FormReader()
    reader.feed(answer.content.decode())
    return [one for one in reader.forms if one.files and one.is_sent]


@dataclass(frozen=True)
class UploadDoor:
    """A page that takes a file: its name, who sends, where to, and what."""

    name: str
    role: str
    where: str
    form: SentForm
    sent: dict[str, str]


@pytest.fixture(scope="module")
def cast(open_database: None) -> Cast:
    return Cast.make()


@pytest.fixture(scope="module")
def clients(cast: Cast) -> dict[str, Client]:
    return cast.everybody()


def source_of(name: str) -> tuple[str, str]:
    """The module of a page's view, and its text."""
    pattern: Any = addresses_by_name()[name]
    module = inspect.getmodule(inspect.unwrap(pattern.callback))
    assert module is not None
    return module.__name__, inspect.getsource(module)


READING = {module for module, text in map(source_of, addresses_by_name()) if ".FILES" in text}


def takes_files(name: str) -> bool:
    """By its module: it reads what is uploaded, or calls a function of a module beside it that does."""
    module, text = source_of(name)
    room = module.rpartition(".")[0]
    beside = [one for one in READING if one.rpartition(".")[0] == room]
    return module in READING or any(call in text for one in beside for call in calls_that_read(one))


@cache
def calls_that_read(module: str) -> list[str]:
    """The beginnings of calls from a module beside it, such as `photos.take_photos(`."""
    source = inspect.getsource(import_module(module))
    return [
        f"{module.rpartition('.')[2]}.{function.name}("
        for function in ast.parse(source).body
        if isinstance(function, ast.FunctionDef) and ".FILES" in ast.unparse(function)
    ]


@pytest.fixture(scope="module")
def doors(
    cast: Cast, clients: dict[str, Client], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, UploadDoor]:
    foreign = things(cast, "district_elsewhere", "JK-JAM", "JK-B004", cast.membership(cast.foreign_member))
    others = more_things(cast, foreign, tmp_path_factory.mktemp("results"))
    found: dict[str, UploadDoor] = {}
    for name in filter(takes_files, sorted(addresses_by_name())):
        where, sent = asked_of(name, cast, foreign, others)
        for role in SENDERS:
            if name in found or at_the_door(addresses_by_name()[name].opens, role):
                continue
            for form in file_forms(clients[role], where):
                to = where if form.action in ("", ".") else urljoin(where, form.action)
                found[name] = UploadDoor(name, role, to, form, sent)
    return found


# A phone sends what it kept to one address, as JSON; its reader is fed in test_hostile_bytes.
NO_PAGE = {"pages.views.field.FieldSendForm"}


@pytest.fixture
def cleaned(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The form classes that were handed a file, as they clean it."""
    found: set[str] = set()
    clean = BaseForm.full_clean

    def noted(form: BaseForm) -> None:
        if form.files:
            found.add(f"{type(form).__module__.removeprefix('abhiyan.')}.{type(form).__qualname__}")
        clean(form)

    monkeypatch.setattr(BaseForm, "full_clean", noted)
    return found


@pytest.mark.parametrize("what", SENT)
def test_a_page_refuses_a_file_made_to_harm_in_plain_words_and_opens_none_itself(
    what: str, doors: dict[str, UploadDoor], clients: dict[str, Client], cleaned: set[str]
) -> None:
    data = hostile()[what]
    wrong: list[tuple[str, int, Any]] = []
    for name, door in doors.items():
        limits.forget_all()
        values = door.form.values | {key: [value] for key, value in door.sent.items()}
        files = {each: SimpleUploadedFile("leaflet.pdf", data) for each in door.form.files}
        with transaction.atomic(), watched() as (begun, opened):
            answer = clients[door.role].post(door.where, {**values, **files})
            transaction.set_rollback(True)
        opened.discard("zlib.compress")  # of our own sentence, which a cookie carries to the next page
        clients[door.role].cookies.pop("messages", None)  # and there it would be unpacked
        if answer.status_code >= 500 or opened or os.getpid() in begun:
            wrong.append((name, answer.status_code, opened))
        elif what in WITHIN_BOUNDS and answer.status_code == 302 and begun:
            continue
        elif not name.startswith(tuple(TAKES_FIRST)) and answer.status_code not in (400, 413, 422):
            wrong.append((name, answer.status_code, answer.get("Location")))
    assert not wrong
    assert set(FORMS) - NO_PAGE <= cleaned, "a page of each form was fed"
