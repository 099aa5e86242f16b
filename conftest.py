"""Every test runs as the application's role, over a real PostgreSQL whose tables the owner made.

With DATABASE_URL that server is used; else an embedded one in a home of its own.
`db` rolls back, and so does the act of enrolling in such a test (enrolment/tests/inside.py). `transactional_db`
really commits and is emptied afterwards by the server's administrator.
"""

import asyncio
import contextlib
import gc
import hashlib
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop

    from playwright.sync_api import Browser

    from abhiyan.enrolment.tests.server import Server
    from abhiyan.ui.tests.axe import Look

# Compiled modules are kept beside the packages, whatever the caller's settings. The tests start hundreds of processes,
# and one that compiles every module takes twice as long to begin.
sys.dont_write_bytecode = False
sys.pycache_prefix = str(Path(__file__).parent / ".venv" / "bytecode")
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
os.environ["PYTHONPYCACHEPREFIX"] = sys.pycache_prefix

# Rubbish is cleared away less often than Python would, and what is loaded is not looked through for it (below).
gc.set_threshold(50_000, 20, 50)

# No test depends on speed: an example may take as long as the machine needs.
settings.register_profile(
    "suite",
    settings.get_profile(settings.get_current_profile_name()),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("suite")

_home = Path(
    os.environ.setdefault("ABHIYAN_TEST_HOME", f"{tempfile.gettempdir()}/abhiyan-test-{os.geteuid()}")
)
os.environ["ABHIYAN_HOME"] = str(_home)
# Each worker has uploads of its own: one sweeps what it does not know.
os.environ["ABHIYAN_FILES"] = str(_home / f"files{os.environ.get('PYTEST_XDIST_WORKER', '')}")
os.environ["ABHIYAN_ROLE"] = "app"
os.environ["ABHIYAN_EMAIL"] = "file"  # so that its pages are there
if account := os.environ.get(
    "ABHIYAN_TEST_ACCOUNT"
):  # one without a superuser's rights makes roles of its own
    os.environ["ABHIYAN_ROLE_PREFIX"] = account
os.environ["ABHIYAN_POOL"] = "0"  # pytest's threads come and go; a pool would keep their connections
SETTINGS = "abhiyan.site.settings"
MASTER = "0123456789abcdef" * 4  # ids that are made with it are the same in each run
os.environ["DJANGO_SETTINGS_MODULE"] = SETTINGS

# TRUNCATE makes a new file for each of 300 tables and indexes, most of a second; few were written to. Only the
# server's administrator may leave the triggers out that keep the trail from being deleted. The tables that are there
# from the beginning are named in a function, whose statements are planned once.
EMPTYING = """
set session_replication_role = replica;
create function pg_temp.emptied() returns void language plpgsql as $empty$
declare
    later record;
begin
    {known}
    for later in
        select oid::regclass as name from pg_class
        where relnamespace = 'public'::regnamespace and relkind = 'r' and oid <> all('{{{oids}}}')
            and relname not in ('django_migrations', 'django_content_type')
    loop
        execute format('delete from %s', later.name);
    end loop;
end $empty$
"""
EMPTYING_ONE = """
    if exists (select from {name}) then
        if pg_relation_size('{name}') < 1000000 then
            delete from {name};
        else
            truncate {name} cascade;
        end if;
    end if;
"""
TABLES = """
select oid::text, oid::regclass::text from pg_class
where relnamespace = 'public'::regnamespace and relkind = 'r'
    and relname not in ('django_migrations', 'django_content_type')
"""


class Administrator:
    """The server's administrator works in the database of the tests on one connection. A new connection would have to
    read the catalogue, which takes longer than the statement."""

    def __init__(self, dbname: str) -> None:
        self.dbname = dbname
        self._kept: Any = None

    def empty(self) -> None:
        """Delete every row. Try once more on a new connection where a test has ended the kept one, as a restore does,
        or has dropped a table."""
        import psycopg

        try:
            self._connection().execute("select pg_temp.emptied()")
        except (psycopg.OperationalError, psycopg.errors.UndefinedTable):
            self.close()
            self._connection().execute("select pg_temp.emptied()")

    def _connection(self) -> Any:
        import psycopg

        from abhiyan.core import database

        if self._kept is None:
            self._kept = psycopg.connect(database.conninfo(None, dbname=self.dbname), autocommit=True)
            tables = self._kept.execute(TABLES).fetchall()
            known = "".join(EMPTYING_ONE.format(name=name) for _oid, name in tables)
            self._kept.execute(EMPTYING.format(known=known, oids=",".join(oid for oid, _name in tables)))
        return self._kept

    def close(self) -> None:
        if self._kept is not None:
            self._kept.close()
            self._kept = None


def as_new(connection: Any) -> None:
    """Clean the connection of a finished test for the next one, which need not read the catalogue again.

    One that is broken, or in the midst of something, is closed.
    """
    import psycopg
    from django.db import Error
    from psycopg.pq import TransactionStatus

    own = connection.connection
    is_idle = own is not None and own.autocommit and own.info.transaction_status == TransactionStatus.IDLE
    if not is_idle or connection.in_atomic_block or connection.needs_rollback:
        connection.close()
        return
    try:
        own.execute("reset role; reset all; select pg_advisory_unlock_all(); unlisten *; discard temp")
        connection.init_connection_state()
    except (Error, psycopg.Error):
        connection.close()


TESTER = """
do $do$ begin
    perform pg_advisory_xact_lock(hashtext('abhiyan pattern of tests'));
    if not exists (select from pg_roles where rolname = '{tester}') then
        create role {tester} login noinherit in role {app}, {gateway};
    end if;
    alter role {tester} password '{password}';
    alter role {tester} set role = '{app}';
    {settings}
end $do$
"""


def is_rolled_back(item: pytest.Item) -> bool:
    """Return True if a test runs in one transaction that ends by a rollback."""
    marker = item.get_closest_marker("django_db")
    asked = set(item.fixturenames) if isinstance(item, pytest.Function) else set()
    if asked & {"transactional_db", "open_database", "live_server"}:
        return False
    return not marker.kwargs.get("transaction") if marker else "db" in asked


class Tester:
    """A test that is rolled back logs in as this role: it has no rights, begins as `app` and may turn to `gateway`.

    So the act can run in the test's transaction (enrolment/tests/inside.py). A test that commits logs in as `app`.
    """

    database = ""  # once it is built
    is_wanted = False

    def make(self) -> None:
        """Only servers of tests have this role: `app` itself belongs to none (doctor)."""
        import psycopg

        from abhiyan.core import database, roles

        # A test may reckon for minutes between two queries of its one transaction.
        idle = {"idle_in_transaction_session_timeout": "30min"}
        settings = {"jit": "off", **roles.LIMITS["app"], **idle}
        made = TESTER.format(
            tester=self.name(),
            app=database.role_name("app"),
            gateway=database.role_name("gateway"),
            password=self.password(),
            settings="".join(
                f"alter role {self.name()} set {key} = '{value}';" for key, value in settings.items()
            ),
        )
        # Advisory locks are each database's own, so every worker takes this one in the same database.
        with psycopg.connect(database.conninfo(None, dbname="postgres"), autocommit=True) as admin:
            admin.execute(made)

    def name(self) -> str:
        from abhiyan.core import database

        return f"{database.prefix()}_tests"

    def password(self) -> str:
        from abhiyan.core.keys import keyring

        return keyring().derive(f"database role {self.name()}").hex()

    def log_in(self) -> None:
        """Let the next connection be of the role that the test under way wants."""
        from django.db import connection

        from abhiyan.core import database

        known = connection.settings_dict
        user = self.name() if self.is_wanted else database.role_name("app")
        if self.database and known["USER"] != user:
            connection.close()
            known["USER"] = user
            known["PASSWORD"] = self.password() if self.is_wanted else database.password("app")


tester = Tester()


def give_time_and_draws(item: pytest.Item) -> None:
    """Give the test its time and what is drawn in it, before the first of its fixtures is made.

    It is `given.NOW`, or what the mark `at` says. Time runs in the lanes `machine`, `kill` and `long`.
    """
    from datetime import datetime

    from abhiyan.core.tests import given

    given.draws(item.nodeid)
    at = item.get_closest_marker("at")
    if item.get_closest_marker("machine") or item.path.parent.name in {"kill", "long"}:
        given.running_time()
    else:
        given.time(datetime.fromisoformat(at.args[0]) if at else given.NOW)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    give_time_and_draws(item)
    tester.is_wanted = is_rolled_back(item)
    tester.log_in()


@pytest.fixture(autouse=True)
def act_inside(request: pytest.FixtureRequest) -> Iterator[None]:
    """The act runs in the transaction of a test that is rolled back."""
    if not is_rolled_back(request.node):
        yield
        return
    from abhiyan.enrolment.tests.inside import inside

    with inside():
        yield


def pytest_configure() -> None:
    from abhiyan.core import database, keys

    if not keys.master_path().exists():
        keys.master_path().parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with contextlib.suppress(FileExistsError):  # another worker was first
            keys.make_master(keys.master_path(), text=MASTER)
    if database.is_embedded():
        from abhiyan.core import embedded

        embedded.ensure_running(_home)
    import django

    django.setup()


def pytest_collection_finish() -> None:
    """Freeze the loaded objects: they need not be looked through for rubbish again and again."""
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def no_copies_of_contexts(django_test_environment: None) -> None:  # noqa: ARG001  # it is what copies them
    """Django keeps the contexts of all templates for tests that ask an answer for its own: none here does."""
    from django.template.base import Template
    from django.test.utils import _TestState

    Template._render = _TestState.saved_data.template_render  # type: ignore[attr-defined]  # noqa: SLF001  # Django keeps it nowhere else


@pytest.fixture(scope="session")
def django_db_modify_db_settings_xdist_suffix(request: pytest.FixtureRequest) -> None:
    """Each xdist worker has a database of its own (named in django_db_setup)."""


# The databases that others are copied from, each of another state of the code; one is kept, and one is being built.
PATTERN = "abhiyan_pattern_of_tests_"
PATTERNS = f"select datname from pg_database where starts_with(datname, '{PATTERN}')"


def digest() -> str:
    """Digest all that has a say in what migrations make: the package without its tests, and the owner of the tables."""
    import abhiyan
    from abhiyan.core import database

    (package,) = map(Path, abhiyan.__path__)
    found = hashlib.sha256(database.prefix().encode())
    for path in sorted(package.rglob("*.py")):
        if "tests" not in path.relative_to(package).parts:
            found.update(path.read_bytes())
    return found.hexdigest()[:16]


@pytest.fixture(scope="session")
def django_db_setup(request: pytest.FixtureRequest, django_db_blocker: Any) -> Iterator[None]:
    """The owner builds the database; then everybody is the application."""
    import psycopg
    from django.conf import settings as django_settings
    from django.db import connection, connections
    from django.test import TransactionTestCase
    from psycopg import sql

    from abhiyan.core import database, schema
    from abhiyan.core.tests.accounts import TestedServer

    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    name = os.environ.get("ABHIYAN_TEST_DATABASE", "test_abhiyan") + (f"_{worker}" if worker else "")
    os.environ["ABHIYAN_DATABASE"] = name

    def become(role: str, name: str) -> None:
        connection.close()
        connection.settings_dict["USER"] = database.role_name(role)
        connection.settings_dict["PASSWORD"] = database.password(role)
        connection.settings_dict["NAME"] = name

    def built(name: str) -> None:
        with TestedServer.here().as_account():
            schema.prepare_database(name)
        become("owner", name)
        schema.migrate(verbosity=0)
        connection.close()

    def copied(name: str, pattern: str) -> None:
        """Migrations take some seconds and run once for each state of the code. The first builds the pattern,
        others wait for it."""
        with psycopg.connect(database.conninfo(None, dbname="postgres"), autocommit=True) as admin:
            admin.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))
            admin.execute("select pg_advisory_lock(hashtext('abhiyan pattern of tests'))")
            known = [str(one) for (one,) in admin.execute(PATTERNS).fetchall()]
            if pattern not in known and django_settings.SETTINGS_MODULE == SETTINGS:
                for old in known:
                    admin.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(old)))
                built(half := f"{PATTERN}half")
                admin.execute(
                    sql.SQL("alter database {} rename to {}").format(*map(sql.Identifier, (half, pattern)))
                )
                known.append(pattern)
            if pattern in known:
                admin.execute(
                    sql.SQL("create database {} owner {} template {}").format(
                        *map(sql.Identifier, (name, database.role_name("owner"), pattern))
                    )
                )

    with django_db_blocker.unblock():
        copied(name, f"{PATTERN}{digest()}")
        built(name)  # what the pattern lacks, as a room of the tests' own; mostly nothing
        become("app", name)
        tester.database = name
        tester.make()
        tester.log_in()

    administrator = Administrator(name)

    def emptied(_case: Any) -> None:
        administrator.empty()
        for each in connections.all(initialized_only=True):
            as_new(each)

    TransactionTestCase._fixture_teardown = emptied  # type: ignore[attr-defined]  # noqa: SLF001  # Django truncates, as the application
    TransactionTestCase._should_reload_connections = lambda _case: False  # type: ignore[attr-defined]  # noqa: SLF001  # see as_new
    yield
    administrator.close()
    with django_db_blocker.unblock():
        connection.close()
        if not request.config.getoption("--keep-database"):
            with psycopg.connect(database.conninfo(None, dbname="postgres"), autocommit=True) as admin:
                admin.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))


@pytest.fixture
def as_the_system(request: pytest.FixtureRequest) -> Iterator[None]:
    """Begin in the system's scope, on every connection: for tests that call acts of facts, as jobs and commands do.

    A request, and whatever opens a scope of its own, has that one instead.
    """
    from django.db import connection
    from django.db.backends.signals import connection_created

    from abhiyan.core.scope import system

    def begin(connection: Any, **_more: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "select set_config('abhiyan.everything', 'on', false), set_config('abhiyan.reason', 'a test', false)"
            )

    marker = request.node.get_closest_marker("django_db")
    if marker is None and not {"db", "transactional_db"} & set(request.fixturenames):
        yield
    elif "transactional_db" in request.fixturenames or (marker and marker.kwargs.get("transaction")):
        request.getfixturevalue("transactional_db")
        connection_created.connect(begin)
        connection.ensure_connection()
        begin(connection)
        yield
        connection_created.disconnect(begin)
        as_new(connection)
    else:
        request.getfixturevalue("db")
        with system("a test"):
            yield


@pytest.fixture
def own_journal(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A journal of noes of the test's own: a restore says again what others have said of the same numbers."""
    file = tmp_path / "journal" / "noes.jsonl"
    monkeypatch.setattr("abhiyan.core.home.journal", lambda: file.parent)
    return file


@pytest.fixture(scope="module")
def open_database(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:  # noqa: ARG001  # asked for first
    """The database committed to by a whole file of tests, which look at one world; empty again afterwards."""
    from django.test import TransactionTestCase

    with django_db_blocker.unblock():
        yield
        TransactionTestCase("__init__")._fixture_teardown()  # type: ignore[attr-defined]  # noqa: SLF001  # ours


@pytest.fixture(scope="session")
def browser_of_worker() -> "Iterator[tuple[Browser, AbstractEventLoop]]":
    """The system's Chromium, started once for each worker, and the event loop that Playwright keeps in this thread."""
    from playwright.sync_api import expect, sync_playwright

    from abhiyan.core.tests.waits import PATIENCE_S

    # Pages and expectations wait as long as all else that waits. Their own 30 and 5 seconds are few.
    expect.set_options(timeout=PATIENCE_S * 1000)
    # The shell draws pages only. Chromium with its own windows takes three times the processor time.
    own = os.environ.get("ABHIYAN_CHROMIUM") or "chromium-headless-shell"
    named = (own, "chromium", "chromium-browser", "google-chrome")
    found = next(filter(None, map(shutil.which, named)), None)
    if found is None:
        pytest.fail(
            "no Chromium on this machine: install it (Debian: apt-get install chromium-headless-shell)"
        )
    with sync_playwright() as playwright:
        # An installation at an address of its own, which is not this machine's, is served here all the same.
        args = ["--no-sandbox", "--disable-gpu", "--host-resolver-rules=MAP *.test 127.0.0.1"]
        started = playwright.chromium.launch(executable_path=found, args=args)
        started.on("context", lambda made: made.set_default_timeout(PATIENCE_S * 1000))
        loop = asyncio.get_running_loop()
        asyncio._set_running_loop(None)  # noqa: SLF001  # Playwright sets it so
        yield started, loop
        asyncio._set_running_loop(loop)  # noqa: SLF001  # Playwright sets it so
        started.close()


@pytest.fixture(scope="module")
def chromium(browser_of_worker: "tuple[Browser, AbstractEventLoop]") -> "Iterator[Browser]":
    """Chromium, for every test in a browser. Between the files other loops may run in this thread."""
    started, loop = browser_of_worker
    # The tests' own queries stay plain ones.
    patch = pytest.MonkeyPatch()
    patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    asyncio._set_running_loop(loop)  # noqa: SLF001  # Playwright sets it so
    yield started
    asyncio._set_running_loop(None)  # noqa: SLF001  # Playwright sets it so
    patch.undo()


@pytest.fixture(scope="session")
def serving(django_db_setup: None) -> "Iterator[Callable[..., Server]]":  # noqa: ARG001  # asked for first
    """Gives the server of an environment: started once for each worker, over the worker's database."""
    from abhiyan.enrolment.tests.server import Server

    kept: dict[tuple[tuple[str, str], ...], Server] = {}
    of_the_test = ("DJANGO_SETTINGS_MODULE", "ABHIYAN_TEST_AT")

    def given(**environment: str) -> Server:
        """The server of an environment, and of the settings and the time of the test."""
        asked = (*((name, os.environ.get(name, "")) for name in of_the_test), *sorted(environment.items()))
        if asked not in kept:
            kept[asked] = Server().start(**environment)
        return kept[asked]

    yield given
    for server in kept.values():
        server.stop()


@pytest.fixture
def served(serving: "Callable[..., Server]") -> "Server":
    """The server that browsers visit."""
    return serving(ABHIYAN_ORIGIN="http://localhost", ABHIYAN_ORGANISATION="Sangathan")


@pytest.fixture
def look(request: pytest.FixtureRequest) -> "Look":
    """Looks at a page of a journey: (page, name). Nothing of it stands out sideways; where `make long` looks, all else
    is right too. With ABHIYAN_SHOTS (a folder) pictures are kept."""
    from abhiyan.ui.tests.axe import seen

    which = request.node.callspec.id if hasattr(request.node, "callspec") else ""
    closely = request.node.get_closest_marker("slow") is not None
    return lambda page, name: seen(page, f"{name} {which}", closely=closely)


@pytest.fixture(autouse=True)
def nothing_left() -> Iterator[None]:
    """Limits count outside the test's transaction, a language stays with its thread, and numbers of helplines with the
    process: all end with the test."""
    yield
    from django.utils import translation

    from abhiyan.core import limits
    from abhiyan.helpdesk import helplines

    limits.forget_all()
    helplines.forget_helplines()
    translation.deactivate()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A property marked `examples` is tried twice: with few in `make test`, with many in `make long`."""
    if marker := metafunc.definition.get_closest_marker("examples"):
        few, many = marker.args
        metafunc.fixturenames.append("examples")
        metafunc.parametrize(
            "examples", [few, pytest.param(many, marks=pytest.mark.slow)], ids=["few", "many"]
        )


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> None:
    examples: Any = getattr(pyfuncitem, "callspec", None) and pyfuncitem.callspec.params.get("examples")
    if examples and pyfuncitem.get_closest_marker("examples"):
        test: Any = pyfuncitem.obj
        known = test._hypothesis_internal_use_settings  # noqa: SLF001  # Hypothesis keeps them nowhere else
        test._hypothesis_internal_use_settings = settings(known, max_examples=examples)  # noqa: SLF001  # read when it runs


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with tests in a browser begin first: they take longest, and one worker would end with them alone."""
    in_browser = {item.path for item in items if item.get_closest_marker("browser")}
    items.sort(key=lambda item: item.path not in in_browser)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--keep-database", action="store_true", help="leave the test database for a look at it")
