"""A sheet is typed on our page: its photograph beside ten lines as they are printed on it."""

import re
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from abhiyan.core import clock
from abhiyan.core.letters import plain_digits
from abhiyan.core.refusals import NotFound, Refused, or_refuse
from abhiyan.enrolment.fields import AdultForm, Clipped, NameField, YearField
from abhiyan.enrolment.queries.drives import drive_for
from abhiyan.org import queries as org
from abhiyan.org.viewer import Request
from abhiyan.paper import queries
from abhiyan.paper.actions.typing import bring_sheet
from abhiyan.paper.models import PaperBatch
from abhiyan.paper.rules.batches import ROWS
from abhiyan.people.fields import PhoneField
from abhiyan.programmes import queries as programmes
from abhiyan.ui.acts import form_page
from abhiyan.ui.fields import DayField
from abhiyan.units import queries as units
from abhiyan.units.models import Kind
from abhiyan.units.rules.pins import read_pin

from .batches import IMPORT
from .photos import batch_crumbs

_SHORT = re.compile(
    r"[0-9]{1,4} ?/ ?[0-9]{1,5}"
)  # number of the seat / number of the part: the check reads it
_MISSING = gettext_lazy("Fill in this field, or empty the whole line.")


class LineForm(AdultForm):
    """One line of a sheet, in the order of its columns."""

    checked_apart = dict.fromkeys(("clean", "clean_birth_year", "clean_place"), "no phone keeps sheets")
    name = NameField(label=gettext_lazy("Name"), required=False)
    phone = PhoneField(required=False)
    birth_year = YearField(label=gettext_lazy("Birth year"), help_text="", required=False)
    place = forms.CharField(label=gettext_lazy("Booth or PIN code"), required=False, max_length=64)

    def __init__(self, data: Any, number: int, place: str, minimum_age: int) -> None:
        super().__init__(data, prefix=f"l{number}", auto_id="%s")
        self.number = number
        self.judge_ages(year=clock.today(settings.TIME_ZONE).year, minimum=minimum_age)
        short = {"data-born": gettext_lazy("Born {year}"), "data-years": gettext_lazy("Age {age}")}
        self.fields["birth_year"].widget.attrs |= short  # a line has room for no more
        for name, field in self.fields.items():
            field.widget.attrs |= {"autocomplete": "off"}
            blanks = {"n": number, "field": field.label}
            field.widget.attrs["aria-label"] = _("Line %(n)s: %(field)s") % blanks
            if name == "place":
                field.widget.attrs["placeholder"] = place

    @property
    def typed(self) -> tuple[str, ...]:
        """Return the content of the line, as it was typed."""
        return tuple(str(self.data.get(self.add_prefix(name), "")).strip() for name in self.fields)

    @property
    def is_blank(self) -> bool:
        return not any(self.typed)

    def clean_birth_year(self) -> int | None:
        """Return the year. One that the check would refuse is said at once, for it may be a slip."""
        born: int | None = self.cleaned_data["birth_year"]
        if self.is_minor:
            raise forms.ValidationError(_("Too young to join. Look at the sheet again."))
        return born

    def clean_place(self) -> str:
        text = plain_digits(str(self.cleaned_data["place"]).strip())
        is_known = not text or bool(_SHORT.fullmatch(text))
        if pin := read_pin(text):
            is_known = bool(units.by_pin(pin, limit=1))
        elif not is_known:
            try:
                is_known = bool(units.unit(text))
            except NotFound:
                is_known = False
        if not is_known:
            raise forms.ValidationError(
                _("No booth and no PIN code is called this. Look at the sheet again.")
            )
        return text

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not self.is_blank:
            for name in ("name", "phone", "birth_year"):
                if name not in self.errors and cleaned.get(name) in (None, ""):
                    self.add_error(name, _MISSING)
            if "place" not in self.errors and not (
                cleaned.get("place") or self.fields["place"].widget.attrs["placeholder"]
            ):
                self.add_error("place", _MISSING)
        return cleaned


class FootForm(Clipped):
    """The fields that occur once on a sheet."""

    day = DayField(label=gettext_lazy("Day on the sheet"), required=False)
    worker = PhoneField(label=gettext_lazy("Worker's phone"), required=False)


class TypedSheet:
    """The lines of a sheet as they were sent, or empty ones. place: of lines that say none. minimum_age: to join."""

    def __init__(self, data: QueryDict | None, place: str, minimum_age: int) -> None:
        self.place = place
        self.lines = [LineForm(data, n, place, minimum_age) for n in range(1, ROWS + 1)]
        self.foot = FootForm(data)
        self.error = ""

    def is_valid(self) -> bool:
        """Return True if nothing is wrong, or its typist says that the sheet itself has it so."""
        filled = [line for line in self.lines if not line.is_blank]
        self.error = "" if filled else _("Type at least one line of the sheet.")
        faults = [line for line in filled if not line.is_valid()]
        return bool(self.foot.is_valid() and filled and ("anyway" in self.foot.data or not faults))

    @property
    def faulty(self) -> int:
        return sum(bool(line.errors) for line in self.lines if line.is_bound and not line.is_blank)

    def rows(self) -> list[tuple[str, str, str, str, str]]:
        """Return the lines up to the last that is filled: name, phone, year, booth, PIN."""
        lines = [self._row(line) for line in self.lines]
        while lines and not any(lines[-1]):
            lines.pop()
        return lines

    def _row(self, line: LineForm) -> tuple[str, str, str, str, str]:
        name, phone, year, place = line.typed
        if line.is_blank:
            return "", "", "", "", ""
        place = place or self.place
        return (name, phone, year, "", place) if read_pin(place) else (name, phone, year, place, "")


@form_page
def paper_type(request: Request, number: str) -> HttpResponseBase:
    """Type a sheet of a batch. `sheet`: which one; the first that is not typed unless it is said."""
    batch = queries.batch_for(number)
    org.require(request.actor, IMPORT, at=batch.unit_id)
    sheets = queries.sheets_of(batch).sheets
    sheet_text = request.GET.get("sheet", "")
    left = [batch_sheet for batch_sheet in sheets if batch_sheet.typed is None]
    sheet = or_refuse(
        next((batch_sheet for batch_sheet in sheets if str(batch_sheet.number) == sheet_text), None)
        if sheet_text
        else (left or sheets)[0]
    )
    drive = drive_for(programmes.programme_by_id(batch.programme_id))
    typed = TypedSheet(
        request.POST if request.method == "POST" else None, _place(batch), drive.roll.minimum_age
    )
    error, status = "", 200
    if request.method == "POST":
        status = 422
        if typed.is_valid():
            try:
                brought = bring_sheet(
                    batch=batch,
                    sheet=sheet.number,
                    lines=typed.rows(),
                    day=typed.foot.cleaned_data["day"],
                    worker=typed.foot.cleaned_data["worker"],
                    by=request.actor,
                    at=clock.now(),
                )
            except Refused as refused:
                if refused.status in (403, 404):
                    raise
                error, status = str(refused), refused.status
            else:
                return redirect("imports:one", brought)
    context = {
        "here": "people",
        "crumbs": [
            *batch_crumbs(batch),
            (batch.number, reverse("paper:paper_batch", args=[batch.number])),
            (_("Type a sheet"), ""),
        ],
        "batch": batch,
        "sheet": sheet,
        "photos": sorted(
            (photo for photo in reversed(sheet.photos) if photo.hidden_at is None),
            key=lambda photo: photo.is_beside,
        ),
        "before": next(
            (batch_sheet.number for batch_sheet in reversed(sheets) if batch_sheet.number < sheet.number),
            None,
        ),
        "after": next(
            (batch_sheet.number for batch_sheet in sheets if batch_sheet.number > sheet.number), None
        ),
        "typed": typed,
        "error": error or typed.error,
    }
    return render(request, "paper/type.html", context, status=status)


def _place(batch: PaperBatch) -> str:
    """Return the place of people on a sheet without places: the batch's booth, if it is a booth's."""
    unit = units.unit_by_id(batch.unit_id)
    return unit.code if unit.kind == Kind.BOOTH else ""
