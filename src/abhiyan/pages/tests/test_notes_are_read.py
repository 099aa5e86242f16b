"""Free words that an office writes hold nothing private of a person. A field that forgets to ask is found."""

import ast
import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from django import forms
from django.core.exceptions import ValidationError

import abhiyan
from abhiyan.core.refusals import RefusedWords
from abhiyan.forms.filling import answers_form
from abhiyan.forms.models import FormVersion
from abhiyan.forms.rules.answers import check
from abhiyan.ui.fields import NoteField
from abhiyan.ui.forms import form_refusals, where_to_ask

LONG = 200  # letters from which a field holds sentences
PUBLIC = "words for the public or for all members, which say nothing of one person"
CITIZENS = "words of citizens, and what an office answers them"
PLACES = "a source, a place or a plan, of no person"
TECHNICAL = "numbers, addresses and ids"
RULED = "its act asks `refused_in`, which also forbids promises"
NOT_NOTES = {
    "contact.views.centre.WordsForm.words_hi": RULED,
    "contact.views.centre.WordsForm.words_en": RULED,
    "contact.views.inbound.HelplineSaidForm.said": CITIZENS,
    "contact.views.lists.NewListForm.source": RULED,
    "contact.views.lists.NewListForm.signed_with": RULED,
    "elections.views.checker.CheckForm.typed": PLACES,
    "elections.views.results_sides.AllianceForm.parties": PLACES,
    "elections.views.results_stated.StatedForm.source": PLACES,
    "intake.forms_drive.DriveNumberForm.addresses": TECHNICAL,
    "intake.forms_drive.SetUpForm.minuted": PLACES,
    "intake.forms_drive.SigningForm.signing_token": TECHNICAL,
    "friends.views.contributors.HelpAnswerForm.note": CITIZENS,
    "intake.views.notice.NoticeForm.text_hi": PUBLIC,
    "intake.views.notice.NoticeForm.text_en": PUBLIC,
    "enrolment.views.tickets.PersonAnswerForm.text": CITIZENS,
    "enrolment.views.me_ticket.TicketForm.said": CITIZENS,
    "forms.views.making.QuestionForm.label_hi": RULED,
    "forms.views.making.QuestionForm.label_en": RULED,
    "forms.views.making.QuestionForm.choices": RULED,
    "opinions.views.opinions.QuoteForm.text": "no word may be added to what was read when it was written down",
    "helpdesk.views.desk.HelplineAnswerForm.text": CITIZENS,
    "helpdesk.views.many.ManyForm.reason": CITIZENS,
    "helpdesk.views.opening.TypeForm.said": CITIZENS,
    "helpdesk.views.public.WriteForm.said": CITIZENS,
    "helpdesk.views.ready.ReadyForm.text": CITIZENS,
    "meetings.views.calling.InviteForm.phones": TECHNICAL,
    "meetings.views.calling.NewMeetingForm.phones": TECHNICAL,
    "meetings.views.calling.NewMeetingForm.place": PLACES,
    "meetings.views.calling.NewMeetingForm.link": TECHNICAL,
    "meetings.views.calling.NewMeetingForm.host": PLACES,
    "meetings.views.calling.NewMeetingForm.agenda": PUBLIC,
    "messaging.forms.CircularForm.title": PUBLIC,
    "messaging.forms.CircularForm.text": PUBLIC,
    "messaging.forms.TextForm.name": PUBLIC,
    "messaging.views.emails.AddressForm.address": TECHNICAL,
    "polls.views.PollForm.name": PLACES,
    "polls.views.PollForm.source": PLACES,
    "programmes.views.ending.EndProgrammeForm.typed": TECHNICAL,
    "pages.views.closing.CloseForm.successors": TECHNICAL,
    "pages.views.field.FieldSendForm.page": TECHNICAL,
    "pages.views.field.FieldSendForm.form": "the fields of the record's own page read it",
    "pages.views.field.FieldSendForm.pictures": TECHNICAL,
    "ui.kit.SampleFilter.q": TECHNICAL,
    "ui.kit.SampleForm.note": "a sample of the kit",
    "verification.forms.CheckPlanForm.source": PLACES,
    "verification.forms.PlantForm.people": TECHNICAL,
    "verification.forms.RedrawForm.source": PLACES,
    "verification.forms.ValueForm.value": TECHNICAL,
}
# Modules that make fields of words while a form is made, form with its reason.
MADE = {
    "intake/views/notice.py": PUBLIC,
    "helpdesk/views/many.py": CITIZENS,
    "messaging/forms.py": PUBLIC,
    "people/views/account.py": "a name",
    "pages/imports/forms.py": "a column of a list",
    "polls/views.py": PLACES,
    "ui/forms.py": "a title",
    "verification/forms.py": "answers to the questions of a check, which are on the list",
}
PRIVATE = [
    "He is a Muslim",
    "उनकी जाति क्या है",
    "She was ill with TB",
    "वे किसे वोट देंगे",
    "ان کا مذہب",
    "Aadhaar 2345",
]


def every_form() -> Iterator[type[forms.BaseForm]]:
    """Every form of every room, by its module and name."""
    for module in pkgutil.walk_packages(abhiyan.__path__, "abhiyan."):
        parts = module.name.split(".")
        has_forms = any(part.startswith("form") or part in ("views", "kit", "imports") for part in parts)
        if has_forms and not {"tests", "migrations"} & set(parts):
            importlib.import_module(module.name)
    waiting: list[type[forms.BaseForm]] = [forms.BaseForm]
    seen = {}
    while waiting:
        for form in waiting.pop().__subclasses__():
            waiting.append(form)
            if form.__module__.startswith("abhiyan.") and ".tests" not in form.__module__:
                seen[f"{form.__module__}.{form.__qualname__}"] = form
    return iter([seen[name] for name in sorted(seen)])


def named_fields(form: type[forms.BaseForm]) -> Iterator[tuple[str, forms.Field]]:
    for name, field in getattr(form, "base_fields", {}).items():
        yield f"{form.__module__}.{form.__qualname__}.{name}".removeprefix("abhiyan."), field


def holds_sentences(field: forms.Field) -> bool:
    return (
        type(field) is forms.CharField
        and not field.widget.is_hidden
        and (isinstance(field.widget, forms.Textarea) or (field.max_length or LONG) >= LONG)
    )


def test_every_field_for_sentences_is_a_note_or_has_its_reason() -> None:
    free = {name for form in every_form() for name, field in named_fields(form) if holds_sentences(field)}
    assert free == set(NOT_NOTES), "make it a `ui.fields.NoteField`, or give the reason why it notes nobody"


def test_forms_that_make_their_fields_themselves_have_their_reason() -> None:
    root = Path(abhiyan.__path__[0])
    making = set()
    for path in root.rglob("*.py"):
        if "tests" in path.parts or "CharField(" not in (text := path.read_text("utf-8")):
            continue
        for inside in ast.walk(ast.parse(text)):
            if isinstance(inside, ast.FunctionDef) and any(
                isinstance(call, ast.Call) and ast.unparse(call.func) == "forms.CharField"
                for call in ast.walk(inside)
            ):
                making.add(str(path.relative_to(root)))
    assert making == set(MADE)


@pytest.mark.parametrize("words", PRIVATE)
def test_every_note_refuses_what_is_private(words: str) -> None:
    notes = [
        field for form in every_form() for _name, field in named_fields(form) if isinstance(field, NoteField)
    ]
    assert len(notes) > 40
    for note in notes:
        with pytest.raises(ValidationError) as refused:
            note.clean(f"{words}, said today")
        assert [error for error in refused.value.error_list if isinstance(error.message, RefusedWords)]
        assert note.clean("The road to the community hall is broken")


@pytest.mark.parametrize("words", PRIVATE)
def test_a_text_answer_of_an_office_is_read_and_a_persons_own_is_theirs(
    words: str,
) -> None:
    version = FormVersion(questions=[{"key": "what", "kind": "text", "label": {"en": "What do they need?"}}])
    questions = version.asked
    assert check(questions, {"what": words}).errors.keys() == {"what"}
    assert check(questions, {"what": words}, is_own=True).answers == {"what": words}
    assert not check(questions, {"what": "रक्तदान शिविर कब है"}).errors
    form = answers_form(version)({"what": words})
    assert not form.is_valid()
    link = urlsplit(where_to_ask(form_refusals(form)))
    assert parse_qs(link.query) == {"words": [words]}
    assert answers_form(version)({"what": words}, is_own=True).is_valid()
