"""Compares the journal of noes with the database: which of the two is older?"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path

from abhiyan.core import sql
from abhiyan.core.backup import RestoreRefused

from . import journal
from .models import Erasure, Suppression

AT_ONCE = 1_000
NEWEST = 100  # noes of the database that a journal must hold, to be known as its own


def lines_not_in_force(since: datetime) -> list[journal.No | journal.ErasureLine]:
    """Return the noes and erasures of the journals since an instant that the database does not hold. In a system scope.

    A phone counts once, by its last word. A no that was taken back lacks nothing: without it we are silent.
    """
    words = [line for line in journal.since(since + journal.SLACK) if line.at >= since]
    noes = {line.phone_id: line for line in words if isinstance(line, journal.No)}
    erasures = {line.person_id: line for line in words if isinstance(line, journal.ErasureLine)}
    lacking: list[journal.No | journal.ErasureLine] = []
    lacking += _noes_lacking([no for no in noes.values() if no.scope])
    lacking += _erasures_lacking([*erasures.values()])
    return sorted(lacking, key=lambda line: line.at)


def _noes_lacking(noes: list[journal.No]) -> Iterator[journal.No]:
    for start in range(0, len(noes), AT_ONCE):
        some = noes[start : start + AT_ONCE]
        rows = Suppression.objects.filter(phone_id__in=[no.phone_id for no in some])
        heard = {row.phone_id: max(row.at, row.lifted_at or row.at) for row in rows}
        yield from (no for no in some if no.phone_id not in heard or heard[no.phone_id] < no.at)


def _erasures_lacking(erasures: list[journal.ErasureLine]) -> Iterator[journal.ErasureLine]:
    for start in range(0, len(erasures), AT_ONCE):
        some = erasures[start : start + AT_ONCE]
        rows = Erasure.objects.filter(person_id__in=[line.person_id for line in some]).values_list(
            "person_id", "at"
        )
        last: dict[object, datetime] = {}
        for person_id, at in rows:
            last[person_id] = max(at, last.get(person_id, at))
        yield from (line for line in some if line.person_id not in last or last[line.person_id] < line.at)


def refuse_short_journals(until: datetime, also: Iterable[Path]) -> None:
    """Refuse journals that do not reach back to what the database holds: the newest noes of the database until an
    instant must be in them. Raises RestoreRefused. In a system scope."""
    newest = Suppression.objects.filter(at__lte=until).order_by("-at").values_list("phone_id", "at")[:NEWEST]
    if not (in_database := {*newest}):
        return
    in_journals = {
        (line.phone_id, line.at)
        for line in journal.since(min(at for _phone_id, at in in_database), also)
        if isinstance(line, journal.No)
    }
    if lacking := in_database - in_journals:
        last_at = max(at for _phone_id, at in lacking)
        raise RestoreRefused(
            f"The journals do not reach: of the newest {len(in_database)} noes in the database they lack "
            f"{len(lacking)}, the last of {last_at:%Y-%m-%d %H:%M} UTC. Name the journals of each host with --journal. "
            "If one is lost for good, add --journals-lost: noes that only it held are then lost too."
        )


def last_restore() -> tuple[datetime, datetime] | None:
    """Return the instant to which the last restore went back, and when it was done; None where none was, or where the
    database went on without its end. In a system scope."""
    row = sql.row(
        "select (facts->>'taken_at')::timestamptz, at from core_audit where act = 'core.restored' and era = core_era()"
        " and xid = (select xid from core_audit where era = core_era() order by xid limit 1)"
    )
    return None if row is None else (row[0], row[1])
