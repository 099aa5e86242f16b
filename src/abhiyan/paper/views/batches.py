"""Printed forms: batches of a unit, their sheets, and what became of the rows that were imported of them."""

from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from abhiyan.core import clock
from abhiyan.core.words import active_language, name_in_language
from abhiyan.enrolment.queries import drives as queries_drives
from abhiyan.enrolment.queries.people import join_number
from abhiyan.enrolment.rules.channels import RECORD
from abhiyan.helpdesk import helplines
from abhiyan.org import queries as org
from abhiyan.org.here import page_unit, unit_address
from abhiyan.org.viewer import Request
from abhiyan.paper import printed, queries
from abhiyan.paper.actions import batches as actions
from abhiyan.paper.actions.photos import STRIKE_OFF
from abhiyan.paper.models import PaperBatch
from abhiyan.paper.rules import batches as rules
from abhiyan.people import queries as people
from abhiyan.programmes import queries as programmes
from abhiyan.programmes.models import Programme
from abhiyan.ui.acts import act_page, form_page
from abhiyan.ui.fields import WholeField
from abhiyan.ui.files import file_answer, with_lines
from abhiyan.ui.forms import offer
from abhiyan.ui.lists import Column, Table, list_response, page_with_list
from abhiyan.units import queries as units

from . import photos
from .photos import batch_crumbs

IMPORT = "imports.paper"
LANGUAGES = (("hi", "हिंदी"), ("en", "English"))

COLUMNS: tuple[Column[queries.BatchRow], ...] = (
    Column("number", gettext_lazy("Batch"), lambda row: row.batch.number, css="nums", is_name=True),
    Column("unit", gettext_lazy("Unit"), lambda row: row.unit),
    Column("made", gettext_lazy("Printed"), lambda row: row.batch.made_at, order="made_at", css="nums"),
    Column(
        "maker",
        gettext_lazy("Printed by"),
        lambda row: row.maker,
        names_people=True,
        account=lambda row: row.batch.made_by,
    ),
    Column("sheets", gettext_lazy("Sheets"), lambda row: row.batch.sheets, order="sheets", css="num"),
    Column("photos", gettext_lazy("Photos"), lambda row: row.photos, css="num"),
    Column("rows", gettext_lazy("Rows imported"), lambda row: row.rows, css="num"),
)


class BatchFilters(forms.Form):
    """Which batches to show."""

    show = forms.ChoiceField(
        label=gettext_lazy("Show"),
        required=False,
        choices=[("", gettext_lazy("All")), ("enter", gettext_lazy("With sheets to enter"))],
    )


class NewBatchForm(forms.Form):
    """What is printed."""

    drive = forms.ChoiceField(label=gettext_lazy("Drive"))
    sheets = WholeField(
        label=gettext_lazy("Sheets"),
        min_value=1,
        max_value=rules.MOST_SHEETS,
        initial=10,
        help_text=gettext_lazy("Each sheet has room for 10 people."),
    )
    language = forms.ChoiceField(label=gettext_lazy("Language of the form"), choices=LANGUAGES)


@page_with_list
def paper_list(request: Request) -> HttpResponseBase:
    """Show the batches of a unit and all below it, the latest first."""
    here = page_unit(request)
    if not request.viewer.sees_people_at(here.span[0]):
        raise org.NotYours(capability=RECORD)
    filters = BatchFilters(request.GET)
    batches = queries.paper_batches(here.span)
    is_narrowed = filters.is_valid() and filters.cleaned_data["show"] == "enter"
    table: Table[queries.BatchRow] = Table(
        request,
        COLUMNS,
        batches.filter(queries.to_enter()) if is_narrowed else batches,
        name="paper",
        caption=_("Paper forms"),
        sort="-made",
        finish=queries.batch_rows,
        unit_id=here.unit.id,
    )
    context = {
        "here": "people",
        "place": here,
        "filters": filters,
        "is_narrowed": is_narrowed,
        "crumbs": [(_("People"), reverse("enrolment:people")), (_("Paper forms"), "")],
        "may_print": request.viewer.may_at(RECORD, here.span[0]),
        "new_href": here.href(reverse("paper:paper_new")),
    }
    return list_response(request, "paper/list.html", table, context)


@form_page
def paper_new(request: Request) -> HttpResponseBase:
    """Make a batch of forms for a unit."""
    here = page_unit(request)
    org.require(request.actor, RECORD, at=here.unit.id)
    running = queries.paper_drives()
    form = NewBatchForm(
        request.POST if request.method == "POST" else None, initial={"language": active_language()}
    )
    offer(
        form, drive=[(str(programme.public_id), name_in_language(programme.names)) for programme in running]
    )
    if len(running) == 1:
        form.fields["drive"].widget = forms.HiddenInput()
        form.fields["drive"].initial = str(running[0].public_id)
    id_by_public_id = {str(programme.public_id): programme.pk for programme in running}
    back = here.href(reverse("paper:paper_list"))
    return act_page(
        request,
        lambda given: actions.make_batch(
            programme_id=id_by_public_id[given["drive"]],
            unit_id=here.unit.id,
            sheets=given["sheets"],
            language=given["language"],
            by=request.actor,
            at=clock.now(),
        ),
        title=_("Print forms"),
        text=[here.name]
        if running
        else [_("No drive takes people now. Forms can be printed once one is open.")],
        button=_("Make the batch"),
        said=_("The batch is made. Download its forms, and print them."),
        form=form,
        is_open=bool(running),
        back=back,
        done=lambda batch: redirect("paper:paper_batch", batch.number),
        here="people",
        crumbs=[(_("People"), reverse("enrolment:people")), (_("Paper forms"), back), (_("Print forms"), "")],
    )


@form_page
def paper_batch(request: Request, number: str) -> HttpResponseBase:
    """Show one batch: its forms, the photographs of its sheets, and its lists. Posts to it are photographs.

    `sheet`: one of its sheets, as the code printed on it asks.
    """
    batch = queries.batch_for(number)
    form, done, response = photos.take_photos(request, batch)
    if response is not None:
        return response
    viewer, spot = request.viewer, [lo for lo, _hi in units.all_spans([batch.unit_id]).get(batch.unit_id, [])]
    programme = programmes.programme_by_id(batch.programme_id)
    (row,) = queries.batch_rows([batch])
    sheets = queries.sheets_of(batch)
    brought = f"?option_batch={batch.number}&option_drive={programme.public_id}"
    sheet_text = request.GET.get("sheet", "")
    context = {
        "here": "people",
        "crumbs": [*batch_crumbs(batch), (batch.number, "")],
        "batch": batch,
        "row": row,
        "drive": programme,
        "drive_name": name_in_language(programme.names),
        "form_language": dict(LANGUAGES)[batch.language],
        "sheets": sheets,
        "asked": next((sheet for sheet in sheets.sheets if str(sheet.number) == sheet_text), None),
        "asked_href": f"#sheet-{sheet_text}",
        "aside": queries.aside_of(batch),
        "opens_aside": viewer.may_at(STRIKE_OFF, *spot),
        "seen": bool(row.photos) and (bool(sheets.here) or bool(sheets.unknown)),
        "form": form if viewer.may_at(RECORD, *spot) else None,
        "photo_mb": photos.MB,
        "lists": queries.brought_of(batch),
        "counts": _counts(batch, programme) if row.rows else [],
        "may_import": viewer.may_at(IMPORT, *spot),
        "import_href": reverse("imports:begin", args=["paper"]) + brought if viewer.may(IMPORT) else "",
    }
    return render(request, "paper/batch.html", context, status=done.status)


def _counts(batch: PaperBatch, programme: Programme) -> list[tuple[str, str | int, str]]:
    """Return the outcomes of the rows, each count with the list of its people: words, number, address."""
    batch_rows_became = queries.became(batch, at=clock.now(), zone=programme.zone)
    if batch_rows_became is None:
        return []
    code = units.unit_by_id(batch.unit_id).code

    def people_page(**asked: Any) -> str:
        return unit_address(reverse("enrolment:people"), code, batch=batch.number, **asked)

    denied = (
        _("at least %(n)s") % {"n": batch_rows_became.denied}
        if batch_rows_became.denied
        else _("fewer than %(n)s") % {"n": 5}
    )
    return [
        (_("Joined"), batch_rows_became.joined, people_page(ended="all")),
        (_("Phone not answered yet"), batch_rows_became.unanswered, people_page(rung="unsigned")),
        (_("Counted"), batch_rows_became.counted, people_page(rung="counted")),
        (_("Confirmed"), batch_rows_became.confirmed, people_page(rung="confirmed")),
        (_("Phones that say they never joined"), denied, ""),
        (_("No place yet"), batch_rows_became.placeless, unit_address(reverse("enrolment:unplaced"), code)),
        (_("Members already, or named twice"), batch_rows_became.others, ""),
        (_("Refused"), batch_rows_became.refused, "#lists"),
    ]


@require_GET
def paper_form(request: Request, number: str) -> HttpResponse:
    """Send the sheets of a batch to print, as one PDF in its language."""
    batch = queries.batch_for(number)
    org.require(request.actor, RECORD, at=batch.unit_id)
    programme = programmes.programme_by_id(batch.programme_id)
    drive = queries_drives.drive_for(programme)
    page = reverse("paper:paper_batch", args=[batch.number])
    made = printed.forms(
        batch,
        drive=programme.names,
        unit=units.unit_by_id(batch.unit_id),
        notice=people.notice(drive.notice_code, batch.language, batch.notice_version),
        address=f"{settings.ORIGIN}{page}",
        number=join_number(batch.programme_id),
        helpline=helplines.number_of_programme(batch.programme_id),
        at=batch.made_at,
        with_lines=with_lines(request),
    )
    return file_answer(made, kind="application/pdf", name=f"{batch.number}.pdf")
