"""Pages of incidents for data officers: what is due next, the affected people, drafts, and reports that went."""

from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

import abhiyan
from abhiyan.core import clock
from abhiyan.core.refusals import or_refuse
from abhiyan.core.scope import system
from abhiyan.core.words import local_person, name_in_language
from abhiyan.enrolment.queries.page_parts import PagePart
from abhiyan.enrolment.queries.people import Member
from abhiyan.enrolment.rules.number import member_number
from abhiyan.messaging.models import Message
from abhiyan.org import queries as org
from abhiyan.org.here import page_unit
from abhiyan.org.models import Release
from abhiyan.org.queries.readings import WatchedUnits, readers_of_people
from abhiyan.org.viewer import Request
from abhiyan.people import queries as people
from abhiyan.people.actions.reading import read_people
from abhiyan.ui.acts import PageAct, act_page, form_page
from abhiyan.ui.fields import MomentField, NoteField
from abhiyan.ui.forms import offer
from abhiyan.ui.lists import Column, Table, list_response, page_with_list
from abhiyan.units import queries as units

from . import actions, queries
from .models import Incident
from .rules import reports as rules

MOST_READERS = 200
LACKS = {
    actions.SAID_NO: _("said no to all messages"),
    Message.State.FAILED.value: _("SMS failed"),
    Message.State.DROPPED.value: _("SMS not sent"),
}


class IncidentForm(forms.Form):
    """A data officer types this of an incident. More can be written later."""

    kind = forms.ChoiceField(label=_("What kind"), choices=list(rules.KINDS.items()))
    what = NoteField(
        label=_("What happened"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Write offices, no names of people."),
    )
    began_at = MomentField(label=_("From when"))
    until_at = MomentField(label=_("Until when"), required=False)
    known_at = MomentField(label=_("When you knew"), help_text=_("The hours of the law run from then."))
    about = forms.MultipleChoiceField(
        label=_("Which data"), choices=list(rules.DATA.items()), widget=forms.CheckboxSelectMultiple
    )
    reported_by = NoteField(label=_("Who reported it (office)"), max_length=200, required=False)
    measures = NoteField(
        label=_("What you did about it"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def entry(self) -> actions.IncidentEntry:
        """Return the typed fields, for the act."""
        typed = dict(self.cleaned_data)
        return actions.IncidentEntry(data=typed.pop("about"), **typed)


class AffectedForm(forms.Form):
    """Whose readings reached people."""

    reader = forms.ChoiceField(
        label=_("Who read data"),
        required=False,
        help_text=_(
            "Readers of the time of the incident. Choose the whole unit where a list or device was lost."
        ),
    )


class NoticeWordsForm(forms.Form):
    """The affected people read these words."""

    words_hi = NoteField(
        label=_("What happened, in Hindi"), max_length=600, widget=forms.Textarea(attrs={"rows": 3})
    )
    words_en = NoteField(
        label=_("What happened, in English"), max_length=600, widget=forms.Textarea(attrs={"rows": 3})
    )
    reason = NoteField(label=_("Reason"), max_length=200, help_text=_("For the second data officer."))


class SentReportForm(forms.Form):
    """One report that went."""

    report = forms.ChoiceField(label=_("Recipient"), choices=list(rules.REPORTS.items()))
    sent_at = MomentField(label=_("When"))
    way = NoteField(
        label=_("By which way"), max_length=200, help_text=_("Such as e-mail, or the Board's portal.")
    )


INCIDENTS: tuple[Column[Incident], ...] = (
    Column("kind", _("Incident"), lambda row: row.label, is_name=True),
    Column("known_at", _("Known since"), lambda row: row.known_at, order=True),
    Column("unit", _("Unit"), lambda row: _unit_name(row.unit_id), css="under"),
    Column("people", _("People affected"), lambda row: row.affected if row.reached_at else "–", css="num"),
    Column("state", _("Status"), lambda row: say("Closed") if row.closed_at else say("Open"), css="end"),
)
UNTOLD: tuple[Column[queries.UntoldPerson], ...] = (
    Column(
        "member", _("Member number"), lambda row: member_number(row.member), is_name=True, names_people=True
    ),
    Column("unit", _("Unit"), lambda row: name_in_language(row.unit), order=True, css="under"),
    Column("why", _("Why no SMS"), lambda row: LACKS.get(row.why, row.why), css="end"),
)


def own_incidents(member: Member, _at: datetime) -> Iterator[PagePart]:
    """Yield the incidents that concern somebody, for their own page, in their language."""
    incidents = [
        (
            row,
            name_in_language(row.words),
            ", ".join(str(rules.DATA[code]) for code in row.data if code in rules.DATA),
        )
        for row in queries.incidents_about(member.public_id)
    ]
    download = [asdict(row) | {"words": words, "data": data} for row, words, data in incidents]
    yield PagePart("incidents/_me_incidents.html", {"incidents": incidents}, {"incidents": download})


@page_with_list
def incident_list(request: Request) -> HttpResponseBase:
    """Show the incidents of one's units, the newest first."""
    table = Table(
        request, INCIDENTS, queries.incidents_of(request.viewer), name="incidents", caption=_("Incidents")
    )
    return list_response(request, "incidents/incident_list.html", table, {"here": "incidents"})


@form_page
def incident_new(request: Request) -> HttpResponseBase:
    """Write down an incident; its clocks begin."""
    here = page_unit(request, otherwise=lambda: _own_unit(request))
    now = timezone.localtime(clock.now())
    form = IncidentForm(request.POST if request.method == "POST" else None, initial={"known_at": now})
    return act_page(
        request,
        lambda _given: actions.open_incident(
            unit_id=here.unit.id, entry=form.entry(), by=request.actor, at=clock.now()
        ),
        form=form,
        title=say("Write down an incident"),
        text=[
            say("Unit: %(unit)s") % {"unit": here.name},
            say("Only data officers of this unit, or above it, read it."),
        ],
        button=say("Start the clocks"),
        done=lambda incident: redirect("incidents:incident", incident.public_id),
        back=reverse("incidents:incidents"),
        here="incidents",
        crumbs=[(say("Incidents"), reverse("incidents:incidents")), (say("Write down an incident"), "")],
    )


@require_GET
def incident(request: Request, public_id: UUID) -> HttpResponseBase:
    """Show one incident: its clocks, the affected people, drafts of the notices, and the reports that went."""
    breach = queries.incident_for(request.viewer, public_id)
    reports = queries.incident_reports(breach)
    states = queries.told_people(breach)
    at = clock.now()
    clocks = [(due, due.is_late(at), _moment(due.due_at)) for due in queries.clocks_of(breach, reports)]
    untold = sum(states.get(lack, 0) for lack in LACKS)
    context = {
        "here": "incidents",
        "crumbs": [(say("Incidents"), reverse("incidents:incidents")), (str(rules.KINDS[breach.kind]), "")],
        "incident": breach,
        "unit": _unit_name(breach.unit_id),
        "data": [rules.DATA[code] for code in breach.data if code in rules.DATA],
        "reader": _reader_name(breach),
        "clocks": clocks,
        "reports": [(report, rules.REPORTS[report.report]) for report in reports],
        "notices": sum(states.values()) - untold,
        "untold": untold,
        "is_asked": any(
            release.payload["incident"] == str(public_id)
            for release in org.releases_asked(request.viewer.account_id or 0, act=actions.ACT, at=at)
        ),
        "drafts": _drafts(breach, sum(states.values()) - untold),
    }
    return render(request, "incidents/incident.html", context)


@form_page
def incident_change(request: Request, public_id: UUID) -> HttpResponseBase:
    """Correct what is written of an incident."""
    breach = queries.incident_for(request.viewer, public_id)
    typed = {name: getattr(breach, name) for name in IncidentForm.base_fields if name != "about"}
    typed["about"] = breach.data
    for name in ("began_at", "until_at", "known_at"):
        typed[name] = typed[name] and timezone.localtime(typed[name])
    form = IncidentForm(request.POST if request.method == "POST" else None, initial=typed)
    return _ask(
        request,
        breach,
        lambda _given: actions.change_incident(
            public_id=public_id, entry=form.entry(), by=request.actor, at=clock.now()
        ),
        form=form,
        title=say("Change the incident"),
        button=say("Save"),
    )


@form_page
def incident_count(request: Request, public_id: UUID) -> HttpResponseBase:
    """Count the affected people: those one account read, or everybody in the unit."""
    breach = queries.incident_for(request.viewer, public_id)
    form = AffectedForm(request.POST if request.method == "POST" else None)
    unit = _unit_name(breach.unit_id)
    offer(form, reader=[("", say("Everybody in %(unit)s") % {"unit": unit}), *_readers(breach)])
    return _ask(
        request,
        breach,
        lambda typed: actions.count_affected(
            public_id=public_id,
            reader=int(typed["reader"]) if typed["reader"] else None,
            by=request.actor,
            at=clock.now(),
        ),
        form=form,
        title=say("Count the affected people"),
        text=[
            say("From the record of readings, between the hours of the incident."),
            say(
                "Of a list or file it has the unit and the number of rows, so everybody of that unit counts."
            ),
        ],
        button=say("Count the people"),
    )


@form_page
def incident_tell(request: Request, public_id: UUID) -> HttpResponseBase:
    """Ask a second data officer to tell the affected people."""
    breach = queries.incident_for(request.viewer, public_id)
    typed = {f"words_{language}": words for language, words in breach.words.items()}
    return _ask(
        request,
        breach,
        lambda typed: actions.ask_to_tell(
            public_id=public_id,
            words={"hi": typed["words_hi"], "en": typed["words_en"]},
            reason=typed["reason"],
            by=request.actor,
            at=clock.now(),
        ),
        form=NoticeWordsForm(request.POST if request.method == "POST" else None, initial=typed),
        title=say("Tell the affected people"),
        text=[
            say("Each phone gets one SMS with a link to My page. There they read these words."),
            say("A second data officer approves it. Nothing goes before that."),
        ],
        button=say("Ask for approval"),
        said=_("Request sent. Approvals lists who can approve it."),
    )


@form_page
def incident_report(request: Request, public_id: UUID) -> HttpResponseBase:
    """Note a report that went."""
    breach = queries.incident_for(request.viewer, public_id)
    typed = {"sent_at": timezone.localtime(clock.now()), "report": request.GET.get("report", "")}
    return _ask(
        request,
        breach,
        lambda typed: actions.note_report(public_id=public_id, by=request.actor, at=clock.now(), **typed),
        form=SentReportForm(request.POST if request.method == "POST" else None, initial=typed),
        title=say("Note a report"),
        button=say("Save"),
    )


ACTS = {
    "close": PageAct(
        actions.close_incident,
        _("The incident is closed. It stays here as a record."),
        label=_("Close the incident"),
        title=_("Close the incident"),
        text=(_("It stays as a record. It can be opened again."),),
    ),
    "open": PageAct(
        actions.reopen_incident,
        _("The incident is open again."),
        label=_("Open again"),
        title=_("Open the incident again"),
    ),
}


@form_page
def incident_act(request: Request, public_id: UUID, act: str) -> HttpResponseBase:
    """Close an incident, or open it again."""
    breach = queries.incident_for(request.viewer, public_id)
    whose = {"public_id": public_id, "by": request.actor, "at": clock.now()}
    return or_refuse(ACTS.get(act)).ask(request, known=whose, **_around(breach, ""))


@page_with_list
def incident_untold(request: Request, public_id: UUID) -> HttpResponseBase:
    """Show the affected people without an SMS, by member number and unit, for another way."""
    breach = queries.incident_for(request.viewer, public_id)
    org.require(request.actor, queries.WATCH, at=breach.unit_id)
    with system("affected people without a notice"):
        rows = queries.untold_people(breach)
        table = Table(request, UNTOLD, rows, name="untold", caption=_("Tell them another way"))
        read_people(
            by=request.actor,
            unit_id=breach.unit_id,
            n=len(rows[:100]),
            at=clock.now(),
            act="enrolment.read_affected",
        )
        title = say("Tell them another way")
        context = {"here": "incidents", "title": title, "crumbs": _around(breach, title)["crumbs"]}
        return list_response(request, "incidents/incident_untold.html", table, context)


def _around(breach: Incident, title: str) -> dict[str, Any]:
    page = reverse("incidents:incident", args=[breach.public_id])
    crumbs = [(say("Incidents"), reverse("incidents:incidents")), (str(rules.KINDS[breach.kind]), page)]
    return {"here": "incidents", "done": page, "crumbs": [*crumbs, *([(title, "")] if title else [])]}


def _ask(
    request: Request, breach: Incident, act: Callable[[dict[str, Any]], Any], *, title: str, **options: Any
) -> HttpResponseBase:
    return act_page(request, act, title=title, **_around(breach, title), **options)


def _own_unit(request: Request) -> int:
    office = next(
        (office for office in request.viewer.appointments if queries.WATCH in office.capabilities), None
    )
    return or_refuse(office, org.NotYours(capability=queries.WATCH)).unit_id


def _unit_name(unit_id: int) -> str:
    with system("the unit of an incident"):
        return name_in_language(units.unit_by_id(unit_id).names)


def _reader_name(breach: Incident) -> str:
    if breach.reader_id is None:
        return ""
    return local_person(queries.reader_name(breach)) or "–"


def _readers(breach: Incident) -> list[tuple[str, str]]:
    """Return readers of the unit in the time of an incident, the unusual first."""
    until = (breach.until_at or clock.now()) + timedelta(seconds=1)
    with system("who read people in the time of an incident"):
        ((lo, hi), *_others) = units.all_spans([breach.unit_id])[breach.unit_id]
        rows = readers_of_people(WatchedUnits(lo, hi, is_top=False), since=breach.began_at, until=until)
        return [
            (
                str(row.account_id),
                f"{local_person(row.name)}, {name_in_language(row.office)} {name_in_language(row.unit)} ({row.total})",
            )
            for row in rows[:MOST_READERS]
        ]


def _moment(at: Any) -> str:
    return date_format(timezone.localtime(at, ZoneInfo(settings.TIME_ZONE)), "j F Y, H:i") if at else ""


def _drafts(breach: Incident, notices: int) -> list[tuple[str, str, str]]:
    """Return the drafts of an incident: an id, a heading, the text."""
    stop = people.emergency_stop()
    facts = rules.IncidentFacts(
        organisation=settings.ORGANISATION or say("Abhiyan"),
        contact=settings.GRIEVANCE,
        kind=breach.kind,
        what=breach.what,
        words=breach.words,
        data=breach.data,
        began_at=_moment(breach.began_at),
        until_at=_moment(breach.until_at),
        known_at=_moment(breach.known_at),
        measures=breach.measures,
        people=breach.affected if breach.reached_at else None,
        notices=notices,
        stopped_at=_moment(stop.began_at) if stop else "",
        version=abhiyan.__version__,
        address=settings.ORIGIN,
    )
    drafts = [("board", str(rules.REPORTS[rules.BOARD]), rules.draft_for_board(facts, is_full=False))]
    if breach.kind not in rules.NOT_OF_COMPUTERS:
        drafts.append(("cert", str(rules.REPORTS[rules.CERT_IN]), rules.draft_for_cert_in(facts)))
    return [
        *drafts,
        ("hindi", say("To the affected people, in Hindi"), rules.draft_for_people(facts, "hi")),
        ("english", say("To the affected people, in English"), rules.draft_for_people(facts, "en")),
        ("full", str(rules.REPORTS[rules.BOARD_FULL]), rules.draft_for_board(facts, is_full=True)),
    ]


def incident_page(release: Release) -> str:
    """Return the page where the notice of an incident was asked for."""
    return reverse("incidents:incident", args=[release.payload["incident"]])
