"""Tell other rooms what happened to people, and ask them one thing."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from abhiyan.core.actor import Actor

# A phone may say this of people on it, in the journal: the last, of people who went over to another.
BACK, DENIED, OBJECTED = "back", "denied", "objected"


@dataclass(frozen=True, slots=True)
class CodeAsked:
    """A one-time code is to reach a phone (E.164), or the e-mail address of its account: messaging sends it.

    purpose: one of `actions.codes.PURPOSES`; it says which way.
    """

    purpose: str
    phone: str = field(repr=False)
    code: str = field(repr=False)
    language: str
    request_id: UUID
    at: datetime


@dataclass(frozen=True, slots=True)
class PhoneSaidNo:
    """A phone refused outreach, or all. Messages queued to it stop, in the same transaction.

    has_left: whether everybody on it has left some roll as well.
    """

    phone_id: UUID
    scope: str
    at: datetime
    has_left: bool = True


@dataclass(frozen=True, slots=True)
class SpokenNo:
    """Somebody said aloud that they want no more contact. PhoneSaidNo comes first.

    by: who heard it.
    """

    phone_id: UUID
    by: Actor
    at: datetime


@dataclass(frozen=True, slots=True)
class NoTakenBack:
    """A spoken no was a slip of who wrote it down, and the phone's no is lifted. said_at: when it was written.

    is_spread: on another phone of the same person.
    """

    phone_id: UUID
    said_at: datetime
    is_spread: bool
    by: Actor
    at: datetime


@dataclass(frozen=True, slots=True)
class ConsentWithdrawn:
    """A person took back their yes to one purpose. channel: enrolment's number of the way they said it."""

    person_id: UUID
    purpose: int
    channel: int
    by: Actor
    at: datetime


@dataclass(frozen=True, slots=True)
class PeopleMerged:
    """Two entries are one person: `gone_id` is merged into `kept_id`. Both stay; what they are counted for is once."""

    kept_id: UUID
    gone_id: UUID
    double_id: UUID
    by: Actor
    at: datetime


@dataclass(frozen=True, slots=True)
class PeopleParted:
    """A merge is undone: all is as it was before `double_id`, but for what the person behind `gone_id` said since."""

    kept_id: UUID
    gone_id: UUID
    double_id: UUID
    by: Actor
    at: datetime


@dataclass(frozen=True, slots=True)
class ClosedAccountNews:
    """An account was closed: nobody can sign in by it any more. Its roles in other rooms end."""

    account_id: int
    by: Actor
    at: datetime


@dataclass(frozen=True, slots=True)
class EmailProven:
    """An account has an e-mail address from now on. Its phone hears of it."""

    account_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class EmailForgotten:
    """The e-mail address of an account was deleted: nothing that waits goes there, and nothing keeps it."""

    account_id: int
    phone_id: UUID
    at: datetime


@dataclass(frozen=True, slots=True)
class NoReplayed:
    """After a restore: this phone said no (scope "all": left) at `at`, later than the backup. End what it had left.

    rolls: those it left; None: every one. held: those it leaves once somebody has looked.
    """

    phone_id: UUID
    scope: str
    rolls: tuple[int, ...] | None
    channel: int
    at: datetime
    held: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class WithdrawalReplayed:
    """After a restore: this person took their consent to these purposes back at `at`, later than the backup."""

    person_id: UUID
    purposes: tuple[int, ...]
    channel: int
    at: datetime


@dataclass(frozen=True, slots=True)
class WordReplayed:
    """After a restore: of this person a phone said, at `at`, that they came back, never joined, or have no other
    number."""

    word: str  # BACK, DENIED or OBJECTED
    phone_id: UUID
    person_id: UUID
    channel: int
    at: datetime


@dataclass(frozen=True, slots=True)
class ErasureReplayed:
    """After a restore: this person had everything erased at `at`, later than the backup. Told before it is done
    again."""

    person_id: UUID
    phone_id: UUID
    channel: int
    at: datetime


@dataclass(frozen=True, slots=True)
class ErasurePurged:
    """The sealed data of a person who was erased at `erased_at` is destroyed. Earlier data of the phone in other rooms
    goes as well."""

    person_id: UUID
    phone_id: UUID
    erased_at: datetime
    at: datetime


_whether_codes_stay: list[Callable[[str, str], bool]] = []


def answer_whether_codes_stay(answer: Callable[[str, str], bool]) -> None:
    """Have `answer` (purpose, language) say whether one-time codes cannot leave at present.

    It concerns the way out alone, never a phone: pages say it alike, with or without a person behind a phone.
    """
    _whether_codes_stay.append(answer)


def do_codes_stay(purpose: str, language: str) -> bool:
    """Return True if a code for this purpose would not leave now."""
    return any(answer(purpose, language) for answer in _whether_codes_stay)
