"""A person has everything erased: no longer read from now on, sealed for the legal period, then purged.

The sealed part (name, year of birth, phone) is kept because the law asks for it, under a key of its own. No act of this
program opens it (docs/rights.md). Keyed digests stay for good: they keep later lists from bringing the person back.
"""

import hashlib
import json
import os
from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db.models import Q

from abhiyan.core import audit, environment, news
from abhiyan.core.actor import Actor
from abhiyan.core.keys import keyring
from abhiyan.core.scope import system
from abhiyan.people import journal
from abhiyan.people.models import Consent, Document, Double, Erasure, Person, Phone, Session
from abhiyan.people.news import ErasurePurged, ErasureReplayed

from .persons import drop_phone
from .words import write_person_words

AT_ONCE = 500


def purge_at(*, at: datetime) -> datetime:
    """When what is erased at an instant will be destroyed (law.md D6)."""
    return at + timedelta(days=environment.ERASE_AFTER_DAYS())


def erase_persons(
    *,
    persons: Collection[Person],
    who: bytes,
    public_ids: Collection[UUID],
    formerly: Collection[tuple[UUID, UUID, bytes]] = (),
    channel: int,
    by: Actor,
    at: datetime,
) -> datetime:
    """Erase one human being, whose entries on a phone's rolls are `persons`. Returns when the rest will be purged.

    who: keyed digest by which lists that name them are known. public_ids: of what their sessions show. formerly: the
    same of phones they had before: an id of the place left there, the phone, the digest. In the
    transaction of the act that calls: it has asked for the right, locked the phone, ended memberships and consents.
    Their sessions end. The phone goes too, unless somebody else is on it, or signs in with it.
    Refuses journal.NotSaved: then nothing is erased.
    """
    for person in persons:
        erasure = journal.ErasureLine(person.pk, person.phone_id, who, channel, at)
        _erase(erasure, person)
        audit.record(by=by, at=at, act="people.erase", subject=str(person.public_id), unit_id=person.unit_id)
        journal.write_line(erasure)
    for place, phone_id, who_there in formerly:
        erasure = journal.ErasureLine(place, phone_id, who_there, channel, at)
        _erase(erasure, None)
        journal.write_line(erasure)
        drop_phone(phone_id=phone_id)
    for phone_id in {person.phone_id for person in persons}:
        is_gone = drop_phone(phone_id=phone_id)
        showing = Session.objects.filter(phone_id=phone_id, account_id=None)
        if not is_gone:
            showing = showing.filter(data__person__in=[str(public_id) for public_id in public_ids])
        showing.update(ended_at=at, data={})
    return purge_at(at=at)


def erase_again(*, erasure: journal.ErasureLine) -> None:
    """Repeat after a restore: erase people again who had everything erased since the backup, and purge on the day then
    named.

    A person the backup does not know yet leaves only the digest. Tells ErasureReplayed first.
    """
    news.tell(
        ErasureReplayed(
            person_id=erasure.person_id, phone_id=erasure.phone_id, channel=erasure.channel, at=erasure.at
        )
    )
    person = Person.objects.filter(pk=erasure.person_id, erased_at=None, at__lte=erasure.at).first()
    _erase(erasure, person)
    drop_phone(phone_id=erasure.phone_id)


def purge(*, at: datetime) -> int:
    """Destroy what was sealed, and the proofs of consents, once the legal period is over. Returns how many people."""
    done = 0
    with system("the legal period of erasures is over"):
        due = Erasure.objects.filter(purged_at=None, purge_at__lte=at).order_by("purge_at")
        for erasure in due.select_for_update(skip_locked=True)[:AT_ONCE]:
            Consent.objects.filter(person_id=erasure.person_id, at__lte=erasure.at).delete()
            Document.objects.filter(person_id=erasure.person_id, issued_at__lte=erasure.at).delete()
            Erasure.objects.filter(pk=erasure.pk).update(sealed=None, purged_at=at)
            erasure_purged = ErasurePurged(
                person_id=erasure.person_id, phone_id=erasure.phone_id, erased_at=erasure.at, at=at
            )
            news.tell(erasure_purged)
            done += 1
        if done:
            audit.record(by=Actor.system("the legal period is over"), at=at, act="people.purge", n=done)
    return done


def envelope_key(*, erasure_id: UUID) -> bytes:
    """The key of one sealed envelope, 32 bytes: AES-256-GCM, its nonce the first 12 bytes, bound to the row's id."""
    return keyring().derive(f"erased/{erasure_id.hex}")


def _erase(erasure: journal.ErasureLine, person: Person | None) -> None:
    ident = UUID(
        bytes=hashlib.sha256(
            b"erasure|" + erasure.person_id.bytes + erasure.at.isoformat().encode()
        ).digest()[:16]
    )
    sealed = None
    if person is not None:
        nonce = os.urandom(12)
        sealed = nonce + AESGCM(envelope_key(erasure_id=ident)).encrypt(nonce, _told(person), ident.bytes)
        Person.objects.filter(pk=person.pk).update(
            name=None, birth_year=None, language="", left_at=erasure.at, erased_at=erasure.at
        )
        write_person_words(person_ids=[person.pk])
        Double.objects.filter(Q(first_id=person.pk) | Q(second_id=person.pk)).delete()
    row = Erasure(
        id=ident,
        person_id=erasure.person_id,
        phone_id=erasure.phone_id,
        who=erasure.who,
        sealed=sealed,
        channel=erasure.channel,
        at=erasure.at,
        purge_at=purge_at(at=erasure.at),
    )
    Erasure.objects.bulk_create([row], ignore_conflicts=True)


def _told(person: Person) -> bytes:
    phone = Phone.objects.filter(pk=person.phone_id).first()
    number = keyring().unseal(bytes(phone.sealed), about=phone.pk.bytes).decode() if phone else None
    facts = {"name": person.name, "birth_year": person.birth_year, "phone": number}
    return json.dumps(facts, ensure_ascii=False).encode()
