"""Files of rooms: sealed by the room, kept in the database on one machine and in the object store of several hosts.

A room declares a column as `StoredBytesField`, writes sealed bytes to it and reads them by `bytes(row.column)`. With
ABHIYAN_STORE the bytes become an object `files/<random id>`, and the column holds a short reference to it. Rows from
before stay readable where they lie; so do references once the setting is gone and the files lie in the folder.

- An object is written before its row commits, under a name of its own, and never changes.
- A trigger notes the objects of rows that are deleted or rewritten, in the same transaction (`GoneObject`). A loop
  deletes them after the commit, until the store answers.
- An object that no row speaks of comes from a transaction that did not commit. A sweep deletes it after a week.
"""

import hmac
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Self
from uuid import UUID

from django.apps import apps
from django.db import models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models.constraints import BaseConstraint
from django.utils.translation import gettext_lazy as _

from abhiyan.core import lot, sql, store_mark
from abhiyan.core.keys import keyring
from abhiyan.core.models import GoneObject, StoreMark
from abhiyan.core.refusals import Refused
from abhiyan.core.scope import system
from abhiyan.core.store import FolderStore, ObjectGone, file_store, is_remote

if TYPE_CHECKING:
    _BinaryField = models.BinaryField[bytes, bytes]
else:
    _BinaryField = models.BinaryField

PREFIX = "files/"
ORPHANS_LAST = timedelta(days=7)  # An object without a row goes then.
HALVES_LAST = timedelta(days=1)  # A half file that a killed process left in the folder goes then.
_MARKER = b"\0"  # Sealed bytes begin with the number of a key, from 1.
_REFERENCE_BYTES = 17  # the marker and the id
_DELETED_AT_ONCE = 1_000


class FileLost(Refused, status=410):
    """The row speaks of an object that the store does not hold: it was deleted after a backup, or by other hands."""

    message = _("This file is no longer kept. Ask the person who sent it to send it again.")


class StoredBytes:
    """Bytes that lie in the store. `bytes()` reads them: it raises StoreAway and FileLost."""

    __slots__ = ("_content", "ident")

    def __init__(self, ident: UUID, content: bytes | None = None) -> None:
        self.ident, self._content = ident, content

    @property
    def reference(self) -> bytes:
        """What the column holds."""
        return _MARKER + self.ident.bytes

    def __bytes__(self) -> bytes:
        if self._content is None:
            try:
                self._content = file_store().get(object_name(self.ident))
            except ObjectGone:
                raise FileLost from None
        return self._content


def object_name(ident: UUID) -> str:
    """Return the name in the store of an object of a column."""
    return f"{PREFIX}{ident.hex}"


class NotesGone(BaseConstraint):
    """A trigger that notes which object a deleted or rewritten row spoke of. `StoredBytesField` declares it."""

    def __init__(self, *, name: str, column: str) -> None:
        super().__init__(name=name)
        self.column = column

    def deconstruct(self) -> tuple[str, tuple[Any, ...], dict[str, Any]]:
        path, args, kwargs = super().deconstruct()
        return path, tuple(args), kwargs | {"column": self.column}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, NotesGone) and self.deconstruct() == other.deconstruct()

    __hash__ = object.__hash__

    def create_sql(
        self, model: type[models.Model] | None, schema_editor: BaseDatabaseSchemaEditor | None
    ) -> Any:
        assert model is not None and schema_editor is not None
        quote = schema_editor.quote_name
        return (
            f"create trigger {quote(self.name)} after delete or update of {quote(self.column)}"
            f" on {quote(model._meta.db_table)} for each row"
            f" when (octet_length(old.{quote(self.column)}) = {_REFERENCE_BYTES})"
            f" execute function core_note_gone('{self.column}')"
        )

    def constraint_sql(
        self, model: type[models.Model] | None, schema_editor: BaseDatabaseSchemaEditor | None
    ) -> Any:
        assert schema_editor is not None
        schema_editor.deferred_sql.append(self.create_sql(model, schema_editor))  # CREATE TABLE comes first
        return None

    def remove_sql(
        self, model: type[models.Model] | None, schema_editor: BaseDatabaseSchemaEditor | None
    ) -> Any:
        assert model is not None and schema_editor is not None
        quote = schema_editor.quote_name
        return f"drop trigger {quote(self.name)} on {quote(model._meta.db_table)}"

    def validate(self, *args: Any, **kwargs: Any) -> None:
        """The database does it; there is nothing to check in Python."""


class StoredBytesField(_BinaryField):
    """A column of sealed bytes that are a file: in the row, or in the store of several hosts."""

    def contribute_to_class(self, cls: type[models.Model], name: str, *args: Any, **kwargs: Any) -> None:
        super().contribute_to_class(cls, name, *args, **kwargs)
        if not cls._meta.abstract:
            watch = NotesGone(name=f"{cls._meta.db_table}_{self.column}_gone", column=self.column)
            cls._meta.constraints = [*cls._meta.constraints, watch]

    def deconstruct(self) -> tuple[str, str, Any, dict[str, Any]]:
        """Say what the column is: migrations know no other."""
        name, _path, args, kwargs = super().deconstruct()
        return str(name), "django.db.models.BinaryField", args, kwargs

    def from_db_value(self, value: Any, *_args: Any) -> Any:
        if value is not None and len(value) == _REFERENCE_BYTES and bytes(value[:1]) == _MARKER:
            return StoredBytes(UUID(bytes=bytes(value[1:])))
        return value

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        """Put new bytes once, however many statements write the row."""
        kept = _put(super().pre_save(model_instance, add))
        setattr(model_instance, self.attname, kept)
        return kept

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        return super().get_db_prep_save(_put(value), connection)

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        plain = value.reference if isinstance(value, StoredBytes) else value
        return super().get_db_prep_value(plain, connection, prepared)


def _put(value: Any) -> Any:
    """Put sealed bytes into the object store, where there is one. Empty bytes stay in the row. Raises StoreAway."""
    if not isinstance(value, bytes | bytearray | memoryview) or not value or not is_remote():
        return value
    kept = StoredBytes(lot.uuid(), bytes(value))
    file_store().put(object_name(kept.ident), bytes(kept))
    return kept


class SealedFile(models.Model):
    """A room's table of files inherits this. The room adds what the file belongs to, and its policies."""

    id = models.UUIDField(primary_key=True)  # random; the bytes are sealed under it
    digest = models.BinaryField()  # keyed (`digest_of`): the same file again is found by it
    size = models.IntegerField()  # bytes
    sealed = StoredBytesField()
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


def stored_columns() -> Iterator[tuple[str, str]]:
    """Return table and column of every `StoredBytesField`."""
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, StoredBytesField):
                yield model._meta.db_table, str(field.column)


def delete_gone(_at: datetime) -> int:
    """Delete the objects that no row speaks of any more. Raises StoreAway; the next turn tries again.

    A crash in between leaves the note: a second deletion of an object does no harm.
    """
    with system("files that are gone"):
        gone = list(GoneObject.objects.values_list("pk", flat=True)[:_DELETED_AT_ONCE])
    if gone:
        file_store().remove(*map(object_name, gone))
        with system("files that are gone"):
            GoneObject.objects.filter(pk__in=gone).delete()
    return len(gone)


def sweep_files(at: datetime) -> int:
    """Delete what transactions that did not commit and killed processes left in the store. Returns how many.

    It touches only the store that has the mark of this database: in another one every file would look like an orphan.
    """
    store, deleted = file_store(), 0
    if isinstance(store, FolderStore):
        deleted += store.remove_halves(at - HALVES_LAST)
    with system("files without a row"):
        if not StoreMark.objects.exists() or store_mark.mark_seen_ms() is None:
            return deleted
    for digit in "0123456789abcdef":  # a sixteenth of the names at a time
        old = {
            ident: stored.name
            for stored in store.listed(PREFIX + digit)
            if stored.changed_at < at - ORPHANS_LAST and (ident := _ident(stored.name))
        }
        if old:
            with system("files without a row"):
                spoken_of = _spoken_of(int(digit, 16))
            orphans = [name for ident, name in old.items() if ident not in spoken_of]
            store.remove(*orphans)
            deleted += len(orphans)
    return deleted


def _ident(name: str) -> UUID | None:
    try:
        return UUID(name.removeprefix(PREFIX))
    except ValueError:
        return None  # not of ours


def _spoken_of(digit: int) -> set[UUID]:
    """Return the ids that begin with a hexadecimal digit and that rows speak of, or have just stopped to."""
    columns = " union all ".join(
        f'select "{column}" from "{table}" where octet_length("{column}") = {_REFERENCE_BYTES}'
        f' and get_byte("{column}", 1) >> 4 = %(digit)s'
        for table, column in stored_columns()
    )
    return {UUID(bytes=bytes(reference)[1:]) for reference in sql.column(columns, {"digit": digit})}
