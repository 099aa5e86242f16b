"""`abhiyan doctor` with a flaw planted for each of its checks: a check that never found anything proves nothing.

Flaws in the database are planted by its administrator in the very transaction in which the doctor then looks, as the
role `jobs`; only what it looks at from another session is committed, and taken back. A check, a kind of orphan or a
fault of the trees without a flaw here fails.
"""

import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID, uuid4

import psycopg
import pytest
from django.db import connection, transaction
from psycopg import sql as text
from psycopg.conninfo import conninfo_to_dict

from abhiyan.core import (
    audit_seals,
    backup,
    database,
    declared,
    doctor,
    keys,
    limits,
    loops,
    releases,
    schema,
)
from abhiyan.core.actor import Actor
from abhiyan.core.models import Heartbeat, LastBackup, StoreMark
from abhiyan.core.refusals import TooMany
from abhiyan.core.scope import system
from abhiyan.core.tests.conftest import seal_everything
from abhiyan.core.tests.given import NOW
from abhiyan.core.tests.ports import free_port
from abhiyan.enrolment.tests.make import World
from abhiyan.enrolment.tests.web import officer
from abhiyan.messaging import actions as messaging
from abhiyan.org import actions as org
from abhiyan.people import journal
from abhiyan.programmes import actions as programmes
from abhiyan.programmes import facts
from abhiyan.units import doctor as trees
from abhiyan.units.models import Unit, UnitWords

OK, WARN, FAIL = doctor.OK, doctor.WARN, doctor.FAIL
NOTHING = "987654321"  # the id of no unit, no programme
BOOTH = "(select id from units_unit where code = 'JK-B001')"
ABOVE = (
    f"(select parent_id from units_placement where hierarchy = 1 and valid_to is null and unit_id = {BOOTH})"
)


@pytest.fixture(scope="module")
def heads(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder outside, to which the audit's heads go."""
    return tmp_path_factory.mktemp("heads")


@pytest.fixture(scope="module")
def world(open_database: None, heads: Path) -> World:
    """People who joined in every way, folded and sealed."""
    now, by = NOW, Actor.system("test")
    world = World.make(opens_on=(now - timedelta(days=9)).date(), closes_on=(now + timedelta(days=20)).date())
    world.now = now
    world.web_join(of=world.asha)
    world.paper_row(of=world.mohan)
    world.missed_call(of=world.bilal)
    with system("test"):
        org.ensure_offices()
    for _each in range(2):
        officer(world, "data_officer", "IN")
    with schema.working_as("jobs"):
        with system("test"):
            for unit in Unit.objects.all():
                UnitWords.objects.create(unit=unit, rank=1, words=[unit.code])
            messaging.publish_templates(by=by, at=now)
            programmes.fold_changes(at=now)
            for name, loop in loops.loops_by_name().items():
                Heartbeat.objects.create(loop=name, turned_at=now, took_ms=1, every_s=loop.every_s)
        seal_everything(now)
        with system("test"):
            audit_seals.write_heads(now, folders=[heads])
    return world


@contextmanager
def administrator() -> Iterator[None]:
    """Django's connection is the administrator's meanwhile, in a transaction that is rolled back."""
    known, own = conninfo_to_dict(database.conninfo(None)), dict(connection.settings_dict)
    connection.close()
    connection.settings_dict |= {"USER": known["user"], "PASSWORD": known.get("password", "")}
    try:
        with transaction.atomic():
            run("set local session_replication_role = replica")  # no foreign key is asked, no trigger fires
            yield
            transaction.set_rollback(True)
    finally:
        connection.close()
        connection.settings_dict |= {name: own[name] for name in ("USER", "PASSWORD")}


def run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def examined(check: str, at: datetime) -> list[doctor.DoctorFinding]:
    """Return what the doctor finds as the role of its command."""
    run(f"set local role {database.role_name('jobs')}")
    try:
        found = doctor.examine(at, only=check, whole_audit=True)
    finally:
        run("reset role")
    return [one.finding for one in found]


@dataclass(frozen=True)
class Hands:
    """The means to plant a flaw outside the database."""

    settings: Any
    patch: pytest.MonkeyPatch
    folder: Path
    afterwards: ExitStack  # takes back what had to be committed


Planting = Callable[[Hands], None]
FILLERS = {
    "uuid": "gen_random_uuid()",
    "text": "'x'",
    "bytea": "'\\x01'",
    "jsonb": "'{}'",
    "boolean": "true",
    "date": f"'{NOW.date()}'",
    "timestamp with time zone": f"'{NOW}'",
}


def row(table: str, **given: str) -> Planting:
    """Plants a row, its values as SQL writes them, with anything in every other column that must have something."""

    def planted(_hands: Hands) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "select attname, format_type(atttypid, atttypmod) from pg_attribute where attrelid = %s::regclass"
                " and attnum > 0 and not attisdropped and attnotnull and not atthasdef and attidentity = ''",
                [table],
            )
            values = {name: FILLERS.get(kind, "1") for name, kind in cursor.fetchall()} | given
        run(f"insert into {table} ({', '.join(values)}) values ({', '.join(values.values())})")

    return planted


def sql(*statements: str) -> Planting:
    """Changes the database, with {app} and such for the real names of roles."""

    def planted(_hands: Hands) -> None:
        for statement in statements:
            run(statement.format(**{role: database.role_name(role) for role in database.ROLES}))

    return planted


def told_by_the_server(function: str, body: str) -> Planting:
    """The server answers one of its own functions otherwise, as an older server or a clock that is off would."""

    def planted(_hands: Hands) -> None:
        run(f"create function public.{function} language sql as $lie$ {body} $lie$")
        run("set local search_path = public, pg_catalog")

    return planted


def version(number: int) -> Planting:
    answer = f"case when $1 like 'server_version%' then '{number}' else pg_catalog.current_setting($1) end"
    return told_by_the_server("current_setting(text) returns text", f"select {answer}")


def clock_off(interval: str) -> Planting:
    answer = f"select pg_catalog.clock_timestamp() + interval '{interval}'"
    return told_by_the_server("clock_timestamp() returns timestamptz", answer)


def synchronous_standby_names(answer: str) -> Planting:
    """A server that waits for standbys with each commit. This one has none."""
    answer = (
        f"case when $1 = 'synchronous_standby_names' then '{answer}' else pg_catalog.current_setting($1) end"
    )
    return told_by_the_server("current_setting(text) returns text", f"select {answer}")


def free_space(free: int, total: int) -> Planting:
    """The operating system says so of every disk."""
    usage = shutil.disk_usage("/")._replace(total=total, free=free)
    return lambda hands: hands.patch.setattr(shutil, "disk_usage", lambda _path: usage)


def setting(**given: Any) -> Planting:
    def planted(hands: Hands) -> None:
        for name, value in ({"ORIGIN": "https://campaign.example.org"} | given).items():
            setattr(hands.settings, name, value)

    return planted


def variable(name: str, value: str | None) -> Planting:
    """An environment variable; {folder} in it is an empty folder."""

    def planted(hands: Hands) -> None:
        if value is None:
            hands.patch.delenv(name, raising=False)
        else:
            hands.patch.setenv(name, value.format(folder=hands.folder))

    return planted


def no_mail_server(hands: Hands) -> None:
    """A mail server is set, and nothing listens there."""
    given = {"": "smtp", "_HOST": "localhost", "_PORT": "1", "_TLS": "off", "_FROM": "office@example.org"}
    for name, value in given.items():
        variable(f"ABHIYAN_EMAIL{name}", value)(hands)


def as_root(hands: Hands) -> None:
    """The operating system says so, and the database is somebody's own."""
    hands.patch.setattr(os, "geteuid", lambda: 0)
    hands.patch.setenv("DATABASE_URL", "postgresql://localhost/own")


def master_key(text: str | None, mode: int) -> Planting:
    def planted(hands: Hands) -> None:
        path = hands.folder / "master.key"
        keys.make_master(path, text=text) if text else keys.make_master(path)
        path.chmod(mode)
        hands.patch.setenv("ABHIYAN_MASTER_KEY_FILE", str(path))

    return planted


def last_backup(days_ago: int) -> Planting:
    def planted(hands: Hands) -> None:
        taken_at = NOW - timedelta(days=days_ago)
        LastBackup.objects.update_or_create(id=1, defaults={"taken_at": taken_at})

    return planted


def lost_mark(_hands: Hands) -> None:
    StoreMark.objects.update_or_create(id=1, defaults={"name": uuid4(), "made_at": NOW})


def store_away(hands: Hands) -> None:
    lost_mark(hands)
    for name, value in {
        "ABHIYAN_STORE": "s3://files-of-tests",
        "ABHIYAN_STORE_ENDPOINT": f"http://127.0.0.1:{free_port()}",
        "ABHIYAN_STORE_REGION": "ap-south-1",
        "AWS_ACCESS_KEY_ID": "AKIA-of-tests",
        "AWS_SECRET_ACCESS_KEY": "a-secret-of-tests",
    }.items():
        variable(name, value)(hands)


def journal_away(hands: Hands) -> None:
    store_away(hands)
    variable("ABHIYAN_JOURNAL_TO", "s3://files-of-tests/journal")(hands)


def left_over(hands: Hands) -> None:
    """A backup that was killed, in the folder of the last one."""
    (hands.folder / ".monday.age.half").touch()
    LastBackup.objects.update_or_create(id=1, defaults={"taken_at": NOW, "folder": str(hands.folder)})


def head_of_later(hands: Hands) -> None:
    """A head outside tells of a block that this database does not have."""
    head = {"era": 1, "to_xid": 2**40, "root": "00" * 32}
    (hands.folder / "2026-11-20.json").write_text(json.dumps(head))
    hands.patch.setenv("ABHIYAN_AUDIT_HEADS_TO", str(hands.folder))


def said_elsewhere(clock_ahead_s: int = 0) -> Planting:
    """The journal holds a no that the database does not; its host's clock may have been ahead."""

    def planted(_hands: Hands) -> None:
        journal.write_line(journal.No(UUID(int=1), "outreach", 1, NOW))
        written = NOW.timestamp() - clock_ahead_s
        os.utime(journal.journal_path(), (written, written))

    return planted


def hosts(*noted: tuple[str, str, str, str]) -> Planting:
    """Note hosts. noted: name, version, how long it is silent, and settings, for each."""
    rows = ", ".join(
        f"('{name}', 'serve', '1', '{version}', clock_timestamp(), clock_timestamp() - interval '{silent}', '{given}')"
        for name, version, silent, given in noted
    )
    return sql(
        f"insert into core_host (name, kind, process, version, begun_at, seen_at, settings) values {rows}"
    )


def committed(statement: str, undo: str) -> Planting:
    """Plant a flaw of the server, with {name} for this database and {beside} for the one a restore fills."""

    def planted(hands: Hands) -> None:
        names = {
            "name": text.Identifier(database.database_name()),
            "beside": text.Identifier(f"{database.database_name()}_restoring"),
        }
        server = hands.afterwards.enter_context(
            psycopg.connect(database.conninfo(None, dbname="postgres"), autocommit=True)
        )
        hands.afterwards.callback(server.execute, text.SQL(undo).format(**names))
        server.execute(text.SQL(statement).format(**names))

    return planted


def plan(*, found: str, seats: int, parts: tuple[int, int]) -> Planting:
    """A plan of one seat, passed down to one mandal and on to one booth."""
    district, mandal = (
        f"(select id from units_unit where code = '{code}')" for code in ("JK-SRI", "JK-SRI-M1")
    )

    def planted(hands: Hands) -> None:
        row("elections_plan", id="7", found=f"'{found}'")(hands)
        row("elections_plan_seat", plan_id="7", unit_id=district, votes=str(seats))(hands)
        for unit, parent, n in ((mandal, district, parts[0]), (BOOTH, mandal, parts[1])):
            row("elections_plan_part", plan_id="7", unit_id=unit, parent_id=parent, n=str(n))(hands)

    return planted


def queue_by_line(hands: Hands) -> None:
    programme = "(select id from programmes_programme where kind = 'drive')"
    arrays, day = {"list_ids": "'{}'", "languages": "'{}'"}, {"opens": "'10:00'", "closes": "'21:00'"}
    row("contact_call_queue", programme_id=programme, by_bridge="true", **arrays, **day)(hands)


def silent_line(hands: Hands) -> None:
    """The line is set. It refused one call, and took another that it never reported."""
    for name, value in (("", "http"), ("_URL", "https://calls.example.org"), ("_SECRET", "s" * 32)):
        hands.patch.setenv(f"ABHIYAN_BRIDGE{name}", value)
    for n, told in enumerate(("down", "asked")):
        row("contact_call_turn", agent_id=str(n), told=f"'{told}'", asked_at=f"'{NOW}'")(hands)


class Flaw(NamedTuple):
    """check: its name. level, says: what it must then find. later_s: the doctor looks so many seconds later."""

    check: str
    level: str
    says: str
    planted: Planting
    later_s: float = 0


SEAL = "update core_heartbeat set {} where loop = 'core.seal'"


def full_limit(hands: Hands) -> None:
    """Somebody asks for one number's code until it is refused."""
    for _each in range(declared.CODE_PHONE.allowed):
        limits.count_or_refuse(declared.CODE_PHONE, "join somebody", at=NOW)
    with pytest.raises(TooMany):
        limits.count_or_refuse(declared.CODE_PHONE, "join somebody", at=NOW)
    hands.afterwards.callback(limits.forget_all)


FLAWS = [
    Flaw("notices", FAIL, "joining waits", sql("update people_notice set organisation = 'Purana Sangathan'")),
    Flaw("limits", WARN, "the limit code.phone was full: 1 were refused", full_limit),
    Flaw("answers", WARN, "by their link only", variable("ABHIYAN_SMS_REPLIES", None)),
    Flaw("keys", FAIL, "may be read by others", master_key(None, 0o644)),
    Flaw("keys", FAIL, "the master key is the demo's", master_key(keys.demo_master("seed"), 0o600)),
    Flaw("settings", FAIL, "need https", setting(ORIGIN="http://campaign.example.org")),
    Flaw("settings", WARN, "which only this machine can open", setting(ORIGIN="http://127.0.0.1:8000")),
    Flaw("settings", WARN, "so a proxy stands before it", variable("ABHIYAN_BEHIND_PROXY", None)),
    Flaw("settings", WARN, "every name of this machine", setting(ALLOWED_HOSTS=["*"])),
    Flaw("settings", WARN, "the organisation has no name", setting(ORGANISATION="")),
    Flaw("settings", WARN, "nobody is named whom people turn to", setting(GRIEVANCE="")),
    Flaw("settings", WARN, "ABHIYAN_PROT is set", variable("ABHIYAN_PROT", "8190")),
    Flaw("settings", WARN, "this runs as root", as_root),
    Flaw("versions", FAIL, "PostgreSQL 140005", version(140005)),
    Flaw("versions", WARN, "PostgreSQL 190001", version(190001)),
    Flaw(
        "migrations",
        FAIL,
        "1 migrations are pending",
        sql("delete from django_migrations where id = (select max(id) from django_migrations)"),
    ),
    Flaw("roles", FAIL, "may also delete on core_audit", sql("grant delete on core_audit to {app}")),
    Flaw(
        "roles",
        FAIL,
        "may also update on core_audit.act",
        sql("grant update (act) on core_audit to {gateway}"),
    ),
    Flaw(
        "roles",
        FAIL,
        "public may also select on people_person",
        sql("grant select on people_person to public"),
    ),
    Flaw("roles", FAIL, "may not insert on core_audit", sql("revoke insert on core_audit from {app}")),
    Flaw("roles", FAIL, "has other attributes", sql("alter role {app} bypassrls")),
    Flaw("roles", FAIL, "has other attributes", sql("alter role {jobs} createrole")),
    Flaw("roles", FAIL, "has other attributes", sql("alter role {backup} bypassrls")),
    Flaw("roles", FAIL, "belongs to", sql("grant pg_read_all_data to {backup}")),
    Flaw(
        "roles", FAIL, "may not select on people_person", sql("revoke select on people_person from {backup}")
    ),
    Flaw("roles", WARN, "may not make databases", sql("alter role {owner} nocreatedb")),
    Flaw(
        "roles",
        WARN,
        "which items a verifier's page reads",
        sql("revoke set on parameter track_activities from public"),
    ),
    Flaw("roles", FAIL, "belongs to", sql("grant {owner} to {app}")),
    Flaw("roles", FAIL, "owns 1 things", sql("create table mine ()", "alter table mine owner to {gateway}")),
    Flaw(
        "policies",
        FAIL,
        "people_person is not protected",
        sql("alter table people_person no force row level security"),
    ),
    Flaw(
        "policies",
        FAIL,
        "people_person is not protected",
        sql("alter table people_person disable row level security"),
    ),
    Flaw(
        "policies",
        FAIL,
        "programmes_delta is not protected",
        sql("alter table programmes_delta disable row level security"),
    ),
    Flaw(
        "policies",
        FAIL,
        "people_person has open besides",
        sql("create policy open on people_person using (true)"),
    ),
    Flaw(
        "policies",
        FAIL,
        "people_person lacks person_in_scope",
        sql("drop policy person_in_scope on people_person"),
    ),
    Flaw(
        "policies",
        FAIL,
        "people_person hides rows from backups",
        sql("alter policy person_migrates on people_person to {owner}"),
    ),
    Flaw("clock", WARN, "5.0 s between", clock_off("5 seconds")),
    Flaw("clock", FAIL, "60.0 s between", clock_off("-60 seconds")),
    Flaw("disk", WARN, "0.5 GiB free", free_space(512 * 1024**2, 4 * 1024**3)),
    Flaw("disk", FAIL, "0.1 GiB free", free_space(100 * 1024**2, 512 * 1024**2)),
    Flaw("disk", FAIL, "(0%)", free_space(2 * 1024**3, 2 * 1024**4)),
    Flaw("cluster", FAIL, "0 of 2 standbys are attached", sql("set local abhiyan.standbys = '2'")),
    Flaw("cluster", FAIL, "nothing can be stored", synchronous_standby_names("ANY 1 (db2,db3)")),
    Flaw(
        "hosts",
        FAIL,
        "ABHIYAN_ORIGIN is not the same on all hosts: web1 | web2",
        hosts(
            ("web1", "1", "0 s", '{{"ABHIYAN_ORIGIN": "a"}}'),
            ("web2", "1", "0 s", '{{"ABHIYAN_ORIGIN": "b"}}'),
        ),
    ),
    Flaw(
        "hosts",
        WARN,
        "hosts have different versions: 1: web1 (serve); 2: web2 (serve)",
        hosts(("web1", "1", "0 s", "{{}}"), ("web2", "2", "0 s", "{{}}")),
    ),
    Flaw("hosts", WARN, "web1 (serve) has not been seen for", hosts(("web1", "1", "1 hour", "{{}}"))),
    Flaw(
        "hosts",
        FAIL,
        "the master key here is another",
        sql(
            "insert into core_key_mark values (1, 'x') on conflict (id) do update set digest = excluded.digest"
        ),
    ),
    Flaw("loops", WARN, "never turned here", sql("delete from core_heartbeat")),
    Flaw("loops", FAIL, "core.seal never turned", sql("delete from core_heartbeat where loop = 'core.seal'")),
    Flaw(
        "loops",
        FAIL,
        "core.seal has not turned for",
        sql(SEAL.format("turned_at = turned_at - interval '1 hour'")),
    ),
    Flaw("loops", FAIL, "core.seal fails with ValueError", sql(SEAL.format("error = 'ValueError'"))),
    Flaw(
        "loops",
        FAIL,
        "core.seal fails with ValueError on web2",
        sql(SEAL.format("error = 'ValueError', host = 'web2'")),
    ),
    Flaw(
        "loops",
        FAIL,
        "s (last on web2)",
        sql(SEAL.format("turned_at = turned_at - interval '1 hour', host = 'web2'")),
    ),
    Flaw(
        "jobs",
        WARN,
        "jobs failed within a week: core.step (1)",
        sql(
            "insert into core_job (name, key, arguments, due_at, failed_at)"
            f" values ('core.step', '', '{{{{}}}}', '{NOW}', '{NOW}')"
        ),
    ),
    Flaw("audit", FAIL, "not sealed: 1", row("core_audit", at=f"'{NOW}'"), later_s=120),
    Flaw("journal", FAIL, "the database is older than the audit's head", head_of_later),
    Flaw("journal", FAIL, "that the database does not hold: 1", said_elsewhere()),
    Flaw("journal", WARN, "was ahead by 300 s", said_elsewhere(300)),
    Flaw("journal", FAIL, "second journal is not at", variable("ABHIYAN_JOURNAL_TO", "{folder}/away")),
    Flaw("journal", FAIL, "object store does not answer", journal_away),
    Flaw(
        "journal",
        WARN,
        "other hosts serve (web8, web9), and ABHIYAN_JOURNAL_TO is not set",
        hosts(("web9", "1", "2 hours", "{{}}"), ("web8", "1", "0 s", "{{}}")),
    ),
    Flaw("audit", WARN, "stay on this host", variable("ABHIYAN_AUDIT_HEADS_TO", None)),
    Flaw("audit", WARN, "no head of the audit is in", variable("ABHIYAN_AUDIT_HEADS_TO", "{folder}/away")),
    Flaw(
        "trail", FAIL, "an entry in it, or the block itself, was changed", sql("update core_audit set n = 9")
    ),
    Flaw("trail", FAIL, "entries when it was sealed and holds 0 now", sql("delete from core_audit")),
    Flaw("trail", FAIL, "its end was cut off", sql("delete from core_audit_seal", "delete from core_audit")),
    Flaw("store", FAIL, "is not where the files", lost_mark),
    Flaw("store", FAIL, "does not answer", store_away),
    Flaw("backups", WARN, "no backup was taken", sql("delete from core_last_backup")),
    Flaw("backups", WARN, "is 3.0 days old", last_backup(3)),
    Flaw("backups", WARN, "interrupted have left files in", left_over),
    Flaw(
        "restores",
        FAIL,
        "of the backup of Monday was interrupted while it took its place",
        committed(
            f"""comment on database {{name}} is '{backup.MARK}{{{{"told": {{{{"taken_at": "Monday"}}}}}}}}'""",
            "comment on database {name} is null",
        ),
    ),
    Flaw(
        "restores",
        WARN,
        "has left a database beside",
        committed("create database {beside}", "drop database {beside}"),
    ),
    Flaw(
        "texts",
        FAIL,
        "not published: code.join",
        sql("delete from messaging_template where code = 'code.join'"),
    ),
    Flaw(
        "texts",
        FAIL,
        "1 messages are held back",
        row(
            "messaging_message", state="'held'", reason="'template'", template="'code.join'", language="'hi'"
        ),
    ),
    Flaw("registrations", FAIL, "texts have no DLT template id", variable("ABHIYAN_DLT_REQUIRED", "1")),
    Flaw(
        "registrations",
        WARN,
        "texts have no DLT template id",
        variable("ABHIYAN_DLT_ENTITY", "1101234567890"),
    ),
    Flaw("codes", FAIL, "has no DLT template id", variable("ABHIYAN_DLT_REQUIRED", "1")),
    Flaw("codes", WARN, "no way out is set", variable("ABHIYAN_SMS", None)),
    Flaw("codes", FAIL, "the way out is set wrongly", variable("ABHIYAN_SMS", "http")),
    Flaw("codes", FAIL, "a text of theirs is missing", sql("delete from messaging_template")),
    Flaw("email", FAIL, "the mail server localhost does not let us in (no_connection)", no_mail_server),
    Flaw("gateway", FAIL, "the gateway has not taken", row("messaging_outage", lane="'codes'")),
    Flaw(
        "ids",
        WARN,
        "1 calls or texts to +911800000001 in 7 days",
        row("messaging_inbound", is_reused="true", number="'+911800000001'"),
    ),
    Flaw("line", WARN, "1 call queues ask for the provider's line, and no line is set", queue_by_line),
    Flaw("line", FAIL, "reported none of 2 calls in a day, and refused 1", silent_line, later_s=300),
    Flaw("officers", WARN, "no data officers at the top of the tree", sql("delete from org_appointment")),
    Flaw(
        "unfolded",
        FAIL,
        "1 changes of tallies wait",
        row("programmes_delta", posted_at=f"'{NOW}'"),
        later_s=120,
    ),
    Flaw(
        "results",
        FAIL,
        "1 results or classes point to units that are not there",
        row("elections_unit_class", unit_id=NOTHING),
    ),
    Flaw("classes", WARN, "1 units have a class from results that are gone", row("elections_unit_class")),
    Flaw("plans", WARN, "1 over their seats, 0 below", plan(found='{"votes": 10}', seats=5, parts=(5, 5))),
    Flaw("plans", WARN, "0 over their seats, 1 below", plan(found='{"votes": 5}', seats=5, parts=(4, 4))),
    Flaw("plans", WARN, "0 over their seats, 1 below", plan(found='{"votes": 5}', seats=5, parts=(5, 4))),
    Flaw("roots", WARN, "has 2 tops", row("units_placement", hierarchy="1", unit_id=NOTHING, lo="1")),
    Flaw(
        "nowhere",
        WARN,
        "1 unit stands in no hierarchy: JK-B001",
        sql(f"delete from units_placement where unit_id = {BOOTH}"),
    ),
    Flaw(
        "closed",
        WARN,
        "open units below a closed one: 2 (JK-B001, JK-B002)",
        sql(f"update units_unit set closed_on = '{NOW.date()}' where id = {ABOVE}"),
    ),
]
ORPHANS: dict[str, Planting] = {
    "tallies of unknown units": row("programmes_tally", unit_id=NOTHING),
    "tallies of unknown programmes": row("programmes_tally", unit_id=BOOTH, programme_id=NOTHING),
    "items of unknown units": row("programmes_item", unit_id=NOTHING),
    "talks of unknown items": row("dialogues_dialogue", unit_id=BOOTH, item_id="gen_random_uuid()"),
    "contacts of unknown items": row("contact_try", unit_id=BOOTH, item_id="gen_random_uuid()"),
    "stays of unknown items": row("stays_stay", unit_id=BOOTH, item_id="gen_random_uuid()"),
    "field days of unknown items": row("stays_field_day", unit_id=BOOTH, item_id="gen_random_uuid()"),
    "targets of unknown units": row("programmes_target", unit_id=NOTHING),
    "earlier totals of unknown units": row("programmes_unit_total", unit_id=NOTHING),
    "memberships without a person": sql("delete from people_person"),
    "memberships without their latest term": sql("delete from enrolment_enrolment"),
    "terms without a membership": sql("delete from enrolment_membership"),
    "terms without the claim that opened them": sql("delete from enrolment_claim"),
    "terms that are confirmed and not counted": sql(
        f"update enrolment_enrolment set confirmed_at = '{NOW}', rung = 15"
    ),
    "claims of unknown memberships": sql("delete from enrolment_membership"),
    "claims of unknown phones": sql("delete from people_phone"),
    "claims of unknown units": sql(f"delete from units_unit where id = {BOOTH}"),
    "waiting calls without a claim": sql("delete from enrolment_claim"),
    "members of a roll that their phone has left": row(
        "people_suppression",
        scope="'all'",
        phone_id="(select phone_id from enrolment_membership limit 1)",
        rolls="(select array_agg(distinct roll_id) from enrolment_membership)",
    ),
    "friends who are members too": sql(
        "insert into enrolment_roll (code, names, people_per_phone, minimum_age, gives_way)"
        " values ('friends', '{{}}', 4, 18, true)",
        "insert into enrolment_membership (id, public_id, roll_id, phone_id, slot, person_id, unit_id, claim_id, term,"
        " programme_id, at) select gen_random_uuid(), gen_random_uuid(), r.id, m.phone_id, m.slot, m.person_id,"
        " m.unit_id, m.claim_id, m.term, m.programme_id, m.at from enrolment_membership m, enrolment_roll r"
        " where r.code = 'friends'",
    ),
    "consents of unknown persons": sql("delete from people_person"),
    "two memberships of one person on a roll": sql(
        "update people_person set name = 'Asha', birth_year = 1980"
    ),
}
PLACE = f"update units_placement set {{}} where hierarchy = 1 and unit_id = {BOOTH}"
FAULTS: dict[str, Planting] = {
    "placements of no unit": sql(f"delete from units_unit where id = {BOOTH}"),
    "placements beneath a unit that does not stand there": sql(PLACE.format(f"parent_id = {NOTHING}")),
    "placements without a position": sql(PLACE.format("lo = null, hi = null")),
    "positions outside the parent's": sql(PLACE.format("depth = depth + 1")),
    "positions shared by neighbours": sql(PLACE.format("hi = hi * 2")),
    "wrong counts of leaves": sql(PLACE.format("leaves = 7")),
    "units search cannot find": sql(f"delete from units_words where unit_id = {BOOTH}"),
}
FLAWS += [Flaw("orphans", FAIL, f" {name}", planted) for name, planted in ORPHANS.items()]
FLAWS += [Flaw("trees", FAIL, f" {name}", planted) for name, planted in FAULTS.items()]


@pytest.fixture
def hands(
    settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, heads: Path, own_journal: Path
) -> Iterator[Hands]:
    """Everything outside the database as it should be."""
    assert not own_journal.exists()
    settings.ORIGIN, settings.ALLOWED_HOSTS = "https://campaign.example.org", ["campaign.example.org"]
    settings.ORGANISATION, settings.GRIEVANCE = "Jan Sangathan", "Asha Devi, 0194 2000000"
    for name, value in (
        ("ABHIYAN_BEHIND_PROXY", "1"),
        ("ABHIYAN_AUDIT_HEADS_TO", str(heads)),
        ("ABHIYAN_SMS", "file"),
        ("ABHIYAN_SMS_REPLIES", "1"),
    ):
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with ExitStack() as afterwards:
        yield Hands(settings, monkeypatch, tmp_path, afterwards)


@pytest.mark.parametrize("flaw", FLAWS, ids=lambda flaw: f"{flaw.check}: {flaw.says.strip()}")
def test_a_planted_flaw_is_found(world: World, hands: Hands, flaw: Flaw) -> None:
    at = NOW + timedelta(seconds=flaw.later_s)
    with administrator():
        Heartbeat.objects.update(turned_at=at)
        if flaw.check == "backups":
            last_backup(0)(hands)

        def is_found() -> bool:
            found = examined(flaw.check, at)
            return any(one.level == flaw.level and flaw.says in one.text and one.fix for one in found)

        assert not is_found(), "before it is planted"
        flaw.planted(hands)
        assert is_found(), examined(flaw.check, at)


def test_a_database_that_is_away_is_a_finding_and_what_needs_none_is_looked_at(world: World) -> None:
    own = connection.settings_dict["NAME"]
    connection.close()
    try:
        connection.settings_dict["NAME"] = "there_is_no_such_database"
        found = doctor.examine(NOW)
    finally:
        connection.close()
        connection.settings_dict["NAME"] = own
    (away,) = [one.finding for one in found if one.check == "database"]
    assert away.level == FAIL and "cannot be reached" in away.text and away.fix
    assert {one.check for one in found} == {"database", *doctor.WITHOUT_DATABASE}


def test_no_check_is_without_a_planted_flaw() -> None:
    checks = doctor.doctor_checks(whole_audit=True).keys()
    assert checks - {flaw.check for flaw in FLAWS} == set(), "plant a flaw that they find"
    assert {flaw.check for flaw in FLAWS} - checks == set(), "they are gone"
    assert facts.orphan_queries().keys() == ORPHANS.keys()
    assert trees.FAULTS.keys() == FAULTS.keys()


def test_each_check_finds_all_well_where_nothing_is_planted(world: World, hands: Hands) -> None:
    with administrator():
        at = NOW
        Heartbeat.objects.update(turned_at=at)
        releases.note_release(connection.connection)  # as `abhiyan migrate` does
        *checks, last = sorted(doctor.doctor_checks(whole_audit=True), key="backups".__eq__)
        for check in checks:
            assert {one.level for one in examined(check, at)} <= {OK}, examined(check, at)
        last_backup(0)(hands)
        assert [one.level for one in examined(last, at)] == [OK]
