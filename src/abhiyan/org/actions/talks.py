"""A leader notes a talk with an office-bearer below: what was said, what was promised, and until when."""

from datetime import date, datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from abhiyan.core import audit, clock, lot
from abhiyan.core.actor import Actor
from abhiyan.core.refusals import NotFound, Refused, or_refuse
from abhiyan.core.scope import system
from abhiyan.org import queries
from abhiyan.org.models import BearerTalk
from abhiyan.org.queries.line import Bearer

MOST_DAYS = 92  # until a promise is to be kept
KEPT = timedelta(days=184)  # a talk, after its day


class TalkEmpty(Refused):
    message = _("Write what was said, or what was promised.")


class PromiseWithoutDay(Refused):
    message = _("Until when? Choose a day.")


class DayWithoutPromise(Refused):
    message = _("What was promised by this day?")


class PromiseDayUnfit(Refused):
    message = _("Choose a day from today on, at most %(most)s days ahead.")


def note_bearer_talk(
    *, account: UUID, summary: str, promise: str, until: date | None, by: Actor, at: datetime
) -> BearerTalk:
    """Note what an office-bearer said and promised. account: their public id. Only their leaders may.

    Leader and bearer read it, until half a year has passed. A promise counts nowhere. Refuses NotFound, TalkEmpty,
    PromiseWithoutDay, DayWithoutPromise, PromiseDayUnfit.
    """
    with system("a leader notes a talk"):
        bearer = _led(account, by=by, at=at)
        if not summary and not promise:
            raise TalkEmpty(field="promise" if until else "summary")
        if promise and until is None:
            raise PromiseWithoutDay(field="until")
        if until is not None:
            if not promise:
                raise DayWithoutPromise(field="promise")
            _check_day(until, at=at)
        talk = BearerTalk.objects.create(
            public_id=lot.uuid(),
            leader_id=or_refuse(by.account_id),
            bearer_id=bearer.account_id,
            unit_id=bearer.offices[0].unit_id,
            talked_at=at,
            summary=summary,
            promise=promise,
            until=until,
        )
        _record("note_bearer_talk", talk, by=by, at=at)
    return talk


def settle_promise(*, talk: UUID, state: str, by: Actor, at: datetime) -> BearerTalk:
    """Note that a promise was kept, or was not. state: of BearerTalk.State. Another answer takes its place.

    Only the leader who noted the talk may, while they lead the bearer. Refuses NotFound.
    """
    with system("a promise was kept, or not"):
        bearer_talk = _own(talk, by=by, at=at)
        bearer_talk.state = state
        bearer_talk.save(update_fields=["state"])
        _record("settle_promise", bearer_talk, by=by, at=at)
    return bearer_talk


def move_promise(*, talk: UUID, until: date, by: Actor, at: datetime) -> BearerTalk:
    """Give a promise another day: it is open again. As `settle_promise`; refuses PromiseDayUnfit too."""
    with system("a promise gets another day"):
        bearer_talk = _own(talk, by=by, at=at)
        _check_day(until, at=at)
        bearer_talk.until, bearer_talk.state = until, BearerTalk.State.OPEN
        bearer_talk.save(update_fields=["until", "state"])
        _record("move_promise", bearer_talk, by=by, at=at)
    return bearer_talk


def remove_bearer_talk(*, talk: UUID, by: Actor, at: datetime) -> BearerTalk:
    """Delete a talk that was noted by mistake. As `settle_promise`."""
    with system("a talk was noted by mistake"):
        bearer_talk = _own(talk, by=by, at=at, has_promise=False)
        _record("remove_bearer_talk", bearer_talk, by=by, at=at)
        bearer_talk.delete()
    return bearer_talk


def forget_bearer_talks(*, at: datetime) -> int:
    """Delete talks of more than half a year ago. Return how many. Run by a loop."""
    n, _kinds = BearerTalk.objects.filter(talked_at__lt=at - KEPT).delete()
    return n


def forget_talks_of(*, account_id: int) -> None:
    """An account is closed: its talks go, those about it and those it noted. In the transaction of that act."""
    with system("an account is closed"):
        BearerTalk.objects.filter(bearer_id=account_id).delete()
        BearerTalk.objects.filter(leader_id=account_id).delete()


def _led(account: UUID, *, by: Actor, at: datetime) -> Bearer:
    if by.kind != "person" or by.account_id is None:
        raise NotFound
    on = clock.day_in(settings.TIME_ZONE, at)
    return queries.bearer_for(queries.viewer_of(account_id=by.account_id, on=on), account, on=on)


def _own(talk: UUID, *, by: Actor, at: datetime, has_promise: bool = True) -> BearerTalk:
    """The leader's own talk, locked, while they lead the bearer."""
    mine = BearerTalk.objects.select_for_update().filter(public_id=talk, leader_id=by.account_id or 0)
    bearer_talk = or_refuse((mine.exclude(promise="") if has_promise else mine).first())
    _led(queries.bearer_of_talk(bearer_talk), by=by, at=at)
    return bearer_talk


def _check_day(until: date, *, at: datetime) -> None:
    today = clock.day_in(settings.TIME_ZONE, at)
    if not today <= until <= today + timedelta(days=MOST_DAYS):
        raise PromiseDayUnfit(field="until", most=MOST_DAYS)


def _record(act: str, talk: BearerTalk, *, by: Actor, at: datetime) -> None:
    subject = str(queries.bearer_of_talk(talk))
    audit.record(by=by, at=at, act=f"org.{act}", subject=subject, unit_id=talk.unit_id)
