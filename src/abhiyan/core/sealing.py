"""Files encrypted to a public key: the age format, version 1 (https://age-encryption.org/v1), X25519 recipients.

The encrypting side holds no key that could decrypt. The format is public, so that a backup outlives this program: any
`age` opens it. Reading returns the whole, unchanged content, or raises an error. Each piece of 64 KiB is authenticated,
in its place, and the last one is marked.
"""

import base64
import os
from collections.abc import Iterator, Sequence
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hmac
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

PIECE = 64 * 1024
TAG = 16
VERSION = b"age-encryption.org/v1"
_WRAPPED_BY = b"age-encryption.org/v1/X25519"
_BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_PUBLIC, _SECRET = "age", "age-secret-key-"
_CALLED = {_PUBLIC: ("public key", "age1"), _SECRET: ("secret key", "AGE-SECRET-KEY-1")}
LONGEST_HEADER = 64 * 1024


class UnreadableSeal(Exception):
    """Not for this key, not of this format, cut short, or changed on the way; the text says which."""


def new_pair() -> tuple[str, str]:
    """A fresh pair: the secret line (AGE-SECRET-KEY-1…) and the public key (age1…)."""
    secret = X25519PrivateKey.generate()
    public = secret.public_key().public_bytes_raw()
    return _bech32(_SECRET, secret.private_bytes_raw()).upper(), _bech32(_PUBLIC, public)


def public_key(text: str) -> X25519PublicKey:
    """Raises UnreadableSeal unless it is an age X25519 public key (age1…)."""
    return X25519PublicKey.from_public_bytes(_unbech32(_PUBLIC, text.strip()))


def secret_keys(text: str) -> list[X25519PrivateKey]:
    """The secret keys of an identity file: one a line, lines of # are remarks."""
    lines = [line.strip() for line in text.splitlines()]
    private_keys = [
        X25519PrivateKey.from_private_bytes(_unbech32(_SECRET, line.lower()))
        for line in lines
        if line and not line.startswith("#")
    ]
    if not private_keys:
        raise UnreadableSeal("there is no secret key in this file (a line AGE-SECRET-KEY-1…)")
    return private_keys


class Sealer:
    """A file to write to; what arrives in `out` is encrypted. `close` writes the last piece."""

    def __init__(self, out: BinaryIO, recipient: X25519PublicKey) -> None:
        self._out, self._held, self._number = out, bytearray(), 0
        file_key, ephemeral = os.urandom(16), X25519PrivateKey.generate()
        share = ephemeral.public_key().public_bytes_raw()
        wrapping = _hkdf(ephemeral.exchange(recipient), share + recipient.public_bytes_raw(), _WRAPPED_BY)
        body = ChaCha20Poly1305(wrapping).encrypt(bytes(12), file_key, None)
        header = VERSION + b"\n-> X25519 " + _base64(share) + b"\n" + _base64(body) + b"\n---"
        nonce = os.urandom(16)
        out.write(header + b" " + _base64(_mac(file_key, header)) + b"\n" + nonce)
        self._key = ChaCha20Poly1305(_hkdf(file_key, nonce, b"payload"))

    def write(self, clear: bytes) -> int:
        self._held += clear
        while len(self._held) > PIECE:  # one piece is held back: it may be the last
            self._piece(bytes(self._held[:PIECE]), last=False)
            del self._held[:PIECE]
        return len(clear)

    def close(self) -> None:
        self._piece(bytes(self._held), last=True)
        self._held.clear()

    def _piece(self, clear: bytes, *, last: bool) -> None:
        self._out.write(self._key.encrypt(_nonce(self._number, last=last), clear, None))
        self._number += 1


class Opener:
    """A file to read from: the clear contents of an encrypted one. Raises UnreadableSeal."""

    def __init__(self, sealed: BinaryIO, keys: Sequence[X25519PrivateKey]) -> None:
        self._pieces = self._open(sealed, keys)
        self._held = b""
        self._pieces_over = False

    def read(self, size: int = -1) -> bytes:
        parts, n = [self._held], len(self._held)
        while size < 0 or n < size:
            piece = next(self._pieces, None)
            if piece is None:
                self._pieces_over = True
                break
            parts.append(piece)
            n += len(piece)
        whole = b"".join(parts)
        if size < 0:
            self._held = b""
            return whole
        self._held = whole[size:]
        return whole[:size]

    def finish(self) -> None:
        """Read what is left: only then is it certain that nothing was cut off."""
        while self.read(PIECE * 16):
            pass

    def _open(self, sealed: BinaryIO, keys: Sequence[X25519PrivateKey]) -> Iterator[bytes]:
        key = ChaCha20Poly1305(_file_key(sealed, keys))
        number, ahead = 0, sealed.read(PIECE + TAG)
        while True:
            piece, ahead = ahead, sealed.read(PIECE + TAG)
            last = not ahead
            try:
                clear = key.decrypt(_nonce(number, last=last), piece, None)
            except InvalidTag:
                raise UnreadableSeal("the file is damaged, or its end is missing") from None
            if last and not clear and number:
                raise UnreadableSeal("the file is damaged")
            yield clear
            if last:
                return
            number += 1


def _file_key(sealed: BinaryIO, keys: Sequence[X25519PrivateKey]) -> bytes:
    """Read the header and its nonce; the key of what follows."""
    lines: list[bytes] = []
    header = b""
    while not lines or not lines[-1].startswith(b"---"):
        line = sealed.readline(LONGEST_HEADER)
        if not line.endswith(b"\n") or len(header) > LONGEST_HEADER:
            raise UnreadableSeal("this is not an encrypted backup")
        if not lines and line != VERSION + b"\n":
            raise UnreadableSeal("this is not an encrypted backup")
        lines.append(line[:-1])
        header += line
    told_mac = _unbase64(lines[-1][4:])
    header = header[: header.rindex(b"---") + 3]
    for at, line in enumerate(lines):
        parts = line.split(b" ")
        if parts[:2] != [b"->", b"X25519"] or len(parts) != 3:
            continue
        share, body = _unbase64(parts[2]), _unbase64(lines[at + 1])
        for key in keys:
            wrapping = _hkdf(
                key.exchange(X25519PublicKey.from_public_bytes(share)),
                share + key.public_key().public_bytes_raw(),
                _WRAPPED_BY,
            )
            try:
                file_key = ChaCha20Poly1305(wrapping).decrypt(bytes(12), body, None)
            except InvalidTag:
                continue
            if _mac(file_key, header) != told_mac:
                raise UnreadableSeal("the file's header was changed")
            return _hkdf(file_key, sealed.read(16), b"payload")
    raise UnreadableSeal("this backup was encrypted to another key than the one given")


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + (b"\x01" if last else b"\x00")


def _hkdf(secret: bytes, salt: bytes, info: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt=salt, info=info).derive(secret)


def _mac(file_key: bytes, header: bytes) -> bytes:
    mac = hmac.HMAC(_hkdf(file_key, b"", b"header"), SHA256())
    mac.update(header)
    return mac.finalize()


def _base64(raw: bytes) -> bytes:
    return base64.b64encode(raw).rstrip(b"=")


def _unbase64(text: bytes) -> bytes:
    try:
        return base64.b64decode(text + b"=" * (-len(text) % 4), validate=True)
    except ValueError:
        raise UnreadableSeal("the file's header is damaged") from None


# Bech32 (BIP 173), without its limit of 90 characters.


def _polymod(values: Sequence[int]) -> int:
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for bit, generator in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            check ^= generator if top >> bit & 1 else 0
    return check


def _expanded(prefix: str) -> list[int]:
    return [ord(letter) >> 5 for letter in prefix] + [0] + [ord(letter) & 31 for letter in prefix]


def _bech32(prefix: str, raw: bytes) -> str:
    number = int.from_bytes(raw, "big") << (-len(raw) * 8 % 5)
    values = [number >> shift & 31 for shift in range((len(raw) * 8 + 4) // 5 * 5 - 5, -1, -5)]
    check = _polymod([*_expanded(prefix), *values, *[0] * 6]) ^ 1
    values += [check >> 5 * (5 - at) & 31 for at in range(6)]
    return prefix + "1" + "".join(_BECH32[value] for value in values)


def _unbech32(prefix: str, text: str) -> bytes:
    called, begins = _CALLED[prefix]
    if not text.startswith(f"{prefix}1"):
        others = [name for other, (name, _) in _CALLED.items() if text.lower().startswith(f"{other}1")]
        description = f"a {others[0]}, and no {called}" if others and others != [called] else f"no {called}"
        raise UnreadableSeal(f"this is {description}: that begins with {begins}")
    values = [_BECH32.find(letter) for letter in text[len(prefix) + 1 :]]
    if min(values, default=-1) < 0 or _polymod([*_expanded(prefix), *values]) != 1:
        raise UnreadableSeal(
            f"this {called} begins with {begins} as it should, and is mistyped or cut short behind that"
        )
    bits = "".join(f"{value:05b}" for value in values[:-6])
    raw = bytes(int(bits[at : at + 8], 2) for at in range(0, len(bits) // 8 * 8, 8))
    if len(raw) != 32:
        raise UnreadableSeal("this key has not the right length")
    return raw
