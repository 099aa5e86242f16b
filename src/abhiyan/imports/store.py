"""The uploaded bytes at rest: sealed, kept piece by piece, deleted when the import is over.

An upload may hold minors and columns we never read, so it is not on disk in clear, not even for a moment. Each piece
is an object of the store (`core.store`): a nonce and AES-256-GCM of the bytes. It is bound to the import and the place
in the file. So one host may receive a piece, another the next, and a third reads them. A step that reads gets the
clear bytes in memory under a name that its worker processes can open too.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from uuid import UUID, uuid5

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.utils.translation import gettext_lazy as _

from abhiyan.core import lot
from abhiyan.core.keys import keyring
from abhiyan.core.refusals import Refused
from abhiyan.core.store import ObjectGone, StoreAway, file_store

_NONCE, _TAG = 12, 16
_PREFIX = "imports/"


class FileGone(Refused):
    """The sealed file is missing or does not open: a disk was changed, or a backup restored without it."""

    message = _("The uploaded file is no longer there. Upload it again.")


@dataclass(frozen=True, slots=True)
class _Piece:
    """A piece that is kept. length: bytes in clear."""

    name: str
    offset: int
    length: int


def _name(public_id: UUID, offset: int) -> str:
    return f"{_PREFIX}{public_id}/{offset:012}"


def _key(public_id: UUID) -> AESGCM:
    purpose = b"import " + public_id.bytes
    return AESGCM(HKDF(SHA256(), 32, salt=None, info=purpose).derive(keyring().derive("imports")))


def _about(public_id: UUID, offset: int) -> bytes:
    return public_id.bytes + offset.to_bytes(8, "big")


def _kept_pieces(public_id: UUID) -> list[_Piece]:
    return [
        _Piece(stored.name, int(stored.name.rpartition("/")[2]), stored.size - _NONCE - _TAG)
        for stored in file_store().listed(f"{_PREFIX}{public_id}/")
    ]


def append(public_id: UUID, *, offset: int, piece: bytes) -> None:
    """Keep a piece at an offset of the clear file; it is safe when this returns.

    Pieces behind the offset come from an append whose transaction did not commit. They are deleted first. Raises
    FileGone where a piece before it is missing, StoreAway where the object store does not answer.
    """
    n_held, stale = 0, []
    for stored in _kept_pieces(public_id):
        if stored.offset >= offset:
            stale.append(stored.name)
        elif stored.offset == n_held:
            n_held += stored.length
    if n_held != offset:
        raise FileGone
    if stale:
        file_store().remove(*stale)
    nonce = lot.octets(_NONCE)
    sealed = _key(public_id).encrypt(nonce, piece, _about(public_id, offset))
    file_store().put(_name(public_id, offset), nonce + sealed)


def refused_rows_id(public_id: UUID) -> UUID:
    """The name of what is kept beside an upload: its refused rows (`correcting`)."""
    return uuid5(public_id, "refused")


def is_there(public_id: UUID) -> bool:
    """Return True if a file of this name is kept."""
    return bool(_kept_pieces(public_id))


def pieces(public_id: UUID) -> Iterator[bytes]:
    """A whole file, in the pieces it was kept in. Raises FileGone."""
    return _pieces(public_id, None)


def _pieces(public_id: UUID, size: int | None) -> Iterator[bytes]:
    key = _key(public_id)
    offset = 0
    while size is None or offset < size:
        try:
            sealed = file_store().get(_name(public_id, offset))
            piece = key.decrypt(sealed[:_NONCE], sealed[_NONCE:], _about(public_id, offset))
        except (ObjectGone, InvalidTag) as error:
            if size is None and offset and isinstance(error, ObjectGone):
                return
            raise FileGone from None
        yield piece
        offset += len(piece)


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
    hasher = sha256()
    for piece in _pieces(public_id, size):
        hasher.update(piece)
    return hasher.hexdigest()


def delete(public_id: UUID) -> None:
    """Forget the file; nothing happens when there is none. Raises StoreAway."""
    names = [stored.name for stored in file_store().listed(f"{_PREFIX}{public_id}")]
    file_store().remove(*names)


def forget_file(public_id: UUID) -> None:
    """Delete a file that no import needs any more; where the store does not answer, the sweep does it later."""
    with suppress(StoreAway):
        delete(public_id)


def kept_files() -> dict[UUID, datetime]:
    """The names of the files that are kept, an import's or its refused rows, and when each grew last."""
    grown: dict[UUID, datetime] = {}
    for stored in file_store().listed(_PREFIX):
        with suppress(ValueError):  # versions before 0.2.0 kept one file, ID.sealed
            public_id = UUID(stored.name.split("/")[1].removesuffix(".sealed"))
            grown[public_id] = max(stored.changed_at, grown.get(public_id, stored.changed_at))
    return grown
