"""Indexes on big tables, made while people are enrolled."""

from typing import Any

from django.contrib.postgres.operations import AddIndexConcurrently


class ConcurrentIndex(AddIndexConcurrently):
    """Make an index without keeping anybody from writing, however long it takes. For a migration that is not atomic.

    A run that was broken off leaves an index that is kept up and never used; the next one makes it from the beginning.
    """

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        with schema_editor.connection.cursor() as cursor:
            cursor.execute("select current_setting('lock_timeout'), current_setting('statement_timeout')")
            lock, statement = cursor.fetchone()
            cursor.execute("set lock_timeout = 0; set statement_timeout = 0")
            cursor.execute(
                "select exists (select from pg_index where indexrelid = to_regclass(%s) and not indisvalid)",
                [self.index.name],
            )
            if cursor.fetchone()[0]:
                name = schema_editor.quote_name(self.index.name)
                cursor.execute(f"drop index concurrently {name}")
        super().database_forwards(app_label, schema_editor, from_state, to_state)
        with schema_editor.connection.cursor() as cursor:
            cursor.execute(
                "select set_config('lock_timeout', %s, false), set_config('statement_timeout', %s, false)",
                [lock, statement],
            )
