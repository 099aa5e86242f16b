"""The demo's calendar of polls: a by-election in one segment, no poll elsewhere, and one entry that waits. Samples."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta

from abhiyan.core.actor import Actor
from abhiyan.org import actions as org
from abhiyan.units import actions as units

from . import history
from .claims import BY
from .tree import Row

SEAT, STATE = "JK-AC1", "JK"
SOURCE = "नमूना / sample"


def calendar(
    rows: Iterable[Row], ids: Mapping[str, int], today: date, president: Actor, at: datetime
) -> None:
    """Entries in force, so that bulk messages may go; and one of the state president's that nobody has approved."""
    by_code = {row.code: row for row in rows if row.kind in ("state", "segment")}
    seat, others = by_code[SEAT], [ids[row.code] for row in by_code.values() if row.kind == "state"]
    others.remove(ids[STATE])
    for stated in (
        units.Stated(
            "by_election",
            f"{seat.name_en} by-election / {seat.name_hi} उपचुनाव",
            today - timedelta(days=10),
            today + timedelta(days=25),
            SOURCE,
            [(closing(today + timedelta(days=20)), [ids[SEAT]])],
            is_sample=True,
        ),
        units.Stated(
            "none",
            "No poll / मतदान नहीं",
            today - timedelta(days=30),
            today + timedelta(days=180),
            SOURCE,
            [(None, others)],
            is_sample=True,
        ),
    ):
        made = units.state_poll(stated=stated, by=BY, at=at)
        units.confirm_poll(public_id=made.public_id, by=BY, at=at)
    local = units.Stated(
        "local",
        "Local elections / स्थानीय चुनाव",
        today + timedelta(days=40),
        today + timedelta(days=90),
        SOURCE,
        [
            (closing(today + timedelta(days=70 + 7 * n)), [ids[code]])
            for n, code in enumerate(("JK-D14", "JK-D627"))
        ],
        is_sample=True,
    )
    org.state_poll(stated=local, by=president, at=at - timedelta(hours=3))


def closing(day: date) -> datetime:
    return datetime.combine(day, time(18), history.ZONE)
