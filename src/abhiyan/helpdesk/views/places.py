"""A field for a place: name or code of a unit."""

from typing import Any

from django import forms
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from abhiyan.core.refusals import NotFound
from abhiyan.core.words import language, named
from abhiyan.units import queries as units

NAMED = 5  # that fit, in an error


class PlaceField(forms.CharField):
    """Its value is the unit's id. What fits several is told with their codes."""

    def __init__(self, **more: Any) -> None:
        super().__init__(label=_("Place: name or code of the unit"), max_length=100, **more)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        try:
            return units.found(text).id
        except NotFound:
            near = [] if "\0" in text else units.search(text, language=language(), limit=NAMED + 1)
        if len(near) == 1:
            return near[0].id
        if not near:
            raise forms.ValidationError(
                say("No unit is called so. Write its name as on its page, or its code.")
            )
        told = ", ".join(f"{named(one.names)} ({one.code})" for one in near[:NAMED])
        raise forms.ValidationError(say("Several units fit. Write the code: %(units)s") % {"units": told})
