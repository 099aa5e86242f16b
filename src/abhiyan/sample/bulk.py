"""The demo's bulk messages: one that reached a mandal, one that was stopped half-way, and a circular. All samples."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from abhiyan.core.actor import Actor
from abhiyan.intake.audiences import UNANSWERED
from abhiyan.messaging import actions as messaging
from abhiyan.messaging.adapters import Handed
from abhiyan.messaging.rules import audiences, bulk
from abhiyan.org import actions as org

from .data_files import BothLanguages, sample_words

WORDS = sample_words().bulk
STOPPED_AFTER = 120  # messages


def send_sample_text(
    president: Actor,
    officer: Actor,
    *,
    programme_id: int,
    state: int,
    district: int,
    mandal: int,
    readers: Iterable[Actor],
    at: datetime,
) -> None:
    """officer: who approves. programme_id: that pays. readers: district presidents who have read the circular."""
    noon = at.astimezone(ZoneInfo("Asia/Kolkata")).replace(hour=12, minute=0, second=0, microsecond=0)
    noon -= timedelta(days=1) if noon > at else timedelta(0)
    text, _number = (
        _registered(n, name, ids, wordings, state, president, at, since=noon)
        for n, (name, ids, wordings) in enumerate(
            (
                (WORDS.meeting_name, WORDS.meeting_ids, {"en": WORDS.meeting.en, "hi": WORDS.meeting.hi}),
                (WORDS.number_name, WORDS.number_ids, UNANSWERED.ready),
            )
        )
    )
    reached = _started(text, programme_id, mandal, president, officer, at)
    moment = noon
    while messaging.queue_next(public_id=reached, at=moment):
        _hand_over(1_000, at=moment, with_receipts=True)
        moment += timedelta(minutes=1)
    stopped = _started(text, programme_id, district, president, officer, at)
    messaging.queue_next(public_id=stopped, at=moment)
    _hand_over(STOPPED_AFTER, at=moment, with_receipts=False)
    messaging.stop_send(public_id=stopped, by=president, at=at)
    circular = messaging.send_circular(
        title=WORDS.circular.title.hi,
        titles=WORDS.circular.title.by_language(),
        text=WORDS.circular.text,
        number=WORDS.circular.number,
        office="district_president",
        unit_id=state,
        hierarchy=1,
        by=president,
        at=at - timedelta(days=2),
    )
    for reader in readers:
        messaging.note_read(public_id=circular, by=reader, at=at - timedelta(days=1))


def _registered(
    n: int,
    name: str,
    ids: BothLanguages,
    wordings: Mapping[str, str],
    unit_id: int,
    by: Actor,
    at: datetime,
    *,
    since: datetime,
) -> str:
    """Return the code of a bulk text with certificates, the n-th of the demo. ids: of its templates."""
    template_ids = ids.by_language()
    text = messaging.register_text(
        name=name,
        entity=WORDS.entity,
        header=WORDS.header,
        wordings={code: messaging.Wording(wording, template_ids[code]) for code, wording in wordings.items()},
        unit_id=unit_id,
        by=by,
        at=at,
    )
    for language, wording in wordings.items():
        messaging.certify_text(
            code=text,
            language=language,
            number=WORDS.certificate.format(n=12 + n),
            begins_on=(since - timedelta(days=9)).date(),
            ends_on=(since + timedelta(days=25)).date(),
            sha256=bulk.sha256(wording),
            by=by,
            at=at,
        )
    return text


def _started(text: str, programme_id: int, unit: int, asks: Actor, allows: Actor, at: datetime) -> UUID:
    """Start a send to members that was asked by one, and approved by another."""
    members = next(code for code, _name in audiences.offered_audiences() if code.startswith("members:"))
    send = messaging.draft_send(
        text=text,
        audience=members,
        unit_id=unit,
        hierarchy=1,
        only=[],
        given={language: {"place": place} for language, place in WORDS.place.by_language().items()},
        per_hour=messaging.most_per_hour(),
        programme_id=programme_id,
        by=asks,
        at=at,
    )
    while messaging.count_next(public_id=send):
        pass
    release = messaging.ask_send(public_id=send, reason=WORDS.reason, by=asks, at=at)
    org.decide_release(public_id=release.public_id, allow=True, by=allows, at=at)
    messaging.start_send(public_id=send, by=asks, at=at)
    return send


def _hand_over(n: int, *, at: datetime, with_receipts: bool) -> None:
    """Take messages as a gateway would: nothing leaves the machine.

    Messages outside the bulk send stay for the sender.
    """
    leased = [
        leased_message
        for leased_message in messaging.lease(at=at, n=5_000, codes=False)
        if leased_message.send_id is not None
    ]
    going = messaging.admit(messages=leased[:n], at=at)
    taken = [
        (going_message, Handed(ok=True, ref=f"sample-{going_message.message.id}")) for going_message in going
    ]
    messaging.settle_messages(returned=taken, adapter="sample", at=at)
    for number, (one, handed) in enumerate(taken if with_receipts else ()):
        if number % 9 != 8:  # of the others no report has come yet
            status = "failed" if number % 25 == 24 else "delivered"
            messaging.receive_receipt(ref=handed.ref or str(one.message.id), status=status, at=at)
