"""Read the people verifiers know, by the offices they hold."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from abhiyan.core import sql
from abhiyan.core.words import name_in_language
from abhiyan.org.queries import offices_of
from abhiyan.verification.models import Tie

from .lines import VERIFY

_IN_OFFICE = "ap.state in ('active', 'disputed')"


@dataclass(frozen=True, slots=True)
class StatedTie:
    """One stated tie. who: an office and its unit, in words, the most senior; the last one where they hold none."""

    id: int
    who: str
    stated_at: datetime


def ties_of(account_id: int) -> list[StatedTie]:
    """Return the people a verifier knows. In the system's scope."""
    ties = list(Tie.objects.filter(account_id=account_id, ended_at=None).order_by("-stated_at", "pk"))
    offices = offices_of(tie.worker for tie in ties)
    return [
        StatedTie(
            tie.pk, ", ".join(name_in_language(names) for names in offices.get(tie.worker, ())), tie.stated_at
        )
        for tie in ties
    ]


def offices_held_in(unit_id: int) -> list[tuple[str, str]]:
    """Return code and name of the offices that somebody holds in a unit, senior first. In the system's scope."""
    rows = sql.rows(
        "select distinct o.rank, o.code, o.names from org_appointment ap join org_office o on o.id = ap.office_id"
        f" where ap.unit_id = %s and {_IN_OFFICE} order by 1, 2",
        [unit_id],
    )
    return [(code, name_in_language(names)) for _, code, names in rows]


def holder_accounts(unit_id: int, office: str) -> list[UUID]:
    """Return accounts (public ids) that hold an office in a unit. In the system's scope."""
    return sql.column(
        "select distinct a.public_id from org_appointment ap join org_office o on o.id = ap.office_id"
        f" join people_account a on a.id = ap.account_id where ap.unit_id = %s and o.code = %s and {_IN_OFFICE}",
        [unit_id, office],
    )


def verifier_units(account_ids: Iterable[int], day: date) -> dict[int, int]:
    """Return the unit of each account that is a verifier. In the system's scope."""
    return dict(
        sql.rows(
            "select distinct on (ap.account_id) ap.account_id, ap.unit_id from org_appointment ap"
            f" join org_office o on o.id = ap.office_id and '{VERIFY}' = any (o.capabilities)"
            " where ap.account_id = any(%s) and ap.state = 'active' and ap.starts_on <= %s"
            " and (ap.ends_on is null or ap.ends_on >= %s) order by ap.account_id, ap.id",
            [list(account_ids), day, day],
        )
    )


def verifier_unit(account_id: int, day: date) -> int | None:
    """Return the unit somebody is a verifier of; None for others. In the system's scope."""
    return verifier_units([account_id], day).get(account_id)
