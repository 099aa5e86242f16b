"""Circulars: from an office to the holders of offices below. Read in the app; an SMS says that there is one."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from abhiyan.core import audit, clock, declared, jobs, limits, lot, sql
from abhiyan.core.actor import Actor
from abhiyan.core.refusals import Refused, or_refuse
from abhiyan.core.scope import system
from abhiyan.core.titles import checked_titles
from abhiyan.core.words import name_in_language
from abhiyan.messaging.circulars import HOLDERS, LATELY
from abhiyan.messaging.models import Circular, Reading, Reminder
from abhiyan.org import queries as org
from abhiyan.units import queries as units

from .offices import AccountMessage, tell_accounts
from .queueing import take_messages_back
from .reminding import NobodyToRemind, RemindedPerson, remind_people, take_back_reminders

CIRCULAR = "messages.circular"
TEMPLATE, REMINDER = "duty.circular", "circular"  # the second as the table of reminders names it
FIRST = "first"  # the word of the round of messages that announces it
LONGEST = 10_000
LONGEST_SUBJECT = 200
AT_ONCE = 500  # messages of one commit
AGAIN = timedelta(hours=24)  # between reminders
MOST_TOLD = 5  # messages about circulars of one unit that one reader gets in a day


class SubjectMissing(Refused):
    message = _("Write a subject of at most 200 characters.")


class TextMissing(Refused):
    message = _("Write the circular: at most %(n)s characters.")


class NobodyBelow(Refused):
    message = _("Nobody holds this office in the unit or below. Choose another office or unit.")


class Withdrawn(Refused, status=409):
    message = _("This circular was withdrawn.")


# Each person once, for the highest office by which it reaches them.
_READERS = f"""insert into messaging_reading (circular_id, account_id, unit_id, office)
 select distinct on (ap.account_id) %(circular)s, ap.account_id, ap.unit_id, o.code {HOLDERS}
 and %(office)s in ('', o.code) and (%(accounts)s::bigint[] is null or ap.account_id = any(%(accounts)s::bigint[]))
 order by ap.account_id, p.depth, o.rank"""
# Readers who heard of so many circulars of the unit today: sent before this one, or reminded of.
_TOLD_ENOUGH = """select r.account_id from messaging_reading r
 join messaging_circular c on c.id = r.circular_id and c.unit_id = %(unit)s and c.made_at >= %(lately)s
 where c.id <> %(circular)s and r.account_id = any(%(accounts)s) group by 1
 having count(*) filter (where c.made_at >= %(today)s and c.id < %(circular)s)
   + (select count(*) from messaging_reminder m join messaging_circular o on o.id = m.about and o.unit_id = %(unit)s
     where m.kind = 'circular' and m.account_id = r.account_id and m.at >= %(today)s and m.about <> %(circular)s)
   >= %(most)s"""


def send_circular(
    *,
    title: str,
    text: str,
    number: str,
    office: str,
    unit_id: int,
    hierarchy: int,
    by: Actor,
    at: datetime,
    accounts: Sequence[int] | None = None,
    titles: Mapping[str, str] | None = None,
) -> UUID:
    """Give a circular to the holders of offices in a unit and below it today, and tell them by SMS.

    It speaks for the sender's own unit: that of their lowest office with messages.circular from which `unit_id` is
    below. office: the code of those it is for; "": every office. accounts: only these among them; None: all. The
    sender gets one only if `accounts` names them. A sender sends five in a day, wherever they go. Refuses NotYours,
    SubjectMissing, TextMissing, NobodyBelow, TooMany. Returns its public id.
    """
    if by.account_id is None:
        raise org.NotYours
    desk = or_refuse(org.seat_over(by.account_id, unit_id, CIRCULAR), org.NotYours(capability=CIRCULAR))
    org.require(by, CIRCULAR, at=desk)
    title, titles = checked_titles(title, titles or {}, longest=LONGEST_SUBJECT, refusal=SubjectMissing)
    if "\x00" in number or len(number) > 50:
        raise SubjectMissing(field="title")
    if not text.strip() or len(text) > LONGEST or "\x00" in text:
        raise TextMissing(field="text", n=LONGEST)
    lo, hi = units.span(unit_id, hierarchy)
    with system("sending a circular"):
        made = Circular.objects.create(
            public_id=lot.uuid(),
            number=number.strip(),
            typed_title=title,
            titles=titles,
            text=text.strip(),
            unit_id=desk,
            hierarchy=hierarchy,
            office=office,
            made_by=by.account_id,
            made_at=at,
        )
        made.recipients = sql.run(
            _READERS,
            {
                "circular": made.pk,
                "tree": hierarchy,
                "lo": lo,
                "hi": hi,
                "day": clock.day_in(settings.TIME_ZONE, at),
                "office": office,
                "accounts": None if accounts is None else list(accounts),
                "by": 0 if by.account_id in (accounts or ()) else by.account_id,
            },
        )
        if not made.recipients:
            raise NobodyBelow(field="office")
        limits.count_or_refuse(declared.CIRCULARS, str(by.account_id), at=at)
        made.save(update_fields=["recipients"])
        _announce(made, FIRST, at)
        _record("messaging.send_circular", made, by, at, made.recipients)
    return made.public_id


def note_read(*, public_id: UUID, by: Actor, at: datetime) -> bool:
    """Note that somebody it went to has opened it, the first time. Returns True if this was it. By themselves, signed
    in."""
    with system("somebody read a circular of theirs"):
        circular = Circular.objects.filter(public_id=public_id).first()
        if by.kind != "person" or by.account_id is None or circular is None:
            return False
        readings = Reading.objects.filter(circular_id=circular.pk, account_id=by.account_id, read_at=None)
        return readings.update(read_at=at) > 0


def remind_readers(*, public_id: UUID, by: Actor, at: datetime) -> int:
    """Tell readers who have not opened it once more by SMS, each at most once in 24 hours. Return how many.

    The desk that sent it may (messages.circular), each account five times a day. Refuses Withdrawn, NobodyToRemind,
    TooMany.
    """
    with system("reminding of a circular"):
        circular = or_refuse(Circular.objects.select_for_update().filter(public_id=public_id).first())
        org.require(by, CIRCULAR, at=circular.unit_id)
        if circular.ended_at is not None:
            raise Withdrawn
        n = _to_remind(circular, at).count() if circular.made_at <= at - AGAIN else 0
        if not n:  # a job reminds them in parts, so there are never too many
            raise NobodyToRemind
        limits.count_or_refuse(declared.CIRCULAR_REMINDERS, str(by.account_id or by.id), at=at)
        _announce(circular, clock.day_in(settings.TIME_ZONE, at).isoformat(), at)
        _record("messaging.remind_of_circular", circular, by, at, n)
    return n


def withdraw_circular(*, public_id: UUID, by: Actor, at: datetime) -> None:
    """Take a circular back: nobody reads it any more, and messages that have not left do not go.

    The desk that sent it may (messages.circular). Withdrawn again, nothing changes.
    """
    with system("withdrawing a circular"):
        circular = or_refuse(Circular.objects.select_for_update().filter(public_id=public_id).first())
        org.require(by, CIRCULAR, at=circular.unit_id)
        if circular.ended_at is not None:
            return
        circular.ended_at = at
        circular.save(update_fields=["ended_at"])
        readers = _unread(circular).values_list("account_id", flat=True)
        take_messages_back(keys=[_key(circular, account_id) for account_id in readers], at=at)
        take_back_reminders(kind=REMINDER, abouts=[circular.pk], at=at)
        _record("messaging.withdraw_circular", circular, by, at)


def announce_next(*, public_id: UUID, word: str, after: int, at: datetime) -> int | None:
    """Queue the SMS about a circular to the next readers who have not opened it, behind an account. The last of these
    accounts; None: there are no more. word: FIRST, or the day on which they are reminded. By a job.

    A reader gets MOST_TOLD messages about circulars of one unit in a day. Today shows the others without a message.
    """
    with system("telling of a circular"):
        # This locks it: a withdrawal finds what is queued, or nothing is queued any more.
        circular = Circular.objects.select_for_update().filter(public_id=public_id, ended_at=None).first()
        if circular is None:
            return None
        unread = _unread(circular) if word == FIRST else _to_remind(circular, at)
        readers = list(unread.filter(account_id__gt=after).order_by("account_id")[:AT_ONCE])
        enough = _told_enough(circular, readers, at)
        to_tell = [reader for reader in readers if reader.account_id not in enough]
        if word == FIRST:
            tell_accounts(messages=_messages(circular, to_tell), at=at)
        else:
            blanks = _blanks(circular)
            people = [
                RemindedPerson(reader.account_id, reader.unit_id, blanks, about=circular.pk)
                for reader in to_tell
            ]
            remind_people(kind=REMINDER, template=TEMPLATE, people=people, is_by_loop=True, at=at)
    return readers[-1].account_id if readers else None


def _unread(circular: Circular) -> QuerySet[Reading]:
    return Reading.objects.filter(circular_id=circular.pk, read_at=None)


def _to_remind(circular: Circular, at: datetime) -> QuerySet[Reading]:
    """Readers who have not opened it, and were not reminded of it in the last 24 hours."""
    lately = Reminder.objects.filter(
        kind=REMINDER, about=circular.pk, account_id=OuterRef("account_id"), at__gt=at - AGAIN
    )
    return _unread(circular).exclude(Exists(lately))


def _told_enough(circular: Circular, readings: Sequence[Reading], at: datetime) -> set[int]:
    today = datetime.combine(clock.day_in(settings.TIME_ZONE, at), time(), ZoneInfo(settings.TIME_ZONE))
    return set(
        sql.column(
            _TOLD_ENOUGH,
            {
                "unit": circular.unit_id,
                "circular": circular.pk,
                "accounts": [reading.account_id for reading in readings],
                "today": today,
                "lately": today - LATELY,
                "most": MOST_TOLD,
            },
        )
    )


def _messages(circular: Circular, readers: Sequence[Reading]) -> list[AccountMessage]:
    blanks = _blanks(circular)
    return [
        AccountMessage(reader.account_id, TEMPLATE, blanks, _key(circular, reader.account_id), reader.unit_id)
        for reader in readers
    ]


def _blanks(circular: Circular) -> Callable[[str], dict[str, str]]:
    sender = units.unit_by_id(circular.unit_id).names
    link = settings.ORIGIN + reverse("messaging:circular", args=[circular.public_id])

    def blanks(language: str) -> dict[str, str]:
        return {"unit": name_in_language(sender, language), "link": link}

    return blanks


def _key(circular: Circular, account_id: int) -> str:
    """Return the key of the message that announces it. A reminder has one of its own."""
    return f"circular|{circular.public_id}|{account_id}|{FIRST}"


def _announce(circular: Circular, word: str, at: datetime) -> None:
    jobs.later(
        "messaging.tell_of_circular",
        f"{circular.public_id}|{word}",
        at=at,
        public_id=str(circular.public_id),
        word=word,
    )


def _record(what: str, circular: Circular, by: Actor, at: datetime, n: int = 1) -> None:
    audit.record(
        by=by,
        at=at,
        act=what,
        subject=str(circular.public_id),
        unit_id=circular.unit_id,
        n=n,
        facts={"office": circular.office},
    )
