"""How every Django form looks: set FORM_RENDERER to `abhiyan.ui.forms.FormRenderer`, then `{{ form }}` is whole.

A screen reader says label, hint, control and error together. Django 5.2 binds hint and error to the control
by aria-describedby. The templates here give them the ids that it names.
"""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.forms.boundfield import BoundField
from django.forms.renderers import DjangoTemplates
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from abhiyan.core.refusals import RefusedWords
from abhiyan.core.titles import OTHER_TITLE, TitledModel
from abhiyan.core.words import active_language

from .addresses import address_of

# Django's own refusals, in simpler Hindi than Django's: a room's catalogue goes before it.
PLAINER = (
    gettext_noop("This field is required."),
    gettext_noop("Enter a whole number."),
    gettext_noop("Enter a number."),
    gettext_noop("Enter a valid value."),
    gettext_noop("Enter a valid date."),
    gettext_noop("Select a valid choice. That choice is not one of the available choices."),
    gettext_noop("Select a valid choice. %(value)s is not one of the available choices."),
    gettext_noop("No file was submitted. Check the encoding type on the form."),
    gettext_noop("No file was submitted."),
    gettext_noop("The submitted file is empty."),
    gettext_noop("Null characters are not allowed."),
)

SOMETIMES = {"data-needed": "sometimes"}  # neither "optional" nor always needed: the hint says when


class FormRenderer(DjangoTemplates):
    """Renders forms, fields and formsets with the templates of this room."""

    form_template_name = "ui/_form.html"
    field_template_name = "ui/_form_field.html"


def where_to_ask(refusals: Iterable[object]) -> str:
    """Return the address where a data officer is asked about words that were refused; "" where none were."""
    words = next((refusal.words for refusal in refusals if isinstance(refusal, RefusedWords)), "")
    return f"{address_of('forms:phrase_new')}?{urlencode({'words': words})}" if words else ""


def form_refusals(form: forms.BaseForm) -> list[object]:
    """Return what a form says is wrong, as it was raised."""
    return [error.message for errors in form.errors.as_data().values() for error in errors]


class BriefForm(forms.Form):
    """A form that fits on a phone screen. It shows the fields of `brief` in their order, and the others behind *More*.

    A field behind *More* has a good default or may stay empty. *More* is open where one of them has an error or was
    changed, and where a view says `opened`.
    """

    brief: tuple[str, ...] = ()
    opened = False

    @property
    def brief_fields(self) -> list[BoundField]:
        """The fields that everybody sees."""
        return [self[name] for name in self.brief if name in self.fields and not self[name].is_hidden]

    @property
    def rare_fields(self) -> list[BoundField]:
        """The fields behind *More*."""
        return [bound for bound in self.visible_fields() if bound.name not in self.brief]

    @property
    def shows_rare(self) -> bool:
        """Return True if *More* is open."""
        return self.opened or (
            self.is_bound
            and any(bound.errors or bound.name in self.changed_data for bound in self.rare_fields)
        )


class TitledForm(BriefForm):
    """A form with a `title` that may be typed in both languages. Its cleaned `titles` go to the act beside the title.

    The title of the other language follows the title. In a brief form it is behind *More*.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        title = self.fields["title"]
        assert isinstance(title, forms.CharField)
        label = _("%(label)s (in Hindi)") if active_language() == "en" else _("%(label)s (in English)")
        self.fields[OTHER_TITLE] = forms.CharField(
            label=label % {"label": title.label},
            required=False,
            max_length=title.max_length,
            help_text=_("Without it, everybody reads the title as typed above."),
        )
        names = [name for name in self.fields if name != OTHER_TITLE]
        names.insert(names.index("title") + 1, OTHER_TITLE)
        self.order_fields(names)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        title, other = cleaned.get("title", ""), cleaned.pop(OTHER_TITLE, "")
        cleaned["titles"] = {active_language(): title, _other_language(): other} if other else {}
        return cleaned


def titles_typed(row: TitledModel) -> dict[str, str]:
    """Return the initial values of a `TitledForm` that follows a titled row."""
    return {"title": row.title_in(), OTHER_TITLE: row.titles.get(_other_language(), "")}


def _other_language() -> str:
    return "hi" if active_language() == "en" else "en"


def offer(form: forms.BaseForm, **choices: Any) -> None:
    """Give fields of a form what may be chosen in them, by their names."""
    for name, offered in choices.items():
        field = form.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = offered
