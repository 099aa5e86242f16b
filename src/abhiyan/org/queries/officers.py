"""Read the data officers of the top unit. The server's console names them."""

from dataclasses import dataclass

from abhiyan.org.models import Appointment, AwaitedOfficer
from abhiyan.org.rules.offices import DATA_OFFICER
from abhiyan.org.viewer import Viewer
from abhiyan.people import queries as people
from abhiyan.units import queries as units
from abhiyan.units.models import Hierarchy

from .authority import NOWHERE

WANTED = 2  # one alone could approve nothing where they had a part in it


@dataclass(frozen=True, slots=True)
class Officer:
    """A data officer of the top. is_awaited: appointed as soon as there are units."""

    name: str
    last4: str
    is_awaited: bool


def top_unit() -> int | None:
    """The unit at the top of the organisation's tree; None while there are no units."""
    roots = units.roots(Hierarchy.ORGANISATIONAL)
    return roots[0].id if roots else None


def may_stop_data(viewer: Viewer) -> bool:
    """Return True if the viewer may begin an emergency stop and ask for its end: by an office of the top unit."""
    top = top_unit()
    return top is not None and any(
        "data.stop" in office.capabilities and office.unit_id == top for office in viewer.appointments
    )


def officers_of_top() -> dict[int, Officer]:
    """Return the data officers at the top, and the people who wait to be one, by account. In a scope that sees them."""
    account_ids = Appointment.objects.filter(
        unit_id=top_unit() or NOWHERE, office__code=DATA_OFFICER, state=Appointment.State.ACTIVE
    ).values_list("account_id", flat=True)
    awaited = set(AwaitedOfficer.objects.values_list("account_id", flat=True))
    return {
        account.pk: Officer(account.name, account.last4, account.pk in awaited)
        for account in people.accounts({*account_ids, *awaited}).values()
    }
