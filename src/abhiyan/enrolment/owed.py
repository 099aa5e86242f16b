"""List what joining asks of somebody today, and the link to share.

Phones have not answered, callers have not joined, members lack a place, calls came from shared phones, or a
second person's yes is missing.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from abhiyan.core import clock
from abhiyan.core.actor import Actor
from abhiyan.core.refusals import NotFound
from abhiyan.core.scope import system
from abhiyan.core.words import local_person, name_in_language
from abhiyan.enrolment.rules.rolls import ORGANISER_OFFICE
from abhiyan.messaging import queries as messaging
from abhiyan.org import queries as org
from abhiyan.org.here import unit_address
from abhiyan.org.models import Release
from abhiyan.org.viewer import LATE_AT_DESKS, HeldOffice, Viewer
from abhiyan.people import queries as people
from abhiyan.programmes import queries as programmes
from abhiyan.programmes.models import Programme
from abhiyan.ui.invitations import Invitation
from abhiyan.ui.numbers import grouped, grouped_to
from abhiyan.ui.owed import I_WAIT_FOR, Beside, LateBelow, Owed, Thing, at_desks
from abhiyan.units import queries as units
from abhiyan.units.rules import levels

from .actions import cards
from .actions.notices import PUBLISH
from .actions.referrals import own_code
from .audiences import UNANSWERED
from .forms import FilterForm
from .models import Drive
from .queries import awaiting
from .queries import calls as queries_calls
from .queries import doubles as queries_doubles
from .queries import drive as queries_drive
from .queries import partings as queries_partings
from .queries import people as queries_people
from .queries import tickets as queries_tickets
from .queries.drive_work import DriveWork, owed_in_drive
from .queries.join import SMALLEST, WORK_IN, OpenDrive, counting_drive_id
from .queries.notices import drives_that_wait
from .queries.people import join_number
from .rules import rolls
from .rules.paper_forms import owed_on_paper

TO_CALL = 5  # members named on Today of a booth
DESK = "helpdesk.answer"  # who answers the helpline, and neither enrols nor leads, recruits nobody
LEADING = ("enrolment.enrol", "tasks.ask")
INDEPENDENT = ("verification.check", "org.approve")  # who checks the drive recruits nobody for it
MOST = 1_000  # counted up to here; then "1,000 or more"


def owed(viewer: Viewer, *, at: datetime) -> Iterator[Owed | Beside | LateBelow]:
    """Yield first the drives where joining waits. Then yield what many noes stopped, and how many deny one's own
    entries. The data officer also gets what people ask by law. Work that waits for an eye follows: both worklists,
    possible duplicates, sheets to enter. Each person gets what they may do something about; who leads the desks gets,
    of what others enter, what waits for more than a week."""
    yield from _waits(viewer)
    yield from _halted(viewer, at)
    yield from _denied(viewer, at)
    yield from _tickets(viewer, at)
    yield from _new_numbers(viewer, at)
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


def _new_numbers(viewer: Viewer, at: datetime) -> Iterator[Owed]:
    """Yield numbers just added: a data officer reads each with its adder, before their reports count."""
    if not viewer.may("org.approve"):
        return
    rows = [row for row in messaging.new_numbers(at=at) if row.programme_id is not None]
    with system("who added a number"):
        names = people.names_of_accounts({row.added_by for row in rows if row.added_by is not None})
    for row in rows:
        programme = programmes.programme_by_id(row.programme_id or 0)
        spans = units.all_spans([programme.owner_id]).get(programme.owner_id, [])
        if viewer.may_at("org.approve", *(lo for lo, _hi in spans)):
            yield Owed(
                urgency=2,
                title=_("New number: %(number)s") % {"number": row.number},
                meta=_("Added by %(who)s for %(drive)s. From %(day)s its calls and texts count.")
                % {
                    "who": local_person(names.get(row.added_by or 0, "")),
                    "drive": name_in_language(programme.names),
                    "day": date_format(timezone.localtime(row.believed_at), "j M"),
                },
                href=reverse("enrolment:drive", args=[programme.public_id]) + "#numbers",
                act=_("Look"),
                icon="phone",
            )


def _waits(viewer: Viewer) -> Iterator[Owed]:
    """Yield drives whose notice is another organisation's: for who may publish the next one, and for the
    administrator."""
    publishes = viewer.home is not None and viewer.may_at(PUBLISH, viewer.home.lo)
    if not (publishes or viewer.is_root):
        return
    if publishes:
        found = drives_that_wait()  # of the units in sight
    else:
        with system("drives with another organisation's notice"):
            found = drives_that_wait()
    if not found:
        return
    ours = settings.ORGANISATION or _("no name")
    said = {"name": ", ".join(one.name() for one in found), "other": found[0].other, "ours": ours}
    roll = rolls.of_notice(found[0].notice) or rolls.MEMBERS
    yield Owed(
        urgency=0,
        title=_("Nobody can join: %(name)s") % said,
        meta=_("The notice is by %(other)s; this website is %(ours)s. Publish the next notice.") % said
        if publishes
        else _(
            "The notice is by %(other)s; this website is %(ours)s. Set ABHIYAN_ORGANISATION right, or ask an office of "
            "nation or state to publish the next notice."
        )
        % said,
        href=reverse("enrolment:notice") + roll.of_notice if publishes else reverse("enrolment:join"),
        act=_("Write it") if publishes else _("See"),
        icon="alert",
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


def of_drive(
    viewer: Viewer, held: HeldOffice, stand: programmes.MeasureStand, at: datetime
) -> Iterator[Thing]:
    """Yield for a drive in the unit of an office the link to share, phones that have not answered, and callers
    who have not joined. Viewers of the people see counts; names at a booth, of members who agreed to calls."""
    programme, drive = stand.programme, queries_drive.drive_for(stand.programme)
    is_booth, may_enrol = held.unit_kind in SMALLEST, viewer.may_at("enrolment.enrol", held.lo)
    counting_id = counting_drive_id(OpenDrive(programme, drive), unit_id=held.unit_id, at=at)
    is_counted_here = counting_id == programme.pk
    is_desk = viewer.may(DESK) and not viewer.may_any(*LEADING)
    if is_counted_here and not is_desk and not viewer.may_any(*INDEPENDENT):
        yield _invitation(viewer, held, programme, drive, at=at)
    if may_enrol:
        organises = _organises(held, drive)
        enters = is_counted_here and (is_booth or organises)
        yield from owed_in_drive(DriveWork(viewer, held, programme, drive.roll.code, organises, enters, at))
    if not (stand.node.is_exact and viewer.may_at("people.read", held.lo)):
        return
    if (is_booth or viewer.may_at("people.reveal", held.lo)) and not _is_shown_above(programme):
        yield from _unanswered(viewer, held, stand, at, names=TO_CALL if is_booth else 0)
    if programme.owner_id == held.unit_id and viewer.may_at("programmes.run", held.lo):
        yield from _callers(held, stand, at)


def _is_shown_above(programme: Programme) -> bool:
    """Return True if the drive above shows the same members: its total includes the drives beneath it."""
    if programme.parent_id is None:
        return False
    return programmes.programme_by_id(programme.parent_id).state == Programme.State.OPEN


def _organises(held: HeldOffice, drive: Drive) -> bool:
    """Return True for an organiser of friends, in a programme of friends."""
    return held.office == ORGANISER_OFFICE and drive.roll.gives_way


def _invitation(
    viewer: Viewer, held: HeldOffice, programme: Programme, drive: Drive, *, at: datetime
) -> Invitation:
    """Return the link of a drive to share: of the viewer's unit, and their own where they may enter people.

    It is made when Today first shows it, so that who joins by it counts as invited by them.
    """
    may_enrol = viewer.may_at("enrolment.enrol", held.lo)
    asked = {"unit": held.unit_code}
    own = "?" + urlencode(asked)
    if may_enrol and viewer.public_id is not None:
        code = own_code(
            programme_id=programme.pk,
            unit_id=held.unit_id,
            by=Actor(kind="person", id=viewer.public_id, account_id=viewer.account_id),
            at=at,
        )
        asked = asked | {"by": code} if code else {}  # the unit is outside the programme's tree
    query = "?" + urlencode(asked) if asked else ""
    organises = held.office == ORGANISER_OFFICE
    return Invitation(
        name=name_in_language(programme.names),
        place=held.unit_name() if asked else "",
        address=str(settings.ORIGIN) + reverse("enrolment:join_drive", args=[drive.join_slug]) + query,
        poster=reverse("enrolment:drive_poster", args=[programme.public_id]) + query,
        own=reverse("enrolment:drive_link", args=[programme.public_id]) + own if may_enrol else "",
        by=viewer.name,
        minimum=drive.roll.minimum_age,
        is_own_work=drive.roll.gives_way == organises and not drive.roll.stands_beside,
    )


def _unanswered(
    viewer: Viewer, held: HeldOffice, stand: programmes.MeasureStand, at: datetime, *, names: int
) -> Iterator[Owed | Beside]:
    """Yield members whose phones have not answered: how many, and before it a few by name, each with a field card."""
    n = stand.ladder.unsigned
    if not n:
        return
    may_call = viewer.may_at("people.reveal", held.lo)
    number = join_number(stand.programme.pk)
    waits = (
        _("Written down on %(day)s, not counted yet. Ask them to call %(number)s.")
        if number
        else _("Written down on %(day)s, not counted yet.")
    )
    for one in (
        queries_calls.to_call(
            held.unit_id,
            programme_ids=stand.programme.counted_ids,
            by_account=viewer.account_id,
            at=at,
            most=names,
        )
        if names
        else ()
    ):
        yield Owed(
            urgency=1,
            title=local_person(one.name),
            meta=waits % {"day": date_format(one.day, "j F"), "number": number},
            href=reverse("enrolment:field_card", args=[one.public_id]),
            act=_("Call") if may_call else _("Tell them"),
            icon="phone" if may_call else "user",
            names_in=held.unit_id,
        )
    title = ngettext("%(n)s person: phone not answered yet", "%(n)s people: phone not answered yet", n)
    title %= {"n": grouped(n)}
    meta = f"{name_in_language(stand.programme.names)} · " + (
        _("They count after their missed call to %(number)s.") % {"number": number}
        if number
        else _("They count once their own phone answers.")
    )
    act, href, also = _way_to_them(viewer, held, stand.programme, number)
    if not act:
        yield Beside(sheet=I_WAIT_FOR, title=title, meta=meta, href=href)
        return
    yield Owed(
        urgency=2,
        title=title,
        meta=meta,
        href=href,
        act=act,
        icon="people",
        also=also,
        key=f"unsigned-{stand.programme.pk}",
    )


def _way_to_them(
    viewer: Viewer, held: HeldOffice, programme: Programme, number: str
) -> tuple[str, str, Sequence[tuple[str, str]]]:
    """Return the act of an office for these members, its address, and other ways to look at them.

    Offices where people enter others themselves get the list to visit them by. Senders in bulk get a send of the
    number. Others can only wait: they get no act, and the list of people.
    """
    place = {"unit": held.unit_code, "in": levels.SLUGS[held.hierarchy]}
    asked = place | {"drive": str(programme.public_id)}
    if held.unit_kind in WORK_IN and viewer.may_at("enrolment.enrol", held.lo):
        return _("See"), f"{reverse('enrolment:unanswered')}?{urlencode(asked)}", ()
    people_page = f"{reverse('enrolment:people')}?{urlencode(asked | {'rung': 'unsigned'})}"
    if not (number and viewer.may_at("messages.send", held.lo)):
        return "", people_page, ()
    send = place | {"audience": f"{UNANSWERED.code}:{programme.pk}"}
    counts = reverse("programmes:counts", args=[programme.public_id])
    by_channel = f"{counts}?{urlencode(place | {'rung': 'unsigned', 'by': 'channel'})}"
    also = [(_("List"), people_page), (_("By channel"), by_channel)]
    return _("Send them the number"), f"{reverse('messaging:send_new')}?{urlencode(send)}", also


def _callers(held: HeldOffice, stand: programmes.MeasureStand, at: datetime) -> Iterator[Beside]:
    """Yield callers who stopped half-way: they have no place yet, and count in the unit that owns the drive."""
    callers = programmes.ask_callers_without_place(node=stand.node, programme=stand.programme, at=at)()
    if callers is None or not callers.n:
        return
    page = reverse("enrolment:drive_funnel", args=[stand.programme.public_id])
    yield Beside(
        sheet=I_WAIT_FOR,
        title=ngettext("%(n)s caller has not joined yet", "%(n)s callers have not joined yet", callers.n)
        % {"n": grouped(callers.n)},
        meta=f"{name_in_language(stand.programme.names)} · "
        + _("They called, but did not fill in our form."),
        href=unit_address(page, held.unit_code, held.hierarchy),
    )


def token_page(release: Release) -> str:
    """Return the page that makes an approved token."""
    return _drive_page(release, "tokens")


def number_page(release: Release) -> str:
    """Return the page that adds an approved number."""
    return _drive_page(release, "numbers")


def _drive_page(release: Release, at: str) -> str:
    try:
        programme = programmes.programme_by_id(int(release.payload["programme_id"]))
    except NotFound:  # its draft was thrown away meanwhile
        return reverse("org:releases")
    return f"{reverse('enrolment:drive', args=[programme.public_id])}#{at}"


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
