"""Migrations run while the code before them serves: they hold nobody up, and try again."""

import sys
import threading
from concurrent.futures import Future, ThreadPoolExecutor

import psycopg
import pytest
from django.apps import apps
from django.db import OperationalError, connection, connections, models, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.models.signals import pre_migrate

from abhiyan.core import database, roles, schema
from abhiyan.core.concurrent import ConcurrentIndex
from abhiyan.core.tests.given import NOW
from abhiyan.core.tests.waits import PATIENCE_S, until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.versions]
INSERT = (
    "insert into core_heartbeat (loop, turned_at, took_ms, did, every_s, error)"
    f" values (%s, '{NOW}', 0, 0, 1, '')"
)


def value(role: str, setting: str) -> str:
    with psycopg.connect(database.conninfo(role)) as own:
        row = own.execute("select current_setting(%s)", [setting]).fetchone()
        assert row is not None
        return str(row[0])


def test_no_role_that_serves_may_hold_a_transaction_for_ever() -> None:
    for role, limits in roles.LIMITS.items():
        assert value(role, "idle_in_transaction_session_timeout") not in ("", "0")
        for setting in limits:
            assert value(role, setting) == {"60s": "1min"}.get(limits[setting], limits[setting])
    assert value("app", "client_connection_check_interval") == "3s"


def test_a_migration_waits_for_a_table_in_use_and_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schema, "LOCK_MS", 100)
    monkeypatch.setattr(schema, "TRIES", 1)
    with schema.working_as("owner"), psycopg.connect(database.conninfo("owner")) as other:
        other.execute("lock table django_migrations in access exclusive mode")
        with pytest.raises(OperationalError):
            schema.migrate(verbosity=0)
        monkeypatch.setattr(schema, "TRIES", 50)
        freeing = threading.Timer(1, other.rollback)
        freeing.start()
        schema.migrate(verbosity=0)
        freeing.join()


def test_a_migration_that_a_deadlock_ends_is_tried_again() -> None:
    """It takes one table and waits for another, whose user wants the first."""
    taking = "lock table {} in access exclusive mode"
    waiting = "select count(*) from pg_stat_activity where query like 'lock table core_h%' and wait_event_type = 'Lock'"
    ends: list[str] = []
    core = apps.get_app_config("core")

    def step(**_given: object) -> None:
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(taking.format("core_heartbeat"))
                if not ends:
                    crossing.append(apart.submit(other.execute, taking.format("core_heartbeat")))
                    until(lambda: admin.execute(waiting).fetchone() == (1,))
                cursor.execute(taking.format("core_import"))
        finally:
            ends.append("done" if sys.exc_info()[0] is None else "broken off")
            crossing[0].result(PATIENCE_S)
            other.rollback()

    crossing: list[Future[object]] = []
    with (
        schema.working_as("owner"),
        ThreadPoolExecutor(1) as apart,
        psycopg.connect(database.conninfo(None)) as other,
        psycopg.connect(database.conninfo(None), autocommit=True) as admin,
    ):
        other.execute("set deadlock_timeout = '1min'")  # so that it is the migration that ends
        other.execute(taking.format("core_import"))
        pre_migrate.connect(step, sender=core)  # part of migrating, in a transaction of its own
        try:
            schema.migrate(verbosity=0)
        finally:
            pre_migrate.disconnect(step, sender=core)
    assert ends == ["broken off", "done"]


def test_an_index_of_a_big_table_is_made_while_others_write() -> None:
    made = ConcurrentIndex("heartbeat", models.Index(fields=["took_ms"], name="made_meanwhile"))
    before = MigrationLoader(None, ignore_no_migrations=True).project_state()
    after = before.clone()
    made.state_forwards("core", after)

    def make() -> list[str]:
        try:
            with connection.cursor() as cursor:
                cursor.execute("set statement_timeout = '100ms'")
            with connection.schema_editor(atomic=False) as editor:
                made.database_forwards("core", editor, before, after)
            with connection.cursor() as cursor:
                cursor.execute("show statement_timeout")
                return [str(row[0]) for row in cursor.fetchall()]
        finally:
            connections.close_all()

    waiting = "select count(*) from pg_stat_activity where query ilike 'create index con%' and wait_event_type = 'Lock'"
    with (
        schema.working_as("owner"),
        ThreadPoolExecutor(1) as apart,
        psycopg.connect(database.conninfo("jobs")) as long,
        psycopg.connect(database.conninfo(None), autocommit=True) as admin,
    ):
        long.execute(INSERT, ["long"])
        making = apart.submit(make)
        until(lambda: making.done() or admin.execute(waiting).fetchone() == (1,))
        assert not making.done(), making.result()
        with psycopg.connect(database.conninfo("jobs"), options="-c lock_timeout=2s") as other:
            other.execute(INSERT, ["other"])  # not behind the index
        long.commit()
        assert making.result(PATIENCE_S) == ["100ms"]
        valid = "select indisvalid from pg_index where indexrelid = 'made_meanwhile'::regclass"
        assert admin.execute(valid).fetchone() == (True,)
        admin.execute("update pg_index set indisvalid = false where indexrelid = 'made_meanwhile'::regclass")
        assert apart.submit(make).result(PATIENCE_S) == ["100ms"]
        assert admin.execute(valid).fetchone() == (True,), "one that was broken off is made anew"
        admin.execute("drop index made_meanwhile")
