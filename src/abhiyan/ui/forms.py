"""How every Django form looks: set FORM_RENDERER to `abhiyan.ui.forms.FormRenderer`, then `{{ form }}` is whole.

A screen reader says label, hint, control and error together. Django 5.2 binds hint and error to the control
by aria-describedby. The templates here give them the ids that it names.
"""

from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.forms.renderers import DjangoTemplates
from django.utils.translation import gettext_noop

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
        """Whether *More* is open."""
        return self.opened or (
            self.is_bound
            and any(bound.errors or bound.name in self.changed_data for bound in self.rare_fields)
        )


def offer(form: forms.BaseForm, **choices: Any) -> None:
    """Give fields of a form what may be chosen in them, by their names."""
    for name, offered in choices.items():
        field = form.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = offered
