"""Forms and their acts: done, or refused beside the field it concerns.

Every form is posted by `tried`. `act_page` is the page of one form that asks once more. One table holds the acts of a
page.

    ACTS = {"end": PageAct(acts.end_form, _("Ended."))}
    done = needed(ACTS.get(act)).tried(request, public_id=public_id, by=request.actor, at=clock.now())
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django import forms
from django.contrib import messages
from django.contrib.messages.storage import default_storage
from django.contrib.messages.storage.cookie import CookieStorage
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from abhiyan.core.refusals import Refused, RefusedWords

Value = TypeVar("Value")
Text = str | Promise

form_page = require_http_methods(["GET", "HEAD", "POST"])  # of a view that shows a form and takes it


@dataclass(frozen=True, slots=True)
class Tried(Generic[Value]):
    """A form has this outcome: true when its act is done. status: of the answer that shows the form otherwise."""

    is_done: bool
    status: int
    value: Value | None = None
    refused: Refused | None = None
    form: forms.BaseForm | None = None

    def __bool__(self) -> bool:
        return self.is_done


@dataclass(frozen=True, slots=True)
class PageAct:
    """Something that may be done to the thing of a page.

    do: the act; it gets the cleaned data of its form and the view's own arguments. said: the message when it is done,
    or a function that makes one from the act's value. form: its class. The rest is for an act whose own page asks
    first. label, css: of the button that leads there. title, text: of that page.
    """

    do: Callable[..., Any]
    said: Text | Callable[[Any], Text] = ""
    form: Callable[[Any], forms.BaseForm] = forms.Form
    label: Text = ""
    title: Text = ""
    text: tuple[Text, ...] = ()
    css: str = "secondary"
    is_danger: bool = False

    def tried(self, request: HttpRequest, *, has_form: bool = True, **known: Any) -> "Tried[Any]":
        """Do what was posted. known: the rest that the act wants. has_form: as of the function `tried`."""
        form = self.form(request.POST)
        return tried(
            request, form, lambda given: self.do(**known, **given), said=self.said, has_form=has_form
        )

    def ask(
        self,
        request: HttpRequest,
        *,
        known: Mapping[str, Any],
        text: Sequence[Text] = (),
        form: forms.BaseForm | None = None,
        **asked: Any,
    ) -> HttpResponseBase:
        """Ask once before the act, on a page of its own. text: its first paragraphs. form: the act's, where the view
        has filled its choices. asked: as of the function `act_page`.
        """
        return act_page(
            request,
            lambda given: self.do(**known, **given),
            title=self.title,
            button=self.label,
            said=self.said,
            text=[*text, *self.text],
            form=form or self.form(request.POST if request.method == "POST" else None),
            is_danger=self.is_danger,
            **asked,
        )


class SpokenStorage(CookieStorage):
    """Keeps each sentence in the language of the page that says it: it is stored when that language is over."""

    def add(self, level: int, message: Text, extra_tags: str | None = "") -> None:
        """Add a sentence for the next page."""
        super().add(level, str(message), extra_tags)


def say_when_done(request: HttpRequest, text: Text) -> None:
    """Say on the next page that an act is done. The sentence waits for the commit of its transaction.

    A refusal drops it, and so does a commit that fails.
    """
    request.said_when_done = [*getattr(request, "said_when_done", ()), str(text)]  # type: ignore[attr-defined]


def begin_saying(request: HttpRequest) -> None:
    """Forget what this answer was going to say: it begins, or it becomes a refusal."""
    request._messages = default_storage(request)  # type: ignore[attr-defined]  # noqa: SLF001  # where Django keeps them
    request.said_when_done = []  # type: ignore[attr-defined]


def say_after_commit(request: HttpRequest) -> None:
    """Give out what waited for the commit."""
    for text in getattr(request, "said_when_done", ()):
        messages.success(request, text)


def form_problem(form: forms.BaseForm | None) -> str:
    """The errors of a form in one line, for a page that shows them above its buttons."""
    return " ".join(str(error) for errors in form.errors.values() for error in errors) if form else ""


def tried(
    request: HttpRequest,
    form: forms.BaseForm,
    act: Callable[[dict[str, Any]], Value],
    *,
    said: Text | Callable[[Any], Text] = "",
    has_form: bool = True,
    **renamed: str,
) -> Tried[Value]:
    """Do the form's act with what it cleaned, when it is posted. A refusal is shown at its field, or above the form.

    said: the message when it is done. renamed: the act's name of a field -> the form's. Refusals about the whole page
    (403, 404) go on to the middleware. If they name a field of the form, they stay, and what was typed is kept. All
    refusals go on where this viewer's page has no form to show them in (has_form).
    """
    if request.method != "POST":
        return Tried(is_done=False, status=200, form=form)
    if not form.is_valid():
        return Tried(is_done=False, status=422, form=form)
    try:
        value = act(form.cleaned_data)
    except Refused as refused:
        field = renamed.get(refused.field, refused.field)
        if not has_form or (refused.status in (403, 404) and field not in form.fields):
            raise
        why, text = refused.facts.get("why"), str(refused)
        text = RefusedWords(text, why.words) if isinstance(why, RefusedWords) else text
        form.add_error(field if field in form.fields else None, text)
        return Tried(is_done=False, status=refused.status, refused=refused, form=form)
    if words := said(value) if callable(said) else said:
        say_when_done(request, words)
    return Tried(is_done=True, status=302, value=value, form=form)


class NoButton(Refused):
    message = _("Nothing was changed. Press one of the buttons of the page.")


def pressed(request: HttpRequest, name: str, *values: str) -> str:
    """The value of the button that sent a form, one of `values`. A form without a button decides nothing.

    A phone that sends a form again may lose its button, and so may a page that a script sends. Refuses NoButton.
    """
    value = request.POST.get(name, "")
    if value not in values:
        raise NoButton(field=name)
    return value


def act_page(
    request: HttpRequest,
    act: Callable[[dict[str, Any]], Any],
    *,
    title: Text,
    button: Text,
    done: str | Callable[[Any], HttpResponseBase],
    back: str = "",
    said: Text | Callable[[Any], Text] = "",
    form: forms.BaseForm | None = None,
    text: Sequence[Text] = (),
    is_danger: bool = False,
    is_open: bool = True,
    **context: Any,
) -> HttpResponseBase:
    """A page that is one form. It asks, does the act once it is posted, and goes to `done`.

    done: an address, or what answers with the act's value. text: paragraphs that say what will happen. back: where
    Cancel leads; to `done` unless it is given. is_danger: a red button, for what cannot be taken back. is_open: false
    where the act cannot be done now: the text says why, and no form is offered. context: `here` and `crumbs`, as every
    page has them; `detail`, a template shown above the form.
    """
    if form is None:  # not `POST or None`: a form without fields is posted empty and would never be bound
        form = forms.Form(request.POST if request.method == "POST" else None)
    outcome = tried(request, form, act, said=said)
    if outcome:
        return redirect(done) if isinstance(done, str) else done(outcome.value)
    page_context = {
        "title": title,
        "text": text,
        "form": form,
        "button": button,
        "back": back or done,
        "is_danger": is_danger,
        "is_open": is_open,
    }
    return render(request, "ui/ask.html", {**context, **page_context}, status=outcome.status)
