"""The gate against a plain restatement of its rules, over random people, polls, hours, classes and phases."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from abhiyan.messaging.rules import gate, reasons, texts
from abhiyan.messaging.rules.gate import GateMessage, GateRecipient, May
from abhiyan.messaging.rules.hours import Hours
from abhiyan.messaging.rules.noes import StandingNo
from abhiyan.polls.rules.polling import NOWHERE, Areas, Calendar, Phase, PollPlace
from abhiyan.units.rules.ranges import base

BEGIN = datetime(2026, 11, 1, tzinfo=UTC)
STEP = timedelta(minutes=15)  # every instant here lies on one, and so does every zone
ZONES = ("Asia/Kolkata", "Asia/Kathmandu", "UTC")
TEMPLATES = {
    texts.SERVICE: ("code.join", "drive.reply", "leave.receipt", "ask.something"),
    texts.DUTY: ("duty.office", "duty.circular", "duty.task_late", "words.of.an.office", "bulk.2"),
    texts.OUTREACH: ("bulk.1",),
}
instants = st.integers(0, 20 * 96).map(lambda n: BEGIN + n * STEP)


@dataclass(frozen=True)
class Entry:
    """An entry of the calendar: closes is None where it says that there is no poll. area None: the whole state."""

    state: int
    area: int | None
    first: date
    last: date
    closes: datetime | None


@dataclass(frozen=True)
class Someone:
    """Who is written to. state, area: None where nobody knows. zone: theirs."""

    state: int | None
    area: int | None
    zone: str
    no: StandingNo | None
    consents: bool
    capped_until: datetime | None


@st.composite
def entries(draw: st.DrawFn) -> Entry:
    first = date(2026, 11, 1) + timedelta(days=draw(st.integers(-5, 15)))
    last = first + timedelta(days=draw(st.integers(0, 20)))
    closes = None
    if draw(st.booleans()):
        day = first + timedelta(days=draw(st.integers(0, (last - first).days)))
        closes = datetime.combine(day, time(draw(st.integers(7, 18))), UTC)
    return Entry(draw(st.integers(1, 2)), draw(st.sampled_from([None, 1, 2])), first, last, closes)


@st.composite
def people(draw: st.DrawFn) -> Someone:
    state = draw(st.sampled_from([1, 2, None]))
    return Someone(
        state=state,
        area=draw(st.sampled_from([1, 2, None])) if state else None,
        zone=draw(st.sampled_from(ZONES)),
        no=draw(st.none() | st.builds(StandingNo, st.sampled_from(["all", "outreach"]), instants)),
        consents=draw(st.booleans()),
        capped_until=draw(st.none() | instants),
    )


raised = st.tuples(st.integers(10, 14), st.integers(15, 21)).map(lambda of: Hours(time(of[0]), time(of[1])))


@st.composite
def messages(draw: st.DrawFn) -> tuple[GateMessage, datetime]:
    kind = draw(st.sampled_from(list(TEMPLATES)))
    queued = draw(instants)
    at = queued + draw(st.sampled_from([0, 0, 0, 1, 1, 8, 96, 7 * 96]) | st.integers(0, 9 * 96)) * STEP
    asking = GateMessage(
        kind,
        draw(st.sampled_from(TEMPLATES[kind])),
        queued,
        is_registered=draw(st.booleans()),
        is_certified=draw(st.booleans()),
        expires_at=draw(st.none() | st.integers(1, 9 * 96).map(lambda n: queued + n * STEP)),
    )
    return asking, at


# The rules once more, said plainly


def plainly(
    asking: GateMessage, someone: Someone, calendar: list[Entry], hours: Hours, at: datetime
) -> tuple[str, str, datetime | None]:
    """Return what may become of the message: go, or drop, hold or wait with a reason; and until when it waits."""
    today = at.astimezone(ZoneInfo("Asia/Kolkata")).date()
    entries_today = [one for one in calendar if one.first <= today <= one.last]
    polls = [
        one
        for one in entries_today
        if one.closes
        and (someone.state is None or someone.state == one.state)
        and (someone.area is None or one.area is None or someone.area == one.area)
    ]
    has_entry = someone.state is not None and any(one.state == someone.state for one in entries_today)

    def is_silent(when: datetime) -> bool:
        return any(one.closes and one.closes - timedelta(hours=48) <= when < one.closes for one in polls)

    def is_day(when: datetime) -> bool:
        return hours.opens <= when.astimezone(ZoneInfo(someone.zone)).time() < hours.closes

    def first_free(since: datetime, *, minds_silence: bool = True) -> datetime:
        return next(when for when in steps(since) if is_day(when) and not (minds_silence and is_silent(when)))

    is_outreach = asking.kind == texts.OUTREACH
    is_code = asking.template.startswith("code.")
    is_question = asking.template.startswith("ask.")
    is_task = asking.template == "duty.office"
    age = at - asking.queued_at
    is_answer = asking.kind == texts.SERVICE and not is_question and age <= timedelta(minutes=10)
    goes_at = at if is_answer else first_free(at, minds_silence=not is_task)
    if asking.expires_at and not at < asking.expires_at:
        return "drop", "too_late", None
    if is_code and age > timedelta(minutes=10):
        return "drop", "too_late", None
    if asking.kind == texts.SERVICE and not is_answer and goes_at - asking.queued_at > timedelta(days=7):
        return "drop", "too_late", None
    if someone.no:
        is_receipt = asking.template == "leave.receipt"
        if is_outreach or is_question:
            return "drop", "suppressed", None
        is_since = asking.kind == texts.DUTY or someone.no.at >= asking.queued_at
        if someone.no.scope == "all" and not is_code and not is_receipt and is_since:
            return "drop", "suppressed", None
    if is_outreach:
        if not someone.consents:
            return "drop", "no_consent", None
        if not asking.is_registered:
            return "hold", "template", None
        if not has_entry:
            return "wait", "calendar", first_free(at + timedelta(hours=1))
        if polls and not asking.is_certified:
            return "wait", "certificate", first_free(at + timedelta(hours=1))
    if goes_at > at:
        return "wait", "silence" if is_silent(at) and not is_task else "hours", goes_at
    if asking.template == "bulk.2" and polls and not asking.is_certified:
        return "wait", "certificate", first_free(at + timedelta(hours=1))
    if is_outreach and someone.capped_until and someone.capped_until > at:
        return "wait", "cap", first_free(someone.capped_until)
    return "go", "", None


def steps(since: datetime) -> Iterator[datetime]:
    for n in range(40 * 96):
        yield since + n * STEP


# And as the gate has them


def place(state: int | None, area: int | None) -> PollPlace:
    """Positions of a state and its areas. An office's mandal is in another tree, so its area is unknown."""
    if state is None:
        return NOWHERE
    if area is None:
        lo = base(1) + state * 100
        return PollPlace(((lo + 50, lo + 60),), frozenset([state]))
    lo = base(2) + state * 100 + area * 10
    return PollPlace(((lo, lo + 10),), frozenset([state]))


def area_of(entry: Entry) -> PollPlace:
    if entry.area is not None:
        return place(entry.state, entry.area)
    spans = tuple((base(h) + entry.state * 100, base(h) + entry.state * 100 + 99) for h in (1, 2))
    return PollPlace(spans, frozenset([entry.state]))


@pytest.mark.examples(150, 2_000)
@given(asked=messages(), someone=people(), calendar=st.lists(entries(), max_size=5), hours=raised)
def test_the_gate_says_what_the_rules_say(
    asked: tuple[GateMessage, datetime], someone: Someone, calendar: list[Entry], hours: Hours
) -> None:
    asking, at = asked
    today = at.astimezone(ZoneInfo("Asia/Kolkata")).date()
    known = Calendar(
        tuple(Phase(one.closes, Areas([area_of(one)])) for one in calendar if one.first <= today <= one.last)
    )
    recipient = GateRecipient(
        zone=someone.zone,
        polling=known.polling([place(someone.state, someone.area)]),
        no=someone.no,
        is_consented=someone.consents,
        capped_until=someone.capped_until,
    )
    verdict = gate.gate(asking, recipient, at=at, hours=hours)
    assert (verdict.may, verdict.reason, verdict.until) == plainly(asking, someone, calendar, hours, at)
    assert (verdict.may == May.WAIT) == (verdict.until is not None)
    assert verdict.may == May.GO or verdict.reason in reasons.WORDS


@pytest.mark.parametrize(
    ("opens", "closes"), [(time(9), time(21)), (time(10), time(21, 1)), (time(12), time(12))]
)
def test_the_hours_are_never_wider_than_the_law_s(opens: time, closes: time) -> None:
    with pytest.raises(ValueError, match="within"):
        Hours(opens, closes)
