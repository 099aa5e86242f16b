"""Say what the helpline asks of somebody today: requests their offices have to answer. A request that came up to an
office above the districts is late at a desk below."""

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from abhiyan.core.numbers import grouped
from abhiyan.core.scope import system
from abhiyan.org.viewer import Viewer
from abhiyan.people import queries as people
from abhiyan.ui.owed import Beside, LateBelow, Owed

from . import numbers, queries


def owed(viewer: Viewer, *, at: datetime) -> Iterator[Owed | Beside | LateBelow]:
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
