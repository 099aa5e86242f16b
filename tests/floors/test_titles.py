"""A title that an office types is a `core.titles.TitledModel`. Readers get it in their language where it has both."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import django.apps
import pytest
from django.db import models

from abhiyan.core.titles import TitledModel

from .source import Finder, Source, sources, told

TYPED = {"title", "name", "subject", "heading", "headline"}
# Columns of these names that hold no title of an office, each with the reason.
EXEMPT: dict[str, str] = {
    "core.AuditEntry.subject": "the id that an entry of the trail is about",
    "core.HostProcessNote.name": "a host, as its operator calls it",
    "core.Job.name": "the function of a job",
    "elections.Candidacy.name": "a candidate, as the Election Commission writes them",
    "elections.Contest.name": "a seat, as the Election Commission writes it",
    "elections.Part.name": "a polling station, as the Election Commission writes it",
    "elections.ResultFile.name": "a file's own name",
    "enrolment.ChannelToken.name": "a poster or a desk, which its office alone reads",
    "enrolment.DoorEntry.name": "a person",
    "messaging.Template.name": "a bulk text, which its office alone reads",
    "people.Account.name": "a person",
    "people.Factor.name": "an own phone or app, which its holder alone reads",
    "people.Notice.title": "a notice has one row a language",
    "people.Person.name": "a person",
    "review.DeckTemplate.name": "a file's own name",
    "units.Poll.name": "a poll, as it was notified",
}


def typed_titles() -> Iterator[str]:
    for model in django.apps.apps.get_models():
        for field in model._meta.concrete_fields:
            if (
                model.__module__.startswith("abhiyan.")
                and field.name in TYPED
                and isinstance(field, models.TextField | models.CharField)
            ):
                yield f"{model._meta.app_label}.{model.__name__}.{field.name}"


def plain_title_forms(source: Source) -> Iterator[str]:
    if {"tests", "migrations"} & source.parts:
        return
    for node in source.nodes:
        if not isinstance(node, ast.ClassDef):
            continue
        fields = {ast.unparse(one.targets[0]) for one in node.body if isinstance(one, ast.Assign)}
        is_form = any("Form" in ast.unparse(base) for base in node.bases)
        if is_form and "title" in fields and "TitledForm" not in {ast.unparse(base) for base in node.bases}:
            yield source.at(node, "take `ui.forms.TitledForm`: it asks for the other language too")


def reads_as_typed(source: Source) -> Iterator[str]:
    """Only acts copy the column. Pages, messages and files read `title` or `title_in`."""
    if {"tests", "migrations", "actions"} & source.parts or (source.room, source.path.stem) == (
        "core",
        "titles",
    ):
        return
    for node in source.nodes:
        if isinstance(node, ast.Attribute) and node.attr == "typed_title":
            yield source.at(node, "read `title`: it is in the reader's language")


def selects_as_typed(source: Source) -> Iterator[str]:
    """SQL of a page selects `titles.title_sql`. `order by` may take the column."""
    if {"tests", "migrations", "actions"} & source.parts:
        return
    for node in source.nodes:
        text = node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
        if re.search(r"(?i)\bselect\b.*?\b[a-z]\w*\.titles?\b.*?\bfrom\b", text, re.DOTALL):
            yield source.at(node, "select `core.titles.title_sql`: it is in the reader's language")


def reads_as_typed_on_pages(source: Source) -> Iterator[str]:
    for n, line in enumerate(source.text.splitlines(), 1):
        if "typed_title" in line:
            yield f"{source.room}/{source.path}:{n}: read `title`: it is in the reader's language"


def test_a_typed_title_may_be_in_both_languages() -> None:
    told(f"{column}: take TitledModel, or say why not" for column in typed_titles() if column not in EXEMPT)
    assert set(EXEMPT) <= set(typed_titles()), "an exempt column is gone"
    assert any(issubclass(model, TitledModel) for model in django.apps.apps.get_models())


@pytest.mark.parametrize(
    "finder", [plain_title_forms, reads_as_typed, selects_as_typed], ids=lambda finder: finder.__name__
)
def test_no_module_breaks_a_rule_of(finder: Finder) -> None:
    told(offence for source in sources("**/*.py") for offence in finder(source))


@pytest.mark.parametrize("finder", [reads_as_typed_on_pages], ids=lambda finder: finder.__name__)
def test_no_template_breaks_a_rule_of(finder: Finder) -> None:
    told(offence for source in sources("**/*.html") for offence in finder(source))


def test_a_form_with_a_plain_title_is_found() -> None:
    planted = "".join(
        f"class New{base}({base}):\n    title = forms.CharField()\n" for base in ("BriefForm", "TitledForm")
    )
    assert len(list(plain_title_forms(Source("meetings", Path("views/forms.py"), planted)))) == 1
    assert len(list(reads_as_typed(Source("meetings", Path("offers.py"), "x = one.typed_title\n")))) == 1
    planted = 'ROWS = "select q.id, q.title, u.names from contact_call_queue q"\n'
    assert len(list(selects_as_typed(Source("contact", Path("office.py"), planted)))) == 1
