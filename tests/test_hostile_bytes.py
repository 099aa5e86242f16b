"""Files made to harm, at every reader and every upload door.

Each reader of the pool gets all of them: it is found in the source, so a new one is covered or fails here. Each form
with a field for files is a door, and is found by its class. Another process refuses a
hostile file or is cut off, while this one answers others.
"""

import ast
import importlib
import io
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django import forms
from django.test import Client
from django.utils import translation
from PIL import Image

from abhiyan.core import file_pool, pictures, slots
from abhiyan.core.file_pool import FilesBusy, UnreadableFile
from abhiyan.core.tests import taken_over
from abhiyan.core.tests.waits import PATIENCE_S
from abhiyan.pages.access import addresses_by_name
from abhiyan.paper.layout import PAPER
from abhiyan.site.tests.hostile_files import FORMS, MB, hostile, watched
from abhiyan.ui.slides import layouts

PACKAGE = Path(file_pool.__file__).resolve().parents[1]
BOUNDS = replace(file_pool.OF_A_PAGE, cpu_s=2, waits_s=600.0)
ARGUMENTS: dict[str, dict[str, Any]] = {
    "audio_kind": {},
    "clean_file": {},
    "drawn_twice": {},
    "look_at": {"turn": 0},
    "look_at_table": {"layout": PAPER.to_json(), "sheet": None, "max_bytes": 1 << 30},
    "look_into": {},
    "form_of_sheet": {"language": "hi"},
    "rows_of_csv": {
        "encoding": "utf-8",
        "delimiter": ",",
        "first_row": 2,
        "width": 3,
        "start": 0,
        "stop": 64 * MB,
        "number": 1,
        "columns": [0, 1],
        "batch": 1_000,
    },
    "rows_of_sheet": {"sheet": "survey", "columns": [0, 1], "start": 0, "stop": 1_000_000},
    "turn_round": {"turn": 1},
}


DOORS = ("file_pool.read_in_pool", "file_pool.stream", "table_told")  # of the pool


def readers() -> dict[str, Callable[..., Any]]:
    """Every function that is handed to the pool, by its name."""
    found = {}
    for path in PACKAGE.rglob("*.py"):
        if "tests" in path.parts or path.name in ("file_pool.py", "opening.py"):
            continue
        text = path.read_text()
        if not any(f"{door}(" in text for door in DOORS):
            continue
        module = importlib.import_module(
            ".".join(("abhiyan", *path.relative_to(PACKAGE).with_suffix("").parts))
        )
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in DOORS:
                name = ast.unparse(node.args[0])
                found[name] = getattr(layouts if name == "clean_file" else module, name)
    return found


def test_every_reader_has_its_arguments_here() -> None:
    assert set(readers()) == set(ARGUMENTS), "a new reader of the pool gets hostile files too"


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return hostile()


@pytest.mark.parametrize("name", sorted(ARGUMENTS))
def test_a_reader_answers_refuses_or_is_cut_off_in_a_process_of_its_own(
    name: str, files: dict[str, bytes]
) -> None:
    reader = readers()[name]
    for what, data in files.items():
        with watched() as (begun, opened), suppress(UnreadableFile):  # ReaderRefusal is one
            for piece in file_pool.stream(reader, data, bounds=BOUNDS, **ARGUMENTS[name]):
                assert piece is not None, what
        assert len(begun) == 1 and os.getpid() not in begun, what
        assert not opened, f"{what}: {opened}"


@pytest.fixture
def held(files: dict[str, bytes]) -> Iterator[list[str]]:
    """A file whose reader is stopped in the middle, as if it waited for ever; and what came of it."""
    said: list[str] = []
    begun = threading.Event()

    def see(frame: Any, event: str, told: Any) -> None:
        if event == "return" and frame.f_code.co_qualname == "_ReaderStarter._ask" and isinstance(told, int):
            os.kill(told, signal.SIGSTOP)
            said.append(str(told))
            begun.set()

    def read() -> None:
        sys.setprofile(see)
        try:
            file_pool.read_in_pool(readers()["look_into"], files["streams without end"], bounds=BOUNDS)
        except UnreadableFile as why:
            said.append(f"cut off: {why}")

    reading = threading.Thread(target=read)
    reading.start()
    assert begun.wait(PATIENCE_S)
    try:
        yield said
    finally:
        os.kill(int(said[0]), signal.SIGKILL)
        reading.join(PATIENCE_S)
    assert said[1:] == ["cut off: ended"]


@pytest.mark.django_db
def test_the_server_answers_between_two_pieces_of_a_file_that_is_held(held: list[str]) -> None:
    assert Client().get("/sign-in/").status_code == 200
    picture_of_another = io.BytesIO()
    Image.new("RGB", (60, 80)).save(picture_of_another, "PNG")
    assert pictures.redraw(picture_of_another.getvalue()).picture, "and the next file is opened beside it"
    assert len(held) == 1, "the first is still held"


def test_a_full_pool_says_so_in_plain_words(files: dict[str, bytes]) -> None:
    with ExitStack() as busy:
        for _n in range(file_pool.OF_A_PAGE.at_once):
            busy.enter_context(slots.slot("files", of=file_pool.OF_A_PAGE.at_once, patience_s=PATIENCE_S))
        with pytest.raises(FilesBusy) as refused, translation.override("en"):
            file_pool.read_in_pool(
                readers()["look_into"], files["nothing"], bounds=replace(BOUNDS, waits_s=0)
            )
    assert refused.value.status == 503
    with translation.override("en"):
        assert str(refused.value) == "Many files are being read now. Try again in a minute."


def test_a_reader_that_hangs_without_work_is_cut_off_by_its_silence(files: dict[str, bytes]) -> None:
    with pytest.raises(UnreadableFile, match="time"):
        file_pool.read_in_pool(readers()["look_into"], files["noise"], bounds=replace(BOUNDS, silence_s=0))


def test_a_reader_knows_no_file_but_its_own_and_nothing_of_the_server() -> None:
    found = file_pool.read_in_pool(taken_over.what_a_reader_sees, b"a")
    again = file_pool.read_in_pool(taken_over.what_a_reader_sees, b"b")
    assert found["pid"] != again["pid"] != os.getpid()
    assert (found["file"], again["file"]) == ("a", "b")
    assert not [name for name in found["environment"] if name.startswith(("ABHIYAN", "DATABASE", "DJANGO"))]
    assert found["seen"] == again["seen"] == [], "nothing is left of the file before"


@pytest.mark.parametrize(
    "reader",
    ["answers_without_end", "answers_no_data", "nests_deep", "kills_itself", "fills_memory", "writes_a_file"],
)
def test_whoever_takes_a_reader_over_can_say_nothing_but_bounded_data(reader: str) -> None:
    with pytest.raises(UnreadableFile):
        list(file_pool.stream(getattr(taken_over, reader), b"x", bounds=BOUNDS))


# --- the doors


def forms_with_files(base: type[forms.BaseForm] = forms.BaseForm) -> Iterator[str]:
    """Every form class of ours that takes a file, by its place."""
    for each in base.__subclasses__():
        fields = getattr(each, "base_fields", {}).values()
        is_ours = each.__module__.startswith("abhiyan.") and ".tests." not in each.__module__
        if is_ours and any(isinstance(one, forms.FileField) for one in fields):
            yield f"{each.__module__.removeprefix('abhiyan.')}.{each.__qualname__}"
        yield from forms_with_files(each)


def test_every_form_that_takes_a_file_hands_it_to_a_reader_we_test() -> None:
    assert {page.name for page in addresses_by_name().values()}, "all views are imported"
    assert {name for name in forms_with_files() if "FilledVersion" not in name} == set(FORMS)
    assert set(FORMS.values()) <= set(ARGUMENTS)
