"""The number of a programme's helpline."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from abhiyan.core import audit
from abhiyan.core.actor import Actor
from abhiyan.core.refusals import Refused
from abhiyan.core.scope import system
from abhiyan.helpdesk import helplines
from abhiyan.helpdesk.models import Helpline
from abhiyan.org import queries as org
from abhiyan.programmes import queries as programmes

SHORTEST, LONGEST = 3, 15  # digits


PREMIUM = ("1900", "0900")  # a call to these costs more than a call


class NoNumber(Refused):
    message = _("Write the number as people dial it: 3 to 15 digits.")


class CostlyNumber(Refused):
    message = _("Calls to this number cost extra. Choose one that costs callers nothing more than a call.")


def set_helpline(*, programme_id: int, number: str, by: Actor, at: datetime) -> None:
    """Set the number that public pages of a programme show; "" takes it off them.

    Who may: programmes.run at the unit that owns the programme. Refuses NotYours, NoNumber, CostlyNumber.
    """
    digits = "".join(letter for letter in number if letter not in " -()")
    bare = digits.removeprefix("+")
    if digits and not (bare.isascii() and bare.isdecimal() and SHORTEST <= len(bare) <= LONGEST):
        raise NoNumber(field="number")
    if bare.removeprefix("91").startswith(PREMIUM) or bare.startswith(PREMIUM):
        raise CostlyNumber(field="number")
    with system("a helpline is set"):
        owner = programmes.programme_by_id(programme_id).owner_id
        org.require(by, "programmes.run", at=owner)
        if digits:
            Helpline.objects.update_or_create(pk=programme_id, defaults={"number": digits})
        else:
            Helpline.objects.filter(pk=programme_id).delete()
        audit.record(
            by=by,
            at=at,
            act="helpdesk.set_helpline",
            subject=digits,
            unit_id=owner,
            facts={"programme": programme_id},
        )
    helplines.forget()
