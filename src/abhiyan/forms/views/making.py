"""Offices find forms, copy or upload them, change them, look at them as on a phone, and put them into use."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, cast
from uuid import UUID

from django import forms
from django.core import signing
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from abhiyan.core import clock, rooms
from abhiyan.core.refusals import Refused, or_refuse
from abhiyan.core.words import name_in_language
from abhiyan.forms import actions, queries, sheets
from abhiyan.forms.actions import LONGEST_NAME
from abhiyan.forms.models import Form, FormVersion
from abhiyan.forms.rules.questions import (
    CHOOSING,
    LONGEST_WORDS,
    NUMBERS,
    AnswerChoice,
    FormQuestion,
    Limit,
    QuestionKind,
    condition_number,
    question_from_json,
)
from abhiyan.forms.rules.ready import ready_forms
from abhiyan.org import queries as org
from abhiyan.org.here import page_unit
from abhiyan.org.viewer import Request
from abhiyan.ui.acts import PageAct, form_page, form_problem, tried
from abhiyan.ui.files import sent_bytes
from abhiyan.ui.forms import SOMETIMES, offer
from abhiyan.ui.lists import Column, Table, list_response
from abhiyan.ui.posts import post_only

LOOKED_AT = "forms.sheet"
_LINE = forms.TextInput(attrs=SOMETIMES)  # Hindi or English: one of them is enough
_LIMITED = (*NUMBERS, QuestionKind.TEXT, QuestionKind.SEVERAL, QuestionKind.DAY)


@dataclass(frozen=True, slots=True)
class FormRow:
    """A form in a list. in_use, draft: numbers of its versions. sent: submissions in the viewer's sight."""

    one: Form
    in_use: int
    draft: int
    sent: int

    @property
    def state(self) -> tuple[str, str]:
        """In words, and how the mark looks."""
        if self.one.ended_at is not None:
            return say("Ended"), ""
        return (say("In use"), "ok") if self.in_use else (say("Draft"), "warn")


COLUMNS: tuple[Column[FormRow], ...] = (
    Column("name", _("Form"), lambda row: name_in_language(row.one.names), is_name=True),
    Column("unit", _("Unit"), lambda row: name_in_language(row.one.unit.names), css="under"),
    Column("version", _("Version"), lambda row: row.in_use or row.draft, css="num"),
    Column("sent", _("Filled in"), lambda row: row.sent, css="num"),
    Column("made", _("Date"), lambda row: row.one.made_at, order="made_at", css="nums under"),
    Column("state", _("Status"), lambda row: row.state[0], css="end"),
)


class FindForms(forms.Form):
    """Words of a form's name."""

    q = forms.CharField(label=_("Name of the form"), required=False, max_length=LONGEST_NAME)


def form_crumbs(*more: tuple[str, str]) -> dict[str, Any]:
    """Return what every page of the room shows: its place in the menu, and the way to it."""
    return {"here": "forms", "crumbs": [(say("Forms"), reverse("forms:list") if more else ""), *more]}


def form_frame(form_made: Form, *more: tuple[str, str]) -> dict[str, Any]:
    """The same for a page about a form."""
    frame_href = reverse("forms:form", args=[form_made.public_id]) if more else ""
    return {
        **form_crumbs((name_in_language(form_made.names), frame_href), *more),
        "one": form_made,
        "name": name_in_language(form_made.names),
    }


@require_GET
def forms_list(request: Request) -> HttpResponseBase:
    """The forms of the viewer's units, of those above and below: what may be filled in, and what they change."""
    find = FindForms(request.GET)
    words = find.cleaned_data["q"] if find.is_valid() else ""
    table: Table[FormRow] = Table(
        request,
        COLUMNS,
        queries.forms_near(request.viewer).filter(queries.named_like(words)),
        name="forms",
        caption=_("Forms"),
        sort="-made",
        finish=_rows,
        is_brief=True,
    )
    context = {**form_crumbs(), "find": find, "words": words, "may": request.viewer.may(queries.MAKE)}
    return list_response(request, "forms/list.html", table, context)


def _rows(found: Sequence[Form]) -> list[FormRow]:
    numbers, sent = queries.version_numbers(found), queries.sent_of(found)
    return [
        FormRow(form_made, *numbers.get(form_made.pk, (0, 0)), sent.get(form_made.pk, 0))
        for form_made in found
    ]


class NamesForm(forms.Form):
    """Ask for the name of a form."""

    name_hi = forms.CharField(label=_("Name in Hindi"), max_length=LONGEST_NAME, required=False, widget=_LINE)
    name_en = forms.CharField(
        label=_("Name in English"), max_length=LONGEST_NAME, required=False, widget=_LINE
    )

    @property
    def names(self) -> dict[str, str]:
        return {language: self.cleaned_data[f"name_{language}"] for language in ("hi", "en")}


class SheetMore(Refused, status=200):
    """The sheet says more than its form asks: who uploads it looks at that first. read: the SheetForm."""

    message = _("The form leaves out a part of the sheet.")


class SheetNotLookedAt(Refused):
    message = _("This is not the sheet as it was looked at. Upload it again.")


def _looked_at(text: str) -> list[FormQuestion]:
    """Return the questions of a sheet that this server read and showed before."""
    try:
        plain = signing.loads(text, salt=LOOKED_AT)
    except signing.BadSignature:
        raise SheetNotLookedAt(field="sheet") from None
    return [question_from_json(question_json) for question_json in plain]


class FormToMake(NamesForm):
    """A ready form to copy, or a sheet to read."""

    ready = forms.ChoiceField(label=_("Copy a ready form"), required=False, widget=forms.RadioSelect)
    sheet = forms.FileField(
        label=_("Or upload a sheet"),
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={**SOMETIMES, "accept": ".xlsx"}),
        help_text=_(
            "An XLSForm (.xlsx) with flat questions, at most 1 MB. The example shows how."
            " Numbers begin at 0, unless a constraint lets them begin below."
        ),
    )
    looked_at = forms.CharField(required=False, widget=forms.HiddenInput)
    field_order = ("ready", "sheet", "name_hi", "name_en")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(
            self,
            ready=[
                (ready_made_form.code, name_in_language(ready_made_form.names))
                for ready_made_form in ready_forms().values()
            ],
        )
        self.fields["name_hi"].help_text = _(
            "Without a name here, the copy keeps the name of the ready form."
        )

    def clean(self) -> None:
        cleaned = self.cleaned_data
        if not self.errors and not cleaned["ready"] and cleaned["sheet"] is None and not cleaned["looked_at"]:
            self.add_error("ready", _("Choose a ready form, or upload a sheet."))

    @property
    def made(self) -> tuple[dict[str, str], Sequence[FormQuestion], str]:
        """Names, questions, and the code of the ready form that was copied. Refuses as `sheets.read_sheet`; SheetMore
        where the sheet says more than its form asks; SheetNotLookedAt."""
        if self.cleaned_data["sheet"] is not None:
            read = sheets.read_sheet(sent_bytes(self.cleaned_data["sheet"]))
            if read.unread:
                raise SheetMore(read=read)
            return self.names, read.questions, ""
        if self.cleaned_data["looked_at"]:
            return self.names, _looked_at(self.cleaned_data["looked_at"]), ""
        copied = ready_forms()[self.cleaned_data["ready"]]
        return self.names if any(self.names.values()) else dict(copied.names), copied.questions, copied.code


@form_page
def form_new(request: Request) -> HttpResponseBase:
    """Copy a ready form, or read one from a sheet. It begins as a draft."""
    here = page_unit(request)
    if not queries.may_make_forms(request.viewer, here.unit.id):
        raise org.NotYours(capability=queries.MAKE)
    form = FormToMake(request.POST or None, request.FILES or None)

    def make(_given: dict[str, Any]) -> Form:
        names, questions, ready = form.made
        return actions.make_form(
            unit_id=here.unit.id,
            names=names,
            questions=questions,
            ready=ready,
            by=request.actor,
            at=clock.now(),
        )

    done = tried(request, form, make, said=_("This is your draft. Change it, then put it into use."))
    if done.value:
        return redirect("forms:form", done.value.public_id)
    context = {**form_crumbs((say("New form"), "")), "form": form, "unit": here.unit, "place": here.name}
    if isinstance(done.refused, SheetMore):
        read = cast(sheets.SheetForm, done.refused.facts["read"])
        plain = [question.plain() for question in read.questions]
        context |= {
            "read": read,
            "kept": {"unit": here.unit.code, "looked_at": signing.dumps(plain, salt=LOOKED_AT, compress=True)}
            | {name: form[name].value() or "" for name in ("name_hi", "name_en")},
        }
        return render(request, "forms/sheet_more.html", context)
    for text in done.refused.facts.get("errors", ()) if done.refused else ():  # type: ignore[attr-defined]
        form.add_error("sheet", text)
    return render(request, "forms/new.html", context, status=done.status)


def _shown(request: Request, form_made: Form) -> FormVersion:
    """The version that the address asks for, else the draft for who changes it, else the one in use."""
    versions = queries.versions_of_form(form_made)
    if not queries.may_make_forms(request.viewer, form_made.unit_id):
        versions = [version for version in versions if version.used_from is not None]
    version_text = request.GET.get("version", "")
    return or_refuse(
        next(
            (version for version in versions if not version_text or str(version.number) == version_text), None
        )
    )


@require_GET
def form(request: Request, public_id: UUID) -> HttpResponseBase:
    """One form: its versions, what may be done with it, and its questions as a phone shows them."""
    return _page(request, queries.form_for(request.viewer, public_id))


def _page(request: Request, form_made: Form, *, problem: str = "", status: int = 200) -> HttpResponseBase:
    version = _shown(request, form_made)
    may = queries.may_make_forms(request.viewer, form_made.unit_id)
    versions = [
        form_version
        for form_version in queries.versions_of_form(form_made)
        if may or form_version.used_from is not None
    ]
    (row,), at = _rows([form_made]), clock.now()
    context = {
        **form_frame(form_made),
        "row": row,
        "version": version,
        "may": may,
        "versions": versions,
        "draft": may and any(form_version.used_from is None for form_version in versions),
        "problem": problem,
        "form": queries.answers_form(version)(),
        "links": [
            link
            for links_of_form in rooms.offered("links_of_form")
            for link in links_of_form(request.viewer, form_made, at=at)
        ],
    }
    return render(request, "forms/form.html", context, status=status)


class QuestionForm(forms.Form):
    """The words, choices and limits of one question."""

    label_hi = forms.CharField(
        label=_("Question in Hindi"), max_length=LONGEST_WORDS, required=False, widget=_LINE
    )
    label_en = forms.CharField(
        label=_("Question in English"), max_length=LONGEST_WORDS, required=False, widget=_LINE
    )
    choices = forms.CharField(
        label=_("Choices"),
        widget=forms.Textarea(attrs={"rows": 5}),
        max_length=LONGEST_WORDS * 40,
        help_text=_("One choice a line: code = Hindi | English. A new line needs no code."),
    )
    least = forms.CharField(label=_("At least"), max_length=20, required=False)
    most = forms.CharField(label=_("At most"), max_length=20, required=False)
    required = forms.BooleanField(label=_("Must be answered"), required=False)
    dropped = forms.BooleanField(label=_("Leave this question out"), required=False)

    def __init__(self, data: Any, question: FormQuestion) -> None:
        self.question = question
        lines = [
            f"{choice.code} = {choice.label.get('hi', '')} | {choice.label.get('en', '')}"
            for choice in question.choices
        ]
        initial = {
            **{f"label_{language}": question.label.get(language, "") for language in ("hi", "en")},
            "choices": "\n".join(lines),
            "least": "" if question.least is None else question.least,
            "most": "" if question.most is None else question.most,
            "required": question.required,
        }
        super().__init__(data, initial=initial, prefix=question.key)
        unfit = [] if question.kind in CHOOSING else ["choices"]
        unfit += [] if question.kind in _LIMITED else ["least", "most"]
        unfit += ["required"] if question.kind is QuestionKind.NOTE else []
        for name in unfit:
            del self.fields[name]

    @property
    def changed(self) -> FormQuestion:
        """The question as it was typed."""
        cleaned = self.cleaned_data
        return replace(
            self.question,
            label={language: text for language in ("hi", "en") if (text := cleaned[f"label_{language}"])},
            choices=tuple(_choices(cleaned.get("choices", ""))),
            required=cleaned.get("required", False),
            least=self._limit(cleaned.get("least", "")),
            most=self._limit(cleaned.get("most", "")),
        )

    def _limit(self, text: str) -> Limit:
        number_read = condition_number(text) if self.question.kind is not QuestionKind.DAY else None
        if number_read is None:
            return text or None  # the rules report what is no number
        return int(number_read) if number_read.is_integer() else number_read


def _choices(text: str) -> list[AnswerChoice]:
    choices: list[AnswerChoice] = []
    for line in filter(None, (line.strip() for line in text.splitlines())):
        code, sign, words = line.partition("=")
        hindi, _bar, english = (words if sign else line).partition("|")
        taken = {choice.code for choice in choices}
        free = next(f"c{n}" for n in range(1, len(choices) + 2) if f"c{n}" not in taken)
        label = {"hi": hindi.strip(), "en": english.strip()}
        choices.append(
            AnswerChoice(code.strip() if sign else free, {key: text for key, text in label.items() if text})
        )
    return choices


@form_page
def change_form_page(request: Request, public_id: UUID) -> HttpResponseBase:
    """Change the words, choices and limits of a form: in its draft, or in a new draft."""
    form_made = queries.form_for(request.viewer, public_id)
    if not queries.may_make_forms(request.viewer, form_made.unit_id):
        raise org.NotYours(capability=queries.MAKE)
    version = _shown(request, form_made)
    names = NamesForm(
        request.POST or None, initial={f"name_{code}": name for code, name in form_made.names.items()}
    )
    parts = [QuestionForm(request.POST or None, question) for question in version.asked]

    def do(_given: dict[str, Any]) -> None:
        if not all(list(map(QuestionForm.is_valid, parts))):
            raise actions.FormUnfit(flaws=())
        kept = [question_form.changed for question_form in parts if not question_form.cleaned_data["dropped"]]
        actions.change_draft(
            public_id=public_id, names=names.names, questions=kept, by=request.actor, at=clock.now()
        )

    done = tried(request, names, do, said=_("The draft is saved. Put it into use when it is ready."))
    if done:
        return redirect("forms:form", public_id)
    by_key = {question_form.question.key: question_form for question_form in parts}
    for flaw in done.refused.facts.get("flaws", ()) if done.refused else ():  # type: ignore[attr-defined]
        part = by_key.get(flaw.key)
        field = {"label": "label_hi", "hint": "label_hi"}.get(flaw.part, flaw.part)
        if part is None:
            names.add_error(None, flaw.text)
        else:
            part.add_error(field if field in part.fields else None, flaw.text)
    context = {
        **form_frame(form_made, (say("Change"), "")),
        "names": names,
        "parts": parts,
        "version": version,
    }
    return render(request, "forms/change.html", context, status=done.status)


ACTS = {
    "use": PageAct(actions.use_draft, _("In use. To change it again, begin a new draft.")),
    "discard": PageAct(actions.discard_draft, _("The draft is gone.")),
    "end": PageAct(actions.end_form, _("Ended. What was asked with it goes on. You can bring it back.")),
    "bring-back": PageAct(actions.bring_back_form, _("It can be chosen again.")),
}


@post_only("forms:form", takes=("public_id",))
def form_act(request: Request, public_id: UUID, act: str) -> HttpResponseBase:
    """Put the draft into use, discard it, end the form, or bring it back."""
    done = or_refuse(ACTS.get(act)).tried(request, public_id=public_id, by=request.actor, at=clock.now())
    if done:
        there = queries.forms_near(request.viewer).filter(public_id=public_id).exists()
        return redirect("forms:form", public_id) if there else redirect("forms:list")
    form_made = queries.form_for(request.viewer, public_id)
    return _page(request, form_made, problem=form_problem(done.form), status=done.status)
