"""`abhiyan doctor` says what is wrong with the hosts that share one database."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.db import connection

from abhiyan.core import hosts, sql
from abhiyan.core.doctor import FAIL, OK, WARN, DoctorFinding
from abhiyan.core.hosts import HostProcess

DOCS = "docs/cluster.md"


def hosts_noted(_at: datetime) -> Iterator[DoctorFinding]:
    """Check that each host has this database's key, the settings of the others and their version, and is seen."""
    digest = sql.value("select digest from core_key_mark")
    if digest is not None and digest != hosts.key_digest():
        yield DoctorFinding(FAIL, "the master key here is another than this database's", hosts.OTHER_KEY)
    yield from host_findings(hosts.host_processes(connection.connection))


def host_findings(processes: Sequence[HostProcess]) -> Iterator[DoctorFinding]:
    """Say what differs between hosts, and which of them is silent."""
    live = [process for process in processes if process.is_live]
    flawed = False
    for name, groups in hosts.unequal_settings(live).items():
        flawed = True
        yield DoctorFinding(
            FAIL,
            f"{name} is not the same on all hosts: {' | '.join(', '.join(group) for group in groups)}",
            "set it alike on each and restart them; only the settings of one host's own may differ (docs/reference.md)",
            {"setting": name, "hosts": groups},
        )
    versions = sorted({process.version for process in live})
    if len(versions) > 1:
        flawed = True
        parts = "; ".join(
            f"{version}: {hosts.host_sentence([process for process in live if process.version == version])}"
            for version in versions
        )
        yield DoctorFinding(
            WARN, f"hosts have different versions: {parts}", "update the others soon (docs/update.md)"
        )
    for process in processes:
        if not process.is_live:
            flawed = True
            yield DoctorFinding(
                WARN,
                f"{process.name} ({process.kind}) has not been seen for {process.silent.total_seconds():.0f} s",
                "see whether it is up and reaches the database; it is forgotten once it serves again, or after a day",
                {"host": process.name, "kind": process.kind},
            )
    if not flawed:
        yield DoctorFinding(OK, hosts.host_sentence(live) or "nothing serves")
