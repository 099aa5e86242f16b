"""Forms and their acts: done, or refused beside the field it concerns. And the page that asks once more."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.views.decorators.http import require_http_methods

from abhiyan.core.refusals import Refused

Value = TypeVar("Value")
Text = str | Promise

form_page = require_http_methods(["GET", "HEAD", "POST"])  # of a view that shows a form and takes it


@dataclass(frozen=True, slots=True)
class Tried(Generic[Value]):
    """What came of a form: true when its act is done. status: of the answer that shows the form otherwise."""

    is_done: bool
    status: int
    value: Value | None = None
    refused: Refused | None = None

    def __bool__(self) -> bool:
        return self.is_done


def tried(
    request: HttpRequest,
    form: forms.BaseForm,
    act: Callable[[dict[str, Any]], Value],
    *,
    said: Text = "",
    has_form: bool = True,
    **renamed: str,
) -> Tried[Value]:
    """Do the form's act with what it cleaned, when it is posted. A refusal is shown at its field, or above the form.

    said: the message when it is done. renamed: the act's name of a field -> the form's. Refusals about the whole page
    (403, 404) go on to the middleware, unless they name a field of the form: then what was typed is kept. So do all
    where this viewer's page has no form to show them in (has_form).
    """
    if request.method != "POST":
        return Tried(is_done=False, status=200)
    if not form.is_valid():
        return Tried(is_done=False, status=422)
    try:
        value = act(form.cleaned_data)
    except Refused as refused:
        field = renamed.get(refused.field, refused.field)
        if not has_form or (refused.status in (403, 404) and field not in form.fields):
            raise
        form.add_error(field if field in form.fields else None, str(refused))
        return Tried(is_done=False, status=refused.status, refused=refused)
    if said:
        messages.success(request, str(said))
    return Tried(is_done=True, status=302, value=value)


def ask(
    request: HttpRequest,
    act: Callable[[dict[str, Any]], Any],
    *,
    title: Text,
    button: Text,
    done: str | Callable[[Any], HttpResponseBase],
    back: str = "",
    said: Text = "",
    form: forms.BaseForm | None = None,
    text: Sequence[Text] = (),
    is_danger: bool = False,
    is_open: bool = True,
    **context: Any,
) -> HttpResponseBase:
    """A page that is one form. It asks, does the act once it is posted, and goes to `done`.

    done: an address, or what answers with the act's value. text: paragraphs that say what will happen. back: where
    Cancel leads; to `done` unless it is given. is_open: false where something stands in the way: the text says what,
    and no form is offered. context: `here` and `crumbs`, as every page has them; `detail`, a template shown above the
    form.
    """
    if form is None:  # not `POST or None`: a form without fields is posted empty and would never be bound
        form = forms.Form(request.POST if request.method == "POST" else None)
    outcome = tried(request, form, act, said=said)
    if outcome:
        return redirect(done) if isinstance(done, str) else done(outcome.value)
    shown = {
        "title": title,
        "text": text,
        "form": form,
        "button": button,
        "back": back or done,
        "is_danger": is_danger,
        "is_open": is_open,
    }
    return render(request, "ui/ask.html", {**context, **shown}, status=outcome.status)


def confirm(request: HttpRequest, act: Callable[[], Any], **asked: Any) -> HttpResponseBase:
    """Asks once before an act that cannot be taken back: `ask` in red, without a field."""
    return ask(request, lambda _cleaned: act(), is_danger=True, **asked)
