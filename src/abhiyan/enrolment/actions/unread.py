"""Texts that no rule could read, handed to the helpline: the second of a week at once; the first, which is answered
with help, once nothing has followed for some hours."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q

from abhiyan.core import sql
from abhiyan.core.actor import Actor
from abhiyan.core.keys import keyring
from abhiyan.core.scope import system
from abhiyan.enrolment.models import Membership, Text, Waiting
from abhiyan.enrolment.rules.channels import HOOKS
from abhiyan.helpdesk import actions as helpdesk
from abhiyan.helpdesk.models import Ticket
from abhiyan.messaging import queries as messaging
from abhiyan.messaging.rules import words
from abhiyan.people import queries as people
from abhiyan.people.actions.persons import lock_phones

from .rows import waiting_id

KEPT = timedelta(days=90)  # a text for a person, from the last one
SILENT_FOR = timedelta(hours=3)  # after our help: then a person reads it
LOOKED_BACK = timedelta(days=7)  # so long jobs may have stood still
AT_ONCE = 200
MOST_COUNTED = 1_000
NOBODY = Actor.system("nothing followed our help")

_HELPED = """select id from enrolment_text where kind = 'unread' and state = 'helped' and settled_at is null
 and purge_at > %(from)s and purge_at <= %(until)s order by purge_at limit %(n)s"""


def hand_over(
    row: Text, said: Sequence[dict[str, Any]], *, phone: str, language: str, by: Actor, at: datetime
) -> None:
    """Make a text a request to the office nearest to the member, where the phone has one. In a system scope, the phone
    locked."""
    member = Membership.objects.filter(phone_id=row.phone_id, ended_on=None).order_by("slot").first()
    hook = next(hook for hook, way in HOOKS.items() if way.number == row.channel)
    opening = helpdesk.Opening(
        way=Ticket.Way.CHAT if hook == "chat" else Ticket.Way.SMS,
        phone=phone,
        texts=[one["text"] or one["other"] for one in said],
        unit_id=member.unit_id if member is not None else row.unit_id,
        language=language,
        programme_id=row.programme_id,
    )
    helpdesk.add_text(opening=opening, by=by, at=at)


def hand_on_silent(*, at: datetime) -> int:
    """Hand over what got help some hours ago and was followed by nothing. Where the phone went on by itself, nobody has
    to read it. How many were handed over. In a transaction, as jobs."""
    given = {"from": at - LOOKED_BACK + KEPT, "until": at - SILENT_FOR + KEPT, "n": AT_ONCE}
    found = list(Text.objects.filter(pk__in=sql.column(_HELPED, given)))
    lock_phones({row.phone_id for row in found})
    n = 0
    for row in Text.objects.filter(pk__in=[row.pk for row in found], state=Text.State.HELPED).order_by("pk"):
        if row.at > at - SILENT_FOR or row.settled_at is not None:
            continue  # meanwhile
        row.settled_at = at
        if not _is_followed(row):
            kept = json.loads(keyring().unseal(bytes(row.sealed), about=row.pk.bytes))
            row.state, row.settled_at = Text.State.OPEN, None
            language = words.read(kept["texts"][-1]["text"]).language
            hand_over(row, kept["texts"], phone=kept["phone"], language=language, by=NOBODY, at=at)
            n += 1
        row.save(update_fields=["state", "settled_at"])
    return n


def _is_followed(row: Text) -> bool:
    """Whether the phone has called, joined, answered us or said no since."""
    own: dict[str, Any] = {"phone_id": row.phone_id}
    first = Waiting.objects.filter(pk=UUID(bytes=waiting_id(row.phone_id.bytes, row.programme_id)))
    no = people.standing_no(row.phone_id)
    return (
        first.filter(Q(at__gt=row.at) | Q(opened_at__gt=row.at) | Q(completed_at__gt=row.at)).exists()
        or Membership.objects.filter(at__gt=row.at, **own).exists()
        or messaging.has_answered(row.phone_id, since=row.at)
        or (no is not None and no.at > row.at)
    )


def expected(span: tuple[int, int], *, at: datetime) -> int:
    """How many below a unit have had only our help so far, counted up to a limit. Whoever shows it has seen to it that
    the viewer sees the people there."""
    with system("how many texts have had only help"):
        return sql.count(
            f"""select count(*) from (select 1 from enrolment_text t where t.id in ({_HELPED})
              and exists (select from units_placement p
                where p.unit_id = t.unit_id and p.lo >= %(lo)s and p.lo < %(hi)s)) x""",
            {
                "from": at - SILENT_FOR + KEPT,
                "until": at + KEPT,
                "n": MOST_COUNTED,
                "lo": span[0],
                "hi": span[1],
            },
        )
