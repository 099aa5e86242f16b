"""Printed forms: batches of a unit, the photographs of their filled sheets, and the lists brought of them."""

from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET

from abhiyan.core import clock
from abhiyan.core.words import language, named
from abhiyan.enrolment.actions import batches as actions
from abhiyan.enrolment.paper import printed
from abhiyan.enrolment.paper.models import PaperBatch
from abhiyan.enrolment.queries import batches as queries
from abhiyan.enrolment.queries import drive as queries_drive
from abhiyan.enrolment.rules import batches as rules
from abhiyan.org import queries as org
from abhiyan.org.here import address, page_unit
from abhiyan.org.viewer import Request
from abhiyan.people import queries as people
from abhiyan.programmes import queries as programmes
from abhiyan.ui.acts import ask, confirm, form_page, tried
from abhiyan.ui.fields import WholeField
from abhiyan.ui.forms import offer
from abhiyan.ui.lists import Column, Table, answer
from abhiyan.units import queries as units

IMPORT = "imports.paper"
LANGUAGES = (("hi", "हिंदी"), ("en", "English"))

COLUMNS: tuple[Column[queries.Row], ...] = (
    Column("number", gettext_lazy("Batch"), lambda row: row.batch.number, css="nums", is_name=True),
    Column("unit", gettext_lazy("Unit"), lambda row: row.unit),
    Column("made", gettext_lazy("Printed"), lambda row: row.batch.made_at, order="made_at", css="nums"),
    Column("maker", gettext_lazy("Printed by"), lambda row: row.maker, names_people=True),
    Column("sheets", gettext_lazy("Sheets"), lambda row: row.batch.sheets, order="sheets", css="num"),
    Column("photos", gettext_lazy("Photos"), lambda row: row.photos, css="num"),
    Column("rows", gettext_lazy("Rows imported"), lambda row: row.rows, css="num"),
)


class NewForm(forms.Form):
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


class PhotosInput(forms.FileInput):
    allow_multiple_selected = True


class PhotosField(forms.FileField):
    """Several files at once, as a list."""

    widget = PhotosInput

    def clean(self, data: Any, initial: Any = None) -> Any:
        given = data if isinstance(data, (list, tuple)) else [data]
        return [super(PhotosField, self).clean(one, initial) for one in given or [None]]


class PhotosForm(forms.Form):
    """Photographs of filled sheets."""

    photos = PhotosField(
        label=gettext_lazy("Photos of the filled sheets"),
        allow_empty_file=True,  # said by the act
        error_messages={"required": actions.PhotoMissing.message},
        help_text=gettext_lazy("JPEG or PNG, at most 8 MB each. You can choose several."),
        widget=PhotosInput(attrs={"accept": "image/jpeg,image/png"}),
    )


@require_GET
def paper_list(request: Request) -> HttpResponseBase:
    """The batches of a unit and all below it, the latest first."""
    here = page_unit(request)
    if not request.viewer.sees_people_at(here.span[0]):
        raise org.NotYours(capability=actions.RECORD)
    table: Table[queries.Row] = Table(
        request,
        COLUMNS,
        queries.batches(here.span),
        name="paper",
        caption=_("Paper forms"),
        sort="-made",
        finish=queries.shown,
        unit_id=here.unit.id,
    )
    shown = {
        "here": "people",
        "place": here,
        "crumbs": [(_("People"), reverse("enrolment:people")), (_("Paper forms"), "")],
        "may_print": request.viewer.may_at(actions.RECORD, here.span[0]),
        "new_href": here.href(reverse("enrolment:paper_new")),
    }
    return answer(request, "enrolment/paper_list.html", table, shown)


@form_page
def paper_new(request: Request) -> HttpResponseBase:
    """Make a batch of forms for a unit."""
    here = page_unit(request)
    org.require(request.actor, actions.RECORD, at=here.unit.id)
    running = queries.open_drives()
    form = NewForm(request.POST if request.method == "POST" else None, initial={"language": language()})
    offer(form, drive=[(str(one.public_id), named(one.names)) for one in running])
    if len(running) == 1:
        form.fields["drive"].widget = forms.HiddenInput()
        form.fields["drive"].initial = str(running[0].public_id)
    of = {str(one.public_id): one.pk for one in running}
    back = here.href(reverse("enrolment:paper_list"))
    return ask(
        request,
        lambda given: actions.make_batch(
            programme_id=of[given["drive"]],
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
        done=lambda batch: redirect("enrolment:paper_batch", batch.number),
        here="people",
        crumbs=[(_("People"), reverse("enrolment:people")), (_("Paper forms"), back), (_("Print forms"), "")],
    )


@form_page
def paper_batch(request: Request, number: str) -> HttpResponseBase:
    """One batch: its forms, the photographs of its sheets, and its lists. What is sent to it are photographs."""
    batch = queries.batch_for(number)
    form = PhotosForm(request.POST or None, request.FILES or None)
    done = tried(
        request,
        form,
        lambda given: actions.add_photos(
            batch=batch.pk,
            photos=[(one.name, one.read()) for one in given["photos"]],
            by=request.actor,
            at=clock.now(),
        ),
    )
    if done and done.value is not None:
        kept = ngettext("%(n)s photo is kept.", "%(n)s photos are kept.", done.value.n)
        messages.success(request, kept % {"n": done.value.n})
        for name, why in done.value.refused:
            messages.warning(request, f"{name}: {why}")
        return redirect(request.path)
    viewer, spot = request.viewer, _position(batch)
    programme = programmes.programme_by_id(batch.programme_id)
    (row,) = queries.shown([batch])
    photos = queries.photos_of(batch)
    brought = f"?option_batch={batch.number}&option_drive={programme.public_id}"
    shown = {
        "here": "people",
        "crumbs": [*_crumbs(batch), (batch.number, "")],
        "batch": batch,
        "row": row,
        "drive": programme,
        "drive_name": named(programme.names),
        "form_language": dict(LANGUAGES)[batch.language],
        "photos": photos,
        "unseen": row.photos - len(photos),
        "form": form if viewer.may_at(actions.RECORD, *spot) else None,
        "lists": queries.brought_of(batch),
        "import_href": reverse("imports:begin", args=["paper"]) + brought if viewer.may(IMPORT) else "",
    }
    return render(request, "enrolment/paper_batch.html", shown, status=done.status)


@require_GET
def paper_form(request: Request, number: str) -> HttpResponse:
    """The sheets of a batch to print, as one PDF in its language."""
    batch = queries.batch_for(number)
    org.require(request.actor, actions.RECORD, at=batch.unit_id)
    programme = programmes.programme_by_id(batch.programme_id)
    drive = queries_drive.drive_for(programme)
    page = reverse("enrolment:paper_batch", args=[batch.number])
    made = printed.forms(
        batch,
        drive=programme.names,
        unit=units.unit_by_id(batch.unit_id),
        notice=people.notice(drive.notice_code, batch.language, batch.notice_version),
        address=f"{settings.ORIGIN}{page}",
        at=batch.made_at,
    )
    return _file(made, kind="application/pdf", name=f"{batch.number}.pdf", shown="attachment")


def _file(data: bytes, *, kind: str, name: str, shown: str) -> HttpResponse:
    answer_ = HttpResponse(data, content_type=kind)
    answer_["Content-Disposition"] = f'{shown}; filename="{name}"'
    answer_["Cache-Control"] = "private, no-store"
    return answer_


@require_GET
def paper_photo(request: Request, number: str, photo: UUID) -> HttpResponse:
    """The photograph of a sheet, as it was taken. Looking at it leaves a row in the trail."""
    batch = queries.batch_for(number)
    kind, data = actions.open_photo(batch=batch.pk, photo=photo, by=request.actor, at=clock.now())
    ending = next(key for key, media in rules.KINDS.items() if media == kind)
    return _file(data, kind=kind, name=f"{batch.number}.{ending}", shown="inline")


@form_page
def paper_photo_remove(request: Request, number: str, photo: UUID) -> HttpResponseBase:
    """Destroy a photograph, once that was asked."""
    batch = queries.batch_for(number)
    org.require(request.actor, actions.RECORD, at=batch.unit_id)
    page = reverse("enrolment:paper_batch", args=[batch.number])
    return confirm(
        request,
        lambda: actions.remove_photo(batch=batch.pk, photo=photo, by=request.actor, at=clock.now()),
        title=_("Remove this photo?"),
        text=[_("It is destroyed at once. Take a new photo of the sheet if you still have it.")],
        button=_("Remove the photo"),
        said=_("The photo is removed."),
        done=page,
        here="people",
        crumbs=[*_crumbs(batch), (batch.number, page), (_("Remove the photo"), "")],
    )


def _crumbs(batch: PaperBatch) -> list[tuple[str, str]]:
    code = units.unit_by_id(batch.unit_id).code
    return [
        (_("People"), reverse("enrolment:people")),
        (_("Paper forms"), address(reverse("enrolment:paper_list"), code)),
    ]


def _position(batch: PaperBatch) -> list[int]:
    return [lo for lo, _hi in units.all_spans([batch.unit_id]).get(batch.unit_id, [])]
