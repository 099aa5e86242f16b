"""Hold bytes that come in pieces: few stay in memory, more go to a file without a name.

A sent file may hold what must never touch a disk in clear. So the file is sealed by a key that only its process has and
that is gone with it. The cipher is AES-CTR: a file without a name cannot be swapped, so nothing proves its bytes.
"""

import io
import os
import tempfile
from typing import IO, Any, BinaryIO

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CTR

from . import home

IN_MEMORY = 64 * 1024


class NoRoom(Exception):
    """The disk takes no more."""


class Spool:
    """Written to piece by piece, then read once from its beginning."""

    def __init__(self) -> None:
        self._few: io.BytesIO | None = io.BytesIO()
        self._file: IO[bytes] | None = None
        self._cipher = Cipher(
            AES(os.urandom(32)), CTR(bytes(16))
        )  # of this spool alone: its counter is used once
        self._seals: Any = None

    def write(self, piece: bytes) -> None:
        """Keep a piece behind what came before. Raises NoRoom."""
        if self._few is not None and self._few.tell() + len(piece) <= IN_MEMORY:
            self._few.write(piece)
            return
        try:
            if self._few is not None:
                self._begin_file(self._few.getvalue())
            assert self._file is not None
            self._file.write(self._seals.update(piece))
        except OSError as no:
            raise NoRoom from no

    def whole(self) -> BinaryIO:
        """All of it, from its beginning. The reader closes it. Raises NoRoom."""
        if self._few is not None:
            self._few.seek(0)
            return self._few
        assert self._file is not None
        try:
            self._file.seek(0)  # writes what waits in its buffer
        except OSError as no:
            raise NoRoom from no
        return io.BufferedReader(_Opened(self._file, self._cipher.decryptor()))

    def close(self) -> None:
        """Forget what came."""
        if self._file is not None:
            self._file.close()

    def _begin_file(self, came: bytes) -> None:
        folder = home.home_folder() / "run"
        folder.mkdir(parents=True, exist_ok=True)
        self._file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115  # closed by `close`, or by who reads it
        self._seals, self._few = self._cipher.encryptor(), None
        self._file.write(self._seals.update(came))


class _Opened(io.RawIOBase):
    """A sealed file as it was sent."""

    def __init__(self, file: IO[bytes], opens: Any) -> None:
        self._file, self._opens = file, opens

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        clear = self._opens.update(self._file.read(len(buffer)))
        buffer[: len(clear)] = clear
        return len(clear)

    def close(self) -> None:
        self._file.close()
        super().close()
