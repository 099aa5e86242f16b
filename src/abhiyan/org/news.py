"""Tell the rooms above what happened in org."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from abhiyan.core.actor import Actor


@dataclass(frozen=True, slots=True)
class AppointmentOffered:
    """Somebody was given an office and is to accept it. names: by language. by_unit_id: the unit of the office that
    gives it; None: an administrator without an office."""

    public_id: UUID
    account_id: int
    unit_id: int
    by_unit_id: int | None
    office_names: Mapping[str, str]
    unit_names: Mapping[str, str]
    at: datetime


@dataclass(frozen=True, slots=True)
class OfferAnswered:
    """An offered office was accepted or declined, or taken back: nobody asks about it any more."""

    public_id: UUID
    account_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class FactorReset:
    """A reset of somebody's second proof was asked for, or is done. release: its public id. The person gets a
    message."""

    account_id: int
    release: UUID
    is_done: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class ReleaseDecided:
    """A request was approved or refused. payload: as it was asked. by: the person who decided.

    A request that its approval carries out (`rules.releases.DONE_BY_APPROVAL`) tells it also when it lapses. So it does
    when it ends with its asker's office: not allowed, and is_over, for nobody refused it. asked_by: an account.
    """

    act: str
    unit_id: int
    asked_by: int
    payload: Mapping[str, Any]
    allow: bool
    by: Actor
    at: datetime
    is_over: bool = False


@dataclass(frozen=True, slots=True)
class AppointmentEnded:
    """An appointment ended. is_last: the account holds none any more; what works in its name ends too."""

    account_id: int
    unit_id: int
    office: str
    is_last: bool
    at: datetime
