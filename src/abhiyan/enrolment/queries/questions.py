"""Read what the question about joining is about, as its page shows it.

In a system scope: the holder of the link may see it, for it went to the phone alone.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from abhiyan.core import sql
from abhiyan.core.words import local_person, name_in_language
from abhiyan.enrolment.models import How
from abhiyan.enrolment.rules import names, rolls
from abhiyan.enrolment.rules.rolls import RollKind

from .partings import source_of_term


@dataclass(frozen=True, slots=True)
class QuestionEntry:
    """The entry a question is about. by: who sent it in; "" for the phone itself (is_own), or the form on the web
    where no code was asked."""

    phone_id: UUID
    name: str
    last4: str
    at: datetime
    channel: int
    unit_names: dict[str, str]
    unit_code: str
    unit_kind: str
    by: str
    is_own: bool
    is_current: bool
    confirmed_at: datetime | None
    how: str
    is_over: bool  # not asked, or not any more
    roll: str

    @property
    def said(self) -> RollKind:
        """Return the words of the roll they are on."""
        return rolls.of_roll(self.roll)


_ENTRY = """
select m.phone_id, p.name, ph.last4, c.field_at, c.channel, u.names, u.code, u.kind, c.sign <> 0, e.ended_at is null,
       e.confirmed_at, e.confirmed_by, e.ask_over_at is not null, r.code
  from enrolment_enrolment e join enrolment_membership m on m.id = e.membership_id
  join people_person p on p.id = m.person_id join people_phone ph on ph.id = m.phone_id
  join enrolment_claim c on c.id = e.claim_id join units_unit u on u.id = e.unit_id
  join enrolment_roll r on r.id = m.roll_id
 where e.id = %s and m.phone_id = %s"""


def entry(term: UUID, phone_id: UUID) -> QuestionEntry | None:
    """Return the entry of a term, as long as its member is on this phone."""
    entry_row = sql.row(_ENTRY, [term, phone_id])
    if entry_row is None:
        return None
    (
        of_phone,
        name,
        last4,
        at,
        channel,
        unit_names,
        unit_code,
        unit_kind,
        is_signed,
        is_current,
        confirmed_at,
        how,
        is_over,
        roll,
    ) = entry_row
    source = source_of_term(term)
    return QuestionEntry(
        phone_id=of_phone,
        name=names.shortened_name(local_person(name or "")),
        last4=last4,
        at=at,
        channel=channel,
        unit_names=unit_names,
        unit_code=unit_code,
        unit_kind=unit_kind,
        by="" if source is None or source.is_own else source.who,
        is_own=is_signed,
        is_current=is_current,
        confirmed_at=confirmed_at,
        how=str(How(how).label) if how else "",
        is_over=is_over,
        roll=roll,
    )


def entry_place(question_entry: QuestionEntry) -> str:
    """Return the place where the entry is counted, in the language of the page."""
    return name_in_language(question_entry.unit_names)


def phone_of_account(account_id: int | None) -> UUID | None:
    """Return the phone somebody signs in by."""
    phone_id: UUID | None = sql.value("select phone_id from people_account where id = %s", [account_id])
    return phone_id
