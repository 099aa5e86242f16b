"""One function reminds office-bearers: of one thing at most once a day, and never too many people at once."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from abhiyan.core import clock, sql
from abhiyan.core.refusals import Refused
from abhiyan.core.scope import system
from abhiyan.messaging.models import Reminder

from .offices import AccountMessage, tell_accounts
from .queueing import take_messages_back

MOST_REMINDED = 1_000  # people one press, or one turn of a loop, reminds
KEPT = timedelta(days=366)


class NobodyToRemind(Refused, status=409):
    """next_step: what the asker can do instead, in words; left out where there is nothing."""

    message = _("There is nobody to remind. Each person gets at most one message a day.")

    def __str__(self) -> str:
        return f"{super().__str__()} {self.facts.get('next_step', '')}".rstrip()


class TooManyToRemind(Refused):
    message = _("More than %(most)s would be reminded at once. Choose a unit further down.")


@dataclass(frozen=True, slots=True)
class RemindedPerson:
    """A person to remind. about: the key of the matter in its room; None: everything of the kind that waits for them.

    unit_id: the matter's, or that of their office. blanks: as of `AccountMessage`.
    """

    account_id: int
    unit_id: int
    blanks: dict[str, str] | Callable[[str], dict[str, str]]
    about: int | None = None
    programme_id: int = 0

    @property
    def matter(self) -> int:
        return self.account_id if self.about is None else self.about


_NOTE = """insert into messaging_reminder (kind, about, account_id, day, at, unit_id)
 select %(kind)s, r.about, r.account_id, %(day)s, %(at)s, r.unit_id
 from unnest(%(abouts)s::bigint[], %(accounts)s::bigint[], %(units)s::bigint[]) r(about, account_id, unit_id)
 order by 2, 3 on conflict (kind, about, day, account_id) do nothing returning about, account_id"""


def remind_people(
    *,
    kind: str,
    template: str,
    people: Sequence[RemindedPerson],
    at: datetime,
    is_by_loop: bool = False,
    next_step: str | Promise = "",
) -> int:
    """Send one SMS to each of these people, in their language. Return how many were reminded.

    Leaves out people who were reminded of the same matter today. People without a phone that we keep read it on
    Today. kind: the matter's kind in the table. The caller asks the right and leaves the trail. is_by_loop: do not
    refuse to remind nobody. next_step: what the refusal adds for the asker. Refuses NobodyToRemind, TooManyToRemind.
    """
    if len(people) > MOST_REMINDED:
        raise TooManyToRemind(most=MOST_REMINDED)
    with transaction.atomic(), system("reminding people"):
        day = clock.day_in(settings.TIME_ZONE, at)
        parameters = {
            "kind": kind,
            "day": day,
            "at": at,
            "abouts": [person.matter for person in people],
            "accounts": [person.account_id for person in people],
            "units": [person.unit_id for person in people],
        }
        to_tell = set(sql.rows(_NOTE, parameters)) if people else set()
        messages = {
            (person.matter, person.account_id): AccountMessage(
                account_id=person.account_id,
                template=template,
                blanks=person.blanks,
                key=_key(kind, person.matter, person.account_id, day),
                unit_id=person.unit_id,
                programme_id=person.programme_id,
            )
            for person in people
            if (person.matter, person.account_id) in to_tell
        }
        if not messages and not is_by_loop:
            raise NobodyToRemind(next_step=next_step)
        tell_accounts(messages=list(messages.values()), at=at)
        return len(messages)


def take_back_reminders(*, kind: str, abouts: Collection[int], at: datetime) -> None:
    """Give up reminders of these matters that have not left, in the transaction of the act that settles them."""
    with system("taking reminders back"):
        rows = Reminder.objects.filter(kind=kind, about__in=abouts)
        keys = [_key(*row) for row in rows.values_list("kind", "about", "account_id", "day")]
        take_messages_back(keys=keys, at=at)


def forget_reminders(*, at: datetime) -> int:
    """Drop reminders older than a year. Return how many. Run by a loop."""
    with system("old reminders"):
        n, _kinds = Reminder.objects.filter(day__lt=clock.day_in(settings.TIME_ZONE, at - KEPT)).delete()
    return n


def _key(kind: str, about: int, account_id: int, day: date) -> str:
    return f"remind|{kind}|{about}|{account_id}|{day}"
