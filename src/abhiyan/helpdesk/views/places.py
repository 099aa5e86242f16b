"""The place of a request: chosen among what fits a name, step by step, or where the caller is known. Works without
script; with it the choices appear while one types."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from abhiyan.core import audit
from abhiyan.core.refusals import NotFound
from abhiyan.core.words import active_language, name_in_language
from abhiyan.helpdesk import queries
from abhiyan.org.viewer import Request
from abhiyan.units import queries as units
from abhiyan.units.choosing import UnitChoice, choices
from abhiyan.units.rules import levels

FOUND = 8  # places of one search
NAMED = 5  # that fit, in an error


class PlaceField(forms.CharField):
    """Its value is the unit's id. The browser sends a code; a name does where only one unit fits. is_picked: matches
    are shown below, else the error lists them with their codes."""

    def __init__(self, *, is_picked: bool = False, **more: Any) -> None:
        super().__init__(label=_("Place: name or code of the unit"), max_length=100, **more)
        self.is_picked = is_picked

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        try:
            return units.unit_with_hierarchies(text).id
        except NotFound:
            near = (
                [] if "\0" in text else units.search_units(text, language=active_language(), limit=NAMED + 1)
            )
        if len(near) == 1:
            return near[0].id
        if not near:
            raise forms.ValidationError(
                say("No unit is called so. Write its name as on its page, or its code.")
            )
        if self.is_picked:
            raise forms.ValidationError(say("Several units fit. Choose one of them."))
        place_names = ", ".join(f"{name_in_language(unit.names)} ({unit.code})" for unit in near[:NAMED])
        raise forms.ValidationError(
            say("Several units fit. Write the code: %(units)s") % {"units": place_names}
        )


@dataclass(slots=True)
class Picker:
    """Units to choose from, as `units/_unit_choices.html` wants them. chosen: a code. is_known: where the caller is
    known."""

    where: str = ""
    chosen: str = ""
    choices: list[UnitChoice] = field(default_factory=list)
    is_known: bool = False
    hierarchy: str = levels.SLUGS[levels.ORGANISATIONAL]

    @property
    def legend(self) -> str:
        return say("Where this phone is known") if self.is_known else say("Which unit?")

    def shown(self) -> dict[str, Any]:
        """Return what the fragment wants."""
        return {
            "choices": self.choices,
            "chosen": self.chosen,
            "hierarchy": self.hierarchy,
            "left_out": 0,
            "legend": self.legend,
            "name": "unit",
            "text": self.where,
        }


def read_picker(request: Request, *, at: datetime) -> Picker:
    """Read the place's part of a form: the unit chosen, or matches of the name that was typed. Else use where the phone
    is known, else the viewer's own unit. Looking up a phone leaves a row in the trail."""
    data, home = request.POST, request.viewer.home
    picker = Picker(data.get("where", "").strip()[:100].replace("\0", " "), data.get("unit", "")[:64])
    rows: list[units.UnitRow] = []
    if picker.where:
        rows = units.search_units(picker.where, language=active_language(), limit=FOUND)
    elif data.get("phone") and not picker.chosen:
        rows = _rows(queries.places_of_phone(data["phone"]))
        picker.is_known = bool(rows)
        if rows:
            audit.record(
                by=request.actor, at=at, act="helpdesk.look_up_place", unit_id=home.unit_id if home else None
            )
    if picker.chosen and picker.chosen not in {row.code for row in rows}:
        rows = [*_of_code(picker.chosen), *rows]
    elif len(rows) == 1:
        picker.chosen = rows[0].code
    if not rows and home is not None and not picker.where:
        rows = _rows([home.unit_id])
    picker.choices = choices(rows)
    return picker


def _rows(unit_ids: Iterable[int]) -> list[units.UnitRow]:
    return [units.row_of_unit(unit_id, next(iter(units.hierarchies_of(unit_id)), 0)) for unit_id in unit_ids]


def _of_code(code: str) -> list[units.UnitRow]:
    try:
        return _rows([units.unit_with_hierarchies(code).id])
    except NotFound:
        return []
