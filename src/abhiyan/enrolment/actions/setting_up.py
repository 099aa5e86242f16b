"""Add to a programme what a membership drive needs: roll, notice, public address, codes, replies."""

from datetime import datetime

from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from abhiyan.core import audit
from abhiyan.core.actor import Actor
from abhiyan.core.refusals import NotFound, Refused, or_refuse
from abhiyan.core.scope import system
from abhiyan.enrolment.models import Drive, RefusedCount, Roll
from abhiyan.enrolment.rules import rolls
from abhiyan.enrolment.rules.rolls import KIND, RollKind
from abhiyan.messaging import actions as messaging
from abhiyan.org import queries as org
from abhiyan.people import queries as people
from abhiyan.programmes import queries as programmes
from abhiyan.programmes.news import ProgrammeDiscarded, ProgrammeMade

REPLIES_PER_HOUR = 10_000
RESERVED = {"member"}  # /join/member/ leads to one's own membership


class NoNotice(Refused):
    message = _(
        "Publish the notice first. People must be able to read what you keep about them before they join."
    )


class AddressTaken(Refused):
    message = _("Another drive has this address. Choose another word.")


class AddressUnfit(Refused):
    message = _("The address has small Latin letters, digits and hyphens only.")


def ensure_roll(kind: RollKind = rolls.MEMBERS) -> Roll:
    """Return a roll, made when it is not there: up to four people on a phone, from 18 on."""
    defaults = {"names": kind.names, "gives_way": kind.gives_way, "stands_beside": kind.stands_beside}
    roll, _made = Roll.objects.get_or_create(code=kind.code, defaults=defaults)
    return roll


def follow_programme(*, made: ProgrammeMade) -> None:
    """Give a programme of the kind drive what a drive needs, in the same transaction. Roll and notice go by its
    template, or by the drive it is part of. Refuses NoNotice."""
    if made.kind != KIND:
        return
    with system("a drive beside its programme"):
        above = programmes.programme_by_id(made.programme_id).parent_id
        whole = Drive.objects.select_related("roll").get(pk=above) if above is not None else None
        kind = rolls.of_roll(whole.roll.code) if whole else rolls.of_template(made.template)
        Drive.objects.create(
            programme_id=made.programme_id,
            roll=whole.roll if whole else ensure_roll(kind),
            notice_code=kind.notice,
            notice_version=_latest_notice(kind.notice),
            join_slug=f"drive-{made.programme_id}",
            replies_per_hour=REPLIES_PER_HOUR,
            renews=whole.renews if whole else True,
            indian_mobiles_only=whole.indian_mobiles_only if whole else True,
        )
        messaging.set_allowance(
            programme_id=made.programme_id, per_hour=REPLIES_PER_HOUR, by=made.by, at=made.at
        )


def only_lists(*, programme_id: int) -> None:
    """Have a drive that is over take lists of its members, and nothing else. In the transaction that makes it."""
    Drive.objects.filter(programme_id=programme_id).update(from_lists=True, renews=False)


def drives_of_lists() -> list[int]:
    """Return drives that take lists of their members and nothing else."""
    return list(Drive.objects.filter(from_lists=True).values_list("pk", flat=True))


def youngest() -> int:
    """Return the age from which people may be members of the roll of primary members."""
    roll = Roll.objects.filter(code=rolls.MEMBERS.code).first()
    return Roll._meta.get_field("minimum_age").default if roll is None else roll.minimum_age


def drop_drive(*, discarded: ProgrammeDiscarded) -> None:
    """Drop with a draft that is thrown away, in the same transaction, what made it a drive. The roll stays.

    A draft takes no claims, so only the number of its callers goes with it.
    """
    if discarded.kind != KIND:
        return
    drive, by, at = discarded.programme_id, discarded.by, discarded.at
    with system("a draft of a drive is thrown away"):
        messaging.forget_programme(programme_id=drive, by=by, at=at)
        RefusedCount.objects.filter(programme_id=drive).delete()
        Drive.objects.filter(programme_id=drive).delete()


def _latest_notice(code: str) -> int:
    try:
        return people.notice(code, "hi").version
    except NotFound:
        raise NoNotice from None


def set_up_drive(
    *,
    programme_id: int,
    by: Actor,
    at: datetime,
    join_slug: str | None = None,
    notice_version: int | None = None,
    replies_per_hour: int | None = None,
    renews: bool | None = None,
    minuted: str | None = None,
) -> Drive:
    """Change what is given.

    renews: whether a member whose term still runs may renew it here. minuted: why its constituencies were chosen, as
    the minutes say.

    It needs `programmes.run` at the programme's owner. Refuses NotFound, NoNotice, AddressUnfit, AddressTaken.
    In the caller's transaction: the drive's row is held until it ends.
    """
    drive = or_refuse(Drive.objects.select_for_update().filter(pk=programme_id).first())
    programme = programmes.programme_by_id(programme_id)
    org.require(by, "programmes.run", at=programme.owner_id)
    if join_slug is not None:
        if slugify(join_slug) != join_slug or not join_slug:
            raise AddressUnfit(field="join_slug")
        if (
            join_slug in RESERVED
            or Drive.objects.filter(join_slug=join_slug).exclude(pk=programme_id).exists()
        ):
            raise AddressTaken(field="join_slug")
        drive.join_slug = join_slug
    if notice_version is not None:
        if not people.languages_of_notice(drive.notice_code, notice_version):
            raise NoNotice(field="notice_version")
        drive.notice_version = notice_version
    if replies_per_hour is not None:
        drive.replies_per_hour = replies_per_hour
        messaging.set_allowance(programme_id=programme_id, per_hour=replies_per_hour, by=by, at=at)
    if renews is not None:
        drive.renews = renews
    if minuted is not None:
        drive.minuted = minuted
    drive.save()
    audit.record(
        by=by,
        at=at,
        act="enrolment.set_up_drive",
        subject=str(programme.public_id),
        unit_id=programme.owner_id,
    )
    return drive


def hold_codes_off(*, programme_id: int) -> list[dict[str, str]]:
    """Return the days on which a drive asks for no codes, held against others until the transaction ends.

    Refuses NotFound.
    """
    drive = or_refuse(Drive.objects.select_for_update().filter(pk=programme_id).first())
    return list(drive.codes_off)


def keep_codes_off(*, programme_id: int, entries: list[dict[str, str]]) -> None:
    """Keep the days on which a drive asks for no codes. The caller has asked who may."""
    Drive.objects.filter(pk=programme_id).update(codes_off=entries)


def renew_notices(*, programme_ids: list[int], version: int) -> None:
    """Give drives the version of the notice that was just published. The caller has asked who may."""
    Drive.objects.filter(pk__in=programme_ids).update(notice_version=version)
