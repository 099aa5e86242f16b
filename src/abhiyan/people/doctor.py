"""What `abhiyan doctor` asks of people: does every no and erasure of the journals hold?"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import connection

from abhiyan.core import audit_seals, environment, hosts
from abhiyan.core.backup import RestoreRefused
from abhiyan.core.doctor import FAIL, OK, WARN, DoctorFinding, is_demo_folder

from . import journal, journal_gaps

LOOKED_BACK = timedelta(days=40)


def journal_held(at: datetime) -> Iterable[DoctorFinding]:
    """The database holds the newest heads of the audit, and each no and erasure of the journals: of 40 days, or since
    the last restore."""
    if is_demo_folder():
        yield DoctorFinding(OK, "not compared: this is the demo")
        return
    if heads := audit_seals.heads_ahead():
        yield DoctorFinding(
            FAIL,
            f"the database is older than the audit's head {heads[-1]}, or its end was changed",
            "after a restore by other tools than ours: `abhiyan stop`, then `abhiyan restore --adopt --at …` "
            "(docs/backups.md); otherwise keep this database and ask who changed it",
            {"heads": len(heads)},
        )
    restored = journal_gaps.last_restore()
    since = max(at - LOOKED_BACK, restored[1]) if restored else at - LOOKED_BACK
    try:
        lacking = journal_gaps.lines_not_in_force(since)
        ahead = journal.clocks_ahead()
    except RestoreRefused as refused:
        fix = "noes and erasures are refused until it is there; after a change of the setting run `abhiyan migrate`"
        yield DoctorFinding(FAIL, str(refused), fix)
        return
    if lacking:
        first = min(line.at for line in lacking)
        adopt = f"`abhiyan restore --adopt --at {first.isoformat(timespec='seconds')}`"
        yield DoctorFinding(
            FAIL,
            f"noes and erasures of the journal that the database does not hold: {len(lacking)}, the first of "
            f"{first:%Y-%m-%d %H:%M} UTC: the database is older, or these acts were refused",
            f"`abhiyan stop`, then {adopt}, with an earlier instant if the database was restored to one",
            {"lacking": len(lacking)},
        )
    for file, gap in ahead.items():
        yield DoctorFinding(
            WARN,
            f"the clock of the host that wrote {file} was ahead by {gap.total_seconds():.0f} s",
            "set its clock by NTP (timedatectl set-ntp true): journals are merged by time",
        )
    if environment.JOURNAL_TO() is None and (others := _other_hosts()):
        yield DoctorFinding(
            WARN,
            f"other hosts serve ({', '.join(others)}), and ABHIYAN_JOURNAL_TO is not set: a host that is lost takes "
            "its journal along",
            "name one place for all hosts with ABHIYAN_JOURNAL_TO, then run `abhiyan migrate` (docs/backups.md)",
            {"hosts": others},
        )
    if not lacking:
        where = "in both places" if environment.JOURNAL_TO() else "on this host"
        yield DoctorFinding(OK, f"the database holds every no and erasure of the journal {where}")


def _other_hosts() -> list[str]:
    """Return the other hosts of this database. One that fell silent is among them for a day."""
    names = {process.name for process in hosts.host_processes(connection.connection)}
    return sorted(names - {environment.HOST_NAME()})


CHECKS = {"journal": journal_held}
