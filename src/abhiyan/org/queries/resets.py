"""Decide who may ask to take away somebody's lost second proof, and hand over a first sign-in."""

from django.utils.translation import gettext_lazy as _

from abhiyan.core.actor import Actor
from abhiyan.core.scope import system
from abhiyan.org.models import Appointment
from abhiyan.org.rules import granting
from abhiyan.org.rules.releases import HIGH
from abhiyan.people import queries as people
from abhiyan.people.models import Account
from abhiyan.units import queries as units

from .authority import NotYours, grants_at, is_root


class NotAbove(NotYours):
    """Somebody's appointments are not all below the asker's."""

    message = _("Only an administrator above every office this person holds may do this.")


class OnTheConsole(NotYours):
    message = _("Only the people who run the server can do this, on its console.")


def highest_of(account_id: int) -> Appointment | None:
    """The living appointment of an account at the highest unit; None without any. In a scope that sees it."""
    appointments = _living(account_id)
    depths = {
        appointment.pk: units.row_of_unit(appointment.unit_id, appointment.hierarchy).depth
        for appointment in appointments
    }
    return min(
        appointments, key=lambda appointment: (depths[appointment.pk] or 0, appointment.pk), default=None
    )


def is_high(account_id: int) -> bool:
    """Return True if an account holds an office of a state or the nation, or was offered one. In a scope that sees
    it."""
    return any(appointment.unit.kind in HIGH for appointment in _living(account_id))


def why_not_reset(by: Actor, account: Account) -> NotYours | None:
    """Why `by` may not ask to reset an account's second proof; None for who may.

    It needs org.factors strictly above every living appointment of the account, or the administrator's account. An
    administrator's own and those of the top's data officers are reset on the server's console only.
    """
    if by.kind != "person" or by.account_id is None or by.account_id == account.pk:
        return NotAbove()
    if account.is_root:
        return OnTheConsole()
    with system("whose proof is lost"):
        is_all = is_root(by.account_id)
        appointments = _living(account.pk)
        if not appointments:
            return NotAbove()
        for appointment in appointments:
            grants = grants_at(by.account_id, appointment.unit_id, appointment.hierarchy)
            is_officer = granting.is_of_officers(appointment.office.capabilities)
            if not granting.may_reset(grants) and (is_officer or not is_all):
                return NotAbove()
    return None


def why_not_hand_over(by: Actor, account: Account) -> NotYours | None:
    """Why `by` may not hand over the word for an account's first sign-in; None for who may.

    It takes the right to end every office the account holds or was offered; so nobody gets into somebody's account by
    giving them a small office. An administrator's comes from the server's console.
    """
    if by.kind != "person" or by.account_id is None or by.account_id == account.pk:
        return NotAbove()
    if account.is_root:
        return OnTheConsole()
    with system("whose first sign-in it is"):
        is_all = is_root(by.account_id)
        appointments = _living(account.pk)
        for appointment in appointments:
            capabilities = appointment.office.capabilities
            grants = grants_at(by.account_id, appointment.unit_id, appointment.hierarchy)
            is_officer = granting.is_of_officers(capabilities)
            is_seat = appointment.body_id is not None
            may = granting.may_end(
                grants, rank=appointment.office.rank, capabilities=capabilities, is_seat=is_seat
            )
            if not may and (is_officer or not is_all):
                return NotAbove()
    return None if appointments else NotAbove()


def _living(account_id: int) -> list[Appointment]:
    appointments = Appointment.objects.select_related("office", "unit").filter(account_id=account_id)
    appointments = appointments.exclude(state=Appointment.State.ENDED)
    return list(appointments.order_by("id"))


def open_holder(appointment: Appointment) -> Account | None:
    """Return the holder of an appointment, while their account is open."""
    with system("whose proof is lost"):
        return people.account(appointment.account_id)
