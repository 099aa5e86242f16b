"""A long SMS that comes in parts is heard as one text.

A part waits sealed until the others are there, or until no more came for a while; the loop then hears the whole. A text
of joining that lacks something waits too: its other half may be on the way. A text that is no part is heard at once.
"""

import hashlib
import json
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings

from abhiyan.core.actor import Actor
from abhiyan.core.keys import keyring
from abhiyan.core.refusals import Refused
from abhiyan.core.scope import system
from abhiyan.enrolment.actions.claims import JoiningWaits, PhoneBusy, TryAgain
from abhiyan.enrolment.actions.members import lock_phone
from abhiyan.intake.models import Text
from abhiyan.intake.rules import details
from abhiyan.messaging import queries as messaging_queries
from abhiyan.messaging.rules import inbound, sms_parts, words
from abhiyan.messaging.rules.sms_parts import PartMark, SmsPart
from abhiyan.messaging.rules.words import TextWord
from abhiyan.people import phones

from . import texts
from .enrol import enrol_batch
from .texts import Joining, TextIn

QUIET = timedelta(seconds=20)  # after the last part: a phone's parts come within seconds
MARKED = timedelta(minutes=5)  # where the provider says that parts are missing
AGAIN = timedelta(minutes=1)  # where a claim could not be stored
KEPT = timedelta(days=8)
AT_ONCE = 100
ADULT = 18


def hear_or_hold(*, text_in: TextIn, by: Actor, at: datetime) -> Joining | None:
    """Hear a text, or keep it where it is a part. As `texts.hear_text`; a part makes no claim yet."""
    phone = phones.parse(text_in.text.sender)
    if text_in.hook != "sms" or phone is None or text_in.text.other:
        return texts.hear_text(text_in=text_in, by=by, at=at)
    with system("is a text a part?"):
        phone_id = keyring().phone_id(phone)
        lock_phone(phone_id)
        is_part = not messaging_queries.is_ours(phone) and _hold(text_in, phone, phone_id, by, at)
    return None if is_part else texts.hear_text(text_in=text_in, by=by, at=at)


def _hold(message: TextIn, phone: str, phone_id: UUID, by: Actor, at: datetime) -> bool:
    """Return True if the text waits as a part, or did so before. The phone is locked."""
    text = message.text
    ident = _set_id(message, phone_id)
    row = Text.objects.filter(pk=ident).first()
    if not _is_part(message, has_others=row is not None, at=at):
        return False
    begun: dict[str, Any] = {"parts": [], "told": _facts(message), "by": _origin(by)}
    record = _opened(row) if row is not None else begun
    if len(record["parts"]) >= sms_parts.MOST_PARTS:
        return False  # longer than any text: what comes now is heard by itself
    if not texts.note_text(message, phone, "part", at):
        return True
    record["parts"].append({"text": text.text, "mark": asdict(text.part) if text.part else None})
    waits = timedelta() if sms_parts.is_complete(_parts(record)) else MARKED if text.part else QUIET
    sealed = keyring().seal(
        json.dumps(record, ensure_ascii=False).encode(errors="replace"), about=ident.bytes
    )
    columns = {"phone_id": phone_id, "sealed": sealed, "hear_at": at + waits, "purge_at": at + KEPT}
    Text.objects.update_or_create(pk=ident, defaults=columns, create_defaults=columns | {"at": at})
    return True


def _is_part(message: TextIn, *, has_others: bool, at: datetime) -> bool:
    text = message.text
    if text.part is not None or sms_parts.is_full_part(text.text):
        return True
    reading = words.read_said_text(text.text)
    if has_others:
        return reading.word is None or bool(
            reading.rest and not reading.code and reading.word is not TextWord.STOP
        )
    if reading.word is None and sms_parts.goes_on(text.text):
        return True
    if reading.word is not None or message.meaning != "join" or message.programme_id is None:
        return False
    this_year = at.astimezone(ZoneInfo(settings.TIME_ZONE)).year
    facts = details.read_details(text.text, this_year=this_year)
    is_child = facts.birth_year is not None and facts.birth_year > this_year - ADULT
    return facts.is_attempt and not facts.is_complete and not is_child


def hear_parts(*, at: datetime) -> int:
    """Hear the texts whose other parts are waited for no longer. Returns how many. Each has transactions of its own: a
    crash in the middle hears the same text again, by the same id. A text that is refused, such as a request too many,
    waits a while and keeps no other text waiting."""
    with system("which parts wait no longer?"):
        due = list(Text.objects.filter(hear_at__lte=at).order_by("hear_at", "pk")[:AT_ONCE])
    for row in due:
        record = _opened(row)
        message, by = _whole(record, came_at=row.at), _actor(record["by"])
        try:
            is_stored = _stored(texts.hear_text(text_in=message, by=by, at=at), message, by, at)
        except Refused:
            is_stored = False
        with system("parts were heard"):
            same = Text.objects.filter(pk=row.pk, hear_at=row.hear_at)
            if is_stored:
                same.delete()
            else:
                same.update(hear_at=at + AGAIN)
    return len(due)


def _stored(joining: Joining | None, message: TextIn, by: Actor, at: datetime) -> bool:
    """Store the claim of a text. Return True once it, or its refusal, is on disk."""
    if joining is None or message.programme_id is None:
        return True
    try:
        (outcome,) = enrol_batch(programme_id=message.programme_id, claims=[joining.claim], by=by, at=at)
    except TryAgain:
        return False
    if isinstance(outcome, PhoneBusy | JoiningWaits):
        return False
    if joining.language:
        texts.follow_up_joining(text_in=message, joining=joining, outcome=outcome, at=at)
    return True


def _set_id(message: TextIn, phone_id: UUID) -> UUID:
    """Return the id under which the parts of a text wait. Parts without a mark are of one text."""
    mark = message.text.part
    part_set = f"{mark.ref}|{mark.of}" if mark else ""
    seed = f"text|parts|{message.text.provider}|{message.number}|{phone_id}|{part_set}"
    return UUID(bytes=hashlib.sha256(seed.encode(errors="replace")).digest()[:16])


def _opened(row: Text) -> dict[str, Any]:
    record: dict[str, Any] = json.loads(keyring().unseal(bytes(row.sealed), about=row.pk.bytes))
    return record


def _facts(message: TextIn) -> dict[str, Any]:
    """Return the facts of the first part that are kept, as JSON."""
    at = message.text.at
    return asdict(replace(message, text=replace(message.text, text="", at=None, part=None))) | {
        "said_at": at.isoformat() if at else ""
    }


def _parts(record: dict[str, Any]) -> list[SmsPart]:
    return [
        SmsPart(part["text"], PartMark(**part["mark"]) if part["mark"] else None) for part in record["parts"]
    ]


def _whole(record: dict[str, Any], *, came_at: datetime) -> TextIn:
    """Return the text of its parts. Its id is of its own, so that no part is taken for it.

    came_at: the first of them. A no that came while they waited is later.
    """
    facts = dict(record["told"])
    said_at = facts.pop("said_at")
    first = inbound.Sms(**facts.pop("text"))
    text = replace(
        first,
        id=f"{first.id}+{len(record['parts'])}",
        text=sms_parts.join_parts(_parts(record)),
        at=datetime.fromisoformat(said_at) if said_at else came_at,
    )
    return TextIn(text=text, **facts)


def _origin(by: Actor) -> dict[str, str]:
    return {"kind": by.kind, "id": str(by.id), "origin": by.origin}


def _actor(origin: dict[str, str]) -> Actor:
    return Actor(kind=origin["kind"], id=UUID(origin["id"]), origin=origin["origin"])
