"""Passkeys with an authenticator of our own making: a P-256 key, as WebAuthn level 3 §6 lays its data out."""

import hashlib
import json
from typing import Any

import cbor2
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from django.conf import settings
from webauthn.helpers import bytes_to_base64url as b64

from abhiyan.core.actor import Actor
from abhiyan.core.scope import Scope, scoped
from abhiyan.people.actions import factors, passkeys

from .make import ASHA, AT, World

pytestmark = pytest.mark.django_db
PRESENT, VERIFIED, ATTESTED = 1, 4, 64


class Authenticator:
    """One passkey on one device."""

    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id = hashlib.sha256(b"credential").digest()
        self.counter = 0

    def make(self, challenge: str, **other: Any) -> str:
        point = self.key.public_key().public_numbers()
        cose = {1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")}
        attested = bytes(16) + len(self.id).to_bytes(2, "big") + self.id + cbor2.dumps(cose)
        data = self._data(ATTESTED, other) + attested
        return self._sent(
            "webauthn.create",
            challenge,
            {"attestationObject": b64(cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data}))},
            other,
        )

    def show(self, challenge: str, **other: Any) -> str:
        self.counter += 1
        data = self._data(0, other)
        client = self._client("webauthn.get", challenge, other)
        signed = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        return self._sent(
            "webauthn.get", challenge, {"authenticatorData": b64(data), "signature": b64(signed)}, other
        )

    def _data(self, flags: int, other: dict[str, Any]) -> bytes:
        party = other.get("party", passkeys.relying_party())
        verified = VERIFIED if other.get("verified", True) else 0
        counter = other.get("counter", self.counter)
        return (
            hashlib.sha256(party.encode()).digest()
            + bytes([flags | PRESENT | verified])
            + int(counter).to_bytes(4, "big")
        )

    def _client(self, kind: str, challenge: str, other: dict[str, Any]) -> bytes:
        origin = other.get("origin", settings.ORIGIN)
        return json.dumps({"type": kind, "challenge": challenge, "origin": origin}).encode()

    def _sent(self, kind: str, challenge: str, response: dict[str, str], other: dict[str, Any]) -> str:
        response["clientDataJSON"] = b64(self._client(kind, challenge, other))
        return json.dumps(
            {
                "id": b64(self.id),
                "rawId": b64(self.id),
                "type": "public-key",
                "response": response,
                "clientExtensionResults": {},
            }
        )


def add(world: World, device: Authenticator, by: Actor | None = None, **other: Any) -> None:
    _options, challenge = passkeys.begin_passkey(account=world.account)
    passkeys.add_passkey(
        account_id=world.account.pk,
        credential=device.make(other.pop("challenge", challenge), **other),
        challenge=challenge,
        name="laptop",
        by=by or world.weak_asha,
        at=AT,
    )


def show(world: World, device: Authenticator, **other: Any) -> None:
    _options, challenge = passkeys.ask_passkey(account_id=world.account.pk)
    passkeys.check_passkey(
        account_id=world.account.pk,
        credential=device.show(other.pop("challenge", challenge), **other),
        challenge=challenge,
        by=world.weak_asha,
        at=AT,
    )


def test_a_passkey_is_made_and_shown(world: World) -> None:
    device = Authenticator()
    with scoped(world.scope):
        add(world, device)
        show(world, device)
        options, _challenge = passkeys.ask_passkey(account_id=world.account.pk)
    asked = json.loads(options)
    assert [each["id"] for each in asked["allowCredentials"]] == [b64(device.id)]
    assert asked["userVerification"] == "required"


@pytest.mark.parametrize(
    "wrong",
    [
        {"origin": "https://evil.example"},
        {"party": "evil.example"},
        {"challenge": b64(b"another challenge" * 2)},
        {"verified": False},
    ],
    ids=str,
)
def test_a_passkey_of_another_place_challenge_or_without_its_holder_is_refused(
    world: World, wrong: dict[str, Any]
) -> None:
    device = Authenticator()
    with scoped(world.scope):
        with pytest.raises(factors.FactorNotRight):
            add(world, device, **wrong)
        add(world, device)
        with pytest.raises(factors.FactorNotRight):
            show(world, device, **wrong)
        show(world, device)


def test_a_copied_passkey_whose_counter_goes_back_is_refused(world: World) -> None:
    device = Authenticator()
    with scoped(world.scope):
        add(world, device)
        show(world, device, counter=9)
        with pytest.raises(factors.FactorNotRight):
            show(world, device, counter=9)


def test_another_key_or_garbage_is_refused(world: World) -> None:
    device, thief = Authenticator(), Authenticator()
    with scoped(world.scope):
        add(world, device)
        with pytest.raises(factors.FactorNotRight):
            show(world, thief)
        for garbage in ("", "{}", "null", "[]", '{"id": 5}', '{"id": "AAAA"}', "\x00", "{" * 1000):
            with pytest.raises(factors.FactorNotRight):
                passkeys.check_passkey(
                    account_id=world.account.pk, credential=garbage, challenge="", by=world.weak_asha, at=AT
                )


def test_a_second_passkey_takes_a_strong_session(world: World) -> None:
    with scoped(world.scope):
        add(world, Authenticator())
        with pytest.raises(factors.FactorNeeded):
            add(world, Authenticator())
        add(world, Authenticator(), by=world.asha)
        with pytest.raises(factors.FactorNeeded):
            factors.begin_totp(account_id=world.account.pk, by=world.weak_asha, at=AT)


def test_somebody_elses_passkey_does_not_sign_in(world: World) -> None:
    device = Authenticator()
    with scoped(world.scope):
        add(world, device)
    from abhiyan.people import actions

    other = actions.open_account(phone="+919876543299", name="Other", by=Actor.system("t"), at=AT)
    with scoped(Scope(account=other.pk)):
        _options, challenge = passkeys.ask_passkey(account_id=other.pk)
        with pytest.raises(factors.FactorNotRight):
            passkeys.check_passkey(
                account_id=other.pk,
                credential=device.show(challenge),
                challenge=challenge,
                by=world.weak_asha,
                at=AT,
            )


def test_the_page_takes_what_the_browser_signed_once(world: World) -> None:
    import re
    from html import unescape

    device = Authenticator()
    client = world.browser(strong=False, handed=True)

    def options(path: str) -> str:
        found = re.search(r'data-options="([^"]+)"', client.get(path).content.decode())
        assert found
        challenge: str = json.loads(unescape(found.group(1)))["challenge"]
        return challenge

    made = device.make(options("/account/passkey/"))
    assert client.post("/account/passkey/", {"credential": made, "name": "laptop"}).status_code == 200
    assert client.get("/account/").status_code == 200
    client = world.browser(strong=False)
    shown = device.show(options("/sign-in/second/"))
    assert client.post("/sign-in/passkey/", {"credential": "{}"}).status_code == 422
    options("/sign-in/second/")
    assert client.post("/sign-in/passkey/", {"credential": shown}).status_code == 422  # an older challenge
    shown = device.show(options("/sign-in/second/"))
    assert client.post("/sign-in/passkey/", {"credential": shown}).status_code == 302
    assert client.get("/account/").status_code == 200
    assert ASHA[-4:] in client.get("/account/").content.decode()
