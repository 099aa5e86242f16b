"""Make the noes of the demo's phones.

Some left, one came back, and so many deny a worker's entries that the worker is paused. Samples.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from abhiyan.core import sql
from abhiyan.core.actor import Actor
from abhiyan.core.scope import system
from abhiyan.enrolment import actions as enrolment
from abhiyan.enrolment.actions import bursts, receipts
from abhiyan.enrolment.rules.bursts import RECENT
from abhiyan.enrolment.rules.channels import Channel
from abhiyan.programmes.models import Programme, Rung

from .claims import BY

PHONE = Actor(kind="channel", id=BY.id)  # what came from a phone itself
LEAVING, DENYING = 4, 6
# A sender of the last week with few enough entries for six noes to be a burst, and the entries.
_SENDER = """select c.by, array_agg(m.public_id order by m.id), array_agg(m.phone_id order by m.id)
 from enrolment_enrolment e join enrolment_claim c on c.id = e.claim_id
 join enrolment_membership m on m.id = e.membership_id
 where e.programme_id = %(programme)s and e.ended_at is null and e.rung = %(unsigned)s and e.at > %(since)s
  and m.ended_on is null and c.channel <> all (%(own)s) and c.by <> all (%(spared)s)
 group by c.by having count(*) between 12 and 110 order by count(*), min(m.id::text) limit 1"""
_LEAVING = """select m.phone_id from enrolment_membership m where m.programme_id = %(programme)s and m.ended_on is null
 and m.slot = 0 and m.at < %(before)s order by m.id limit %(n)s"""


def say_noes(programme: Programme, at: datetime, *, spared: Collection[UUID]) -> None:
    """Say each as its phone says it, in the last day. spared: workers who are not paused."""
    with system("demo"):
        claim_row = sql.row(
            _SENDER,
            {
                "programme": programme.pk,
                "unsigned": Rung.UNSIGNED.value,
                "since": at - RECENT,
                "spared": list(spared),
                "own": [int(Channel.WEB), int(Channel.MISSED_CALL), int(Channel.SMS)],
            },
        )
        leaving: list[UUID] = sql.column(
            _LEAVING, {"programme": programme.pk, "before": at - timedelta(days=9), "n": LEAVING}
        )
    for n, phone in enumerate(leaving):
        said_at = at - timedelta(hours=20 - n)
        enrolment.leave_by_phone(phone=phone, channel=Channel.SMS, by=PHONE, at=said_at)
        receipts.send_receipt(of=receipts.LEAVE, phone=phone, programme_id=programme.pk, at=said_at)
    if leaving:
        enrolment.come_back(phone=leaving[0], channel=Channel.SMS, by=PHONE, at=at - timedelta(hours=3))
    if claim_row is not None:
        _sender, members, phones = claim_row
        for n, (member, phone) in enumerate(zip(members[:DENYING], phones[:DENYING], strict=True)):
            said_at = at - timedelta(hours=9 - n)
            enrolment.deny_by_phone(phone=phone, membership=member, channel=Channel.SMS, by=PHONE, at=said_at)
            receipts.send_receipt(of=receipts.DENY, phone=phone, programme_id=programme.pk, at=said_at)
    bursts.look_for_bursts(at=at)
