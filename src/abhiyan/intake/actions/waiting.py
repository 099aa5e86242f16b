"""The personal link a caller is answered with: opened, and completed."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from abhiyan.core import audit, sql
from abhiyan.core.actor import Actor
from abhiyan.core.keys import keyring
from abhiyan.core.refusals import Refused, or_refuse
from abhiyan.core.scope import system
from abhiyan.enrolment.actions.claim_keys import waiting_id
from abhiyan.enrolment.actions.claims import ClaimMessage, ClaimOutcome
from abhiyan.enrolment.actions.members import lock_phone
from abhiyan.enrolment.models import Waiting
from abhiyan.enrolment.queries.first_calls import call_of_link, link_digest, membership_of_claim
from abhiyan.enrolment.rules import names
from abhiyan.enrolment.rules.channels import Channel, Sign
from abhiyan.enrolment.rules.measures import ENROLMENTS
from abhiyan.enrolment.rules.steps import OPENED
from abhiyan.people import queries as people
from abhiyan.people.actions.persons import lock_phones
from abhiyan.programmes import actions as programmes
from abhiyan.programmes.rules.ladder import TallyChange

from .enrol import enrol_claim

SLICE = 1_000  # phones, each of them a lock


class NoSuchLink(Refused, status=404):
    """Unknown, mistyped, or of a drive that is gone: answered alike."""

    message = _("This link is not valid. Call the number again, or join on the page of the drive.")


@dataclass(frozen=True, slots=True)
class OpenedWaiting:
    """The target of a link. membership: the public id, once it is complete."""

    programme_id: int
    phone_id: UUID
    last4: str
    is_complete: bool
    membership: UUID | None


def open_link(*, link: str, by: Actor, at: datetime) -> OpenedWaiting:
    """Open the link from somebody's message; the first time counts in the funnel. Refuses NoSuchLink."""
    with system("a personal link is opened"):
        waiting = _waiting(link)
        lock_phone(waiting.phone_id)
        waiting.refresh_from_db()
        if waiting.opened_at is None:
            waiting.opened_at = at
            waiting.save(update_fields=["opened_at"])
            programmes.post_changes(
                deltas=[
                    TallyChange(
                        waiting.programme_id,
                        ENROLMENTS,
                        waiting.channel,
                        waiting.unit_id,
                        waiting.day,
                        OPENED,
                        1,
                    )
                ],
                at=at,
            )
            audit.record(by=by, at=at, act="enrolment.open_link", unit_id=waiting.unit_id)
        return OpenedWaiting(
            programme_id=waiting.programme_id,
            phone_id=waiting.phone_id,
            last4=people.phone_by_id(waiting.phone_id).last4,
            is_complete=waiting.completed_at is not None,
            membership=membership_of_claim(waiting.claim_id),
        )


_OPENED = """update enrolment_waiting set opened_at = %(at)s
 where id = any(%(ids)s) and opened_at is null returning channel, unit_id, day"""


def open_links_of(*, programme_id: int, phones: Sequence[str], by: Actor, at: datetime) -> int:
    """Note that the links of these phones (E.164) were opened, as another system's log tells. Returns how many.

    Commits slice by slice, for each phone is locked: place them elsewhere at the same time, and the funnel stays right.
    """
    ids = sorted({keyring().phone_id(phone) for phone in phones})
    return sum(
        _open_slice(programme_id, ids[start : start + SLICE], by, at) for start in range(0, len(ids), SLICE)
    )


def _open_slice(programme_id: int, phones: list[UUID], by: Actor, at: datetime) -> int:
    with system("personal links are opened"):
        lock_phones(phones)
        ids = [UUID(bytes=waiting_id(phone.bytes, programme_id)) for phone in phones]
        opened = Counter(sql.rows(_OPENED, {"at": at, "ids": ids}))
        programmes.post_changes(
            deltas=[
                TallyChange(programme_id, ENROLMENTS, channel, unit_id, day, OPENED, n)
                for (channel, unit_id, day), n in sorted(opened.items())
            ],
            at=at,
        )
        if opened:
            audit.record(by=by, at=at, act="enrolment.open_links", n=opened.total())
        return opened.total()


def complete(
    *,
    link: str,
    name: str,
    birth_year: int,
    notice_version: int,
    language: str,
    consents: tuple[int, ...],
    by: Actor,
    at: datetime,
    unit_id: int | None = None,
    unit_code: str | None = None,
    says_adult: bool = False,
    device: str = "",
) -> ClaimOutcome:
    """Complete the claim that waits behind a link: the caller becomes a member, and their call is counted.

    The link reached the phone itself, so it is the phone's own sign. Sent twice, the first outcome comes back;
    another person by the same link is a claim of their own on the same phone. Raises the refusals of the act.
    """
    with system("a personal link is completed"):
        waiting = _waiting(link)
        stored = people.phone_by_id(waiting.phone_id)
        phone = keyring().unseal(bytes(stored.sealed), about=stored.pk.bytes).decode()
    who = f"{names.key(names.clean_name(name) or '')}|{birth_year}".encode()
    claim = ClaimMessage(
        channel=Channel.WEB,
        key=b"link|" + waiting.pk.bytes + hashlib.blake2b(who, digest_size=16).digest(),
        phone=phone,
        by=by.id,
        name=name,
        birth_year=birth_year,
        unit_id=unit_id,
        unit_code=unit_code,
        sign=Sign.WEB,
        notice_version=notice_version,
        language=language,
        consents=consents,
        device=device,
        says_adult=says_adult,
    )
    return enrol_claim(programme_id=waiting.programme_id, claim=claim, by=by, at=at)


def _waiting(link: str) -> Waiting:
    return or_refuse(call_of_link(link_digest(link)), NoSuchLink)
