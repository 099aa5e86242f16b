"""Phones of the field: one's own, and those of a unit and below for who leads there. In their scope."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from abhiyan.core import sql
from abhiyan.core.refusals import or_refuse
from abhiyan.core.rows import Rows
from abhiyan.people import queries as people
from abhiyan.people.models import FieldPhone

SILENT_AFTER = timedelta(days=2)
NEW_FOR = timedelta(days=7)
SAID_FOR = timedelta(days=14)  # so long an old phone tells of a new one
SHOWN = ("living", "silent", "new", "ended")
_LIVING = "f.ended_at is null and f.ends_at > %(at)s"
_CONDITIONS = {
    "living": _LIVING,
    "silent": f"{_LIVING} and coalesce(f.sent_at, f.begun_at) < %(silent)s",
    "new": f"{_LIVING} and f.begun_at > %(new)s",
    "ended": "f.ended_at is not null",
}
_OF_UNITS = """from people_field_phone f
 join units_placement p on p.unit_id = f.unit_id and p.lo >= %(lo)s and p.lo < %(hi)s
 join units_unit u on u.id = f.unit_id"""


@dataclass(frozen=True, slots=True)
class FieldPhoneRow:
    """A phone of somebody of a unit. sent_at: when the server last got a record or picture from it."""

    public_id: UUID
    account_id: int
    holder: str
    unit_id: int
    unit_code: str
    unit_names: Mapping[str, str]
    device: str
    begun_at: datetime
    sent_at: datetime | None
    ended_at: datetime | None
    is_silent: bool
    is_new: bool


def newer_phone(account_id: int, *, than: UUID, at: datetime) -> FieldPhone | None:
    """The account's phone that was signed in lately, after the one that asks."""
    field_phones = people.phones_of_account(account_id, at=at)
    this = next((field_phone for field_phone in field_phones if field_phone.pk == than), None)
    if (
        this is None
        or field_phones[0] is this
        or field_phones[0].begun_at <= max(this.begun_at, at - SAID_FOR)
    ):
        return None
    return field_phones[0]


def phone_rows(lo: int, hi: int, *, show: str, at: datetime) -> Rows[FieldPhoneRow]:
    """The phones of units at positions [lo, hi). show: one of SHOWN; silent: nothing came from it for two days."""
    new, silent = _CONDITIONS["new"], _CONDITIONS["silent"]
    return Rows(
        "f.id, f.account_id, coalesce(a.name, ''), u.id, u.code, u.names, f.device, f.begun_at, f.sent_at,"
        f" f.ended_at, {silent}, {new}",
        f"{_OF_UNITS} left join people_account a on a.id = f.account_id"
        f" where {_CONDITIONS.get(show, _LIVING)}",
        _values(lo, hi, at),
        orders={
            "unit": ("p.lo", "f.begun_at"),
            "name": ("a.name", "p.lo"),
            "sent": ("coalesce(f.sent_at, f.begun_at)",),
            "begun": ("f.begun_at",),
        },
        last="f.id",
        make=FieldPhoneRow,
    )


@dataclass(frozen=True, slots=True)
class HeldRecordRow:
    """A record that came from a phone after it was signed out."""

    public_id: UUID
    account_id: int
    holder: str
    unit_code: str
    unit_names: Mapping[str, str]
    device: str
    record: str
    made_at: datetime
    at: datetime
    state: int
    reason: str
    decided_by: str


def held_rows(lo: int, hi: int, *, state: int) -> Rows[HeldRecordRow]:
    """Records of units at positions [lo, hi) that wait for a decision, or were decided."""
    return Rows(
        "h.public_id, h.account_id, coalesce(a.name, ''), u.code, u.names, coalesce(f.device, ''), h.record,"
        " h.made_at, h.at, h.state, h.reason, coalesce(d.name, '')",
        """from people_field_held h
          join units_placement p on p.unit_id = h.unit_id and p.lo >= %(lo)s and p.lo < %(hi)s
          join units_unit u on u.id = h.unit_id
          left join people_field_phone f on f.id = h.phone_id
          left join people_account a on a.id = h.account_id
          left join people_account d on d.id = h.decided_by
          where h.state = %(state)s""",
        {"lo": lo, "hi": hi, "state": state},
        orders={"at": ("h.at",), "made": ("h.made_at",), "unit": ("p.lo", "h.at")},
        last="h.id",
        make=HeldRecordRow,
    )


def phone_work(lo: int, hi: int, *, at: datetime) -> tuple[int, int]:
    """Count the silent phones of units at positions [lo, hi), and the records there that wait for a decision."""
    silent, n_held = or_refuse(
        sql.row(
            f"""select (select count(*) {_OF_UNITS} where {_CONDITIONS["silent"]}),
             (select count(*) from people_field_held h join units_placement p on p.unit_id = h.unit_id
               and p.lo >= %(lo)s and p.lo < %(hi)s where h.state = 1)""",
            _values(lo, hi, at),
        )
    )
    return silent, n_held


def _values(lo: int, hi: int, at: datetime) -> dict[str, Any]:
    return {"lo": lo, "hi": hi, "at": at, "silent": at - SILENT_AFTER, "new": at - NEW_FOR}
