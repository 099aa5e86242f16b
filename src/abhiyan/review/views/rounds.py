"""Review rounds: the list, opening one, how far it is, and one unit's review with its decision and reply."""

from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from abhiyan.core import clock
from abhiyan.core.scope import system
from abhiyan.core.words import named
from abhiyan.org import queries as org
from abhiyan.org.here import page_unit
from abhiyan.org.rules.capabilities import LEADS
from abhiyan.org.viewer import Request
from abhiyan.programmes.queries import tasks
from abhiyan.review.actions import rounds as acts
from abhiyan.review.models import Review, Round
from abhiyan.review.queries import rounds as found
from abhiyan.review.rules.rounds import LONGEST_NAME, LONGEST_TEXT
from abhiyan.ui.acts import ask, form_page
from abhiyan.ui.fields import DayField
from abhiyan.ui.forms import offer
from abhiyan.ui.lists import Column, Table, answer
from abhiyan.units.models import Kind

LATE_SHOWN = 10
REVIEWED = (Kind.BOOTH, Kind.CLUSTER, Kind.MANDAL, Kind.DISTRICT)


def _today() -> date:
    return clock.day_in(settings.TIME_ZONE, clock.now())


def _crumbs(*more: tuple[str, str]) -> dict[str, Any]:
    first = (say("Review rounds"), reverse("review:rounds") if more else "")
    return {"here": "", "crumbs": [first, *more]}


ROUNDS: tuple[Column[Round], ...] = (
    Column("name", _("Round"), lambda row: row.name, order="name", is_name=True),
    Column("unit", _("Unit"), lambda row: named(row.unit.names)),
    Column("kind", _("Reviewed"), lambda row: row.get_kind_display()),
    Column("first", _("First day"), lambda row: row.begins_on, order="begins_on", css="nums"),
    Column("last", _("Last day"), lambda row: row.ends_on, order="ends_on", css="nums"),
)


@require_GET
def rounds(request: Request) -> HttpResponseBase:
    """All rounds, the newest first; whoever leads a unit opens one for what is below it."""
    table = Table(
        request, ROUNDS, found.rounds(), name="review-rounds", caption=_("Review rounds"), sort="-last"
    )
    return answer(request, "review/round_list.html", table, _crumbs())


class RoundForm(forms.Form):
    """What is reviewed, by whom, and when."""

    name = forms.CharField(label=_("Name of the round"), max_length=LONGEST_NAME)
    kind = forms.ChoiceField(
        label=_("Units to review"), choices=[(each.value, each.label) for each in REVIEWED]
    )
    office = forms.ChoiceField(
        label=_("Reviewed by"), help_text=_("The holder of this office reviews the units below their own.")
    )
    begins_on = DayField(label=_("First day"))
    ends_on = DayField(label=_("Last day"))


@form_page
def round_new(request: Request) -> HttpResponseBase:
    """Open a round over everything below a unit."""
    here = page_unit(request, hierarchy=found.ORGANISATIONAL)
    if not request.viewer.may_at(LEADS, here.span[0]):
        raise org.NotYours(capability=LEADS)
    form = RoundForm(
        request.POST if request.method == "POST" else None, initial={"kind": "mandal", "begins_on": _today()}
    )
    offer(form, office=[(one.code, named(one.names)) for one in found.offices_that_review()])
    return ask(
        request,
        lambda given: acts.open_round(**given, unit_id=here.unit.id, by=request.actor, at=clock.now()),
        title=say("Open a review round: %(unit)s") % {"unit": here.name},
        text=[_("Every open unit of this kind gets one review. The reviewers see it on Today.")],
        button=_("Open the round"),
        said=_("The round is open."),
        done=lambda one: redirect("review:round", one.public_id),
        back=reverse("review:rounds"),
        form=form,
        **_crumbs((say("Open a round"), "")),
    )


class Filters(forms.Form):
    """Which reviews of a round to show."""

    show = forms.ChoiceField(
        label=_("Status"),
        required=False,
        choices=[
            ("", _("All")),
            ("waiting", _("Waiting")),
            ("decided", _("Decided")),
            ("closed", _("Closed units")),
        ],
    )


class _Row:
    """One review of a list, with who reviews."""

    def __init__(self, one: Review, who: str, *, today: date) -> None:
        self.one, self.who = one, who
        self.is_closed = one.unit.closed_on is not None and one.unit.closed_on <= today

    @property
    def state(self) -> str:
        if self.one.decided_at is not None:
            return str(self.one.get_decision_display())
        return say("closed") if self.is_closed else say("not reviewed yet")


COLUMNS: tuple[Column[_Row], ...] = (
    Column("unit", _("Unit"), lambda row: named(row.one.unit.names), is_name=True),
    Column("code", _("Code"), lambda row: row.one.unit.code, only_in_file=True),
    Column("who", _("Reviewer"), lambda row: row.who or say("nobody holds this office"), names_people=True),
    Column("place", _("Reviewer's unit"), lambda row: named(row.one.by_unit.names)),
    Column("when", _("Decided on"), lambda row: row.one.decided_at, order="decided_at", css="nums"),
    Column("state", _("Status"), lambda row: row.state, css="end"),
)


@require_GET
def round_(request: Request, public_id: UUID) -> HttpResponseBase:
    """One round: how far each branch is, late tasks, and its reviews in the viewer's sight."""
    one, today = found.round_of(public_id), _today()
    filters = Filters(request.GET)
    show = filters.cleaned_data["show"] if filters.is_valid() else ""

    def rows(some: list[Review]) -> list[_Row]:
        known = found.reviewers(some, one.office, on=today)
        return [_Row(each, known.get(each.by_unit_id, ""), today=today) for each in some]

    table: Table[_Row] = Table(
        request,
        COLUMNS,
        found.reviews_in(one, show=show, today=today).order_by("pk"),
        name="reviews",
        caption=_("Reviews"),
        finish=rows,
        is_counted=False,
        is_brief=True,
        unit_id=one.unit_id,
        narrowed=filters,
    )
    context: dict[str, Any] = {
        **_crumbs((one.name, "")),
        "round": one,
        "unit_name": named(one.unit.names),
        "filters": filters,
        "late": found.late_tasks(one, at=clock.now(), limit=LATE_SHOWN),
    }
    if org.holds(request.viewer.account_id or 0, LEADS, at=one.unit_id) and not table.file_kind:
        with system("how far a round is"):
            context |= {
                "branches": found.branches(one, today=today),
                "whole": found.coverage(one, today=today),
            }
    return answer(request, "review/round.html", table, context)


def _review_crumbs(one: Review, *more: tuple[str, str]) -> dict[str, Any]:
    page = reverse("review:review", args=[one.public_id])
    return _crumbs(
        (one.round.name, reverse("review:round", args=[one.round.public_id])),
        (named(one.unit.names), page if more else ""),
        *more,
    )


def _dossier(one: Review) -> str:
    try:
        return reverse("review:dossier", args=[one.unit.code])
    except NoReverseMatch:
        return ""


@require_GET
def review(request: Request, public_id: UUID) -> HttpResponseBase:
    """One unit's review: what was decided last time, the minutes with their tasks, and the unit's reply."""
    one, today = found.review_of(public_id), _today()
    last = found.last_review(one.unit_id, before=one)
    is_closed = one.unit.closed_on is not None and one.unit.closed_on <= today
    is_now = one.round.begins_on <= today <= one.round.ends_on
    is_own = found.holds_in(request.viewer, one.unit_id)
    context = {
        **_review_crumbs(one),
        "review": one,
        "unit_name": named(one.unit.names),
        "reviewer": found.reviewers([one], one.round.office, on=today).get(one.by_unit_id, ""),
        "by_unit": named(one.by_unit.names),
        "minutes": found.minutes_of(one),
        "last": last,
        "last_minutes": found.minutes_of(last) if last else [],
        "dossier": _dossier(one),
        "is_closed": is_closed,
        "may_decide": is_now and not is_closed and not is_own and found.is_reviewer(request.viewer, one),
        "may_reply": is_own and one.decided_at is not None and one.replied_at is None,
    }
    return render(request, "review/review.html", context)


class DecideForm(forms.Form):
    """A decision with its reason, and a task that follows from it."""

    decision = forms.ChoiceField(
        label=_("Decision"), choices=Review.Decision.choices, widget=forms.RadioSelect
    )
    text = forms.CharField(
        label=_("Minute"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=LONGEST_TEXT,
        help_text=_("What was said and why this was decided. The unit reads it."),
    )
    task = forms.CharField(
        label=_("Task"), required=False, max_length=120, help_text=_("Leave it empty if there is none.")
    )
    whom = forms.ChoiceField(label=_("Who does it"), required=False)
    due_on = DayField(label=_("By"), required=False)


@form_page
def review_decide(request: Request, public_id: UUID) -> HttpResponseBase:
    """Decide on a unit, or amend the decision."""
    one, today = found.review_of(public_id), _today()
    form = DecideForm(request.POST if request.method == "POST" else None)
    with system("who may get the task"):
        some = tasks.candidates([one.unit_id, one.by_unit_id], on=today)
    offer(
        form,
        whom=[
            ("", say("nobody")),
            *(
                (str(each.appointment), f"{each.name}, {named(each.office_names)}, {named(each.unit_names)}")
                for each in some
            ),
        ],
    )
    page = reverse("review:review", args=[public_id])

    def act(given: dict[str, Any]) -> Review:
        has_task = given["task"].strip() or given["whom"] or given["due_on"]
        whom = UUID(given["whom"]) if given["whom"] else None
        return acts.decide_review(
            public_id=public_id,
            decision=given["decision"],
            text=given["text"],
            todo=acts.ToDo(given["task"], whom, given["due_on"]) if has_task else None,
            by=request.actor,
            at=clock.now(),
        )

    if not found.is_reviewer(request.viewer, one) and not found.holds_in(request.viewer, one.unit_id):
        raise org.NotYours
    return ask(
        request,
        act,
        title=say("Decide: %(unit)s") % {"unit": named(one.unit.names)},
        text=[_("The unit sees the decision and may reply once. You can amend it until the round ends.")],
        button=_("Minute it"),
        said=_("Minuted. The unit sees it on Today."),
        done=page,
        form=form,
        **_review_crumbs(one, (say("Decide"), "")),
    )


class ReplyForm(forms.Form):
    """The unit's own words."""

    text = forms.CharField(
        label=_("Reply"), widget=forms.Textarea(attrs={"rows": 4}), max_length=LONGEST_TEXT
    )


@form_page
def review_reply(request: Request, public_id: UUID) -> HttpResponseBase:
    """The unit replies to the decision, once."""
    one = found.review_of(public_id)
    if not found.holds_in(request.viewer, one.unit_id):
        raise org.NotYours
    return ask(
        request,
        lambda given: acts.reply_to_review(
            public_id=public_id, text=given["text"], by=request.actor, at=clock.now()
        ),
        title=say("Reply: %(unit)s") % {"unit": named(one.unit.names)},
        text=[_("You reply once. You cannot change it afterwards.")],
        button=_("Send the reply"),
        said=_("Your reply is sent."),
        done=reverse("review:review", args=[public_id]),
        form=ReplyForm(request.POST if request.method == "POST" else None),
        **_review_crumbs(one, (say("Reply"), "")),
    )
