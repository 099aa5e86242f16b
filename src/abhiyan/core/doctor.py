"""`abhiyan doctor`: is this installation as it should be? Each finding comes with its fix.

Rooms add their own checks in `doctor.CHECKS`. Every check runs in a system scope as `jobs` and changes nothing. The
operator of the server reads these messages on the console: in English.
"""

import os
import re
import shutil
import stat
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from importlib import metadata
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.apps import apps
from django.conf import settings
from django.db import Error as DatabaseError
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor

import abhiyan

from . import (
    audit_seals,
    backup,
    backup_folder,
    database,
    environment,
    home,
    keys,
    last_backup,
    limits,
    loops,
    releases,
    roles,
    rooms,
    sql,
)
from .declared import LIMITS
from .heartbeats import LoopState, turning
from .models import Job
from .policy import Policy
from .scope import system

OK, WARN, FAIL = "ok", "warn", "fail"
OLDEST, NEWEST = 15, 18
LEAST_FREE = 1024**3
WITHOUT_DATABASE = ("keys", "settings", "disk")
LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True)
class DoctorFinding:
    """level: "ok", "warn" (works, should not stay so) or "fail". fix: what to do, for a person."""

    level: str
    text: str
    fix: str = ""
    facts: dict[str, Any] = field(default_factory=dict)


# One right of a declaration such as "select, update (used_at)": its name, and its columns if it has any.
_RIGHT = re.compile(r"(\w+)\s*(?:\(([^)]*)\))?")

Check = Callable[[datetime], Iterable[DoctorFinding]]


@dataclass(frozen=True)
class NamedFinding:
    """A finding with the name of its check."""

    check: str
    finding: DoctorFinding


_is_served: ContextVar[bool] = ContextVar("is_served", default=True)


@contextmanager
def _told(is_served: bool) -> Iterator[None]:
    token = _is_served.set(is_served)
    try:
        yield
    finally:
        _is_served.reset(token)


def delay_level() -> str:
    """How bad it is that what the jobs do waits: while nothing runs here, as after a restore, it cannot be done yet."""
    return FAIL if _is_served.get() else WARN


def doctor_checks(*, whole_audit: bool = False, launch: bool = False) -> dict[str, Check]:
    """Every check by name, core's and the other rooms'.

    whole_audit: also the one that reads the whole trail. launch: also those of what is about to begin (`LAUNCH`).
    """
    checks: dict[str, Check] = dict(CHECKS)
    for _config, module in rooms.modules("doctor"):
        checks |= getattr(module, "CHECKS", {})
        if launch:
            checks |= getattr(module, "LAUNCH", {})
    if whole_audit:
        checks["trail"] = trail
    return checks


def examine(
    at: datetime,
    *,
    whole_audit: bool = False,
    launch: bool = False,
    only: str = "",
    is_served: bool = True,
) -> list[NamedFinding]:
    """Run every check, or `only` the named one. One that raises is itself a failure, and the others go on.

    is_served: whether a server or its jobs run here. If none does, as after a restore, nothing can turn: a silent loop
    is then a warning.
    """
    found: list[NamedFinding] = []
    away = ""
    with _told(is_served):
        for name, check in doctor_checks(whole_audit=whole_audit, launch=launch).items():
            if only not in ("", name) or (away and name not in WITHOUT_DATABASE):
                continue
            try:
                with nullcontext() if name in WITHOUT_DATABASE else system("doctor"):
                    found += [NamedFinding(name, finding) for finding in check(at)]
            except OperationalError as error:
                away = str(error).partition("\n")[0]
                fix = "is it running, and are DATABASE_URL, ABHIYAN_ROLE_PREFIX and the master key right?"
                found.append(NamedFinding("database", DoctorFinding(FAIL, f"cannot be reached: {away}", fix)))
            except Exception as error:  # noqa: BLE001  # one broken part must not hide the others
                said = str(error).partition("\n")[0] if isinstance(error, DatabaseError) else ""
                found.append(
                    NamedFinding(
                        name,
                        DoctorFinding(FAIL, f"could not be checked: {type(error).__name__} {said}".strip()),
                    )
                )
    return found


def keys_(_at: datetime) -> Iterable[DoctorFinding]:
    """Check that the keys are there, that only the owner can read them, and that only a demo has the demo's."""
    path = keys.master_path()
    ring = keys.read_keyring(path)
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        yield DoctorFinding(FAIL, f"{path} may be read by others", f"chmod 600 '{path}'")
    if ring.demo:
        host = urlsplit(settings.ORIGIN).hostname
        if not is_demo_folder() or host not in LOOPBACK:
            yield DoctorFinding(
                FAIL,
                "the master key is the demo's, which everybody knows",
                "run `abhiyan init` with another data folder (ABHIYAN_HOME); nothing sealed by this key is secret",
            )
        else:
            yield DoctorFinding(OK, "the demo's key, in the demo")
    else:
        yield DoctorFinding(OK, f"master key at {path}; keep a copy off this machine")


def is_demo_folder() -> bool:
    """Return True if this data folder was made by the demo, which marks it."""
    return (home.home_folder() / "demo").exists()


def roles_(_at: datetime) -> Iterable[DoctorFinding]:
    """Each role has its attributes, owns nothing it should not, belongs to nothing, and may just what is declared."""
    flaws = role_flaws() + _rights()
    owner = database.role_name("owner")
    if sql.exists("select from pg_roles where rolname = %s and not rolcreatedb", [owner]):
        yield DoctorFinding(
            WARN,
            f"{owner} may not make databases, so `abhiyan restore` cannot work",
            f"have an administrator of the server run: alter role {owner} createdb",
        )
    if not sql.value(f"select {sql.MAY_BE_UNWATCHED}"):
        yield DoctorFinding(
            WARN,
            "other processes of the server can see which items a verifier's page reads, while it reads them",
            "have a superuser run: grant set on parameter track_activities to public",
        )
    if flaws:
        fix = "run `abhiyan migrate`, or have an administrator of the server run what `abhiyan roles` prints"
        yield DoctorFinding(FAIL, "; ".join(flaws), fix, {"flaws": len(flaws)})
    else:
        yield DoctorFinding(OK, "five roles, with the rights that are declared and no others")


def role_flaws() -> list[str]:
    """Return what roles are, belong to or own, and should not."""
    real = {role: database.role_name(role) for role in database.ROLES}
    flaws: list[str] = []
    rows = sql.rows(
        "select rolname, rolsuper, rolcreaterole, rolcreatedb, rolbypassrls, rolreplication, rolcanlogin"
        " from pg_roles where rolname = any(%s)",
        [list(real.values())],
    )
    found = {row[0]: row[1:] for row in rows}
    for role, name in real.items():
        if name not in found:
            flaws.append(f"{name} is missing")
        elif found[name] != (False, False, role == "owner" and found[name][2], False, False, True):
            flaws.append(f"{name} has other attributes than it should")
    rows = sql.rows(
        "select m.rolname, g.rolname from pg_auth_members a join pg_roles m on m.oid = a.member"
        " join pg_roles g on g.oid = a.roleid where m.rolname = any(%s)",
        [list(real.values())],
    )
    flaws += [f"{member} belongs to {group}" for member, group in rows]
    rows = sql.rows(  # Lists on their way in have tables of the gateway's own, staged and temporary.
        "select pg_get_userbyid(owner), count(*) from (select relowner from pg_class c"
        " join pg_namespace n on n.oid = c.relnamespace"
        " where n.nspname <> 'staging' and n.nspname !~ '^pg_(temp|toast)' union all"
        " select proowner from pg_proc union all select nspowner from pg_namespace n"
        " where n.nspname !~ '^pg_(temp|toast)' union all"
        " select datdba from pg_database) o(owner) where pg_get_userbyid(owner) = any(%s) group by 1",
        [[real[role] for role in ("app", "jobs", "gateway", "backup")]],
    )
    return flaws + [f"{name} owns {n} things" for name, n in rows]


def _rights() -> list[str]:
    """Differences between the rights that rooms declare and those the database holds."""
    real = {role: database.role_name(role) for role in database.ROLES}
    held: dict[tuple[str, str], set[str]] = defaultdict(set)
    for table, grantee, right in sql.rows(
        "select c.relname, coalesce(pg_get_userbyid(nullif(a.grantee, 0)), 'public'), lower(a.privilege_type)"
        " from pg_class c, aclexplode(c.relacl) a where c.relnamespace = 'public'::regnamespace"
        " and c.relkind in ('r', 'p', 'v', 'm') and a.grantee <> c.relowner"
        " union all select c.relname || '.' || t.attname, coalesce(pg_get_userbyid(nullif(a.grantee, 0)),"
        " 'public'), lower(a.privilege_type) from pg_class c join pg_attribute t on t.attrelid = c.oid,"
        " aclexplode(t.attacl) a where c.relnamespace = 'public'::regnamespace and a.grantee <> c.relowner"
    ):
        held[(table, grantee)].add(right)
    declared = roles.declared_grants()
    wanted: dict[tuple[str, str], set[str]] = defaultdict(set)
    for (table,) in sql.rows(
        "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v')"
    ):
        rights = {"app": roles.USUAL, "jobs": roles.USUAL} | declared.get(table, {})
        if table == "django_migrations":
            rights = {"app": "select", "jobs": "select"}
        rights = {"backup": "select"} | rights
        for role, text in rights.items():
            for right, columns in _RIGHT.findall(text):
                for column in columns.split(",") if columns else [""]:
                    told = f"{table}.{column.strip()}" if column else table
                    wanted[(told, real[role])].add(right.lower())
    flaws = []
    for (table, grantee), rights_held in sorted(held.items()):
        extra = rights_held - wanted.get((table, grantee), set())
        if extra:
            flaws.append(f"{grantee} may also {', '.join(sorted(extra))} on {table}")
    for (table, grantee), rights_wanted in sorted(wanted.items()):
        lacking = rights_wanted - held.get((table, grantee), set())
        if lacking:
            flaws.append(f"{grantee} may not {', '.join(sorted(lacking))} on {table}")
    return flaws


def declared_policies() -> dict[str, set[str]]:
    """table -> names of its policies, as models and rooms declare them."""
    found: dict[str, set[str]] = defaultdict(set)
    for model in apps.get_models():
        for constraint in model._meta.constraints:
            if isinstance(constraint, Policy):
                found[model._meta.db_table].add(constraint.name)
    for config in apps.get_app_configs():
        if config.name.startswith("abhiyan.") and config.models_module is not None:
            # Tables Django does not manage, such as the ledger's queue, list theirs beside the model.
            for table, policies in getattr(config.models_module, "POLICIES", {}).items():
                found[table] |= {policy.name for policy in policies}
    return found


def policies_(_at: datetime) -> Iterable[DoctorFinding]:
    """Row-level security is on, forced, and by the declared policies, on every table that declares any."""
    rows = sql.rows(
        "select c.relname, c.relrowsecurity, c.relforcerowsecurity,"
        " array(select polname::text from pg_policy p where p.polrelid = c.oid)"
        " from pg_class c where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')"
    )
    tables = {name: (on, forced, set(names)) for name, on, forced, names in rows}
    wanted = declared_policies()
    flaws = []
    for table, names in sorted(wanted.items()):
        on, forced, held = tables.get(table, (False, False, set()))
        if not (on and forced):
            flaws.append(f"{table} is not protected")
        if lacking := names - held:
            flaws.append(f"{table} lacks {', '.join(sorted(lacking))}")
        if extra := held - names:
            flaws.append(f"{table} has {', '.join(sorted(extra))} besides")
    for table, (on, forced, held) in sorted(tables.items()):
        if table not in wanted and (on or held) and not forced:
            flaws.append(f"{table} is protected from all but its owner only")
    flaws += [f"{table} hides rows from backups" for table in roles.hidden_from_backup(connection.connection)]
    if flaws:
        yield DoctorFinding(
            FAIL, "; ".join(flaws), "run `abhiyan migrate`; if it stays, restore from a backup"
        )
    else:
        yield DoctorFinding(OK, f"row-level security forced on {len(wanted)} tables")


def software_versions(_at: datetime) -> Iterable[DoctorFinding]:
    """PostgreSQL 15 to 18."""
    number, text = sql.row(
        "select current_setting('server_version_num')::int, current_setting('server_version')"
    ) or (0, "")
    told = (
        f"abhiyan {abhiyan.__version__}, PostgreSQL {text}"
        f"{' (embedded)' if database.is_embedded() else ''}, Django {metadata.version('django')}"
    )
    if number // 10_000 < OLDEST:
        yield DoctorFinding(FAIL, told, f"PostgreSQL {OLDEST} or later is needed")
    elif number // 10_000 > NEWEST:
        yield DoctorFinding(WARN, told, f"not tested with a PostgreSQL later than {NEWEST}")
    else:
        yield DoctorFinding(OK, told)
    yield update_noted(releases.release_record(connection.connection))


def update_noted(notes: Sequence[releases.ReleaseNote]) -> DoctorFinding:
    """Say which releases made and updated the tables. The last of them is this one."""
    text = releases.release_sentence(notes)
    last = releases.release_number(notes[-1].version) if notes else (0,)
    here = releases.release_number(abhiyan.__version__)
    if last < here:
        return DoctorFinding(WARN, text, f"run `abhiyan migrate`: this is {abhiyan.__version__}")
    if last > here:
        fix = f"this is {abhiyan.__version__}, an older one: go on with the newer (docs/update.md)"
        return DoctorFinding(WARN, text, fix)
    return DoctorFinding(OK, text)


def clocks(_at: datetime) -> Iterable[DoctorFinding]:
    """This machine and the database agree about the time; where they do not, the database's counts."""
    apart_s = abs((datetime.now(UTC) - sql.value("select clock_timestamp()")).total_seconds())
    fix = "set both clocks by NTP (timedatectl set-ntp true); until then the database's is used here"
    level = OK if apart_s < 2 else WARN if apart_s < 30 else FAIL
    yield DoctorFinding(
        level,
        f"{apart_s:.1f} s between here and the database",
        fix if level != OK else "",
        {"apart_s": apart_s},
    )


def disk(_at: datetime) -> Iterable[DoctorFinding]:
    """Room for what comes."""
    usage = shutil.disk_usage(home.home_folder())
    share_pct = 100 * usage.free / usage.total
    text = f"{usage.free / 1024**3:.1f} GiB free ({share_pct:.0f}%) at {home.home_folder()}"
    if usage.free < LEAST_FREE / 4 or share_pct < 1:
        yield DoctorFinding(FAIL, text, "make room: a full disk stops every act (nothing is lost)")
    elif usage.free < LEAST_FREE or share_pct < 10:
        yield DoctorFinding(WARN, text, "make room soon")
    else:
        yield DoctorFinding(OK, text)


def migrations(_at: datetime) -> Iterable[DoctorFinding]:
    """The tables are those of this release."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        yield DoctorFinding(
            FAIL, f"{len(plan)} migrations are pending", "run `abhiyan migrate`", {"pending": len(plan)}
        )
    else:
        yield DoctorFinding(OK, "tables are up to date")


def audit(at: datetime) -> Iterable[DoctorFinding]:
    """Entries are sealed within a minute, and heads leave this host."""
    n = audit_seals.count_unsealed()
    oldest = sql.value(
        "select min(at) from core_audit where (era, xid) >= (coalesce((select max(era) from core_audit_seal), 0),"
        " coalesce((select to_xid from core_audit_seal order by era desc, to_xid desc limit 1), '0'::xid8))"
    )
    age_s = (at - oldest).total_seconds() if oldest else 0.0
    if n and age_s > 60:
        yield DoctorFinding(
            delay_level(),
            f"entries of the audit not sealed: {n}, the oldest for {age_s:.0f} s",
            "see that `abhiyan jobs` runs; a transaction left open for long holds the seal up too",
            {"unsealed": n},
        )
    else:
        yield DoctorFinding(OK, f"entries of the audit that wait for their seal: {n}", facts={"unsealed": n})
    outside = environment.AUDIT_HEADS_TO()
    if outside is None and not is_demo_folder():
        yield DoctorFinding(
            WARN,
            "the audit's heads stay on this host",
            "set ABHIYAN_AUDIT_HEADS_TO to a folder that leads elsewhere (a mount, a synchronised folder)",
        )
    if outside is not None and not any(outside.glob("*.json")):
        yield DoctorFinding(
            WARN,
            f"no head of the audit is in {outside} yet",
            "see that it is there and can be written, and that `abhiyan jobs` runs: it writes one within ten minutes",
        )


def trail(_at: datetime) -> Iterable[DoctorFinding]:
    """The whole trail, entry by entry (`--audit`; it reads everything)."""
    found = audit_seals.verify()
    facts = {"blocks": found.blocks, "entries": found.entries, "heads": found.heads}
    for flaw in found.flaws:
        yield DoctorFinding(
            FAIL,
            f"block {flaw.era}/{flaw.from_xid}-{flaw.to_xid}: {flaw.text}",
            "somebody with the owner's rights changed the trail; keep this database and ask who",
            facts,
        )
    if found.lost_to_restore:
        yield DoctorFinding(
            WARN, f"{len(found.lost_to_restore)} heads tell of time given up by a restore", facts=facts
        )
    if found.is_sound:
        yield DoctorFinding(
            OK, f"{found.entries} entries in {found.blocks} blocks are as they were sealed", facts=facts
        )


def loops_(at: datetime) -> Iterable[DoctorFinding]:
    """Every loop turns."""
    beats = turning(loops.loops_by_name(), at=at)
    if all(one.turns is LoopState.NEVER for one in beats.values()):
        yield DoctorFinding(
            WARN, "the loops never turned here", "run `abhiyan jobs`, or `abhiyan serve --with-jobs`"
        )
        return
    if not _is_served.get():
        yield DoctorFinding(WARN, "nothing runs here, so no loop turns", "run `abhiyan serve --with-jobs`")
        return
    flaws = []
    for name, one in sorted(beats.items()):
        if one.turned_at is None:
            flaws.append(f"{name} never turned")
        elif one.turns is LoopState.LATE:
            last = f" (last on {one.host})" if one.host else ""
            flaws.append(f"{name} has not turned for {(at - one.turned_at).total_seconds():.0f} s{last}")
        elif one.error:
            flaws.append(f"{name} fails with {one.error}{f' on {one.host}' if one.host else ''}")
    if flaws:
        yield DoctorFinding(
            FAIL, "; ".join(flaws), "see that `abhiyan jobs` runs, and its log", {"loops": len(flaws)}
        )
    else:
        yield DoctorFinding(OK, f"{len(beats)} loops turn")


def jobs_(at: datetime) -> Iterable[DoctorFinding]:
    """Jobs that failed for good within a week."""
    failed = Counter(Job.objects.filter(failed_at__gt=at - timedelta(days=7)).values_list("name", flat=True))
    if failed:
        told = ", ".join(f"{name} ({n})" for name, n in sorted(failed.items()))
        yield DoctorFinding(WARN, f"jobs failed within a week: {told}", "see the log of `abhiyan jobs`")
    else:
        yield DoctorFinding(OK, "no job failed within a week")


def restores(_at: datetime) -> Iterable[DoctorFinding]:
    """No restore is half done, and none has left a database beside."""
    if half := backup.half_done("jobs"):
        yield DoctorFinding(
            FAIL,
            f"the restore of the backup of {half['told']['taken_at']} was interrupted while it took its place",
            "run `abhiyan restore`, which finishes it within seconds; until then nothing serves",
        )
    elif backup.is_beside("jobs"):
        yield DoctorFinding(
            WARN,
            "a restore runs, or was interrupted before it changed anything and has left a database beside",
            "if none runs: `abhiyan restore` without a file clears it away",
        )
    else:
        yield DoctorFinding(OK, "none is half done")


def backups(at: datetime) -> Iterable[DoctorFinding]:
    """A backup was taken within two days."""
    if is_demo_folder():
        yield DoctorFinding(OK, "none needed: this is the demo")
        return
    if (last := last_backup.newest_backup()) is None:
        yield DoctorFinding(WARN, "no backup was taken of this database yet", "see `abhiyan backup --help`")
        return
    days = (at - last.taken_at).total_seconds() / 86_400
    level = OK if days < 2 else WARN
    since = ", the one this was restored from; none was taken since" if last.restored_at else ""
    yield DoctorFinding(
        level, f"the last backup is {days:.1f} days old{since}", "take one daily" if level != OK else ""
    )
    if left := backup_folder.unfinished_backups(Path(last.folder or os.devnull)):
        yield DoctorFinding(
            WARN,
            f"backups that were interrupted have left files in {left[0].parent}: {len(left)}",
            "the next backup there removes them",
        )


def setting(_at: datetime) -> Iterable[DoctorFinding]:
    """Check what an operator sets."""
    origin = urlsplit(settings.ORIGIN)
    if origin.scheme != "https" and origin.hostname not in LOOPBACK:
        yield DoctorFinding(
            FAIL,
            f"the address is {settings.ORIGIN}: passkeys and safe cookies need https",
            "put a proxy with a certificate before it and set ABHIYAN_ORIGIN=https://…",
        )
    elif origin.hostname in LOOPBACK and not is_demo_folder():
        yield DoctorFinding(
            WARN,
            f"the address is {settings.ORIGIN}, which only this machine can open",
            "set ABHIYAN_ORIGIN=https://… to the address people will use: links and notices carry it",
        )
    else:
        yield DoctorFinding(OK, f"the address is {settings.ORIGIN}")
    if origin.scheme != "https" and origin.hostname not in LOOPBACK and not environment.BEHIND_PROXY():
        yield DoctorFinding(
            WARN,
            "no proxy stands before the server: it reads what strangers send itself, however slowly it comes",
            "put a proxy before it and set ABHIYAN_BEHIND_PROXY=1 (docs/security.md)",
        )
    if origin.scheme == "https" and not environment.BEHIND_PROXY():
        yield DoctorFinding(
            WARN,
            f"the address is {settings.ORIGIN}, so a proxy stands before it, and is not believed: everybody seems to"
            " come from this machine, and limits of one network hit all",
            "set ABHIYAN_BEHIND_PROXY=1",
        )
    if "*" in settings.ALLOWED_HOSTS:
        yield DoctorFinding(
            WARN,
            "pages answer to every name of this machine, also to one somebody else chose",
            "set ABHIYAN_HOSTS to the names people use",
        )
    for name, meant in environment.unknown().items():
        yield DoctorFinding(
            WARN,
            f"{name} is set, and there is no such setting",
            f"it may be meant as {meant}" if meant else "docs/reference.md lists them",
        )
    if not settings.ORGANISATION and not is_demo_folder():
        yield DoctorFinding(
            WARN,
            "the organisation has no name",
            "set ABHIYAN_ORGANISATION: pages, notices and messages carry it",
        )
    if not settings.GRIEVANCE and not is_demo_folder():
        yield DoctorFinding(
            WARN,
            "nobody is named whom people turn to about their data",
            "set ABHIYAN_GRIEVANCE before the notice is written: it stands there and on the member page",
        )
    if not database.is_embedded() and database.names_administrator() and not is_demo_folder():
        yield DoctorFinding(
            WARN,
            "the settings hold an administrator's account of the database server, which serving does not need",
            "take account and password out of DATABASE_URL; give ABHIYAN_ADMIN_DATABASE_URL to `init`, `migrate` "
            "and `restore` alone (docs/security.md)",
        )
    if os.geteuid() == 0 and not database.is_embedded() and not is_demo_folder():
        yield DoctorFinding(WARN, "this runs as root", "run it as a user of its own")


def limits_(at: datetime) -> Iterable[DoctorFinding]:
    """No limit that shuts out others was full in the last day."""
    refused = limits.refused_lately(at)
    full = {name: n for name, n in refused.items() if LIMITS[name].hurts_others}
    for name, n in full.items():
        limit = LIMITS[name]
        yield DoctorFinding(
            WARN,
            f"the limit {name} was full: {n} were refused in 24 hours ({limit.counts}; {limits.allowed_by(limit, at)}"
            f" by {limit.key})",
            f"look who asks so often; if it is your own people, set ABHIYAN_LIMITS={name}=… (docs/reference.md)",
            {"limit": name, "n": n},
        )
    if not full:
        yield DoctorFinding(OK, "no limit that shuts out others was full in the last day")


CHECKS: dict[str, Check] = {
    "keys": keys_,
    "restores": restores,
    "settings": setting,
    "versions": software_versions,
    "migrations": migrations,
    "roles": roles_,
    "policies": policies_,
    "clock": clocks,
    "disk": disk,
    "loops": loops_,
    "jobs": jobs_,
    "audit": audit,
    "backups": backups,
    "limits": limits_,
}
