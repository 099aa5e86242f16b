"""`abhiyan doctor` examines a database that has standbys (docs/cluster.md).

It reads what PostgreSQL shows to every account. A database on one machine, without standbys and without an archive of
its log, has nothing to say here.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from abhiyan.core import database, sql
from abhiyan.core.doctor import FAIL, OK, WARN, DoctorFinding

DOCS = "docs/cluster.md"
DURABLE = ("on", "remote_apply")
LATE_BYTES = 1024**3
LONGEST_HOLD_S = 60  # how long a host that lost its power may keep the loops' lock
MOST_OF_A_PROCESS = database.CONNECTIONS + 8  # also: limits, claims, directory, health, an import
ROOM_PCT = 80
_NAME = r'(?:"((?:[^"]|"")*)"|([\w$*]+))'


@dataclass(frozen=True, kw_only=True)
class StandbySlot:
    """A place in the log that the server keeps for a standby. lag_bytes: of the log that this one has not got."""

    name: str
    is_active: bool
    lag_bytes: int
    is_lost: bool


@dataclass(frozen=True, kw_only=True)
class ServerState:
    """A server describes itself. expected: `abhiyan.standbys` of deploy/cluster/patroni.yml, or 0."""

    is_standby: bool
    wanted: str
    expected: int
    attached: Sequence[str]
    slots: Sequence[StandbySlot]
    commits: Sequence[str]  # synchronous_commit, of the server and where a role or database has its own
    connections: int
    most_connections: int
    processes: int  # of ours, on all hosts
    hold_s: int  # keepalives; 0: not known here
    archives: bool
    archived_at: datetime | None
    archive_failed_at: datetime | None
    archive_failures: int
    archive_every_s: int

    @property
    def is_cluster(self) -> bool:
        return bool(self.is_standby or self.wanted or self.expected or self.attached or self.slots)

    @property
    def needed(self) -> tuple[int, list[str]]:
        """Return how many standbys a commit waits for, and which count; "*" counts each."""
        return synchronous_standbys(self.wanted)

    @property
    def counted(self) -> list[str]:
        """Return the attached standbys that a commit may wait for."""
        names = self.needed[1]
        return [name for name in self.attached if "*" in names or name.lower() in names]


def synchronous_standbys(setting: str) -> tuple[int, list[str]]:
    """Read `synchronous_standby_names`: "ANY 1 (db2,db3)", "FIRST 2 (a, b, c)", "2 (a, b)", "a, b", "*" or ""."""
    counted = re.fullmatch(r"\s*(?:(?:any|first)\s+)?(\d+)\s*\((.*)\)\s*", setting, re.IGNORECASE | re.DOTALL)
    inside = counted[2] if counted else setting
    names = [
        (quoted.replace('""', '"') or plain).lower()
        for quoted, plain in re.findall(_NAME, inside)
        if quoted or plain
    ]
    return (int(counted[1]) if counted else min(1, len(names))), names


def server_state() -> ServerState:
    """Ask the server that doctor is connected to."""
    facts = sql.row(_STATE)
    assert facts is not None
    names = ServerState.__dataclass_fields__.keys() - {"attached", "slots", "commits", "processes"}
    columns = dict(zip(_STATE_NAMES, facts, strict=True))
    assert names == columns.keys()
    slots = [
        StandbySlot(name=name, is_active=is_active, lag_bytes=int(lag or 0), is_lost=status == "lost")
        for name, is_active, lag, status in sql.rows(_SLOTS)
    ]
    return ServerState(
        attached=[name for (name,) in sql.rows(_ATTACHED)],
        slots=slots,
        commits=[value for (value,) in sql.rows(_COMMITS)],
        processes=sql.value(_PROCESSES),
        **columns,
    )


_STATE_NAMES = (
    *("is_standby", "wanted", "expected", "connections", "most_connections", "hold_s"),
    *("archives", "archived_at", "archive_failed_at", "archive_failures", "archive_every_s"),
)
_STATE = """select pg_is_in_recovery(), current_setting('synchronous_standby_names'),
 coalesce(nullif(current_setting('abhiyan.standbys', true), ''), '0')::int,
 (select count(*)::int from pg_stat_activity where datid is not null and usesysid is not null),
 current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
 - coalesce(current_setting('reserved_connections', true), '0')::int,
 current_setting('tcp_keepalives_idle')::int
 + current_setting('tcp_keepalives_interval')::int * current_setting('tcp_keepalives_count')::int,
 current_setting('archive_mode') <> 'off', last_archived_time, last_failed_time, failed_count::int,
 (select setting::int from pg_settings where name = 'archive_timeout')
 from pg_stat_archiver"""
# Other columns of it are shown to few accounts; these are shown to all. A copy that is being made is no standby.
_ATTACHED = """select application_name from pg_stat_replication
 where application_name <> 'pg_basebackup' order by application_name"""
_SLOTS = """select slot_name, active, case when not pg_is_in_recovery() then
 pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn) end, wal_status
 from pg_replication_slots where slot_type = 'physical' and not temporary order by slot_name"""
_COMMITS = """select current_setting('synchronous_commit') union
 select split_part(each, '=', 2) from pg_db_role_setting, unnest(setconfig) each
 where each like 'synchronous\\_commit=%'"""
_PROCESSES = (
    """select count(*)::int from pg_stat_activity where application_name in ('directory', 'abhiyan jobs')"""
)


def cluster(at: datetime) -> Iterator[DoctorFinding]:
    """Check that the standbys are attached, commits wait for them, the log is archived, and connections suffice."""
    yield from cluster_findings(server_state(), at)


def cluster_findings(state: ServerState, at: datetime) -> Iterator[DoctorFinding]:
    """Say what the state of a server means at an instant. A standby ends it: what follows is the primary's."""
    if state.is_standby:
        yield DoctorFinding(
            FAIL,
            "DATABASE_URL leads to a standby, where nothing can be stored",
            f"lead it to the primary: HAProxy's port 5500 ({DOCS})",
        )
        return
    if state.is_cluster:
        yield from standby_findings(state)
        yield from connection_findings(state)
    yield from archive_findings(state, at)


def standby_findings(state: ServerState) -> Iterator[DoctorFinding]:
    """Say how many standbys are attached, and whether a commit waits for one."""
    count, names = state.needed
    expected = state.expected or max(len([name for name in names if name != "*"]), len(state.slots))
    attached, here = len(state.attached), f" ({', '.join(state.attached)})" if state.attached else ""
    facts = {"attached": attached, "expected": expected, "waits_for": count}
    look = "look at `patronictl list` and at the log of Patroni on the machine that is missing"
    if len(state.counted) < count:
        text = f"nothing can be stored: a commit waits for {count} standbys, and {len(state.counted)} are attached"
        yield DoctorFinding(FAIL, text + here, look, facts)
    elif attached < expected:
        text = f"{attached} of {expected} standbys are attached{here}"
        yield DoctorFinding(WARN if count and attached else FAIL, text, look, facts)
    if not count and (attached or expected):
        yield DoctorFinding(
            FAIL if state.expected else WARN,
            "no commit waits for a standby: what was answered is lost if the primary's disk is",
            "set synchronous_mode: quorum and synchronous_mode_strict: true by `patronictl edit-config`",
        )
    elif count and attached >= expected and len(state.counted) >= count:
        text = f"{attached} standbys are attached{here}, and a commit waits for {count} of them"
        yield DoctorFinding(OK, text, facts=facts)
    if weak := sorted(set(state.commits) - set(DURABLE)):
        yield DoctorFinding(
            FAIL,
            f"synchronous_commit is {', '.join(weak)}: commits are answered before a standby has them",
            "set it to on by `patronictl edit-config`, and reset it for each role and database that has its own",
        )
    for slot in state.slots:
        if slot.is_lost:
            text, fix = f"{slot.name} is too far behind to follow again", "`patronictl reinit` makes it anew"
            yield DoctorFinding(WARN, text, fix)
        elif slot.lag_bytes > LATE_BYTES:
            kept = f"{slot.lag_bytes / 1024**3:.1f} GiB of log"
            text = f"{slot.name} is {kept} behind" if slot.is_active else f"{kept} wait for {slot.name}"
            fix = "see its disk and network" if slot.is_active else f"start it, or {_DROP}"
            yield DoctorFinding(WARN, text, fix, {"lag_bytes": slot.lag_bytes})


_DROP = "drop its slot if it never comes back: the log fills the primary's disk"


def connection_findings(state: ServerState) -> Iterator[DoctorFinding]:
    """Say whether all hosts may open the connections they need, and how soon a dead host's end."""
    most, may_open = state.most_connections, state.processes * MOST_OF_A_PROCESS
    facts = {"connections": state.connections, "most": most, "may_open": may_open}
    text = f"{state.connections} of {most} connections are open; our {state.processes} processes may open {may_open}"
    fix = "raise max_connections by `patronictl edit-config`, then `patronictl restart`, the standbys first"
    if 100 * state.connections > ROOM_PCT * most:
        yield DoctorFinding(FAIL, text, fix, facts)
    elif may_open > most:
        yield DoctorFinding(WARN, text, fix, facts)
    else:
        yield DoctorFinding(OK, text, facts=facts)
    if state.hold_s > LONGEST_HOLD_S:
        yield DoctorFinding(
            WARN,
            f"a host that loses its power keeps its locks for {state.hold_s} s: the loops stand still meanwhile",
            "set tcp_keepalives_idle 5, tcp_keepalives_interval 2, tcp_keepalives_count 3 by `patronictl edit-config`",
            {"hold_s": state.hold_s},
        )


def archive_findings(state: ServerState, at: datetime) -> Iterator[DoctorFinding]:
    """Say whether the log leaves this machine, and since when it does not."""
    if not state.archives:
        if state.is_cluster:
            yield DoctorFinding(
                WARN,
                "the log is not archived: if all machines are lost, what came after the last backup is too",
                f"set archive_mode and archive_command ({DOCS})",
            )
        return
    archived_at, failed_at = state.archived_at, state.archive_failed_at
    facts = {"failures": state.archive_failures}
    fix = "see the log of PostgreSQL and run `pgbackrest check`: the log fills the primary's disk meanwhile"
    longest = timedelta(seconds=max(600, 5 * state.archive_every_s))
    since = (
        f"the last was archived at {archived_at:%Y-%m-%d %H:%M} UTC"
        if archived_at
        else "none was archived yet"
    )
    if failed_at and (archived_at is None or failed_at > archived_at):
        text = f"the log is not archived: {state.archive_failures} tries failed, and {since}"
        yield DoctorFinding(FAIL, text, fix, facts)
    elif archived_at is None or (state.archive_every_s and at - archived_at > longest):
        yield DoctorFinding(WARN, f"the log is not archived: {since}", fix, facts)
    else:
        yield DoctorFinding(OK, f"the log is archived: {since}", facts=facts)
