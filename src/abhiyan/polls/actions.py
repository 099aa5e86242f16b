"""The calendar of polls takes two people: one states an entry, and another approves it (`org.rules.deciding`).

The approval itself puts the entry into force, in one transaction: there is no third step that could be forgotten.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from abhiyan.core import audit, clock, lot, sql
from abhiyan.core.actor import Actor
from abhiyan.core.refusals import NotFound, Refused, or_refuse
from abhiyan.core.scope import system
from abhiyan.org.actions import ask_release, close_release
from abhiyan.org.news import ReleaseDecided
from abhiyan.org.queries import require
from abhiyan.polls import queries
from abhiyan.polls.models import Poll, PollArea, PollPhase
from abhiyan.units import queries as units
from abhiyan.units.actions import StillUsed
from abhiyan.units.news import UnitsGoing
from abhiyan.units.rules import levels

ACT, KEEP = "polls.confirm", "polls.keep"
MOST_PHASES = 12
LONGEST_NONE = timedelta(days=366)  # "no poll" is looked at again at least once a year
State = Poll.State


class PollNameMissing(Refused, code="poll_without_name"):
    message = _("Name the election.")


class NoSource(Refused):
    message = _("Name the source: a link, or the number of a document.")


class ResultBeforeAnnouncement(Refused):
    message = _("The last day is before the first.")


class NoneTooLong(Refused):
    message = _("“No poll” can be said for at most a year.")


class NoArea(Refused):
    message = _("Name the areas of each phase, by the codes of their units.")


class ClosesOutside(Refused):
    message = _("A poll closes between the announcement and the result.")


class AreaNowhere(Refused):
    message = _("The unit %(unit)s is in no state, so its voters are not known.")


class NoneOfStates(Refused):
    message = _("“No poll” is said of whole states, or of the nation. %(unit)s is neither.")


class AlreadyStated(Refused, status=409):
    message = _("A version of this entry already waits for a second person. Take that one back first.")


class NothingInForce(Refused):
    message = _("This entry is not in force.")


class NotWaiting(Refused, status=409):
    message = _("This entry waits for nobody any more.")


@dataclass(frozen=True, slots=True)
class StatedPoll:
    """One person says this of an election, or of a time without any.

    phases: the close of each poll with the ids of its areas; "no poll" has one, which does not close. announced_on,
    result_on: of "no poll" the first day and the last.
    """

    kind: str
    name: str
    announced_on: date
    result_on: date
    source: str
    phases: Sequence[tuple[datetime | None, Collection[int]]]
    is_sample: bool = False


def unit_of_poll(*, stated: StatedPoll) -> int:
    """The unit an entry concerns: the state of all its areas; the nation where they are in several, or it is one.

    Refuses what nobody could use: PollNameMissing, NoSource, ResultBeforeAnnouncement, NoneTooLong, NoArea,
    ClosesOutside, AreaNowhere, NoneOfStates.
    """
    is_none = stated.kind == Poll.Kind.NONE
    if not stated.name.strip():
        raise PollNameMissing(field="name")
    if not stated.source.strip():
        raise NoSource(field="source")
    if stated.result_on < stated.announced_on:
        raise ResultBeforeAnnouncement(field="result_on")
    if is_none and stated.result_on - stated.announced_on >= LONGEST_NONE:
        raise NoneTooLong(field="result_on")
    areas = {area for _closes_at, of_phase in stated.phases for area in of_phase}
    if not areas or not all(of_phase for _closes_at, of_phase in stated.phases):
        raise NoArea(field="areas_1")
    for number, (closes_at, _areas) in enumerate(stated.phases, 1):
        day = None if closes_at is None else clock.day_in(settings.TIME_ZONE, closes_at)
        if (day is None) != is_none or (day and not stated.announced_on <= day <= stated.result_on):
            raise ClosesOutside(field=f"day_{number}")
    known = units.units_by_id(areas)
    places = queries.poll_places(areas)
    for area in areas:
        code = known[area].code if area in known else "?"
        if is_none and (area not in known or known[area].kind not in ("state", "nation")):
            raise NoneOfStates(field="areas_1", unit=code)
        if area not in places or not (places[area].states or places[area].is_nation):
            raise AreaNowhere(field="areas_1", unit=code)
    states = {state for area in areas for state in places[area].states}
    if len(states) == 1 and not any(place.is_nation for place in places.values()):
        return states.pop()
    nations = [
        one.id for hierarchy in levels.HIERARCHIES for one in units.roots(hierarchy) if one.kind == "nation"
    ]
    return or_refuse(next(iter(nations), None), AreaNowhere(field="areas_1", unit="?"))


def state_poll(*, stated: StatedPoll, by: Actor, at: datetime, corrects: UUID | None = None) -> Poll:
    """State an entry, or a newer version of one, and ask for its confirmation.

    It needs polls.keep over the state it concerns, and over that of the entry it corrects; over the nation where it
    concerns several. Refuses what `store_poll_version` and `ask_release` refuse.
    """
    require(by, KEEP, at=unit_of_poll(stated=stated))
    for unit_id in {poll.unit_id for poll in queries.poll_versions(corrects)} if corrects else ():
        require(by, KEEP, at=unit_id)
    return _asked(store_poll_version(stated=stated, corrects=corrects, by=by, at=at), by=by, at=at)


def withdraw_poll(*, public_id: UUID, by: Actor, at: datetime) -> Poll:
    """Ask that an entry in force be withdrawn. It needs what `state_poll` needs. Refuses as `state_withdrawal`."""
    require(by, KEEP, at=queries.poll(public_id).unit_id)
    return _asked(state_withdrawal(public_id=public_id, by=by, at=at), by=by, at=at)


def take_back_poll(*, public_id: UUID, by: Actor, at: datetime) -> None:
    """Take back a version that waits, and the request with it. It needs polls.keep there. Refuses NotWaiting."""
    require(by, KEEP, at=queries.poll(public_id).unit_id)
    with system("taking back an entry of the calendar"):
        # Lock the request before the entry, as the deciding act does.
        close_release(act=ACT, payload={"poll": str(public_id)}, by=by, at=at)
        drop_poll(public_id=public_id, by=by, at=at)


def _asked(poll: Poll, *, by: Actor, at: datetime) -> Poll:
    if by.kind == "system":  # the demo states and confirms its own
        return poll
    ask_release(
        act=ACT,
        unit_id=poll.unit_id,
        reason=f"{poll.name} ({poll.source})",
        payload={"poll": str(poll.public_id)},
        by=by,
        at=at,
    )
    return poll


def hear_poll_decided(*, decision: ReleaseDecided) -> None:
    """An entry was approved or refused: it is in force, or it is not. In the transaction of the decision."""
    if decision.act != ACT:
        return
    public_id = UUID(str(decision.payload["poll"]))
    if decision.allow:
        confirm_poll(public_id=public_id, by=decision.by, at=decision.at)
    else:
        drop_poll(public_id=public_id, by=decision.by, at=decision.at)


def store_poll_version(*, stated: StatedPoll, by: Actor, at: datetime, corrects: UUID | None = None) -> Poll:
    """Put down a version that waits for a second person. corrects: an entry it is a newer version of.

    Refuses what `unit_of_poll` refuses; AlreadyStated.
    """
    unit_id = unit_of_poll(stated=stated)
    with system("the calendar of polls"):
        entry = corrects or lot.uuid()
        poll = _version(entry, stated, unit_id=unit_id, is_withdrawal=False, by=by, at=at)
        for number, (closes_at, areas) in enumerate(stated.phases, 1):
            phase = PollPhase.objects.create(poll=poll, number=number, closes_at=closes_at)
            PollArea.objects.bulk_create(PollArea(phase=phase, unit_id=area) for area in sorted(set(areas)))
    return poll


def state_withdrawal(*, public_id: UUID, by: Actor, at: datetime) -> Poll:
    """Put down that an entry is to be withdrawn; it stays in force until a second person confirms that.

    Refuses NothingInForce, AlreadyStated.
    """
    with system("the calendar of polls"):
        poll = or_refuse(Poll.objects.filter(public_id=public_id).first())
        if poll.state != State.IN_FORCE:
            raise NothingInForce
        stated = StatedPoll(
            poll.kind, poll.name, poll.announced_on, poll.result_on, poll.source, (), poll.is_sample
        )
        return _version(poll.entry, stated, unit_id=poll.unit_id, is_withdrawal=True, by=by, at=at)


def _version(
    entry: UUID, stated: StatedPoll, *, unit_id: int, is_withdrawal: bool, by: Actor, at: datetime
) -> Poll:
    sql.wait_for(f"poll {entry}")
    earlier = list(Poll.objects.filter(entry=entry).order_by("version"))
    if any(one.state == State.STATED for one in earlier):
        raise AlreadyStated
    poll = Poll.objects.create(
        public_id=lot.uuid(),
        entry=entry,
        version=len(earlier) + 1,
        kind=stated.kind,
        name=stated.name.strip(),
        unit_id=unit_id,
        announced_on=stated.announced_on,
        result_on=stated.result_on,
        source=stated.source.strip(),
        is_sample=stated.is_sample,
        is_withdrawal=is_withdrawal,
        stated_by=by.account_id,
        stated_at=at,
    )
    _record("state", poll, by, at)
    return poll


def confirm_poll(*, public_id: UUID, by: Actor, at: datetime) -> Poll:
    """The second person's yes: the version is in force and the one before is not, or the entry is withdrawn.

    Refuses NotWaiting.
    """
    with system("the calendar of polls"):
        poll = _waiting(public_id)
        before = State.WITHDRAWN if poll.is_withdrawal else State.REPLACED
        Poll.objects.filter(entry=poll.entry, state=State.IN_FORCE).update(state=before, ended_at=at)
        poll.state = State.WITHDRAWN if poll.is_withdrawal else State.IN_FORCE
        poll.confirmed_by, poll.confirmed_at = by.account_id, at
        poll.save(update_fields=["state", "confirmed_by", "confirmed_at"])
        _record("confirm", poll, by, at)
    return poll


def drop_poll(*, public_id: UUID, by: Actor, at: datetime) -> Poll:
    """A version nobody confirmed is taken back, or refused. It stays to be seen. Refuses NotWaiting."""
    with system("the calendar of polls"):
        poll = _waiting(public_id)
        poll.state, poll.ended_at = State.DROPPED, at
        poll.save(update_fields=["state", "ended_at"])
        _record("drop", poll, by, at)
    return poll


def _waiting(public_id: UUID) -> Poll:
    poll = Poll.objects.select_for_update().filter(public_id=public_id).first()
    if poll is None:
        raise NotFound
    if poll.state != State.STATED:
        raise NotWaiting
    return poll


def _record(what: str, poll: Poll, by: Actor, at: datetime) -> None:
    facts = {"version": poll.version, "is_withdrawal": poll.is_withdrawal}
    audit.record(
        by=by,
        at=at,
        act=f"units.{what}_poll",
        subject=str(poll.public_id),
        unit_id=poll.unit_id,
        facts=facts,
    )


_POLLS_THERE = """select 1 from units_poll p join units_poll_phase f on f.poll_id = p.id
 join units_poll_area a on a.phase_id = f.id join units_change c on c.unit_id = a.unit_id
 where p.state in ('stated', 'in_force') and c.import_id = %s and c.change = 'made' limit 1"""


def refuse_polled_units(*, going: UnitsGoing) -> None:
    """Refuse (StillUsed) to take back units of a list where a poll is held: else nobody could say where it is held."""
    if sql.exists(_POLLS_THERE, [going.import_id]):
        raise StillUsed
