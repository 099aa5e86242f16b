"""The cast of the tests with phones that can be reached."""

from datetime import date

from abhiyan.core.scope import system
from abhiyan.core.tests.given import NOW
from abhiyan.messaging import actions as messaging
from abhiyan.org.models import Appointment
from abhiyan.people.actions import accounts as people
from abhiyan.people.models import Account
from abhiyan.site.tests.cast import SYSTEM, Cast


def reachable() -> Cast:
    """Everybody of the cast with a phone that is kept, and the texts published."""
    cast = Cast.make()
    with system("test"):
        messaging.publish_templates(at=NOW, by=SYSTEM)
        for n, role in enumerate(sorted(cast.accounts)):
            account = Account.objects.get(pk=cast.accounts[role].pk)
            account.phone_id = people.keep_phones(phones=[phone_of(n)])[0]
            account.save(update_fields=["phone_id"])
            cast.accounts[role] = account
    return cast


def phone_of(n: int) -> str:
    return f"+91990608{n:04d}"


def number_of(cast: Cast, role: str) -> str:
    """The phone of a role, E.164."""
    return phone_of(sorted(cast.accounts).index(role))


def end_on(cast: Cast, role: str, day: date) -> None:
    """The term of a role's office ends on a day."""
    with system("test"):
        Appointment.objects.filter(public_id=cast.appointments[role]).update(ends_on=day)
