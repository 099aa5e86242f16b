"""The kit (ui.lists, ui.acts, org.here) does it now; the rest of the old ways is counted."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from .source import ROOT, Finder, Source, dotted, sources, told

LONGEST_LINE = 120  # of a template; ruff holds Python


def in_views(source: Source) -> bool:
    return "views" in source.parts


def files_written_by_hand(source: Source) -> Iterator[str]:
    for node in source.nodes:
        if source.room != "ui" and isinstance(node, ast.Call) and dotted(node.func).endswith("file_response"):
            yield source.at(node, "a file of its own: declare the columns (ui.lists.Column)")


def refusals_put_beside_fields_by_hand(source: Source) -> Iterator[str]:
    for node in source.nodes if in_views(source) else ():
        if not isinstance(node, ast.Call) or not node.args or not dotted(node.func).endswith(".add_error"):
            continue
        if dotted(node.func) == "self.add_error":  # a form that cleans itself
            continue
        said = node.args[-1]
        if isinstance(said, ast.Call) and dotted(said.func) == "str" and isinstance(said.args[0], ast.Name):
            yield source.at(node, "a refusal put beside its field by hand: ui.acts.tried does that")


def units_read_from_addresses_by_hand(source: Source) -> Iterator[str]:
    for node in source.nodes if in_views(source) else ():
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and "?unit=" in node.value:
            yield source.at(node, "?unit= by hand: org.here.unit_address makes it")
        if (
            isinstance(node, ast.Call)
            and dotted(node.func).endswith(("GET.get", "POST.get"))
            and node.args
            and isinstance(node.args[0], ast.Constant)
            and node.args[0].value == "unit"
        ):
            yield source.at(node, "the unit of a page read by hand: org.here.page_unit does that")


def tables_drawn_by_hand(source: Source) -> Iterator[str]:
    if source.room == "ui" or source.path.suffix != ".html":
        return
    for number, line in enumerate(source.text.splitlines(), 1):
        for _each in re.findall(r'<table class="tbl', line):
            yield f"{source.room}/{source.path}:{number}: a list drawn by hand: {{% list %}} draws it"


def template_lines_too_long(source: Source) -> Iterator[str]:
    if source.path.suffix != ".html":
        return
    for number, line in enumerate(source.text.splitlines(), 1):
        if len(line) > LONGEST_LINE:
            yield f"{source.room}/{source.path}:{number}: {len(line)} characters: one element a line"


# old_ways.toml holds the rest of them: how often in which file. The list may only shrink.
OLD_WAYS: dict[Finder, str] = {
    files_written_by_hand: "**/*.py",
    refusals_put_beside_fields_by_hand: "**/*.py",
    units_read_from_addresses_by_hand: "**/*.py",
    tables_drawn_by_hand: "templates/**/*",
    template_lines_too_long: "templates/**/*",
}
LEFT: dict[str, dict[str, int]] = tomllib.loads((ROOT / "tests" / "old_ways.toml").read_text())


@pytest.mark.parametrize("finder", OLD_WAYS, ids=lambda finder: finder.__name__)
def test_an_old_way_is_gone_but_for_the_list_of_what_is_left(finder: Finder) -> None:
    """More than the list allows is a step back; a file on it that needs it no more comes off it."""
    left = LEFT.get(finder.__name__, {})
    found = {
        f"{source.room}/{source.path}": offences
        for source in sources(OLD_WAYS[finder])
        if (offences := list(finder(source)))
    }
    told(offence for path, each in found.items() if len(each) > left.get(path, 0) for offence in each)
    told(f"{path}: none left, take it off tests/old_ways.toml" for path in left.keys() - found.keys())


PLANTED: list[tuple[Finder, str, str, str]] = [
    (files_written_by_hand, "org", "views.py", "tables.file_response('x', 'csv', [], [])"),
    (
        refusals_put_beside_fields_by_hand,
        "org",
        "views/office_offers.py",
        "try: f()\nexcept Refused as refused: form.add_error(None, str(refused))",
    ),
    (units_read_from_addresses_by_hand, "org", "views.py", "code = request.GET.get('unit', '')"),
    (units_read_from_addresses_by_hand, "org", "views.py", "href = f'{page}?unit={code}'"),
    (tables_drawn_by_hand, "org", "templates/org/x.html", '<div><table class="tbl cards">'),
    (template_lines_too_long, "org", "templates/org/x.html", "<p>" + "{{ x }}" * 20),
]


@pytest.mark.parametrize(("finder", "room", "path", "text"), PLANTED)
def test_a_planted_offence_is_found(finder: Finder, room: str, path: str, text: str) -> None:
    assert list(finder(Source(room=room, path=Path(path), text=text)))


ALLOWED: list[tuple[Finder, str, str, str]] = [
    (files_written_by_hand, "ui", "lists.py", "tables.file_response('x', 'csv', [], [])"),
    (refusals_put_beside_fields_by_hand, "org", "views.py", "form.add_error('last', _('Too early.'))"),
    (tables_drawn_by_hand, "ui", "templates/ui/kit.html", '<table class="tbl">'),
]


@pytest.mark.parametrize(("finder", "room", "path", "text"), ALLOWED)
def test_what_is_allowed_is_not_found(finder: Finder, room: str, path: str, text: str) -> None:
    assert list(finder(Source(room=room, path=Path(path), text=text))) == []
