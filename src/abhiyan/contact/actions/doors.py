"""Doors of a list: taken for three days, given back, and returned when a lease ends."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Case, F, Func, QuerySet, Value, When
from django.utils.translation import gettext_lazy as _

from abhiyan.contact import queries
from abhiyan.contact.gate import ContactAsked, contact_of_entry, contact_verdicts
from abhiyan.contact.models import ContactEntry
from abhiyan.contact.rules import gate, grounds
from abhiyan.contact.rules.kinds import KIND
from abhiyan.core import audit, clock, sql
from abhiyan.core.actor import Actor
from abhiyan.core.refusals import Refused, or_refuse
from abhiyan.core.scope import system
from abhiyan.org import queries as org
from abhiyan.people import queries as people
from abhiyan.people.actions.persons import lock_phones
from abhiyan.programmes.models import Programme
from abhiyan.programmes.queries import is_in_play, runs_now
from abhiyan.units import queries as units

from .attempts import VISIT_LEASE

MEET = "contact.meet"
MOST_HELD = 30  # doors of one worker
State = ContactEntry.State


class HeldBack(Refused, status=409):
    """The gate says no. why: of gate.WORDS."""

    message = _("Not now: %(why)s")


class NotRunningThere(Refused, status=409):
    message = _("The programme does not run here today.")


class NoFreeDoors(Refused, status=409):
    message = _("No free doors are left here. You can walk without a list.")


class EnoughDoors(Refused, status=409):
    message = _("You have %(most)s doors. Work them, or give some back first.")


_FREE = """select e.id from contact_entry e where e.unit_id = %(unit)s and e.list_id = any(%(lists)s)
  and e.state in ('ready', 'later') and (e.next_day is null or e.next_day <= %(on)s)
  and (e.phone_id is null or e.phone_id <> all(%(own)s::uuid[]))
 order by power(e.lat - %(lat)s, 2) + power((e.lon - %(lon)s) * cos(radians(%(lat)s)), 2) nulls last, e.id
 limit %(n)s for update skip locked"""


def take_doors(
    *, programme: Programme, unit_id: int, point: tuple[float, float] | None = None, by: Actor, at: datetime
) -> tuple[list[ContactEntry], Counter[str]]:
    """Take the nearest free doors of a unit for three days, up to 30 in all.

    Return them, the nearest first, and how many others are held back for which reason.

    point: the worker's place; without it the unit's. The worker has contact.meet at the unit, or a room above lets them
    work there. Refuses NotYours, NotRunningThere, EnoughDoors, HeldBack, NoFreeDoors.
    """
    account, on = or_refuse(by.account_id), clock.day_in(programme.zone, at)
    with system("doors are taken"):
        require_there(programme=programme, unit_id=unit_id, by=by, at=at)
        sql.wait_for(f"doors of account {account}")
        n_leased = queries.doors_with(account).count()
        if n_leased >= MOST_HELD:
            raise EnoughDoors(most=MOST_HELD)
        lists = queries.lists_in_use(programme, on=on)
        contacts = [
            ContactAsked(unit_id, programme.zone, contact_list=contact_list) for contact_list in lists
        ]
        whys = [verdict.why for verdict in contact_verdicts(contacts, at=at)]
        open_ = [contact_list.pk for contact_list, why in zip(lists, whys, strict=True) if not why]
        if whys and not open_:
            # The reason of every list, if there is one.
            raise HeldBack(why=gate.WORDS[min(whys, key=lambda why: why == "frozen")])
        place = units.units_by_id([unit_id])[unit_id]
        lat, lon = point or (place.lat, place.lon)
        params = {"unit": unit_id, "lists": open_, "on": on, "lat": lat, "lon": lon}
        params |= {"own": list(people.account_phones(account))}
        taken: list[ContactEntry] = []
        n_held_by_reason: Counter[str] = Counter()
        while (n := MOST_HELD - n_leased - len(taken)) > 0:
            ids = sql.column(_FREE, params | {"n": n})
            entries = ContactEntry.objects.select_related("list").in_bulk(ids)
            contact_entries = [entries[pk] for pk in ids]  # the nearest first
            fit, back = _fit(contact_entries, zone=programme.zone, at=at)
            ContactEntry.objects.filter(pk__in=[entry.pk for entry in fit]).update(
                state=State.LEASED, holder_id=account, until=at + VISIT_LEASE
            )
            taken += fit
            n_held_by_reason += back
            if not back:
                break
        if not taken and not n_held_by_reason:
            raise NoFreeDoors
        audit.record(
            by=by,
            at=at,
            act="contact.take_doors",
            subject=str(programme.public_id),
            unit_id=unit_id,
            n=len(taken),
            facts={"held": dict(n_held_by_reason)},
        )
    return taken, n_held_by_reason


def require_there(*, programme: Programme, unit_id: int, by: Actor, at: datetime) -> None:
    """Refuse NotYours where somebody may not meet people; NotRunningThere where the programme does not run today."""
    require_may_meet(unit_id=unit_id, by=by, at=at)
    if programme.kind != KIND or not runs_now(programme, at):
        raise NotRunningThere
    if not is_in_play(programme, unit_id, on=clock.day_in(programme.zone, at)):
        raise NotRunningThere


def require_may_meet(*, unit_id: int, by: Actor, at: datetime) -> None:
    """Refuse NotYours without contact.meet at the unit, unless a room above lets somebody work there."""
    if not (by.account_id and grounds.is_lent(by.account_id, unit_id, at)):
        org.require(by, MEET, at=unit_id)


def _fit(
    entries: Sequence[ContactEntry], *, zone: str, at: datetime
) -> tuple[list[ContactEntry], Counter[str]]:
    """Split locked entries: one part may be met, the gate holds the other back. Write why on each of the latter.

    Somebody on two lists is with one worker at a time.
    """
    phone_ids = [entry.phone_id for entry in entries if entry.phone_id]
    lock_phones(phone_ids)
    contacts = [contact_of_entry(entry, zone=zone) for entry in entries]
    whys = [verdict.why for verdict in contact_verdicts(contacts, at=at)]
    on = clock.day_in(zone, at)
    elsewhere = set(
        ContactEntry.objects.filter(phone_id__in=phone_ids, state=State.LEASED).values_list(
            "phone_id", flat=True
        )
    )
    fit, held_counts = [], Counter[str]()
    for contact_entry, why in zip(entries, whys, strict=True):
        if why == "opted_out":
            # Not counted: a worker who takes the doors of one house would read who said no.
            ContactEntry.objects.filter(pk=contact_entry.pk).update(
                state=State.OUT, why_out="opted_out", next_day=None
            )
        elif why == "cap":
            rests = on + timedelta(days=gate.LATELY_DAYS)
            ContactEntry.objects.filter(pk=contact_entry.pk).update(state=State.LATER, next_day=rests)
            held_counts["cap"] += 1
        elif contact_entry.phone_id and contact_entry.phone_id in elsewhere:
            rests = on + timedelta(days=VISIT_LEASE.days)
            ContactEntry.objects.filter(pk=contact_entry.pk).update(state=State.LATER, next_day=rests)
            held_counts["elsewhere"] += 1
        else:
            elsewhere.add(contact_entry.phone_id)
            fit.append(contact_entry)
    return fit, held_counts


def give_doors_back(*, programme: Programme, unit_id: int, by: Actor, at: datetime) -> int:
    """Give one's own doors of a programme in a unit back: anybody may take them. Returns how many."""
    with system("doors are given back"):
        doors = queries.doors_with(or_refuse(by.account_id))
        n = _released(doors.filter(list__programme=programme, unit_id=unit_id))
        audit.record(by=by, at=at, act="contact.give_back", subject=str(programme.public_id), n=n)
    return n


def end_leases(*, list_id: int | None = None, account_id: int | None = None) -> int:
    """End the leases of a list that ended, or of an account whose office ended or that was closed. Returns how many.

    In the transaction of the act that ended it.
    """
    with system("leases end"):
        if list_id is not None:
            return _released(ContactEntry.objects.filter(list_id=list_id))
        return _released(ContactEntry.objects.filter(holder_id=or_refuse(account_id)))


def lapse_leases(*, at: datetime) -> int:
    """End the leases whose three days are over, or whose list's last day is past. Returns how many. As jobs."""
    over = ContactEntry.objects.filter(state=State.LEASED)
    past = over.filter(list__last_day__lt=clock.day_in(settings.TIME_ZONE, at))
    return _released(over.filter(until__lte=at)) + _released(past)


_IDS = ContactEntry._meta.get_field("had_ids")


def _released(entries: QuerySet[ContactEntry]) -> int:
    """Return entries to the queue. A worker who had a door may still note the talk that took place there."""
    free = Case(When(next_day=None, then=Value(State.READY.value)), default=Value(State.LATER.value))
    ids = list(
        entries.filter(state=State.LEASED)
        .order_by("pk")
        .select_for_update(of=("self",))
        .values_list("pk", flat=True)
    )
    return ContactEntry.objects.filter(pk__in=ids, state=State.LEASED).update(
        state=free,
        had_ids=Case(
            When(queries.WITH_CALLER, then=F("had_ids")),
            default=Func(F("had_ids"), F("holder_id"), function="array_append", output_field=_IDS),
        ),
        holder_id=None,
        until=None,
    )
