"""A flood of leavings by telephone: so many that senders' numbers may be forged.

A caller's number is forged as cheaply as the sender of an SMS. So calls and texts count together, and are held
together. The act that ends memberships looks itself: a loop that looks later would let a whole flood pass in between.
"""

from datetime import datetime

from abhiyan.core import audit, lot, sql
from abhiyan.core.actor import Actor
from abhiyan.enrolment.models import Halt
from abhiyan.enrolment.rules import bursts
from abhiyan.enrolment.rules.channels import CHANNELS
from abhiyan.org import queries as org

BY = Actor.system("many said no at once")
BY_PHONE = [int(channel.number) for channel in CHANNELS if channel.by_phone]

# Since somebody looked last. The first reads no further than it takes to say that there are too few.
_IN_HOUR = """select count(*) from (select 1 from enrolment_parting p, (select coalesce(max(ended_at), '-infinity')
 as looked from enrolment_halt where kind = 'calls') l where p.at > greatest(%(hour)s, l.looked) and p.kind = 'left'
 and p.channel = any(%(by_phone)s) limit %(least)s) t"""
_COUNTS = """select count(*) filter (where p.at > greatest(%(hour)s, l.looked)), count(*)
 from enrolment_parting p, (select coalesce(max(ended_at), '-infinity') as looked from enrolment_halt
 where kind = 'calls') l where p.kind = 'left' and p.channel = any(%(by_phone)s) and p.at > %(week)s"""


def is_channel_held(channel: int, *, at: datetime) -> bool:
    """Say whether a leaving by this channel waits until somebody has looked. In a system scope."""
    return channel in BY_PHONE and (_is_open() or stop_flood(at=at) > 0)


def stop_flood(*, at: datetime) -> int:
    """Hold leavings by telephone from now on, where they are a flood: 1, else 0. In a system scope."""
    params = {
        "hour": at - bursts.FLOOD_WITHIN,
        "week": at - bursts.RECENT,
        "by_phone": BY_PHONE,
        "least": bursts.FLOOD_AT_LEAST,
    }
    if sql.count(_IN_HOUR, params) < bursts.FLOOD_AT_LEAST:
        return 0
    sql.wait_for("halt of leavings by telephone")
    top = org.top_unit()
    in_hour, in_week = sql.row(_COUNTS, params)
    if top is None or _is_open() or not bursts.is_flood(in_hour=in_hour, in_week=in_week):
        return 0
    return record_halt(
        Halt(kind=Halt.Kind.CALLS, programme_id=0, unit_id=top, noes=in_hour, entries=in_week), by=BY, at=at
    )


def record_halt(halt: Halt, *, by: Actor, at: datetime) -> int:
    """Keep what is stopped, with a row in the trail. How many: 1."""
    halt.public_id, halt.at = lot.uuid(), at
    halt.save(force_insert=True)
    audit.record(
        by=by,
        at=at,
        act="enrolment.halt",
        subject=str(halt.public_id),
        unit_id=halt.unit_id,
        n=halt.noes,
        facts={"kind": halt.kind, "entries": halt.entries},
    )
    return 1


def _is_open() -> bool:
    return Halt.objects.filter(kind=Halt.Kind.CALLS, ended_at=None).exists()
