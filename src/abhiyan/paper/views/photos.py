"""Photographs of filled sheets: added one by one or together, opened, turned, told apart, removed."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET

from abhiyan.core import clock
from abhiyan.core.scope import system
from abhiyan.enrolment.rules.channels import RECORD
from abhiyan.org import queries as org
from abhiyan.org.here import unit_address
from abhiyan.org.viewer import Request
from abhiyan.paper import queries
from abhiyan.paper.actions import photos as actions
from abhiyan.paper.models import PaperBatch
from abhiyan.paper.rules import batches as rules
from abhiyan.ui.acts import Tried, act_page, form_page, say_when_done, tried
from abhiyan.ui.files import file_answer, sent_bytes
from abhiyan.units import queries as units

MB = rules.LARGEST >> 20


class PhotosInput(forms.FileInput):
    allow_multiple_selected = True


class PhotosField(forms.FileField):
    """Several files at once, as a list."""

    widget = PhotosInput

    def clean(self, data: Any, initial: Any = None) -> Any:
        files = data if isinstance(data, (list, tuple)) else [data]
        return [super(PhotosField, self).clean(file, initial) for file in files or [None]]


class PhotosForm(forms.Form):
    """Photographs of filled sheets."""

    photos = PhotosField(
        label=gettext_lazy("Photos of the filled sheets"),
        allow_empty_file=True,  # said by the act
        error_messages={"required": actions.PhotoMissing.message},
        help_text=gettext_lazy("JPEG or PNG, at most 8 MB each. You can choose several."),
        widget=PhotosInput(attrs={"accept": "image/jpeg,image/png"}),
    )


class SheetPhotoForm(forms.Form):
    """The sheet a photograph shows, and how it is turned."""

    sheet = forms.TypedChoiceField(
        label=gettext_lazy("Paper sheet"), coerce=int, empty_value=None, required=False
    )
    turn = forms.TypedChoiceField(
        label=gettext_lazy("Turn the photo"),
        coerce=int,
        empty_value=None,
        required=False,
        choices=[
            (0, gettext_lazy("As it is")),
            (1, gettext_lazy("To the right")),
            (3, gettext_lazy("To the left")),
            (2, gettext_lazy("Upside down")),
        ],
    )

    def __init__(self, data: Any, sheets: int, **given: Any) -> None:
        super().__init__(data, **given)
        numbers: Any = self.fields["sheet"]
        numbers.choices = [("", "–"), *((n, _("Sheet %(n)s") % {"n": n}) for n in range(1, sheets + 1))]


class TwiceForm(forms.Form):
    """The decision on photographs of a sheet that is there twice. seen: the shown ones."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=64)
    keep = forms.ChoiceField(
        label=gettext_lazy("What should stay?"),
        choices=[
            ("both", gettext_lazy("Keep all of them")),
            ("latest", gettext_lazy("Only the latest; remove the others")),
        ],
        widget=forms.RadioSelect,
    )


def batch_crumbs(batch: PaperBatch) -> list[tuple[str, str]]:
    """Return the way to a batch, from the people of its unit."""
    code = units.unit_by_id(batch.unit_id).code
    return [
        (_("People"), reverse("enrolment:people")),
        (_("Paper forms"), unit_address(reverse("paper:paper_list"), code)),
    ]


def take_photos(
    request: Request, batch: PaperBatch
) -> tuple[PhotosForm, Tried[actions.KeptPhotos], HttpResponse | None]:
    """Take the photographs that are sent to a batch's page. The answer once they are kept; JSON to photos.js, which
    sends one at a time."""
    form = PhotosForm(request.POST or None, request.FILES or None)
    done = tried(
        request,
        form,
        lambda given: actions.add_photos(
            batch=batch.pk,
            photos=[(photo.name, sent_bytes(photo)) for photo in given["photos"]],
            by=request.actor,
            at=clock.now(),
        ),
    )
    if request.method == "POST" and "application/json" in request.headers.get("Accept", ""):
        if done.value is not None:
            sheet = done.value.sheets[0]
            text = (
                _("Sheet %(n)s") % {"n": sheet} if sheet else _("Which sheet is it? Say so at its picture.")
            )
            return form, done, JsonResponse({"message": text})
        text = " ".join(str(error) for errors in form.errors.values() for error in errors)
        return form, done, JsonResponse({"message": text}, status=done.status)
    if done.value is None:
        return form, done, None
    n = len(done.value.sheets)
    say_when_done(request, ngettext("%(n)s photo is kept.", "%(n)s photos are kept.", n) % {"n": n})
    for name, why in done.value.refused:
        messages.warning(request, f"{name}: {why}")
    return form, done, redirect(f"{request.path}#photos")


@require_GET
def paper_photo(request: Request, number: str, photo: UUID) -> HttpResponse:
    """Send the photograph of a sheet, as it was taken or turned. Looking at it leaves a row in the trail."""
    batch = queries.batch_for(number)
    kind, data = actions.open_photo(batch=batch.pk, photo=photo, by=request.actor, at=clock.now())
    ending = next(key for key, media in rules.KINDS.items() if media == kind)
    return file_answer(data, kind=kind, name=f"{batch.number}.{ending}", opens=True)


@require_GET
def paper_photo_small(request: Request, number: str, photo: UUID) -> HttpResponse:
    """Send the small picture of it."""
    batch = queries.batch_for(number)
    data = actions.open_small(batch=batch.pk, photo=photo, by=request.actor)
    return file_answer(data, kind=rules.KINDS["jpg"], name=f"{batch.number}.jpg", opens=True)


@form_page
def paper_photo_change(request: Request, number: str, photo: UUID) -> HttpResponseBase:
    """Say which sheet a photograph shows, or turn it."""
    batch = queries.batch_for(number)
    org.require(request.actor, RECORD, at=batch.unit_id)
    shown = next((one for one in queries.photos_of(batch) if one.pk == photo), None)
    start = {"sheet": (shown.sheet or shown.alike) if shown else None, "turn": 0}
    posted = request.POST if request.method == "POST" else None
    page = f"{reverse('paper:paper_batch', args=[batch.number])}#photos"
    return act_page(
        request,
        lambda given: actions.change_photo(
            batch=batch.pk,
            photo=photo,
            sheet=given["sheet"],
            turn=given["turn"] or 0,
            by=request.actor,
            at=clock.now(),
        ),
        title=_("Which sheet is this?"),
        button=_("Save"),
        form=SheetPhotoForm(posted, batch.sheets, initial=start),
        detail="paper/_small.html",
        batch=batch,
        photos=[shown] if shown else [],
        done=page,
        here="people",
        crumbs=[*batch_crumbs(batch), (batch.number, page), (_("Change the photo"), "")],
    )


@form_page
def paper_sheet(request: Request, number: str, sheet: int) -> HttpResponseBase:
    """Settle a sheet that is there more than once: keep its photographs, or only the latest."""
    batch = queries.batch_for(number)
    org.require(request.actor, RECORD, at=batch.unit_id)
    page = f"{reverse('paper:paper_batch', args=[batch.number])}#photos"
    photos = [photo for photo in queries.photos_of(batch) if photo.sheet == sheet]
    photos_mark = rules.photos_digest(photo.pk for photo in photos)
    chosen = {
        "keep": request.POST.get("keep", ""),
        "seen": photos_mark,
    }  # what is refused is shown as it is now
    return act_page(
        request,
        lambda given: actions.settle_sheet(
            batch=batch.pk,
            sheet=sheet,
            keeps_all=given["keep"] == "both",
            seen=request.POST.get("seen", ""),
            by=request.actor,
            at=clock.now(),
        ),
        title=_("Sheet %(n)s is here more than once") % {"n": sheet},
        text=[
            _("Look whether the photos show the same sheet. The oldest comes first."),
            _what_removing_does(batch),
        ],
        button=_("Save"),
        form=TwiceForm(chosen if request.method == "POST" else None, initial={"seen": photos_mark}),
        detail="paper/_small.html",
        batch=batch,
        photos=photos,
        done=page,
        here="people",
        crumbs=[*batch_crumbs(batch), (batch.number, page), (_("Sheet %(n)s") % {"n": sheet}, "")],
    )


def _what_removing_does(batch: PaperBatch) -> str:
    with system("whether the photographs of a batch are evidence"):
        is_kept = queries.is_evidence(batch.pk)
    if not is_kept:
        return _("A photo you remove is destroyed at once.")
    return _(
        "A list of this batch was imported, so a photo you remove is put aside. It is kept up to %(days)s days, "
        "and the batch shows who put it aside."
    ) % {"days": actions.KEPT.days}


@form_page
def paper_photo_remove(request: Request, number: str, photo: UUID) -> HttpResponseBase:
    """Remove a photograph, once that was asked."""
    batch = queries.batch_for(number)
    org.require(request.actor, RECORD, at=batch.unit_id)
    page = f"{reverse('paper:paper_batch', args=[batch.number])}#photos"
    return act_page(
        request,
        lambda _given: actions.remove_photo(batch=batch.pk, photo=photo, by=request.actor, at=clock.now()),
        title=_("Remove this photo?"),
        text=[_what_removing_does(batch), _("Take a new photo of the sheet if you still have it.")],
        button=_("Remove the photo"),
        said=_("The photo is removed."),
        detail="paper/_small.html",
        batch=batch,
        photos=[one for one in queries.photos_of(batch) if one.pk == photo],
        done=page,
        here="people",
        crumbs=[*batch_crumbs(batch), (batch.number, page), (_("Remove the photo"), "")],
        is_danger=True,
    )
