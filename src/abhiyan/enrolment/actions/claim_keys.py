"""Derive the ids of a phone and its claims by the keys of this installation."""

from dataclasses import dataclass
from functools import cache

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from abhiyan.core.keys import Keyring, Mac, keyring
from abhiyan.enrolment.rules.packed import int2, int4

from .claims import (
    ClaimMessage,
)


@dataclass(frozen=True, slots=True)
class Ids:
    """The derived ids of one slot of a phone."""

    member: bytes
    person: bytes

    def term(self, number: int) -> bytes:
        return self.member[:14] + int2(number)


class Keys:
    """The keys the act needs, ready for use."""

    def __init__(self, ring: Keyring) -> None:
        self.lookup = Mac(ring.lookup).digest
        self.identity = Mac(ring.identity).digest
        self.token = ring.token
        self._receipt = Mac(ring.token).digest
        self.seal = AESGCM(ring.sealing[-1]).encrypt
        self.seal_number = bytes([len(ring.sealing)])

    def receipt(self, claim: bytes) -> bytes:
        """Return the public id of a claim, 16 bytes.

        It follows from the claim's own id, that is from channel and key. It is the same for every resend, kept
        or not, and says nothing of the claim.
        """
        return self._receipt(b"receipt|" + claim)[:16]

    def erased(self, *, phone_id: bytes, who: tuple[str, int]) -> bytes:
        """Return what is kept of an erased person, so that later lists do not bring them back: 16 bytes."""
        name, year = who
        return self.identity(b"erased|%b|%d|%b" % (phone_id, year, name.encode()))[:16]

    def slot(self, *, roll: int, phone_hash: bytes, slot: int) -> Ids:
        """Return the ids of the person in a slot of a phone on a roll. phone_hash: at least the first 16 bytes."""
        derived = self.identity(b"%d|%d|" % (roll, slot) + phone_hash[:16])
        start = phone_hash[:6]
        return Ids(start + derived[:8] + b"\0\0", start + derived[16:26])


@cache
def keys() -> Keys:
    """Return this process' keys, read once."""
    return Keys(keyring())


def receipt_of(*, claim: ClaimMessage) -> str:
    """Return the receipt for the sender of a claim, in 32 hexadecimal digits; see `Keys.receipt`."""
    return (claim.receipt or keys().receipt(claim.id)).hex()


def waiting_id(phone_id: bytes, programme_id: int) -> bytes:
    """Return the id of a phone's first call in a drive."""
    return phone_id[:12] + int4(programme_id)


def consent_id(phone_id: bytes, claim: bytes, purpose: int) -> bytes:
    """Return the id of the consent a claim brought for a purpose."""
    return phone_id[:6] + claim[:9] + bytes([purpose])
