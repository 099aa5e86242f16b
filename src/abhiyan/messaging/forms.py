"""Forms of bulk texts and sends."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from abhiyan.core.numbers import grouped
from abhiyan.ui.fields import DayField, DigitsField, NoteField, WholeField
from abhiyan.ui.forms import SOMETIMES, TitledForm, offer

from .actions.bulk_texts import LONGEST
from .actions.circulars import LONGEST as LONGEST_CIRCULAR
from .models import Template
from .rules import bulk

Choices = Sequence[tuple[Any, Any]]


class FindForm(forms.Form):
    """Words to look for in a list."""

    q = forms.CharField(label=_("Words to look for"), required=False, max_length=100)

    @property
    def wanted(self) -> str:
        """What was written; nothing where it cannot be looked for."""
        return self.cleaned_data["q"] if self.is_valid() else ""


class TextForm(forms.Form):
    """A bulk text: who sends, and in each language the words and their DLT template id."""

    name = forms.CharField(
        label=_("Name of the text"), max_length=200, help_text=_("People who get the message do not see it.")
    )
    entity = DigitsField(
        label=_("DLT entity id"), max_length=25, widget=forms.TextInput(attrs={"inputmode": "numeric"})
    )
    header = forms.CharField(
        label=_("Sender name (header)"), max_length=11, help_text=_("As registered on DLT, such as ORGNSM.")
    )

    def __init__(self, data: Any = None, **given: Any) -> None:
        super().__init__(data, **given)
        for language, name in settings.LANGUAGES:
            self.fields[f"text_{language}"] = forms.CharField(
                label=_("Text in %(language)s") % {"language": name},
                max_length=LONGEST,
                required=False,
                strip=True,
                help_text=_(
                    "Exactly as registered on DLT. Write {organisation} for the sender and {stop} for the number that "
                    "stops messages. Other variables are yours, such as {place}."
                ),
                widget=forms.Textarea(attrs={"rows": 4, "lang": language}),
            )
            self.fields[f"registration_{language}"] = DigitsField(
                label=_("DLT template id of the %(language)s text") % {"language": name},
                max_length=25,
                required=False,
                widget=forms.TextInput(attrs={"inputmode": "numeric"}),
            )


class CertificateForm(forms.Form):
    """The certificate of one text, from the announcement of an election."""

    language = forms.ChoiceField(label=_("Text"))
    number = forms.CharField(label=_("Number of the certificate"), max_length=100)
    begins_on = DayField(label=_("Valid from"))
    ends_on = DayField(label=_("Valid until"))
    sha256 = forms.CharField(
        label=_("Hash of the certified text"),
        max_length=64,
        help_text=_(
            "64 letters and digits. It must equal the hash shown above: only that exact text may be sent."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, data: Any = None, *, languages: Choices, **given: Any) -> None:
        super().__init__(data, **given)
        offer(self, language=languages)


class SendForm(forms.Form):
    """Ask who gets a text, at which pace, and what fills its variables."""

    audience = forms.ChoiceField(label=_("Who gets it"))
    only = forms.MultipleChoiceField(
        label=_("Only in these units"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Choose none to reach the whole unit."),
    )
    programme = forms.TypedChoiceField(
        label=_("Programme that pays"), coerce=int, required=False, empty_value=None
    )
    per_hour = WholeField(label=_("Messages an hour"), min_value=60)

    def __init__(
        self,
        data: Any = None,
        *,
        templates: Mapping[str, Template],
        audiences: Choices,
        below: Choices,
        programmes: Choices,
        most: int,
        **given: Any,
    ) -> None:
        super().__init__(data, **given)
        offer(
            self,
            audience=[("", _("Choose")), *audiences],
            only=below,
            programme=[("", _("None")), *programmes],
        )
        if not below:
            del self.fields["only"]
        if not programmes:
            del self.fields["programme"]
        self.fields["per_hour"].help_text = _("At most %(most)s. Slower is kinder to the lines.") % {
            "most": grouped(most)
        }
        self._variables = [
            (language, name)
            for language, template in templates.items()
            for name in bulk.variables(template.text)
        ]
        names = dict(settings.LANGUAGES)
        for language, name in self._variables:
            self.fields[f"v_{language}_{name}"] = forms.CharField(
                label=_("{%(name)s} in %(language)s")
                % {"name": name, "language": names.get(language, language)},
                max_length=bulk.LONGEST_VALUE,
                help_text=_("At most %(n)s letters; carriers may stop longer ones.") % {"n": bulk.CARRIED},
                widget=forms.TextInput(attrs={"lang": language}),
            )

    def given(self) -> dict[str, dict[str, str]]:
        """Return what fills the variables, by language."""
        texts: dict[str, dict[str, str]] = {}
        for language, name in self._variables:
            texts.setdefault(language, {})[name] = self.cleaned_data[f"v_{language}_{name}"]
        return texts


class CircularForm(TitledForm):
    """A circular: what it says, and which offices below get it."""

    brief: tuple[str, ...] = ("office", "title", "text")
    office = forms.ChoiceField(label=_("For"), required=False, widget=forms.Select(attrs=SOMETIMES))
    number = forms.CharField(label=_("Number"), max_length=50, required=False)
    title = forms.CharField(label=_("Subject"), max_length=200)
    text = forms.CharField(
        label=_("Circular"), max_length=LONGEST_CIRCULAR, widget=forms.Textarea(attrs={"rows": 10})
    )

    def __init__(self, data: Any = None, *, offices: Choices, **given: Any) -> None:
        super().__init__(data, **given)
        offer(self, office=offices)


class SendReasonForm(forms.Form):
    """Why a send should go."""

    reason = NoteField(label=_("Why should it go?"), max_length=500)
