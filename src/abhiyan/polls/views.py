"""The calendar of polls: what is in force and what waits, one entry, and the form with what it would mean."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from abhiyan.core import clock
from abhiyan.core.numbers import whole_number
from abhiyan.core.refusals import NotFound
from abhiyan.core.words import active_language, name_in_language
from abhiyan.org import queries as org
from abhiyan.org.models import Release
from abhiyan.org.viewer import Request, Viewer
from abhiyan.people import queries as people
from abhiyan.polls import actions, queries
from abhiyan.polls.actions import ACT, KEEP, MOST_PHASES, StatedPoll
from abhiyan.polls.models import Poll
from abhiyan.polls.rules.polling import silence
from abhiyan.ui.acts import act_page, form_page, tried
from abhiyan.ui.fields import DayField, HourField
from abhiyan.ui.lists import Column, Table, list_response
from abhiyan.units import queries as units

AREAS_SHOWN = 20
CLOSES = time(18)  # as most polls do


# The list


@dataclass(frozen=True, slots=True)
class PollRow:
    """One version of an entry. closes: of its phases, in order."""

    one: Poll
    unit: str
    closes: tuple[datetime, ...]


COLUMNS: tuple[Column[PollRow], ...] = (
    Column("name", _("Election"), lambda row: row.one.name, order="name", is_name=True),
    Column("kind", _("Kind"), lambda row: row.one.get_kind_display(), order="kind"),
    Column("unit", _("State"), lambda row: row.unit, css="under"),
    Column("first", _("From"), lambda row: row.one.announced_on, order="announced_on", css="nums"),
    Column("closes", _("Polls close"), lambda row: max(row.closes, default=None), css="nums under"),
    Column("last", _("Until"), lambda row: row.one.result_on, order="result_on", css="nums"),
    Column("version", _("Version"), lambda row: row.one.version, css="num"),
    Column("state", _("Status"), lambda row: row.one.get_state_display(), order="state", css="end"),
    Column("source", _("Source"), lambda row: row.one.source, only_in_file=True),
)


class PollFilters(forms.Form):
    """Which entries to show."""

    area = forms.ChoiceField(label=_("State"), required=False)
    on = DayField(label=_("On a day"), required=False)
    status = forms.ChoiceField(
        label=_("Status"), required=False, choices=[("", _("All")), *Poll.State.choices]
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        states = [(unit.code, name_in_language(unit.names)) for unit in units.open_states()]
        self.fields["area"].choices = [("", _("All")), *states]  # type: ignore[attr-defined]  # ChoiceField


@require_GET
def polls_page(request: Request) -> HttpResponseBase:
    """List every version of every entry, the last to end first; and the states without an entry."""
    filters = PollFilters(request.GET)
    chosen = filters.cleaned_data if filters.is_valid() else {}
    area = chosen.get("area", "")
    rows = queries.polls(
        state=units.unit(area).pk if area else None, on=chosen.get("on"), status=chosen.get("status", "")
    )
    table = Table(
        request,
        COLUMNS,
        rows,
        name="polls",
        caption=_("Entries"),
        sort="-last",
        finish=_finished,
        is_brief=True,
    )
    lacking = queries.states_without_entry(at=clock.now())
    context = {
        "here": "messages",
        "crumbs": [(_("Calendar of polls"), "")],
        "filters": filters,
        "may_keep": request.viewer.may(KEEP),
        "lacking": [name_in_language(unit.names) for unit in lacking[:AREAS_SHOWN]],
        "more_lacking": max(0, len(lacking) - AREAS_SHOWN),
    }
    return list_response(request, "polls/poll_list.html", table, context)


def _finished(found: list[Poll]) -> list[PollRow]:
    names = units.names_of_units({one.unit_id for one in found}, language=active_language())
    phases = queries.phases_of([one.pk for one in found])
    return [
        PollRow(
            one,
            names.get(one.unit_id, ""),
            tuple(closes_at for closes_at, _areas in phases.get(one.pk, []) if closes_at),
        )
        for one in found
    ]


# What an entry means


@dataclass(frozen=True, slots=True)
class Meant:
    """A phase as people read it. silent: from and until. more: areas that are not shown."""

    number: int
    closes_at: datetime | None
    silent: tuple[datetime, datetime] | None
    areas: Sequence[queries.Area]
    more: int
    n: int
    electors: int


def meant(phases: Sequence[tuple[datetime | None, Sequence[int]]]) -> list[Meant]:
    """Phases with their areas' names and the silence before each close."""
    known = queries.areas({area for _closes_at, areas in phases for area in areas})
    return [
        Meant(
            number,
            closes_at,
            silence(closes_at) if closes_at else None,
            [known[area] for area in areas[:AREAS_SHOWN] if area in known],
            max(0, len(areas) - AREAS_SHOWN),
            len(areas),
            sum(known[area].electors or 0 for area in areas if area in known),
        )
        for number, (closes_at, areas) in enumerate(phases, 1)
    ]


@require_GET
def poll_page(request: Request, public_id: UUID) -> HttpResponseBase:
    """One version of an entry, what it causes, and the others."""
    at, viewer = clock.now(), request.viewer
    one = queries.poll(public_id)
    versions = queries.poll_versions(one.entry)
    about = next((each for each in versions if each.version <= one.version and not each.is_withdrawal), one)
    may_keep = _may_keep(viewer, one.unit_id)
    release = org.release_about(ACT, poll=str(public_id)) if one.state == Poll.State.STATED else None
    poll_request = _asked(viewer, release, at=at)
    context = {
        "here": "messages",
        "crumbs": [(_("Calendar of polls"), reverse("polls:polls")), (one.name, "")],
        "one": one,
        "unit": name_in_language(units.unit_by_id(one.unit_id).names),
        "is_none": one.kind == Poll.Kind.NONE,
        "is_link": re.fullmatch(r"https?://\S+", one.source) is not None,
        "phases": meant(queries.phases_of([about.pk]).get(about.pk, [])),
        "versions": _with_names(viewer, versions),
        "may_keep": may_keep,
        "may_correct": may_keep and not any(each.state == Poll.State.STATED for each in versions),
        **poll_request,
    }
    return render(request, "polls/poll.html", context)


def poll_to_decide(release: Release) -> str:
    """Return the page of an entry that waits: who decides it compares it with its source there."""
    return reverse("polls:poll", args=[release.payload["poll"]])


def _with_names(viewer: Viewer, versions: Sequence[Poll]) -> list[tuple[Poll, str, str]]:
    """Return versions with the people who stated and confirmed them, for viewers who see offices."""
    accounts = {who for one in versions for who in (one.stated_by, one.confirmed_by) if who}
    names = people.names_of_accounts(accounts) if viewer.may("org.read") else {}
    return [
        (one, names.get(one.stated_by or 0, ""), names.get(one.confirmed_by or 0, "")) for one in versions
    ]


def _may_keep(viewer: Viewer, unit_id: int) -> bool:
    return viewer.may_at(KEEP, *(lo for lo, _hi in units.all_spans([unit_id]).get(unit_id, [])))


def _asked(viewer: Viewer, release: Release | None, *, at: datetime) -> dict[str, Any]:
    """Return what the viewer may do about the request for its confirmation, or who may."""
    if release is None or release.state != Release.State.ASKED or release.expires_at <= at:
        return {"why_not": say("It counts once somebody else approves it.")}
    deciders = org.deciders([release], at=at)[release.pk]
    refusal = deciders.refusal(viewer.account_id)
    return {
        "release": release,
        "may_decide": refusal is None,
        "why_not": f"{refusal} {deciders.whom_to_ask()}" if refusal else "",
    }


# Stating one


class PollForm(forms.Form):
    """An entry: what kind, its days, its source, and each phase with its close and its areas."""

    kind = forms.ChoiceField(label=_("Kind"), choices=Poll.Kind.choices)
    name = forms.CharField(
        label=_("Name"),
        max_length=200,
        help_text=_("For example: Assembly election 2027, or No poll until June."),
    )
    announced_on = DayField(label=_("Announced on"), help_text=_("For “no poll”: the first day."))
    result_on = DayField(label=_("Result on"), help_text=_("For “no poll”: the last day."))
    source = forms.CharField(
        label=_("Source"), max_length=500, help_text=_("A link, or the number of the Commission's document.")
    )

    def __init__(self, *args: Any, phases: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.phases = phases
        for n in range(1, phases + 1):
            self.fields[f"day_{n}"] = DayField(
                label=say("Phase %(n)s: the poll closes on") % {"n": n},
                required=False,
                help_text=_("Leave it empty for “no poll”.") if n == 1 else "",
            )
            self.fields[f"time_{n}"] = HourField(
                label=say("Phase %(n)s: at") % {"n": n},
                required=False,
                initial=CLOSES,
            )
            self.fields[f"areas_{n}"] = forms.CharField(
                label=say("Phase %(n)s: areas") % {"n": n},
                max_length=20_000,
                help_text=_("Codes of units, such as constituencies, with spaces between them."),
                widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"}),
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        unit_ids = units.ids_of(code for n in self.numbers for code in self.codes(n))
        for n in self.numbers:
            if lacking := [code for code in self.codes(n) if code not in unit_ids]:
                self.add_error(
                    f"areas_{n}", say("There is no unit with the code %(unit)s.") % {"unit": lacking[0]}
                )
        self.known = unit_ids
        return cleaned

    @property
    def numbers(self) -> range:
        return range(1, self.phases + 1)

    def codes(self, n: int) -> list[str]:
        """The codes of a phase's areas, as they were typed."""
        return [code for code in re.split(r"[\s,;]+", str(self.data.get(f"areas_{n}", ""))) if code]

    def stated_phases(self) -> list[tuple[datetime | None, list[int]]]:
        """Return the phases that are filled in, as far as they can be read."""
        phases: list[tuple[datetime | None, list[int]]] = []
        for n in self.numbers:
            day, at = self.cleaned_data.get(f"day_{n}"), self.cleaned_data.get(f"time_{n}") or CLOSES
            closes_at = datetime.combine(day, at, ZoneInfo(settings.TIME_ZONE)) if day else None
            phases.append((closes_at, [self.known[code] for code in self.codes(n) if code in self.known]))
        return phases

    def stated(self) -> StatedPoll:
        """The entry; of a form that is whole."""
        cleaned = self.cleaned_data
        return StatedPoll(
            kind=cleaned["kind"],
            name=cleaned["name"],
            announced_on=cleaned["announced_on"],
            result_on=cleaned["result_on"],
            source=cleaned["source"],
            phases=self.stated_phases(),
        )


@form_page
def new_poll_page(request: Request) -> HttpResponseBase:
    """State an entry, or a newer version of one (`?of=`); it counts once somebody else approves it."""
    of = _of(request)
    n, initial = _filled(of)
    posted = request.POST if request.method == "POST" else None
    n = _number(posted.get("phases", ""), otherwise=n) if posted else n
    is_more, is_look = bool(posted and "more" in posted), bool(posted and "look" in posted)
    if is_more and posted is not None:
        form = PollForm(phases=min(n + 1, MOST_PHASES), initial=posted.dict())
    else:
        form = PollForm(posted, phases=n, initial=initial)
    is_correction = of is not None and any(
        one.state == Poll.State.IN_FORCE for one in queries.poll_versions(of.entry)
    )
    status = 200
    if is_look:
        form.is_valid()
    elif not is_more:
        done = tried(
            request,
            form,
            lambda _given: actions.state_poll(
                stated=form.stated(),
                corrects=of.entry if of is not None and is_correction else None,
                by=request.actor,
                at=clock.now(),
            ),
            said=_("Entered. It counts once somebody else approves it."),
        )
        if done.value is not None:
            return redirect("polls:poll", done.value.public_id)
        status = done.status
    context = {
        "here": "messages",
        "crumbs": [(_("Calendar of polls"), reverse("polls:polls")), (_("New entry"), "")],
        "form": form,
        "is_correction": is_correction,
        "of": of,
        "may_add": form.phases < MOST_PHASES,
        **_preview(form),
    }
    return render(request, "polls/poll_new.html", context, status=status)


@require_GET
def poll_preview(request: Request) -> HttpResponse:
    """Show what the form as it is filled in would cause."""
    form = PollForm(request.GET, phases=_number(request.GET.get("phases", ""), otherwise=1))
    return render(request, "polls/_poll_preview.html", _preview(form))


def _preview(form: PollForm) -> dict[str, Any]:
    if not form.is_bound:
        return {"phases": [], "first": None, "last": None, "is_none": False}
    form.is_valid()
    cleaned = form.cleaned_data
    first: date | None = cleaned.get("announced_on")
    last: date | None = cleaned.get("result_on")
    return {
        "phases": meant(form.stated_phases()),
        "first": first,
        "last": last,
        "is_none": cleaned.get("kind") == Poll.Kind.NONE,
    }


def _number(text: str, *, otherwise: int) -> int:
    n = whole_number(text, most=99)
    return otherwise if n is None else min(max(n, 1), MOST_PHASES)


def _of(request: Request) -> Poll | None:
    poll_id = request.GET.get("of", "")
    if not poll_id:
        return None
    try:
        return queries.poll(UUID(poll_id))
    except ValueError:
        raise NotFound from None


def _filled(of: Poll | None) -> tuple[int, dict[str, Any]]:
    """Return how many phases the form begins with, and its content."""
    if of is None:
        return 1, {}
    phases = queries.phases_of([of.pk]).get(of.pk, [])
    codes = {
        unit: area.code
        for unit, area in queries.areas({a for _c, area_ids in phases for a in area_ids}).items()
    }
    filled: dict[str, Any] = {
        name: getattr(of, name) for name in ("kind", "name", "announced_on", "result_on", "source")
    }
    for n, (closes_at, areas) in enumerate(phases, 1):
        local = timezone.localtime(closes_at, ZoneInfo(settings.TIME_ZONE)) if closes_at else None
        filled |= {
            f"day_{n}": local.date() if local else None,
            f"time_{n}": local.time() if local else CLOSES,
            f"areas_{n}": " ".join(codes[area] for area in areas if area in codes),
        }
    return max(1, len(phases)), filled


# Withdrawing one, taking one back


@form_page
def withdraw_poll_page(request: Request, public_id: UUID) -> HttpResponseBase:
    """Ask that an entry be withdrawn."""
    one = _kept(request, public_id, Poll.State.IN_FORCE)
    page = reverse("polls:poll", args=[public_id])
    text: list[str | Promise] = [
        _("It stays in force until somebody else approves this."),
        _("Then bulk messages wait in its state until the calendar has another entry for it."),
    ]
    return act_page(
        request,
        lambda _given: actions.withdraw_poll(public_id=public_id, by=request.actor, at=clock.now()),
        title=say("Withdraw “%(name)s”?") % {"name": one.name},
        text=text,
        button=_("Ask to withdraw it"),
        said=_("Request sent. Approvals lists who can approve it."),
        done=lambda made: redirect("polls:poll", made.public_id),
        back=page,
        is_danger=True,
        here="messages",
        crumbs=[(_("Calendar of polls"), reverse("polls:polls")), (one.name, page), (_("Withdraw"), "")],
    )


@form_page
def take_poll_back(request: Request, public_id: UUID) -> HttpResponseBase:
    """Take back what waits for a second person."""
    one = _kept(request, public_id, Poll.State.STATED)
    page = reverse("polls:poll", args=[public_id])
    return act_page(
        request,
        lambda _given: actions.take_back_poll(public_id=public_id, by=request.actor, at=clock.now()),
        title=say("Take back “%(name)s”?") % {"name": one.name},
        text=[_("It has not counted yet. What was in force before stays so. You can enter it again.")],
        button=_("Take it back"),
        said=_("Taken back."),
        done=page,
        here="messages",
        crumbs=[(_("Calendar of polls"), reverse("polls:polls")), (one.name, page), (_("Take back"), "")],
        is_danger=True,
    )


def _kept(request: Request, public_id: UUID, state: str) -> Poll:
    """An entry in this state that the viewer keeps; refuses others."""
    one = queries.poll(public_id)
    org.require(request.actor, KEEP, at=one.unit_id)
    if request.method != "POST" and one.state != state:
        raise NotFound
    return one
