"""Incidents with people's data: their kinds, the reports the law wants by when, and their drafts.

DPDP Act s.8(6) and Rule 7: each affected person and the Board without delay, the Board in full within 72 hours.
CERT-In's directions of 28 April 2022: six hours.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

CERT_IN, BOARD, BOARD_FULL, PEOPLE = "cert_in", "board", "board_full", "people"
REPORTS: dict[str, Promise] = {
    CERT_IN: _("CERT-In"),
    BOARD: _("Data Protection Board, first report"),
    PEOPLE: _("The affected people"),
    BOARD_FULL: _("Data Protection Board, full report"),
}
# Time from the hour the organisation knew. Zero: without delay.
DUE = {
    CERT_IN: timedelta(hours=6),
    BOARD: timedelta(0),
    PEOPLE: timedelta(0),
    BOARD_FULL: timedelta(hours=72),
}
KINDS: dict[str, Promise] = {
    "access": _("Somebody without a right to it read data"),
    "leak": _("Data was copied or published"),
    "account": _("Somebody else used an account"),
    "attack": _("Attack on the server or harmful software"),
    "device": _("A phone or computer was lost or stolen"),
    "paper": _("Paper forms were lost or stolen"),
    "other": _("Something else"),
}
# CERT-In counts incidents of computers. Each other kind may be on its list, so its clock runs.
NOT_OF_COMPUTERS = frozenset({"paper"})
DATA: dict[str, Promise] = {
    "name": _("Name"),
    "phone": _("Phone number"),
    "birth_year": _("Year of birth"),
    "place": _("Booth or village"),
    "consents": _("Consents"),
    "form": _("Photo of the paper form"),
    "requests": _("Requests to the helpline"),
}


@dataclass(frozen=True, slots=True)
class IncidentClock:
    """One report that the law wants. sent_at: when the first one went; None: not yet."""

    report: str
    due_at: datetime
    is_at_once: bool
    sent_at: datetime | None

    @property
    def label(self) -> Promise:
        return REPORTS[self.report]

    def is_late(self, at: datetime) -> bool:
        """Return True if it was due before `at` and has not gone. A report that is due at once is never called late."""
        return self.sent_at is None and not self.is_at_once and at > self.due_at


def incident_clocks(kind: str, known_at: datetime, sent: Mapping[str, datetime]) -> tuple[IncidentClock, ...]:
    """Return the reports of an incident, the first due first. sent: when a report first went."""
    wanted = [report for report in REPORTS if report != CERT_IN or kind not in NOT_OF_COMPUTERS]
    clocks = [
        IncidentClock(report, known_at + DUE[report], is_at_once=not DUE[report], sent_at=sent.get(report))
        for report in wanted
    ]
    return tuple(sorted(clocks, key=lambda clock: clock.due_at))


@dataclass(frozen=True, slots=True)
class IncidentFacts:
    """What the drafts say. Instants are written out in the organisation's zone. words: language -> what people read.

    people: how many are affected; None: not counted yet. stopped_at: "" without an emergency stop.
    """

    organisation: str
    contact: str
    kind: str
    what: str
    words: Mapping[str, str]
    data: Sequence[str]
    began_at: str
    until_at: str
    known_at: str
    measures: str
    people: int | None
    notices: int
    stopped_at: str
    version: str
    address: str

    @property
    def data_words(self) -> str:
        """Name the data, in the language of the draft."""
        return ", ".join(str(DATA[code]) for code in self.data if code in DATA) or GAP


GAP = "[…]"


def draft_for_people(facts: IncidentFacts, language: str) -> str:
    """Write the notice to an affected person, in one language (Rule 7(1))."""
    with override(language):
        lines = [
            (say("What happened"), facts.words.get(language) or facts.what),
            (say("Since when we know"), facts.known_at),
            (say("Which of your data"), facts.data_words),
            (say("What may follow"), say("Strangers may call you or write to you, and use your name.")),
            (say("What we did"), facts.measures or GAP),
            (say("What you can do"), safety_words()),
            (say("Your contact"), facts.contact or GAP),
        ]
        return _written([(say("Organisation"), facts.organisation), *lines])


def safety_words() -> str:
    """Return the advice to an affected person, in the language of the page."""
    return say("Tell nobody a code. Report such calls at 1930 or cybercrime.gov.in.")


def draft_for_board(facts: IncidentFacts, *, is_full: bool) -> str:
    """Write the report to the Data Protection Board: the first, or the full one within 72 hours (Rule 7(2))."""
    people = say("not counted yet") if facts.people is None else str(facts.people)
    lines = [
        (say("Organisation and contact"), f"{facts.organisation}, {facts.contact or GAP}"),
        (say("Nature of the breach"), f"{KINDS[facts.kind]}. {facts.what}"),
        (say("When"), f"{facts.began_at} – {facts.until_at or GAP}"),
        (say("Since when we know"), facts.known_at),
        (say("Which data"), facts.data_words),
        (say("How many people"), people),
        (say("Likely consequences"), say("Strangers may call or write, and use a person's name.")),
    ]
    if is_full:
        lines += [
            (say("Events, circumstances and reasons"), GAP),
            (say("Measures against the risk"), facts.measures or GAP),
            (say("Emergency stop since"), facts.stopped_at or say("none")),
            (say("Findings about who caused it"), GAP),
            (say("Measures so that it does not happen again"), GAP),
            (say("Affected people who were sent a notice"), str(facts.notices)),
        ]
    return _written(lines)


def draft_for_cert_in(facts: IncidentFacts) -> str:
    """Write the report to CERT-In, by incident@cert-in.org.in."""
    return _written(
        [
            (say("Time of the incident"), f"{facts.began_at} – {facts.until_at or GAP}"),
            (say("Noticed"), facts.known_at),
            (say("Kind of incident"), str(KINDS[facts.kind])),
            (say("Affected systems"), f"{facts.address}, Abhiyan {facts.version}"),
            (say("What was seen"), facts.what),
            (say("What was done"), facts.measures or GAP),
            (say("Emergency stop since"), facts.stopped_at or say("none")),
            (say("Logs"), say("kept for 180 days, in India")),
            (say("Contact"), facts.contact or GAP),
        ]
    )


def _written(lines: Sequence[tuple[str, str]]) -> str:
    return "\n".join(f"{label}: {text}" for label, text in lines)
