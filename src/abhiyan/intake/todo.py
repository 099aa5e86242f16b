"""List what drives ask of somebody today: notices and numbers to look at, the link to share, phones to remind."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from abhiyan.core.actor import Actor
from abhiyan.core.refusals import NotFound
from abhiyan.core.scope import system
from abhiyan.core.words import local_person, name_in_language
from abhiyan.enrolment.actions.referrals import own_code
from abhiyan.enrolment.models import Drive
from abhiyan.enrolment.queries import drives as queries_drives
from abhiyan.enrolment.queries.join import SMALLEST, WORK_IN, OpenDrive, counting_drive_id
from abhiyan.enrolment.queries.people import join_number
from abhiyan.enrolment.rules import rolls
from abhiyan.enrolment.rules.rolls import ORGANISER_OFFICE
from abhiyan.messaging import queries as messaging
from abhiyan.org.here import unit_address
from abhiyan.org.models import Release
from abhiyan.org.viewer import HeldOffice, Viewer
from abhiyan.people import queries as people
from abhiyan.programmes import queries as programmes
from abhiyan.programmes.models import Programme
from abhiyan.ui.invitations import Invitation
from abhiyan.ui.numbers import grouped
from abhiyan.ui.owed import I_WAIT_FOR, Beside, Owed, Thing
from abhiyan.units import queries as units
from abhiyan.units.rules import levels

from .actions.notices import PUBLISH
from .audiences import UNANSWERED
from .queries import calls as queries_calls
from .queries.drive_work import DriveWork, owed_in_drive
from .queries.notices import drives_that_wait

TO_CALL = 5  # members named on Today of a booth
DESK = "helpdesk.answer"  # who answers the helpline, and neither enrols nor leads, recruits nobody
LEADING = ("enrolment.enrol", "tasks.ask")
INDEPENDENT = ("verification.check", "org.approve")  # who checks the drive recruits nobody for it
MOST = 1_000  # counted up to here; then "1,000 or more"


def drive_todo(viewer: Viewer, *, at: datetime) -> Iterator[Owed]:
    """Yield the drives where joining waits, then the numbers that a data officer looks at."""
    yield from _waits(viewer)
    yield from _new_numbers(viewer, at)


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
                href=reverse("intake:drive", args=[programme.public_id]) + "#numbers",
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
        href=reverse("intake:notice") + roll.of_notice if publishes else reverse("intake:join"),
        act=_("Write it") if publishes else _("See"),
        icon="alert",
    )


def of_drive(
    viewer: Viewer, held: HeldOffice, stand: programmes.MeasureStand, at: datetime
) -> Iterator[Thing]:
    """Yield for a drive in the unit of an office the link to share, phones that have not answered, and callers
    who have not joined. Viewers of the people see counts; names at a booth, of members who agreed to calls."""
    programme, drive = stand.programme, queries_drives.drive_for(stand.programme)
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
        address=str(settings.ORIGIN) + reverse("intake:join_drive", args=[drive.join_slug]) + query,
        poster=reverse("intake:drive_poster", args=[programme.public_id]) + query,
        own=reverse("intake:drive_link", args=[programme.public_id]) + own if may_enrol else "",
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
            href=reverse("intake:field_card", args=[one.public_id]),
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
        return _("See"), f"{reverse('intake:unanswered')}?{urlencode(asked)}", ()
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
    page = reverse("intake:drive_funnel", args=[stand.programme.public_id])
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
    return f"{reverse('intake:drive', args=[programme.public_id])}#{at}"
