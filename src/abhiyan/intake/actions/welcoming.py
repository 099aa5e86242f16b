"""A new member gets one SMS with the member number and the card; after joining by a text, with the year read there.

A loop finds counted terms that have not been welcomed. It queues a message for each under the key of its term, and
marks it, in one commit: a crash in between sends nothing twice. Paper lists and machines welcome nobody.
"""

from datetime import datetime, timedelta

from django.conf import settings

from abhiyan.core import sql
from abhiyan.core.keys import keyring
from abhiyan.enrolment.queries.drives import roll_of
from abhiyan.enrolment.rules.channels import WELCOMED, WRITTEN
from abhiyan.enrolment.rules.number import member_number
from abhiyan.messaging import actions as messaging
from abhiyan.programmes.models import Rung

AT_ONCE = 1_000
LATEST = timedelta(days=1)  # later than this a welcome says nothing new
TEMPLATE = "drive.joined"
CARD = "/me/card/"

_UNWELCOMED = f"""
select e.id, m.public_id, m.phone_id, p.sealed, coalesce(n.language, ''), e.unit_id, e.programme_id,
       coalesce(e.signed_at, e.at), case when e.channel = any(%(written)s) then n.birth_year end,
       m.merged_into is null and m.ended_on is null and n.left_at is null
         and coalesce(e.signed_at, e.at) > %(from)s as is_due
  from enrolment_enrolment e join enrolment_membership m on m.id = e.membership_id
  join people_phone p on p.id = m.phone_id left join people_person n on n.id = m.person_id
 where e.welcomed_at is null and e.ended_at is null and e.rung = {Rung.COUNTED.value}
   and e.channel in ({", ".join(map(str, WELCOMED))})
 order by e.at limit %(n)s for update of e skip locked"""


def welcome(*, at: datetime) -> int:
    """Queue the welcome of everybody who has joined since. Returns how many terms were looked at. In a transaction, as
    jobs.

    A service message: within ten minutes of joining it goes at any hour, later inside the hours; not to a phone that
    has said no since.
    """
    rows = sql.rows(_UNWELCOMED, {"from": at - LATEST, "n": AT_ONCE, "written": list(map(int, WRITTEN))})
    if not rows:
        return 0
    ring = keyring()
    marks = {programme_id: roll_of(programme_id).mark for programme_id in {row[6] for row in rows}}
    letters = [
        messaging.Outgoing(
            template=TEMPLATE + marks[programme_id],
            phone=ring.unseal(bytes(sealed), about=phone_id.bytes).decode(),
            language=language or settings.LANGUAGE_CODE,
            blanks={
                "number": member_number(public_id),
                "link": settings.ORIGIN + CARD,
                "born": str(born or ""),  # a machine read it out of their text, or made it of an age
            },
            key=f"joined|{term_id}",
            unit_id=unit_id,
            programme_id=programme_id,
            asked_at=joined_at,
        )
        for (
            term_id,
            public_id,
            phone_id,
            sealed,
            language,
            unit_id,
            programme_id,
            joined_at,
            born,
            is_due,
        ) in rows
        if is_due
    ]
    messaging.send_many(messages=letters, at=at)
    sql.run(
        "update enrolment_enrolment set welcomed_at = %s where id = any(%s)", [at, [row[0] for row in rows]]
    )
    return len(rows)
