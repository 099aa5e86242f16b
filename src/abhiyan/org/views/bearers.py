"""Names of office-bearers on a page: whose sheet they open, whose name is left out, and the form that asks for the
reason."""

from collections.abc import Collection
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from abhiyan.core import clock, declared, limits
from abhiyan.org import queries
from abhiyan.org.viewer import NOBODY, Request, Viewer
from abhiyan.people.actions.reading import NamesEnough, read_bearers
from abhiyan.ui.addresses import address_of
from abhiyan.ui.bearers import REASON, BearersSeen
from abhiyan.ui.fields import NoteField

_APART = "names_apart"  # names of menus: how many this page leaves out, and shows
_NARROWED = "names_narrowed"  # A search on this page read the free names alone.
_REFUSED = "names_refused"


class NamesReasonForm(forms.Form):
    """The reader says what the names are for. The form is sent to the page that leaves them out."""

    names_reason = NoteField(
        label=_("What do you need the names for?"),
        min_length=5,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


def bearers_seen(
    request: HttpRequest, accounts: Collection[int] | None, named: Collection[int]
) -> BearersSeen:
    """Return which sheets a page opens and which names it leaves out. With a reason each name counts once; one query.

    accounts: all of the page, None of a menu or file; named: those whose names must be free or have a reason.
    """
    viewer: Viewer = getattr(request, "viewer", NOBODY)
    if accounts is None and viewer.scope.everything:
        return BearersSeen()
    at = clock.now()
    page = queries.names_of_page(viewer, {*(accounts or ()), *named}, on=clock.day_in(settings.TIME_ZONE, at))
    sheets = {account: address_of("pages:bearer", public_id) for account, public_id in page.led.items()}
    hidden = frozenset(named) - page.free
    n_shown = 0
    if hidden and _count(request, len(hidden)):
        hidden, n_shown = frozenset(), len(hidden)
    apart = request.__dict__.setdefault(_APART, [0, 0])
    if accounts is None:
        apart[0] += len(hidden)
        apart[1] += n_shown
        return BearersSeen(sheets, hidden)
    return BearersSeen(sheets, hidden, _note(request, viewer, len(hidden) + apart[0], n_shown + apart[1]))


def searched(request: Request, account: str) -> tuple[str, dict[str, Any]]:
    """The condition of SQL, with its parameters, of a search by name over all names in sight. account: a column."""
    return ("true", {}) if may_search_all(request) else queries.free_names(request.viewer, account)


def may_search_all(request: Request, *spans: tuple[int, int]) -> bool:
    """Return True if a search by name reads all names in these positions; without any, all names in sight.

    A search among names that are not all free wants the reason. It counts as one name, for an empty answer tells
    something too. Without the reason it reads the free names alone, and the page says so.
    """
    spans = spans or tuple(span for office in request.viewer.appointments for span in office.counts)
    if request.viewer.scope.everything or (spans and queries.are_names_free(request.viewer, *spans)):
        return True
    if _count(request, 1):
        return True
    request.__dict__[_NARROWED] = True
    return False


def _count(request: HttpRequest, n: int) -> bool:
    """Count names outside the reader's line, where the reader has said what they are for."""
    form = _form(request)
    if form is None or not form.is_valid() or _REFUSED in request.__dict__:
        return False
    by = request.actor  # type: ignore[attr-defined]  # people.visit.VisitRequest has it
    home = request.viewer.home  # type: ignore[attr-defined]  # org.viewer.Request has it
    try:
        read_bearers(
            by=by,
            unit_id=home.unit_id if home else None,
            n=n,
            reason=form.cleaned_data[REASON],
            at=clock.now(),
        )
    except NamesEnough as refused:
        request.__dict__[_REFUSED] = str(refused)
        return False
    return True


def _form(request: HttpRequest) -> NamesReasonForm | None:
    """The reason as it was sent, if one was."""
    sent: str | None = request.__dict__.get(REASON)
    return None if sent is None else NamesReasonForm({REASON: sent})


def _note(request: HttpRequest, viewer: Viewer, n: int, shown: int) -> str:
    narrowed = request.__dict__.get(_NARROWED, False)
    refused = request.__dict__.get(_REFUSED, "")
    if not viewer.is_strong or not (n or shown or narrowed or refused):
        return ""
    note_facts = {
        "n": n,
        "shown": shown,
        "narrowed": narrowed,
        "refused": refused,
        "form": _form(request) or NamesReasonForm(),
        "most": limits.allowed_by(declared.BEARER_NAMES, clock.now()),
    }
    return render_to_string("org/_names.html", note_facts, request)
