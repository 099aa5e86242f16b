"""Acts that note words about people ask the rule of private words. Acts that pass words up ask the rule of names."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from .source import Finder, Source, sources, told

NOTED = {"note", "need", "words", "said"}  # what an act calls words about people
RULES = ("private_in", "refused_in", "unfit_note", "unfit_words", "is_about_illness")
# Acts that note words and ask no rule, each with its reason.
FREE = {
    ("dialogues", "add_talk_need"): "the helpline's own act asks it (helpdesk/actions/opening.py)",
    ("enrolment", "ask_ticket"): "a person's own request to the data officer",
    ("people", "erase_again"): "what a person said is erased there",
    ("work", "change_task"): "the note is a `ui.fields.NoteField` of its form",
    ("work", "hand_over_task"): "the note is a `ui.fields.NoteField` of its form",
    ("verification", "close_answers"): "answers that a check has chosen",
}


def words_noted_unasked(source: Source) -> Iterator[str]:
    """The rule is `imports/private_words.py`; a helper of the same file may ask it."""
    if "actions" not in source.parts or "tests" in source.parts:
        return
    for node in source.tree.body:
        if not isinstance(node, ast.FunctionDef) or node.name.startswith("_"):
            continue
        noted = sorted(NOTED & {argument.arg for argument in node.args.kwonlyargs})
        asks = any(rule in (ast.get_source_segment(source.text, node) or "") for rule in RULES)
        if noted and not asks and (source.room, node.name) not in FREE:
            yield source.at(node, f"{node.name}() notes {noted[0]}: ask imports.private_words.private_in")


def quotes_passed_unasked(source: Source) -> Iterator[str]:
    """Words go up in a quote or a leader's report. The module that writes one asks about names."""
    if "actions" not in source.parts or "tests" in source.parts:
        return
    for node in source.nodes:
        if (
            isinstance(node, ast.Call)
            and ast.unparse(node.func) in ("QuotePassed.objects.create", "LeaderReport.objects.create")
            and "require_no_names" not in source.text
        ):
            yield source.at(node, "words go up: ask opinions.actions.require_no_names")


FINDERS = (words_noted_unasked, quotes_passed_unasked)


@pytest.mark.parametrize("finder", FINDERS, ids=lambda finder: finder.__name__)
def test_no_module_breaks_a_rule_of(finder: Finder) -> None:
    told(offence for source in sources("**/*.py") for offence in finder(source))


@pytest.mark.parametrize(
    ("finder", "planted", "n"),
    [
        (words_noted_unasked, "def note_visit(*, note, by, at): ...", 1),
        (words_noted_unasked, "def note_visit(*, note, by, at):\n    if private_in(note): ...", 0),
        (words_noted_unasked, "def add_need(*, need, by, at): ...", 1),
        (quotes_passed_unasked, "QuotePassed.objects.create(text=text)", 1),
        (
            quotes_passed_unasked,
            "opinions.require_no_names(text=text)\nQuotePassed.objects.create(text=text)",
            0,
        ),
    ],
)
def test_a_planted_act_is_found_and_one_that_asks_is_not(finder: Finder, planted: str, n: int) -> None:
    assert len(list(finder(Source("meetings", Path("actions/visits.py"), planted)))) == n
