"""Reads of tries, and of the doors that workers hold."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from abhiyan.core import clock, small_cells, sql
from abhiyan.core.keys import keyring
from abhiyan.core.refusals import or_refuse
from abhiyan.core.scope import system
from abhiyan.core.words import active_language
from abhiyan.helpdesk.queries import open_by_state
from abhiyan.opinions.rules.quotes import KnownNames, names_heard
from abhiyan.org.viewer import Viewer
from abhiyan.people import queries as people
from abhiyan.programmes.models import Programme
from abhiyan.programmes.queries import is_in_play, running_of_kind, runs_now
from abhiyan.targets.queries import targets
from abhiyan.units import queries as units

from . import bridges
from .gate import TALKS
from .gate import ContactAsked as ContactAsked  # noqa: PLC0414
from .gate import contact_verdict as contact_verdict  # noqa: PLC0414
from .models import Attempt, CallQueue, CallTurn, ContactEntry, ContactList, ContactTry
from .rules.doors import door_label, walking_order
from .rules.kinds import KIND, TALKED


def tries_of(room: str, abouts: Iterable[UUID]) -> dict[UUID, list[Attempt]]:
    """The tries of each of these things, the first first; those whose time ran out are left out. In scope."""
    attempts: dict[UUID, list[Attempt]] = defaultdict(list)
    rows = Attempt.objects.filter(room=room, about__in=list(abouts)).order_by("begun_at", "id")
    for attempt in rows.exclude(outcome=Attempt.Outcome.LAPSED):
        attempts[attempt.about].append(attempt)
    return attempts


def under_way(tries: Iterable[Attempt], *, at: datetime) -> Attempt | None:
    """The try that has begun and whose lease lasts."""
    return next((attempt for attempt in tries if not attempt.outcome and attempt.until >= at), None)


def begun_try(tries: Iterable[Attempt]) -> Attempt | None:
    """The try that has begun and has no outcome, also after its lease: what came of it may still be noted."""
    return next((attempt for attempt in tries if not attempt.outcome), None)


def waits_until(tries: Iterable[Attempt], *, at: datetime) -> datetime | None:
    """When the next try may be; None: now."""
    later = [attempt.again_at for attempt in tries if attempt.again_at is not None and attempt.again_at > at]
    return max(later, default=None)


def tries_about(way: str, about: UUID) -> list[ContactTry]:
    """Return the tries about one term or membership that were not taken back, the first first. In scope."""
    return list(ContactTry.objects.filter(way=way, about=about, undone_at=None).order_by("at", "id"))


# --- doors ---

_OF_NO_CALL = ("not_home", "visited", "gone", "taken_back")
CALL_OUTCOMES = tuple(outcome.value for outcome in ContactTry.Outcome if outcome not in _OF_NO_CALL)
MOST_SHOWN = 30  # booths to choose from


def running_there(unit_id: int, *, at: datetime) -> list[Programme]:
    """Return the programmes of contact that go to doors in a unit today. One query if there are none."""
    open_here = [
        programme
        for programme in running_of_kind(KIND, at)
        if is_in_play(programme, unit_id, on=clock.day_in(programme.zone, at))
    ]
    return [programme for programme in open_here if goes_to_doors(programme, unit_id)]


def goes_to_doors(programme: Programme, unit_id: int) -> bool:
    """Return whether a programme has work at the doors of a unit: doors on a list, or a target of talks.

    So has one that calls nobody. A programme of call centres alone has none.
    """
    with system("whether a programme goes to doors"):
        return (
            met_of(programme, unit_id)[1] > 0
            or bool(targets(programme=programme, units=[unit_id], measure=TALKED))
            or not CallQueue.objects.filter(programme=programme).exists()
        )


@dataclass(frozen=True, slots=True)
class HeldDoor:
    """One entry that a worker holds. name: empty for a door without a name. has_phone: its number may be asked for."""

    public_id: UUID
    list_id: int
    programme_id: int
    unit_id: int
    name: str
    door: str
    lane: str
    language: str
    scheme: str
    until: datetime
    tries: int
    has_phone: bool

    @property
    def label(self) -> str:
        """The house and lane. It names nobody."""
        return door_label(self.door, self.lane) or _("A house without a number")


# An entry is with a caller, not with a worker at its door: its holder has it in front of them.
WITH_CALLER = Exists(
    CallTurn.objects.filter(entry=OuterRef("pk"), agent_id=OuterRef("holder_id"), ended_at=None)
)


def doors_with(account_id: int) -> QuerySet[ContactEntry]:
    """Return the entries that a worker holds for their doors. One that a caller has is no door. In a system scope."""
    entries = ContactEntry.objects.filter(holder_id=account_id, state=ContactEntry.State.LEASED)
    return entries.exclude(WITH_CALLER)


def held_doors(account_id: int, *, programme_id: int = 0) -> list[HeldDoor]:
    """Return the entries that a worker holds, of one programme or of all, lane by lane, house by house. One query."""
    with system("the doors that a worker holds"):
        rows = doors_with(account_id)
        if programme_id:
            rows = rows.filter(list__programme_id=programme_id)
        doors = [_held(entry) for entry in rows.select_related("list").order_by("pk")]
    return sorted(doors, key=lambda door: walking_order(door.door, door.lane))


def held_door(account_id: int | None, entry: UUID) -> HeldDoor:
    """Return one entry that a worker holds. NotFound for anybody else, and once it is no longer theirs."""
    with system("a door that a worker holds"):
        entries = doors_with(or_refuse(account_id)).filter(public_id=entry)
        return _held(or_refuse(entries.select_related("list").first()))


def _held(entry: ContactEntry) -> HeldDoor:
    assert entry.until is not None
    return HeldDoor(
        entry.public_id,
        entry.list_id,
        entry.list.programme_id,
        entry.unit_id,
        unsealed_text(entry.person_name, entry.public_id),
        entry.door,
        entry.lane,
        entry.language,
        entry.list.scheme,
        entry.until,
        entry.tries,
        entry.phone_id is not None,
    )


def unsealed_text(sealed: bytes | memoryview, about: UUID) -> str:
    """Return a sealed name or note in clear; "" for an empty one."""
    return keyring().unseal(bytes(sealed), about=about.bytes).decode() if sealed else ""


def lists_in_use(programme: Programme, *, on: date) -> list[ContactList]:
    """Return the approved lists of a programme that have not ended. In a system scope."""
    contact_lists = ContactList.objects.filter(programme=programme, state=ContactList.State.APPROVED)
    return list(contact_lists.filter(last_day__gte=on).order_by("pk"))


def met_of(programme: Programme, unit_id: int) -> tuple[int, int]:
    """Return how many entries of a unit were met, and how many there are. In a system scope; one query."""
    entry_row = sql.row(
        """select count(*) filter (where e.state = 'done'), count(*) from contact_entry e
        join contact_list l on l.id = e.list_id where e.unit_id = %s and l.programme_id = %s""",
        [unit_id, programme.pk],
    )
    return entry_row[0], entry_row[1]


def booths_with_doors(
    programme: Programme, spans: Iterable[tuple[int, int]], *, viewer: Viewer
) -> list[tuple[int, str, str]]:
    """Return units within these positions that have free doors: (id, code, how many, in words), most first.

    Somebody who does not see the people there reads small cells, also by the order. In a system scope; two queries.
    """
    booth_rows = sql.rows(
        """select u.id, u.code, count(*)::int from contact_list l
        join contact_entry e on e.list_id = l.id and e.state in ('ready', 'later') join units_unit u on u.id = e.unit_id
        where l.programme_id = %(programme)s and l.state = 'approved' and exists (select from units_placement p
          where p.unit_id = e.unit_id and p.lo <@ (%(spans)s)::int8multirange)
        group by u.id""",
        {"programme": programme.pk, "spans": "{" + ",".join(f"[{lo},{hi})" for lo, hi in spans) + "}"},
    )
    places = units.all_spans([unit for unit, _code, _n in booth_rows])
    rows = []
    for unit, code, n in booth_rows:
        is_exact = viewer.sees_exact_at(*(lo for lo, _hi in places.get(unit, [])))
        figure = n if is_exact else small_cells.shown_count(n)
        rows.append((-(figure or 0), unit, code, small_cells.count_in_words(figure)))
    return [(unit, code, words) for _n, unit, code, words in sorted(rows)[:MOST_SHOWN]]


def own_tries_today(account_id: int, programme: Programme, *, at: datetime) -> list[ContactTry]:
    """Return what a worker noted today and has not undone, newest first: what they may undo. In their own scope."""
    begun = datetime.combine(clock.day_in(programme.zone, at), time(), ZoneInfo(programme.zone))
    contact_tries = ContactTry.objects.filter(
        by_id=account_id, stored_at__gte=begun, programme=programme, undone_at=None
    ).exclude(way=ContactTry.Way.CALL)
    return list(contact_tries.select_related("entry").order_by("-stored_at", "pk")[:MOST_SHOWN])


def outcome_of(turn: CallTurn) -> ContactTry | None:
    """Return what came of a call, as it stands; None before it is noted and once it is taken back. In scope."""
    return ContactTry.objects.filter(turn_id=turn.pk, undone_at=None).first()


def talks_of(account_id: int, unit_id: int, *, since: datetime, until: datetime) -> int:
    """Count the talks of a worker in a unit between two instants, such as of their stay there. In their own scope."""
    contact_tries = ContactTry.objects.filter(
        by_id=account_id, unit_id=unit_id, at__range=(since, until), undone_at=None, about=None
    )
    return contact_tries.filter(outcome__in=TALKS).count()


# --- what people of a list said


@dataclass(frozen=True, slots=True)
class ListHeard:
    """The results of a list so far. outcomes, requests: (words, how many), exact.

    quotes: (key, words) of notes that name nobody.
    """

    title: str
    outcomes: list[tuple[str, int]]
    quotes: list[tuple[str, str]]
    requests: list[tuple[str, int]]


ANSWERS_OF = "contact.call"  # what answers to a script are about: the id of a CallTurn
MOST_QUOTES, MOST_READ = 8, 200  # quotes that are shown, and notes that are read for them


def heard_of(audience: str, *, has_quotes: bool) -> ListHeard | None:
    """Return what people of a list said at their doors; None for another audience, or a list out of sight.

    audience: its code in bulk messages. It needs sight of the list. Quotes need notes of enough people.
    Requests: open ones to the helpline that came out of these talks.
    """
    code, _colon, unit_code = audience.partition(":")
    if code not in ("list", "beneficiaries"):
        return None
    contact_list = ContactList.objects.filter(public_id=UUID(unit_code)).first()
    if contact_list is None:
        return None
    with system("what people of a list said"):
        tries = ContactTry.objects.filter(entry__list=contact_list, undone_at=None)
        counts = dict(tries.order_by().values_list("outcome").annotate(n=Count("pk")))
        contact_tries = tries.filter(outcome__in=TALKS).exclude(note=b"").select_related("entry")
        notes = list(contact_tries.order_by("-at", "pk")[:MOST_READ]) if has_quotes else []
        request_ids = tries.exclude(request_id=None).values_list("request_id", flat=True)
        requests = open_by_state([request_id for request_id in request_ids if request_id])
        n_people = len({contact_try.entry_id for contact_try in notes})
        is_many = small_cells.hides_each(people=n_people, answers=len(notes))
        quotes = _quotes(notes) if is_many else {}
    return ListHeard(
        contact_list.title,
        [(str(outcome.label), counts[outcome]) for outcome in ContactTry.Outcome if counts.get(outcome)],
        [(key, quote) for quote, key in quotes.items()][:MOST_QUOTES],
        requests,
    )


def notes_again(keys: Collection[str]) -> dict[str, str]:
    """Return the words of notes that are still kept and name nobody, by key. Only of lists in the reader's sight."""
    with system("which notes are kept"):
        tries = ContactTry.objects.filter(pk__in=keys, undone_at=None).exclude(note=b"")
        kept = list(tries.exclude(entry=None).select_related("entry"))
    lists = {contact_try.pk: contact_try.entry.list_id for contact_try in kept if contact_try.entry}
    seen = set(ContactList.objects.filter(pk__in=lists.values()).values_list("pk", flat=True))
    with system("what people of a list said"):
        quotes = _quotes([contact_try for contact_try in kept if lists[contact_try.pk] in seen])
    return {key: quote for quote, key in quotes.items()}


def _quotes(notes: Sequence[ContactTry]) -> dict[str, str]:
    """Return the notes that name nobody, each once, with its key."""
    places = units.names_of_units({note.unit_id for note in notes}, language=active_language())
    quotes: dict[str, str] = {}
    words = "\n".join(unsealed_text(note.note, note.pk) for note in notes)
    names = KnownNames(people.names_in({note.unit_id for note in notes}, words))
    for note in notes:
        if quote := _quote(note, places, names):
            quotes.setdefault(quote, str(note.pk))
    return quotes


def _quote(row: ContactTry, places: dict[int, str], names: KnownNames) -> str:
    """Return a note that names neither the person, nor anybody of the unit, nor their place; "" for any other.

    Here no office says whether a word is a name. A note with such a word is left out.
    """
    assert row.entry is not None
    note = unsealed_text(row.note, row.pk)
    name = unsealed_text(row.entry.person_name, row.entry.public_id) or row.entry.door
    about = f"{name} {places.get(row.unit_id, '')}"
    if set(_WORD.findall(note.casefold())) & set(_WORD.findall(about.casefold())):
        return ""
    return "" if names_heard(note, KnownNames([name])) or names_heard(note, names) else note


_WORD = re.compile(r"[^\W_][\w\u0900-\u097f]*")  # with the signs of Devanagari


# --- what is held about a phone

MOST_LISTS = 20


@dataclass(frozen=True, slots=True)
class ListedAbout:
    """A list that a phone is on, for its holder. is_out: we contact nobody from this entry any more."""

    title: str
    source: str
    basis: str
    purpose: str
    last_day: date
    is_out: bool


def listed_about(phone_id: UUID) -> list[ListedAbout]:
    """Return the imported lists a proven phone is on, without names: several people may share it. One query."""
    with system("what lists hold about a phone"):
        rows = ContactEntry.objects.filter(phone_id=phone_id).select_related("list").order_by("-list_id")
        return [
            ListedAbout(
                entry.list.title,
                entry.list.source,
                entry.list.get_basis_display(),
                entry.list.purpose,
                entry.list.last_day,
                entry.state == ContactEntry.State.OUT or entry.list.state == ContactList.State.ENDED,
            )
            for entry in rows[:MOST_LISTS]
        ]


@dataclass(frozen=True, slots=True)
class LineDay:
    """The provider's line in some time. asked: calls; reported: of these, with any report; refused: it took none."""

    asked: int
    reported: int
    refused: int


def line_between(since: datetime, until: datetime) -> LineDay:
    """Count the calls that callers asked the provider's line for. In a system scope."""
    turns = CallTurn.objects.filter(asked_at__gt=since, asked_at__lte=until)
    refused, heard = Q(told=bridges.DOWN), Q(told__in=bridges.REPORTS)
    return LineDay(
        **turns.aggregate(
            asked=Count("pk"), reported=Count("pk", filter=heard), refused=Count("pk", filter=refused)
        )
    )


def queues_by_line(*, at: datetime) -> int:
    """Count the queues of programmes that run and call by the provider's line. In a system scope."""
    rows = CallQueue.objects.filter(by_bridge=True, paused_at=None).select_related("programme")
    return sum(runs_now(call_queue.programme, at) for call_queue in rows)


def doors_at_rest(unit_id: int) -> list[str]:
    """Return the doors of walks in a unit where somebody said that no worker shall come again. In a system scope."""
    contact_tries = ContactTry.objects.filter(
        unit_id=unit_id, way=ContactTry.Way.WALK, outcome=ContactTry.Outcome.NEVER, undone_at=None
    )
    doors = set(contact_tries.values_list("door", flat=True))
    return [door_label(door) for door in sorted(doors, key=lambda door: walking_order(door, ""))]


def calls_for(account_id: int, unit_id: int, *, at: datetime) -> bool:
    """Return whether somebody is a caller today in a call centre of this unit or of one above it. In a system scope."""
    return sql.exists(
        """select from org_appointment ap join org_office o on o.id = ap.office_id and o.code = %(office)s
        join org_body b on b.id = ap.body_id and b.ended_on is null
        join units_placement c on c.unit_id = b.unit_id and c.valid_to is null
        join units_placement p on p.hierarchy = c.hierarchy and p.valid_to is null and p.unit_id = %(unit)s
          and p.lo >= c.lo and p.lo < c.hi
        where ap.account_id = %(account)s and ap.state = 'active'
          and ap.starts_on <= %(today)s and (ap.ends_on is null or ap.ends_on >= %(today)s)""",
        {"account": account_id, "unit": unit_id, "office": "call_agent"}
        | {"today": clock.day_in(settings.TIME_ZONE, at)},
    )
