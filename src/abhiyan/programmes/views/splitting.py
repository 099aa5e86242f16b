"""The form of a split: what it goes by, and how far down."""

from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from abhiyan.programmes import queries
from abhiyan.programmes.models import Programme
from abhiyan.programmes.queries.weights import CLASSES, HEAVIEST, USUAL
from abhiyan.ui.forms import SOMETIMES, offer
from abhiyan.units.models import Kind
from abhiyan.units.rules import levels

CLASS_NAMES = {
    "strong": _("Weight of strong booths (%)"),
    "swing": _("Weight of swing booths (%)"),
    "weak": _("Weight of weak booths (%)"),
}
OPTIONS = ("label", "election", "party", *CLASSES)


def _weight(name: str) -> forms.IntegerField:
    return forms.IntegerField(
        label=CLASS_NAMES[name],
        required=False,
        min_value=0,
        max_value=HEAVIEST,
        help_text=format_lazy(_("For a split by class. Empty: {usual}."), usual=USUAL[name]),
    )


class SplitForm(forms.Form):
    """How a target is split, and how far down. Only what there are figures for is offered."""

    how = forms.ChoiceField(label=_("How"))
    label = forms.ChoiceField(
        label=_("Which earlier drive"), required=False, help_text=_("For a split by members of that drive.")
    )
    election = forms.ChoiceField(
        label=_("Which election"),
        required=False,
        help_text=_("For a split by votes or by class of booth."),
    )
    party = forms.CharField(
        label=_("Whose votes"),
        required=False,
        max_length=60,
        help_text=_("For a split by votes: the party’s letters, several with + between them."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "size": "8", **SOMETIMES}),
    )
    strong = _weight("strong")
    swing = _weight("swing")
    weak = _weight("weak")
    levels = forms.ChoiceField(label=_("How far"), required=False)

    def __init__(self, *args: Any, hierarchy: int, kind: str, **kwargs: Any) -> None:
        kwargs["initial"] = {"levels": "1"} | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        labels, elections = queries.total_labels(), queries.elections_offered()
        unoffered = set()
        if not labels:
            unoffered |= {"totals"}
            del self.fields["label"]
        if not elections:
            unoffered |= {"result", "class"}
            for name in ("election", "party", *CLASSES):
                del self.fields[name]
        offer(
            self, how=[(key, source.name) for key, source in queries.SOURCES.items() if key not in unoffered]
        )
        if labels:
            offer(self, label=[("", "–"), *((text, text) for text in labels)])
        if elections:
            offer(self, election=[("", "–"), *elections])
        own = levels.level(hierarchy, kind)
        below = [
            one
            for one in levels.kinds(hierarchy)
            if own is not None and own < (levels.level(hierarchy, one) or 0) and one != "booth"
        ]
        offer(
            self,
            levels=[
                ("1", _("Among the units directly below")),
                ("kept", _("As far down as there are targets")),
                *((one, Kind(one).label) for one in below),
                ("", _("Down to the booths")),
            ],
        )

    @property
    def option_fields(self) -> list[forms.BoundField]:
        """The fields only some choices need."""
        return [self[name] for name in OPTIONS if name in self.fields]

    @property
    def needs_options(self) -> bool:
        """Whether the choice made is one of those."""
        source = queries.SOURCES.get(str(self["how"].value() or ""))
        return source is not None and bool(source.needs)

    @property
    def options(self) -> dict[str, str]:
        """What the chosen source may need to know."""
        given = self.cleaned_data
        return {name: str(given[name]) for name in OPTIONS if given.get(name) not in (None, "")}


def before_now(programme: Programme, unit_id: int, measure: int) -> dict[str, str]:
    """How a unit's target was split the last time; at first by electors."""
    last = queries.last_split(programme, unit_id=unit_id, measure=measure)
    return {"how": last.basis, **last.facts} if last else {"how": "electors"}
