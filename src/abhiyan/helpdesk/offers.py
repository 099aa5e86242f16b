"""Offer pages that gather the requests to the helpline: at a desk, below a unit, by their number."""

from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from abhiyan.core import ages, small_cells
from abhiyan.core.actor import Actor
from abhiyan.core.numbers import grouped
from abhiyan.core.scope import system
from abhiyan.core.words import active_language
from abhiyan.org.here import unit_address
from abhiyan.org.viewer import Viewer
from abhiyan.people import queries as people
from abhiyan.ui.addresses import address_of
from abhiyan.ui.launch_day import Figure, Of
from abhiyan.ui.owed import Beside, LateBelow, Owed
from abhiyan.ui.reviewed import ReviewedPart, Subject
from abhiyan.ui.room_links import RoomLink, SearchHit
from abhiyan.units import queries as units
from abhiyan.units.queries import UnitRow

from . import numbers, queries
from .numbers import requests_worked
from .rules import tickets as rules
from .templatetags.times import took

DAYS = 90


def todo(viewer: Viewer, *, at: datetime) -> Iterator[Owed | Beside | LateBelow]:
    """Requests that wait at the viewer's desks; and the way to the list and the form for a call."""
    if not queries.may_answer(viewer):
        return
    page = reverse("helpdesk:tickets")
    yield Beside(
        sheet=_("Helpline"),
        title=_("Requests of your units"),
        meta=_("What people need, and what was answered"),
        href=page,
    )
    yield from _typists(viewer, at)
    desk_filter = queries.desks_of(viewer).own
    if viewer.leads_desks:
        waiting_requests, below = numbers.waiting_apart(desk_filter, at=at)
        if below.n:
            sentence = ngettext("%(n)s helpline request", "%(n)s helpline requests", below.n)
            yield LateBelow(sentence % {"n": below.figure}, f"{page}?show=mine")
    else:
        waiting_requests = numbers.count_waiting_requests(desk_filter, at=at)
    if waiting_requests.due_at is None:
        return
    if waiting_requests.overdue:
        meta = waiting_requests.overdue_words
    else:
        meta = _("The first answer is due %(when)s") % {
            "when": date_format(localtime(waiting_requests.due_at), "j F, H:i")
        }
    if waiting_requests.raised:
        meta += " · " + ngettext(
            "%(n)s passed up to you", "%(n)s passed up to you", waiting_requests.raised
        ) % {"n": grouped(waiting_requests.raised)}
    yield Owed(
        urgency=0 if waiting_requests.overdue else 2,
        title=ngettext(
            "%(n)s helpline request at your desk", "%(n)s helpline requests at your desk", waiting_requests.n
        )
        % {"n": waiting_requests.figure},
        meta=meta,
        href=f"{page}?show=mine",
        act=_("Answer"),
        icon="phone",
        due_at=waiting_requests.due_at,
        key="helpline",
    )


def _typists(viewer: Viewer, at: datetime) -> Iterator[Owed]:
    """Yield people who typed many requests for phones that never contacted us; offices around and above look at them.

    Above the districts these people are one row.
    """
    typist_counts = [(account, n) for account, n in queries.typists(at=at) if account != viewer.account_id]
    if not typist_counts:
        return
    with system("names of who typed"):
        names = people.names_of_accounts({account for account, _n in typist_counts})
    sentence = _("%(name)s typed %(n)s requests for phones that never contacted us")
    titles = [sentence % {"name": names.get(account, ""), "n": grouped(n)} for account, n in typist_counts]
    if viewer.leads_desks and len(typist_counts) > 1:
        many = _("%(people)s people typed %(n)s requests for phones that never contacted us")
        titles = [
            many
            % {"people": grouped(len(typist_counts)), "n": grouped(sum(n for _account, n in typist_counts))}
        ]
    for title in titles:
        yield Owed(
            urgency=1,
            title=title,
            meta=_("In the last 24 hours. Ask how the calls came."),
            href=reverse("helpdesk:tickets") + "?state=all&stranger=on",
            act=_("Look"),
            icon="flag",
        )


def unit_links(viewer: Viewer, unit: UnitRow, *, at: datetime) -> Iterator[RoomLink]:
    """Link a unit's page to the requests of its people, and say how many wait, for who answers there."""
    if unit.lo is None or unit.hi is None or not viewer.may_at(queries.ANSWER, unit.lo):
        return
    below = numbers.requests_below((unit.lo, unit.hi), at=at)
    sentence = _("No open request here or below")
    if below.n:
        words = ngettext("%(n)s request here and below", "%(n)s requests here and below", below.n)
        sentence = words % {"n": below.figure}
    if below.overdue:
        sentence += f", {below.overdue_words}"
    yield RoomLink(sentence, unit_address(address_of("helpdesk:tickets"), unit.code), icon="phone")


def search_hits(viewer: Viewer, *, by: Actor, text: str, at: datetime) -> Iterator[SearchHit]:
    """A request in the viewer's scope whose number this is; no word of it, and nobody's name. Opening it leaves a row
    in the trail."""
    number = rules.read_ticket_number(text)
    if not number or not queries.may_answer(viewer):
        return
    for ticket in queries.ticket_called(number):
        names = units.names_of_units([ticket.unit_id], language=active_language())
        yield SearchHit(
            heading=_("Requests to the helpline"),
            title=ticket.number,
            meta=" · ".join(
                [
                    str(ticket.get_kind_display()),
                    names.get(ticket.unit_id, ""),
                    str(ticket.get_state_display()),
                ]
            ),
            href=reverse("helpdesk:ticket", args=[ticket.pk]),
        )


def dossier_parts(subject: Subject, *, at: datetime) -> Iterator[ReviewedPart]:
    """Numbers of the requests at the unit's desk, and of what waits there and below.

    Somebody who does not see the people there reads what was solved up to the last closed day, in whole tens. Open
    requests are known only as of now, and a time moves with each answer: both would tell of one person.
    """
    if not subject.is_exact:
        until = small_cells.until(at, settings.TIME_ZONE)
        solved = numbers.desk_numbers(subject.unit_id, days=DAYS, at=at, until=until).solved
        lines = [(_("Solved at this desk"), small_cells.seen_count(solved, is_exact=False))]
        yield ReviewedPart(_("Helpline, last %(days)s days") % {"days": DAYS}, lines)
        return
    desk, below = (
        numbers.desk_numbers(subject.unit_id, days=DAYS, at=at),
        numbers.requests_below((subject.lo, subject.hi), at=at),
    )
    lines = [
        (_("Waiting at this desk"), grouped(desk.waiting)),
        (_("Overdue at this desk"), grouped(desk.overdue)),
        (_("Solved at this desk"), grouped(desk.solved)),
        (_("Waiting here and below"), below.figure),
        (_("Overdue here and below"), below.overdue_figure),
    ]
    if desk.median_h is not None:
        lines.append((_("Half were answered within"), took(desk.median_h)))
    yield ReviewedPart(_("Helpline, last %(days)s days") % {"days": DAYS}, lines)


def launch_parts(viewer: Viewer, of: Of) -> Iterator[Figure]:
    """Count the waiting and overdue requests at all desks of the unit and below, and say how old the oldest is.

    Nothing for a viewer who may not answer.
    """
    if not viewer.is_strong or not viewer.may(queries.ANSWER):
        return
    of_drive = Q(programme_id__in=of.programme_ids, unit_id__in=units.within(of.span))
    waiting_requests = numbers.count_waiting_requests(of_drive, at=of.at)
    notes = [waiting_requests.overdue_words] if waiting_requests.overdue else []
    if waiting_requests.opened_at is not None:
        notes.append(ages.oldest_words((of.at - waiting_requests.opened_at).total_seconds()))
    page = unit_address(reverse("helpdesk:tickets"), of.code, programme=of.public_id)
    yield Figure(
        _("Helpline"),
        waiting_requests.figure,
        note=", ".join(notes),
        kind="bad" if waiting_requests.overdue else "",
        href=page,
    )


work_done = requests_worked
