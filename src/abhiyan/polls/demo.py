"""The sample of the demo: a calendar of polls, with a by-election in one segment and one entry that waits."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from abhiyan.core.samples import BY, ZONE, SampleGround
from abhiyan.core.scope import system
from abhiyan.polls import actions as polls
from abhiyan.units import queries as units

SEAT, STATE, NATION = "JK-AC1", "JK", "IN"
SOURCE = "नमूना / sample"


def sample(ground: SampleGround) -> None:
    """Entries in force, so that bulk messages may go; and one of the state president's that nobody has approved."""
    with system("demo"):
        _enter_polls(ground)


def _enter_polls(ground: SampleGround) -> None:
    ids, today, at = ground.ids, ground.today, ground.at
    seat = units.unit(SEAT)
    others = [ids[code] for code in sorted(ids) if "-" not in code and code not in (NATION, STATE)]
    for stated in (
        polls.StatedPoll(
            "by_election",
            f"{seat.names['en']} by-election / {seat.names['hi']} उपचुनाव",
            today - timedelta(days=10),
            today + timedelta(days=25),
            SOURCE,
            [(closing(today + timedelta(days=20)), [ids[SEAT]])],
            is_sample=True,
        ),
        polls.StatedPoll(
            "none",
            "No poll / मतदान नहीं",
            today - timedelta(days=30),
            today + timedelta(days=180),
            SOURCE,
            [(None, others)],
            is_sample=True,
        ),
    ):
        made = polls.store_poll_version(stated=stated, by=BY, at=at)
        polls.confirm_poll(public_id=made.public_id, by=BY, at=at)
    local = polls.StatedPoll(
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
    polls.state_poll(stated=local, by=ground.actor("state_president"), at=at - timedelta(hours=3))


def closing(day: date) -> datetime:
    return datetime.combine(day, time(18), ZoneInfo(ZONE))
