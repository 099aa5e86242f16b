"""What people tell upwards."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class CodeAsked:
    """A one-time code is to reach a phone (E.164): messaging sends it. purpose: sign_in, join, member or leave."""

    purpose: str
    phone: str = field(repr=False)
    code: str = field(repr=False)
    language: str
    request_id: UUID
    at: datetime


@dataclass(frozen=True, slots=True)
class PhoneSaidNo:
    """A phone refused outreach, or all. What is queued to it stops."""

    phone_id: UUID
    scope: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ConsentWithdrawn:
    """A person took back their yes to one purpose."""

    person_id: UUID
    purpose: int
    at: datetime


@dataclass(frozen=True, slots=True)
class NoReplayed:
    """After a restore: this phone said no (scope "all": left) at `at`, later than the backup. End what it had left."""

    phone_id: UUID
    scope: str
    channel: int
    at: datetime
