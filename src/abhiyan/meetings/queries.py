"""Reads of meetings: those in the viewer's sight, people that an invitation reaches, and answers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import F, QuerySet, Value
from django.utils.translation import gettext as _

from abhiyan.core import clock, sql
from abhiyan.core.numbers import grouped
from abhiyan.core.refusals import or_refuse
from abhiyan.core.scope import system
from abhiyan.core.words import name_in_language
from abhiyan.messaging import queries as messaging
from abhiyan.org import queries as org
from abhiyan.org.rules.capabilities import LEADS
from abhiyan.org.viewer import Viewer
from abhiyan.people import queries as people
from abhiyan.people.models import Phone
from abhiyan.programmes import queries as programmes
from abhiyan.programmes.models import Programme
from abhiyan.programmes.queries.holders import holders_by_account
from abhiyan.ui.ladder import LadderShown
from abhiyan.units import queries as units
from abhiyan.work.models import Due, Schedule, Task
from abhiyan.work.queries.prepared import prepared_in
from abhiyan.work.queries.tasks import TaskCandidate, task_candidates
from abhiyan.work.rules.prepared import PreparedLine
from abhiyan.work.rules.tasks import OPEN

from .models import CountBeside, Invitee, Meeting
from .queries_lists import names_on_list, send_for_door
from .rules import days
from .rules.attendance import COMING, INVITED, KIND, MEANINGS, MESSAGED, PHONES, WORDS, reported

# Appointments `ap` in a unit and below that are held on a day: units `p`, offices `o`, accounts `a`.
HOLDERS = """from units_placement p join org_appointment ap on ap.unit_id = p.unit_id
 join org_office o on o.id = ap.office_id join people_account a on a.id = ap.account_id and a.closed_at is null
 where p.hierarchy = %(tree)s and p.valid_to is null and p.lo >= %(lo)s and p.lo < %(hi)s
 and ap.state = 'active' and ap.starts_on <= %(day)s and (ap.ends_on is null or ap.ends_on >= %(day)s)"""
MOST_NAMED = 200  # people named in the preview
MOST_COUNTS = 20  # numbers of one meeting that do not stand, on its page


@dataclass(frozen=True, slots=True)
class Inviting:
    """People to invite below a unit: holders of offices (codes), of seats in bodies (ids), and of phones (ids)."""

    offices: tuple[str, ...] = ()
    bodies: tuple[int, ...] = ()
    phones: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class InvitedPerson:
    """Somebody an invitation reaches, by their highest office among those chosen."""

    account_id: int
    name: str
    office_names: dict[str, str]
    body_names: dict[str, str]
    unit_names: dict[str, str]

    @property
    def title(self) -> str:
        return name_in_language(org.office_titles(self.office_names, self.body_names))


# An invitee `i` of a meeting `m` holds on its day the office by which they are invited. The sums keep the planner on
# the index of accounts: by unit and office, 40,000 invitees of one office took over a minute.
HOLDS = """exists (select from org_appointment ap where ap.account_id = i.account_id and ap.unit_id + 0 = i.unit_id
 and ap.office_id + 0 = (select h.id from org_office h where h.code = i.office)
 and ap.state in ('active', 'ended') and ap.starts_on <= m.first_on
 and (ap.ends_on is null or ap.ends_on >= m.first_on))"""
# Each person once, for the highest of their offices that was chosen.
CHOSEN = f"""select distinct on (ap.account_id) ap.account_id, a.phone_id, a.name, ap.unit_id, o.code as office,
 o.names as office_names, coalesce((select b.names from org_body b where b.id = ap.body_id), '{{}}') as body_names,
 p.depth, o.rank {HOLDERS}
 and (o.code = any(%(offices)s) or ap.body_id = any(%(bodies)s::int[]) or a.phone_id = any(%(phones)s::uuid[]))
 order by ap.account_id, p.depth, o.rank"""


def chosen_parameters(inviting: Inviting, *, unit_id: int, hierarchy: int, on: date) -> dict[str, Any]:
    """Parameters of CHOSEN. on: the day of the meeting, on which they must hold the office."""
    lo, hi = units.span(unit_id, hierarchy)
    return {
        "lo": lo,
        "hi": hi,
        "tree": hierarchy,
        "day": on,
        "offices": list(inviting.offices),
        "bodies": list(inviting.bodies),
        "phones": list(inviting.phones),
    }


def chosen_in(unit_id: int, *, hierarchy: int, on: date) -> dict[str, Any]:
    """Parameters of CHOSEN for everybody who holds an office in a unit itself."""
    every = tuple(office.code for office in org.offices_used())
    people_chosen = chosen_parameters(Inviting(every), unit_id=unit_id, hierarchy=hierarchy, on=on)
    return people_chosen | {"hi": people_chosen["lo"] + 1}


def check_in_list_of(schedule: Schedule, *, unit_id: int, begins_on: date) -> UUID | None:
    """The public id of a due's check-in list, if it was opened. In the viewer's scope."""
    meetings = Meeting.objects.filter(due__schedule=schedule, due__unit_id=unit_id, due__begins_on=begins_on)
    return meetings.values_list("public_id", flat=True).first()


def holders_by_office(*, unit_id: int, hierarchy: int, on: date) -> dict[str, int]:
    """Count the people who hold an office in a unit and below, by its code: the highest level and rank first."""
    people_chosen = chosen_parameters(Inviting(), unit_id=unit_id, hierarchy=hierarchy, on=on)
    with system("how many an office would invite"):
        order = "group by 1 order by min(p.depth), min(o.rank), 1"
        return dict(
            sql.rows(f"select o.code, count(distinct ap.account_id) {HOLDERS} {order}", people_chosen)
        )


def count_chosen(given: dict[str, Any]) -> int:
    """Count the people an invitation reaches, in one statement past the scope in force."""
    with system("how many an invitation reaches"):
        return int(sql.value(f"select count(*) from ({CHOSEN}) s", given))


def name_chosen(given: dict[str, Any]) -> list[InvitedPerson]:
    """Return the people an invitation reaches below the calling unit, MOST_NAMED at most, the highest first."""
    with system("whom an invitation reaches"):
        return sql.each(
            InvitedPerson,
            f"""select s.account_id, s.name, s.office_names, s.body_names, u.names from ({CHOSEN}) s
            join units_unit u on u.id = s.unit_id order by s.depth, s.rank, u.code, s.account_id
            limit {MOST_NAMED}""",
            given,
        )


def phones_without_office(given: dict[str, Any]) -> set[UUID]:
    """The phones of a list that nobody in an office below the unit has."""
    with system("whom a list means"):
        phone_ids = sql.column(
            f"select distinct a.phone_id {HOLDERS} and a.phone_id = any(%(phones)s::uuid[])", given
        )
    return set(given["phones"]) - set(phone_ids)


def meetings_for(viewer: Viewer) -> QuerySet[Meeting]:
    """Meetings that somebody is invited to or leads, and visits they are on; to be ordered and paged."""
    meetings = Meeting.objects.select_related("unit")
    return meetings if viewer.is_signed_in else meetings.none()


def meeting_for(viewer: Viewer, public_id: UUID) -> Meeting:
    """One meeting in the viewer's sight, or NotFound."""
    return or_refuse(meetings_for(viewer).filter(public_id=public_id).first())


def manages_meeting(viewer: Viewer, meeting: Meeting) -> bool:
    """Return True if the viewer manages a meeting: they lead its unit, or called the visit."""
    lo, _hi = units.span(meeting.unit_id, meeting.hierarchy)
    is_mine = meeting.kind == Meeting.Kind.MEETING or meeting.called_by == viewer.account_id
    return is_mine and viewer.may_at(LEADS, lo)


def own_invitation(meeting: Meeting, account_id: int | None) -> Invitee | None:
    """Somebody's own invitation. In their scope."""
    return Invitee.objects.filter(meeting=meeting, account_id=account_id or 0).first()


def own_answers(account_id: int | None, meetings: Iterable[Meeting]) -> dict[int, Invitee]:
    """Somebody's own invitations to meetings, by the meetings' keys."""
    rows = Invitee.objects.filter(account_id=account_id or 0, meeting__in=list(meetings))
    return {invitee.meeting_id: invitee for invitee in rows}


@dataclass(frozen=True, slots=True)
class InvitedOffice:
    """Invited holders of an office in numbers, with their answers.

    silent: who may still answer. The others without an answer were ticked, or their office ends before the day.
    """

    office_names: dict[str, str]
    n: int
    yes: int
    no: int
    silent: int
    came: int


def by_office(meeting: Meeting) -> list[InvitedOffice]:
    """The invitees of a meeting by office, senior first; numbers alone. For readers of the meeting."""
    with system("answers by office"):
        return sql.each(
            InvitedOffice,
            "select o.names, count(*)::int, count(*) filter (where i.answer = 'yes')::int,"
            " count(*) filter (where i.answer = 'no')::int,"
            f" count(*) filter (where i.answer = '' and i.came_at is null and {HOLDS})::int,"
            " count(i.came_at)::int from meetings_invitee i"
            " join meetings_meeting m on m.id = i.meeting_id join org_office o on o.code = i.office"
            " left join units_placement p on p.unit_id = i.unit_id and p.hierarchy = %s and p.valid_to is null"
            " where i.meeting_id = %s group by o.id order by min(p.depth), o.rank, o.code",
            [meeting.hierarchy, meeting.pk],
        )


def offices_invited(meeting: Meeting) -> list[str]:
    """Codes of the offices by which people were invited."""
    with system("offices that were invited"):
        return list(
            meeting.invitees.filter(stands_for=None)
            .exclude(office="")
            .values_list("office", flat=True)
            .distinct()
        )


@dataclass(frozen=True, slots=True)
class NamedInvitee:
    """An invitee with name, office and unit, for who manages the meeting."""

    one: Invitee
    name: str
    office: str
    unit: str
    has_left: bool = False  # the office, before the day of the meeting

    @property
    def answer(self) -> str:
        """Their answer. Without one, an office that ends before the day is named instead."""
        if self.has_left and not self.one.answer:
            return _("Office ends before the day")
        return str(self.one.get_answer_display())

    @property
    def said(self) -> str:
        """The reason why they can't come; a substitute is named as one."""
        return _("Substitute") if self.one.stands_for_id else self.one.reason


def invitees(meeting: Meeting, *, text: str = "") -> QuerySet[Invitee]:
    """The invitees of a meeting; text: part of a name. In a scope that sees them."""
    found = Invitee.objects.filter(meeting=meeting).select_related("unit", "stands_for")
    return found.filter(account_id__in=people.accounts_called(text)) if text.strip() else found


def people_on(meeting: Meeting) -> Sequence[NamedInvitee]:
    """Everybody on a visit, by name. For readers of the visit."""
    with system("the people on a visit"):
        return named_invitees(list(invitees(meeting).order_by("pk")))


def named_invitees(rows: Sequence[Invitee]) -> list[NamedInvitee]:
    """The same with names, offices and units, all of one meeting. For its managers and people on the visit.

    People of an invited list have a name where the viewer sees that list; else the end of their number.
    """
    nameless = {row.phone_id for row in rows if row.account_id is None}
    on_list = names_on_list(send_for_door(rows[0].meeting), nameless) if nameless else {}
    with system("names of invitees"):
        names = people.names_of_accounts(
            invitee.account_id for invitee in rows if invitee.account_id is not None
        )
        phones = people.phones(invitee.phone_id for invitee in rows if invitee.account_id is None)
        left = sql.column(
            "select i.id from meetings_invitee i join meetings_meeting m on m.id = i.meeting_id"
            f" where i.id = any(%s) and i.account_id is not null and not {HOLDS}",
            [[invitee.pk for invitee in rows]],
        )
    offices = {office.code: name_in_language(office.names) for office in org.offices_used()}
    return [
        NamedInvitee(
            invitee,
            names.get(invitee.account_id, "")
            if invitee.account_id is not None
            else on_list.get(invitee.phone_id) or _ended(phones.get(invitee.phone_id)),
            offices.get(invitee.office, ""),
            name_in_language(invitee.unit.names),
            has_left=invitee.pk in left,
        )
        for invitee in rows
    ]


def _ended(phone: Phone | None) -> str:
    """Name somebody of an invited list by the end of their number, as the organiser typed it."""
    return (
        _("Number ending in %(last4)s") % {"last4": phone.last4} if phone else _("A number that was erased")
    )


def counting_programmes(unit_id: int, on: date) -> list[Programme]:
    """The programmes that may count who comes to a meeting of a unit on a day."""
    with system("what counts who comes"):
        return [
            programme for programme in programmes.programmes_running(unit_id, on) if programme.kind == KIND
        ]


def counting_due(due: Due, on: date) -> Programme | None:
    """The programme that counts who comes to a meeting that was asked for: that of its schedule, else the first."""
    running = counting_programmes(due.unit_id, on)
    its_own = [programme for programme in running if programme.pk == due.schedule.programme_id]
    return next(iter([*its_own, *running]), None)


@dataclass(frozen=True, slots=True)
class Substitute:
    """Somebody of an invitee's own unit who may come instead."""

    appointment_id: UUID
    account_id: int
    phone_id: UUID
    name: str
    office: str
    office_names: dict[str, str]


def substitutes(invitee: Invitee, *, on: date) -> list[Substitute]:
    """Return who may come instead of an invitee: others in an office of their unit on the day; MOST_NAMED at most."""
    with system("who may come instead"):
        return sql.each(
            Substitute,
            f"""select distinct on (ap.account_id) ap.public_id, ap.account_id, a.phone_id, a.name, o.code, o.names
            from org_appointment ap join org_office o on o.id = ap.office_id
            join people_account a on a.id = ap.account_id and a.closed_at is null
            where ap.unit_id = %(unit)s and ap.account_id <> %(own)s and ap.state = 'active'
              and ap.starts_on <= %(on)s and (ap.ends_on is null or ap.ends_on >= %(on)s)
            order by ap.account_id, o.rank limit {MOST_NAMED}""",
            {"unit": invitee.unit_id, "own": invitee.account_id, "on": on},
        )


@dataclass(frozen=True, slots=True)
class WhoCame:
    """Attendance as rungs, and the numbers invited and coming. They are no target: others come too.

    invited: by office. messages: invitations that left by message. by_phone: how many of the counted were ticked by
    phone number, after a bulk send invited them.
    """

    invited: int
    coming: int
    by_phone: int
    has_begun: bool
    drawn: LadderShown
    messages: int = 0

    def said(self) -> str:
        """Say the attendance in one sentence: who confirmed it, what was seen, what is reported, who was invited.

        Before the meeting begins it says who is coming.
        """
        invited = [(INVITED, self.invited), (MESSAGED, self.messages)]
        some = tuple(label_and_n for label_and_n in invited if label_and_n[1])
        if not self.has_begun:
            coming_part = (
                ((COMING, self.coming),) if self.invited else ()
            )  # Messages ask nobody whether they come.
            return ", ".join(str(words) % {"n": grouped(n)} for words, n in (*some, *coming_part))
        by_name = (self.drawn.counted or 0) - self.by_phone
        also = ((PHONES, self.by_phone),) if self.by_phone else ()
        confirmed = self.drawn.confirmed or None  # Nobody has answered before the day after.
        reported = self.drawn.reported or 0
        return WORDS.sentence(seen=by_name, also=also, reported=reported, confirmed=confirmed, more=some)


def attendance(meeting: Meeting, *, at: datetime) -> WhoCame:
    """Return who came to a meeting. Numbers alone. For readers of the meeting."""
    with system("how many came"):
        invited, coming, ticks, came, by_phone, confirmed = sql.row(
            "select count(account_id), count(*) filter (where answer = 'yes'), coalesce(sum(ticks), 0), count(came_at),"
            " count(came_at) filter (where account_id is null and not is_by_name), count(confirmed_at)"
            " from meetings_invitee where meeting_id = %s",
            [meeting.pk],
        )
        send = messaging.send_of(meeting.roll)
        messages = messaging.became_of(send)[0] if send else 0
    drawn = LadderShown(
        name=_("Who came"),
        reported=reported(meeting.total, ticks),
        counted=came,
        confirmed=confirmed,
        definitions=MEANINGS,
        short=_("An estimate needs a round of checks."),
    )
    has_begun = days.has_begun(meeting.first_on, meeting.starts, settings.TIME_ZONE, at=at)
    return WhoCame(invited, coming, by_phone, has_begun and meeting.cancelled_at is None, drawn, messages)


@dataclass(frozen=True, slots=True)
class CountGiven:
    """A number of people who came, with who gave it and when. A number of former times may lack both."""

    n: int
    walk_ins: int | None
    by: str
    at: datetime | None


def counts_given(meeting: Meeting) -> list[CountGiven]:
    """Return the numbers that leaders gave of a meeting: the one that stands first, then the others, the latest first.

    For readers of the meeting. Empty where there is one number or none.
    """
    others = list(meeting.counts_beside.order_by(F("made_at").desc(nulls_last=True), "-pk")[:MOST_COUNTS])
    if not others or meeting.total is None:
        return []
    all_ = [
        CountBeside(
            n=meeting.total, walk_ins=meeting.walk_ins, by=meeting.total_by, made_at=meeting.total_at
        ),
        *others,
    ]
    signed_holders = holders_by_account(
        count_beside.by for count_beside in all_ if count_beside.by is not None
    )
    return [
        CountGiven(
            count_beside.n,
            count_beside.walk_ins,
            signed_holders[count_beside.by].name if count_beside.by in signed_holders else "",
            count_beside.made_at,
        )
        for count_beside in all_
    ]


@dataclass(frozen=True, slots=True)
class Attended:
    """The person and the meeting that a check of one attendance is about."""

    name: str
    meeting: str


def attended(public_id: UUID) -> Attended | None:
    """The invitee behind an item (public id). In a system scope."""
    item = programmes.item(public_id)
    invitee = Invitee.objects.select_related("meeting").filter(item=item.pk).first() if item else None
    if invitee is None:
        return None
    if invitee.account_id is not None:
        return Attended(
            people.names_of_accounts([invitee.account_id]).get(invitee.account_id, ""), invitee.meeting.title
        )
    named_on_list = names_on_list(messaging.send_of(invitee.meeting.roll), [invitee.phone_id])
    return Attended(named_on_list.get(invitee.phone_id, ""), invitee.meeting.title)


@dataclass(frozen=True, slots=True)
class PointShown:
    """A decision; with a task, whose it is, until when, how far, and the unit and office that have it."""

    public_id: UUID
    text: str
    task: UUID | None
    who: str
    account_id: int | None
    due_at: datetime | None
    state: str
    unit_names: dict[str, str]
    office_names: dict[str, str]

    @property
    def state_name(self) -> str:
        return str(Task.State(self.state).label) if self.state else ""

    @property
    def is_open(self) -> bool:
        return self.state in OPEN


_POINTS = """select p.public_id, p.text, t.public_id, coalesce(a.name, ''), t.account_id, t.due_at,
 coalesce(t.state, ''), coalesce(u.names, '{}'), coalesce(o.names, '{}')
 from meetings_point p left join programmes_task t on t.id = p.task_id
 left join people_account a on a.id = t.account_id left join units_unit u on u.id = t.unit_id
 left join org_office o on o.id = t.office_id"""


def meeting_points(meeting: Meeting) -> list[PointShown]:
    """The decisions and tasks of a meeting, in their order. For readers of the meeting."""
    with system("the minutes of a meeting"):
        return sql.each(PointShown, f"{_POINTS} where p.meeting_id = %s order by p.at, p.id", [meeting.pk])


def open_before(meeting: Meeting) -> list[PointShown]:
    """Tasks of the meetings before this one that are still open, the first due first. As `meeting_points`."""
    if meeting.previous_id is None:
        return []
    with system("open tasks of the meetings before"):
        return sql.each(
            PointShown,
            f"""with recursive before as (
              select m.id, m.previous_id, 1 as n from meetings_meeting m where m.id = %(previous)s
              union all
              select m.id, m.previous_id, b.n + 1 from before b
                join meetings_meeting m on m.id = b.previous_id where b.n < 12)
            {_POINTS} where p.meeting_id in (select id from before) and t.state in ('asked', 'accepted', 'declined')
            order by t.due_at, p.id limit 100""",
            {"previous": meeting.previous_id},
        )


@dataclass(frozen=True, slots=True)
class AgendaProgramme:
    """A programme on the agenda: the ladders of its measures in the meeting's unit. Before its first day: how far it is
    prepared."""

    programme: Programme
    drawn: Sequence[LadderShown]
    prepared: Sequence[PreparedLine]


def agenda_programmes(viewer: Viewer, meeting: Meeting, *, at: datetime) -> list[AgendaProgramme]:
    """The programmes on the agenda that the viewer may see, in their order."""
    known = {
        programme.pk: programme
        for programme in programmes.programmes_for(viewer).filter(pk__in=meeting.reviewed)
    }
    some = [known[pk] for pk in meeting.reviewed if pk in known]
    node = programmes.node_of(meeting.unit_id, meeting.hierarchy)
    if not some or node is None:
        return []
    today = clock.day_in(settings.TIME_ZONE, at)
    begun = [
        programme
        for programme in some
        if programme.opens_on <= today and programme.state != Programme.State.DRAFT
    ]
    drawn = programmes.drawn_measures(begun, node=node, at=at)
    return [
        AgendaProgramme(
            programme,
            drawn.get(programme.pk, ()),
            () if programme.pk in drawn else prepared_in(programme, lo=node.lo, hi=node.hi, on=today),
        )
        for programme in some
    ]


def doers(meeting: Meeting, *, on: date) -> tuple[list[TaskCandidate], list[TaskCandidate]]:
    """List who may be given a task at a meeting: invitees, and other office-bearers of its unit; 300 each at most."""
    with system("who may be given a task"):
        rows = meeting.invitees.order_by("pk").values_list("unit_id", "account_id")[:300]
        accounts = {account: unit for unit, account in rows if account is not None}
        invited = task_candidates(dict.fromkeys(accounts.values()), on=on, accounts=accounts)
        bearers = task_candidates([meeting.unit_id], on=on)
    appointments = {candidate.appointment for candidate in invited}
    return invited, [candidate for candidate in bearers if candidate.appointment not in appointments]


def stand_ins(invitee: Invitee) -> tuple[str, str]:
    """Name the person an invitee replaces, and the person who replaces them; "" for nobody."""
    with system("who comes instead"):
        theirs = Invitee.objects.filter(stands_for=invitee).values_list("account_id", flat=True).first()
        whom = (
            Invitee.objects.filter(pk=invitee.stands_for_id or 0).values_list("account_id", flat=True).first()
        )
        names = people.names_of_accounts({whom or 0, theirs or 0})
    return names.get(whom or 0, ""), names.get(theirs or 0, "")


def work_of(viewer: Viewer, *, today: date) -> tuple[list[Invitee], list[Meeting]]:
    """Return the viewer's invitations from a day on, 20 at most, and the meetings `to_write`. In their scope.

    The first come first. One query for a viewer who has neither.
    """
    coming = Invitee.objects.filter(
        account_id=viewer.account_id or 0,
        meeting__first_on__gte=today,
        meeting__cancelled_at=None,
        meeting__due=None,
    ).order_by("meeting__first_on", "pk")
    either = coming.values_list("pk", Value(1))[:20].union(
        _to_write(viewer, today=today).values_list("pk", Value(2)), all=True
    )
    ids_by_kind: dict[int, list[int]] = {1: [], 2: []}
    for pk, what in either:
        ids_by_kind[what].append(pk)
    return (
        list(coming.filter(pk__in=ids_by_kind[1]).select_related("meeting")) if ids_by_kind[1] else [],
        list(Meeting.objects.filter(pk__in=ids_by_kind[2]).order_by("first_on", "pk"))
        if ids_by_kind[2]
        else [],
    )


def to_write(viewer: Viewer, *, today: date) -> list[Meeting]:
    """Meetings that the viewer called, held today or in the last seven days, whose minutes are not sent; 5 at most."""
    return list(_to_write(viewer, today=today))


def _to_write(viewer: Viewer, *, today: date) -> QuerySet[Meeting]:
    meetings = Meeting.objects.filter(
        called_by=viewer.account_id,
        kind=Meeting.Kind.MEETING,
        cancelled_at=None,
        minutes=None,
        due=None,
        first_on__lte=today,
        last_on__gte=today - timedelta(days=7),
    )
    return meetings.order_by("first_on", "pk")[:5]
