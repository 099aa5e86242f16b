"""One review: a unit's, or the page of an office-bearer, who reads it beforehand; decision, meeting, reply."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.http import QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from abhiyan.core import clock, small_cells
from abhiyan.core.numbers import grouped
from abhiyan.core.scope import system
from abhiyan.core.words import local_person, name_in_language
from abhiyan.org import queries as org
from abhiyan.org.viewer import Request, Viewer
from abhiyan.programmes import queries as programmes
from abhiyan.programmes.rules.ladder import has_figures
from abhiyan.review import refusals
from abhiyan.review.actions import reviews as acts
from abhiyan.review.models import Minute, Review
from abhiyan.review.queries import reviewers as who
from abhiyan.review.queries import rounds as found
from abhiyan.review.queries.reached import as_reached, measure_names
from abhiyan.review.rules.reached import MeasureReached, contradicting, read_reached
from abhiyan.review.rules.rounds import BEFOREHAND, LONGEST_TEXT
from abhiyan.ui.acts import act_page, form_page, tried
from abhiyan.ui.fields import DayField, NoteField
from abhiyan.ui.forms import offer
from abhiyan.ui.ladder import LadderShown
from abhiyan.ui.reviewed import Subject
from abhiyan.units import queries as units
from abhiyan.work.queries import tasks
from abhiyan.work.rules.tasks import OPEN

from .dossier import questions_of
from .figures import room_parts, unit_progress
from .rounds import ReviewRow, reviewed_in_words, round_address, round_crumbs, today_of_reviews
from .sources import sources_on

MOST_UNITS = 5  # of other offices of an office-bearer, with their ladders
MOST_TASKS = 5  # open ones of a unit, beside its figures


def _page(one: Review) -> str:
    return reverse("review:review", args=[one.public_id])


def _name(one: Review) -> str:
    """Return the name of the person or unit that is reviewed, in the reader's script."""
    if one.account_id is None:
        return name_in_language(one.unit.names)
    return local_person(found.names_in_reviews([one.account_id]).get(one.account_id, ""))


def _crumbs(one: Review, *more: tuple[str, str]) -> dict[str, Any]:
    return round_crumbs(
        (one.round.title, round_address(one.round)), (_name(one), _page(one) if more else ""), *more
    )


@require_GET
def review(request: Request, public_id: UUID) -> HttpResponseBase:
    """Show one review on one page: figures, tasks and last decision, then the form of the decision; replies and
    minutes.

    Opened by the reviewer it is prepared; opened by the office-bearer it is about, the decision is read.
    """
    return _shown(request, found.review_of(public_id))


def _shown(
    request: Request, one: Review, form: forms.Form | None = None, *, status: int = 200
) -> HttpResponseBase:
    """Show the page. form: the decision as it was sent, where it was refused."""
    at = clock.now()
    on = clock.day_in(settings.TIME_ZONE, at)
    viewer, last = request.viewer, found.last_decided_review(one.unit_id, before=one)
    by = who.reviewers([one], on=on).get(one.pk, [])
    is_mine = one.account_id is not None and one.account_id == viewer.account_id
    is_own = is_mine or (one.account_id is None and found.holds_in(viewer, one.unit_id))
    is_there = one.left_on is None and one.unit.closed_on is None
    is_now = one.round.begins_on <= on <= one.round.ends_on
    may_review = any(reviewer.account_id == viewer.account_id for reviewer in by) and viewer.is_strong
    barred = who.why_no_reviewer(one, viewer.account_id, on=on) if may_review else None
    may_decide = is_now and is_there and may_review and barred is None
    seen = _figures(viewer, one, at=at)
    now = seen.pop("now", [])
    context = {
        **_crumbs(one),
        "review": one,
        "row": ReviewRow(one, "", by),
        "name": _name(one),
        "unit_name": name_in_language(one.unit.names),
        "office": reviewed_in_words(one.round) if one.is_of_holder else "",
        "by_unit": name_in_language(one.by_unit.names),
        "minutes": _then_and_now(viewer, one, found.minutes_of(one), now),
        "last": last,
        "last_minutes": _then_and_now(viewer, one, found.minutes_of(last), now) if last else [],
        "is_there": is_there,
        "barred": barred.message if barred else "",
        "may_decide": may_decide,
        "form": form or (decision_form(one) if may_decide else None),
        "may_meet": may_decide and one.decided_at is None,
        "is_meeting_due": one.met_on is None and one.meets_on is not None and one.meets_on <= on,
        "may_reply": is_own and one.replied_at is None and _is_time(one, is_there=is_there, on=on),
        "is_mine": is_mine,
        "from_day": one.round.begins_on - BEFOREHAND,
        **seen,
    }
    if is_mine:
        acts.note_decision_read(public_id=one.public_id, by=request.actor, at=at)
    elif may_review and one.prepared_at is None:
        acts.note_dossiers_opened(reviews=[one.pk], by=request.actor, at=at)
    return render(request, "review/review.html", context, status=status)


@dataclass(frozen=True, slots=True)
class FigureThen:
    """A measure when somebody decided, and now. then, now: counted, due, per cent of it; now: None where it is over."""

    name: str
    then: tuple[str, str, int | None]
    now: tuple[str, str, int | None] | None


@dataclass(frozen=True, slots=True)
class MinuteShown:
    """A minute with its figures. is_against: they said something else than the decision."""

    one: Minute
    who: str
    figures: Sequence[FigureThen]
    is_against: bool


def _then_and_now(
    viewer: Viewer, one: Review, minutes: Sequence[found.Written], now: Sequence[MeasureReached]
) -> list[MinuteShown]:
    """Return minutes with the figures of their day beside those of today, rounded for who does not see the
    unit's people."""
    kept = {row.one.pk: read_reached(row.one.figures) for row in minutes}
    if not any(kept.values()):
        return [MinuteShown(row.one, row.who, (), is_against=False) for row in minutes]
    lo = units.row_of_unit(one.unit_id, one.round.hierarchy).lo
    is_exact = lo is not None and viewer.sees_exact_at(lo)
    names = measure_names([measure for some in kept.values() for measure in some], now)
    current = {(measure.programme_id, measure.measure): measure for measure in now}

    def line_of(each: MeasureReached, *, is_shown: bool = False) -> tuple[str, str, int | None]:
        n = (
            each.counted
            if is_exact or is_shown or each.counted is None
            else small_cells.shown_count(each.counted)
        )
        pct = replace(each, counted=n).pct
        return str(small_cells.count_in_words(n)), grouped(each.due), None if n is None else pct

    def beside(measure: MeasureReached) -> FigureThen:
        key = measure.programme_id, measure.measure
        return FigureThen(
            names[key], line_of(measure), line_of(current[key], is_shown=True) if key in current else None
        )

    return [
        MinuteShown(
            row.one,
            row.who,
            [beside(measure) for measure in kept[row.one.pk]],
            is_against=contradicting(row.one.decision, kept[row.one.pk]) is not None,
        )
        for row in minutes
    ]


def _is_time(one: Review, *, is_there: bool, on: date) -> bool:
    """Return True if the reviewed may write: an office-bearer before the decision, a unit after it."""
    if not one.is_of_holder:
        return one.decided_at is not None
    return one.decided_at is None and is_there and on <= one.round.ends_on


def _figures(viewer: Viewer, one: Review, *, at: datetime) -> dict[str, Any]:
    """Return all that a reviewer reads first: where the unit is, what every room counts, its open tasks, its
    last decision."""
    here = units.row_of_unit(one.unit_id, one.round.hierarchy)
    if here.lo is None or here.hi is None or not (one.is_of_holder or viewer.sees_counts_at(here.lo)):
        return {}
    stands = unit_progress(viewer, here, one.round.hierarchy, at=at)
    is_exact, tree = viewer.sees_exact_at(here.lo), one.round.hierarchy
    kinds = frozenset[str]() if one.is_of_holder else stands.kinds
    subject = Subject(here.id, tree, here.lo, here.hi, one.account_id, is_exact=is_exact, kinds=kinds)
    with system("what a review reads"):
        parts = room_parts(subject, at=at)
        flags = None if one.is_of_holder else questions_of(viewer, stands.running, here, tree, at)
    context = {
        "ladders": stands.ladders,
        "runs": bool(stands.kinds),
        "compared": stands.compared,
        "parts": parts,
        "flags": flags,
        "now": as_reached(stands.running, stands.ladders),
    }
    if one.is_of_holder:
        return context | {"others": _others(viewer, one, at=at)}
    waiting = tasks.tasks_of(below=(here.id, tree)).filter(state__in=OPEN)
    return context | {
        "tasks": list(waiting.order_by("due_at", "pk")[:MOST_TASKS]),
        "sources": sources_on(viewer, here, tree),
        "at": at,
    }


def _others(viewer: Viewer, one: Review, *, at: datetime) -> list[tuple[str, str, list[LadderShown]]]:
    """Return their other offices of today, where the viewer sees the counts: office, unit, ladders with figures."""
    on = clock.day_in(settings.TIME_ZONE, at)
    whose = org.viewer_of(account_id=one.account_id or 0, on=on)
    offices = [
        office
        for office in whose.appointments
        if office.unit_id != one.unit_id and viewer.sees_counts_at(office.lo)
    ]
    lines = []
    for held_office in offices[:MOST_UNITS]:
        drawn = [stand.drawn(on=on) for stand in programmes.measures_in_view(held_office, at=at)]
        lines.append(
            (
                held_office.office_name(),
                held_office.unit_name(),
                [ladder for ladder in drawn if has_figures(ladder, ladder.target)],
            )
        )
    return lines


class ReviewDecisionForm(forms.Form):
    """A decision with its reason, and a task that follows from it. sure: the decision that was asked about once."""

    sure = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)
    decision = forms.ChoiceField(
        label=_("Decision"), choices=Review.Decision.choices, widget=forms.RadioSelect
    )
    text = NoteField(
        label=_("Minute"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=LONGEST_TEXT,
        help_text=_("What was said and why this was decided. The unit or person reviewed reads it."),
    )
    has_met = forms.BooleanField(label=_("We met about this"), required=False)
    task = NoteField(
        label=_("Task"), required=False, max_length=120, help_text=_("Leave it empty if there is none.")
    )
    whom = forms.ChoiceField(label=_("Who does it"), required=False)
    due_on = DayField(label=_("By"), required=False)


def decision_form(one: Review, sent: QueryDict | None = None) -> ReviewDecisionForm:
    """Return the form of a decision, empty or as it was sent."""
    form = ReviewDecisionForm(sent, initial={"has_met": one.met_on is not None})
    with system("who may get the task"):
        some = tasks.task_candidates([one.unit_id, one.by_unit_id], on=today_of_reviews())
    offer(
        form,
        whom=[
            ("", say("nobody")),
            *(
                (
                    str(candidate.appointment),
                    (
                        f"{local_person(candidate.name)}, {name_in_language(candidate.office_names)},"
                        f" {name_in_language(candidate.unit_names)}"
                    ),
                )
                for candidate in some
            ),
        ],
    )
    return form


@form_page
def review_decide(request: Request, public_id: UUID) -> HttpResponseBase:
    """Decide on a unit or office-bearer, or amend the decision. The form is on the review's own page."""
    one = found.review_of(public_id)
    if who.why_no_reviewer(one, request.viewer.account_id, on=today_of_reviews()) is org.NotYours:
        raise org.NotYours
    if request.method != "POST":
        return redirect(_page(one) + "#decide")
    form = decision_form(one, request.POST)

    def act(given: dict[str, Any]) -> Review:
        has_task = given["task"].strip() or given["whom"] or given["due_on"]
        whom = UUID(given["whom"]) if given["whom"] else None
        return acts.decide_review(
            public_id=public_id,
            decision=given["decision"],
            text=given["text"],
            todo=acts.ToDo(given["task"], whom, given["due_on"]) if has_task else None,
            has_met=given["has_met"],
            sure=given["sure"],
            by=request.actor,
            at=clock.now(),
        )

    done = tried(request, form, act, said=_("The decision is saved. It appears on their page Today."))
    if done:
        return redirect(_page(one))
    if isinstance(done.refused, refusals.DecisionContradicts):
        form.data = {**request.POST.dict(), "sure": request.POST["decision"]}
    return _shown(request, one, form, status=done.status)


class MeetingForm(forms.Form):
    """The day of the meeting."""

    meets_on = DayField(
        label=_("Day of the meeting"), required=False, help_text=_("Leave it empty if there is none yet.")
    )
    is_held = forms.BooleanField(label=_("We met on this day"), required=False)


@form_page
def review_meeting(request: Request, public_id: UUID) -> HttpResponseBase:
    """Note the day of the meeting."""
    one = found.review_of(public_id)
    if who.why_no_reviewer(one, request.viewer.account_id, on=today_of_reviews()) is org.NotYours:
        raise org.NotYours
    return act_page(
        request,
        lambda given: acts.set_meeting(**given, public_id=public_id, by=request.actor, at=clock.now()),
        title=say("Meeting: %(name)s") % {"name": _name(one)},
        button=_("Note the day"),
        said=_("The day is noted."),
        done=_page(one),
        form=MeetingForm(
            request.POST if request.method == "POST" else None,
            initial={
                "meets_on": one.met_on or one.meets_on or today_of_reviews(),
                "is_held": one.met_on is not None,
            },
        ),
        **_crumbs(one, (say("Meeting"), "")),
    )


class ReplyForm(forms.Form):
    """The own words of who is reviewed."""

    text = NoteField(
        label=_("In your words"), widget=forms.Textarea(attrs={"rows": 4}), max_length=LONGEST_TEXT
    )


@form_page
def review_reply(request: Request, public_id: UUID) -> HttpResponseBase:
    """Take the unit's reply to the decision, or the office-bearer's answer before it; once."""
    one = found.review_of(public_id)
    is_mine = one.account_id is not None and one.account_id == request.viewer.account_id
    if not is_mine and (one.is_of_holder or not found.holds_in(request.viewer, one.unit_id)):
        raise org.NotYours
    title = (
        say("Your answer") if is_mine else say("Reply: %(unit)s") % {"unit": name_in_language(one.unit.names)}
    )
    return act_page(
        request,
        lambda given: acts.reply_to_review(
            public_id=public_id, text=given["text"], by=request.actor, at=clock.now()
        ),
        title=title,
        text=[
            _("Your reviewer reads it before they decide. You answer once, and cannot change it afterwards.")
            if is_mine
            else _("You reply once. You cannot change it afterwards.")
        ],
        button=_("Send the answer") if is_mine else _("Send the reply"),
        said=_("Your answer is sent.") if is_mine else _("Your reply is sent."),
        done=_page(one),
        form=ReplyForm(request.POST if request.method == "POST" else None),
        **_crumbs(one, (say("Your answer") if is_mine else say("Reply"), "")),
    )
