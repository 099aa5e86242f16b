"""Circulars: those to me and of mine, a new one, and one with its text and who has read it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from abhiyan.core import clock, rooms
from abhiyan.core.numbers import grouped
from abhiyan.core.refusals import or_refuse
from abhiyan.core.titles import title_contains
from abhiyan.core.words import active_language, name_in_language
from abhiyan.messaging import actions
from abhiyan.messaging import circulars as reads
from abhiyan.messaging.forms import CircularForm, FindForm
from abhiyan.messaging.models import Circular, Reading
from abhiyan.org import queries as org
from abhiyan.org.here import page_unit
from abhiyan.org.viewer import Request
from abhiyan.ui.acts import PageAct, form_page, tried
from abhiyan.ui.lists import Column, Table, list_response
from abhiyan.units import queries as units

CAPABILITY = "messages.circular"


@dataclass(frozen=True, slots=True)
class CircularRow:
    """A circular in the list. own: its reader's own reading, if it went to them."""

    one: Circular
    sender: str
    own: Reading | None

    @property
    def read_at(self) -> datetime | None:
        return self.own.read_at if self.own else None


COLUMNS: tuple[Column[CircularRow], ...] = (
    Column("made", _("Date"), lambda row: row.one.made_at, order="made_at", css="nums under"),
    Column("subject", _("Subject"), lambda row: row.one.title, order="typed_title", is_name=True),
    Column("number", _("Number"), lambda row: row.one.number, order="number"),
    Column("sender", _("Sender"), lambda row: row.sender, css="under"),
    Column("read", _("Read on"), lambda row: row.read_at, css="nums end"),
)
SHARES: tuple[Column[reads.Share], ...] = (
    Column("unit", _("Unit"), lambda row: name_in_language(row.names), is_name=True),
    Column("sent", _("Went to"), lambda row: row.n, css="num", order=True),
    Column("read", _("Have read it"), lambda row: row.read, css="num", order=True),
    Column("left", _("Not yet"), lambda row: row.left, css="num", order=True),
)


@require_GET
def circulars_page(request: Request) -> HttpResponseBase:
    """Circulars to the viewer, of theirs, and to people in their units; the newest first."""
    account_id = request.viewer.account_id

    def rows(found: list[Circular]) -> list[CircularRow]:
        readings = reads.readings_of(account_id, found)
        senders = units.names_of_units({one.unit_id for one in found}, language=active_language())
        return [CircularRow(one, senders.get(one.unit_id, ""), readings.get(one.pk)) for one in found]

    find = FindForm(request.GET)
    table = Table(
        request,
        COLUMNS,
        reads.circulars(request.viewer).filter(title_contains(find.wanted)),
        name="circulars",
        caption=_("Circulars"),
        sort="-made",
        finish=rows,
        is_brief=True,
    )
    context = {
        "here": "circulars",
        "may_send": request.viewer.may(CAPABILITY),
        "find": find,
        "crumbs": [(_("Circulars"), "")],
    }
    return list_response(request, "messaging/circular_list.html", table, context)


@form_page
def circular_new(request: Request) -> HttpResponseBase:
    """Write a circular from one's office to the offices below. `?draft=`: one that a room offers."""
    here = page_unit(request)
    desk = or_refuse(
        request.viewer.office_over(CAPABILITY, here.span[0]), org.NotYours(capability=CAPABILITY)
    )
    at = clock.now()
    today = clock.day_in(settings.TIME_ZONE, at)
    reached = reads.circular_reach(here.span, here.hierarchy, on=today, by=request.viewer.account_id or 0)
    draft = request.GET.get("draft", "")[:100]
    form = CircularForm(
        request.POST or None,
        initial=next(
            (
                draft_values
                for read_draft in rooms.offered("circular_draft")
                if (draft_values := read_draft(request.viewer, draft, here, at=at))
            ),
            {},
        ),
        offices=[
            (code, f"{name} ({grouped(reached[code])})")
            for code, name in (
                ("", _("Every office here and below")),
                *((office.code, name_in_language(office.names)) for office in org.offices_used()),
            )
            if reached.get(code)
        ],
    )
    done = tried(
        request,
        form,
        lambda given: actions.send_circular(
            unit_id=here.unit.id, hierarchy=here.hierarchy, by=request.actor, at=clock.now(), **given
        ),
        said=_("The circular is sent. Everybody it is for gets a message with the link."),
    )
    if done.value:
        return redirect("messaging:circular", public_id=done.value)
    context = {
        "here": "circulars",
        "page_unit": here,
        "sender": desk.unit_name(active_language()),
        "form": form,
        "reached": reached.get("", 0),
        "crumbs": [(_("Circulars"), reverse("messaging:circulars")), (_("New circular"), "")],
    }
    return render(request, "messaging/circular_new.html", context, status=done.status)


@require_GET
def circular(request: Request, public_id: UUID) -> HttpResponseBase:
    """One circular. Opened by somebody it went to, it counts as read. A viewer of their people sees who read it."""
    one = reads.circular_for(request.viewer, public_id)
    reading = reads.own_reading(one, request.viewer.account_id)
    if reading is not None and reading.read_at is None and one.ended_at is None:
        actions.note_read(public_id=public_id, by=request.actor, at=clock.now())
        reading = reads.own_reading(one, request.viewer.account_id)
    context: dict[str, Any] = {
        "here": "circulars",
        "circular": one,
        "sender": units.names_of_units([one.unit_id], language=active_language()).get(one.unit_id, ""),
        "own": reading,
        "may_act": org.decides(request.viewer, CAPABILITY, at=one.unit_id),
        "crumbs": [(_("Circulars"), reverse("messaging:circulars")), (one.title, "")],
    }
    home = request.viewer.home
    start = one.unit_id if context["may_act"] or home is None else home.unit_id
    here = page_unit(request, hierarchy=one.hierarchy, otherwise=lambda: start)
    rows = reads.shares_below(one, here.unit.id) if request.viewer.sees_people_at(here.span[0]) else []
    table = Table(request, SHARES, rows, name="circular", caption=_("Who has read it"), is_numbered=False)
    if rows:
        only_unread = request.GET.get("show") == "unread"
        people = reads.readers(one, here.span, only_unread=only_unread)
        n, read = sum(row.n for row in rows), sum(row.read for row in rows)
        context |= {
            "about": here,
            "n": n,
            "read": read,
            "share_pct": round(100 * read / n),
            "only_unread": only_unread,
            "readers": [
                (
                    reader,
                    name_in_language(reader.office_names),
                    name_in_language(reader.unit_names),
                    reader.read_at,
                )
                for reader in people
            ],
            "is_cut": len(people) == reads.MOST_READERS,
        }
    return list_response(request, "messaging/circular.html", table, context)


ACTS = {
    "remind": PageAct(
        actions.remind_readers,
        _("Reminder sent."),
        label=_("Send the reminder"),
        title=_("Remind everybody who has not read it?"),
        text=(
            _("They get one more message with the link. Each person is reminded at most once in 24 hours."),
        ),
    ),
    "withdraw": PageAct(
        actions.withdraw_circular,
        _("Withdrawn."),
        label=_("Withdraw it"),
        title=_("Withdraw this circular?"),
        text=(_("Its text then says that it was withdrawn. This cannot be taken back."),),
        is_danger=True,
    ),
}


@form_page
def circular_step(request: Request, public_id: UUID, step: str) -> HttpResponseBase:
    """Remind the people who have not read it, or withdraw it. Each asks once."""
    one, page = reads.circular_for(request.viewer, public_id), reverse("messaging:circular", args=[public_id])
    n = one.recipients
    went = ngettext("It went to %(n)s person.", "It went to %(n)s people.", n) % {"n": n}
    return or_refuse(ACTS.get(step)).ask(
        request,
        known={"public_id": public_id, "by": request.actor, "at": clock.now()},
        text=[went] if step == "withdraw" else [],
        done=page,
        here="messages",
        crumbs=[
            (_("Circulars"), reverse("messaging:circulars")),
            (one.title, page),
            (or_refuse(ACTS.get(step)).label, ""),
        ],
    )
