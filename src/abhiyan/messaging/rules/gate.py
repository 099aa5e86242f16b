"""The gate: what every message must pass at the moment it is taken (DESIGN §4 Messages; law.md E1, E2, T1, T2).

One function of plain values. Nobody can override it: no office, no setting, no approval.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from abhiyan.polls.rules.polling import Polling

from . import hours as clock_hours
from .bulk import PREFIX
from .hours import CODE_LIFE, Hours
from .noes import StandingNo, stops_message
from .texts import DUTY, FIXED, NEWS, OUTREACH, brings_code, is_prompt, passes_stop

LOOK_AGAIN = timedelta(hours=1)  # for what people still have to do: an entry of the calendar, a certificate
LOOK_SOON = timedelta(minutes=10)  # whether the emergency stop is over


class May(StrEnum):
    """A message may do one of these now."""

    GO = "go"
    WAIT = "wait"  # until an instant, and then it is asked again
    HOLD = "hold"  # until somebody mends its text
    DROP = "drop"


@dataclass(frozen=True, slots=True)
class GateMessage:
    """A message before the gate. is_registered: its text has a template id. is_certified: its exact text has a
    certificate that is valid today (law.md E2). expires_at: from then on it would come too late; None: its class says.
    rests: it goes to beneficiaries, who get nothing between an announcement and its result (law.md E3).
    is_stopped: the emergency stop is on.
    """

    kind: int
    template: str
    queued_at: datetime
    is_registered: bool = False
    is_certified: bool = False
    expires_at: datetime | None = None
    rests: bool = False
    is_stopped: bool = False

    @property
    def is_bulk(self) -> bool:
        """Return True if its words are a bulk text's."""
        return self.template.startswith(PREFIX)

    @property
    def is_task(self) -> bool:
        """Return True if it informs an office-bearer of a duty in fixed words; in the silence nothing else goes to
        them."""
        return self.kind == DUTY and self.template in FIXED - NEWS

    @property
    def is_prompt(self) -> bool:
        """Return True if it answers what the phone did."""
        return is_prompt(self.template)


@dataclass(frozen=True, slots=True)
class GateRecipient:
    """The gate asks this of a recipient. no: what the phone says no to. is_consented: somebody on it says yes to
    messages. polling: what the calendar says of their place. capped_until: when the caps of phone and persons let
    another message go; None: they do now. zone: IANA."""

    zone: str
    polling: Polling
    no: StandingNo | None = None
    is_consented: bool = False
    capped_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class GateVerdict:
    """reason: a key of `reasons.WORDS`, "" for GO. until: of WAIT."""

    may: May
    reason: str = ""
    until: datetime | None = None


def needs_place(asking: GateMessage, *, at: datetime) -> bool:
    """Return True if the gate asks where the recipient is. It does not ask for tasks, nor for answers that somebody
    waits for."""
    return not asking.is_task and not clock_hours.is_awaited(
        kind=asking.kind, queued_at=asking.queued_at, at=at, is_prompt=asking.is_prompt
    )


def gate(asking: GateMessage, recipient: GateRecipient, *, at: datetime, hours: Hours) -> GateVerdict:
    """Decide what a message may do now.

    Every class: not to a phone whose no stops it; inside the hours. During an emergency stop only what people depend on
    goes (`texts.passes_stop`). The silence
    is the 48 hours that end at the close of a poll in the recipient's area. Then only tasks go, and what answers
    somebody this moment. Outreach besides: only with consent and a registered text; where the calendar has an entry
    for the recipient's state; and within the caps. From the announcement of an election there to its result outreach,
    and every bulk text, only with a certificate. A resting message is dropped in that time, certificate or not.
    """
    polling = Polling() if asking.is_task else recipient.polling
    when = clock_hours.may_go(
        kind=asking.kind,
        queued_at=asking.queued_at,
        at=at,
        zone=recipient.zone,
        is_prompt=asking.is_prompt,
        hours=hours,
        polling=polling,
    )
    is_over = asking.expires_at is not None and at >= asking.expires_at
    if when is None or is_over or (brings_code(asking.template) and at - asking.queued_at > CODE_LIFE):
        return GateVerdict(May.DROP, "too_late")
    lacks_certificate = polling.is_election and not asking.is_certified

    def look_again(lacking: str) -> GateVerdict:
        until = clock_hours.next_free(at + LOOK_AGAIN, recipient.zone, hours, polling)
        return GateVerdict(May.WAIT, lacking, until)

    no = recipient.no
    if no and stops_message(no, kind=asking.kind, template=asking.template, queued_at=asking.queued_at):
        return GateVerdict(May.DROP, "suppressed")
    if asking.rests and polling.is_election:
        return GateVerdict(May.DROP, "frozen")
    if asking.kind == OUTREACH:
        if not recipient.is_consented:
            return GateVerdict(May.DROP, "no_consent")
        if not asking.is_registered:
            return GateVerdict(May.HOLD, "template")
        if not polling.is_known:
            return look_again("calendar")
        if lacks_certificate:
            return look_again("certificate")
    if asking.is_stopped and (asking.kind == OUTREACH or not passes_stop(asking.template)):
        return GateVerdict(May.WAIT, "emergency", at + LOOK_SOON)
    if when > at:
        is_silent = polling.silent_until(at) is not None
        return GateVerdict(May.WAIT, "silence" if is_silent else "hours", when)
    if asking.is_bulk and lacks_certificate:
        return look_again("certificate")
    if asking.kind == OUTREACH and recipient.capped_until is not None and recipient.capped_until > at:
        until = clock_hours.next_free(recipient.capped_until, recipient.zone, hours, polling)
        return GateVerdict(May.WAIT, "cap", until)
    return GateVerdict(May.GO)
