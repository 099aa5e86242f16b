"""Keys and sealing. One master outside database, backups and logs; everything else is derived from it.

HKDF-SHA256 (RFC 5869) separates the purposes, so that a token key learnt says nothing of phones.
Phones are kept as a keyed hash (to find), an AES-256-GCM sealed value (to dial) and four digits (to show).
"""

import hashlib
import hmac
import os
import re
import secrets
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from . import environment

DEMO_MARK = "demo-"
_MASTER = re.compile(rf"({DEMO_MARK})?([0-9A-Fa-f]{{64}})(?:\s+seals=([1-9]\d?))?", re.ASCII)


class NoKeys(Exception):
    """There is no master key where one is expected; `abhiyan init` makes it."""


class Mac:
    """HMAC-SHA256 (RFC 2104) of many short texts under one key: the key's two blocks are hashed once.

    A third of the time of `hmac.digest`, which looks its algorithm up at each call.
    """

    __slots__ = ("_inner", "_outer")

    def __init__(self, key: bytes) -> None:
        if len(key) > 64:
            raise ValueError("the key has more than 64 bytes")
        block = key.ljust(64, b"\0")
        self._inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in block))
        self._outer = hashlib.sha256(bytes(byte ^ 0x5C for byte in block))

    def digest(self, text: bytes) -> bytes:
        """32 bytes."""
        inner, outer = self._inner.copy(), self._outer.copy()
        inner.update(text)
        outer.update(inner.digest())
        return outer.digest()


def _derive(master: bytes, purpose: str) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=b"abhiyan/" + purpose.encode()).derive(master)


@dataclass(frozen=True)
class Keyring:
    """Derived keys of 32 bytes each. `sealing` holds every sealing key still readable, newest last."""

    demo: bool
    lookup: bytes = field(repr=False)
    identity: bytes = field(repr=False)
    token: bytes = field(repr=False)
    card: bytes = field(repr=False)
    audit: bytes = field(repr=False)
    django: bytes = field(repr=False)
    sealing: tuple[bytes, ...] = field(repr=False)
    _master: bytes = field(repr=False)

    @classmethod
    def of(cls, master: bytes, *, demo: bool = False, seals: int = 1) -> "Keyring":
        """The keys of a master of at least 32 bytes; `seals` counts the sealing keys made so far."""
        if len(master) < 32:
            raise ValueError("the master key has fewer than 32 bytes")
        key_by_name = {
            name: _derive(master, name) for name in ("lookup", "identity", "token", "card", "audit", "django")
        }
        return cls(
            demo=demo,
            sealing=tuple(_derive(master, f"sealing/{n}") for n in range(1, seals + 1)),
            _master=master,
            **key_by_name,
        )

    def derive(self, purpose: str) -> bytes:
        """A further 32-byte key for a named purpose, such as a database role's password."""
        return _derive(self._master, purpose)

    def phone_hash(self, phone: str) -> bytes:
        """Keyed hash (HMAC-SHA256, 32 bytes) of a phone in E.164; its first 16 bytes are the phone's id."""
        return hmac.digest(self.lookup, phone.encode(), "sha256")

    def phone_id(self, phone: str) -> UUID:
        return UUID(bytes=self.phone_hash(phone)[:16])

    def seal(self, clear: bytes, *, about: bytes) -> bytes:
        """Encrypt under the newest sealing key, bound to `about` (the row's id): moved rows do not open."""
        nonce = os.urandom(12)
        number = len(self.sealing)
        return bytes([number]) + nonce + AESGCM(self.sealing[-1]).encrypt(nonce, clear, about)

    def unseal(self, sealed: bytes, *, about: bytes) -> bytes:
        """Raises cryptography.exceptions.InvalidTag when key, row or bytes do not fit."""
        return AESGCM(self.sealing[sealed[0] - 1]).decrypt(sealed[1:13], sealed[13:], about)

    def token_digest(self, token: str) -> bytes:
        """Return what is stored of a bearer token, code or session key: HMAC-SHA256, 32 bytes."""
        return hmac.digest(self.token, token.encode(), "sha256")


def master_path() -> Path:
    """Return where the master lives: ABHIYAN_MASTER_KEY_FILE, else keys/master.key in the data folder."""
    return environment.MASTER_KEY_FILE()


def make_master(path: Path, *, text: str = "") -> None:
    """Write a master, readable by its owner only: a fresh one, or the demo's as `demo_master` gives it.

    Refuses to overwrite one (FileExistsError).
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as out:
        out.write((text or secrets.token_hex(32)) + "\n")
        out.flush()
        os.fsync(out.fileno())


def demo_master(seed: str) -> str:
    """The demo's master for a seed: known to all, so that two demos of one seed are equal. Never for real use."""
    return DEMO_MARK + hashlib.sha256(b"abhiyan demo " + seed.encode()).hexdigest()


def read_keyring(path: Path) -> Keyring:
    """The keyring of the master in a file. Raises NoKeys when it is missing or malformed."""
    try:
        text = path.read_text().strip()
    except FileNotFoundError:
        raise NoKeys(
            f"no master key at {path}: put the kept one there, or point ABHIYAN_MASTER_KEY_FILE at it; "
            "for a new installation run `abhiyan init`"
        ) from None
    except OSError as error:
        raise NoKeys(f"the master key at {path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        text = ""
    master_match = _MASTER.fullmatch(text)
    if master_match is None:  # its text is not shown: it may be the key, copied twice
        raise NoKeys(
            f"{path} does not hold a master key: one line of 64 hexadecimal digits. Was it copied whole, and once?"
        )
    return Keyring.of(
        bytes.fromhex(master_match[2]), demo=bool(master_match[1]), seals=int(master_match[3] or 1)
    )


@cache
def keyring() -> Keyring:
    """This process's keyring, read once."""
    return read_keyring(master_path())
