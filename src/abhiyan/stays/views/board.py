"""The board of a programme of stays, assigning, and the page behind the link of a message."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from abhiyan.core import clock
from abhiyan.core.keys import keyring
from abhiyan.core.refusals import or_refuse
from abhiyan.core.words import active_language, local_person
from abhiyan.helpdesk import helplines
from abhiyan.messaging import queries as asked
from abhiyan.messaging.link_pages import BOTH, THANKS, AskedPage, LinkPage
from abhiyan.messaging.models import Question
from abhiyan.org import queries as org
from abhiyan.org.here import Here
from abhiyan.org.viewer import Request
from abhiyan.people import phones
from abhiyan.people import queries as people
from abhiyan.programmes import queries as programmes
from abhiyan.programmes.here import page_of_people, way_from_programme
from abhiyan.programmes.models import Programme
from abhiyan.stays import actions, queries
from abhiyan.stays.models import Stay
from abhiyan.stays.numbers import source_code, stays_in_words
from abhiyan.stays.refusals import StayWorkerUnknown
from abhiyan.stays.words import STATES
from abhiyan.ui.acts import PageAct, act_page, form_page
from abhiyan.ui.addresses import address_of
from abhiyan.ui.fields import DigitsField
from abhiyan.ui.forms import offer
from abhiyan.ui.lists import Column, Table, list_response, page_with_list
from abhiyan.ui.numbers import grouped
from abhiyan.units import queries as units

CHOSEN = 12  # free workers to choose from


COLUMNS: tuple[Column[queries.StayPlaceRow], ...] = (
    Column("place", _("Place"), lambda row: row.name, order="place", is_name=True),
    Column("code", _("Code"), lambda row: row.code, only_in_file=True),
    Column("above", _("Above"), lambda row: row.over),
    Column("state", _("How far"), lambda row: row.said, order="state", css="under"),
    Column("why", _("Reason"), lambda row: row.reason, names_people=True, css="under"),
    Column("worker", _("Worker"), lambda row: row.worker, names_people=True, css="under"),
    Column("acts", _("Assign"), is_for_acts=True, css="end"),
)


class StayPlaceFilters(forms.Form):
    """The places of a board to show."""

    q = forms.CharField(label=_("Place"), required=False, max_length=100)
    state = forms.ChoiceField(
        label=_("How far"),
        required=False,
        choices=[("", _("All")), *((key, words) for key, (words, _kind) in STATES.items())],
    )


@page_with_list
def board(request: Request, public_id: UUID) -> HttpResponseBase:
    """List every place of a unit by state, the empty first, with the reason and free workers nearby."""
    return _board(request, public_id)


def _board(request: Request, public_id: UUID, *, status: int = 200, problem: str = "") -> HttpResponseBase:
    at = clock.now()
    programme, here = page_of_people(request, public_id, queries.KIND)
    filters = StayPlaceFilters(request.GET)
    values = filters.cleaned_data if filters.is_valid() else {}
    whole, below = queries.stays_below(programme, here.unit.id, here.span, at=at)
    rows = queries.place_rows(
        programme,
        here.span,
        at=at,
        state=values.get("state", ""),
        text=values.get("q", "").replace("\0", "").strip(),
    )
    counted = programmes.unit_ladder(
        node=here.unit.id, hierarchy=programme.hierarchy, programme=programme, measure=actions.STAYS, at=at
    )
    is_open = programme.state == Programme.State.OPEN and not programmes.is_past(programme, at)
    may_run = is_open and request.viewer.may_at("programmes.run", here.span[0])
    context = {
        "here": "programmes",
        "crumbs": way_from_programme(programme, (say("Stays by place"), "")),
        "programme": programme,
        "days": queries.programme_days(programme),
        "unit": here,
        "whole": whole if whole.places else None,
        "counted": stays_in_words(counted) if counted.reported else "",
        "heard": here.href(reverse("opinions:heard"), source=source_code(programme)),
        "below": sorted(below, key=lambda row: -row.empty) if len(below) > 1 else [],
        "map": units.work_map(
            below,
            lambda row: (row.there + row.done, row.places),
            lambda row: here.href(reverse("stays:board", args=[public_id]), unit=row.code),
            within=here.unit.id,
            at=at,
        ),
        "filters": filters,
        "legend": [(queries.SHAPES[key], words) for key, (words, _kind) in STATES.items()],
        "may_run": may_run,
        "may_assign": may_run and queries.may_begin(programme, at),
        "problem": problem,
    }
    table = Table(
        request,
        COLUMNS,
        rows,
        name="stays",
        caption=_("Places"),
        sort="state",
        is_brief=True,
        unit_id=here.unit.id,
        narrowed=filters,
    )
    return list_response(request, "stays/board.html", table, context, status=status)


class AssignStayForm(forms.Form):
    """The worker for a place, and the host."""

    worker = forms.ChoiceField(
        label=_("Worker"), required=False, widget=forms.RadioSelect, help_text=_("The nearest free workers.")
    )
    phone = DigitsField(
        label=_("Or a worker's phone"),
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )
    same_host = forms.BooleanField(label=_("The same host"), required=False, initial=True)
    host_name = forms.CharField(label=_("Host"), required=False, max_length=actions.LONGEST_HOST)
    host_phone = DigitsField(
        label=_("Host's phone"),
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )


@form_page
def assign_stay_page(request: Request, public_id: UUID) -> HttpResponseBase:
    """Assign a worker to the place that the address names: one of the nearest free, or by phone."""
    at = clock.now()
    programme, here = page_of_people(request, public_id, queries.KIND)
    org.require(request.actor, "programmes.run", at=here.unit.id)
    free = queries.free_near(programme, [here.unit.id], at=at, most=CHOSEN).get(here.unit.id, [])
    form = AssignStayForm(
        request.POST if request.method == "POST" else None,
        initial={"worker": str(free[0].public_id)} if free else None,
    )
    offer(form, worker=[(str(candidate.public_id), candidate.said) for candidate in free])
    before = queries.host_before(programme, here.unit.id)
    if before is None:
        del form.fields["same_host"]
    elif before[0]:
        form.fields["same_host"].label = say("The same host: %(host)s") % {"host": local_person(before[0])}
    back = here.href(reverse("stays:board", args=[public_id]), unit=_area(programme, here))

    def do(given: dict[str, Any]) -> Stay:
        host = given["host_name"], phones.parse(given["host_phone"]) or given["host_phone"]
        if before and given["same_host"] and not any(host):
            host = before
        worker = _worker(given, {str(candidate.public_id): candidate.account_id for candidate in free})
        new = actions.NewStay(here.unit.id, worker, *host)
        return actions.assign_stay(programme=programme, new=new, by=request.actor, at=at)

    return act_page(
        request,
        do,
        form=form,
        title=say("Assign a worker: %(place)s") % {"place": here.name},
        text=[_("They get a message and may decline. So does the host.")],
        button=_("Assign"),
        said=_("Assigned. The worker and the host get a message."),
        done=back,
        here="programmes",
        crumbs=way_from_programme(programme, (say("Stays by place"), back), (here.name, "")),
    )


def _area(programme: Programme, here: Here) -> str:
    """The code of the unit right above a place: where one goes on assigning."""
    path = units.path_of_unit(here.unit.id, programme.hierarchy)
    return path[-2].code if len(path) > 1 else here.unit.code


def _worker(values: dict[str, Any], free: dict[str, int]) -> int:
    """The account that was chosen; a phone that was typed wins. Refuses StayWorkerUnknown, also out of sight."""
    if values["phone"]:
        number = phones.parse(values["phone"])
        near = people.accounts_near(phone_ids=[keyring().phone_id(number)]) if number else []
        if not near:
            raise StayWorkerUnknown(field="phone")
        return near[0].pk
    return or_refuse(free.get(values["worker"]), StayWorkerUnknown)


def _copied(counts: tuple[int, int]) -> str:
    new, left = counts
    text = ngettext("%(n)s place assigned as last time.", "%(n)s places assigned as last time.", new)
    more = ngettext(" %(left)s was left out.", " %(left)s were left out.", left) if left else ""
    return (text + more) % {"n": grouped(new), "left": grouped(left)}


class WithdrawStayForm(forms.Form):
    """The stay to take back."""

    stay = forms.UUIDField(widget=forms.HiddenInput)


def _copy(*, programme: Programme, unit_id: int, **known: Any) -> tuple[int, int]:
    return actions.copy_last(programme=programme, unit_id=unit_id, **known)


def _withdraw(*, programme: Programme, unit_id: int, stay: UUID, **known: Any) -> Stay:  # noqa: ARG001  # as each act
    return actions.withdraw_stay(stay=stay, **known)


ACTS = {
    "copy": PageAct(_copy, _copied),
    "withdraw": PageAct(_withdraw, _("Taken back. The place is empty."), WithdrawStayForm),
}


@require_POST
def board_act(request: Request, public_id: UUID, act: str) -> HttpResponseBase:
    """Copy the last programme, or take a stay back."""
    programme, here = page_of_people(request, public_id, queries.KIND)
    done = or_refuse(ACTS.get(act)).tried(
        request, programme=programme, unit_id=here.unit.id, by=request.actor, at=clock.now()
    )
    if done:
        return redirect(here.href(reverse("stays:board", args=[public_id])))
    problem = str(done.refused) if done.refused else say("Reload the page and try again.")
    return _board(request, public_id, status=done.status, problem=problem)


def _door(request: Request, stay: Stay, *, at: datetime) -> str:
    """The worker's way to their stay: the page itself for who is signed in, else the door of their offices."""
    page = address_of("stays:field_stay", stay.pk)
    if stay.ended_at is not None or stay.state == Stay.State.DECLINED:
        return ""
    if request.viewer.account_id == stay.worker_id:
        return page
    return org.sign_in_path(stay.worker_id, on=clock.day_in(settings.TIME_ZONE, at), to=page)


def _answer(request: Request, _link: str, row: Question, at: datetime) -> AskedPage:
    """The page behind the link of a message to the worker or the host of a stay."""
    stay = Stay.objects.filter(pk=row.about).first()
    place = (
        units.names_of_units([stay.unit_id], language=active_language()).get(stay.unit_id, "") if stay else ""
    )
    programme = programmes.programme_by_id(stay.programme_id) if stay else None
    is_host = row.kind == actions.HOST
    is_open = stay is not None and stay.state in actions.BEFORE and at < row.expires_at
    is_open = is_open and programme is not None and queries.may_begin(programme, at)
    context = {
        "is_open": is_open,
        "is_host": is_host,
        "is_yes": row.is_yes,
        "place": place,
        "visit": queries.visit_to_host(stay) if stay and is_host else None,
        "days": queries.programme_days(programme) if programme else "",
        "stop": asked.stop_number(),
        "call": helplines.number_to_ask(stay.programme_id) if stay else "",
        "door": "" if stay is None or is_host else _door(request, stay, at=at),
    }
    return AskedPage(context, takes=BOTH if is_open else ())


ANSWER = LinkPage(
    actions.ROOM, (), "stays/answer.html", _answer, says=THANKS, longest_why=actions.LONGEST_WHY
)
