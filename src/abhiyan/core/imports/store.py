"""The uploaded bytes at rest: sealed, appended piece by piece, deleted when the import is over.

What somebody sends may hold minors and columns we never read, so it is not on disk in clear, not even for a
moment. A file is a sequence of records, each one piece as it was received: length, nonce, AES-256-GCM of the
bytes, bound to the import and the place in the file. A step that reads gets the clear bytes in memory under a
name that its worker processes can open too.
"""

import fcntl
import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from uuid import UUID, uuid5

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.utils.translation import gettext_lazy as _

from abhiyan.core import home, lot
from abhiyan.core.keys import keyring
from abhiyan.core.refusals import Refused

_HEAD = struct.Struct("!I")
_NONCE, _TAG = 12, 16
SUFFIX = ".sealed"


class FileGone(Refused):
    """The sealed file is missing or does not open: a disk was changed, or a backup restored without it."""

    message = _("The uploaded file is no longer there. Upload it again.")


def folder() -> Path:
    """Where sealed uploads lie. Backups leave it out."""
    return home.files() / "imports"


def _path(public_id: UUID) -> Path:
    return folder() / f"{public_id}{SUFFIX}"


def _key(public_id: UUID) -> AESGCM:
    purpose = b"import " + public_id.bytes
    return AESGCM(HKDF(SHA256(), 32, salt=None, info=purpose).derive(keyring().derive("imports")))


def _about(public_id: UUID, offset: int) -> bytes:
    return public_id.bytes + offset.to_bytes(8, "big")


def append(public_id: UUID, *, offset: int, piece: bytes) -> None:
    """Keep a piece at an offset of the clear file; on disk when this returns.

    What lies behind the offset (an append whose transaction did not commit) is cut off first. Raises FileGone
    when what should lie before it does not.
    """
    path = _path(public_id)
    if offset == 0:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    else:
        try:
            handle = os.open(path, os.O_RDWR)
        except FileNotFoundError:
            raise FileGone from None
    with os.fdopen(handle, "r+b") as file:
        clear = 0
        while clear < offset:
            head = file.read(_HEAD.size)
            if len(head) < _HEAD.size:
                raise FileGone
            (length,) = _HEAD.unpack(head)
            clear += length
            file.seek(_NONCE + length + _TAG, os.SEEK_CUR)
        if clear != offset:
            raise FileGone
        file.truncate()
        nonce = lot.octets(_NONCE)
        sealed = _key(public_id).encrypt(nonce, piece, _about(public_id, offset))
        file.write(_HEAD.pack(len(piece)) + nonce + sealed)
        file.flush()
        os.fsync(file.fileno())
    if offset == 0:
        shelf = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(shelf)
        finally:
            os.close(shelf)


def beside(public_id: UUID) -> UUID:
    """The name of what is kept beside an upload: its refused rows (`correcting`)."""
    return uuid5(public_id, "refused")


def is_there(public_id: UUID) -> bool:
    """Return True if a file of this name lies here."""
    return _path(public_id).exists()


def pieces(public_id: UUID) -> Iterator[bytes]:
    """A whole file, in the pieces it was kept in. Raises FileGone."""
    return _pieces(public_id, None)


def _pieces(public_id: UUID, size: int | None) -> Iterator[bytes]:
    key = _key(public_id)
    offset = 0
    try:
        with _path(public_id).open("rb") as file:
            while size is None or offset < size:
                head = file.read(_HEAD.size)
                if size is None and not head:
                    return
                if len(head) < _HEAD.size:
                    raise FileGone
                (length,) = _HEAD.unpack(head)
                nonce, sealed = file.read(_NONCE), file.read(length + _TAG)
                yield key.decrypt(nonce, sealed, _about(public_id, offset))
                offset += length
    except (FileNotFoundError, InvalidTag):
        raise FileGone from None


@contextmanager
def clear(public_id: UUID, *, size: int) -> Iterator[Path]:
    """The clear bytes in memory, under a path of this process that its children may open. Gone afterwards."""
    memory = os.memfd_create(f"import {public_id}", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    try:
        for piece in _pieces(public_id, size):
            left = memoryview(piece)
            while left:
                left = left[os.write(memory, left) :]
        if os.fstat(memory).st_size != size:
            raise FileGone
        fcntl.fcntl(memory, fcntl.F_ADD_SEALS, fcntl.F_SEAL_WRITE | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SHRINK)
        yield Path(f"/proc/{os.getpid()}/fd/{memory}")
    finally:
        os.close(memory)


def beginning(public_id: UUID, *, size: int) -> bytes:
    """The first clear bytes of a file, some hundred or more. Raises FileGone."""
    return next(_pieces(public_id, size), b"")


def digest(public_id: UUID, *, size: int) -> str:
    """SHA-256 of the clear file, hexadecimal."""
    found = sha256()
    for piece in _pieces(public_id, size):
        found.update(piece)
    return found.hexdigest()


def delete(public_id: UUID) -> None:
    """Forget the file; nothing happens when there is none."""
    with suppress(FileNotFoundError):
        _path(public_id).unlink()


def kept() -> set[UUID]:
    """The names of the files that lie here: an import's, or what is `beside` it."""
    found = set()
    if folder().is_dir():
        for path in folder().glob(f"*{SUFFIX}"):
            with suppress(ValueError):
                found.add(UUID(path.name.removesuffix(SUFFIX)))
    return found


def age_s(public_id: UUID, at: datetime) -> float:
    """Seconds since the file last grew; endless when there is none."""
    try:
        return at.timestamp() - _path(public_id).stat().st_mtime
    except FileNotFoundError:
        return float("inf")
