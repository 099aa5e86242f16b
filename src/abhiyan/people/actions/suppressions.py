"""This phone said no. Only the phone's own word takes it back."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from abhiyan.core import audit, news
from abhiyan.core.actor import Actor
from abhiyan.core.refusals import Refused
from abhiyan.core.scope import current, system
from abhiyan.people import journal
from abhiyan.people.models import Code, Session, Suppression
from abhiyan.people.news import NoReplayed, PhoneSaidNo

OUTREACH, ALL = "outreach", "all"


class OnlyThePhoneItself(Refused):
    """Nobody takes another's no back."""

    code = "only_the_phone_itself"
    message = _("This number has said no. Only its holder can take that back, from the number itself.")
    status = 403


def suppress(*, phone_id: UUID, channel: int, by: Actor, at: datetime, scope: str = OUTREACH) -> None:
    """Keep a phone's no: to outreach, or to all (leaving, erasure). The wider one stays. From any channel, at once.

    channel: enrolment's Channel number. Tells PhoneSaidNo, so that what is queued stops.
    """
    with system("a phone said no"):
        found = Suppression.objects.select_for_update().filter(phone_id=phone_id).first()
        if found is None:
            Suppression.objects.bulk_create(
                [Suppression(phone_id=phone_id, scope=scope, channel=channel, at=at)],
                update_conflicts=True,
                unique_fields=["phone_id"],
                update_fields=["scope", "channel", "at", "lifted_at"],
            )
        else:
            wider = ALL if found.lifted_at is None and ALL in (found.scope, scope) else scope
            found.scope, found.channel, found.at, found.lifted_at = wider, channel, at, None
            found.save(update_fields=["scope", "channel", "at", "lifted_at"])
        audit.record(by=by, at=at, act="people.suppress", facts={"scope": scope, "channel": channel})
        news.tell(PhoneSaidNo(phone_id=phone_id, scope=scope, at=at))
        journal.write(phone_id=phone_id, scope=scope, channel=channel, at=at)


def lift(*, phone_id: UUID, channel: int, by: Actor, at: datetime) -> bool:
    """Take a phone's no back by its own word. Whether there was one.

    Its own word: a browser that has proven this phone, or a call or SMS from it (by a channel). Refuses
    OnlyThePhoneItself to everybody else, whatever their office.
    """
    if by.kind not in ("citizen", "channel") or (by.kind == "citizen" and current().phone != phone_id):
        raise OnlyThePhoneItself
    with system("a phone took its no back"):
        lifted = Suppression.objects.filter(phone_id=phone_id, lifted_at=None).update(lifted_at=at)
        if lifted:
            audit.record(by=by, at=at, act="people.lift", facts={"channel": channel})
            transaction.on_commit(lambda: journal.write(phone_id=phone_id, scope="", channel=channel, at=at))
    return bool(lifted)


def replay(*, taken_at: datetime, at: datetime) -> int:
    """After a restore: what phones said since the backup holds again, and nobody is signed in. How many phones.

    Tells NoReplayed for each, so that rooms above end what that phone had left since. In a system scope.
    """
    Session.objects.filter(ended_at=None).update(ended_at=at)
    Code.objects.filter(used_at=None).update(used_at=at)
    last: dict[UUID, journal.Line] = {}
    for line in journal.since(taken_at):
        last[line.phone_id] = line
    for phone_id, line in last.items():
        if not line.scope:
            Suppression.objects.filter(phone_id=phone_id, lifted_at=None).update(lifted_at=line.said_at)
            continue
        Suppression.objects.update_or_create(
            phone_id=phone_id,
            defaults={
                "scope": line.scope,
                "channel": line.channel,
                "at": line.said_at,
                "lifted_at": None,
            },
        )
        news.tell(NoReplayed(phone_id=phone_id, scope=line.scope, channel=line.channel, at=line.said_at))
    audit.record(by=Actor.system("restore"), at=at, act="people.replay", n=len(last))
    return len(last)
