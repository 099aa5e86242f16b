"""Records that a phone keeps and sends later: which forms they are, and what takes them.

A room offers `RECORDS` in its `records.py`. A record is one of its pages' forms as the browser would post it. So the
page and the outbox have the same Django form and the same act.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponseBase
from django.utils.datastructures import MultiValueDict
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from abhiyan.core.refusals import Refused

from .checks import before_colon
from .forms import form_refusals, where_to_ask
from .numbers import grouped

Value = TypeVar("Value")
Page = TypeVar("Page", bound=HttpResponseBase)
KEPT = "X-Abhiyan-Kept"  # asks for a copy, which holds no phone number.
NAMES = "X-Abhiyan-Names"  # marks a copy that names people, which the phone deletes after 24 hours.
WHO = "X-Abhiyan-Who"  # names the account of an answer below /field/, "" without a sign-in.
_NUMBER = re.compile(r"\+?[\d\s().-]{8,}")  # of a phone.
PROMPT = timedelta(minutes=2)  # sent sooner, it is as if the page itself had been posted.


class RecordUnfit(Refused):
    """The form has errors. why: each with the label of its field. errors: the same by field. asks: `where_to_ask`."""

    message = "%(why)s"

    def __init__(
        self, *, why: object, field: str = "", errors: Mapping[str, str] | None = None, asks: str = ""
    ) -> None:
        super().__init__(field=field, why=why)
        self.errors, self.asks = errors or {}, asks


@dataclass(frozen=True, slots=True)
class RecordSent:
    """This came beside a record's fields, and the request has it as its page would (`GET`, `POST`).

    named: what its page's address names. age: how long it lay on the phone, by the phone's own clock; so a clock that
    is wrong by days does no harm.
    """

    named: Mapping[str, Any]
    files: MultiValueDict[str, UploadedFile] = field(default_factory=MultiValueDict)
    age: timedelta = timedelta(0)

    @property
    def is_prompt(self) -> bool:
        """Return True if the person is still there."""
        return self.age < PROMPT


@dataclass(frozen=True, slots=True)
class RecordTaken:
    """The outcome of a record. note: what its sender must read, such as that a newer one stands."""

    href: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class FieldTile:
    """A part of the start of the field pages. counts: what its number counts."""

    title: str | Promise
    counts: str | Promise
    icon: str


# With *Not sent yet* these are all tiles of the start: a new kind of record goes into one of them.
TILES = {
    "enrol": FieldTile(_("Enrol people"), _("entered today"), "enrol"),
    "doors": FieldTile(_("My doors"), _("with you"), "list"),
    "stay": FieldTile(_("My stay"), _("to do"), "stay"),
    "reports": FieldTile(_("Reports"), _("to send"), "demand"),
}


@dataclass(frozen=True, slots=True)
class RecordShown:
    """The answers of a record, in words, before it is written.

    facts: each with its label, the unit first. names: how many people they name.
    """

    facts: Sequence[tuple[str, str]]
    names: int = 0


@dataclass(frozen=True, slots=True)
class KeptPage:
    """A page that a phone keeps a copy of. title, meta: how the list behind its tile names it.

    n: what the tile counts there. is_listed: False for a page that another kept page leads to.
    """

    address: str
    title: str | Promise
    meta: str
    n: int = 1
    is_listed: bool = True


@dataclass(frozen=True, slots=True)
class RecordKind:
    """One form that phones keep.

    code: what `data-record` says. name: what the outbox calls it. page: URL name of the page whose form it is; who may
    open that page may send its records. take: does the act, and returns the address that shows what came of it, maybe
    with a note.
    show: reads what `take` would write, in words: where, for what, every name and every answer. It writes nothing, and
    refuses what its sender may not send. The person who decides about a record of a signed-out phone reads it.
    tile: of TILES; "" for a page of the desk, which no phone keeps. keep: the pages a phone keeps for somebody, to open
    them without a network. forgets: refusals after which the phone deletes the record, for nothing of it may stay.
    checked: the forms of its page, whose checks the phone makes too (`ui.checks`).
    """

    code: str
    name: str | Promise
    page: str
    tile: str
    take: Callable[[Any, RecordSent], str | RecordTaken]
    show: Callable[[Any, RecordSent], RecordShown]
    keep: Callable[[Any, datetime], Iterable[KeptPage]]
    forgets: tuple[type[Refused], ...] = ()
    checked: tuple[type[forms.Form], ...] = ()


def naming(page: Page) -> Page:
    """Say of a page that it names people."""
    page.headers[NAMES] = "1"
    return page


def labelled_answers(form: forms.Form, *but: str) -> Iterator[tuple[str, str]]:
    """Give the answers of a valid form, each with its label. A number of a phone shows its last four digits.

    but: fields left out. Boxes of one answer are left out too: they only allow the form.
    """
    for name, form_field in form.fields.items():
        value = form.cleaned_data.get(name)
        if (
            value in (None, "", [])
            or name in but
            or not form_field.label
            or isinstance(form_field, forms.BooleanField)
        ):
            continue
        yield str(form_field.label), _in_words(form_field, value)


def _in_words(asked: forms.Field, value: Any) -> str:
    if isinstance(asked, forms.ChoiceField):
        choices: Any = asked.choices
        return next((str(label) for code, label in choices if str(code) == str(value)), str(value))
    if isinstance(asked, forms.IntegerField):
        return grouped(value)
    if isinstance(value, date):
        return date_format(value, "j M Y")
    return f"••• {value[-4:]}" if _NUMBER.fullmatch(str(value)) else str(value)


def do_record_act(form: forms.BaseForm, act: Callable[[dict[str, Any]], Value]) -> Value:
    """Do the form's act with what it cleaned. Refuses RecordUnfit, and what the act refuses."""
    if form.is_valid():
        return act(form.cleaned_data)
    first = next((name for name in form.errors if name in form.fields), "")
    texts = [
        f"{before_colon(form.fields[name])}: {error}"
        if name in form.fields and form.fields[name].label
        else str(error)
        for name, errors in form.errors.items()
        for error in errors
    ]
    errors = {
        form.add_prefix(name): " ".join(map(str, form.errors[name]))
        for name in form.errors
        if name in form.fields
    }
    raise RecordUnfit(
        field=form.add_prefix(first) if first else "",
        why=" ".join(texts),
        errors=errors,
        asks=where_to_ask(form_refusals(form)),
    )
