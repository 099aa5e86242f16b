"""Correct persons, and move them by the word of somebody who knows where they live. The calling act checks
authority."""

from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from abhiyan.core import sql
from abhiyan.core.keys import keyring
from abhiyan.people.models import Account, Consent, Double, LastSign, Person, PersonWord, Phone

from .words import write_person_words


def correct_person(*, person: Person, name: str | None, birth_year: int | None) -> None:
    """Write a person's name and year of birth as they are right. The act that calls leaves the trail."""
    person.name, person.birth_year = name, birth_year
    person.save(update_fields=["name", "birth_year"])
    write_person_words(person_ids=[person.pk])


def mark_left(*, person_ids: Collection[UUID], at: datetime) -> None:
    """These people have left: only they read their entry from now on. The act that calls leaves the trail."""
    Person.objects.filter(pk__in=person_ids, left_at=None).update(left_at=at)
    write_person_words(person_ids=person_ids)


def mark_back(*, person_ids: Collection[UUID]) -> None:
    """They have come back: offices read their entries again. The act that calls leaves the trail."""
    Person.objects.filter(pk__in=person_ids).update(left_at=None)
    write_person_words(person_ids=person_ids)


def move_persons(*, person_ids: Collection[UUID], unit_id: int) -> None:
    """People live in another unit: so do their consents, and their pairs. The act that calls leaves the trail."""
    Person.objects.filter(pk__in=person_ids).update(unit_id=unit_id)
    PersonWord.objects.filter(person_id__in=person_ids).update(unit_id=unit_id)
    Consent.objects.filter(person_id__in=person_ids).update(unit_id=unit_id)
    Double.objects.filter(first_id__in=person_ids).update(unit_id=unit_id)
    Double.objects.filter(second_id__in=person_ids).update(other_unit_id=unit_id)


def keep_phone(*, number: str) -> UUID:
    """Keep a number (E.164), if it is not kept. Its id. The act that calls leaves the trail."""
    ring = keyring()
    ident = ring.phone_id(number)
    row = Phone(
        id=ident,
        hash=ring.phone_hash(number),
        sealed=ring.seal(number.encode(), about=ident.bytes),
        last4=number[-4:],
    )
    Phone.objects.bulk_create([row], ignore_conflicts=True)
    return ident


def move_to_phone(*, person_id: UUID, phone_id: UUID) -> None:
    """A person has another phone. The act that calls leaves the trail."""
    Person.objects.filter(pk=person_id).update(phone_id=phone_id)


def drop_phone(*, phone_id: UUID) -> bool:
    """Forget a phone's number, unless somebody is on it who was not erased, or signs in with it. Returns True if it is
    gone."""
    is_held = Person.objects.filter(phone_id=phone_id, erased_at=None).exclude(name=None).exists()
    if is_held or Account.objects.filter(phone_id=phone_id, closed_at=None).exists():
        return False
    Phone.objects.filter(pk=phone_id).delete()
    LastSign.objects.filter(pk=phone_id).delete()
    return True


def lock_phones(phone_ids: Iterable[UUID]) -> list[UUID]:
    """Lock phones to the end of the transaction: sorted, the order in which every act takes them. Returns them so.

    The lock is by the first eight bytes of a phone's id, as the batch takes it.
    """
    ordered = sorted(set(phone_ids))
    sql.run(
        "select pg_advisory_xact_lock(k) from unnest(%s::bigint[]) k",
        [[int.from_bytes(phone.bytes[:8], "big", signed=True) for phone in ordered]],
    )
    return ordered


_SIGN = """insert into people_last_sign (phone_id, at) select id, %s from people_phone where id = %s
 on conflict (phone_id) do update set at = excluded.at where people_last_sign.at < excluded.at - interval '1 day'"""


def note_sign(*, phone_id: UUID, at: datetime) -> None:
    """A phone wrote, answered or showed a code; of a number we do not keep nothing is noted. One note a day is enough.

    In a system scope, before the phone is locked.
    """
    sql.run(_SIGN, [at, phone_id])
