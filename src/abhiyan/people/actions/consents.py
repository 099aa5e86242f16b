"""Notices as versioned objects, and one consent per person and purpose with its proof (DPDP Act s.5, s.6)."""

import hmac
from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from abhiyan.core import audit, languages, news, sql
from abhiyan.core.actor import Actor
from abhiyan.core.keys import keyring
from abhiyan.core.refusals import Refused
from abhiyan.core.scope import system
from abhiyan.people import journal
from abhiyan.people.models import Consent, Notice, Purpose
from abhiyan.people.news import ConsentWithdrawn
from abhiyan.people.rules.notices import SAMPLE, NoticeText, missing_sections
from abhiyan.people.rules.standard_notice import holes_of


class NoticeIncomplete(Refused):
    """A notice must say all the Act asks for, in every language it is published in."""

    message = _("The notice does not say: %(missing)s.")


class NoticeUnfilled(Refused):
    """Square brackets stand where only the organisation knows the words."""

    message = _("Fill in the text in square brackets: %(holes)s")


class NoticeRenewed(Refused, status=409):
    message = _("Somebody has published another version. Look at it, then write yours again.")


def publish_notice(
    *,
    code: str,
    texts: Mapping[str, NoticeText],
    by: Actor,
    at: datetime,
    is_sample: bool = False,
    audio_number: str = "",
    after: int | None = None,
) -> int:
    """Publish the next version of a notice in several languages at once. Its number. Earlier ones stay as they are.

    The caller asks who may. after: the version it was written from, if it must still be the latest.
    Refuses NoticeIncomplete unless every language has every section; NoticeUnfilled while brackets are left, also in a
    sample; NoticeRenewed. It keeps the name of the organisation that publishes it (`rules.notices.other_than`).
    Locks: this notice, by an advisory lock. In the caller's transaction.
    """
    for text in texts.values():
        if lacking := missing_sections(text):
            raise NoticeIncomplete(missing=", ".join(lacking))
        if holes := holes_of(text):
            raise NoticeUnfilled(holes=" ".join(holes))
    # two who publish at once come one after the other
    sql.wait_for(f"notice|{code}")
    version = (Notice.objects.filter(code=code).aggregate(last=Max("version"))["last"] or 0) + 1
    if after is not None and version != after + 1:
        raise NoticeRenewed
    Notice.objects.bulk_create(
        Notice(
            code=code,
            version=version,
            language=language,
            title=text.title,
            sections=[[section.key, section.heading, section.text] for section in text.sections],
            short=text.short,
            audio_number=audio_number,
            published_at=at,
            is_sample=is_sample,
            organisation="" if is_sample else settings.ORGANISATION,
        )
        for language, text in texts.items()
    )
    audit.record(
        by=by,
        at=at,
        act="people.publish_notice",
        subject=code,
        facts={"version": version, "languages": sorted(texts)},
    )
    return version


def ensure_sample_notice(*, by: Actor, at: datetime) -> None:
    """Publish the sample notice "membership", marked as a sample, where there is none at all."""
    if not Notice.objects.filter(code="membership").exists():
        texts = {
            language: SAMPLE[language] for language in languages.public_languages() if language in SAMPLE
        }
        publish_notice(code="membership", texts=texts, by=by, at=at, is_sample=True)


def give_consent(
    *,
    person_id: UUID,
    unit_id: int,
    purpose: int,
    notice_version: int,
    language: str,
    channel: int,
    by: Actor,
    at: datetime,
) -> UUID:
    """Keep one person's yes to one purpose, with its proof. A yes that stands already is returned as it is.

    After a withdrawal a new yes is a new row: the old one stays as what it was.
    """
    if purpose not in Purpose.values:
        raise LookupError(f"no such purpose: {purpose}")
    with system("keeping a consent"):
        standing = Consent.objects.filter(person_id=person_id, purpose=purpose, withdrawn_at=None).first()
        if standing is not None:
            standing_id: UUID = standing.pk
            return standing_id
        message = f"consent|{person_id}|{purpose}|{at.isoformat()}".encode()
        derived = hmac.digest(keyring().identity, message, "sha256")
        consent = Consent(
            id=UUID(bytes=person_id.bytes[:6] + derived[:9] + bytes([purpose])),
            person_id=person_id,
            unit_id=unit_id,
            purpose=purpose,
            notice_version=notice_version,
            language=language,
            channel=channel,
            by=by.id,
            device=by.device,
            at=at,
        )
        consent.save(force_insert=True)
        audit.record(by=by, at=at, act="people.give_consent", unit_id=unit_id, facts={"purpose": purpose})
    consent_id: UUID = consent.pk
    return consent_id


def renew_consents(*, person_id: UUID, withdrawn_at: datetime, channel: int, by: Actor, at: datetime) -> None:
    """Renew what a person took back at one instant: new rows with a proof of their own.

    This serves a person who comes back by their phone's own word. The notice is the one they had been given.
    """
    with system("consents stand again"):
        taken_back = Consent.objects.filter(person_id=person_id, withdrawn_at=withdrawn_at).order_by(
            "purpose"
        )
        for before in taken_back:
            give_consent(
                person_id=person_id,
                unit_id=before.unit_id,
                purpose=before.purpose,
                notice_version=before.notice_version,
                language=before.language,
                channel=channel,
                by=by,
                at=at,
            )


def give_consents_back(
    *, person_ids: Collection[UUID], channel: int, withdrawn_at: datetime, by: Actor, at: datetime
) -> set[UUID]:
    """Let a yes stand again that was withdrawn by a slip at that instant. Returns whose. In the act that asked who may.

    After a restore from before the slip the yes stays withdrawn: then we are silent.
    """
    with system("a withdrawal that was a slip"):
        slips = Consent.objects.filter(
            person_id__in=person_ids, withdrawn_channel=channel, withdrawn_at=withdrawn_at
        )
        returned_ids = set(slips.values_list("person_id", flat=True))
        if returned_ids:
            slips.update(withdrawn_at=None, withdrawn_channel=None)
            audit.record(by=by, at=at, act="people.give_consents_back", n=len(returned_ids))
    return returned_ids


def withdraw_consent(
    *, person_id: UUID, purposes: Collection[int], channel: int, by: Actor, at: datetime
) -> list[int]:
    """Take a person's yes to these purposes back. Returns the purposes there was one to. Tells ConsentWithdrawn, so
    that what is queued stops. Refuses journal.NotSaved.

    This is as easy as giving. The caller checks only whose it is: by the phone's own session, or by an office-bearer
    with enrolment.correct at the person's request.
    """
    with system("withdrawing a consent"):
        standing = Consent.objects.filter(person_id=person_id, purpose__in=purposes, withdrawn_at=None)
        consents = standing.select_for_update().order_by("purpose")
        units = dict(consents.values_list("purpose", "unit_id"))
        if not units:
            return []
        standing.update(withdrawn_at=at, withdrawn_channel=channel)
        for purpose, unit_id in units.items():
            facts = {"purpose": purpose}
            audit.record(by=by, at=at, act="people.withdraw_consent", unit_id=unit_id, facts=facts)
            consent_withdrawn = ConsentWithdrawn(
                person_id=person_id, purpose=purpose, channel=channel, by=by, at=at
            )
            news.tell(consent_withdrawn)
        journal.write_line(journal.Withdrawal(person_id, tuple(units), channel, at))
    return list(units)
