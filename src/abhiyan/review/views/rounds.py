"""Review rounds: the list, opening one, how far it is; its last day and its stand-ins."""

from collections.abc import Sequence, Set
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.http import QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from abhiyan.core import clock
from abhiyan.core.numbers import grouped
from abhiyan.core.refusals import NotFound
from abhiyan.core.scope import system
from abhiyan.core.words import local_person, name_in_language
from abhiyan.org import queries as org
from abhiyan.org.here import Here, page_unit, unit_address
from abhiyan.org.rules.capabilities import LEADS
from abhiyan.org.viewer import Request
from abhiyan.review.actions import reviews as reviews_acts
from abhiyan.review.actions import rounds as acts
from abhiyan.review.models import Review, Round
from abhiyan.review.queries import board as boards
from abhiyan.review.queries import reviewers as who
from abhiyan.review.queries import rounds as found
from abhiyan.review.queries.reached import reached_below
from abhiyan.review.queries.reviewers import ORGANISATIONAL
from abhiyan.review.queries.sources import contradicted_units
from abhiyan.review.rules.reached import MeasureReached
from abhiyan.review.rules.rounds import (
    LONGEST_NAME,
    LONGEST_REASON,
    SHAPES,
    ReviewState,
    due_share,
    review_state,
)
from abhiyan.ui.acts import act_page, form_page, form_problem, say_when_done, tried
from abhiyan.ui.fields import DayField, NoteField
from abhiyan.ui.forms import TitledForm, offer
from abhiyan.ui.lists import Column, Table, list_response, page_with_list
from abhiyan.units import queries as units
from abhiyan.units.models import Kind
from abhiyan.units.rules import levels

from .printing import MOST_DOSSIERS
from .reviewing import ReviewingUnit, reviewing_rows

SHOWN = 8  # units that review, beside the whole of a round
REVIEWED = (Kind.BOOTH, Kind.CLUSTER, Kind.MANDAL, Kind.DISTRICT)
STATES = {
    ReviewState.EMPTY: _("not begun"),
    ReviewState.PREPARED: _("prepared"),
    ReviewState.MET: _("met"),
    ReviewState.DECIDED: _("decided"),
}


def today_of_reviews() -> date:
    return clock.day_in(settings.TIME_ZONE, clock.now())


def round_crumbs(*more: tuple[str, str]) -> dict[str, Any]:
    first = (say("Review rounds"), reverse("review:rounds") if more else "")
    return {"here": "rounds", "crumbs": [first, *more]}


def round_address(one: Round) -> str:
    return reverse("review:round", args=[one.public_id])


def reviewed_in_words(one: Round) -> str:
    """Say what a round reviews."""
    names = {each.code: each.names for each in org.offices_used()} if one.of_office else {}
    return name_in_language(names[one.of_office]) if one.of_office in names else one.get_kind_display()


def _progress(row: tuple[Round, tuple[int, int]]) -> str:
    done, n = row[1]
    return say("%(done)s of %(n)s") % {"done": grouped(done), "n": grouped(n)} if n else ""


ROUNDS: tuple[Column[tuple[Round, tuple[int, int]]], ...] = (
    Column("name", _("Round"), lambda row: row[0].title, order="typed_title", is_name=True),
    Column("unit", _("Unit"), lambda row: name_in_language(row[0].unit.names)),
    Column("kind", _("Reviewed"), lambda row: reviewed_in_words(row[0])),
    Column("done", _("Decided"), _progress, css="nums"),
    Column("first", _("First day"), lambda row: row[0].begins_on, order="begins_on", css="nums"),
    Column("last", _("Last day"), lambda row: row[0].ends_on, order="ends_on", css="nums"),
)


class RoundFilters(forms.Form):
    """Which rounds to show."""

    q = forms.CharField(label=_("Name"), required=False, max_length=LONGEST_NAME)
    show = forms.ChoiceField(
        label=_("Status"),
        required=False,
        choices=[("", _("All")), ("running", _("Not over")), ("over", _("Over"))],
    )


@page_with_list
def rounds_page(request: Request) -> HttpResponseBase:
    """List all rounds, the newest first. A leader of a unit opens one for what is below it."""
    filters = RoundFilters(request.GET)
    asked = filters.cleaned_data if filters.is_valid() else {"q": "", "show": ""}
    rows = found.rounds_in_sight(text=asked["q"], show=asked["show"], today=today_of_reviews())

    def finish(some: list[Round]) -> list[tuple[Round, tuple[int, int]]]:
        of = found.coverage_of(some)
        return [(each, of.get(each.pk, (0, 0))) for each in some]

    table = Table(
        request, ROUNDS, rows, name="review-rounds", caption=_("Review rounds"), sort="-last", finish=finish
    )
    home = request.viewer.home
    may_open = home is not None and home.hierarchy == ORGANISATIONAL and request.viewer.may(LEADS)
    context = {**round_crumbs(), "filters": filters, "may_open": may_open}
    return list_response(request, "review/round_list.html", table, context)


class RoundForm(TitledForm):
    """The subject of a round, its reviewers, and its days."""

    brief: tuple[str, ...] = ("title", "what", "office", "ends_on")
    title = forms.CharField(label=_("Name of the round"), max_length=LONGEST_NAME)
    what = forms.ChoiceField(label=_("What is reviewed"))
    office = forms.ChoiceField(
        label=_("Reviewed by"), help_text=_("The holder of this office reviews what is below their own unit.")
    )
    begins_on = DayField(label=_("First day"))
    ends_on = DayField(label=_("Last day"))


@form_page
def round_new(request: Request) -> HttpResponseBase:
    """Open a round over everything below a unit."""
    here = page_unit(request, hierarchy=ORGANISATIONAL)
    if not request.viewer.may_at(LEADS, here.span[0]):
        raise org.NotYours(capability=LEADS)
    form = RoundForm(
        request.POST if request.method == "POST" else None,
        initial={"what": Kind.MANDAL, "office": "district_president", "begins_on": today_of_reviews()},
    )
    level_of = partial(levels.level_of_kind, ORGANISATIONAL)
    top = level_of(here.unit.kind) or 0
    offices = [
        (max(level_of(kind) or 0 for kind in one.expected_in), one.code, name_in_language(one.names))
        for one in found.offices_that_review()
    ]
    kinds = [(each.value, each.label) for each in REVIEWED if (level_of(each) or 0) > top]
    below = [(code, name) for level, code, name in offices if level > top]
    offer(
        form,
        office=[(code, name) for level, code, name in offices if level >= top],
        what=[(say("Units"), kinds), (say("Office-bearers"), below)],
    )
    return act_page(
        request,
        lambda given: acts.open_round(**given, unit_id=here.unit.id, by=request.actor, at=clock.now()),
        title=say("Open a review round: %(unit)s") % {"unit": here.name},
        text=[
            _("Each open unit of the kind, or each holder of the office, gets one review."),
            _("The reviewers see it on Today. Office-bearers see their page a day before, and answer."),
        ],
        button=_("Open the round"),
        said=_("The round is open."),
        done=lambda one: redirect("review:round", one.public_id),
        back=reverse("review:rounds"),
        form=form,
        **round_crumbs((say("Open a round"), "")),
    )


class RoundReviewFilters(forms.Form):
    """The reviews of a round to show."""

    q = forms.CharField(label=_("Name or code"), required=False, max_length=100)
    show = forms.ChoiceField(
        label=_("Status"),
        required=False,
        choices=[
            ("", _("All")),
            (found.WAITING, _("Not decided")),
            *STATES.items(),
            (found.TASKS, _("With an open task")),
            (found.LATE, _("With a late task")),
            (found.CONTRADICT, _("Sources contradict")),
            (found.LEFT, _("Left the round")),
        ],
    )

    def __init__(self, asked: QueryDict) -> None:
        super().__init__(asked)
        # A decision is a choice only where a link asked for it: a list of all would tell of decisions out of sight.
        shown = [one for one in Review.Decision.choices if one[0] == asked.get("show")]
        offer(self, show=[*self.base_fields["show"].choices, *shown])  # type: ignore[attr-defined]  # a choice


class ReviewRow:
    """One review of a list, with who is reviewed and who reviews. is_contradicted: sources on the unit contradict."""

    def __init__(
        self, one: Review, whom: str, by: list[who.Reviewer], *, is_contradicted: bool = False
    ) -> None:
        self.one, self.whom, self.reviewers = one, whom, by
        self.is_contradicted = is_contradicted
        self.by = ", ".join(each.name for each in by)
        self.stands_in = any(each.stands_in for each in by)
        self.state = review_state(
            is_decided=one.decided_at is not None,
            is_met=one.met_on is not None,
            is_prepared=one.prepared_at is not None,
        )

    @property
    def place(self) -> str:
        return name_in_language(self.one.unit.names)

    @property
    def name(self) -> str:
        """Return the name of the office-bearer, or of the unit."""
        return self.whom or self.place

    @property
    def said(self) -> str:
        if self.one.decided_at is None and self.one.left_on is not None:
            return say("left the round")
        decided = self.one.get_decision_display()
        return str(decided if self.state == ReviewState.DECIDED else STATES[self.state])


COLUMNS: tuple[Column[ReviewRow], ...] = (
    Column("code", _("Code"), lambda row: row.one.unit.code, only_in_file=True),
    Column("by", _("Reviewer"), lambda row: row.by or say("nobody holds this office"), names_people=True),
    Column("place", _("Reviewer's unit"), lambda row: name_in_language(row.one.by_unit.names)),
    Column("meets", _("Meeting"), lambda row: row.one.meets_on, order="meets_on", css="nums"),
    Column("when", _("Decided on"), lambda row: row.one.decided_at, order="decided_at", css="nums"),
    # The template adds that sources contradict. A file is passed on, and does not say it.
    Column("state", _("Status"), lambda row: row.said, css="end"),
)
OF_UNITS = (Column("name", _("Unit"), lambda row: row.name, is_name=True), *COLUMNS)
OF_HOLDERS = (
    Column("name", _("Office-bearer"), lambda row: row.name, is_name=True, names_people=True),
    Column("unit", _("Unit"), lambda row: row.place),
    *COLUMNS,
)


@page_with_list
def round_(request: Request, public_id: UUID) -> HttpResponseBase:
    """Show one round: how far each branch is, its meetings, late tasks, and its reviews in the viewer's sight."""
    one, on = found.round_of(public_id), today_of_reviews()
    here = _branch(request, one)
    filters = RoundReviewFilters(request.GET)
    asked = filters.cleaned_data if filters.is_valid() else {"q": "", "show": ""}

    def rows(some: list[Review]) -> list[ReviewRow]:
        by, names = who.reviewers(some, on=on), found.names_in_reviews(each.account_id for each in some)
        return [
            ReviewRow(
                each,
                names.get(each.account_id or 0, ""),
                by.get(each.pk, []),
                is_contradicted=each.unit_id in contradicted,
            )
            for each in some
        ]

    contradicted: set[int] = set()
    if not one.of_office:
        contradicted = contradicted_units(request.viewer, one, under=here.unit.id)
    reviews = found.reviews_in(one, show=asked["show"], text=asked["q"], under=here.unit.id, at=clock.now())
    if asked["show"] == found.CONTRADICT:
        reviews = reviews.filter(unit_id__in=contradicted, left_on=None)
    table: Table[ReviewRow] = Table(
        request,
        OF_HOLDERS if one.of_office else OF_UNITS,
        reviews.order_by("pk"),
        name="reviews",
        caption=_("Reviews"),
        finish=rows,
        is_counted=False,
        is_brief=True,
        unit_id=one.unit_id,
        narrowed=filters,
    )
    context: dict[str, Any] = {
        **round_crumbs(
            (one.title, round_address(one) if here.unit.id != one.unit_id else ""), *_down(one, here)
        ),
        "round": one,
        "unit_name": here.name,
        "reviewed": reviewed_in_words(one),
        "filters": filters,
        "changes": [(date.fromisoformat(was), why) for _on, was, why in one.changes],
        "page": round_address(one),
        "inside": here.unit.code,
        "contradicted": len(contradicted),
        "to_decide": 0 if one.of_office else found.to_decide(request.viewer, one, on=on).count(),
    }
    if not table.file_kind:
        context |= _board(request, one, here, on=on)
    return list_response(request, "review/round.html", table, context)


def _branch(request: Request, one: Round) -> Here:
    """Return the unit of the round's page: the one asked for, below the round's; else the highest whose part
    they lead."""
    here = page_unit(
        request,
        hierarchy=one.hierarchy,
        otherwise=lambda: found.top_for(request.viewer, one) or one.unit_id,
    )
    lo, hi = units.span(one.unit_id, one.hierarchy)
    if not lo <= here.span[0] < hi:
        raise NotFound(field="unit")
    return here


def _down(one: Round, here: Here) -> list[tuple[str, str]]:
    return [(here.name, "")] if here.unit.id != one.unit_id else []


def _board(request: Request, one: Round, here: Here, *, on: date) -> dict[str, Any]:
    """Return what only a leader of a branch sees of it as a whole; and what the viewer has to do."""
    at = clock.now()
    week = found.of_week(request.viewer, one, on=on, limit=MOST_DOSSIERS)
    shown: dict[str, Any] = {"week": week}
    if not request.viewer.may_at(LEADS, here.span[0]):
        return shown
    with system("how far a round is"):
        board = boards.board(one, here.unit.id, on=on, at=at)
        vacant = who.vacant(one, on=on) if here.unit.id == one.unit_id else []
    whole = board.whole
    if here.unit.id != one.unit_id and not whole.coverage.of and not whole.coverage.left:
        return shown
    meetings = boards.next_review_meetings(one, here.unit.id, on=on)
    names = found.names_in_reviews(each.account_id for each in meetings)
    most = max(whole.decisions.values(), default=0)
    is_now = one.begins_on <= on <= one.ends_on
    reviewing = reviewing_rows(one, list(found.reviewing_units(one, under=here.unit.id)[:SHOWN]), on=on)
    return shown | {
        "board": board,
        "reviewing": reviewing,
        "may_remind": is_now,
        "is_silent": is_now and any(row.is_silent and row.by for row in reviewing),
        "due": int(100 * due_share(one.begins_on, one.ends_on, today=on)),
        "today": [(each, names.get(each.account_id or 0, "")) for each in meetings if each.meets_on == on],
        "next": [(each, names.get(each.account_id or 0, "")) for each in meetings if each.meets_on != on],
        "late": boards.late_tasks(one, here.unit.id, at=at),
        "at": at,
        "decided": [
            (each.value, each.label, whole.decisions[each.value], 100 * whole.decisions[each.value] / most)
            for each in Review.Decision
            if whole.decisions.get(each.value)
        ],
        "vacant": vacant,
        "may_change": here.unit.id == one.unit_id and found.is_opener(one, request.viewer.account_id),
        "may_name": found.leads_whole(request.viewer, one),
        "legend": [(SHAPES[state], words) for state, words in STATES.items()],
    }


REVIEWERS: tuple[Column[ReviewingUnit], ...] = (
    Column("unit", _("Unit"), lambda row: name_in_language(row.names), is_name=True),
    Column("by", _("Reviewer"), lambda row: row.people or say("nobody holds this office"), names_people=True),
    Column("n", _("To review"), lambda row: row.n, css="num"),
    Column("decided", _("Decided"), lambda row: row.decided, css="num"),
    Column("met", _("Meetings held"), lambda row: row.met, css="num"),
    Column("set", _("Day set"), lambda row: row.is_set, css="num"),
    Column("last", _("Last decision"), lambda row: row.last, css="nums"),
    Column("remind", _("Remind"), css="end", is_for_acts=True),
)


@page_with_list
def round_reviewers(request: Request, public_id: UUID) -> HttpResponseBase:
    """List the reviewers of a round below a unit, the silent ones first."""
    one, on = found.round_of(public_id), today_of_reviews()
    here = _branch(request, one)
    if not request.viewer.may_at(LEADS, here.span[0]):
        raise org.NotYours(capability=LEADS)
    table: Table[ReviewingUnit] = Table(
        request,
        REVIEWERS,
        found.reviewing_units(one, under=here.unit.id),
        name="reviewers",
        caption=_("Reviewers"),
        finish=lambda rows: reviewing_rows(one, rows, on=on),
        unit_id=one.unit_id,
    )
    context = {
        **round_crumbs((one.title, round_address(one)), (say("Reviewers"), "")),
        "round": one,
        "unit_name": here.name,
        "inside": here.unit.code,
        "may_remind": one.begins_on <= on <= one.ends_on,
    }
    return list_response(request, "review/round_reviewers.html", table, context)


@form_page
def round_remind(request: Request, public_id: UUID) -> HttpResponseBase:
    """Remind the silent reviewers below a unit, or those of one unit (`of`)."""
    one = found.round_of(public_id)
    here, of = _branch(request, one), request.GET.get("of", "")
    unit = units.unit(of) if of else None
    if not request.viewer.may_at(LEADS, here.span[0]):
        raise org.NotYours(capability=LEADS)
    back = unit_address(reverse("review:round_reviewers", args=[public_id]), here.unit.code, one.hierarchy)
    return act_page(
        request,
        lambda _given: acts.remind_round(
            public_id=public_id,
            under=here.unit.id,
            unit_id=unit.pk if unit else None,
            by=request.actor,
            at=clock.now(),
        ),
        title=say("Remind the reviewer: %(unit)s") % {"unit": name_in_language(unit.names)}
        if unit
        else say("Remind everybody who has decided nothing"),
        text=[_("They get one message with the link to their page Today. Nobody gets two a day.")],
        button=_("Remind"),
        said=lambda n: (
            ngettext("%(n)s reviewer gets a message.", "%(n)s reviewers get a message.", n)
            % {"n": grouped(n)}
        ),
        done=back,
        **round_crumbs((one.title, round_address(one)), (say("Reviewers"), back), (say("Remind"), "")),
    )


@dataclass(frozen=True, slots=True)
class ListedReview:
    """A unit of the list that is decided from. figures: of today. chosen: what was sent for it, asked about again."""

    one: Review
    figures: Sequence[MeasureReached]
    last: str
    chosen: str = ""

    @property
    def field(self) -> str:
        return f"of-{self.one.public_id}"


WORK: tuple[Column[ListedReview], ...] = (
    Column("name", _("Unit"), lambda row: name_in_language(row.one.unit.names), is_name=True),
    Column("figures", _("Counted, of what is due"), css="nums says"),
    Column("last", _("Last decision"), lambda row: row.last),
    Column("decide", _("Decision"), is_for_acts=True, css="says"),
)
A_LIST = 25  # units on one page of decisions


@form_page
def round_work(request: Request, public_id: UUID) -> HttpResponseBase:
    """Decide on the units of a round from one list: choose a decision beside each, and save the page."""
    one, at, on = found.round_of(public_id), clock.now(), today_of_reviews()
    if one.of_office or not request.viewer.may(LEADS):
        raise NotFound
    chosen = _chosen(request.POST)
    form = forms.Form(request.POST if request.method == "POST" else None)
    sure = {key: code for key, code in _chosen(request.POST, "sure-").items() if chosen.get(key) == code}
    done = tried(
        request,
        form,
        lambda _given: reviews_acts.decide_listed(
            public_id=public_id, decisions=chosen, sure=sure, by=request.actor, at=at
        ),
    )
    against: Set[UUID] = done.value.against if done.value else frozenset()
    saved = ""
    if done.value and done.value.n:
        said = ngettext("%(n)s decision is saved.", "%(n)s decisions are saved.", done.value.n)
        saved = said % {"n": grouped(done.value.n)}
    if done and not against:
        if saved:
            say_when_done(request, saved)
        return redirect(request.get_full_path())
    waiting = found.to_decide(request.viewer, one, on=on)

    def finish(some: list[Review]) -> list[ListedReview]:
        last = found.last_decisions(some)
        figures: dict[int, list[MeasureReached]] = {}
        with system("the figures of a list"):
            for above in dict.fromkeys(each.by_unit_id for each in some):
                ids = [each.unit_id for each in some if each.by_unit_id == above]
                figures |= reached_below(above, ids, one.hierarchy, at=at)
        return [
            ListedReview(
                each, figures[each.unit_id], last.get(each.unit_id, ""), chosen.get(each.public_id, "")
            )
            for each in some
        ]

    table: Table[ListedReview] = Table(
        request,
        WORK,
        waiting.filter(public_id__in=against) if against else waiting,
        name="to-decide",
        caption=_("To decide"),
        finish=finish,
        per=A_LIST,
    )
    context = {
        **round_crumbs((one.title, round_address(one)), (say("Decide from the list"), "")),
        "round": one,
        "problem": form_problem(form),
        "saved": saved,
        "is_asked_again": bool(against),
        "decisions": Review.Decision.choices,
        "may_decide": one.begins_on <= on <= one.ends_on,
    }
    status = 409 if against else done.status
    return list_response(request, "review/round_work.html", table, context, status=status)


def _chosen(sent: QueryDict, start: str = "of-") -> dict[UUID, str]:
    """Return the choices in a list, by public id of a review; what is no id or no decision is left out."""
    known = set(Review.Decision.values)
    found = {}
    for name, code in sent.items():
        if name.startswith(start) and code in known:
            with suppress(ValueError):
                found[UUID(name.removeprefix(start))] = str(code)
    return dict(list(found.items())[:A_LIST])


class LastDayForm(forms.Form):
    """Another last day, and why."""

    ends_on = DayField(label=_("Last day"))
    reason = NoteField(
        label=_("Reason"), max_length=LONGEST_REASON, help_text=_("Everybody in the round reads it.")
    )


@form_page
def round_change(request: Request, public_id: UUID) -> HttpResponseBase:
    """End a round early, or go on with it."""
    one = found.round_of(public_id)
    if not found.leads_whole(request.viewer, one) or not found.is_opener(one, request.viewer.account_id):
        raise org.NotYours(capability=LEADS)
    return act_page(
        request,
        lambda given: acts.change_last_day(**given, public_id=public_id, by=request.actor, at=clock.now()),
        title=say("Change the last day: %(name)s") % {"name": one.title},
        text=[_("With today as the last day the round ends tonight. You can change it again.")],
        button=_("Change the last day"),
        said=_("The last day is changed."),
        done=round_address(one),
        form=LastDayForm(
            request.POST if request.method == "POST" else None, initial={"ends_on": one.ends_on}
        ),
        **round_crumbs((one.title, round_address(one)), (say("Last day"), "")),
    )


class StandInForm(forms.Form):
    """The reviewer for the time being."""

    appointment = forms.ChoiceField(label=_("Stand-in"))


@form_page
def round_stand_in(request: Request, public_id: UUID, code: str) -> HttpResponseBase:
    """Name who reviews for a unit while nobody holds the office there."""
    one, unit = found.round_of(public_id), units.unit(code)
    if not found.leads_whole(request.viewer, one):
        raise org.NotYours(capability=LEADS)
    form = StandInForm(request.POST if request.method == "POST" else None)
    offer(
        form,
        appointment=[
            (
                str(each.appointment_id),
                (
                    f"{local_person(each.name)}, {name_in_language(each.office_names)},"
                    f" {name_in_language(each.unit_names)}"
                ),
            )
            for each in who.stand_in_candidates(one, unit.pk, on=today_of_reviews())
        ],
    )
    return act_page(
        request,
        lambda given: acts.name_stand_in(
            public_id=public_id,
            unit_id=unit.pk,
            appointment=UUID(given["appointment"]),
            by=request.actor,
            at=clock.now(),
        ),
        title=say("Name a stand-in: %(unit)s") % {"unit": name_in_language(unit.names)},
        text=[
            _("They review for this unit until somebody holds the office. You can name somebody else later.")
        ],
        button=_("Name the stand-in"),
        said=_("The stand-in is named and sees the reviews on Today."),
        done=round_address(one),
        form=form,
        **round_crumbs((one.title, round_address(one)), (say("Stand-in"), "")),
    )
