"""Row-level security, declared beside the model: a policy is a constraint, so makemigrations sees it.

Roles are logical names (core.database); the migration writes the installation's real ones.
"""

from collections.abc import Sequence
from typing import Any

from django.db import models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from .database import role_name

# Settings are read through a subselect: bare, the planner evaluates them once per row (87 times slower).
EVERYTHING = "(select current_setting('abhiyan.everything', true) = 'on')"
REASON = "(select coalesce(current_setting('abhiyan.reason', true), '') <> '')"
# These are positions of the viewer, and none once a tree has moved since they were read. It is a function of the ground
# migration, whose plan is kept. A subselect is planned for each table of each query: a page of 17 ms took 26.
PEOPLE = "(select core_positions('abhiyan.people'))"
COUNTS = "(select core_positions('abhiyan.counts'))"
# Counts are exact and of now at these positions: those of people, and those where figures alone are in sight.
FIGURES = "(select core_positions('abhiyan.figures'))"
REQUESTS = "(select core_positions('abhiyan.requests'))"
LINE = "(select core_positions('abhiyan.line'))"
# The cast stands outside: `any (select ...)` would compare with rows, not with the array.
BODIES = "(select coalesce(nullif(current_setting('abhiyan.bodies', true), ''), '{}'))::int8[]"
IMPORTS = "(select coalesce(nullif(current_setting('abhiyan.imports', true), ''), '{}'))::text[]"
ACCOUNT = "(select nullif(current_setting('abhiyan.account', true), '')::int8)"
SESSION = (
    "(select nullif(current_setting('abhiyan.session', true), ''))"  # console codes belong to no session: ''
)
PHONE = "(select nullif(current_setting('abhiyan.phone', true), '')::uuid)"
# The phone that the viewer's own account signs in by.
OWN_PHONE = f"(select oa.phone_id from people_account oa where oa.id = {ACCOUNT})"
# The nation's offices see everything too; the system says why.
SYSTEM = f"({EVERYTHING} and {REASON})"
# Somebody with an office and a second factor, or the system. This reads the setting, not what it still shows: an act
# that moves units writes on.
_HOLDS = "(select coalesce(nullif(current_setting('abhiyan.counts', true), ''), '{}') <> '{}')"
IN_OFFICE = f"({EVERYTHING} or {_HOLDS})"
# A transaction has begun in a scope, if only a visitor's.
IN_A_SCOPE = "(select coalesce(current_setting('abhiyan.people', true), '') <> '')"


def placed_sql(column: str, ranges: str) -> str:
    """True where the unit in `column` stands inside `ranges` in any hierarchy of today's tree."""
    return f"exists (select 1 from units_placement pl where pl.unit_id = {column} and pl.lo <@ {ranges})"


def placed_by_row(column: str, ranges: str) -> str:
    """As `placed_sql`, for a large table that is read page by page in the order of an index.

    `offset 0` keeps the planner from hashing the whole tree before the first row: it looks up each row by itself.
    """
    return placed_sql(column, ranges).removesuffix(")") + " offset 0)"


def over_all(ranges: str) -> str:
    """True where every tree of today stands inside `ranges`."""
    return (
        "not exists (select 1 from units_placement pl where pl.parent_id is null and pl.lo is not null"
        f" and not pl.lo <@ {ranges})"
    )


class Policy(models.constraints.BaseConstraint):
    """One `CREATE POLICY`; the first on a table also forces row-level security.

    using: SQL condition on the row, seen by readers and, unless `check` says otherwise, by writers.
    to: logical roles. command: ALL, SELECT, INSERT, UPDATE or DELETE. `backup` reads what the owner sees.
    """

    def __init__(
        self,
        *,
        name: str,
        using: str,
        to: Sequence[str] = ("app",),
        command: str = "ALL",
        check: str | None = None,
    ) -> None:
        super().__init__(name=name)
        self.using, self.to, self.command, self.check = using, tuple(to), command, check

    def deconstruct(self) -> tuple[str, tuple[Any, ...], dict[str, Any]]:
        path, args, kwargs = super().deconstruct()
        options = {"to": self.to, "command": self.command, "check": self.check}
        usual = {"to": ("app",), "command": "ALL", "check": None}
        kwargs |= {"using": self.using} | {
            key: argument for key, argument in options.items() if argument != usual[key]
        }
        return path, tuple(args), kwargs

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Policy) and self.deconstruct() == other.deconstruct()

    __hash__ = object.__hash__

    def create_sql(
        self, model: type[models.Model] | None, schema_editor: BaseDatabaseSchemaEditor | None
    ) -> Any:
        assert model is not None and schema_editor is not None
        table = schema_editor.quote_name(model._meta.db_table)
        name = schema_editor.quote_name(self.name)
        using = f" using ({self.using})" if self.command != "INSERT" else ""
        condition = self.check or (self.using if self.command == "INSERT" else None)
        check = f" with check ({condition})" if condition else ""
        to = (*self.to, "backup") if "owner" in self.to else self.to
        roles = ", ".join(schema_editor.quote_name(role_name(role)) for role in to)
        return (
            f"alter table {table} enable row level security; alter table {table} force row level security; "
            f"create policy {name} on {table} for {self.command} to {roles}{using}{check}"
        ).replace("%", "%%")

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
        name, table = schema_editor.quote_name(self.name), schema_editor.quote_name(model._meta.db_table)
        return f"drop policy {name} on {table}"

    def validate(self, *args: Any, **kwargs: Any) -> None:
        """The database judges; there is nothing to check in Python."""


def policies(table: str, *, using: str, write: str | None = None) -> list[models.constraints.BaseConstraint]:
    """The usual set: people's requests see `using`, jobs everything for a reason, migrations all.

    write: which rows `app` may write, when those are not the ones it may see.
    """
    return [*_of_people(table, f"{EVERYTHING} or {using}", write), *_of_others(table)]


def private(table: str, *, using: str, write: str | None = None) -> list[models.constraints.BaseConstraint]:
    """As `policies`, for rows that nobody's office opens."""
    return [*_of_people(table, f"{SYSTEM} or {using}", write), *_of_others(table)]


def open_to_all(table: str, *, write: str = IN_OFFICE) -> list[models.constraints.BaseConstraint]:
    """Rows with nobody's data, which every role that has the right may read; `app` writes those of `write`."""
    return [
        Policy(name=f"{table}_seen_by_all", to=("app", "jobs", "gateway"), command="SELECT", using="true"),
        Policy(name=f"{table}_written", using=write),
        *_of_others(table),
    ]


def _of_people(table: str, seen: str, write: str | None) -> list[models.constraints.BaseConstraint]:
    if write is None:
        return [Policy(name=f"{table}_in_scope", using=seen)]
    return [
        Policy(name=f"{table}_in_scope", command="SELECT", using=seen),
        Policy(name=f"{table}_written", using=write),
    ]


def _of_others(table: str) -> list[models.constraints.BaseConstraint]:
    return [
        Policy(name=f"{table}_for_a_reason", to=("jobs",), using=REASON),
        Policy(name=f"{table}_migrates", to=("owner",), using="true"),
    ]
