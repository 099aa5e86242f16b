"""The docs name every setting and command, and nothing that does not exist. Every page has its reader."""

import re
from collections.abc import Iterator
from pathlib import Path

import click

from abhiyan.site import cli

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
PAGES = {path.name: path.read_text() for path in sorted(DOCS.glob("*.md"))}
REFERENCE = PAGES["reference.md"]
NAMES = re.compile(r"\b(?:ABHIYAN_[A-Z_]+[A-Z]|DATABASE_URL)\b")
# Set by our own processes for one another, or by tests; not for an operator.
INTERNAL = {"ABHIYAN_WATCHED_BY", "ABHIYAN_CHROMIUM"}
LINK = re.compile(r"\]\(([^)\s]+)\)")
LONGEST = 25


def used() -> set[str]:
    names: set[str] = set()
    for path in (ROOT / "src").rglob("*.py"):
        if "tests" not in path.parts:
            names |= set(NAMES.findall(path.read_text()))
    return {name for name in names if not name.startswith("ABHIYAN_TEST_")} - INTERNAL


def commands(group: click.Group, before: str = "abhiyan") -> Iterator[str]:
    for name, command in group.commands.items():
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
        r"\n\s*\n|\n(?=\s*(?:[-*]|\d+\.) )|\n(?=\|)| \| |^\| ", without_code(text), flags=re.MULTILINE
    ):
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", re.sub(r"`[^`]*`", "x", " ".join(block.split())))
        yield from re.split(r"(?<=[.!?:;])[*”)]*\s+", plain)


def test_every_setting_that_is_read_is_in_the_reference() -> None:
    assert used() - set(NAMES.findall(REFERENCE)) == set()


def test_every_setting_that_the_docs_name_is_read() -> None:
    named = set(NAMES.findall("".join(PAGES.values())))
    assert named - used() - INTERNAL == set()


def test_every_command_is_in_the_reference() -> None:
    assert [name for name in commands(cli.main) if not re.search(rf"`{name}[ `]", REFERENCE)] == []


def test_every_command_that_the_docs_name_exists() -> None:
    known = set(cli.main.list_commands(click.Context(cli.main)))
    named = set(re.findall(r"(?:`|/|\n|&& )abhiyan ([a-z]+)", "".join(PAGES.values())))
    assert named - known == set()


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


def test_sentences_of_operators_are_short() -> None:
    long = [
        f"{page}: {sentence}"
        for page in of_readers("Operators")
        for sentence in sentences(PAGES[page])
        if len(re.findall(r"[\w'’-]+", sentence)) > LONGEST
    ]
    assert long == []
