"""Column types PostgreSQL has and Django has not."""

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

if TYPE_CHECKING:
    AnyField = models.Field[Any, Any]
else:
    AnyField = models.Field


class XidField(AnyField):
    """A 64-bit transaction id (xid8): which transaction wrote the row, comparable with a snapshot's horizon."""

    def db_type(self, connection: BaseDatabaseWrapper) -> str:  # noqa: ARG002  # Django hands it over
        return "xid8"


class CurrentXid(models.Func):
    """The writing transaction's own id, as a column default."""

    function = "pg_current_xact_id"
    template = "%(function)s()"
    output_field = XidField()


class Era(models.Func):
    """The audit's era, raised by every restore (`core_era`, made by the ground migration)."""

    function = "core_era"
    template = "%(function)s()"
    output_field = models.IntegerField()
