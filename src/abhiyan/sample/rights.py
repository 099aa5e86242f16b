"""Make the requests of three people by law: one waits too long, one is new, one is answered. Samples."""

from datetime import datetime, timedelta

from abhiyan.core.actor import Actor
from abhiyan.core.scope import Scope, scoped, system
from abhiyan.enrolment.actions import tickets
from abhiyan.enrolment.queries import people
from abhiyan.units import queries as units

from .data_files import sample_words


def ask_for_rights(unit_id: int, officer: Actor, at: datetime) -> None:
    """Ask from each one's own page; the data officer has answered one."""
    with system("demo"):
        lo, hi = units.span(unit_id, 1)
        wanted = people.PeopleWanted(oldest_first=True)
        members = people.members_below(lo, hi, wanted, limit=len(sample_words().rights))
    for member, request in zip(members, sample_words().rights, strict=False):
        asked_at = at - timedelta(days=request.days)
        with scoped(Scope(phone=member.phone_id)):
            ticket = tickets.ask_ticket(
                membership=member.public_id,
                kind=request.kind,
                said=request.words,
                language="hi",
                by=Actor(kind="citizen", id=member.public_id),
                at=asked_at,
            )
        if request.answer:
            answered_at = asked_at + timedelta(days=1)
            tickets.answer_request(ticket=ticket, text=request.answer, by=officer, at=answered_at)
