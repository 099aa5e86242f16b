"""Many say no at once: the list or sender they came from is stopped, and the level above and the data officer
called.

Nothing is undone by itself, and it accuses no one. A stopped source stays stopped until somebody has looked.
They take the list back, end the token or the appointment, or let it go on with a reason. Leaving by call or
text is held when so many do that numbers may be forged (`floods`); by page or code one leaves at once all the
same.
"""

from contextlib import suppress
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from abhiyan.core import audit, sql
from abhiyan.core.actor import Actor
from abhiyan.core.refusals import Refused, or_refuse
from abhiyan.core.scope import system
from abhiyan.enrolment.models import Halt, HeldLeave
from abhiyan.enrolment.rules import bursts
from abhiyan.enrolment.rules.channels import CHANNELS, Channel
from abhiyan.org import queries as org

from .floods import BY, record_halt, stop_flood
from .leaving import leave_held
from .receipts import DENY, LEAVE, send_receipt

AT_ONCE = 500  # held leavings done in one turn
STRIKE_OFF = "enrolment.strike_off"  # the capability
# By phone people come of themselves, and on the web: nobody entered them.
_OWN = [int(channel.number) for channel in CHANNELS if channel.by_phone] + [int(Channel.WEB)]


class ListHalted(Refused, status=409):
    """Nothing more of a list is taken until somebody has looked."""

    message = _("This list is paused: many people on it said no. Somebody above looks at it first.")


class HaltReasonMissing(Refused, code="reason_missing"):
    message = _("Say why it may go on.")


class NotOnesOwn(Refused, status=403):
    """The sender of the entries does not decide about them."""

    message = _("These entries came from you. Somebody else decides.")


# Noes since a source was last looked at, within a day.
_NOES = """select {key}, count(*) as noes, mode() within group (order by p.unit_id), mode() within group
 (order by p.programme_id) from enrolment_parting p
 left join lateral (select max(h.ended_at) as looked from enrolment_halt h where h.kind = %(kind)s
  and h.{halt} = {key}) h on true
 where p.at > %(since)s and p.undone_at is null and (h.looked is null or p.at > h.looked) and {where}
  and not exists (select from enrolment_halt o where o.kind = %(kind)s and o.{halt} = {key} and o.ended_at is null)
 group by 1 having count(*) >= %(least)s"""
_OF_LIST = """select coalesce((select sum((s.counts->>'joined')::int + coalesce((s.counts->>'renewed')::int, 0))
 from core_import_slice s where s.import_id = %(id)s and s.counts ? 'joined'), 0), i.unit_id
 from core_import i where i.id = %(id)s"""
# The entries a sender made in the last week, in the units where noes came from. The index of units bounds it, and it
# reads only as far as a burst reaches.
_OF_SENDER = """select count(*) from (select 1 from enrolment_enrolment e join enrolment_claim c on c.id = e.claim_id
 where e.unit_id = any(array(select distinct p.unit_id from enrolment_parting p where p.by = %(sender)s
  and p.at > %(since)s)) and e.at > %(week)s and c.by = %(sender)s limit %(most)s) t"""


def look_for_bursts(*, at: datetime) -> int:
    """Stop what so many said no to, and do held leavings that have waited long enough.

    Returns how many were stopped or done. Opens its own transactions.
    """
    with system("many said no at once"):
        _let_go_what_is_over(at)
        stopped = _lists(at) + _senders(at) + stop_flood(at=at)
    return stopped + _do_held(at)


_OVER = """update enrolment_halt h set ended_at = %s where h.ended_at is null
 and (exists (select from core_import i where i.id = h.import_id and i.state = 'undone')
  or exists (select from enrolment_channel_token t where t.public_id = h.sender and t.ended_at is not null))
 returning h.public_id::text, h.unit_id"""


def _let_go_what_is_over(at: datetime) -> None:
    """Drop halts of a list that was taken back, and of a token that was ended: they ask nobody to look any more."""
    for subject, unit_id in sql.rows(_OVER, [at]):
        audit.record(by=BY, at=at, act="enrolment.let_go_on", subject=subject, unit_id=unit_id)


def _lists(at: datetime) -> int:
    n = 0
    for import_id, noes, unit_id, programme_id in _found(
        Halt.Kind.LIST, key="p.import_id", halt="import_id", where="p.import_id is not null", at=at
    ):
        entries, of_unit = sql.row(_OF_LIST, {"id": import_id}) or (0, None)
        if bursts.is_burst(noes=noes, entries=max(int(entries), noes)):
            n += record_halt(
                Halt(
                    kind=Halt.Kind.LIST,
                    import_id=import_id,
                    programme_id=programme_id,
                    unit_id=of_unit or unit_id,
                    noes=noes,
                    entries=max(int(entries), noes),
                ),
                by=BY,
                at=at,
            )
    return n


def _senders(at: datetime) -> int:
    n = 0
    for sender, noes, unit_id, programme_id in _found(
        Halt.Kind.SENDER, key="p.by", halt="sender", where="p.entered_channel <> all (%(own)s)", at=at
    ):
        most = noes * 100 // bursts.SHARE_PCT + 1
        params = {"sender": sender, "since": at - bursts.WITHIN, "week": at - bursts.RECENT, "most": most}
        entries = max(sql.count(_OF_SENDER, params), noes)
        if bursts.is_burst(noes=noes, entries=entries):
            n += record_halt(
                Halt(
                    kind=Halt.Kind.SENDER,
                    sender=sender,
                    programme_id=programme_id,
                    unit_id=unit_id,
                    noes=noes,
                    entries=entries,
                ),
                by=BY,
                at=at,
            )
    return n


def _found(kind: str, *, key: str, halt: str, where: str, at: datetime) -> list[Any]:
    params = {"kind": kind, "since": at - bursts.WITHIN, "least": bursts.AT_LEAST, "own": _OWN}
    return sql.rows(_NOES.format(key=key, halt=halt, where=where), params)


def let_go_on(*, halt: UUID, reason: str, by: Actor, at: datetime) -> None:
    """Let what was stopped go on, and do the held leavings: somebody has looked. With a reason.

    Needs enrolment.strike_off strictly above the unit (at the top: over it), or to be its data officer. Refuses
    NotOnesOwn, HaltReasonMissing, NotFound. Twice is once.
    """
    with system("somebody looked at what was stopped"):
        found = or_refuse(Halt.objects.select_for_update().filter(public_id=halt).first())
        require_halt_decider(found, by)
        if found.ended_at is not None:
            return
        if not reason.strip():
            raise HaltReasonMissing(field="reason")
        found.ended_at, found.ended_by, found.reason = at, by.id, reason.strip()[:500]
        found.save(update_fields=["ended_at", "ended_by", "reason"])
        audit.record(
            by=by, at=at, act="enrolment.let_go_on", subject=str(found.public_id), unit_id=found.unit_id
        )


_ABOVE = """select p.parent_id from units_placement p where p.unit_id = %s and p.valid_to is null
 and p.parent_id is not null order by p.hierarchy"""


def require_halt_decider(halt: Halt, by: Actor) -> None:
    """Refuse NotYours unless `by` may decide about what was stopped: from the level above it in any tree, or as
    its data officer."""
    brought = sql.value("select account_id from core_import where id = %s", [halt.import_id])
    if by.id == halt.sender or (brought is not None and by.account_id == brought):
        raise NotOnesOwn
    try:
        org.require(by, "org.approve", at=halt.unit_id)
    except org.NotYours:
        *others, last = sql.column(_ABOVE, [halt.unit_id]) or [halt.unit_id]
        for above in others:
            with suppress(org.NotYours):
                return org.require(by, STRIKE_OFF, at=above)
        org.require(by, STRIKE_OFF, at=last)


def refuse_halted(*, import_id: int, by: UUID) -> None:
    """Refuse ListHalted where a list is stopped, or its bringer is."""
    with system("whether a list is stopped"):
        halted = Halt.objects.filter(ended_at=None)
        if (
            halted.filter(kind=Halt.Kind.LIST, import_id=import_id).exists()
            or halted.filter(kind=Halt.Kind.SENDER, sender=by).exists()
        ):
            raise ListHalted


def _do_held(at: datetime) -> int:
    """Do the leavings that waited: those of before somebody looked, else those of two days ago."""
    with system("leavings that were held"):
        looked = Halt.objects.filter(kind=Halt.Kind.CALLS).aggregate(last=Max("ended_at"))["last"]
        until = max(filter(None, (looked, at - bursts.HELD_AT_MOST)))
        due = list(HeldLeave.objects.filter(at__lte=until).order_by("at")[:AT_ONCE])
    for held_leave in due:
        with system("a leaving that was held"):
            if leave_held(held_leave=held_leave, by=BY, at=at):
                word = LEAVE if held_leave.rolls else DENY
                send_receipt(of=word, phone=held_leave.phone_id, asked_at=held_leave.at, at=at)
    return len(due)
