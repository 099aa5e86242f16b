"""A number that somebody typed is read in the digits of any script, at one place (`core/letters.py`).

`\\d`, `int` and `float` of Python take the digits of every script. A pattern of 0 to 9 does not. A module with one
makes digits plain first (`plain_digits`, `only_digits`), or is listed with what it reads. An entry nobody needs is an
offence.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from .source import PACKAGE, Finder, Source, dotted, sources, told

THE_PLACE = "core/letters.py"
PLAIN = {"plain_digits", "only_digits", "whole_number"}  # they make digits plain
# Each of these looks at 0 to 9 in what nobody typed, or reads no number there.
READ_NO_TYPED_NUMBER = {
    "core/address.py": "addresses of networks",
    "core/embedded/processes.py": "numbers of processes",
    "core/environment.py": "settings, which other programs read too, so they are in ASCII",
    "core/keys.py": "the file of the master key",
    "imports/tables/headers.py": "it counts digits to tell a header from a row",
    "imports/tables/reading.py": "it looks whether a cell has a digit",
    "imports/tables/sniffing.py": "it counts digits to guess what a column is",
    "imports/tables/sheet_parts.py": "attributes of the XML of a sheet",
    "imports/tables/unread.py": "attributes of the XML of a sheet",
    "imports/tables/writing.py": "names of sheets that we write",
    "intake/hotpath/asgi.py": "a length in a header of HTTP",
    "intake/hotpath/shapes.py": "the shape of our own receipts",
    "forms/rules/questions.py": "names of questions and choices, as the standard XLSForm has them",
    "messaging/rules/bulk.py": "DLT ids and names of senders, which their fields have made plain",
    "messaging/rules/inbound.py": "numbers as providers send them",
    "messaging/rules/sms_parts.py": "marks of providers",
    "people/rules/audio.py": "a range in a header of HTTP",
    "work/rules/materials.py": "names inside of PDF files",
    "review/views/figures.py": "sentences of our own",
    "stays/views/thanks.py": "a month in an address that we made",
    "ui/accent.py": "names of styles",
    "ui/bearers.py": "marks that we put into a page",
    "verification/actions/frames.py": "a public value is kept letter by letter, for its hash",
}
_CLASS = re.compile(r"\[[^\]\s]*[0-9]-9")  # [0-9], [1-9], [A-Z0-9]
_TYPED = re.compile(r"\b(GET|POST|headers|request)\b")
_INPUT = re.compile(r"'inputmode': '(tel|numeric|decimal)'")
KIT = {
    "forms.TimeField": "HourField",
    "forms.DateTimeField": "MomentField",
    "forms.DateField": "DayField",
    "forms.RegexField": "DigitsField",
}
EXAMPLES = {"ui/kit.py": "examples on the page of components", "ui/fields.py": "the kit itself"}


def _place(source: Source) -> str:
    return f"{source.room}/{source.path}"


def _skipped(source: Source) -> bool:
    return bool({"tests", "migrations", "demo", "bench"} & source.parts)


def _looks_at_ascii(source: Source) -> Iterator[tuple[ast.AST, str]]:
    for node in source.nodes:
        if isinstance(node, ast.Attribute) and node.attr in ("isdigit", "isdecimal", "isnumeric"):
            yield node, node.attr
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and _CLASS.search(node.value):
            yield node, "a pattern of 0 to 9"


def _makes_plain(source: Source) -> bool:
    return any(
        isinstance(node, ast.ImportFrom) and PLAIN & {alias.name for alias in node.names}
        for node in source.nodes
    )


def digits_of_one_script(source: Source) -> Iterator[str]:
    """A module that looks at 0 to 9 makes digits plain, or is listed."""
    if _skipped(source) or _makes_plain(source) or _place(source) in (*READ_NO_TYPED_NUMBER, THE_PLACE):
        return
    for node, what in _looks_at_ascii(source):
        yield source.at(node, f"{what}: read it by core.letters.plain_digits or core.numbers.whole_number")


def digits_by_another_way(source: Source) -> Iterator[str]:
    """Nobody else turns digits of a script into 0 to 9."""
    if _place(source) == THE_PLACE or _skipped(source):
        return
    for node in source.nodes:
        name = dotted(node) if isinstance(node, ast.Attribute) else ""
        if name in ("unicodedata.decimal", "unicodedata.digit", "unicodedata.numeric"):
            yield source.at(node, f"{name}: core.letters.plain_digits does this")


def numbers_of_a_request(source: Source) -> Iterator[str]:
    """A form reads the numbers of a request, or `whole_number`, which raises nothing."""
    if _skipped(source):
        return
    for node in source.nodes:
        if (
            isinstance(node, ast.Call)
            and dotted(node.func) in ("int", "float", "Decimal")
            and node.args
            and _TYPED.search(ast.unparse(node.args[0]))
        ):
            yield source.at(node, "read it by core.numbers.whole_number")


def fields_of_one_script(source: Source) -> Iterator[str]:
    """A field for digits is of the kit. Hidden ones are sent by pages."""
    if _skipped(source) or _place(source) in EXAMPLES:
        return
    for node in source.nodes:
        if not isinstance(node, ast.Call):
            continue
        name, text = dotted(node.func), ast.unparse(node)
        if name in KIT and "HiddenInput" not in text:
            yield source.at(node, f"{name}: take a {KIT[name]}")
        elif name == "forms.CharField" and _INPUT.search(text):
            yield source.at(node, "a text of digits: take a DigitsField or a PhoneField")


@pytest.mark.parametrize(
    "finder",
    [digits_of_one_script, digits_by_another_way, numbers_of_a_request, fields_of_one_script],
    ids=lambda finder: finder.__name__,
)
def test_no_module_breaks_a_rule_of(finder: Finder) -> None:
    told(offence for source in sources("**/*.py") for offence in finder(source))


def test_every_entry_of_the_list_is_needed() -> None:
    by_place = {_place(source): source for source in sources("**/*.py")}
    told(
        f"{place}: listed, and looks at no digits, or makes them plain"
        for place in READ_NO_TYPED_NUMBER
        if place not in by_place
        or not any(_looks_at_ascii(by_place[place]))
        or (_makes_plain(by_place[place]) and place not in MIXED)
    )


# It makes digits plain in one part, and looks at 0 to 9 in another.
MIXED = {"messaging/rules/inbound.py"}


def test_a_script_of_a_page_reads_digits_as_the_server_does() -> None:
    """`ui/checks.js` has `plainDigits`. A pattern of 0 to 9, or `parseInt`, anywhere else knows one script."""
    told(
        f"{path.relative_to(PACKAGE)}:{n}: use plainDigits of ui/checks.js, or \\p{{Nd}}"
        for path in sorted(Path(PACKAGE).glob("*/static/**/*.js"))
        if "built" not in path.parts and path.name != "checks.js"
        for n, line in enumerate(path.read_text().splitlines(), 1)
        if re.search(r"\[[^\]\s]*[0-9]-9|\\d|\bparse(?:Int|Float)\b", line)
    )


def test_planted_readers_of_one_script_are_found() -> None:
    planted = (
        'n = int(request.GET["n"])\n'
        'is_pin = re.fullmatch("[1-9][0-9]{5}", text) or text.isdigit()\n'
        "digit = unicodedata.digit(sign)\n"
        'phone = forms.CharField(widget=forms.TextInput(attrs={"inputmode": "tel"}))\n'
        "hour = forms.TimeField()\n"
    )
    source = Source("meetings", Path("views/planted.py"), planted)
    finders = [digits_of_one_script, digits_by_another_way, numbers_of_a_request, fields_of_one_script]
    assert [len(list(finder(source))) for finder in finders] == [2, 1, 1, 2]
