"""Slides: what they are to be about, one deck with its files and its link, and when it is sent."""

from collections.abc import Collection, Mapping, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_safe

from abhiyan.core import clock
from abhiyan.core.refusals import NotFound, or_refuse
from abhiyan.core.words import active_language, name_in_language
from abhiyan.meetings.queries import meeting_for
from abhiyan.org import queries as org
from abhiyan.org.here import Here, page_unit, unit_address
from abhiyan.org.queries import NotYours
from abhiyan.org.queries.authority import holds_over_all
from abhiyan.org.rules.capabilities import LEADS
from abhiyan.org.viewer import Request
from abhiyan.programmes.queries import RunningMeasure, as_of
from abhiyan.programmes.queries import programme_for as programme_in_sight
from abhiyan.programmes.rules.looks_after import LOOKS_AFTER
from abhiyan.review.actions import decks as acts
from abhiyan.review.models import Deck, DeckSchedule
from abhiyan.review.queries import deck_files as files
from abhiyan.review.queries import decks as found
from abhiyan.review.queries import editions, rounds, schedules
from abhiyan.review.rules.schedules import DAYS_OF_MONTH, HOURS
from abhiyan.ui.acts import PageAct, act_page, form_page
from abhiyan.ui.bearers import names_left_out
from abhiyan.ui.files import file_answer, with_lines
from abhiyan.ui.forms import offer
from abhiyan.ui.posts import post_only
from abhiyan.ui.slides.said import Grid, Slide
from abhiyan.units import queries as units
from abhiyan.units.models import Kind
from abhiyan.verification.queries import frames
from abhiyan.work.rules.materials import file_name

LANGUAGES = (("hi", "हिंदी"), ("en", "English"))
WEEKDAYS = (_("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday"))


def _crumbs(one: Deck, *more: tuple[str, str]) -> dict[str, Any]:
    """Return the way to a deck: from the page it was made on."""
    above = reverse("pages:unit", args=[one.unit.code])
    if one.round is not None:
        above = reverse("review:round", args=[one.round.public_id])
    elif one.meeting is not None:
        above = reverse("meetings:meeting", args=[one.meeting.public_id])
    page = reverse("review:deck", args=[one.public_id]) if more else ""
    return {"here": "units", "crumbs": [(found.subject(one), above), (say("Slides"), page), *more]}


class NewSlidesForm(forms.Form):
    """The subject of slides, and their language."""

    measure = forms.ChoiceField(label=_("Programme"))
    level = forms.ChoiceField(label=_("Units to compare"), required=False)
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES, widget=forms.RadioSelect)


@form_page
def deck_new(request: Request) -> HttpResponseBase:
    """Choose the subject of slides. The address may name a frame, a programme, a round or a meeting."""
    at, query = clock.now(), request.GET
    frame = frames.frame_for(request.viewer, _uuid(query["frame"])) if "frame" in query else None
    round_ = rounds.round_of(_uuid(query["round"])) if "round" in query else None
    meeting = meeting_for(request.viewer, _uuid(query["meeting"])) if "meeting" in query else None
    owned = round_ or meeting
    tree = frame.programme.hierarchy if frame else owned.hierarchy if owned else 0
    owner = owned.unit_id if owned else 0
    here = page_unit(request, hierarchy=tree, otherwise=(lambda: owner) if owner else None, counts=True)
    running = [] if frame or owned else _measures(request, here)
    kinds = {} if owned else units.counts_below(here.unit.id, here.hierarchy)
    form = NewSlidesForm(
        request.POST if request.method == "POST" else None,
        initial={
            "language": active_language(),
            "level": query.get("level") or _usual(here, kinds),
            "measure": query.get("measure", ""),
        },
    )
    offer(
        form,
        measure=[(_key(measure), measure.name) for measure in running],
        level=[("", say("Right below")), *((kind, Kind(kind).label) for kind in kinds)],
    )
    for name, wanted in (("measure", len(running) > 1), ("level", len(kinds) > 1)):
        if not wanted:
            del form.fields[name]

    def act(asked: dict[str, Any]) -> Deck:
        measure = next(
            (running_measure for running_measure in running if _key(running_measure) == asked.get("measure")),
            next(iter(running), None),
        )
        about = Deck.About.ROUND if round_ else Deck.About.CHECKED if frame else Deck.About.UNIT
        return acts.make_deck(
            about=Deck.About.MEETING if meeting else about,
            unit_id=here.unit.id,
            hierarchy=here.hierarchy,
            level=asked.get("level", ""),
            programme_id=measure.programme.pk if measure else None,
            measure=measure.measure if measure else 1,
            frame=frame,
            round_=round_,
            meeting=meeting,
            language=asked["language"],
            by=request.actor,
            at=at,
        )

    unit_page = reverse("pages:unit", args=[here.unit.code])
    name, back = here.name, unit_page
    if round_:
        name, back = round_.title, reverse("review:round", args=[round_.public_id])
    elif meeting:
        name, back = meeting.title, reverse("meetings:meeting", args=[meeting.public_id])
    return act_page(
        request,
        act,
        title=say("Slides: %(unit)s") % {"unit": name},
        text=[
            _(
                "You get them as PPTX and PDF, with a link you can pass on. Their figures stay as they are now."
            )
        ],
        button=_("Make the slides"),
        done=lambda one: redirect("review:deck", one.public_id),
        back=back,
        form=form,
        here="units",
        crumbs=[(here.name, unit_page), (say("Slides"), "")],
    )


def _usual(here: Here, kinds: Mapping[str, int]) -> str:
    """Return the level below that somebody looks after from there; empty: the one right below."""
    usual = [kind for kind in LOOKS_AFTER.get(here.unit.kind, ()) if kind in kinds]
    return usual[-1] if usual else ""


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound from None


def _key(measure: RunningMeasure) -> str:
    return f"{measure.programme.public_id}-{measure.measure}"


def _measures(request: Request, here: Here) -> list[RunningMeasure]:
    """Return what runs in the unit; of one programme where the address names it, open or closed."""
    running = found.measures_of(request.viewer, here.unit.id, here.hierarchy, at=clock.now())
    if "programme" not in request.GET:
        return running
    programme = programme_in_sight(request.viewer, _uuid(request.GET["programme"]))
    return [measure for measure in running if measure.programme.pk == programme.pk] or found.all_measures(
        programme
    )


@require_safe
def deck(request: Request, public_id: UUID) -> HttpResponseBase:
    """Show one deck: what is on each slide, its files, its link, and when it is sent."""
    one, at = found.deck_for(request.viewer, public_id), clock.now()
    edition = acts.open_deck(deck=one, viewer=request.viewer, by=request.actor, at=at)
    slides = editions.read_edition(one, edition, request.viewer, left_out=partial(_not_free, request))
    return render(
        request,
        "review/deck.html",
        {
            **_crumbs(one),
            "deck": one,
            "name": found.subject(one),
            "of": name_in_language(one.programme.names) if one.programme else "",
            "in_language": dict(LANGUAGES)[one.language],
            "as_of": as_of(edition.made_at, is_rounded=edition.is_rounded),
            "again": _again(one),
            "slides": [(slide.title, slide.href) for slide in slides],
            "asked": [row for slide in slides if slide.page == "asked" for row in _rows(slide)],
            "has_pptx": files.HAS_PPTX,
            "address": settings.ORIGIN + reverse("review:deck", args=[public_id]),
            "schedules": [(each, _when(each)) for each in schedules.own_schedules(request.viewer, one)],
            "may_schedule": schedules.own_seat(request.viewer, one) is not None,
            "leads_all": holds_over_all(request.viewer.account_id or 0, LEADS),
        },
    )


def _not_free(request: Request, accounts: Collection[int]) -> Collection[int]:
    """Return the accounts whose names this page leaves out; it asks for no reason, for it has few of the
    slides' names."""
    on = clock.day_in(settings.TIME_ZONE, clock.now())
    return set(accounts) - org.names_of_page(request.viewer, accounts, on=on).free


def _rows(slide: Slide) -> Sequence[Sequence[str]]:
    """Return the rows of a slide with a table."""
    return slide.body.rows if isinstance(slide.body, Grid) else ()


def _again(one: Deck) -> tuple[str, dict[str, str]]:
    """Return the address that makes the same slides of today's figures, and what to send there."""
    about: dict[str, str] = {}
    if one.round is not None:
        about = {"round": str(one.round.public_id)}
    elif one.meeting is not None:
        about = {"meeting": str(one.meeting.public_id)}
    elif one.frame is not None:
        about = {"frame": str(one.frame.public_id)}
    elif one.programme is not None:
        about = {"programme": str(one.programme.public_id)}
    page = unit_address(reverse("review:deck_new"), one.unit.code, one.hierarchy, **about)
    query = {"language": one.language, "level": one.level}
    if one.programme is not None:
        query["measure"] = f"{one.programme.public_id}-{one.measure}"
    return page, query


@require_GET
def deck_file_page(request: Request, public_id: UUID, ending: str) -> HttpResponseBase:
    """Send the file of a deck: of its frozen slides, as this reader may see them."""
    if ending not in files.KINDS:
        raise NotFound
    one, at = found.deck_for(request.viewer, public_id), clock.now()
    edition = acts.open_deck(deck=one, viewer=request.viewer, by=request.actor, at=at)
    slides = editions.read_edition(one, edition, request.viewer, left_out=partial(names_left_out, request))
    made_at = edition.made_at
    data = files.deck_file(
        slides,
        ending,
        one.language,
        template=files.template_in_use(),
        at=made_at,
        with_lines=with_lines(request),
    )
    day = clock.day_in(settings.TIME_ZONE, made_at).isoformat()
    name = file_name(f"{found.subject(one, one.language)} {day}", ending)
    return file_answer(data, kind=files.KINDS[ending], name=name)


def _when(one: DeckSchedule) -> str:
    """Return when a schedule tells, in words."""
    hour = f"{one.hour}:00"
    if one.every == DeckSchedule.Every.WEEK:
        return say("%(day)s at %(hour)s") % {"day": WEEKDAYS[one.day], "hour": hour}
    if one.every == DeckSchedule.Every.MONTH:
        return say("On day %(day)s of each month at %(hour)s") % {"day": one.day, "hour": hour}
    return say("Every day at %(hour)s") % {"hour": hour}


class ScheduleForm(forms.Form):
    """The time at which slides are sent, and their other readers."""

    every = forms.ChoiceField(
        label=_("How often"), choices=DeckSchedule.Every.choices, initial="week", widget=forms.RadioSelect
    )
    weekday = forms.ChoiceField(label=_("On this weekday, if weekly"), choices=list(enumerate(WEEKDAYS)))
    day = forms.ChoiceField(
        label=_("On this day of the month, if monthly"), choices=[(n, n) for n in DAYS_OF_MONTH]
    )
    hour = forms.ChoiceField(label=_("Hour"), choices=[(n, f"{n}:00") for n in HOURS])
    seats = forms.MultipleChoiceField(
        label=_("Also to these offices"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "The person in office on that day gets it. Nothing is attached; the link asks for sign-in."
        ),
    )


@form_page
def deck_schedule(request: Request, public_id: UUID) -> HttpResponseBase:
    """Have a deck sent regularly: to oneself, and to offices of the unit, above and below it."""
    one, at = found.deck_for(request.viewer, public_id), clock.now()
    if schedules.own_seat(request.viewer, one) is None:
        raise NotYours
    offered = {seat.key: seat for seat in schedules.seats_to_tell(request.viewer, one, at=at)}
    form = ScheduleForm(request.POST if request.method == "POST" else None)
    offer(form, seats=[(key, seat.label) for key, seat in offered.items()])
    if not offered:
        del form.fields["seats"]

    def act(given: dict[str, Any]) -> DeckSchedule:
        days = {"week": given["weekday"], "month": given["day"]}
        return acts.schedule_deck(
            deck=one,
            every=given["every"],
            day=int(days.get(given["every"], 0)),
            hour=int(given["hour"]),
            seats=[(offered[key].unit_id, offered[key].office) for key in given.get("seats", [])],
            by=request.actor,
            at=at,
        )

    page = reverse("review:deck", args=[public_id])
    return act_page(
        request,
        act,
        title=say("Send slides regularly"),
        text=[
            _(
                "A message with the link comes at this hour, and Today shows it. It ends when your office ends."
            )
        ],
        button=_("Send them regularly"),
        said=_("The slides will come regularly. You can pause this here."),
        done=page,
        form=form,
        **_crumbs(one, (say("Send regularly"), "")),
    )


ACTS = {
    "pause": PageAct(partial(acts.change_schedule, to="pause"), _("Paused.")),
    "resume": PageAct(partial(acts.change_schedule, to="resume"), _("Resumed.")),
    "end": PageAct(partial(acts.change_schedule, to="end"), _("It is not sent any more.")),
}


@post_only("review:deck", takes=("public_id",))
def deck_schedule_form(request: Request, public_id: UUID, schedule: UUID, act: str) -> HttpResponseBase:
    """Pause, resume or end a schedule of one's own."""
    found.deck_for(request.viewer, public_id)
    or_refuse(ACTS.get(act)).tried(request, public_id=schedule, by=request.actor, at=clock.now())
    return redirect("review:deck", public_id)
