"""The docs name every setting and command, and nothing that does not exist. Every page has its reader."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import click
import pytest
from prometheus_client import REGISTRY

from abhiyan.core import database, environment, metrics
from abhiyan.site import cli

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
PAGES = {path.name: path.read_text() for path in sorted(DOCS.glob("*.md"))}
REFERENCE = PAGES["reference.md"]
NAMES = re.compile(r"\b(?:ABHIYAN_[A-Z_]+[A-Z]|DATABASE_URL)\b")
# Set by our own processes for one another, or by tests; not for an operator.
INTERNAL = {"ABHIYAN_WATCHED_BY", "ABHIYAN_CHROMIUM"}
LINK = re.compile(r"\]\(([^)\s]+)\)")
PACKAGE = ROOT / "src" / "abhiyan"
DOTTED = re.compile(r"`(?:abhiyan\.)?(\w+)\.(\w+)\.([\w.]+)`")  # `room.module.function`
IN_FILE = re.compile(r"`([\w/]+\.py)` \(((?:[^()]|\(\))*)\)")  # `room/module.py` (`function`, …)
LONGEST = 25
# Longer sentences: there may only be fewer.
LONGER = {"truth.md": 1}  # the truth sentence, as the product says it
ROLES = {f"abhiyan_{role}" for role in database.ROLES}


def used() -> set[str]:
    names: set[str] = set()
    for path in (ROOT / "src").rglob("*.py"):
        if "tests" not in path.parts:
            names |= set(NAMES.findall(path.read_text()))
    return {name for name in names if not name.startswith("ABHIYAN_TEST_")} - INTERNAL


def commands(group: click.Group, before: str = "abhiyan") -> Iterator[str]:
    """Yield the full name of each command and group, those of the rooms too."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield f"{before} {name}"
        if isinstance(command, click.Group):
            yield from commands(command, f"{before} {name}")


def anchors(text: str) -> set[str]:
    """Return the anchors that GitHub makes of the headings."""
    heads = re.findall(r"^#+ (.+)$", without_code(text), re.MULTILINE)
    plain = (re.sub(r"[^\w\- ]", "", re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", head)) for head in heads)
    return {head.strip().lower().replace(" ", "-") for head in plain}


def without_code(text: str) -> str:
    return re.sub(r"^```.*?^```|^ {4}.*?$", "", text, flags=re.MULTILINE | re.DOTALL)


def of_readers(reader: str) -> list[str]:
    """Return the pages that the index lists for a reader."""
    index = PAGES["README.md"]
    part = re.search(rf"^## {reader}\n(.*?)(?=^## |\Z)", index, re.MULTILINE | re.DOTALL)
    assert part, f"docs/README.md has no part for {reader}"
    return [link for link in LINK.findall(part[1]) if link.endswith(".md")]


def sentences(text: str) -> Iterator[str]:
    """Yield what a reader reads as one sentence: of a paragraph, a point, or a cell of a table."""
    for block in re.split(
        r"\n\s*\n|\n(?=\s*(?:[-*]|\d+\.) )|\n(?=\|)| \| |^\| |^#.*$", without_code(text), flags=re.MULTILINE
    ):
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", re.sub(r"`[^`]*`", "x", " ".join(block.split())))
        yield from re.split(r"(?<=[.!?:;])[*”)]*\s+", plain)


def test_every_setting_that_is_read_is_in_the_reference() -> None:
    assert used() - set(NAMES.findall(REFERENCE)) == set()


def test_every_setting_that_the_docs_name_is_read() -> None:
    named = set(NAMES.findall("".join(PAGES.values())))
    assert named - used() - INTERNAL == set()


def part_of_reference(part: str) -> str:
    text = re.search(rf"^## {part}\n(.*?)(?=^## |\Z)", REFERENCE, re.MULTILINE | re.DOTALL)
    assert text, f"docs/reference.md has no part {part}"
    return text[1]


def rows_of(part: str) -> list[str]:
    """Return the first cell of each row of the tables of one part of the reference."""
    return re.findall(r"^\| (`[^|]*)\|", part_of_reference(part), re.MULTILINE)


def test_every_setting_that_is_declared_has_one_row_and_no_row_is_of_another() -> None:
    named = [name for row in rows_of("Settings") for name in NAMES.findall(row)]
    assert sorted(named) == sorted(setting.name for setting in environment.SETTINGS)


def test_every_command_is_named_once_and_no_row_is_of_another() -> None:
    known = set(commands(cli.main))
    named = re.findall(r"`(abhiyan(?: [a-z][a-z-]*)+)(?=`| [A-Z-])", part_of_reference("Commands"))
    assert sorted(named) == sorted(known)


def figures() -> set[str]:
    """Return the name of each figure of ours that a server tells: of its process, and what rooms declare."""
    of_process = {metric.name for metric in REGISTRY.collect() if metric.name.startswith("abhiyan_")}
    of_rooms = {f"abhiyan_{name}" for name in metrics.declared_metrics()}
    assert not of_process & of_rooms
    return of_process | of_rooms


def test_every_metric_has_one_row_and_no_row_is_of_another() -> None:
    named = [
        name.removesuffix("_total")
        for row in rows_of("Metrics")
        for name in re.findall(r"`(abhiyan_[a-z_]+)", row)
    ]
    assert sorted(named) == sorted(figures())


def test_every_row_of_a_metric_names_its_labels_and_whether_it_only_grows() -> None:
    rows = " ".join(rows_of("Metrics"))
    for name, metric in metrics.declared_metrics().items():
        ends = "_total" if metric.is_counter else ""
        label = f"{{{metric.label}}}" if metric.label else ""
        assert f"`abhiyan_{name}{ends}{label}`" in rows, name


def test_the_docs_and_the_alarms_name_no_metric_that_does_not_exist() -> None:
    known = {name + ends for name in figures() for ends in ("", "_total", "_bucket", "_sum", "_count")}
    texts = {"docs": "".join(PAGES.values())}
    texts |= {str(path): path.read_text() for path in (ROOT / "deploy").rglob("*") if path.suffix == ".yml"}
    texts["the changelog"] = (ROOT / "CHANGELOG.md").read_text()
    for where, text in texts.items():
        named = set(re.findall(r"\babhiyan_[a-z_]+[a-z]\b", text)) - ROLES
        assert named - known == set(), where


def test_every_command_that_the_docs_name_exists() -> None:
    known = set(cli.main.list_commands(click.Context(cli.main)))
    named = set(re.findall(r"(?:`|/|\n|&& )abhiyan ([a-z]+)", "".join(PAGES.values())))
    assert named - known == set()


@cache
def names_in(place: Path) -> set[str]:
    """Return the names that a module, or a package with its modules, has."""
    names: set[str] = set()
    for file in place.rglob("*.py") if place.is_dir() else [place]:
        names.add(file.stem)
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.alias):
                names.add(node.name)
            elif isinstance(node, ast.Name | ast.arg):
                names.add(node.id if isinstance(node, ast.Name) else node.arg)
    return names


def names_of_nothing(text: str) -> Iterator[str]:
    """Yield names of code that a page says of a module which has no such name."""
    for room, module, rest in DOTTED.findall(text):
        place = next(
            (way for way in (PACKAGE / room / module, PACKAGE / room / f"{module}.py") if way.exists()), None
        )
        if place is not None and not set(rest.split(".")) <= names_in(place):
            yield f"{room}.{module}.{rest}"
    for path, listed in IN_FILE.findall(text):
        place = next((top / path for top in (PACKAGE, ROOT) if (top / path).is_file()), None)
        for name in re.findall(r"`([A-Za-z_]\w*)(?:\(\))?`", listed) if place is not None else ():
            if name not in names_in(place):
                yield f"{path} {name}"


def test_every_name_of_code_in_the_docs_exists() -> None:
    pages = {str(path.relative_to(DOCS)): path.read_text() for path in sorted(DOCS.rglob("*.md"))}
    assert sum(len(DOTTED.findall(text)) for text in pages.values()) > 50
    assert {page: wrong for page, text in pages.items() if (wrong := list(names_of_nothing(text)))} == {}


@pytest.mark.parametrize(
    "planted",
    [
        "`org.queries.no_such_function` says who may.",
        "`abhiyan.core.audit.no_such_function` opens it.",
        "`people.actions.erasing.no_such_function` does it.",
        "`people.actions.no_such_module.erase_persons` does it.",
        "`core/limits.py` (`sweep_counters`, `no_such_function`) empties them.",
        "`core/limits.py` (`no_such_function()`) empties them.",
    ],
)
def test_a_name_of_nothing_is_found(planted: str) -> None:
    assert len(list(names_of_nothing(planted))) == 1


def test_every_page_has_its_reader_in_the_index() -> None:
    readers = ("Operators", "Offices", "Data officers", "Developers")
    assert set(PAGES) - {"README.md"} == {page for reader in readers for page in of_readers(reader)}


def test_every_link_leads_somewhere() -> None:
    broken = []
    for path in (ROOT / "README.md", *DOCS.rglob("*.md")):
        for link in LINK.findall(without_code(path.read_text())):
            name, _, anchor = link.partition("#")
            if re.match(r"[a-z]+:", link):
                continue
            to = path.parent / name if name else path
            if not to.exists() or (anchor and anchor not in anchors(to.read_text())):
                broken.append(f"{path.relative_to(ROOT)}: {link}")
    assert broken == []


def test_every_page_that_a_text_of_the_product_names_exists() -> None:
    named = re.compile(r"docs/([a-z]+\.md)(?:, “([^”]+)”)?")
    broken = []
    for path in (ROOT / "src").rglob("*.py"):
        for name, head in named.findall(path.read_text()):
            if name not in PAGES or (head and head not in PAGES[name]):
                broken.append(f"{path.relative_to(ROOT)}: {name} {head}")
    assert broken == []


def test_sentences_are_short_and_no_page_gets_more_long_ones() -> None:
    for page, text in PAGES.items():
        long = [said for said in sentences(text) if len(re.findall(r"[\w'’-]+", said)) > LONGEST]
        assert len(long) <= LONGER.get(page, 0), f"{page}: {long}"


def test_no_page_of_operators_may_have_long_sentences() -> None:
    assert set(LONGER).isdisjoint(of_readers("Operators"))
