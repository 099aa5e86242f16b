"""A green sentence says that an act is done. It waits for the commit of its transaction."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from .source import PACKAGE, Source, sources, told

WAITS = ("ui", "acts.py")  # `say_when_done` keeps the sentence, `say_after_commit` gives it out
GIVES_OUT = ("org", "middleware.py")


def greens_before_the_commit(source: Source) -> Iterator[str]:
    """Messages of Django's level for success, however they are called; `say_after_commit` beside its one place."""
    where = (source.room, str(source.path))
    if where == WAITS:
        return
    for node in source.nodes:
        name = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
        is_django = isinstance(node, ast.ImportFrom) and (node.module or "").startswith(
            "django.contrib.messages"
        )
        names = {each.name for each in node.names} if isinstance(node, ast.ImportFrom) else set()
        if name in ("success", "SUCCESS") and "messages" in ast.unparse(node).split(".")[0].lower():
            yield source.at(node, "ui.acts.say_when_done says it after the commit")
        elif name in ("add_message", "set_level") or (is_django and names - {"messages"}):
            yield source.at(node, "a message of a level goes by messages.info, warning or error")
        elif name == "say_after_commit" and where != GIVES_OUT:
            yield source.at(node, "only the middleware that commits gives out what waited")


def test_no_green_sentence_is_put_before_the_commit() -> None:
    told(offence for source in sources("**/*.py") for offence in greens_before_the_commit(source))


@pytest.mark.parametrize(
    "text",
    [
        "from django.contrib import messages\nmessages.success(request, 'Saved.')",
        "messages.add_message(request, 25, 'Saved.')",
        "from django.contrib.messages import success\nsuccess(request, 'Saved.')",
        "from django.contrib import messages as said\nsaid.add_message(request, 25, 'Saved.')",
        "level = messages.SUCCESS",
        "from abhiyan.ui.acts import say_after_commit\nsay_after_commit(request)",
    ],
)
def test_the_finder_finds_each_way(text: str) -> None:
    assert list(greens_before_the_commit(Source("people", Path("views/account.py"), text)))


def test_greens_are_given_out_after_the_transaction_and_before_the_cookie() -> None:
    """The middleware that keeps messages is outside the one that holds the transaction; that one commits, then says."""
    order = settings.MIDDLEWARE
    keeps, commits = "django.contrib.messages.middleware.MessageMiddleware", "abhiyan.org.middleware.viewer"
    assert order.index(keeps) < order.index(commits)
    tree = ast.parse((PACKAGE / "org" / "middleware.py").read_text())
    answer = next(
        each for each in ast.walk(tree) if isinstance(each, ast.FunctionDef) and each.name == "_answer"
    )
    transaction = next(each for each in answer.body if isinstance(each, ast.With))
    calls = [
        each
        for each in ast.walk(answer)
        if isinstance(each, ast.Call) and ast.unparse(each.func) == "say_after_commit"
    ]
    assert [each.lineno > (transaction.end_lineno or 0) for each in calls] == [True]
