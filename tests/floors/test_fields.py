"""A field for a number takes it as people write it: 12,34,567, 50 lakh, 35 करोड़."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from .source import Finder, Source, sources, told

BY_MACHINES = {("pages", "views/field.py"): "a phone's own script counts the pictures of a record"}


def plain_number_fields(source: Source) -> Iterator[str]:
    """`ui.fields.WholeField` reads words and groups. Hidden fields are sent by pages."""
    if {"tests", "migrations"} & source.parts or (source.room, str(source.path)) in BY_MACHINES:
        return
    for node in source.nodes:
        if (
            isinstance(node, ast.Call)
            and ast.unparse(node.func)
            in (
                "forms.IntegerField",
                "forms.NumberInput",
            )
            and not any(
                one.arg == "widget" and "HiddenInput" in ast.unparse(one.value) for one in node.keywords
            )
        ):
            yield source.at(node, "take a WholeField: it reads 12,34,567 and 50 lakh")


def number_inputs(source: Source) -> Iterator[str]:
    """A browser refuses words in an input of type number, so it is text with `inputmode`."""
    for n, line in enumerate(source.text.splitlines(), 1):
        if 'type="number"' in line:
            yield f"{source.room}/{source.path}:{n}: an input of type number takes no words"


@pytest.mark.parametrize("finder", [plain_number_fields], ids=lambda finder: finder.__name__)
def test_no_module_breaks_a_rule_of(finder: Finder) -> None:
    told(offence for source in sources("**/*.py") for offence in finder(source))


@pytest.mark.parametrize("finder", [number_inputs], ids=lambda finder: finder.__name__)
def test_no_template_breaks_a_rule_of(finder: Finder) -> None:
    told(offence for source in sources("**/*.html") for offence in finder(source))


def test_a_plain_number_field_is_found_and_a_hidden_one_is_not() -> None:
    planted = "n = forms.IntegerField(min_value=0)\nseen = forms.IntegerField(widget=forms.HiddenInput)\n"
    assert len(list(plain_number_fields(Source("meetings", Path("forms.py"), planted)))) == 1
