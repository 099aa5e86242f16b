"""A form's checks as data, so that a phone applies them before it keeps a record (`static/ui/checks.js`).

The form on the server is the declaration. Fields of Django are read here; a field of our own says its check in
`declared_checks`. A check that needs the database stays the server's, and the form says so in `checked_apart`. A field
or form with a check that nobody declared raises `CheckUndeclared`, so its page cannot be drawn.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

from django import forms
from django.core import validators
from django.utils.functional import Promise

from abhiyan.ui.fields import DigitsField, NoteField, WhereField, WholeField

Check = dict[str, Any]
Words = str | Promise
_FIELD_CHECKS = ("clean", "to_python", "validate", "run_validators")
_COUNTED = 7_777_777  # the typed length takes its place in the words


class CheckUndeclared(TypeError):
    """A field or form has a check of its own that says nothing to the device."""


class FormRule(Protocol):
    """One check of several fields together. `checks.js` knows the `kind` that `plain` gives."""

    def plain(self) -> Check: ...

    def faults(self, form: forms.BaseForm) -> Iterator[tuple[str, Words]]:
        """Each field that is wrong, with the words. Asked once the fields are cleaned."""
        ...


@dataclass(frozen=True, slots=True)
class NeededWith:
    """A field is needed once another is filled."""

    field: str
    other: str
    words: Words

    def plain(self) -> Check:
        return {"kind": "needed_with", "field": self.field, "other": self.other, "words": str(self.words)}

    def faults(self, form: forms.BaseForm) -> Iterator[tuple[str, Words]]:
        cleaned = form.cleaned_data
        if (
            cleaned.get(self.other) is not None
            and cleaned.get(self.field) is None
            and self.field not in form.errors
        ):
            yield self.field, self.words


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one of several fields is filled. The first one says so, where nothing else is wrong."""

    field: str
    others: tuple[str, ...]
    words: Words

    def plain(self) -> Check:
        return {
            "kind": "any_of",
            "field": self.field,
            "others": list(self.others),
            "words": str(self.words),
        }

    def faults(self, form: forms.BaseForm) -> Iterator[tuple[str, Words]]:
        cleaned = form.cleaned_data
        if not form.errors and all(
            cleaned.get(name) in (None, "", []) for name in (self.field, *self.others)
        ):
            yield self.field, self.words


@dataclass(frozen=True, slots=True)
class PartOf:
    """A number is no larger than another."""

    field: str
    other: str
    words: Words

    def plain(self) -> Check:
        return {"kind": "part_of", "field": self.field, "other": self.other, "words": str(self.words)}

    def faults(self, form: forms.BaseForm) -> Iterator[tuple[str, Words]]:
        part, whole = form.cleaned_data.get(self.field), form.cleaned_data.get(self.other)
        if part is not None and whole is not None and part > whole:
            yield self.field, self.words


class CheckedForm(forms.Form):
    """A form whose checks a device makes too.

    asked_if: a field is asked only if another one has one of these values. Otherwise what was typed there is dropped.
    rules: of several fields together. clips_at: a value is cut after so many letters. checked_apart: own
    `clean…` methods, and why the device does not need them.
    """

    asked_if: ClassVar[Mapping[str, tuple[str, Collection[str]]]] = {}
    rules: ClassVar[tuple[FormRule, ...]] = ()
    clips_at: ClassVar[int | None] = None
    checked_apart: ClassVar[Mapping[str, str]] = {"clean": "it applies asked_if and rules"}

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for name, (other, values) in self.asked_if.items():
            if name in self.fields and str(cleaned.get(other) or "") not in values:
                self.errors.pop(name, None)
                field: Any = self.fields[name]
                cleaned[name] = field.empty_value if hasattr(field, "empty_value") else field.to_python("")
        for rule in self.form_rules():
            for name, words in rule.faults(self):
                self.add_error(name, str(words))
        return cleaned

    def form_rules(self) -> tuple[FormRule, ...]:
        """The rules of this form; more than its class has where they rest on what it was made with."""
        return self.rules


def declared_checks(form: forms.BaseForm) -> Check:
    """Return what a form checks, in the reader's language. Refuses CheckUndeclared."""
    for kind in type(form).__mro__:
        if kind in (forms.Form, forms.BaseForm, object):
            break
        clean_names = [name for name in vars(kind) if name == "clean" or name.startswith("clean_")]
        if missing := [name for name in clean_names if name not in vars(kind).get("checked_apart", {})]:
            raise CheckUndeclared(f"{kind.__name__}.{missing[0]} is not declared to the device")
    asked_if = form.asked_if if isinstance(form, CheckedForm) else {}
    fields: list[Check] = []
    for name, field in form.fields.items():
        check: Check = {"name": name, "label": before_colon(field)} | _declared(field)
        if name in asked_if:
            other, values = asked_if[name]
            check["when"] = {"key": other, "op": "in", "value": sorted(values)}
        fields.append(check)
    # The device reads them in order: a field comes after the one that says whether it is asked.
    fields.sort(key=lambda check: check["name"] in asked_if)
    fields += getattr(form, "declared_notes", list)()
    declaration: Check = {
        "prefix": f"{form.prefix}-" if form.prefix else "",
        "fields": fields,
        "rules": [],
        "clip": None,
    }
    if isinstance(form, CheckedForm):
        declaration |= {"rules": [rule.plain() for rule in form.form_rules()], "clip": form.clips_at}
    return declaration


def before_colon(field: forms.Field) -> str:
    """Return a field's label as it stands before what is wrong with it: a sentence loses its full stop."""
    return str(field.label or "").rstrip(".।")


def _declared(field: forms.Field) -> Check:
    """Return the check that a field declares itself, or that of its nearest class known here."""
    for kind in type(field).__mro__:
        if "declared" in vars(kind):
            own_field: Any = field
            return dict(own_field.declared())
        if kind in _KNOWN:
            needed = {"required": str(field.error_messages["required"])} if field.required else {}
            return {
                **needed,
                **_KNOWN[kind](field),
                "limits": [_limit(validator, field) for validator in field.validators],
            }
        if check_names := [name for name in _FIELD_CHECKS if name in vars(kind)]:
            raise CheckUndeclared(f"{kind.__name__}.{check_names[0]} is not declared to the device")
    raise CheckUndeclared(type(field).__name__)


def _limit(validator: Any, field: forms.Field) -> Check:
    """Return the check of a validator."""
    if type(validator) not in _LIMITS:
        raise CheckUndeclared(
            f"{type(field).__name__}: {type(validator).__name__} is not declared to the device"
        )
    words = field.error_messages.get(validator.code, validator.message)
    if isinstance(validator, validators.ProhibitNullCharactersValidator):
        return {"kind": "nul", "words": str(words)}
    n = validator.limit_value
    limit_text = str(words % {"limit_value": n, "show_value": _COUNTED}).replace(str(_COUNTED), "{n}")
    return {"kind": _LIMITS[type(validator)], "n": n, "words": limit_text}


_LIMITS: dict[type, str] = {
    validators.ProhibitNullCharactersValidator: "nul",
    validators.MaxLengthValidator: "longest",
    validators.MinLengthValidator: "shortest",
    validators.MinValueValidator: "least",
    validators.MaxValueValidator: "most",
}


def _text(field: Any) -> Check:
    return {"kind": "text", "strip": field.strip}


def _whole(field: Any) -> Check:
    words = field.error_messages
    return {"kind": "whole", "invalid": str(words["invalid"]), "misgrouped": str(words["misgrouped"])}


def _choice(field: Any) -> Check:
    return {
        "kind": "choice",
        "choices": [str(code) for code, _words in field.choices],
        "invalid": str(field.error_messages["invalid_choice"]).replace("%(value)s", "{n}"),
    }


def _several(_field: Any) -> Check:
    """The page draws the choices, so a device has no others to send."""
    return {"kind": "several"}


_KNOWN: dict[type, Callable[[Any], Check]] = {
    WholeField: _whole,
    WhereField: lambda _field: {"kind": "text", "strip": True},
    DigitsField: _text,
    forms.CharField: _text,
    NoteField: _text,
    forms.BooleanField: lambda _field: {"kind": "flag"},
    forms.TypedChoiceField: _choice,
    forms.ChoiceField: _choice,
    forms.MultipleChoiceField: _several,
}
