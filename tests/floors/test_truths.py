"""One file writes the words for the findings of checks, and no other rounds a rate."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from .source import Finder, Source, sources, told

WRITER = ("programmes", "queries/checked.py")
SAYS = {"_", "say", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy", "pgettext", "pgettext_lazy"}
# A number of 100 with its blank, an interval, a rate of a measure's own, or that checks are too few.
_A_TRUTH = re.compile(
    r"(?:%\(\w+\)s|\{\{ ?\w+ ?\}\})\s*(?:of (?:every )?100\b|to (?:%\(\w+\)s|\{\{ ?\w+ ?\}\}) (?:of 100|are real))"
    r"|\bnot enough checks\b|\btoo few checks\b|\bpeople entered (?:up to|from)\b",
    re.IGNORECASE,
)
# Rates of their own: a verifier's answers beside others', a worker's among those nearby, a plan of checks. Titles of a
# deck, whose numbers are those of two sentences (review/tests/test_decks.py). The kit's page is made of samples.
ELSEWHERE = {
    ("review", "rules/decks.py"),
    ("ui", "kit.py"),
    ("verification", "rules/indicators.py"),
    ("verification", "views/planning.py"),
    ("verification", "views/verifiers.py"),
}
# Files that may round a share to a number of 100: the rule, the least gap (what an end leaves), and drawings.
ROUNDS = {
    ("programmes", "rules/estimated.py"),
    ("review", "rules/decks.py"),
    ("ui", "kit.py"),
    ("ui", "ladder.py"),
    ("ui", "numbers.py"),
    ("verification", "here.py"),
    ("verification", "views/frames.py"),
}


def _place(source: Source) -> tuple[str, str]:
    return source.room, str(source.path)


def truths_in_python(source: Source) -> Iterator[str]:
    """Words on a screen that say how many of 100 are real, or that checks are too few."""
    if _place(source) == WRITER or _place(source) in ELSEWHERE:
        return
    yield from _in_python(source)


def _in_python(source: Source) -> Iterator[str]:
    for node in source.nodes:
        if not isinstance(node, ast.Call) or getattr(node.func, "id", "") not in SAYS:
            continue
        for each in node.args:
            if isinstance(each, ast.Constant) and isinstance(each.value, str) and _A_TRUTH.search(each.value):
                yield source.at(node, f"“{each.value}”: programmes.queries.truth_of says it")


def truths_in_templates(source: Source) -> Iterator[str]:
    """The same in templates. The planner says it of checks that nobody has made yet."""
    if _place(source) == ("verification", "templates/verification/frame_plan.html"):
        return
    for number, line in enumerate(source.text.splitlines(), 1):
        if found := _A_TRUTH.search(line):
            yield f"{source.room}/{source.path}:{number}: {found[0]}: programmes.queries.truth_of says it"


def rates_rounded_by_hand(source: Source) -> Iterator[str]:
    """A share of an estimate that becomes a number of 100 beside the rule of the sentence."""
    if _place(source) in ROUNDS:
        return
    for node in source.nodes:
        if (
            isinstance(node, ast.Call)
            and getattr(node.func, "id", getattr(node.func, "attr", "")) == "of_100"
        ):
            yield source.at(node, "of_100 by hand: `Truth.real` has the numbers of the sentence")


FINDERS: list[tuple[Finder, str]] = [
    (truths_in_python, "**/*.py"),
    (truths_in_templates, "templates/**/*.html"),
    (rates_rounded_by_hand, "**/*.py"),
]


@pytest.mark.parametrize(("finder", "pattern"), FINDERS)
def test_what_checks_found_has_one_writer(finder: Finder, pattern: str) -> None:
    told(offence for source in sources(pattern) for offence in finder(source))


def test_each_file_that_is_left_out_has_such_words() -> None:
    found = {_place(source) for source in sources("**/*.py") if any(_in_python(source))}
    assert ELSEWHERE | {WRITER} == found


PLANTED: list[tuple[Finder, str, str]] = [
    (truths_in_python, "views.py", 'say("%(n)s of 100 are real")'),
    (truths_in_python, "views.py", '_("About %(rate)s of every 100 stays are real")'),
    (truths_in_python, "views.py", 'say("%(low)s to %(high)s of 100")'),
    (truths_in_python, "views.py", '_("not enough checks here yet")'),
    (truths_in_python, "views.py", 'ngettext("one", "too few checks: %(n)s", n)'),
    (truths_in_templates, "templates/x.html", "{% say n=row.rate %}{{ n }} of 100 are real{% endsay %}"),
    (truths_in_templates, "templates/x.html", "<p>Not enough checks.</p>"),
    (rates_rounded_by_hand, "views.py", "cell = of_100(row.rate)"),
]


@pytest.mark.parametrize(("finder", "path", "text"), PLANTED)
def test_a_planted_truth_is_found(finder: Finder, path: str, text: str) -> None:
    assert list(finder(Source(room="units", path=Path(path), text=text)))
