"""A no belongs to the person, on however many phones.

Entries that were merged are one person; on one phone so are entries of the same name and year of birth, one for each
roll. A no of one phone holds for all phones of the person: with the merge (`merging.keep_noes`), and whenever it comes
later (`spread_no`). An undo of the merge leaves it so, for only a phone's own word takes its no back. Other people on
those phones are not concerned.
"""

from collections.abc import Collection
from datetime import datetime
from itertools import groupby
from uuid import UUID

from abhiyan.core.actor import Actor
from abhiyan.core.scope import system
from abhiyan.enrolment.rules.channels import Channel
from abhiyan.people import actions as people
from abhiyan.people import queries as people_queries
from abhiyan.people.actions.persons import lock_phones
from abhiyan.people.models import Person, Purpose, Suppression
from abhiyan.people.news import ConsentWithdrawn, NoTakenBack, SpokenNo

from .members import living, who_is

OUTREACH = (Purpose.CALLS.value, Purpose.MESSAGES.value)


def lock_for_no(phone_id: UUID) -> None:
    """Lock a phone that says no, and the other phones of its people. Before any row, in the order
    of every act that takes several. In a system scope."""
    phone_ids = {phone_id, *(person.phone_id for person in selves_elsewhere(phone_id))}
    lock_phones(phone_ids)
    # Entries may have been merged while we waited.
    if later := {person.phone_id for person in selves_elsewhere(phone_id)} - phone_ids:
        lock_phones(later)


def spread_no(*, phone_id: UUID, by: Actor, at: datetime) -> None:
    """Spread a phone's no to the phones of people who are one with its own. All are locked (`lock_for_no`).

    Refuses journal.NotSaved.
    """
    no = people_queries.standing_no(phone_id)
    if no is None:
        return
    for other, theirs in groupby(selves_elsewhere(phone_id), key=lambda person: person.phone_id):
        carry_no(no, person_ids=[person.pk for person in theirs], phone_id=other, by=by, at=at)


def heed_spoken_no(*, spoken_no: SpokenNo) -> None:
    """Keep the no of a phone whose person said it aloud.

    They take back their consent to calls and messages, and it holds on their other phones. In its transaction.
    """
    with system("a no was said aloud"):
        lock_for_no(spoken_no.phone_id)
        for person in people_queries.persons_on(spoken_no.phone_id):
            people.withdraw_consent(
                person_id=person.pk, purposes=OUTREACH, channel=Channel.WORD, by=spoken_no.by, at=spoken_no.at
            )
        spread_no(phone_id=spoken_no.phone_id, by=spoken_no.by, at=spoken_no.at)


def heed_no_taken_back(*, no_taken_back: NoTakenBack) -> None:
    """Take back a spoken no that was a slip: the yes it took back holds again, and the person's other phones
    hear us.

    A phone whose people had no yes before stays silent. In its transaction.
    """
    if no_taken_back.is_spread:
        return
    with system("a spoken no was a slip"):
        lock_for_no(no_taken_back.phone_id)
        elsewhere = selves_elsewhere(no_taken_back.phone_id)
        theirs = [person.pk for person in [*people_queries.persons_on(no_taken_back.phone_id), *elsewhere]]
        back = people.give_consents_back(
            person_ids=theirs,
            channel=Channel.WORD,
            withdrawn_at=no_taken_back.said_at,
            by=no_taken_back.by,
            at=no_taken_back.at,
        )
        for phone_id in {person.phone_id for person in elsewhere if person.pk in back}:
            people.take_back_no(
                phone_id=phone_id,
                said_at=no_taken_back.said_at,
                is_spread=True,
                by=no_taken_back.by,
                at=no_taken_back.at,
            )


def carry_no(
    no: Suppression, *, person_ids: Collection[UUID], phone_id: UUID, by: Actor, at: datetime
) -> None:
    """Carry a phone's no to its people on another phone.

    They take back their consent to calls and messages; a phone with nobody else on it hears nothing more. Both
    phones are locked. Refuses journal.NotSaved.
    """
    selves = sorted({*person_ids, *(person.pk for person in _selves(people_queries.persons(person_ids)))})
    for person_id in selves:
        people.withdraw_consent(person_id=person_id, purposes=OUTREACH, channel=no.channel, by=by, at=at)
    if phone_id != no.phone_id and not living(phone_id).exclude(person_id__in=selves).exists():
        people.suppress(phone_id=phone_id, channel=no.channel, by=by, at=at, scope=no.scope)


def heed_consent_withdrawal(*, consent_withdrawn: ConsentWithdrawn) -> None:
    """Take back a yes to calls or messages in the entries merged with a person's: they took it back.

    In its transaction.
    """
    if consent_withdrawn.purpose not in OUTREACH:
        return
    for person_id in sorted(people_queries.merged_with([consent_withdrawn.person_id])):
        people.withdraw_consent(
            person_id=person_id,
            purposes=[consent_withdrawn.purpose],
            channel=consent_withdrawn.channel,
            by=consent_withdrawn.by,
            at=consent_withdrawn.at,
        )


def selves_elsewhere(phone_id: UUID, *, of: Collection[UUID] | None = None) -> list[Person]:
    """Return entries on other phones that are one person with somebody on this phone, by phone, in a fixed order.

    of: only with these. In a system scope.
    """
    new = [person for person in people_queries.persons_on(phone_id) if of is None or person.pk in of]
    seen_ids = {person.pk for person in new}
    others: list[Person] = []
    while new:
        merged = people_queries.persons(people_queries.merged_with([person.pk for person in new]) - seen_ids)
        new = [person for person in _selves(merged) if person.pk not in seen_ids]
        seen_ids |= {person.pk for person in new}
        others += [person for person in new if person.phone_id != phone_id]
    return sorted(others, key=lambda person: (person.phone_id, person.pk))


def _selves(persons: Collection[Person]) -> list[Person]:
    """Return these people with all entries of theirs on the same phone, each once."""
    by_phone: dict[UUID, list[Person]] = {}
    for person in persons:
        by_phone.setdefault(person.phone_id, []).append(person)
    selves = []
    for phone_id, theirs in by_phone.items():
        whos = {who_is(person) for person in theirs} - {None}
        ids = {person.pk for person in theirs}
        selves += [
            person
            for person in people_queries.persons_on(phone_id)
            if person.pk in ids or who_is(person) in whos
        ]
    return selves
