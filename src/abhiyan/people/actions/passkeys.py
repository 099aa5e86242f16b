"""Passkeys as the second proof. The challenge lives in the visit's facts between the two requests of a ceremony.

Apart from the other factors, because what verifies them is large: only who meets a passkey loads it.
"""

import json
from datetime import datetime
from urllib.parse import urlsplit

import webauthn
from django.conf import settings
from django.db import transaction
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from abhiyan.core import lot
from abhiyan.core.actor import Actor
from abhiyan.core.keys import keyring
from abhiyan.people.models import Account, Factor

from . import factors


def begin_passkey(*, account: Account) -> tuple[str, str]:
    """Return what the browser needs to make a passkey (JSON), and the challenge to keep for `add_passkey`."""
    options = webauthn.generate_registration_options(
        rp_id=relying_party(),
        rp_name=settings.ORGANISATION or "Abhiyan",
        user_id=account.public_id.bytes,
        user_name=account.name,
        user_display_name=account.name,
        exclude_credentials=_credentials(account.pk),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
    )
    return webauthn.options_to_json(options), bytes_to_base64url(options.challenge)


def add_passkey(
    *, account_id: int, credential: str, challenge: str, name: str, by: Actor, at: datetime
) -> Factor:
    """Keep a passkey the browser has just made. Refuses FactorNotRight, FactorNeeded, TooManyFactors."""
    try:
        made = webauthn.verify_registration_response(
            credential=credential,
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=relying_party(),
            expected_origin=settings.ORIGIN,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError):
        raise factors.FactorNotRight(field="credential") from None
    with transaction.atomic():
        factors.may_change(by, account_id)
        factors.room_for_one(account_id)
        public_id = lot.uuid()
        factor = Factor.objects.create(
            public_id=public_id,
            account_id=account_id,
            kind=Factor.Kind.PASSKEY,
            name=factors.tidy_name(name),
            credential=made.credential_id,
            sealed=keyring().seal(made.credential_public_key, about=public_id.bytes),
            counter=made.sign_count,
            created_at=at,
            confirmed_at=at,
            used_at=at,
        )
        factors.record_use("people.add_factor", factor, by, at)
    return factor


def ask_passkey(*, account_id: int) -> tuple[str, str]:
    """Return what the browser needs to show a passkey (JSON), and the challenge to keep for `check_passkey`."""
    options = webauthn.generate_authentication_options(
        rp_id=relying_party(),
        allow_credentials=_credentials(account_id),
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return webauthn.options_to_json(options), bytes_to_base64url(options.challenge)


def check_passkey(*, account_id: int, credential: str, challenge: str, by: Actor, at: datetime) -> None:
    """Accept a passkey shown for this challenge. Refuses FactorNotRight, TooMany."""
    factors.take_a_try(account_id, at)
    try:
        credential_id = base64url_to_bytes(str(json.loads(credential)["id"]))
        factor = Factor.objects.get(account_id=account_id, kind=Factor.Kind.PASSKEY, credential=credential_id)
        verified = webauthn.verify_authentication_response(
            credential=credential,
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=relying_party(),
            expected_origin=settings.ORIGIN,
            credential_public_key=factors.open_factor(factor),
            credential_current_sign_count=factor.counter,
            require_user_verification=True,
        )
    except (WebAuthnException, Factor.DoesNotExist, ValueError, KeyError, TypeError):
        raise factors.FactorNotRight(field="credential") from None
    Factor.objects.filter(id=factor.pk).update(counter=verified.new_sign_count, used_at=at)
    factors.record_use("people.sign_in", factor, by, at)


def relying_party() -> str:
    """The name passkeys are bound to: the host of our own address."""
    return urlsplit(settings.ORIGIN).hostname or "localhost"


def _credentials(account_id: int) -> list[PublicKeyCredentialDescriptor]:
    known = Factor.objects.filter(account_id=account_id, kind=Factor.Kind.PASSKEY).exclude(credential=None)
    return [
        PublicKeyCredentialDescriptor(id=bytes(credential))
        for credential in known.values_list("credential", flat=True)
        if credential is not None
    ]
