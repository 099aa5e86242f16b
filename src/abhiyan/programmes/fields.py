"""A field that takes units by name or code, one on each line."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from abhiyan.programmes import actions
from abhiyan.units import queries as units


class UnitNamesField(forms.CharField):
    """Units below another, by name or code. Cleaned: their ids in their order. Each line names one, each one once."""

    within: int  # the unit above them
    hierarchy: int

    def __init__(self, **given: Any) -> None:
        super().__init__(required=False, max_length=60_000, widget=forms.Textarea(attrs={"rows": 4}), **given)

    def clean(self, value: Any) -> list[int]:
        text = super().clean(value)
        lines = [" ".join(line.split()) for line in text.splitlines() if line.strip()]
        ids_by_name = units.called_any(lines, within=self.within, hierarchy=self.hierarchy) if lines else {}
        chosen: dict[int, str] = {}
        for line in lines:
            which = ids_by_name.get(line, [])
            if not which:
                raise forms.ValidationError(_("We know no unit “%(name)s” here.") % {"name": line})
            if len(which) > 1:
                raise forms.ValidationError(
                    _("%(n)s units are called “%(name)s”. Write the code.") % {"n": len(which), "name": line}
                )
            if which[0] in chosen:
                raise forms.ValidationError(str(actions.ScopeTwice(name=line)))
            chosen[which[0]] = line
        return list(chosen)
