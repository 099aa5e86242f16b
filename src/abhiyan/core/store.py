"""The store of files: sealed bytes under random names, in a folder of this host or in an object store by S3.

Several hosts share an object store (ABHIYAN_STORE). One machine keeps the folder ABHIYAN_FILES and sets nothing.
Rooms seal what they put: the store sees sealed bytes, their size and names that say nothing about people.

An object is written before the row that speaks of it commits. A crash between them leaves an object without a row,
which a sweep deletes. Rows never speak of an object that was not written.
"""

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, Protocol

from django.utils.translation import gettext_lazy as _
from prometheus_client import Counter

from . import environment, home, lot
from .refusals import Refused

log = logging.getLogger(__name__)
HALVES = ".half"  # Objects below the folder that are being written, and those of a crash.

CONNECT_S, READ_S, TRIES = 2, 10, 2  # A call fails after about 25 s.

_AT_ONCE = 1000  # S3 deletes so many names in one call.
FAILED = Counter("abhiyan_store_failed", "Calls to the object store that failed", ["call"])
for _call in ("put", "get", "delete", "list"):  # from 0 on, or the first ones are not seen
    FAILED.labels(_call)


class StoreAway(Refused, status=503):
    """The object store does not answer, or refuses us. Acknowledged objects lie there unchanged."""

    message = _("Files cannot be kept or opened at the moment. Try again in a few minutes. Nothing is lost.")


class ObjectGone(LookupError):
    """The store holds nothing under this name."""


@dataclass(frozen=True, slots=True)
class StoredObject:
    """An object as the store lists it. size: bytes, sealed."""

    name: str
    size: int
    changed_at: datetime


class ObjectStore(Protocol):
    """Keep sealed bytes by name. Each call raises StoreAway where an object store does not answer."""

    def put(self, name: str, sealed: bytes) -> None:
        """Keep an object, whole or not at all. It is safe when this returns. The same name replaces it."""

    def get(self, name: str) -> bytes:
        """Return an object. Raises ObjectGone."""

    def listed(self, prefix: str, *, after: str = "") -> Iterator[StoredObject]:
        """List the objects whose name begins so and comes after another, in the order of their names."""

    def remove(self, *names: str) -> None:
        """Forget objects; missing ones are no mistake."""


@dataclass(frozen=True)
class FolderStore:
    """Keeps objects as files of a folder, readable by their owner alone."""

    folder: Path

    def put(self, name: str, sealed: bytes) -> None:
        path = self._path(name)
        half = self.folder / HALVES / lot.uuid().hex
        for parent in (half.parent, path.parent):
            parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(sealed)
            out.flush()
            os.fsync(out.fileno())
        half.replace(path)
        for parent in (path.parent, path.parent.parent):  # the name, and the folder's own
            shelf = os.open(parent, os.O_RDONLY)
            try:
                os.fsync(shelf)
            finally:
                os.close(shelf)

    def get(self, name: str) -> bytes:
        try:
            return self._path(name).read_bytes()
        except FileNotFoundError:
            raise ObjectGone(name) from None

    def listed(self, prefix: str, *, after: str = "") -> Iterator[StoredObject]:
        top = self._path(prefix.rpartition("/")[0])
        for path in sorted(top.rglob("*")):
            name = path.relative_to(self.folder).as_posix()
            if not name.startswith(prefix) or name <= after:
                continue
            with suppress(FileNotFoundError):  # deleted meanwhile
                status = path.stat()
                if path.is_file():
                    yield StoredObject(name, status.st_size, datetime.fromtimestamp(status.st_mtime, UTC))

    def remove(self, *names: str) -> None:
        for name in names:
            path = self._path(name)
            path.unlink(missing_ok=True)
            with suppress(OSError):  # others lie in it
                if path.parent != self.folder:
                    path.parent.rmdir()

    def remove_halves(self, before: datetime) -> int:
        """Delete what killed processes left unfinished. Returns how many."""
        removed = 0
        for path in (self.folder / HALVES).glob("*"):
            with suppress(FileNotFoundError):  # finished meanwhile
                if path.stat().st_mtime < before.timestamp():
                    path.unlink()
                    removed += 1
        return removed

    def _path(self, name: str) -> Path:
        path = self.folder / name
        if ".." in path.parts or name.startswith("/"):
            raise ValueError(f"no name of an object: {name}")
        return path


class S3Store:
    """Keeps objects in a bucket below a prefix. boto3 reads the keys (AWS_ACCESS_KEY_ID … or its files)."""

    def __init__(self, bucket: str, prefix: str, *, endpoint: str, region: str) -> None:
        try:
            import boto3
            from botocore.config import Config
        except ImportError:
            raise environment.WrongSetting("ABHIYAN_STORE: needs boto3: pip install 'abhiyan[s3]'") from None
        self.bucket, self.prefix = bucket, prefix
        self._client: Any = boto3.client(
            "s3",
            endpoint_url=endpoint or None,
            region_name=region or None,
            config=Config(
                connect_timeout=CONNECT_S,
                read_timeout=READ_S,
                retries={"mode": "standard", "total_max_attempts": TRIES},
                # Stores of others know no trailing checksums; those of AWS do without them.
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
                s3={"addressing_style": "path" if endpoint else "auto"},
            ),
        )

    def put(self, name: str, sealed: bytes) -> None:
        with _answering("put"):
            self._client.put_object(Bucket=self.bucket, Key=self.prefix + name, Body=sealed)

    def get(self, name: str) -> bytes:
        with _answering("get", name):
            body: bytes = self._client.get_object(Bucket=self.bucket, Key=self.prefix + name)["Body"].read()
            return body

    def listed(self, prefix: str, *, after: str = "") -> Iterator[StoredObject]:
        with _answering("list"):
            start = {"StartAfter": self.prefix + after} if after else {}
            pages = self._client.get_paginator("list_objects_v2").paginate(
                Bucket=self.bucket, Prefix=self.prefix + prefix, **start
            )
            for page in pages:
                for entry in page.get("Contents", ()):
                    name = entry["Key"].removeprefix(self.prefix)
                    yield StoredObject(name, entry["Size"], entry["LastModified"])

    def remove(self, *names: str) -> None:
        for start in range(0, len(names), _AT_ONCE):
            keys = [{"Key": self.prefix + name} for name in names[start : start + _AT_ONCE]]
            with _answering("delete"):
                answer = self._client.delete_objects(
                    Bucket=self.bucket, Delete={"Objects": keys, "Quiet": True}
                )
            if answer.get("Errors"):
                FAILED.labels("delete").inc()
                raise StoreAway


@contextmanager
def _answering(call: str, name: str = "") -> Iterator[None]:
    """Raise StoreAway for what botocore raises; for an object that is not there, ObjectGone. Logs no key."""
    from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError

    try:
        yield
    except ClientError as error:
        code = str(error.response.get("Error", {}).get("Code", ""))
        if name and code in ("NoSuchKey", "404"):
            raise ObjectGone(name) from None
        FAILED.labels(call).inc()
        log.error("the object store refused a call", extra={"facts": {"call": call, "code": code}})
        raise StoreAway from error
    except (BotoCoreError, HTTPClientError, OSError) as error:
        FAILED.labels(call).inc()
        log.error(
            "the object store did not answer", extra={"facts": {"call": call, "error": type(error).__name__}}
        )
        raise StoreAway from error


def is_remote() -> bool:
    """Return True if files lie in an object store."""
    return environment.STORE.is_set


def file_store() -> ObjectStore:
    """Return the store of this installation."""
    if not is_remote():
        return FolderStore(home.uploads_folder())
    bucket, prefix = environment.STORE()
    return s3_store(bucket, prefix, environment.STORE_ENDPOINT(), environment.STORE_REGION())


@cache
def s3_store(bucket: str, prefix: str, endpoint: str, region: str) -> S3Store:
    """Return the store of a bucket. Its client is shared by the threads of a process."""
    return S3Store(bucket, prefix, endpoint=endpoint, region=region)
