"""Workers are assigned to places, told, and answer; so are their hosts."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Count
from django.utils import translation
from django.utils.translation import gettext as say

from abhiyan.core import audit, clock, lot
from abhiyan.core.actor import Actor
from abhiyan.core.keys import keyring
from abhiyan.core.refusals import Refused, needed
from abhiyan.core.scope import system
from abhiyan.core.words import named, person
from abhiyan.helpdesk import helplines
from abhiyan.messaging import actions as messaging
from abhiyan.messaging.news import QuestionAnswered
from abhiyan.org import queries as org
from abhiyan.people import actions as people_acts
from abhiyan.people import phones
from abhiyan.people import queries as people
from abhiyan.programmes.models import Programme
from abhiyan.programmes.news import ItemsErased
from abhiyan.programmes.queries import programme_by_id
from abhiyan.stays import queries
from abhiyan.stays.models import Stay
from abhiyan.stays.refusals import (
    FromOutside,
    HostIsWorker,
    HostPhoneWrong,
    NoHostNumber,
    NoSuchPlace,
    NothingToCopy,
    PlaceTaken,
    StayEnded,
    StayReasonMissing,
    StaysOver,
    StayStarted,
    WorkerElsewhere,
    WorkerUnknown,
)
from abhiyan.stays.rules.stays import asked_until
from abhiyan.units import queries as units
from abhiyan.units.queries.polls import polling

ROOM, WORKER, HOST = "stays", "worker", "host"  # whose questions; to whom
STAYS, IN_PLACE = 1, 1  # the measure and its channel
MOST_TOLD = 500  # stays at once
MOST_TO_WORKER, MOST_TO_HOST = 3, 3  # questions to a worker a day, to a host in HOST_DAYS; more send nothing
HOST_DAYS = timedelta(days=30)
LONGEST_WHY = 200
LONGEST_HOST = 100
ANSWER_PAGE = "/stays/answer/%s/"
State = Stay.State
MOST_TO = {WORKER: MOST_TO_WORKER, HOST: MOST_TO_HOST}
BEFORE = (State.ASSIGNED, State.ACCEPTED)  # the worker is not there yet


@dataclass(frozen=True, slots=True)
class NewStay:
    """A worker to assign to a place, and the host. worker: an account; host_phone: E.164, or empty."""

    unit_id: int
    worker_id: int
    host_name: str = field(default="", repr=False)
    host_phone: str = field(default="", repr=False)


def require_open(*, programme: Programme, at: datetime) -> None:
    """Refuse (StaysOver) a programme in which no stay can begin any more."""
    if not queries.may_begin(programme, at):
        raise StaysOver


def unfit(*, programme: Programme, some: Sequence[NewStay], at: datetime) -> dict[int, type[Refused]]:
    """Why stays cannot be assigned, by their number in `some`. In a system scope; few queries, however many stays.

    Of two stays with one place or one worker the second is refused.
    """
    on = clock.day_in(programme.zone, at)
    there = Stay.objects.filter(programme_id=programme.pk, ended_at=None)
    places, workers = (
        set(there.values_list("unit_id", flat=True)),
        set(there.values_list("worker_id", flat=True)),
    )
    known = queries.places_among(programme, [one.unit_id for one in some])
    homes = queries.homes([one.worker_id for one in some], on=on)
    own_phones = people.phones_behind(homes) if any(one.host_phone for one in some) else {}
    outside = _outside(programme, some, homes, at=at)
    found: dict[int, type[Refused]] = {}
    for n, one in enumerate(some):
        if one.unit_id not in known:
            found[n] = NoSuchPlace
        elif one.worker_id not in homes:
            found[n] = WorkerUnknown
        elif one.unit_id in places:
            found[n] = PlaceTaken
        elif one.worker_id in workers:
            found[n] = WorkerElsewhere
        elif one.host_phone and keyring().phone_id(one.host_phone) in own_phones.get(one.worker_id, ()):
            found[n] = HostIsWorker
        elif n in outside:
            found[n] = FromOutside
        else:
            places.add(one.unit_id)
            workers.add(one.worker_id)
    return found


def _outside(
    programme: Programme, some: Sequence[NewStay], homes: dict[int, set[int]], *, at: datetime
) -> set[int]:
    """Stays that touch the silence before a poll, by workers from outside the constituency (law.md E1)."""
    zone = ZoneInfo(programme.zone)
    first = datetime.combine(programme.opens_on, time(), zone)
    last = datetime.combine(
        programme.closes_on + timedelta(days=2), time(), zone
    )  # who arrives last leaves a day later
    said = polling({one.unit_id: [one.unit_id] for one in some}, at=at)
    touched = {
        unit
        for unit, one in said.items()
        if any(begins < last and ends > first for begins, ends in one.silences)
    }
    if not touched:
        return set()
    asked = [n for n, one in enumerate(some) if one.unit_id in touched]
    from_units = {unit for n in asked for unit in homes.get(some[n].worker_id, ())}
    seat = queries.constituencies([*touched, *from_units])
    return {
        n
        for n in asked
        if (own := seat.get(some[n].unit_id)) is None
        or own not in {seat.get(unit) for unit in homes.get(some[n].worker_id, ())}
    }


def assign(*, programme: Programme, new: NewStay, by: Actor, at: datetime) -> Stay:
    """Assign a worker to one place. Both they and the host get a message within a minute.

    It needs programmes.run at the place. Refuses NotYours, StaysOver, and what `unfit` finds.
    """
    org.require(by, "programmes.run", at=new.unit_id)
    require_open(programme=programme, at=at)
    if new.host_phone and phones.parse(new.host_phone) != new.host_phone:
        raise HostPhoneWrong(field="host_phone")
    with system("a stay is assigned"):
        if why := unfit(programme=programme, some=[new], at=at).get(0):
            raise why(field="worker")
        return store(programme=programme, some=[new], by=by, at=at)[0]


def store(
    *, programme: Programme, some: Sequence[NewStay], by: Actor, at: datetime, import_id: int | None = None
) -> list[Stay]:
    """Keep stays that are fit. In a system transaction, after the caller asked who may. Refuses PlaceTaken where
    somebody else was quicker."""
    hosts = [one.host_phone for one in some if one.host_phone]
    kept = dict(zip(hosts, people_acts.keep_phones(phones=hosts), strict=True))
    made = [
        Stay(
            id=lot.uuid(),
            programme_id=programme.pk,
            unit_id=one.unit_id,
            worker_id=one.worker_id,
            host_name=" ".join(one.host_name.split())[:LONGEST_HOST],
            host_phone=kept.get(one.host_phone),
            import_id=import_id,
            assigned_by=by.account_id,
            made_at=at,
        )
        for one in some
    ]
    try:
        with transaction.atomic():
            Stay.objects.bulk_create(made, batch_size=2_000)
    except IntegrityError as doubled:
        raise PlaceTaken from doubled
    audit.record(
        by=by,
        at=at,
        act="stays.assign",
        subject=str(made[0].pk) if len(made) == 1 else str(programme.public_id),
        unit_id=made[0].unit_id if len(made) == 1 else programme.owner_id,
        n=len(made),
    )
    return made


def withdraw(*, stay: UUID, by: Actor, at: datetime, why: str = "") -> Stay:
    """Take a stay back whose worker is not there yet; the place is empty again.

    It needs programmes.run at the place. Refuses NotFound, NotYours, StayStarted.
    """
    with system("a stay is taken back"):
        one = needed(Stay.objects.select_for_update().filter(pk=stay, ended_at=None).first())
        org.require(by, "programmes.run", at=one.unit_id)
        if one.state not in BEFORE:
            raise StayStarted
        return _end(one, State.WITHDRAWN, why, by=by, at=at)


def withdraw_import(*, import_id: int, by: Actor, at: datetime) -> tuple[int, int]:
    """Take back the stays a list brought, unless the worker is there. Returns how many went and stay."""
    with system("a list of stays is taken back"):
        theirs = Stay.objects.filter(import_id=import_id, ended_at=None)
        gone = theirs.filter(state__in=BEFORE).update(state=State.WITHDRAWN, ended_at=at)
        audit.record(by=by, at=at, act="stays.withdraw_list", subject=str(import_id), n=gone)
        return gone, theirs.count()


def copy_last(*, programme: Programme, unit_id: int, by: Actor, at: datetime) -> tuple[int, int]:
    """Assign the workers of the last programme to the same places and hosts, where both are free. (how many, how many
    of the last were left out)

    Who may: programmes.run at the unit. Refuses NotYours, StaysOver, NothingToCopy.
    """
    org.require(by, "programmes.run", at=unit_id)
    require_open(programme=programme, at=at)
    with system("stays are copied"):
        before = queries.last_before(programme, units.span(unit_id, programme.hierarchy))
        if not before:
            raise NothingToCopy
        numbers = people.numbers_of(one.host_phone for one in before if one.host_phone)
        new = [
            NewStay(
                one.unit_id,
                one.worker_id,
                one.host_name,
                numbers.get(one.host_phone, "") if one.host_phone else "",
            )
            for one in before
        ]
        bad = unfit(programme=programme, some=new, at=at)
        fit = [one for n, one in enumerate(new) if n not in bad]
        if fit:
            store(programme=programme, some=fit, by=by, at=at)
    return len(fit), len(bad)


def answer_stay(*, stay: UUID, accepts: bool, by: Actor, at: datetime, why: str = "") -> Stay:
    """The worker says whether they go. Refuses NotFound where it is not theirs, StayEnded, StayStarted, StaysOver,
    StayReasonMissing."""
    with system("a worker answers"):
        one = own_locked(stay=stay, by=by)
        if one.state not in BEFORE:
            raise StayStarted
        if accepts:
            require_open(programme=programme_by_id(one.programme_id), at=at)
        if not accepts and not why.strip():
            raise StayReasonMissing(field="why")
        return _answered(one, accepts, why, by=by, at=at)


def own_locked(*, stay: UUID, by: Actor) -> Stay:
    """The worker's own stay, locked. In a system scope. Refuses NotFound, StayEnded."""
    one = needed(Stay.objects.select_for_update().filter(pk=stay, worker_id=needed(by.account_id)).first())
    if one.ended_at is not None:
        raise StayEnded
    return one


def show_host(*, stay: UUID, by: Actor, at: datetime) -> str:
    """Show a worker the number (E.164) of their own host, until they leave. It counts against 200 a day and
    leaves a row.

    A host who said no to calls has no number here. Refuses NotFound where the stay is not theirs or their offices have
    ended, StayEnded, StaysOver, NoHostNumber, TooMany.
    """
    with system("a worker calls the host"):
        one = own_locked(stay=stay, by=by)
        needed(queries.is_in_office(one.worker_id, at=at) or None)
        if one.state == State.DONE or queries.is_over(
            programme_by_id(one.programme_id), at - timedelta(days=1)
        ):
            raise StaysOver
        phone_id = needed(one.host_phone, NoHostNumber)
        number = people.numbers_of([phone_id]).get(phone_id)
        has_refused = people.phones_that_said_no([phone_id]) or queries.hosts_who_refused([phone_id])
        if number is None or has_refused:
            raise NoHostNumber
        return people_acts.reveal_number(phone=number, about=one.pk, unit_id=one.unit_id, by=by, at=at)


def note_host_no(*, stay: UUID, stops: bool, by: Actor, at: datetime) -> Stay:
    """Note a no that the host said aloud to their worker. Before the arrival the stay ends, as after a no by SMS.

    stops: the host wants no more calls and messages either; it counts as one of their phone. Only the worker may.
    Refuses NotFound, StayEnded, StayStarted (after the arrival a host can only end calls and messages).
    """
    with system("a host says no to the worker"):
        one = own_locked(stay=stay, by=by)
        if one.state not in BEFORE and not stops:
            raise StayStarted
        if one.state in BEFORE:
            _end(one, State.HOST_NO, "", by=by, at=at)
        if stops:
            people_acts.keep_spoken_no(phone_id=one.host_phone, by=by, at=at)
            _record(one, "stays.host_stops", by=by, at=at)
    return one


def hear_answer(*, told: QuestionAnswered) -> None:
    """A worker or host answers our message by a text or its link. In the transaction of the answer. It changes
    no stay that has begun or ended."""
    if told.room != ROOM:
        return
    with system("an answer about a stay"):
        one = Stay.objects.select_for_update().filter(pk=told.about, ended_at=None).first()
        if one is None or one.state not in BEFORE:
            return
        if told.yes and not queries.may_begin(programme_by_id(one.programme_id), told.at):
            return
        if told.kind == WORKER:
            _answered(one, told.yes, told.why, by=told.by, at=told.at)
        elif not told.yes:
            _end(one, State.HOST_NO, told.why, by=told.by, at=told.at)


def _answered(one: Stay, accepts: bool, why: str, *, by: Actor, at: datetime) -> Stay:
    if not accepts:
        return _end(one, State.DECLINED, why, by=by, at=at)
    one.state = State.ACCEPTED
    one.save(update_fields=["state"])
    _record(one, "stays.accept", by=by, at=at)
    return one


def _end(one: Stay, state: str, why: str, *, by: Actor, at: datetime) -> Stay:
    one.state, one.why, one.ended_at = state, " ".join(why.split())[:LONGEST_WHY], at
    one.save(update_fields=["state", "why", "ended_at"])
    worker = people.accounts([one.worker_id]).get(one.worker_id)
    asked = [(WORKER, worker.phone_id if worker else None), (HOST, one.host_phone)]
    ids = [
        messaging.question_id(room=ROOM, kind=kind, about=one.pk, phone_id=phone_id)
        for kind, phone_id in asked
        if phone_id
    ]
    messaging.close(ids=ids, at=at, but_answering=True)
    _record(one, "stays.end", by=by, at=at)
    return one


def _record(one: Stay, act: str, *, by: Actor, at: datetime) -> None:
    audit.record(
        by=by, at=at, act=act, subject=str(one.pk), unit_id=one.unit_id, facts={"state": str(one.state)}
    )


def forget_host(*, told: ItemsErased) -> None:
    """A person had everything erased: no stay names them as its host or keeps their words. In its transaction."""
    with system("a host is erased"):
        theirs = Stay.objects.filter(host_phone=told.phone_id)
        theirs.filter(state=State.HOST_NO).update(why="")
        theirs.update(host_phone=None, host_name="")


def tell_next(*, at: datetime) -> int:
    """Ask workers whether they go, and hosts whether it suits them. How many stays. In a system transaction, as jobs.

    Somebody who was asked often of late gets no more messages: an office may assign and take back at will. A stay
    that cannot begin any more asks no one, and a host who said no to a stay gets no other question.
    """
    found = Stay.objects.filter(told_at=None, ended_at=None).order_by("made_at", "pk")
    some = list(found.select_for_update(skip_locked=True)[:MOST_TOLD])
    if not some:
        return 0
    of = {pk: programme_by_id(pk) for pk in {one.programme_id for one in some}}
    accounts = people.accounts({one.worker_id for one in some})
    numbers = people.numbers_of(
        [one.phone_id for one in accounts.values()] + [one.host_phone for one in some if one.host_phone]
    )
    places = units.units_by_id({one.unit_id for one in some})
    asked = _asked_lately(some, at=at)
    refused = queries.hosts_who_refused({one.host_phone for one in some if one.host_phone})
    offices = org.offices_of({one.public_id for one in accounts.values()})
    askings = []
    for one in some:
        worker, programme = accounts[one.worker_id], of[one.programme_id]
        over = asked_until(programme.opens_on, programme.closes_on, programme.zone)
        for kind, phone_id, template in (
            (WORKER, worker.phone_id, "duty.stay"),
            (HOST, one.host_phone, "ask.host"),
        ):
            number = numbers.get(phone_id) if phone_id else None
            whom = one.worker_id if kind == WORKER else phone_id
            if number is None or asked[whom] >= MOST_TO[kind] or not queries.may_begin(programme, at):
                continue
            if kind == HOST and phone_id in refused:
                continue
            asked[whom] += 1
            language = (kind == WORKER and worker.language) or settings.LANGUAGE_CODE
            place = named(places[one.unit_id].names, language)
            with translation.override(language):
                days = queries.days_of(programme)
                label = say("Stay in %(place)s, %(days)s") % {"place": place, "days": days}
            if kind == WORKER:
                more = {"place": place, "host": one.host_name}
            else:
                office = named(offices[worker.public_id][0], language) if worker.public_id in offices else ""
                name = person(worker.name, language)
                more = {
                    "worker": f"{name} ({office})" if office else name,
                    "help": helplines.number_to_ask(one.programme_id),
                }
            askings.append(
                messaging.PhoneQuestion(
                    room=ROOM,
                    kind=kind,
                    about=one.pk,
                    phone=number,
                    language=language,
                    template=template,
                    blanks={"days": days, **more},
                    label=label,
                    expires_at=over,
                    hears_late_no=True,
                    unit_id=one.unit_id,
                    programme_id=one.programme_id,
                    address=ANSWER_PAGE,
                )
            )
    messaging.ask_many(askings=askings, at=at)
    Stay.objects.filter(pk__in=[one.pk for one in some]).update(told_at=at)
    return len(some)


def _asked_lately(some: Sequence[Stay], *, at: datetime) -> Counter[object]:
    """Count the recent stays by worker (account) and by host (phone id), once we had sent messages. Two queries."""
    told = Stay.objects.filter(told_at__gt=at - HOST_DAYS).order_by()
    hosts = told.filter(host_phone__in={one.host_phone for one in some} - {None})
    workers = told.filter(worker_id__in={one.worker_id for one in some}, told_at__gt=at - timedelta(days=1))
    found: Counter[object] = Counter(dict(hosts.values_list("host_phone").annotate(n=Count("pk"))))
    found.update(dict(workers.values_list("worker_id").annotate(n=Count("pk"))))
    return found
