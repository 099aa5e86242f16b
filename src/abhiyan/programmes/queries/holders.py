"""People in charge as everybody who sees the unit may know them: name and offices, wherever they hold office."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from abhiyan.core import sql
from abhiyan.core.scope import system

Offices = tuple[tuple[dict[str, str], dict[str, str]], ...]  # names of the office, names of its unit


@dataclass(frozen=True, slots=True)
class SignedHolder:
    """Somebody who signs in. last4: of the phone, for those alone who may see it."""

    account: UUID
    name: str
    last4: str
    offices: Offices


_OFFICES = """(select json_agg(json_build_array(o.names, ou.names) order by o.rank, o.code)
  from org_appointment ap join org_office o on o.id = ap.office_id join units_unit ou on ou.id = ap.unit_id
  where ap.account_id = a.id and ap.state = 'active' and ap.starts_on <= %(on)s
    and (ap.ends_on is null or ap.ends_on >= %(on)s))"""


def holders_by_account(account_ids: Iterable[int], *, on: date | None = None) -> dict[int, SignedHolder]:
    """Return the people of accounts named by rows in the viewer's sight.

    on: the day whose offices are wanted; None: none. It reads past the viewer's scope. A leader of the nation,
    or somebody without an office, may be in charge of a mandal; a viewer of the mandal sees them. Ask for
    accounts of rows in sight only.
    """
    ids = sorted(set(account_ids))
    if not ids:
        return {}
    offices = "null" if on is None else _OFFICES
    with system("who is in charge"):
        rows = sql.rows(
            f"select a.id, a.public_id, a.name, a.last4, {offices} from people_account a where a.id = any(%(ids)s)",
            {"ids": ids, "on": on},
        )
        return {
            number: SignedHolder(public_id, name, last4, _offices(office_names))
            for number, public_id, name, last4, office_names in rows
        }


def _offices(found: object) -> Offices:
    pairs = found
    assert pairs is None or isinstance(pairs, list)
    return tuple((dict(office), dict(unit)) for office, unit in pairs or ())
