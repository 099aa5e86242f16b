"""List what members ask of an office today.

Somebody asks by law, members lack a place, calls came from shared phones, entries may be one person, or a second
person's yes is missing.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from abhiyan.core import clock
from abhiyan.core.scope import system
from abhiyan.core.words import local_person, name_in_language
from abhiyan.org import queries as org
from abhiyan.org.models import Release
from abhiyan.org.viewer import LATE_AT_DESKS, Viewer
from abhiyan.people import queries as people
from abhiyan.programmes import queries as programmes
from abhiyan.ui.numbers import grouped, grouped_to
from abhiyan.ui.owed import Beside, LateBelow, Owed, at_desks
from abhiyan.units import queries as units

from .actions import cards
from .forms import FilterForm
from .queries import awaiting
from .queries import doubles as queries_doubles
from .queries import partings as queries_partings
from .queries import people as queries_people
from .queries import tickets as queries_tickets
from .queries.join import SMALLEST, WORK_IN
from .rules.paper_forms import owed_on_paper

MOST = 1_000  # counted up to here; then "1,000 or more"


def member_todo(viewer: Viewer, *, at: datetime) -> Iterator[Owed | Beside | LateBelow]:
    """Yield first what many noes stopped, and how many deny one's own
    entries. The data officer also gets what people ask by law. Work that waits for an eye follows: both worklists,
    possible duplicates, sheets to enter. Each person gets what they may do something about; who leads the desks gets,
    of what others enter, what waits for more than a week."""
    yield from _halted(viewer, at)
    yield from _denied(viewer, at)
    yield from _tickets(viewer, at)
    if not viewer.may_any("enrolment.strike_off", "enrolment.place", "imports.paper"):
        return
    before = at - LATE_AT_DESKS if viewer.leads_desks else None
    until = f"?until={clock.day_in(settings.TIME_ZONE, before)}" if before else ""
    found = awaiting.waiting_counts(MOST, before=before)
    if not viewer.leads_desks and viewer.may(cards.PRINTING):
        yield from _cards(found.cards)
    if found.sheets and viewer.may("imports.paper"):
        yield from owed_on_paper(found.sheets, MOST, leaves=viewer.leads_desks)
    for work in _waiting(viewer, found, until):
        yield from at_desks(work, leaves=viewer.leads_desks, is_late=True)
    if found.unplaced and viewer.may("enrolment.place"):
        yield _unplaced(found.unplaced)


def _cards(n: int) -> Iterator[Owed]:
    """Yield the printed cards that n members of the viewer's units asked for."""
    if n:
        yield Owed(
            urgency=2,
            title=ngettext(
                "%(n)s member asked for a printed card", "%(n)s members asked for a printed card", n
            )
            % {"n": grouped_to(n, MOST)},
            meta=_("Print the cards, ten on a sheet, and hand them over."),
            href=reverse("enrolment:cards_to_print"),
            act=_("Print the cards"),
            icon="print",
            key="cards",
        )


def _waiting(viewer: Viewer, found: awaiting.AwaitingCounts, until: str) -> Iterator[Owed]:
    """Yield from what waits for an eye the part the viewer may act on.

    until: the address of a list names the day up to which it was counted.
    """
    nameless, pairs = found.nameless, found.pairs
    if pairs and viewer.may("enrolment.strike_off"):
        yield Owed(
            urgency=2,
            title=ngettext("%(n)s possible duplicate", "%(n)s possible duplicates", pairs)
            % {"n": grouped_to(pairs, MOST)},
            meta=_("Two entries that may be one person. Merge them, or say they are two."),
            href=reverse("enrolment:doubles"),
            act=_("Look"),
            icon="people",
            key="doubles",
        )
    if nameless and viewer.may("enrolment.place") and viewer.may("people.reveal"):  # it takes a call
        yield Owed(
            urgency=2,
            title=ngettext(
                "We don't know who made %(n)s call", "We don't know who made %(n)s calls", nameless
            )
            % {"n": grouped_to(nameless, MOST)},
            meta=_("Several people share the phone. Ask them who called, then choose."),
            href=reverse("enrolment:nameless") + until,
            act=_("Choose"),
            icon="phone",
            key="nameless",
        )


def _unplaced(n: int) -> Owed:
    """Return the row of members without a place. Often nobody below sees them, so every office gets it."""
    return Owed(
        urgency=2,
        title=ngettext("%(n)s member has no place yet", "%(n)s members have no place yet", n)
        % {"n": grouped_to(n, MOST)},
        meta=_("They joined without a village, ward or booth"),
        href=reverse("enrolment:unplaced"),
        act=_("Give a place"),
        icon="unit",
        key="unplaced",
    )


def _tickets(viewer: Viewer, at: datetime) -> Iterator[Owed | Beside]:
    """Yield people's requests by law that the data officer has not answered yet; and the way to what was answered."""
    if not viewer.may("org.approve"):
        return
    yield Beside(
        sheet=_("For the data officer"),
        title=_("Requests from members"),
        meta=_("Open ones, and those you have answered"),
        href=reverse("enrolment:tickets") + "?state=all",
    )
    n, overdue, due_at = queries_tickets.count_waiting_tickets(at)
    if n:
        yield Owed(
            urgency=0 if overdue else 2,
            title=ngettext("%(n)s request from a member", "%(n)s requests from members", n)
            % {"n": grouped_to(n, MOST)},
            meta=ngettext("%(n)s is overdue", "%(n)s are overdue", overdue) % {"n": grouped(overdue)}
            if overdue
            else _("The law sets a date for each answer"),
            href=reverse("enrolment:tickets"),
            act=_("Answer them"),
            icon="mail",
            due_at=due_at,
        )


def _halted(viewer: Viewer, at: datetime) -> Iterator[Owed | LateBelow]:
    """Yield lists and senders stopped below one's unit, and calls to leave that wait.

    A stop that an office nearer to it has left for long is late work. Data officers look at once.
    """
    if not viewer.may_any("enrolment.strike_off", "org.approve"):
        return
    stopped = queries_partings.halts()
    spans = units.all_spans(halt.unit_id for halt in stopped) if stopped else {}
    where = units.units_by_id([halt.unit_id for halt in stopped]) if viewer.leads_desks and stopped else {}
    top = org.top_unit() if stopped else None
    for halt in stopped:
        positions = [lo for lo, _hi in spans.get(halt.unit_id, [])]
        is_top = halt.unit_id == top
        if not viewer.may_at("org.approve", *positions) and not any(
            viewer.may_above("enrolment.strike_off", lo)
            or (is_top and viewer.may_at("enrolment.strike_off", lo))
            for lo in positions
        ):
            continue
        with system("what was stopped, for Today"):
            what = queries_partings.what(halt)
        work = Owed(
            urgency=0,
            title=_("Paused: %(what)s") % {"what": what},
            meta=queries_partings.how_many(halt),
            href=reverse("enrolment:halt", args=[halt.public_id]),
            act=_("Look"),
            icon="alert",
            key=f"halt-{halt.public_id}",
        )
        leaves = halt.unit_id in where and viewer.leaves_to_desks(where[halt.unit_id].kind)
        yield from at_desks(work, leaves=leaves, is_late=halt.at < at - LATE_AT_DESKS)


def _denied(viewer: Viewer, at: datetime) -> Iterator[Beside]:
    """Yield the data officer's way to the names; to others a count of their own entries, from five on and a day
    later."""
    if viewer.may("org.approve"):
        yield Beside(
            sheet=_("For the data officer"),
            title=_("Who says they never joined"),
            meta=_("Only data officers read the names."),
            href=reverse("enrolment:denials"),
        )
    if viewer.public_id is None or not viewer.may("enrolment.enrol"):
        return
    if not any(held.unit_kind in WORK_IN for held in viewer.appointments):
        return  # offices above lead the people who enter
    booth = next((held for held in viewer.appointments if held.unit_kind in SMALLEST), None)
    with system("how many deny an entry, as a count"):
        zone = settings.TIME_ZONE
        here: int | None = None
        if booth is None:
            own = queries_partings.counted_for_sender(viewer.public_id, at=at, zone=zone)
        else:
            own, here = queries_partings.counted_for_both(viewer.public_id, booth.unit_id, at=at, zone=zone)
    for n, title in (
        (own, _("At least %(n)s people you entered say they never joined")),
        (here, _("At least %(n)s people entered at your booth say they never joined")),
    ):
        if n is not None:
            yield Beside(
                sheet=_("Denied entries"),
                title=title % {"n": grouped(n)},
                meta=_("Enter only people who are there and say yes. Names are not shown."),
            )


def export_page(release: Release) -> str:
    """Return the page that exports an approved list of people."""
    filters = {key: str(value) for key, value in release.payload.items() if value}
    return f"{reverse('enrolment:people')}?{urlencode(filters)}"


def export_details(release: Release) -> list[str]:
    """Say how many people a list holds, how it is narrowed, and which columns leave with it."""
    n = release.payload.get("n")
    narrowed = _narrowed(release.payload)
    return [
        *([ngettext("%(n)s person.", "%(n)s people.", n) % {"n": grouped(n)}] if n is not None else []),
        _("Filter: %(filter)s.") % {"filter": " · ".join(narrowed)}
        if narrowed
        else _("No filter: all current members of the unit."),
        _("As member cards to print, of those whose phone has answered. There is no phone number on a card.")
        if release.payload.get("file") == "cards"
        else _(
            "Columns: name, member number, last four digits of the phone, unit, status, how and when they joined."
        ),
    ]


def _narrowed(payload: Mapping[str, Any]) -> list[str]:
    """Return the filters of a list, each as its label and what was chosen."""
    drive = str(payload.get("drive") or "")
    drives = [(drive, name_in_language(programmes.programme(UUID(drive)).names)), ("", "")] if drive else []
    fields = FilterForm(drives=drives).fields
    return [
        f"{field.label}: {dict(getattr(field, 'choices', ())).get(value, value)}"
        for name, field in fields.items()
        if name != "q" and (value := str(payload.get(name) or ""))
    ]


def merge_details(release: Release) -> list[str]:
    """Return the pairs of a request to merge, a line each, for the person who decides about it."""
    with system("which pairs somebody asks to merge"):
        found = people.doubles_called(release.payload["doubles"]).order_by("-score", "pk")
        pairs = queries_doubles.double_pairs(list(found))
    return [
        " = ".join(map(_entry, (pair.one, pair.other)))
        + f" ({grouped(pair.double.score)}%: {' · '.join(pair.why)})"
        for pair in pairs
    ]


def _entry(one: queries_people.Member) -> str:
    """Return one entry in a line: name, year of birth, last digits of the phone, place."""
    name, birth_year = local_person(one.name or "–"), str(one.birth_year or "–")
    return ", ".join((name, birth_year, f"•{one.last4}", one.unit_name()))


def merge_page(release: Release) -> str:
    """Return the page that merges approved pairs."""
    return reverse("enrolment:doubles_many", args=[release.public_id])
