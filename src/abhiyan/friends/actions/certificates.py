"""Certificates of friends: how they look, a batch by two people, the links, handed over, revoked."""

import hashlib
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from abhiyan.core import apart, audit, clock, jobs, lot, sql
from abhiyan.core.actor import Actor
from abhiyan.core.file_pool import UnreadableFile
from abhiyan.core.files import digest_of
from abhiyan.core.keys import keyring
from abhiyan.core.numbers import grouped
from abhiyan.core.pictures import redraw
from abhiyan.core.refusals import NotFound, Refused, or_refuse
from abhiyan.core.scope import system
from abhiyan.core.words import active_language
from abhiyan.friends.models import CertificateBatch, CertificateSheet, FriendCertificate
from abhiyan.friends.queries import certificates as queries
from abhiyan.friends.rules.certificates import CERTIFICATE, MOST_EACH
from abhiyan.messaging import actions as messaging
from abhiyan.org import actions as releases
from abhiyan.org import queries as org
from abhiyan.org.models import Release
from abhiyan.org.news import ReleaseDecided
from abhiyan.people import actions as people
from abhiyan.programmes import queries as programmes
from abhiyan.programmes.models import Programme
from abhiyan.programmes.news import ProgrammeDiscarded
from abhiyan.units import queries as units

ACT = "friends.certificates"  # of org.rules.releases
RUN, EXPORT = "programmes.run", "people.export"
READY = "certificate.ready"
LONGEST_LINE = 80
LARGEST_SIGNATURE = 5 << 20  # bytes
TOLD_AT_ONCE = 500
PAGE = "/me/certificate/"


class SignatureMissing(Refused):
    message = _("Add a picture of the signature.")


class SignatureUnfit(Refused):
    message = _("This file is no picture we can open. Take a JPEG or PNG picture.")


class SignatureTooLarge(Refused):
    message = _("The picture is larger than %(mb)s MB. Take a smaller one.")


class EachOutOfRange(Refused):
    message = _("Write a number from 1 to %(most)s.")


class LineMissing(Refused):
    message = _("Write who signs, in both languages.")


class NoSheetYet(Refused, status=409):
    message = _("Set the signature and the line under it first.")


class SheetReplaced(Refused, status=409):
    message = _("The sheet was changed after this was asked. Refuse it, and let them ask again.")


class SegmentInDoubt(Refused, status=409):
    message = _(
        "Independent checks found too many friends here who were not real. There is no certificate now."
    )


class TooManyCertificates(Refused, status=409):
    message = _("%(left)s of %(each)s certificates are left for this segment. You asked for %(n)s.")


class NoFriendWaits(Refused, status=409):
    message = _("No confirmed friend waits for a certificate here.")


class CertificateOver(Refused, status=409):
    message = _("This certificate is not valid any more.")


@dataclass(frozen=True, slots=True)
class NewSheet:
    """The words of an office about its certificates. signature: a JPEG or PNG; empty: the one before stays."""

    each: int
    line_en: str
    line_hi: str
    signature: bytes = b""


def set_sheet(*, programme: Programme, new: NewSheet, by: Actor, at: datetime) -> CertificateSheet:
    """Set how many certificates a segment gets, the signature, and the line under it.

    It needs programmes.run at the programme's unit. Refuses EachOutOfRange, LineMissing, SignatureMissing,
    SignatureTooLarge, SignatureUnfit, FilesBusy.
    """
    org.require(by, RUN, at=programme.owner_id)
    if not 0 < new.each <= MOST_EACH:
        raise EachOutOfRange(field="each", most=MOST_EACH)
    line = {"en": new.line_en.strip(), "hi": new.line_hi.strip()}
    for key, text in line.items():
        if not text or len(text) > LONGEST_LINE:
            raise LineMissing(field=f"line_{key}")
    drawn = _drawn(new.signature) if new.signature else b""
    with system("how certificates look"):
        sql.wait_for(f"enrolment.certificate_sheet {programme.pk}")
        before = queries.sheet_of(programme.pk)
        if not drawn:
            drawn = or_refuse(before, SignatureMissing(field="signature")).opened()
        if before is not None:
            CertificateSheet.objects.filter(pk=before.pk).update(replaced_at=at)
        made = CertificateSheet.of(
            drawn,
            digest=digest_of(drawn, within=str(programme.public_id)),
            added_at=at,
            programme_id=programme.pk,
            unit_id=programme.owner_id,
            each=new.each,
            line=line,
        )
        made.save(force_insert=True)
        _record("set_sheet", programme, by=by, at=at, facts={"each": new.each})
    return made


def _drawn(data: bytes) -> bytes:
    """Draw the signature again. No transaction waits meanwhile (core.apart)."""
    if len(data) > LARGEST_SIGNATURE:
        raise SignatureTooLarge(field="signature", mb=LARGEST_SIGNATURE >> 20)

    def work() -> bytes:
        try:
            return redraw(data).picture
        except UnreadableFile:
            raise SignatureUnfit(field="signature") from None

    return apart.done(("signature", hashlib.sha256(data).digest()), work)


def ask_batch(*, programme: Programme, unit: int, n: int, reason: str, by: Actor, at: datetime) -> Release:
    """Ask a second person for certificates of confirmed friends: of a segment, or of each segment within a unit.

    n: for each segment at most. It needs people.export at the unit: names go to a printer. Refuses NotFound outside
    the programme, NoSheetYet, SegmentInDoubt, TooManyCertificates, EachOutOfRange, NoFriendWaits, and what
    `ask_release` refuses.
    """
    org.require(by, EXPORT, at=unit)
    with system("asking for certificates"):
        if queries.is_segment(programme, unit):
            sheet, _left = _fit(programme, unit, n, at=at)
        else:
            sheet, waiting = _waiting(programme, unit, n, at=at)
            or_refuse(waiting or None, NoFriendWaits)
    payload = {"programme": str(programme.public_id), "unit": unit, "sheet": str(sheet.pk), "n": n}
    return releases.ask_release(act=ACT, unit_id=unit, reason=reason, payload=payload, by=by, at=at)


def drop_sheets(*, discarded: ProgrammeDiscarded) -> None:
    """Drop how certificates of a draft look, as it is thrown away. In the same transaction."""
    with system("a draft is thrown away"):
        CertificateSheet.objects.filter(programme_id=discarded.programme_id).delete()


def heed_certificates(*, decision: ReleaseDecided) -> None:
    """Give the friends of a batch their certificates, or none: a second person decided about it.

    In their transaction. It checks everything again, for the world may have changed. A job gives those of
    several segments. Refuses SheetReplaced, and as `ask_batch`.
    """
    if decision.act != ACT or not decision.allow:
        return
    programme = programmes.programme(UUID(str(decision.payload["programme"])))
    unit, n, sheet = (
        int(decision.payload["unit"]),
        int(decision.payload["n"]),
        UUID(str(decision.payload["sheet"])),
    )
    with system("a batch of certificates"):
        is_one = queries.is_segment(programme, unit)
        if not is_one and _waiting(programme, unit, n, at=decision.at)[0].pk != sheet:
            raise SheetReplaced
    if is_one:
        give_certificates(programme=programme, segment=unit, n=n, sheet=sheet, by=decision.by, at=decision.at)
    else:
        facts = {"programme": str(programme.public_id), "unit": unit, "n": n, "sheet": str(sheet)}
        by = {"account": decision.by.account_id, "person": str(decision.by.id)}
        key = f"{programme.pk} {unit} {decision.at.isoformat()}"
        jobs.later(
            "enrolment.give_certificates", key, at=decision.at, decided=decision.at.isoformat(), **by, **facts
        )


def give_in_segments(
    *, programme: Programme, unit: int, n: int, sheet: UUID, by: Actor, at: datetime
) -> None:
    """Give what was approved for a unit at an instant, segment by segment. A second run leaves out segments that have
    their batch. A segment that changed meanwhile gets none, as `give_certificates` refuses. As a job."""
    with system("batches of certificates"):
        certificate_batches = CertificateBatch.objects.filter(
            programme_id=programme.pk, sheet_id=sheet, at=at
        )
        done = set(certificate_batches.values_list("unit_id", flat=True))
        _sheet, waiting = _waiting(programme, unit, n, at=at)
    for segment, waits in sorted(waiting.items()):
        if segment not in done:
            with suppress(Refused), transaction.atomic():
                give_certificates(programme=programme, segment=segment, n=waits, sheet=sheet, by=by, at=at)


def give_certificates(
    *, programme: Programme, segment: int, n: int, sheet: UUID, by: Actor, at: datetime
) -> CertificateBatch:
    """Give the next n confirmed friends of a segment their certificates, the earliest confirmation first.

    Only the approval calls this. Locks: the segment in the programme, so that two batches at once keep the limit.
    """
    with system("a batch of certificates"):
        sql.wait_for(f"enrolment.certificates {programme.pk} {segment}")
        now, _left = _fit(programme, segment, n, at=at)
        if now.pk != sheet:
            raise SheetReplaced
        friends = queries.next_friends(programme, segment, most=n)
        batch = CertificateBatch.objects.create(
            id=lot.uuid(),
            programme_id=programme.pk,
            unit_id=segment,
            sheet_id=sheet,
            n=len(friends),
            approved_by=by.account_id,
            at=at,
        )
        FriendCertificate.objects.bulk_create(
            FriendCertificate(batch=batch, programme_id=programme.pk, segment_id=segment, friend=friend)
            for friend in friends
        )
        people.issue_documents(kind=CERTIFICATE, people=friends, unit_id=segment, by=by, at=at)
        _record("give_certificates", programme, by=by, at=at, unit_id=segment, n=len(friends))
    return batch


def _waiting(
    programme: Programme, unit: int, n: int, *, at: datetime
) -> tuple[CertificateSheet, dict[int, int]]:
    """Return the sheet in force, and how many friends of each segment within a unit would get a certificate
    now, n at most.

    Refuses NotFound, NoSheetYet, EachOutOfRange.
    """
    segments = queries.segments_in(programme, unit)
    if programme.state != Programme.State.OPEN or not segments:
        raise NotFound
    sheet = or_refuse(queries.sheet_of(programme.pk), NoSheetYet)
    if not 1 <= n <= sheet.each:
        raise EachOutOfRange(field="n", most=sheet.each)
    n_by_segment = queries.ready(programme, segments, each=sheet.each, on=clock.day_in(programme.zone, at))
    return sheet, {segment: min(n, waits) for segment, waits in n_by_segment.items()}


def _fit(programme: Programme, segment: int, n: int, *, at: datetime) -> tuple[CertificateSheet, int]:
    """Return the sheet in force, and how many certificates the segment has left.

    Refuses NotFound, NoSheetYet, SegmentInDoubt, TooManyCertificates, NoFriendWaits.
    """
    if programme.state != Programme.State.OPEN or not queries.is_segment(programme, segment):
        raise NotFound
    sheet = or_refuse(queries.sheet_of(programme.pk), NoSheetYet)
    if queries.doubted(programme, [segment], on=clock.day_in(programme.zone, at)):
        raise SegmentInDoubt
    left = sheet.each - queries.given(programme, segment)
    if n > left or n < 1:
        raise TooManyCertificates(field="n", left=left, each=sheet.each, n=n)
    if not queries.next_friends(programme, segment, most=1):
        raise NoFriendWaits
    return sheet, left


def tell_friends(*, at: datetime) -> int:
    """Queue the link to each certificate that its friend has not heard of. Returns the number of rows it looked at.

    The usual gate decides whether it goes. A loop, in a transaction.
    """
    rows = queries.untold(TOLD_AT_ONCE)
    if not rows:
        return 0
    ring = keyring()
    letters = [
        messaging.Outgoing(
            template=READY,
            phone=ring.unseal(
                bytes(untold_certificate.sealed), about=untold_certificate.phone_id.bytes
            ).decode(),
            language=untold_certificate.language or settings.LANGUAGE_CODE,
            blanks={"link": settings.ORIGIN + PAGE},
            key=f"certificate|{untold_certificate.friend}",
            unit_id=untold_certificate.unit_id,
            programme_id=untold_certificate.programme_id,
        )
        for untold_certificate in rows
        if untold_certificate.is_valid
    ]
    messaging.send_many(messages=letters, at=at)
    FriendCertificate.objects.filter(
        pk__in=[untold_certificate.friend for untold_certificate in rows]
    ).update(told_at=at)
    return len(rows)


def hand_over_certificate(*, friend: UUID, by: Actor, at: datetime) -> None:
    """Note that a friend holds the paper. Twice is once.

    It needs enrolment.enrol at the friend's place. Refuses NotFound, CertificateOver.
    """
    _hand(friend, by=by, at=at, handed_at=at)


def take_handing_back(*, friend: UUID, by: Actor, at: datetime) -> None:
    """Note that the friend does not hold it after all. Needs what `hand_over_certificate` needs."""
    _hand(friend, by=by, at=at, handed_at=None)


def _hand(friend: UUID, *, by: Actor, at: datetime, handed_at: datetime | None) -> None:
    with system("a certificate is handed over"):
        friend_certificate, unit_id = _held(friend)
        org.require(by, "enrolment.enrol", at=unit_id)
        if not queries.is_valid(friend_certificate.friend):
            raise CertificateOver
        if (friend_certificate.handed_at is None) == (handed_at is None):
            return
        friend_certificate.handed_at, friend_certificate.handed_by = (
            handed_at,
            by.account_id if handed_at else None,
        )
        friend_certificate.save(update_fields=["handed_at", "handed_by"])
        act = "hand_over" if handed_at else "take_handing_back"
        audit.record(
            by=by, at=at, act=f"enrolment.{act}", subject=str(friend_certificate.friend), unit_id=unit_id
        )


def revoke_certificate(*, friend: UUID, reason: str, by: Actor, at: datetime) -> None:
    """End a certificate for good: its check says that it is not valid, and not why.

    reason: of people.models.RevokeReason. It needs programmes.run at the segment. Refuses NotFound, CertificateOver.
    """
    with system("a certificate is revoked"):
        friend_certificate, _unit = _held(friend)
        org.require(by, RUN, at=friend_certificate.segment_id)
        ended = people.revoke_documents(
            about=[friend_certificate.friend],
            reason=reason,
            by=by,
            at=at,
            unit_id=friend_certificate.segment_id,
            kind=CERTIFICATE,
        )
        if not ended:
            raise CertificateOver


def _held(friend: UUID) -> tuple[FriendCertificate, int]:
    friend_certificate = or_refuse(FriendCertificate.objects.select_for_update().filter(pk=friend).first())
    return friend_certificate, queries.home_of_friend(friend_certificate.friend)


def certificate_sentences(release: Release) -> list[str]:
    """Say exactly what a batch would do, for the person who decides about it: how many are ready now, by segment."""
    n, unit = int(release.payload["n"]), {"unit": queries.unit_name_of(release.unit_id)}
    with system("how many certificates are ready"):
        programme = programmes.programme(UUID(str(release.payload["programme"])))
        segments = queries.segments_in(programme, release.unit_id)
        on = clock.day_in(programme.zone, release.asked_at)
        sheet = queries.sheet_of(programme.pk)
        n_by_segment = queries.ready(programme, segments, each=sheet.each, on=on) if sheet else {}
    now = {segment: min(n, waits) for segment, waits in n_by_segment.items()}
    names = units.names_of_units(now, language=active_language())
    if segments == [release.unit_id]:
        what = say("Up to %(n)s certificates for friends of %(unit)s, in the order in which they confirmed.")
    else:
        what = say(
            "Up to %(n)s certificates for friends of each segment of %(unit)s, by the day they confirmed."
        )
    total = {"n": grouped(sum(now.values())), "segments": grouped(len(now)), "all": grouped(len(segments))}
    return [
        what % (unit | {"n": n}),
        say("Ready now: %(n)s in %(segments)s of %(all)s segments.") % total,
        *(f"{names.get(segment, '')}: {grouped(waits)}" for segment, waits in now.items()),
        say("Their names go to a printer. Each friend gets the link by SMS."),
    ]


def _record(act: str, programme: Programme, *, by: Actor, at: datetime, **more: object) -> None:
    facts = {"unit_id": programme.owner_id} | more
    audit.record(
        by=by,
        at=at,
        act=f"enrolment.{act}",
        subject=str(programme.public_id),
        **facts,  # type: ignore[arg-type]
    )
