"""Reads of first calls, by their key or link, and of tries to tell somebody that they are written down."""

import base64
import hmac
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _

from abhiyan.contact.models import ContactTry
from abhiyan.contact.queries import tries_about
from abhiyan.core.keys import keyring
from abhiyan.core.scope import system
from abhiyan.enrolment.models import Claim, Membership, Waiting


def waiting_row(waiting_id: UUID) -> Waiting | None:
    """Return the first call of a phone in a drive, by its derived key. In a system scope."""
    return Waiting.objects.filter(pk=waiting_id).first()


def call_of_link(digest: bytes) -> Waiting | None:
    """Return the first call whose link has this digest. In a system scope."""
    return Waiting.objects.filter(link_digest=digest).first()


def membership_of_claim(claim_id: UUID) -> UUID | None:
    """Return the public id of the membership that a claim made. In a system scope. Raises Claim.DoesNotExist."""
    membership_id = Claim.objects.values_list("membership_id", flat=True).get(pk=claim_id)
    if membership_id is None:
        return None
    return Membership.objects.filter(pk=membership_id).values_list("public_id", flat=True).first()


def has_memberships(phone_id: UUID) -> bool:
    """Return True if somebody on this phone is or was a member. In a system scope."""
    return Membership.objects.filter(phone_id=phone_id).exists()


Outcome = ContactTry.Outcome


class TellingResult(models.TextChoices):
    """The result of telling somebody, in the words of the field card."""

    TOLD = Outcome.TALKED.value, _("I told them")
    NOT_THERE = Outcome.NO_ANSWER.value, _("Not there")
    WRONG = Outcome.WRONG_NUMBER.value, _("Wrong: no such person")
    NEVER = Outcome.NEVER.value, _("No more visits or calls, please")


CARD = ContactTry.Way.CARD.value  # such a try is about a term.


def tries_of_term(term_id: UUID) -> list[ContactTry]:
    """Return the calls that informed a member about their phone, the first first.

    Only readers of the member may see them.
    """
    with system("tries to tell a member"):
        return tries_about(CARD, term_id)


def link_secret(waiting_id: bytes) -> str:
    """Return the secret of a waiting claim's link: sixteen letters and digits, lower case."""
    made = hmac.digest(keyring().token, b"link|" + waiting_id, "sha256")[:10]
    return base64.b32encode(made).decode().lower()


def link_digest(link: str) -> bytes:
    """Return what is stored of a link."""
    return hmac.digest(keyring().token, b"opened|" + link.strip().lower().encode(errors="replace"), "sha256")
