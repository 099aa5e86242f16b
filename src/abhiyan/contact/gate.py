"""May somebody be met or called now? One answer for doors, calls, field cards, friends, dialogues and back-checks."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from abhiyan.core import clock, sql
from abhiyan.core.refusals import or_refuse
from abhiyan.core.scope import system
from abhiyan.helpdesk import queries as helpdesk
from abhiyan.messaging.queries import on_phones, open_hours
from abhiyan.messaging.rules import hours
from abhiyan.people import queries as people
from abhiyan.polls import queries as polls

from .models import ContactEntry, ContactList, ContactTry
from .rules import gate

TALKS = (ContactTry.Outcome.TALKED, ContactTry.Outcome.WANTS_HELP, ContactTry.Outcome.ENTITLED)


@dataclass(frozen=True, slots=True)
class ContactAsked:
    """Somebody to meet or to call. unit_id: their place. zone: IANA. is_check: a back-check; all else is canvassing.

    has_basis: for calls outside a list, the person agreed to them. contact_list: the list they are from, if any.
    """

    unit_id: int
    zone: str
    is_call: bool = False
    phone_id: UUID | None = None
    is_check: bool = False
    has_basis: bool = True
    contact_list: ContactList | None = None
    entry_id: int | None = None

    @property
    def is_asked_back(self) -> bool:
        """Return whether the person called the helpline and waits for this call."""
        return self.is_call and self.contact_list is not None and is_of_callers(self.contact_list)


@dataclass(frozen=True, slots=True)
class ContactVerdict:
    """The answer of the gate. why: a key of rules.gate.WORDS, "" if they may be met. until: the end of a wait."""

    why: str = ""
    until: datetime | None = None


def contact_of_entry(entry: ContactEntry, *, zone: str, is_call: bool = False) -> ContactAsked:
    """Return an entry of a list as the gate asks about it."""
    return ContactAsked(
        entry.unit_id, zone, is_call, entry.phone_id, contact_list=entry.list, entry_id=entry.pk
    )


def contact_verdict(contact: ContactAsked, *, at: datetime) -> ContactVerdict:
    """Return whether somebody may be met or called now. In any scope; see `contact_verdicts`."""
    return contact_verdicts([contact], at=at)[0]


def contact_verdicts(contacts: Sequence[ContactAsked], *, at: datetime) -> list[ContactVerdict]:
    """Return for each of these whether they may be met or called now. In any scope; few queries for all of them.

    The place of a call is wherever the people of the phone live, and of a visit its door. The cap counts the talks of
    canvassing with a phone or at a door. It leaves alone people who called the helpline and wait for a call back, and
    back-checks. The caller shows the number at once, because the answer ages.
    """
    with system("may somebody be met or called now"):
        phones = {contact.phone_id for contact in contacts if contact.phone_id}
        noes = people.phones_that_said_no(phones) if phones else set()
        called = {contact.phone_id for contact in contacts if contact.phone_id and _keeps_call_hours(contact)}
        living = on_phones(called)
        places = {
            n: {contact.unit_id, *(living[contact.phone_id].units if contact.phone_id in living else ())}
            for n, contact in enumerate(contacts)
        }
        polling = polls.polling(places, at=at)
        capped = [contact for contact in contacts if not (contact.is_check or contact.is_asked_back)]
        talks = _talks_lately(
            [contact.entry_id for contact in capped if contact.entry_id],
            [contact.phone_id for contact in capped if contact.phone_id],
            at=at,
        )
        open_now = open_hours()
        answers: list[ContactVerdict] = []
        for n, contact in enumerate(contacts):
            its_list = contact.contact_list
            why = gate.why_held_back(
                is_call=contact.is_call,
                is_check=contact.is_check,
                at=at,
                zone=contact.zone,
                polling=polling[n],
                open_hours=open_now,
                is_over=its_list is not None and _is_over(its_list, contact.zone, at),
                said_no=contact.phone_id in noes
                and not (contact.is_asked_back and _called_since_no(or_refuse(contact.phone_id))),
                has_basis=contact.has_basis,
                is_of_scheme=its_list is not None and bool(its_list.scheme),
                n_lately=0
                if contact.is_asked_back
                else max(talks[key] for key in (contact.entry_id, contact.phone_id)),
            )
            waits = why in ("hours", "silence") and _keeps_call_hours(contact)
            until = hours.next_free(at, contact.zone, open_now, polling[n]) if waits else None
            answers.append(ContactVerdict(why, until))
    return answers


def _keeps_call_hours(contact: ContactAsked) -> bool:
    """Return whether the hours of calls bind, and not those of doors."""
    return gate.keeps_call_hours(is_call=contact.is_call, is_check=contact.is_check)


def _is_over(contact_list: ContactList, zone: str, at: datetime) -> bool:
    return contact_list.state != ContactList.State.APPROVED or contact_list.last_day < clock.day_in(zone, at)


def is_of_callers(contact_list: ContactList) -> bool:
    """Return whether a list has the people who called the helpline and wait for a call back."""
    return contact_list.basis == ContactList.Basis.CALLED


def is_closed_by_no(entry: ContactEntry) -> bool:
    """Return whether a phone's no holds an entry back. A later call of the phone itself asks for one call back.

    In a system scope.
    """
    if entry.phone_id is None or not people.phones_that_said_no([entry.phone_id]):
        return False
    return not (is_of_callers(entry.list) and _called_since_no(entry.phone_id))


def _called_since_no(phone_id: UUID) -> bool:
    no = people.standing_no(phone_id)
    return no is not None and helpdesk.has_called_since(phone_id, no.at)


def _talks_lately(
    entries: Collection[int], phones: Collection[UUID], *, at: datetime
) -> Counter[int | UUID | None]:
    """Count the talks of canvassing in LATELY_DAYS by entry and by phone. One query; back-checks are in no such row."""
    talks: Counter[int | UUID | None] = Counter()
    if not entries and not phones:
        return talks
    rows = sql.rows(
        """select t.entry_id, coalesce(t.phone_id, e.phone_id), count(*)::int from (
          select t.* from contact_entry e join contact_try t on t.entry_id = e.id
            where e.id = any(%(entries)s) or e.phone_id = any(%(phones)s)
          union all select t.* from contact_try t where t.phone_id = any(%(phones)s) and t.entry_id is null
        ) t left join contact_entry e on e.id = t.entry_id
        where t.at > %(since)s and t.undone_at is null and t.outcome = any(%(talks)s) group by 1, 2""",
        {"entries": list(entries), "phones": list(phones), "talks": [talk.value for talk in TALKS]}
        | {"since": at - timedelta(days=gate.LATELY_DAYS)},
    )
    for entry, phone, n in rows:
        for key in (entry, phone):
            if key is not None:
                talks[key] += n
    return talks
