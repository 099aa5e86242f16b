"""Bulk sends: the list with what they cost, a new one, and one with its preview, its steps and its receipts."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.http.response import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from abhiyan.core import clock, environment, small_cells
from abhiyan.core.numbers import grouped
from abhiyan.core.refusals import NotFound, or_refuse
from abhiyan.core.scope import system
from abhiyan.core.words import active_language, name_in_language
from abhiyan.messaging import actions
from abhiyan.messaging import sends as reads
from abhiyan.messaging.forms import SendForm, SendReasonForm
from abhiyan.messaging.models import Send
from abhiyan.messaging.rules import audiences, bulk, reasons
from abhiyan.messaging.rules import texts as texts_
from abhiyan.messaging.rules.counting import Count
from abhiyan.org import queries as org
from abhiyan.org.here import Here, page_unit
from abhiyan.org.models import Release
from abhiyan.org.viewer import Request
from abhiyan.ui.acts import PageAct, form_page, tried
from abhiyan.ui.lists import Column, Table, list_response
from abhiyan.units import queries as units

from .bulk_texts import CAPABILITY, language_name, ordered_wordings

State = Send.State
MOST_TEXTS = 30  # offered for a send; more are found in their list
KINDS: dict[str, str] = {  # of its badge
    State.DONE: "ok",
    State.ASKED: "warn",
    State.PAUSED: "warn",
    State.STOPPED: "bad",
}


@dataclass(frozen=True, slots=True)
class SendRow:
    """A send in the list, with what has become of it."""

    one: Send
    name: str
    unit: str
    audience: str
    progress: reads.Progress

    @property
    def kind(self) -> str:
        return KINDS.get(self.one.state, "")


COLUMNS: tuple[Column[SendRow], ...] = (
    Column("made", _("Prepared"), lambda row: row.one.made_at, order="made_at", css="nums under"),
    Column("name", _("Text"), lambda row: row.name, is_name=True),
    Column("unit", _("Unit"), lambda row: row.unit, css="under"),
    Column("audience", _("Who gets it"), lambda row: row.audience),
    Column("state", _("Status"), lambda row: row.one.get_state_display(), order="state", css="end"),
    Column("asked", _("To send"), lambda row: in_tens(row.one.n_asked), css="num"),
    Column("gone", _("Sent"), lambda row: in_tens(row.progress.gone), css="num"),
    Column("cost", _("Cost (₹)"), lambda row: money(row.progress.parts), css="num"),
)
BELOW: tuple[Column[reads.SendBelow], ...] = (
    Column("unit", _("Unit"), lambda row: name_in_language(row.names), is_name=True),
    Column("waiting", _("Waiting"), lambda row: in_tens(row.waiting), css="num"),
    Column("sent", _("Sent"), lambda row: in_tens(row.sent), css="num"),
    Column("delivered", _("Delivered"), lambda row: in_tens(row.delivered), css="num"),
    Column("failed", _("Failed"), lambda row: in_tens(row.failed), css="num"),
    Column("held", _("Held back"), lambda row: in_tens(row.held), css="num"),
    Column("cost", _("Cost (₹)"), lambda row: money(row.parts), css="num"),
)


def in_tens(n: int) -> str:
    """A figure of a send, for every reader.

    Somebody who chooses an audience of few people could read from an exact figure who said no to messages.
    """
    return small_cells.seen_count(n, is_exact=False)


def money(parts: int) -> str:
    """Return the cost of whole tens of parts, in rupees and paise. Fewer parts cost less than ten do."""
    n = small_cells.shown_count(parts)
    rupees, paise = divmod((n or small_cells.STEP) * environment.SMS_PRICE(), 100)
    cost = f"{grouped(rupees)}.{paise:02}"
    return cost if n else say("less than %(cost)s") % {"cost": cost}


class SendFilters(forms.Form):
    """Which sends to show."""

    state = forms.ChoiceField(label=_("Status"), required=False, choices=[("", _("All")), *State.choices])


@require_GET
def bulk_sends_page(request: Request) -> HttpResponseBase:
    """Bulk sends in the viewer's sight, the newest first; and what they cost by programme."""
    filters = SendFilters(request.GET)
    table = Table(
        request,
        COLUMNS,
        reads.sends(filters.cleaned_data["state"] if filters.is_valid() else ""),
        name="sends",
        caption=_("Bulk sends"),
        sort="-made",
        finish=_rows,
        is_brief=True,
    )
    names = dict(audiences.paying_programmes())
    context = {
        "here": "messages",
        "filters": filters,
        "charged": [
            (
                names.get(charge.programme_id, _("No programme")),
                charge,
                in_tens(charge.sent),
                in_tens(charge.parts),
                money(charge.parts),
            )
            for charge in reads.charged()
        ],
        "crumbs": [(_("Messages"), reverse("messaging:list")), (_("Bulk sends"), "")],
    }
    return list_response(request, "messaging/send_list.html", table, context)


def _rows(found: list[Send]) -> list[SendRow]:
    with system("what became of bulk sends in sight"):
        progress = reads.progress_of(found)
    where = units.names_of_units({one.unit_id for one in found}, language=active_language())
    names, audience = reads.names_of_texts({one.text for one in found}), dict(audiences.offered_audiences())
    return [
        SendRow(
            one,
            names.get(one.text, one.text),
            where.get(one.unit_id, ""),
            audience.get(one.audience, one.audience),
            progress.get(one.pk, reads.NONE),
        )
        for one in found
    ]


def _name(one: Send) -> str:
    return reads.names_of_texts({one.text}).get(one.text, one.text)


@form_page
def send_new(request: Request) -> HttpResponseBase:
    """Put a send together: the text (`?text=`), then the unit, who gets it (`?audience=`), and what fills the
    variables. An audience may need to hear something, such as our number: then only texts that say it are offered."""
    here = page_unit(request)
    if not request.viewer.may_at(CAPABILITY, here.span[0]):
        raise org.NotYours(capability=CAPABILITY)
    audience = request.GET.get("audience", "")[:100]
    to_say = audiences.to_say(audience)
    texts = sorted(
        {
            (template.name, template.code)
            for template in reads.texts_in_force()
            if bulk.has(template.text, to_say)
        }
    )
    code = request.GET.get("text", "") or (texts[0][1] if to_say and len(texts) == 1 else "")
    templates = ordered_wordings(code)
    context: dict[str, Any] = {
        "here": "messages",
        "page_unit": here,
        "texts": texts[:MOST_TEXTS],
        "has_more": len(texts) > MOST_TEXTS,
        "code": code,
        "audience": audience,
        "lacks_text": bool(to_say) and not texts,
        "ready_href": here.href(reverse("messaging:text_new"), audience=audience),
        "crumbs": [(_("Bulk sends"), reverse("messaging:sends")), (_("New bulk send"), "")],
    }
    if not templates:
        return render(request, "messaging/send_new.html", context)
    children = units.children(here.unit.id, here.hierarchy, language=active_language(), limit=units.MOST).rows
    most = actions.most_per_hour()
    form = SendForm(
        request.POST or None,
        templates=templates,
        audiences=audiences.offered_audiences(),
        below=[(str(row.id), name_in_language(row.names)) for row in children],
        programmes=audiences.paying_programmes(),
        most=most,
        initial={"per_hour": most, "audience": audience}
        | {
            f"v_{language_code}_{name}": value
            for language_code in templates
            for name, value in to_say.items()
        },
    )
    done = tried(request, form, lambda given: _draft(request, here, code, form, given))
    if done.value:
        return redirect("messaging:send", public_id=done.value)
    kept = {"text": code} | ({"audience": audience} if audience else {})
    context |= {
        "form": form,
        "children": [(name_in_language(row.names), here.href(unit=row.code, **kept)) for row in children],
        "samples": [(language_name(template.language), template.text) for template in templates.values()],
    }
    return render(request, "messaging/send_new.html", context, status=done.status)


def _draft(request: Request, here: Here, code: str, form: SendForm, given: dict[str, Any]) -> UUID:
    return actions.draft_send(
        text=code,
        audience=given["audience"],
        unit_id=here.unit.id,
        hierarchy=here.hierarchy,
        only=[int(unit_id_text) for unit_id_text in given.get("only", [])],
        given=form.given(),
        per_hour=given["per_hour"],
        programme_id=given.get("programme") or 0,
        by=request.actor,
        at=clock.now(),
    )


@require_GET
def bulk_send_page(request: Request, public_id: UUID) -> HttpResponseBase:
    """Show one send: what it says, the people it reaches, what may be done now; once begun, what became of it by
    unit."""
    one = reads.send_for(request.viewer, public_id)
    lo, _hi = units.span(one.unit_id, one.hierarchy)
    is_exact = request.viewer.sees_people_at(lo)
    about = _place(request, one)
    progress, below = reads.NONE, []
    if is_exact and one.started_at:
        with system("what became of a bulk send in sight"):
            progress = reads.progress_of([one]).get(one.pk, reads.NONE)
            below = reads.progress_below(one, about)
    table = Table(request, BELOW, below, name="send", caption=_("By unit"), is_numbered=False)
    names = units.names_of_units({one.unit_id, about, *one.units}, language=active_language())
    programmes = dict(audiences.paying_programmes())
    release = _release(one)
    context = {
        "here": "messages",
        "send": one,
        "kind": KINDS.get(one.state, ""),
        "name": _name(one),
        "audience": audiences.audience_name(one.audience),
        "unit": names.get(one.unit_id, ""),
        "only": [names[unit_id] for unit_id in one.units if unit_id != one.unit_id and unit_id in names],
        "programme": programmes.get(one.programme_id, ""),
        "samples": [
            (language_name(language_code), text, texts_.count_sms(text))
            for language_code, text in reads.as_sent(one, ordered_wordings(one.text)).items()
        ],
        "long": [
            (language_name(language_code), name, n)
            for language_code, values in sorted(one.given.items())
            for name, n in bulk.too_long(values)
        ],
        "carried": bulk.CARRIED,
        "reached": in_tens(one.n_asked),
        "counted": _counted(one),
        "held_back": _reasons(one.counted),
        "parts_asked": in_tens(one.parts_asked),
        "cost_asked": money(one.parts_asked),
        "release": release,
        "steps": _steps(request, one, release, lo),
        "so_far": [
            (_("Waiting"), in_tens(progress.waiting)),
            (_("Sent"), in_tens(progress.gone)),
            (_("of these delivered"), in_tens(progress.delivered)),
            (_("Failed"), in_tens(progress.failed)),
            *_reasons(progress.held),
        ],
        "gone": in_tens(progress.gone),
        "is_exact": is_exact,
        "cost": money(progress.parts),
        "about": names.get(about, ""),
        "is_below": about != one.unit_id,
        "stopped_because": reasons.reason_words(one.reason) if one.reason else "",
        "crumbs": [(_("Bulk sends"), reverse("messaging:sends")), (_name(one), "")],
    }
    return list_response(request, "messaging/send.html", table, context)


@require_GET
def send_progress(request: Request, public_id: UUID) -> HttpResponseBase:
    """Show how far the count of a send is; when it is over, reload the page."""
    one = reads.send_for(request.viewer, public_id)
    if one.counting is None:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "messaging/_counting.html", {"send": one, "counted": _counted(one)})


def _counted(one: Send) -> Count | None:
    """A count on its way."""
    return Count.read(one.counting) if one.counting is not None else None


def _place(request: Request, one: Send) -> int:
    """The unit whose units below are shown: one inside the send's own."""
    here = page_unit(request, hierarchy=one.hierarchy, otherwise=lambda: one.unit_id)
    if not units.stands_below(here.unit.id, one.unit_id):
        raise NotFound
    return here.unit.id


def _reasons(counts: dict[str, int]) -> list[tuple[Promise | str, str]]:
    """Why people get nothing, in tens. Reasons with fewer than 10 are missing, as those with none are."""
    tens = {why: n for why, n_people in counts.items() if why and (n := small_cells.shown_count(n_people))}
    return [
        (reasons.reason_words(why), grouped(n))
        for why, n in sorted(tens.items(), key=lambda one: (-one[1], one[0]))
    ]


def _release(one: Send) -> Release | None:
    return org.releases().filter(public_id=one.release).first() if one.release else None


ACTS: dict[str, PageAct] = {
    "ask": PageAct(
        actions.ask_send,
        _("Request sent. Approvals lists who can approve it."),
        SendReasonForm,
        label=_("Ask for approval"),
        title=_("Ask for approval of this send?"),
        text=(_("Somebody else approves this exact text, these people and this number."),),
        css="",
    ),
    "count": PageAct(
        actions.count_send,
        _("The number is that of now, or is being counted."),
        label=_("Count again"),
        title=_("Count again who gets it?"),
        text=(_("Nothing is sent. A large audience takes some minutes."),),
    ),
    "start": PageAct(
        actions.start_send,
        _("Sending has begun."),
        label=_("Start sending"),
        title=_("Start sending now?"),
        text=(
            _("Messages that have left cannot be called back. You can pause or stop the rest at any time."),
        ),
        css="",
        is_danger=True,
    ),
    "pause": PageAct(
        actions.pause_send,
        _("Paused. Nothing more leaves."),
        label=_("Pause"),
        title=_("Pause this send?"),
        text=(_("Nothing more leaves until somebody resumes it."),),
    ),
    "resume": PageAct(
        actions.resume_send,
        _("Sending goes on."),
        label=_("Resume"),
        title=_("Go on with this send?"),
        text=(_("It goes on where it stopped. Nobody gets it twice."),),
        css="",
    ),
    "stop": PageAct(
        actions.stop_send,
        _("Stopped."),
        label=_("Stop for good"),
        title=_("Stop this send for good?"),
        text=(_("Messages that have not left are dropped. Sent messages stay counted here."),),
        css="danger",
        is_danger=True,
    ),
    "discard": PageAct(
        actions.discard_send,
        _("Thrown away."),
        label=_("Discard"),
        title=_("Throw this send away?"),
        text=(_("Nothing of it has left."),),
        is_danger=True,
    ),
}
OFFERED: dict[str, tuple[str, ...]] = {
    State.DRAFT: ("ask", "count", "discard"),
    State.ASKED: ("ask", "count", "discard"),
    State.SENDING: ("pause", "stop"),
    State.PAUSED: ("resume", "stop"),
}


def _steps(request: Request, one: Send, release: Release | None, lo: int) -> list[tuple[str, PageAct]]:
    """Return what this viewer may do with it now."""
    if not request.viewer.may_at(CAPABILITY, lo):
        return []
    offered = OFFERED.get(one.state, ())
    if one.state == State.ASKED and release is not None:
        is_fresh = release.expires_at > clock.now()
        if release.state == Release.State.ASKED and is_fresh:
            offered = ("count", "discard")
        elif (
            release.state == Release.State.RELEASED and is_fresh and one.made_by == request.viewer.account_id
        ):
            offered = ("start", "ask", "count", "discard")
    if one.counting is not None:
        offered = ("discard",)
    return [(name, ACTS[name]) for name in offered]


@form_page
def send_step(request: Request, public_id: UUID, step: str) -> HttpResponseBase:
    """Take one step with a send: ask, start, pause, resume, stop or discard. Each asks once."""
    one = reads.send_for(request.viewer, public_id)
    page, label = reverse("messaging:send", args=[public_id]), or_refuse(ACTS.get(step)).label
    goes = say("%(n)s people get it.") % {"n": in_tens(one.n_asked)}
    return or_refuse(ACTS.get(step)).ask(
        request,
        known={"public_id": public_id, "by": request.actor, "at": clock.now()},
        text=[goes] if step == "start" else [],
        done=page if step != "discard" else reverse("messaging:sends"),
        back=page,
        here="messages",
        crumbs=[(_("Bulk sends"), reverse("messaging:sends")), (_name(one), page), (label, "")],
    )
