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
from abhiyan.core.refusals import Refused, or_refuse
from abhiyan.core.scope import system
from abhiyan.core.words import local_person, name_in_language
from abhiyan.forms import actions as forms
from abhiyan.helpdesk import helplines
from abhiyan.messaging import actions as messaging
from abhiyan.messaging.news import QuestionAnswered
from abhiyan.org import queries as org
from abhiyan.people import actions as people_acts
from abhiyan.people import phones
from abhiyan.people import queries as people
from abhiyan.polls.queries import polling
from abhiyan.programmes.models import Programme
from abhiyan.programmes.news import ItemsErased
from abhiyan.programmes.queries import is_past, programme_by_id
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
    StayWorkerUnknown,
    WorkerElsewhere,
)
from abhiyan.stays.rules.stays import asked_until
from abhiyan.units import queries as units

ROOM, WORKER, HOST = "stays", "worker", "host"  # whose questions; to these
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

    If two stays have one place or one worker, the second is refused.
    """
    on = clock.day_in(programme.zone, at)
    there = Stay.objects.filter(programme_id=programme.pk, ended_at=None)
    places, workers = (
        set(there.values_list("unit_id", flat=True)),
        set(there.values_list("worker_id", flat=True)),
    )
    places_known = queries.places_among(programme, [stay.unit_id for stay in some])
    homes = queries.homes([stay.worker_id for stay in some], on=on)
    own_phones = people.phones_behind(homes) if any(stay.host_phone for stay in some) else {}
    outside = _outside(programme, some, homes, at=at)
    refusals: dict[int, type[Refused]] = {}
    for n, stay in enumerate(some):
        if stay.unit_id not in places_known:
            refusals[n] = NoSuchPlace
        elif stay.worker_id not in homes:
            refusals[n] = StayWorkerUnknown
        elif stay.unit_id in places:
            refusals[n] = PlaceTaken
        elif stay.worker_id in workers:
            refusals[n] = WorkerElsewhere
        elif stay.host_phone and keyring().phone_id(stay.host_phone) in own_phones.get(stay.worker_id, ()):
            refusals[n] = HostIsWorker
        elif n in outside:
            refusals[n] = FromOutside
        else:
            places.add(stay.unit_id)
            workers.add(stay.worker_id)
    return refusals


def _outside(
    programme: Programme, some: Sequence[NewStay], homes: dict[int, set[int]], *, at: datetime
) -> set[int]:
    """Stays that touch the silence before a poll, by workers from outside the constituency (law.md E1)."""
    zone = ZoneInfo(programme.zone)
    first = datetime.combine(programme.opens_on, time(), zone)
    last = datetime.combine(
        programme.closes_on + timedelta(days=2), time(), zone
    )  # who arrives last leaves a day later
    polls = polling({stay.unit_id: [stay.unit_id] for stay in some}, at=at)
    touched = {
        unit
        for unit, poll in polls.items()
        if any(begins < last and ends > first for begins, ends in poll.silences)
    }
    if not touched:
        return set()
    numbers = [n for n, stay in enumerate(some) if stay.unit_id in touched]
    from_units = {unit for n in numbers for unit in homes.get(some[n].worker_id, ())}
    seat = queries.constituencies([*touched, *from_units])
    return {
        n
        for n in numbers
        if (constituency := seat.get(some[n].unit_id)) is None
        or constituency not in {seat.get(unit) for unit in homes.get(some[n].worker_id, ())}
    }


def assign_stay(*, programme: Programme, new: NewStay, by: Actor, at: datetime) -> Stay:
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
    hosts = [stay.host_phone for stay in some if stay.host_phone]
    kept = dict(zip(hosts, people_acts.keep_phones(phones=hosts), strict=True))
    made = [
        Stay(
            id=lot.uuid(),
            programme_id=programme.pk,
            unit_id=stay.unit_id,
            worker_id=stay.worker_id,
            host_name=" ".join(stay.host_name.split())[:LONGEST_HOST],
            host_phone=kept.get(stay.host_phone),
            import_id=import_id,
            assigned_by=by.account_id,
            made_at=at,
        )
        for stay in some
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


def withdraw_stay(*, stay: UUID, by: Actor, at: datetime, why: str = "") -> Stay:
    """Take a stay back whose worker is not there yet; the place is empty again.

    It needs programmes.run at the place. Refuses NotFound, NotYours, StayStarted.
    """
    with system("a stay is taken back"):
        row = or_refuse(Stay.objects.select_for_update().filter(pk=stay, ended_at=None).first())
        org.require(by, "programmes.run", at=row.unit_id)
        if row.state not in BEFORE:
            raise StayStarted
        return _end(row, State.WITHDRAWN, why, by=by, at=at)


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

    Needs programmes.run at the unit. Refuses NotYours, StaysOver, NothingToCopy.
    """
    org.require(by, "programmes.run", at=unit_id)
    require_open(programme=programme, at=at)
    with system("stays are copied"):
        before = queries.last_before(programme, units.span(unit_id, programme.hierarchy))
        if not before:
            raise NothingToCopy
        numbers = people.numbers_of_phones(row.host_phone for row in before if row.host_phone)
        new = [
            NewStay(
                row.unit_id,
                row.worker_id,
                row.host_name,
                numbers.get(row.host_phone, "") if row.host_phone else "",
            )
            for row in before
        ]
        bad = unfit(programme=programme, some=new, at=at)
        fit = [stay for n, stay in enumerate(new) if n not in bad]
        if fit:
            store(programme=programme, some=fit, by=by, at=at)
    return len(fit), len(bad)


def answer_stay(*, stay: UUID, accepts: bool, by: Actor, at: datetime, why: str = "") -> Stay:
    """The worker says whether they go. Refuses NotFound where it is not theirs, StayEnded, StayStarted, StaysOver,
    StayReasonMissing."""
    with system("a worker answers"):
        row = own_locked(stay=stay, by=by)
        if row.state not in BEFORE:
            raise StayStarted
        if accepts:
            require_open(programme=programme_by_id(row.programme_id), at=at)
        if not accepts and not why.strip():
            raise StayReasonMissing(field="why")
        return _answered(row, accepts, why, by=by, at=at)


def own_locked(*, stay: UUID, by: Actor) -> Stay:
    """The worker's own stay, locked. In a system scope. Refuses NotFound, StayEnded."""
    row = or_refuse(
        Stay.objects.select_for_update().filter(pk=stay, worker_id=or_refuse(by.account_id)).first()
    )
    if row.ended_at is not None:
        raise StayEnded
    return row


def show_host(*, stay: UUID, by: Actor, at: datetime) -> str:
    """Show a worker the number (E.164) of their own host, until they leave. It counts against 200 a day and
    leaves a row.

    A host who said no to calls has no number here. Refuses NotFound where the stay is not theirs or their offices have
    ended, StayEnded, StaysOver, NoHostNumber, TooMany.
    """
    with system("a worker calls the host"):
        row = own_locked(stay=stay, by=by)
        or_refuse(queries.is_in_office(row.worker_id, at=at) or None)
        if row.state == State.DONE or is_past(programme_by_id(row.programme_id), at - timedelta(days=1)):
            raise StaysOver
        phone_id = or_refuse(row.host_phone, NoHostNumber)
        number = people.numbers_of_phones([phone_id]).get(phone_id)
        has_refused = people.phones_that_said_no([phone_id]) or queries.hosts_who_refused([phone_id])
        if number is None or has_refused:
            raise NoHostNumber
        return people_acts.reveal_number(phone=number, about=row.pk, unit_id=row.unit_id, by=by, at=at)


def note_host_no(*, stay: UUID, stops: bool, by: Actor, at: datetime) -> Stay:
    """Note a no that the host said aloud to their worker. Before the arrival the stay ends, as after a no by SMS.

    stops: the host wants no more calls and messages either; it counts as one of their phone. Only the worker may.
    Refuses NotFound, StayEnded, StayStarted (after the arrival a host can only end calls and messages).
    """
    with system("a host says no to the worker"):
        row = own_locked(stay=stay, by=by)
        if row.state not in BEFORE and not stops:
            raise StayStarted
        if row.state in BEFORE:
            _end(row, State.HOST_NO, "", by=by, at=at)
        if stops:
            people_acts.keep_spoken_no(phone_id=row.host_phone, by=by, at=at)
            _record(row, "stays.host_stops", by=by, at=at)
    return row


def hear_stay_answer(*, answer: QuestionAnswered) -> None:
    """A worker or host answers our message by a text or its link. In the transaction of the answer. It changes
    no stay that has begun or ended."""
    if answer.room != ROOM:
        return
    with system("an answer about a stay"):
        stay = Stay.objects.select_for_update().filter(pk=answer.about, ended_at=None).first()
        if stay is None or stay.state not in BEFORE:
            return
        if answer.yes and not queries.may_begin(programme_by_id(stay.programme_id), answer.at):
            return
        if answer.kind == WORKER:
            _answered(stay, answer.yes, answer.why, by=answer.by, at=answer.at)
        elif not answer.yes:
            _end(stay, State.HOST_NO, answer.why, by=answer.by, at=answer.at)


def _answered(stay: Stay, accepts: bool, why: str, *, by: Actor, at: datetime) -> Stay:
    if not accepts:
        return _end(stay, State.DECLINED, why, by=by, at=at)
    stay.state = State.ACCEPTED
    stay.save(update_fields=["state"])
    _record(stay, "stays.accept", by=by, at=at)
    return stay


def _end(stay: Stay, state: str, why: str, *, by: Actor, at: datetime) -> Stay:
    stay.state, stay.why, stay.ended_at = state, " ".join(why.split())[:LONGEST_WHY], at
    stay.save(update_fields=["state", "why", "ended_at"])
    worker = people.accounts([stay.worker_id]).get(stay.worker_id)
    readers = [(WORKER, worker.phone_id if worker else None), (HOST, stay.host_phone)]
    ids = [
        messaging.question_id(room=ROOM, kind=kind, about=stay.pk, phone_id=phone_id)
        for kind, phone_id in readers
        if phone_id
    ]
    messaging.close_questions(ids=ids, at=at, but_answering=True)
    _record(stay, "stays.end", by=by, at=at)
    return stay


def _record(stay: Stay, act: str, *, by: Actor, at: datetime) -> None:
    audit.record(
        by=by, at=at, act=act, subject=str(stay.pk), unit_id=stay.unit_id, facts={"state": str(stay.state)}
    )


def forget_host(*, erasure: ItemsErased) -> None:
    """A person had everything erased: no stay names them as its host or keeps their words. In its transaction."""
    with system("a host is erased"):
        theirs = Stay.objects.filter(host_phone=erasure.phone_id)
        theirs.filter(state=State.HOST_NO).update(why="")
        stays = [str(pk) for pk in theirs.exclude(report={}).values_list("pk", flat=True)]
        forms.forget_answers(about_kind=queries.REPORT_OF, about_ids=stays, at=erasure.at)
        theirs.update(host_phone=None, host_name="")


def ask_next_stays(*, at: datetime) -> int:
    """Ask workers whether they go, and hosts whether it suits them. Returns how many stays. In a system transaction, as
    jobs.

    Somebody who was asked often of late gets no more messages: an office may assign and take back at will. A stay
    that cannot begin any more asks no one, and a host who said no to a stay gets no other question.
    """
    rows = Stay.objects.filter(told_at=None, ended_at=None).order_by("made_at", "pk")
    some = list(rows.select_for_update(skip_locked=True)[:MOST_TOLD])
    if not some:
        return 0
    programmes_by_id = {pk: programme_by_id(pk) for pk in {stay.programme_id for stay in some}}
    accounts = people.accounts({stay.worker_id for stay in some})
    numbers = people.numbers_of_phones(
        [account.phone_id for account in accounts.values()]
        + [stay.host_phone for stay in some if stay.host_phone]
    )
    places = units.units_by_id({stay.unit_id for stay in some})
    counts = _asked_lately(some, at=at)
    refused = queries.hosts_who_refused({stay.host_phone for stay in some if stay.host_phone})
    offices = org.offices_of({account.public_id for account in accounts.values()})
    askings = []
    for stay in some:
        worker, programme = accounts[stay.worker_id], programmes_by_id[stay.programme_id]
        over = asked_until(programme.opens_on, programme.closes_on, programme.zone)
        for kind, phone_id, template in (
            (WORKER, worker.phone_id, "duty.stay"),
            (HOST, stay.host_phone, "ask.host"),
        ):
            number = numbers.get(phone_id) if phone_id else None
            whom = stay.worker_id if kind == WORKER else phone_id
            if number is None or counts[whom] >= MOST_TO[kind] or not queries.may_begin(programme, at):
                continue
            if kind == HOST and phone_id in refused:
                continue
            counts[whom] += 1
            language = (kind == WORKER and worker.language) or settings.LANGUAGE_CODE
            place = name_in_language(places[stay.unit_id].names, language)
            with translation.override(language):
                days = queries.programme_days(programme)
                label = say("Stay in %(place)s, %(days)s") % {"place": place, "days": days}
            if kind == WORKER:
                more = {"place": place, "host": stay.host_name}
            else:
                office = (
                    name_in_language(offices[worker.public_id][0], language)
                    if worker.public_id in offices
                    else ""
                )
                name = local_person(worker.name, language)
                more = {
                    "worker": f"{name} ({office})" if office else name,
                    "help": helplines.number_to_ask(stay.programme_id),
                }
            askings.append(
                messaging.PhoneQuestion(
                    room=ROOM,
                    kind=kind,
                    about=stay.pk,
                    phone=number,
                    language=language,
                    template=template,
                    blanks={"days": days, **more},
                    label=label,
                    expires_at=over,
                    hears_late_no=True,
                    unit_id=stay.unit_id,
                    programme_id=stay.programme_id,
                    address=ANSWER_PAGE,
                )
            )
    messaging.ask_many(askings=askings, at=at)
    Stay.objects.filter(pk__in=[stay.pk for stay in some]).update(told_at=at)
    return len(some)


def _asked_lately(some: Sequence[Stay], *, at: datetime) -> Counter[object]:
    """Count the recent stays by worker (account) and by host (phone id), once we had sent messages. Two queries."""
    rows = Stay.objects.filter(told_at__gt=at - HOST_DAYS).order_by()
    hosts = rows.filter(host_phone__in={stay.host_phone for stay in some} - {None})
    workers = rows.filter(worker_id__in={stay.worker_id for stay in some}, told_at__gt=at - timedelta(days=1))
    counts: Counter[object] = Counter(dict(hosts.values_list("host_phone").annotate(n=Count("pk"))))
    counts.update(dict(workers.values_list("worker_id").annotate(n=Count("pk"))))
    return counts
