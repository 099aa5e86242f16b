"""The gate against a plain restatement of its rules, for doors and for calls."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as some

from abhiyan.contact.rules.gate import WORDS, why_held_back
from abhiyan.messaging.rules.hours import Hours
from abhiyan.polls.rules.polling import Polling

DAY = datetime(2026, 11, 25, tzinfo=UTC)
CLOSES = datetime(2026, 11, 27, 11, 30, tzinfo=UTC)  # 17:00 in India
ZONE = "Asia/Kolkata"


def plainly(
    is_call: bool,
    at: datetime,
    polling: Polling,
    calls: tuple[int, int],
    over: bool,
    no: bool,
    basis: bool,
    scheme: bool,
    talks: int,
) -> set[str]:
    """Every reason against it, each in one line of the law's page."""
    minutes = at.astimezone(ZoneInfo(ZONE)).hour * 60 + at.astimezone(ZoneInfo(ZONE)).minute
    first, last = calls if is_call else (6 * 60, 22 * 60)
    silent = polling.silences and CLOSES - timedelta(hours=48) <= at < CLOSES
    return {
        reason
        for reason, stands in {
            "ended": over,
            "opted_out": no,
            "no_basis": is_call and not basis,
            "frozen": scheme and polling.is_election,
            "silence": silent,
            "hours": not first <= minutes < last,
            "calendar": is_call and not polling.is_known,
            "cap": talks >= 3,
        }.items()
        if stands
    }


@given(
    is_call=some.booleans(),
    minute=some.integers(0, 4 * 24 * 60),
    silent=some.booleans(),
    election=some.booleans(),
    known=some.booleans(),
    calls=some.lists(some.integers(10 * 60, 21 * 60), min_size=2, max_size=2, unique=True).map(sorted),
    over=some.booleans(),
    no=some.booleans(),
    basis=some.booleans(),
    scheme=some.booleans(),
    talks=some.integers(0, 5),
)
def test_the_gate_says_no_exactly_where_a_rule_does(
    is_call: bool,
    minute: int,
    silent: bool,
    election: bool,
    known: bool,
    calls: list[int],
    over: bool,
    no: bool,
    basis: bool,
    scheme: bool,
    talks: int,
) -> None:
    at = DAY + timedelta(minutes=minute)
    polling = Polling(((CLOSES - timedelta(hours=48), CLOSES),) if silent else (), election, known)
    reasons = plainly(is_call, at, polling, (calls[0], calls[1]), over, no, basis, scheme, talks)
    said = why_held_back(
        is_call=is_call,
        at=at,
        zone=ZONE,
        polling=polling,
        open_hours=Hours(*(time(minute // 60, minute % 60) for minute in calls)),
        is_over=over,
        said_no=no,
        has_basis=basis,
        is_of_scheme=scheme,
        n_lately=talks,
    )
    assert said in reasons if reasons else said == ""
    assert not said or said in WORDS


def test_doors_and_calls_keep_their_hours_to_the_minute() -> None:
    def why(is_call: bool, clock: str) -> str:
        at = datetime.fromisoformat(f"2026-11-25T{clock}+05:30")
        return why_held_back(
            is_call=is_call, at=at, zone=ZONE, polling=Polling((), False, True), open_hours=Hours()
        )

    assert [why(False, at) for at in ("05:59", "06:00", "21:59", "22:00")] == ["hours", "", "", "hours"]
    assert [why(True, at) for at in ("09:59", "10:00", "20:59", "21:00")] == ["hours", "", "", "hours"]
