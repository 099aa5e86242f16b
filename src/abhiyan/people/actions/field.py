"""Make what phones of the field send arrive once: receipts of records, and pictures that wait for theirs.

Everything here is the account's own. Each function runs in the transaction of the request.
"""

import hmac
import json
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from abhiyan.core import audit, declared, limits, lot, sql
from abhiyan.core.actor import Actor
from abhiyan.core.keys import keyring
from abhiyan.core.refusals import Refused, TooMany, or_refuse
from abhiyan.people.models import Account, Session
from abhiyan.people.models_field import FieldHeld, FieldPhone, FieldPicture, FieldReceipt

from .sessions import SignedOutPhone

MOST_WAITING = 60  # pictures of one account whose records have not come
WAITS_S = 600
LARGEST = 2 << 20  # bytes; a phone shrinks them to less
RECEIPTS_LAST = timedelta(days=400)
PICTURES_LAST = timedelta(days=30)
HELD_LAST = timedelta(days=90)


class RecordSentOtherwise(Refused, status=409):
    """Under a known key came other content. The first stays as it is."""

    message = _(
        "It had arrived before it was changed, and the first one stands. Correct it on its own page, "
        "then delete this one."
    )


class FieldPictureTooLarge(Refused, status=413):
    message = _("This picture is larger than %(mb)s MB. Take it again with a smaller picture size.")


class HeldDecided(Refused, status=409):
    message = _("Somebody decided about this record already.")


class PicturesMissing(Refused, status=409):
    """Pictures of a record have not come, or waited too long. The phone sends them again."""

    message = _("Pictures of this record are missing. Send it again.")


def begin_record(*, key: UUID, content: bytes, by: Actor, at: datetime) -> dict[str, Any] | None:
    """Begin to keep a record, and return None; of one that is kept, the answer it got. `end_record` completes it.

    A record of one key waits for the other by its row: the act of a record may hold no other lock (`enrol`). A refusal
    undoes the row with the transaction. Refuses RecordSentOtherwise.
    """
    record_id, digest = _id(by, key), _keyed(content)
    if sql.run(
        "insert into people_field_receipt (id, account_id, digest, answer, at) values (%s, %s, %s, '{}', %s)"
        " on conflict (id) do nothing",
        [record_id, by.account_id, digest, at],
    ):
        return None
    there = FieldReceipt.objects.get(pk=record_id)
    if not hmac.compare_digest(bytes(there.digest), digest):
        raise RecordSentOtherwise
    answer: dict[str, Any] = there.answer
    return answer


def end_record(*, key: UUID, answer: Mapping[str, Any], by: Actor) -> None:
    """Keep the answer of a record whose act is done, and let its pictures go: the act has taken them."""
    record_id = _id(by, key)
    FieldReceipt.objects.filter(pk=record_id).update(answer=dict(answer))
    FieldPicture.objects.filter(record=record_id).delete()


def form_answer(*, key: UUID, by: Actor) -> dict[str, Any] | None:
    """The answer that a form of this key got, or None. A second form of the key waits for the end of the first.

    Locks: the key, by two numbers. Phones are locked by one, and `intake.actions.enrol` refuses to wait for those.
    """
    record_id = _id(by, key)
    halves = (
        int.from_bytes(half, "big", signed=True) for half in (record_id.bytes[:4], record_id.bytes[4:8])
    )
    sql.run("select pg_advisory_xact_lock(%s, %s)", list(halves))
    answer: dict[str, Any] | None = (
        FieldReceipt.objects.filter(pk=record_id).values_list("answer", flat=True).first()
    )
    return answer


def keep_form_answer(*, key: UUID, answer: Mapping[str, Any], by: Actor, at: datetime) -> None:
    """Keep what a form of this key was answered, whose `form_answer` was None in this transaction."""
    FieldReceipt.objects.bulk_create(
        [
            FieldReceipt(
                id=_id(by, key),
                account_id=or_refuse(by.account_id),
                digest=_keyed(b""),
                answer=dict(answer),
                at=at,
            )
        ]
    )


def keep_picture(*, key: UUID, n: int, data: bytes, by: Actor, at: datetime) -> None:
    """Keep one picture until its record comes. Sent again, or after its record, nothing is written.

    Refuses RecordSentOtherwise of another picture under its number, FieldPictureTooLarge, TooMany.
    """
    record, picture_id, account_id = _id(by, key), _id(by, key, n), or_refuse(by.account_id)
    if len(data) > LARGEST:
        raise FieldPictureTooLarge(mb=LARGEST >> 20)
    there = FieldPicture.objects.filter(pk=picture_id).only("digest").first()
    if there is not None:
        if not hmac.compare_digest(bytes(there.digest), _keyed(data)):
            raise RecordSentOtherwise
        return
    if FieldReceipt.objects.filter(pk=record).exists():
        return
    limits.count_or_refuse(declared.FIELD_PICTURES, str(by.account_id), at=at)
    if FieldPicture.objects.filter(account_id=account_id).count() >= MOST_WAITING:
        raise TooMany(wait_s=WAITS_S)
    picture = FieldPicture(
        id=picture_id,
        record=record,
        account_id=account_id,
        digest=_keyed(data),
        sealed=keyring().seal(data, about=picture_id.bytes),
        at=at,
    )
    FieldPicture.objects.bulk_create([picture], ignore_conflicts=True)


def pictures_that_wait(*, key: UUID, numbers: Collection[int], by: Actor) -> dict[int, bytes]:
    """The pictures of a record, by their numbers. Refuses PicturesMissing."""
    ids = {_id(by, key, n): n for n in numbers}
    field_pictures = FieldPicture.objects.in_bulk(ids)
    if len(field_pictures) < len(ids):
        raise PicturesMissing
    return {
        n: keyring().unseal(bytes(field_pictures[picture_id].sealed), about=picture_id.bytes)
        for picture_id, n in ids.items()
    }


def hold_record(
    *,
    key: UUID,
    record: str,
    held: Mapping[str, str],
    age: timedelta,
    pictures: Collection[int],
    phone: SignedOutPhone,
    answer: Mapping[str, Any],
    by: Actor,
    at: datetime,
) -> None:
    """Keep a record of a phone that was signed out, sealed, for the in-charge. answer: what the phone gets.

    held: page, form and pictures, as they came. by: the account it came from. `begin_record` has begun it, and its
    caller has asked what the sender might send. In a system scope. Refuses PicturesMissing, TooMany.
    """
    limits.count_or_refuse(declared.FIELD_HELD, str(phone.public_id), at=at)
    pictures_that_wait(key=key, numbers=pictures, by=by)
    record_id = _id(by, key)
    FieldReceipt.objects.filter(pk=record_id).update(answer=dict(answer))
    FieldHeld.objects.create(
        id=record_id,
        public_id=lot.uuid(),
        account_id=or_refuse(by.account_id),
        phone_id=phone.public_id,
        unit_id=FieldPhone.objects.get(pk=phone.public_id).unit_id,
        record=record,
        sealed=keyring().seal(json.dumps({**held, "key": str(key)}).encode(), about=record_id.bytes),
        made_at=at - age,
        at=at,
        signed_out_at=phone.ended_at,
        was_strong=phone.was_strong,
    )


def sender_of(field_held: FieldHeld) -> SignedOutPhone:
    """Return the phone of a held record as it was when it was signed out. In a scope that sees accounts."""
    holder = Account.objects.get(pk=field_held.account_id).public_id
    return SignedOutPhone(
        field_held.phone_id, field_held.account_id, holder, field_held.signed_out_at, field_held.was_strong
    )


def open_held_record(field_held: FieldHeld) -> dict[str, str]:
    """The content of a held record: page, form, pictures and key. Refuses HeldDecided: then its words are gone."""
    if field_held.state != FieldHeld.State.WAITS:
        raise HeldDecided
    record_json: dict[str, str] = json.loads(
        keyring().unseal(bytes(field_held.sealed), about=field_held.pk.bytes)
    )
    return record_json


def take_held(*, public_id: UUID) -> FieldHeld:
    """A held record that nobody decided, locked until the decision is written. In a system scope.

    Its only caller, `org.actions.phones`, asks for the capability. Refuses NotFound, HeldDecided.
    """
    field_held = or_refuse(FieldHeld.objects.select_for_update().filter(public_id=public_id).first())
    if field_held.state != FieldHeld.State.WAITS:
        raise HeldDecided
    return field_held


def decide_held(*, field_held: FieldHeld, is_accepted: bool, reason: str, by: Actor, at: datetime) -> None:
    """Write what became of a held record; its pictures and its words go. In a system scope."""
    state = FieldHeld.State.ACCEPTED if is_accepted else FieldHeld.State.ASIDE
    FieldPicture.objects.filter(record=field_held.pk).delete()
    FieldHeld.objects.filter(pk=field_held.pk).update(
        state=state, reason=reason, decided_by=by.account_id, decided_at=at, sealed=b""
    )
    audit.record(
        by=by,
        at=at,
        act="people.decide_held",
        subject=str(field_held.public_id),
        unit_id=field_held.unit_id,
        facts={"record": field_held.record, "accepted": is_accepted},
    )


def note_sent(*, session: Session | None, at: datetime) -> None:
    """Note on a phone's own session that something arrived from it."""
    if session is not None and session.is_phone:
        FieldPhone.objects.filter(pk=session.public_id).update(sent_at=at)


def sweep_field(*, at: datetime) -> int:
    """Delete receipts after 400 days, held records after 90, and pictures whose record has not come for 30.

    As `jobs`, in a system scope.
    """
    FieldHeld.objects.filter(at__lt=at - HELD_LAST).delete()
    receipts, _of = FieldReceipt.objects.filter(at__lt=at - RECEIPTS_LAST).delete()
    held_ids = FieldHeld.objects.filter(state=FieldHeld.State.WAITS).values("pk")
    pictures, _of = (
        FieldPicture.objects.filter(at__lt=at - PICTURES_LAST).exclude(record__in=held_ids).delete()
    )
    return receipts + pictures


def _id(by: Actor, key: UUID, n: int = 0) -> UUID:
    return UUID(bytes=_keyed(b"field|%d|%b|%d" % (or_refuse(by.account_id), key.bytes, n))[:16])


def _keyed(content: bytes) -> bytes:
    return hmac.digest(keyring().lookup, content, "sha256")
