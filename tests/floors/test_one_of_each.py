"""One idea, one place: how many functions of the product do a thing that everybody needs."""

import ast
from collections.abc import Iterator

from .source import Source, sources, told

REVEALED = "people.reveal_phone"  # the row that each shown number leaves


def functions_with(source: Source, text: str) -> Iterator[str]:
    """Yields the functions that have a text as a constant."""
    for node in source.nodes:
        if isinstance(node, ast.FunctionDef) and any(
            isinstance(each, ast.Constant) and each.value == text for each in ast.walk(node)
        ):
            yield f"{source.room}/{source.path} {node.name}"


def takes_of(source: Source, limit: str) -> Iterator[str]:
    """Yields the functions that count against a declared limit."""
    for node in source.nodes:
        if isinstance(node, ast.FunctionDef) and any(
            isinstance(each, ast.Attribute) and each.attr == limit for each in ast.walk(node)
        ):
            yield f"{source.room}/{source.path} {node.name}"


def test_one_function_shows_a_number() -> None:
    shown = [where for source in sources("**/*.py") for where in functions_with(source, REVEALED)]
    counted = [where for source in sources("**/*.py") for where in takes_of(source, "PEOPLE_REVEALED")]
    assert shown == ["people/actions/accounts.py reveal_number"], shown
    assert counted == shown


def duties_by_hand(source: Source) -> Iterator[str]:
    """Yields messages to office-bearers that are made beside `messaging.tell_accounts`."""
    for node in source.nodes:
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("Outgoing"):
            yield from (
                source.at(node, "messaging.tell_accounts writes to office-bearers")
                for given in node.keywords
                if (given.arg == "template" and ast.unparse(given.value).startswith("'duty."))
                or ast.unparse(given.value).endswith("texts.DUTY")
            )


def test_one_function_writes_to_office_bearers() -> None:
    told(offence for source in sources("**/*.py") for offence in duties_by_hand(source))


def ways_to_post(source: Source) -> Iterator[str]:
    """Yields the functions that answer a form with its act, or with what `tried` came to."""
    for node in source.nodes:
        if isinstance(node, ast.FunctionDef) and {"request", "act"} <= {each.arg for each in node.args.args}:
            yield node.name


def test_a_form_is_posted_by_one_function_and_asked_by_one_page() -> None:
    posting = (source for source in sources("**/*.py") if source.room == "ui")
    found = [name for source in posting for name in ways_to_post(source)]
    assert found == ["tried", "ask"]
