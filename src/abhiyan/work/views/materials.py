"""Show the materials of a programme: workers find and open them; its managers put up, replace and withdraw them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from django import forms
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from abhiyan.core import clock
from abhiyan.core.refusals import or_refuse
from abhiyan.core.words import name_in_language
from abhiyan.org import queries as org
from abhiyan.org.viewer import Request
from abhiyan.programmes import here as shown
from abhiyan.programmes import queries
from abhiyan.programmes.actions.programmes import LONGEST_NAME
from abhiyan.programmes.models import Programme
from abhiyan.ui.acts import PageAct, form_page, form_problem, tried
from abhiyan.ui.fields import NoteField
from abhiyan.ui.files import file_answer, sent_bytes
from abhiyan.ui.forms import SOMETIMES, offer
from abhiyan.ui.lists import Column, Table, list_response
from abhiyan.ui.posts import post_only
from abhiyan.units.models import Kind
from abhiyan.work.actions import materials as acts
from abhiyan.work.models import Material, MaterialVersion
from abhiyan.work.queries import materials as found
from abhiyan.work.queries.materials import RUN
from abhiyan.work.rules import materials as rules

_MAX_MB = rules.LARGEST >> 20


@dataclass(frozen=True, slots=True)
class MaterialRow:
    """A material in a list. is_new: it is for the viewer, who has not opened its newest version."""

    one: Material
    version: MaterialVersion
    is_new: bool
    offices: str = ""

    @property
    def file(self) -> str:
        return f"{self.version.kind.upper()}, {filesizeformat(self.version.size)}"


_TITLE: Column[MaterialRow] = Column(
    "title", _("Title"), lambda row: name_in_language(row.one.names), is_name=True
)
_FROM: Column[MaterialRow] = Column(
    "unit", _("Unit"), lambda row: name_in_language(row.one.unit.names), css="under"
)
_FILE: Column[MaterialRow] = Column("file", _("File"), lambda row: row.file, css="nums under")
_DATE: Column[MaterialRow] = Column(
    "newest", _("Date"), lambda row: row.one.newest_at, order="newest_at", css="nums under"
)
_OPEN: Column[MaterialRow] = Column("open", _("Download"), css="end", is_for_acts=True)
OWN: tuple[Column[MaterialRow], ...] = (
    _TITLE,
    Column("programme", _("Programme"), lambda row: name_in_language(row.one.programme.names), css="under"),
    _FROM,
    _FILE,
    _DATE,
    _OPEN,
)
OF_PROGRAMME: tuple[Column[MaterialRow], ...] = (
    _TITLE,
    _FROM,
    Column("offices", _("For"), lambda row: row.offices, css="under"),
    _FILE,
    Column("version", _("Version"), lambda row: row.version.number, css="num"),
    _DATE,
    _OPEN,
)


def _rows(request: Request, some: Sequence[Material]) -> list[MaterialRow]:
    newest = found.newest(some)
    opened = found.opened_by(request.viewer.account_id, newest.values())
    offices = {code: name_in_language(names) for code, names in found.named_offices(some).items()}
    return [
        MaterialRow(
            one,
            newest[one.pk],
            newest[one.pk].pk not in opened,
            ", ".join(offices.get(code, code) for code in one.offices) or say("All offices"),
        )
        for one in some
        if one.pk in newest
    ]


@require_GET
def own_materials_page(request: Request) -> HttpResponseBase:
    """Show everything that is there for the viewer's own offices, in all programmes that run."""
    table: Table[MaterialRow] = Table(
        request,
        OWN,
        found.own_materials(request.viewer),
        name="materials",
        caption=_("Materials"),
        sort="-newest",
        finish=partial(_rows, request),
        is_brief=True,
    )
    context = {"here": "programmes", "crumbs": shown.programme_crumbs((say("Materials"), ""))}
    return list_response(request, "work/material_list.html", table, context)


@require_GET
def materials(request: Request, public_id: UUID) -> HttpResponseBase:
    """Show the materials of a programme for the viewer's offices, and all of those where they may put files up."""
    programme = queries.programme_for(request.viewer, public_id)
    here = shown.unit_of_page(request, programme)
    leads = shown.viewer_may(request, RUN, here.unit.id)
    table: Table[MaterialRow] = Table(
        request,
        OF_PROGRAMME,
        found.materials_of(request.viewer, programme),
        name="materials",
        caption=_("Materials"),
        sort="-newest",
        finish=partial(_rows, request),
        without=() if leads else ("offices", "version"),
        is_brief=True,
    )
    context = {
        **shown.programme_frame(programme, (say("Materials"), "")),
        "unit": here.unit,
        "unit_name": here.name,
        "may": leads and programme.state == Programme.State.OPEN,
    }
    return list_response(request, "work/material_list.html", table, context)


class MaterialFileForm(forms.Form):
    """One file."""

    file = forms.FileField(
        label=_("File"),
        allow_empty_file=True,  # said by the act
        error_messages={"required": acts.FileMissing.message},
        help_text=_("PDF, PNG, JPEG, Word (DOCX) or Excel (XLSX), at most 20 MB."),
        widget=forms.FileInput(attrs={"accept": rules.ACCEPTED}),
    )


class NewMaterialForm(MaterialFileForm):
    """A file, its title, and its readers."""

    name_hi = forms.CharField(
        label=_("Title in Hindi"),
        max_length=LONGEST_NAME,
        required=False,
        help_text=_("Write at least one of the two titles."),
        widget=forms.TextInput(attrs=SOMETIMES),
    )
    name_en = forms.CharField(
        label=_("Title in English"),
        max_length=LONGEST_NAME,
        required=False,
        widget=forms.TextInput(attrs=SOMETIMES),
    )
    offices = forms.MultipleChoiceField(
        label=_("Only for these offices"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Choose none if it is for everybody who works in the programme."),
    )
    field_order = ("name_hi", "name_en", "file", "offices")


def _too_large() -> str:
    return str(acts.MaterialTooLarge(mb=_MAX_MB))


@form_page
def material_new(request: Request, public_id: UUID) -> HttpResponseBase:
    """Offer a file to the workers of the programme in a unit and below."""
    programme = queries.programme_for(request.viewer, public_id)
    here = shown.unit_of_page(request, programme)
    if not shown.viewer_may(request, RUN, here.unit.id):
        raise org.NotYours(capability=RUN)
    form = NewMaterialForm(request.POST or None, request.FILES or None)
    offices = found.offices_at(here.unit.id, programme.hierarchy)
    offer(form, offices=[(office.code, name_in_language(office.names)) for office in offices])
    done = tried(
        request,
        form,
        lambda given: acts.add_material(
            programme_id=programme.pk,
            unit_id=here.unit.id,
            names={"hi": given["name_hi"], "en": given["name_en"]},
            offices=given["offices"],
            data=sent_bytes(given["file"]),
            by=request.actor,
            at=clock.now(),
        ),
        said=_("The file is there for its readers. You can replace or withdraw it here."),
        names="name_hi",
    )
    if done.value:
        return redirect("work:material", done.value.public_id)
    way = (say("Materials"), shown.programme_address(programme, "work:materials", here.unit.code))
    context = {
        **shown.programme_frame(programme, way, (say("Add a file"), "")),
        "form": form,
        "place": here.name,
        "unit": here.unit,
        "most": rules.LARGEST,
        "too_large": _too_large(),
        "back": way[1],
    }
    return render(request, "work/material_new.html", context, status=done.status)


@form_page
def material(request: Request, public_id: UUID) -> HttpResponseBase:
    """Show one material: its file; people who manage files there also see its versions, and how many opened it.

    A post to it is a newer version.
    """
    one = found.material_for(request.viewer, public_id)
    form = MaterialFileForm(request.POST or None, request.FILES or None)
    done = tried(
        request,
        form,
        lambda given: acts.replace_material(
            public_id=public_id, data=sent_bytes(given["file"]), by=request.actor, at=clock.now()
        ),
        said=_("The new version is there. Its readers get this one from now on."),
        has_form=found.may_lead(request.viewer, one),
    )
    if done:
        return redirect(request.path)
    return _page(request, one, form, status=done.status)


def _page(
    request: Request, one: Material, form: forms.Form, *, problem: str = "", status: int = 200
) -> HttpResponseBase:
    leads = found.may_lead(request.viewer, one)
    (row,) = _rows(request, [one])
    opened = found.material_openings(one) if leads else []
    context = {
        **shown.programme_frame(
            one.programme,
            (say("Materials"), shown.programme_address(one.programme, "work:materials")),
            (name_in_language(one.names), ""),
        ),
        "one": one,
        "row": row,
        "unit_name": name_in_language(one.unit.names),
        "title": name_in_language(one.names),
        "leads": leads,
        "versions": found.material_versions(one) if leads else [],
        "opened": [
            (
                name_in_language(opened_material.office_names),
                str(Kind(opened_material.kind).label),
                opened_material.newest,
                opened_material.ever,
            )
            for opened_material in opened
        ],
        "opened_sum": sum(opened_material.newest for opened_material in opened),
        "form": form if leads and one.withdrawn_at is None else None,
        "is_running": one.programme.state == Programme.State.OPEN,
        "problem": problem,
        "most": rules.LARGEST,
        "too_large": _too_large(),
    }
    return render(request, "work/material.html", context, status=status)


class ReasonForm(forms.Form):
    """Why something is withdrawn."""

    reason = NoteField(max_length=rules.LONGEST_REASON, required=False)


ACTS = {
    "withdraw": PageAct(
        acts.withdraw_material, _("The file is withdrawn. You can bring it back here."), ReasonForm
    ),
    "bring-back": PageAct(acts.bring_back_material, _("Its readers have it again.")),
}


@post_only("work:material", takes=("public_id",))
def material_act(request: Request, public_id: UUID, act: str) -> HttpResponseBase:
    """Withdraw a material, or bring it back."""
    done = or_refuse(ACTS.get(act)).tried(request, public_id=public_id, by=request.actor, at=clock.now())
    if done:
        return redirect("work:material", public_id)
    one = found.material_for(request.viewer, public_id)
    return _page(request, one, MaterialFileForm(), problem=form_problem(done.form), status=done.status)


@require_GET
def material_file(request: Request, public_id: UUID, number: int) -> HttpResponse:
    """Send the file of a version, to keep. Only people who manage files there get an older one."""
    one = found.material_for(request.viewer, public_id)
    version = found.version_of_material(one, number, leads=found.may_lead(request.viewer, one))
    data = version.opened()
    place = found.reached_by(request.viewer, one)
    if place is not None:
        acts.note_material_opened(version=version, place=place, by=request.actor, at=clock.now())
    name = rules.file_name(name_in_language(one.names), version.kind)
    return file_answer(data, kind=rules.KINDS[version.kind], name=name)
