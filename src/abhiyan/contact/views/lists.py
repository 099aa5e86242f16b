"""Lists of a programme: made, shown, asked for, ended."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from abhiyan.contact import actions, office
from abhiyan.contact.models import ContactList
from abhiyan.contact.rules.kinds import KIND
from abhiyan.core import clock, small_cells
from abhiyan.core.refusals import or_refuse
from abhiyan.core.words import active_language
from abhiyan.helpdesk.rules.schemes import scheme_name, schemes
from abhiyan.imports.queries import imports
from abhiyan.org import queries as org
from abhiyan.org.viewer import Request
from abhiyan.people import phones
from abhiyan.programmes.here import page_of_people, way_from_programme
from abhiyan.programmes.models import Programme
from abhiyan.ui.acts import PageAct, act_page, form_page
from abhiyan.ui.fields import DayField, DigitsField, NoteField
from abhiyan.ui.files import file_answer, sent_bytes
from abhiyan.ui.forms import TitledForm, offer
from abhiyan.ui.lists import Column, Table, list_response, page_with_list
from abhiyan.units import queries as units
from abhiyan.work.rules import materials as files

State = ContactList.State


def contact_crumbs(programme: Programme, *more: tuple[str, str]) -> list[tuple[str, str]]:
    """The way to a page of a programme of contact."""
    board = (say("Doors and lists"), reverse("contact:board", args=[programme.public_id]))
    return way_from_programme(programme, board, *more)


COLUMNS: tuple[Column[office.ListRow], ...] = (
    Column("title", _("List"), lambda row: row.title, order="title", is_name=True),
    Column("unit", _("Unit"), lambda row: row.place, css="under"),
    Column("state", _("Status"), lambda row: row.said, order="state", css="under"),
    Column("rows", _("Entries"), lambda row: row.rows, css="num"),
    Column("met", _("Met"), lambda row: row.met, css="num"),
    Column("day", _("Last day"), lambda row: row.last_day, order="day", css="nums under"),
    Column("responsible", _("Responsible"), lambda row: row.responsible, names_people=True, css="under"),
)


@page_with_list
def lists(request: Request, public_id: UUID) -> HttpResponseBase:
    """List the lists of a programme in a unit, with who is responsible and until when."""
    programme, here = page_of_people(request, public_id, KIND)
    table = Table(
        request,
        COLUMNS,
        office.lists_of_programme(programme, here.span),
        name="contact-lists",
        caption=_("Contact lists"),
        sort="-made",
        is_brief=True,
        unit_id=here.unit.id,
    )
    context = {
        "here": "programmes",
        "crumbs": contact_crumbs(programme, (say("Contact lists"), "")),
        "programme": programme,
        "unit": here,
        "may_run": programme.state == Programme.State.OPEN
        and request.viewer.may_at(actions.RUN, here.span[0]),
    }
    return list_response(request, "contact/lists.html", table, context)


class NewListForm(TitledForm):
    """An office's words about a list before its rows come."""

    title = forms.CharField(label=_("Title"), max_length=actions.LONGEST_TITLE)
    source = forms.CharField(
        label=_("Where the list comes from"),
        max_length=actions.LONGEST_TEXT,
        help_text=_("Who gave it, and when. A list from a government database needs a basis too."),
    )
    basis = forms.ChoiceField(
        label=_("Basis"),
        choices=[choice for choice in ContactList.Basis.choices if choice[0] != ContactList.Basis.CALLED],
        widget=forms.RadioSelect,
        error_messages={"required": actions.BasisMissing.message},
    )
    document = forms.FileField(
        label=_("Document that shows the basis"),
        allow_empty_file=True,  # said by the act
        error_messages={"required": actions.DocumentMissing.message},
        help_text=_("PDF, PNG, JPEG, Word (DOCX) or Excel (XLSX), at most 20 MB."),
        widget=forms.FileInput(attrs={"accept": files.ACCEPTED}),
    )
    signed = forms.ChoiceField(
        label=_("Consent forms were signed"),
        choices=ContactList.Signed.choices,
        required=False,
        help_text=_("Then the document holds the forms, and each person counts with the import."),
    )
    signed_on = DayField(label=_("Last day of signing"), required=False)
    signed_with = forms.CharField(
        label=_("Who took the signatures"), required=False, max_length=actions.LONGEST_WITH
    )
    purpose = NoteField(
        label=_("Purpose"),
        max_length=actions.LONGEST_TEXT,
        help_text=_("What workers talk about. No promise of a benefit, and no registration for one."),
    )
    scheme = forms.ChoiceField(
        label=_("Public scheme"),
        required=False,
        help_text=_(
            "Only for beneficiaries. Schemes that reveal health, disability, widowhood, maternity, caste or children "
            "are refused."
        ),
    )
    phone = DigitsField(
        label=_("Phone of who is responsible"),
        required=False,
        max_length=20,
        help_text=_("Leave it empty if you are responsible yourself."),
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )
    last_day = DayField(label=_("Last day"), help_text=_("Workers use the list until this day."))


@form_page
def list_new(request: Request, public_id: UUID) -> HttpResponseBase:
    """Make a list of a unit: source, basis with its document, purpose, scheme, responsible person, last day."""
    programme, here = page_of_people(request, public_id, KIND)
    org.require(request.actor, actions.RUN, at=here.unit.id)
    form = NewListForm(request.POST or None, request.FILES or None)
    schemes_offered = [(code, f"{scheme.name} ({code})") for code, scheme in sorted(schemes().items())]
    offer(form, scheme=[("", say("None")), *schemes_offered])

    def do(given: dict[str, Any]) -> ContactList:
        phone = phones.parse(given["phone"]) or given["phone"]
        new = actions.NewList(**(given | {"phone": phone, "document": sent_bytes(given["document"])}))
        return actions.make_list(
            programme=programme, unit_id=here.unit.id, new=new, by=request.actor, at=clock.now()
        )

    back = here.href(reverse("contact:lists", args=[public_id]))
    return act_page(
        request,
        do,
        form=form,
        title=say("New list: %(place)s") % {"place": here.name},
        text=[_("Next you bring its file. A second person approves it before it is imported.")],
        button=_("Make the list"),
        said=_("The list is made. Now bring its file."),
        done=lambda made: redirect("contact:list", made.public_id),
        back=back,
        here="programmes",
        crumbs=contact_crumbs(programme, (say("Contact lists"), back), (say("New list"), "")),
    )


def _seen(request: Request, public_id: UUID) -> tuple[ContactList, bool]:
    """A list in sight, and whether the viewer runs it."""
    contact_list = office.list_by_id(public_id)
    lo = units.row_of_unit(contact_list.unit_id, contact_list.programme.hierarchy).lo
    return contact_list, lo is not None and request.viewer.may_at(actions.RUN, lo)


@require_safe
def list_page(request: Request, public_id: UUID) -> HttpResponseBase:
    """Show one list: state, counts, basis, responsible person, last day."""
    return _list(request, public_id)


def _list(request: Request, public_id: UUID, *, status: int = 200, problem: str = "") -> HttpResponseBase:
    contact_list, runs = _seen(request, public_id)
    brought = imports().filter(pk=contact_list.import_id).first() if contact_list.import_id and runs else None
    lists_page = reverse("contact:lists", args=[contact_list.programme.public_id])
    context = {
        "here": "programmes",
        "crumbs": contact_crumbs(
            contact_list.programme, (say("Contact lists"), lists_page), (contact_list.title, "")
        ),
        "one": contact_list,
        "list_id": str(contact_list.public_id),
        "place": units.names_of_units([contact_list.unit_id], language=active_language()).get(
            contact_list.unit_id, ""
        ),
        "scheme": scheme_name(contact_list.scheme) if contact_list.scheme else "",
        "signed": office.signed_of(contact_list),
        "responsible": office.responsible_of(contact_list),
        "states": office.entries_by_state(contact_list),
        # Before the import only the second person reads it: checks may be repeated with one row more.
        "silent": small_cells.count_in_words(contact_list.n_opted_out or None) if contact_list.day else "",
        "columns": ", ".join(office.list_column_name(key) for key in contact_list.columns),
        "brought": brought,
        "may_bring": runs and contact_list.state in (State.DRAFT, State.REFUSED),
        "may_ask": runs and contact_list.n_rows and contact_list.state in (State.DRAFT, State.REFUSED),
        "may_import": runs and contact_list.state == State.APPROVED and contact_list.day is None,
        "may_end": runs and contact_list.state != State.ENDED,
        "problem": problem,
    }
    return render(request, "contact/list.html", context, status=status)


ACTS = {
    "ask": PageAct(actions.ask_list, _("Asked. A second person decides it.")),
    "end": PageAct(
        actions.end_list,
        _("The list has ended."),
        label=_("End the list"),
        title=_("End this list?"),
        text=(
            _("Workers meet nobody from it any more. Doors that they hold come back. What was noted stays."),
            _("A list that has ended cannot be opened again."),
        ),
        is_danger=True,
    ),
}


@require_POST
def list_act(request: Request, public_id: UUID, act: str) -> HttpResponseBase:
    """Ask a second person to approve a list."""
    _seen(request, public_id)
    done = or_refuse({"ask": ACTS["ask"]}.get(act)).tried(
        request, public_id=public_id, by=request.actor, at=clock.now()
    )
    if done:
        return redirect("contact:list", public_id)
    problem = str(done.refused) if done.refused else say("Reload the page and try again.")
    return _list(request, public_id, status=done.status, problem=problem)


@form_page
def list_end(request: Request, public_id: UUID) -> HttpResponseBase:
    """Ask once, then end a list."""
    contact_list, runs = _seen(request, public_id)
    if not runs:
        raise org.NotYours(capability=actions.RUN)
    return or_refuse(ACTS.get("end")).ask(
        request,
        known={"public_id": public_id, "by": request.actor, "at": clock.now()},
        done=reverse("contact:list", args=[public_id]),
        here="programmes",
        crumbs=contact_crumbs(
            contact_list.programme,
            (contact_list.title, reverse("contact:list", args=[public_id])),
            (say("End"), ""),
        ),
    )


@require_safe
def list_document(request: Request, public_id: UUID) -> HttpResponseBase:
    """Give the document of a list's basis to who sees the list's people."""
    contact_list, _runs = _seen(request, public_id)
    kept = office.document_of(contact_list)
    name = files.file_name(contact_list.title, kept.kind)
    return file_answer(kept.opened(), kind=files.KINDS[kept.kind], name=name)
