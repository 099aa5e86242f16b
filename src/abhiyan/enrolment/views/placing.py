"""Entries without a place, by what their people said of it: one booth for many, looked at first, taken back later."""

import hashlib
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django import forms
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_POST

from abhiyan.core import clock
from abhiyan.core.refusals import NotFound
from abhiyan.core.scope import system
from abhiyan.core.words import active_language, local_person, name_in_language
from abhiyan.enrolment.actions import placing
from abhiyan.enrolment.queries import people as queries_people
from abhiyan.enrolment.queries import placing as queries
from abhiyan.enrolment.queries.join import HOMES
from abhiyan.org.viewer import Request
from abhiyan.people.actions.reading import read_people
from abhiyan.ui.acts import act_page, form_page, say_when_done
from abhiyan.ui.lists import Column, Table, list_response
from abhiyan.ui.numbers import grouped
from abhiyan.units import queries as units
from abhiyan.units.rules.pins import read_pin

from .worklists import homes_of_pin

SAMPLE = 5  # names shown of a group before it is placed
UNDONE_WITHIN = timedelta(days=7)
FOUND = 20

COLUMNS: tuple[Column[queries.PlacingGroup], ...] = (
    Column("said", gettext_lazy("PIN code or place"), lambda row: row.said, is_name=True),
    Column("n", gettext_lazy("Entries"), lambda row: row.n, order=True, css="num"),
    Column("since", gettext_lazy("Oldest"), lambda row: row.since, order=True, css="nums"),
    Column("give", gettext_lazy("Choose a booth"), is_for_acts=True, css="end"),
)


@require_GET
def placing_groups(request: Request) -> HttpResponseBase:
    """Show groups of entries, the largest first; and the latest placings with their authors."""
    at = clock.now()
    caption = gettext_lazy("Entries without a place, by what people said")
    found = queries.groups()
    most = queries.MOST_GROUPS
    table = Table(request, COLUMNS, found[:most], name="unplaced", caption=caption, hidden=_left_out(found))
    placed = queries.placings(since=at - UNDONE_WITHIN)
    spans = units.all_spans({placed_entry.from_unit_id for placed_entry in placed})
    with system("who placed many at once, for whoever may undo it"):
        names = queries_people.senders([placed_entry.by for placed_entry in placed])
    context = {
        "here": "people",
        "crumbs": _crumbs((_("Many at once"), "")),
        "placed": [
            (
                placed_entry,
                "" if placed_entry.by == request.viewer.public_id else names.get(placed_entry.by, ""),
                request.viewer.may_at(
                    "enrolment.place", *(lo for lo, _hi in spans[placed_entry.from_unit_id])
                ),
            )
            for placed_entry in placed[: queries.MOST_PLACINGS]
        ],
        "more_placed": len(placed) > queries.MOST_PLACINGS,
        "at": at,
    }
    return list_response(request, "enrolment/placing_groups.html", table, context)


def _left_out(found: Sequence[queries.PlacingGroup]) -> str:
    """Say what a list of groups leaves out."""
    sentences = []
    if len(found) > queries.MOST_GROUPS:
        sentences.append(
            _("These are the %(n)s largest groups; smaller ones follow when these are placed.")
            % {"n": grouped(queries.MOST_GROUPS)}
        )
    if found and found[0].of >= queries.LOOKED_THROUGH:
        sentences.append(
            _("We looked through %(n)s entries; others follow when these are placed.")
            % {"n": grouped(queries.LOOKED_THROUGH)}
        )
    return " ".join(sentences)


class SeenForm(forms.Form):
    """The entries a preview showed, so that no other is placed unseen."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=64)


@form_page
def placing_place(request: Request, unit_id: int) -> HttpResponseBase:
    """Ask which booth a group belongs to. Then how many go there, with a sample of names; then it is done."""
    pin, place = request.GET.get("pin", "")[:6], request.GET.get("place", "")[: placing.LONGEST]
    if "\x00" in pin + place:
        raise NotFound
    rows = queries.waiting_entries(pin, place, unit_id, limit=placing.MOST_AT_ONCE)
    place_text = " ".join(filter(None, [pin, place]))
    groups = reverse("enrolment:placing_groups")
    if not rows:  # all of them have their place by now
        raise NotFound
    left = rows[0].of - len(rows)
    crumbs = _crumbs((_("Many at once"), groups), (place_text, ""))
    to = request.GET.get("to", "")[:64].replace("\x00", "")
    if not to:
        text = request.GET.get("q", "").replace("\x00", "").strip()[:100] or place_text
        context = {
            "here": "people",
            "crumbs": crumbs,
            "said": place_text,
            "n": rows[0].of,
            "at_once": len(rows) if left else 0,
            "text": text,
            "kept": [("pin", pin), ("place", place)],
            "choices": [
                (
                    row.name(),
                    _where(row),
                    request.path + "?" + _query(pin=pin, place=place, to=row.code),
                    n,
                )
                for row, n in _ordered(
                    _choices(request, text, unit_id),
                    queries.chosen_before(pin, place, unit_id),
                    is_asked="q" in request.GET,
                )
            ],
        }
        return render(request, "enrolment/placing_place.html", context)
    unit = units.unit(to)
    if unit.kind not in HOMES:
        raise NotFound
    read_people(by=request.actor, unit_id=unit_id, n=min(len(rows), SAMPLE), at=clock.now())
    names = ", ".join(local_person(row.name) if row.name else f"••• {row.last4}" for row in rows[:SAMPLE])
    about = {
        "n": grouped(len(rows)),
        "of": grouped(rows[0].of),
        "left": grouped(left),
        "unit": name_in_language(unit.names),
        "said": place_text,
        "names": names,
    }
    seen = request.POST.get("seen", "")
    return act_page(
        request,
        lambda _given: _place(request, seen, rows, pin, place, unit.pk),
        # entries not placed are shown again, with what they show now
        form=SeenForm(
            {"seen": _seen(rows)} if request.method == "POST" else None, initial={"seen": _seen(rows)}
        ),
        title=ngettext("Place %(n)s entry in %(unit)s?", "Place %(n)s entries in %(unit)s?", len(rows))
        % about,
        text=[
            *([_("%(n)s of %(of)s, the oldest first. Then come the next.") % about] if left else []),
            _("They said: %(said)s") % about,
            _("Among them: %(names)s") % about,
            _("They count there from their own day on. You can undo it for seven days."),
        ],
        button=ngettext("Place %(n)s entry", "Place %(n)s entries", len(rows)) % about,
        said=ngettext("%(n)s entry placed.", "%(n)s entries placed.", len(rows)) % about,
        done=lambda _placed: redirect(request.get_full_path() if left else groups),
        back=groups,
        here="people",
        crumbs=crumbs,
    )


@require_POST
def placing_undo(request: Request, public_id: UUID) -> HttpResponseBase:
    """Take one bulk placing back."""
    n = placing.undo_placing(placing=public_id, by=request.actor, at=clock.now())
    text = ngettext("%(n)s entry waits for a place again.", "%(n)s entries wait for a place again.", n)
    say_when_done(request, text % {"n": n})
    return redirect("enrolment:placing_groups")


def _place(
    request: Request, seen: str, rows: Sequence[queries.WaitingEntry], pin: str, place: str, unit_id: int
) -> None:
    if seen != _seen(rows):
        raise placing.GroupChanged
    placing.place_entries(
        claims=[row.claim for row in rows],
        pin=pin,
        place=place,
        unit_id=unit_id,
        by=request.actor,
        at=clock.now(),
    )


def _seen(rows: Sequence[queries.WaitingEntry]) -> str:
    return hashlib.sha256(b"".join(row.claim.bytes for row in rows)).hexdigest()


def _ordered(
    rows: Sequence[units.UnitRow], before: tuple[str, int] | None, *, is_asked: bool
) -> list[tuple[units.UnitRow, int]]:
    """Return the choices, each with how many of this group were placed there before.

    First the place most of them got, also where what they said finds nothing.
    """
    if before is None:
        return [(row, 0) for row in rows]
    code, n = before
    first = [row for row in rows if row.code == code]
    if not first and not is_asked:
        first = units.successors([code])
    return [*((row, n) for row in first), *((row, 0) for row in rows if row not in first)]


def _lies_in(inner: Sequence[tuple[int, int]], outer: Sequence[tuple[int, int]]) -> bool:
    return any(lo <= at < hi for at, _end in inner for lo, hi in outer)


def _choices(request: Request, text: str, of: int) -> list[units.UnitRow]:
    """Return places a PIN code may mean within the unit `of`, where the entries stand, or a text within one's
    own unit."""
    if pin := read_pin(text):
        rows = homes_of_pin(pin)
        spans = units.all_spans({of, *(row.id for row in rows)})
        return [row for row in rows if _lies_in(spans.get(row.id, ()), spans.get(of, ()))][:FOUND]
    home = request.viewer.home
    if home is None:
        return []
    within = (home.unit_id, home.hierarchy)
    return units.search_units(text, language=active_language(), within=within, kinds=HOMES, limit=FOUND)


def _where(row: units.UnitRow) -> str:
    """Tell units of one name apart: the code, and what it lies in below the state."""
    return ", ".join([row.code, *(name_in_language(names) for names in reversed(row.above[2:]))])


def _query(**asked: str) -> str:
    return urlencode({name: value for name, value in asked.items() if value})


def _crumbs(*more: tuple[str, str]) -> list[tuple[str, str]]:
    return [
        (_("People"), reverse("enrolment:people")),
        (_("Without a place"), reverse("enrolment:unplaced")),
        *more,
    ]
