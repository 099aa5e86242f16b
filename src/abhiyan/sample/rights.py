"""Make the requests of three people by law: one waits too long, one is new, one is answered. Samples."""

from datetime import datetime, timedelta

from abhiyan.core.actor import Actor
from abhiyan.core.scope import Scope, scoped, system
from abhiyan.enrolment.actions import tickets
from abhiyan.enrolment.queries import people
from abhiyan.units import queries as units

# Days ago, kind, their words, the answer.
ASKED = (
    (32, "grievance", "मेरा नंबर किसी और को बताया गया (नमूना)", ""),
    (2, "access", "Who has read my entry? (sample)", ""),
    (9, "completion", "मेरे गाँव का नाम जोड़ दें (नमूना)", "आपका बूथ अब लिखा है। पन्ने पर देखें। (नमूना)"),
)


def ask_for_rights(unit_id: int, officer: Actor, at: datetime) -> None:
    """Ask from each one's own page; the data officer has answered one."""
    with system("demo"):
        lo, hi = units.span(unit_id, 1)
        members = people.members_below(lo, hi, people.PeopleWanted(oldest_first=True), limit=len(ASKED))
    for member, (days, kind, text, answer) in zip(members, ASKED, strict=False):
        asked_at = at - timedelta(days=days)
        with scoped(Scope(phone=member.phone_id)):
            ticket = tickets.ask_ticket(
                membership=member.public_id,
                kind=kind,
                said=text,
                language="hi",
                by=Actor(kind="citizen", id=member.public_id),
                at=asked_at,
            )
        if answer:
            tickets.answer_request(ticket=ticket, text=answer, by=officer, at=asked_at + timedelta(days=1))
