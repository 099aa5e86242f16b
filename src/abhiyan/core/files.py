"""A file that a room keeps sealed in the database: by a random id, with its size and a keyed digest of its bytes."""

import hmac
from datetime import datetime
from typing import Any, Self

from django.db import models

from abhiyan.core import lot
from abhiyan.core.keys import keyring


class SealedFile(models.Model):
    """A room's table of files inherits this. The room adds what the file belongs to, and its policies."""

    id = models.UUIDField(primary_key=True)  # random; the bytes are sealed under it
    digest = models.BinaryField()  # keyed (`digest_of`): the same file again is found by it
    size = models.IntegerField()  # bytes
    sealed = models.BinaryField()
    added_at = models.DateTimeField()

    class Meta:
        abstract = True

    @classmethod
    def of(cls, data: bytes, *, digest: bytes, added_at: datetime, **more: Any) -> Self:
        """A row for a file, not saved yet. more: the room's own fields."""
        ident = lot.uuid()
        sealed = keyring().seal(data, about=ident.bytes)
        return cls(id=ident, digest=digest, size=len(data), sealed=sealed, added_at=added_at, **more)

    def opened(self) -> bytes:
        """The file's bytes. The caller has asked who may read them."""
        return keyring().unseal(bytes(self.sealed), about=self.id.bytes)


def digest_of(data: bytes, *, within: str) -> bytes:
    """The keyed digest by which a file is found again. within: where one file is kept once, such as a drive."""
    return hmac.digest(keyring().lookup, within.encode() + b"|" + data, "sha256")
