"""Every test runs as the application's role, over a real PostgreSQL whose tables the owner made.

With DATABASE_URL that server is used; else an embedded one in a home of its own.
`db` rolls back; `transactional_db` really commits and is emptied afterwards by the server's administrator.
"""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

_home = Path(
    os.environ.setdefault("ABHIYAN_TEST_HOME", f"{tempfile.gettempdir()}/abhiyan-test-{os.geteuid()}")
)
os.environ["ABHIYAN_HOME"] = str(_home)
# Each worker has uploads of its own: one sweeps what it does not know.
os.environ["ABHIYAN_FILES"] = str(_home / f"files{os.environ.get('PYTEST_XDIST_WORKER', '')}")
os.environ["ABHIYAN_ROLE"] = "app"
os.environ["ABHIYAN_POOL"] = "0"  # pytest's threads come and go; a pool would keep their connections
os.environ["DJANGO_SETTINGS_MODULE"] = "abhiyan.site.settings"

# TRUNCATE makes a new file for each of 300 tables and indexes, most of a second; few were written to. Only the
# server's administrator may leave the triggers out that keep the trail from being deleted.
EMPTIED = """
do $$
declare
    written record;
begin
    set local session_replication_role = replica;
    for written in
        select oid::regclass as name, pg_relation_size(oid) as size from pg_class
        where relnamespace = 'public'::regnamespace and relkind = 'r' and pg_relation_size(oid) > 0
            and relname not in ('django_migrations', 'django_content_type')
    loop
        if written.size < 1000000 then
            execute format('delete from %s', written.name);
        else
            execute format('truncate %s cascade', written.name);
        end if;
    end loop;
end $$
"""


def pytest_configure() -> None:
    from abhiyan.core import database, keys

    if not keys.master_path().exists():
        keys.master_path().parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with contextlib.suppress(FileExistsError):  # another worker was first
            keys.make_master(keys.master_path())
    if database.is_embedded():
        from abhiyan.core import embedded

        embedded.ensure_running(_home)
    import django

    django.setup()


@pytest.fixture(scope="session")
def django_db_modify_db_settings_xdist_suffix(request: pytest.FixtureRequest) -> None:
    """Each xdist worker has a database of its own (named in django_db_setup)."""


@pytest.fixture(scope="session")
def django_db_setup(request: pytest.FixtureRequest, django_db_blocker: Any) -> Iterator[None]:
    """The owner builds the database; then everybody is the application."""
    import psycopg
    from django.db import connection
    from django.test import TransactionTestCase
    from psycopg import sql

    from abhiyan.core import database, schema

    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    name = os.environ.get("ABHIYAN_TEST_DATABASE", "test_abhiyan") + (f"_{worker}" if worker else "")
    os.environ["ABHIYAN_DATABASE"] = name

    def become(role: str) -> None:
        connection.close()
        connection.settings_dict["USER"] = database.role_name(role)
        connection.settings_dict["PASSWORD"] = database.password(role)
        connection.settings_dict["NAME"] = name

    with django_db_blocker.unblock():
        with psycopg.connect(database.conninfo(None, dbname="postgres"), autocommit=True) as admin:
            admin.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))
        schema.prepare(name)
        become("owner")
        schema.migrate(verbosity=0)
        become("app")

    def emptied(_case: Any) -> None:
        with psycopg.connect(database.conninfo(None, dbname=name), autocommit=True) as admin:
            admin.execute(EMPTIED)

    TransactionTestCase._fixture_teardown = emptied  # type: ignore[attr-defined]  # noqa: SLF001  # Django truncates, as the application
    yield
    with django_db_blocker.unblock():
        connection.close()
        if not request.config.getoption("--keep-database"):
            with psycopg.connect(database.conninfo(None, dbname="postgres"), autocommit=True) as admin:
                admin.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))


@pytest.fixture(scope="module")
def open_database(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:  # noqa: ARG001  # asked for first
    """The database committed to by a whole file of tests, which look at one world; empty again afterwards."""
    from django.test import TransactionTestCase

    with django_db_blocker.unblock():
        yield
        TransactionTestCase("__init__")._fixture_teardown()  # type: ignore[attr-defined]  # noqa: SLF001  # ours


@pytest.fixture(scope="module")
def chromium() -> "Iterator[Browser]":
    """The system's Chromium, for every test in a browser."""
    from playwright.sync_api import sync_playwright

    named = (os.environ.get("ABHIYAN_CHROMIUM") or "chromium", "chromium-browser", "google-chrome")
    found = next(filter(None, map(shutil.which, named)), None)
    if found is None:
        pytest.fail("no Chromium on this machine: install it (Debian: apt-get install chromium)")
    # Playwright keeps an event loop in this thread; the tests' own queries stay plain ones.
    patch = pytest.MonkeyPatch()
    patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-gpu"])
        yield started
        started.close()
    patch.undo()


@pytest.fixture(autouse=True)
def nothing_left() -> Iterator[None]:
    """Limits count outside the test's transaction and a language stays with its thread: both end with the test."""
    yield
    from django.utils import translation

    from abhiyan.core import limits

    limits.forget_all()
    translation.deactivate()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--keep-database", action="store_true", help="leave the test database for a look at it")
