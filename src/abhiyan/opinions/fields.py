"""The question whether a word of a quote is a name."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from abhiyan.core.refusals import Refused

from .actions import QuoteUnsure


class UnnamedForm(forms.Form):
    """Words that go up without names. `ask_after` offers the words that may be names, once they were refused."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        widget = forms.CheckboxSelectMultiple()
        self._ask(widget.value_from_datadict(self.data, self.files, self.add_prefix("no_names")) or ())

    def ask_after(self, refused: Refused | None) -> None:
        """Offer the words of a refusal: the office ticks what is no name."""
        if isinstance(refused, QuoteUnsure):
            words = refused.facts["asked"]
            self._ask(words if isinstance(words, list) else ())

    def _ask(self, words: Sequence[str]) -> None:
        if words:
            self.fields["no_names"] = forms.MultipleChoiceField(
                label=_("These words are not names here"),
                choices=[(word, word) for word in words],
                required=False,
                widget=forms.CheckboxSelectMultiple,
                help_text=_("Tick a word only if it means no person. Your answer stays with the quote."),
            )
