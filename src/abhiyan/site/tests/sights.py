"""Tests that compare sights count here the rows a scope shows."""

from abhiyan.core import sql
from abhiyan.core.scope import Scope, scoped, system


def guarded_tables() -> list[str]:
    """Every table whose rows a scope opens or hides, by name."""
    with system("test"):
        return sql.column(
            "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')"
            " and relrowsecurity and has_table_privilege(oid, 'select') order by 1"
        )


def rows_in_sight(scope: Scope, tables: list[str]) -> dict[str, int]:
    """Count the rows of each table that a scope shows. A table without any is left out."""
    with scoped(scope):
        seen = {table: int(sql.value(f"select count(*) from {table}")) for table in tables}
    return {table: n for table, n in seen.items() if n}
