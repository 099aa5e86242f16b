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

ENGLISH = "{organisation}: booth meeting at {place} this Sunday at 11. Messages stop with STOP. (sample)"
HINDI = "{organisation}: इस रविवार 11 बजे {place} में बूथ बैठक। संदेश बंद करने को STOP लिखें। (नमूना)"
ENTITY = "1101000000000000001"  # this and the ids of templates are nobody's
IDS = {
    "en": ("1107000000000000001", "1107000000000000011"),
    "hi": ("1107000000000000002", "1107000000000000012"),
}
STOPPED_AFTER = 120  # messages
CIRCULAR = """\
हर मंडल में बूथ समितियों की बैठक रविवार तक पूरी करें और सूची भेजें।

Please hold the meetings of all booth committees by Sunday and send the list. (sample)"""


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
        _registered(n, name, wordings, state, president, at, since=noon)
        for n, (name, wordings) in enumerate(
            (
                ("बूथ बैठक / Booth meeting (sample)", {"en": ENGLISH, "hi": HINDI}),
                ("हमारा नंबर / Our number (sample)", UNANSWERED.ready),
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
        title="बूथ समितियों की बैठक (नमूना)",
        titles={"hi": "बूथ समितियों की बैठक (नमूना)", "en": "Meetings of booth committees (sample)"},
        text=CIRCULAR,
        number="12/2026",
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
    wordings: Mapping[str, str],
    unit_id: int,
    by: Actor,
    at: datetime,
    *,
    since: datetime,
) -> str:
    """Return the code of a bulk text with the n-th ids, and with certificates."""
    text = messaging.register_text(
        name=name,
        entity=ENTITY,
        header="SAMPLE",
        wordings={code: messaging.Wording(wording, IDS[code][n]) for code, wording in wordings.items()},
        unit_id=unit_id,
        by=by,
        at=at,
    )
    for language, wording in wordings.items():
        messaging.certify_text(
            code=text,
            language=language,
            number=f"MCMC/{12 + n} (sample)",
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
        given={"en": {"place": "the panchayat hall"}, "hi": {"place": "पंचायत भवन"}},
        per_hour=messaging.most_per_hour(),
        programme_id=programme_id,
        by=asks,
        at=at,
    )
    while messaging.count_next(public_id=send):
        pass
    release = messaging.ask_send(public_id=send, reason="बूथ बैठक / Booth meetings (sample)", by=asks, at=at)
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
