"""Find the person to ring about a unit's part in a programme."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from abhiyan.core import sql
from abhiyan.org import queries as org
from abhiyan.programmes.models import InCharge, Programme


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody to ring. office: by which they lead the unit; none: they are in charge of the programme there."""

    account_id: int
    name: str
    office: dict[str, str]


def whom_to_call(programme: Programme, unit_ids: Iterable[int], *, on: date) -> dict[int, Contact]:
    """Return for each unit the person in charge who has said yes, else its leader; nothing where nobody does.

    In a system scope. Ask for units in the viewer's sight: a viewer of a unit sees its leader. Two queries at
    once.
    """
    units = list(unit_ids)
    with sql.at_once():
        charged = sql.ask(
            """select distinct on (i.unit_id) i.unit_id, i.account_id, a.name from programmes_in_charge i
               join people_account a on a.id = i.account_id and a.closed_at is null
               where i.programme_id = %s and i.unit_id = any(%s) and i.ended_at is null and i.state = %s
               order by i.unit_id, i.role desc, i.named_at""",
            [programme.pk, units, InCharge.State.ACCEPTED],
        )
        led = org.ask_leaders_of(units, on=on)
    contacts = {unit: Contact(account, name, {}) for unit, account, name in charged()}
    leaders = {
        unit: Contact(leader.account_id, leader.name, leader.office_names) for unit, leader in led().items()
    }
    return leaders | contacts
