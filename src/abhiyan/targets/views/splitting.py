"""The form of a split: what it goes by, and how far down."""

from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from abhiyan.core.refusals import Refused
from abhiyan.core.words import name_in_language
from abhiyan.elections import queries as plans
from abhiyan.elections.models import Plan
from abhiyan.programmes import queries as programmes
from abhiyan.programmes.models import Programme
from abhiyan.programmes.rules import activities
from abhiyan.targets import queries
from abhiyan.targets.queries.weights import CLASSES, HEAVIEST, USUAL
from abhiyan.ui.fields import WholeField
from abhiyan.ui.forms import SOMETIMES, offer
from abhiyan.units.models import Kind
from abhiyan.units.rules import levels

CLASS_NAMES = {
    "strong": _("Weight of strong booths (%)"),
    "swing": _("Weight of swing booths (%)"),
    "weak": _("Weight of weak booths (%)"),
}
# The fields that a way to split needs besides.
FIELDS = {
    "totals": ("label",),
    "result": ("election", "party"),
    "class": ("election", *CLASSES),
    "planned": ("plan_id",),
}
OPTIONS = ("label", "election", "party", *CLASSES, "plan_id")
MOST_PLANS = 200  # offered to choose from, the newest first


def _weight(name: str) -> WholeField:
    return WholeField(
        label=CLASS_NAMES[name],
        required=False,
        min_value=0,
        max_value=HEAVIEST,
        help_text=format_lazy(_("For a split by class. Empty: {usual}."), usual=USUAL[name]),
    )


def plan_called(plan: Plan) -> str:
    """Return a plan as a choice: its name, the seats it comes to, its version and unit."""
    return say("%(name)s: %(seats)s, version %(number)s, of %(unit)s") % {
        "name": name_in_language(plan.names),
        "seats": plans.seats_range(plan).words,
        "number": plan.number,
        "unit": name_in_language(plan.unit.names),
    }


def plans_offered() -> list[tuple[str, str]]:
    """Return the plans in sight, as a form's choices."""
    return [(str(plan.public_id), plan_called(plan)) for plan in plans.plans()[:MOST_PLANS]]


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
    plan_id = forms.ChoiceField(
        label=_("Which plan"),
        required=False,
        help_text=_("The target stays; the plan's votes say how it is shared."),
    )
    levels = forms.ChoiceField(label=_("How far"), required=False)

    def __init__(self, *args: Any, hierarchy: int, kind: str, **kwargs: Any) -> None:
        kwargs["initial"] = {"levels": "1"} | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        labels, elections, offered = programmes.total_labels(), queries.elections_offered(), plans_offered()
        unoffered = set()
        if not labels:
            unoffered |= {"totals"}
            del self.fields["label"]
        if not elections:
            unoffered |= {"result", "class"}
            for name in ("election", "party", *CLASSES):
                del self.fields[name]
        if not offered:
            unoffered |= {"planned"}
            del self.fields["plan_id"]
        offer(
            self, how=[(key, source.name) for key, source in queries.SOURCES.items() if key not in unoffered]
        )
        if labels:
            offer(self, label=[("", "–"), *((text, text) for text in labels)])
        if elections:
            offer(self, election=[("", "–"), *elections])
        if offered:
            offer(self, plan_id=[("", "–"), *offered])
        own_level = levels.level_of_kind(hierarchy, kind)
        below = [
            kind_code
            for kind_code in levels.placed_kinds(hierarchy)
            if own_level is not None
            and own_level < (levels.level_of_kind(hierarchy, kind_code) or 0)
            and kind_code != "booth"
        ]
        offer(
            self,
            levels=[
                ("1", _("Among the units directly below")),
                ("kept", _("As far down as there are targets")),
                *((kind_code, Kind(kind_code).label) for kind_code in below),
                ("", _("Down to the booths")),
            ],
        )

    def clean(self) -> dict[str, Any]:
        """Leave out what the chosen way does not need: those fields are not on the page."""
        values = super().clean() or {}
        for name in set(OPTIONS).difference(FIELDS.get(values.get("how", ""), ())):
            self.errors.pop(name, None)
            values.pop(name, None)
        return values

    @property
    def option_fields(self) -> list[tuple[forms.BoundField, str]]:
        """Return the fields only some ways need, each with the ways that need it."""
        return [
            (self[name], " ".join(way for way, names in FIELDS.items() if name in names))
            for name in OPTIONS
            if name in self.fields
        ]

    @property
    def options(self) -> dict[str, str]:
        """Return what the chosen source may need to know."""
        values = self.cleaned_data
        return {name: str(values[name]) for name in OPTIONS if values.get(name) not in (None, "")}


def before_now(programme: Programme, unit_id: int, measure: int) -> dict[str, str]:
    """Return how a unit's target was split the last time; at first by electors."""
    last = queries.last_split(programme, unit_id=unit_id, measure=measure)
    if last:
        return {"how": last.basis, **last.facts}
    return {"how": "places" if activities.activity_of(programme.kind).is_by_place else "electors"}


def show_refusal(form: forms.Form, refused: Refused) -> int:
    """Put a refusal beside its field, or above the form; returns the status of the answer."""
    form.add_error(refused.field if refused.field in form.fields else None, str(refused))
    return refused.status
