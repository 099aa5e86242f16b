"""Forms of the Imports pages, made from what a kind says of itself."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from abhiyan.core.words import active_language
from abhiyan.imports.kinds import ImportKind, registered
from abhiyan.imports.tables.sniffing import Preview
from abhiyan.org.viewer import Viewer
from abhiyan.units.models import Kind

from .states import STATES

PLAIN_BYTES = 8 << 20  # of a file sent by the plain form: a request is held in memory
EVERYWHERE = "all"
OPTION = "option_"
COLUMN = "column_"


def units_of(viewer: Viewer, kind: ImportKind) -> list[tuple[str, str]]:
    """Return units whose list somebody may bring: those of their own appointments, and everywhere for the
    administrator."""
    unit_by_key = {
        str(office.unit_id): f"{office.unit_name()} ({office.unit_code})"
        for office in viewer.appointments
        if kind.capability in office.capabilities
    }
    if viewer.is_root and viewer.may(kind.capability) and not unit_by_key:
        unit_by_key[EVERYWHERE] = _("All units")
    return list(unit_by_key.items())


def kinds_of(viewer: Viewer) -> list[ImportKind]:
    """Return lists that somebody may bring for a unit of theirs, or for all units."""
    return [kind for kind in registered() if viewer.may(kind.capability) and units_of(viewer, kind)]


class BeginForm(forms.Form):
    """The list to bring, its unit, and the kind's own questions. The file itself may come apart (imports.js)."""

    unit = forms.ChoiceField(label=gettext_lazy("Whose list is it?"))
    file = forms.FileField(
        label=gettext_lazy("File"),
        allow_empty_file=True,  # said by the act, which knows of empty files however they come
        error_messages={"required": gettext_lazy("Choose a file.")},
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx,.xls,.ods"}),
    )
    file_name = forms.CharField(required=False, max_length=400, widget=forms.HiddenInput)
    file_bytes = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)

    def __init__(self, kind: ImportKind, viewer: Viewer, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        self.asked = [option for option in kind.options if option.is_asked]
        units = units_of(viewer, kind)
        unit: Any = self.fields["unit"]
        unit.choices = units
        if len(units) == 1:
            unit.initial = units[0][0]
            unit.widget = forms.HiddenInput()
        for option in self.asked:
            field: forms.Field
            if option.choices is None:
                field = forms.CharField(max_length=200)
            else:
                choices = list(option.choices())
                is_sure = option.required and (option.default or len(choices) == 1)
                first = [] if is_sure or any(value == "" for value, _label in choices) else [("", "–")]
                field = forms.ChoiceField(choices=[*first, *choices])
            field.label, field.help_text = str(option.title), str(option.help)
            field.required = option.required
            field.initial = option.suggests() if option.suggests is not None else option.default
            self.fields[OPTION + option.key] = field
        self.order_fields(["unit", *(OPTION + option.key for option in self.asked), "file"])

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file is not None and file.size > PLAIN_BYTES:
            raise forms.ValidationError(
                _("Without JavaScript a file may have %(limit)s MB. Split it.") % {"limit": PLAIN_BYTES >> 20}
            )
        return file

    @property
    def options(self) -> dict[str, str]:
        return {option.key: self.cleaned_data.get(OPTION + option.key, "") for option in self.asked}

    def field_of(self, key: str) -> str | None:
        """Return the field of this form a refusal speaks of: an option, or the file."""
        return next((name for name in (OPTION + key, key) if name in self.fields), None)

    @property
    def unit_id(self) -> int | None:
        chosen = self.cleaned_data["unit"]
        return None if chosen == EVERYWHERE else int(chosen)


class EmptyForm(forms.Form):
    """An office chooses the unit and the kind of the places that an empty list has."""

    unit = forms.ChoiceField(label=gettext_lazy("Whose list is it?"))
    level = forms.ChoiceField(label=gettext_lazy("A row for each"))

    def __init__(self, kind: ImportKind, viewer: Viewer, data: Any = None) -> None:
        super().__init__(data, auto_id="empty_%s")
        choices: dict[str, list[tuple[str, Any]]] = {
            "unit": units_of(viewer, kind),
            "level": [(str(kind_code), Kind(kind_code).label) for kind_code in kind.places],
        }
        for name, some in choices.items():
            field: Any = self.fields[name]
            field.choices = some
            if len(some) == 1:
                field.widget = forms.HiddenInput()
            field.initial = some[0][0] if some else ""

    @property
    def unit_id(self) -> int | None:
        chosen = self.cleaned_data["unit"]
        return None if chosen == EVERYWHERE else int(chosen)


class ColumnsForm(forms.Form):
    """The field of each column."""

    def __init__(self, kind: ImportKind, preview: Preview, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        offered = [
            (str(c.index), f"{c.letter}: {c.header}" if c.header else c.letter)
            for c in preview.columns
            if not c.sensitive and not c.blank
        ]
        for spec in kind.layout.fields:
            chosen = preview.mapping.get(spec.key)
            self.fields[COLUMN + spec.key] = forms.ChoiceField(
                label=spec.label(active_language()),
                choices=[("", _("not in the file")), *offered],
                required=spec.is_in_each_row,
                initial="" if chosen is None else str(chosen),
            )

    @property
    def mapping(self) -> dict[str, int]:
        return {
            spec.key: int(value)
            for spec in self.kind.layout.fields
            if (value := self.cleaned_data.get(COLUMN + spec.key))
        }


class ImportFilters(forms.Form):
    """Which imports to show."""

    kind = forms.ChoiceField(label=gettext_lazy("List"), required=False)
    state = forms.ChoiceField(label=gettext_lazy("Status"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds: Any = self.fields["kind"]
        kinds.choices = [("", _("All")), *((kind.key, kind.title) for kind in registered())]
        states: Any = self.fields["state"]
        states.choices = [("", _("All")), *((state, label) for state, (label, _tone) in STATES.items())]
