"""The number of a programme's helpline.

The number of a state or the nation shows below every page, also where people type their codes. So it takes two
people, as every number of ours does: one asks, and the approval of another sets it or takes it off.
"""

from contextlib import suppress
from datetime import datetime

from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from abhiyan.core import audit
from abhiyan.core.actor import Actor
from abhiyan.core.letters import plain_digits
from abhiyan.core.refusals import NotFound, Refused
from abhiyan.core.scope import system
from abhiyan.core.words import name_in_language
from abhiyan.helpdesk import helplines
from abhiyan.helpdesk.models import Helpline
from abhiyan.org import actions as releases
from abhiyan.org.models import Release
from abhiyan.org.news import ReleaseDecided
from abhiyan.programmes import queries as programmes

ACT = "helpdesk.number"  # what two people do
SHORTEST, LONGEST = 3, 15  # digits
PREMIUM = ("1900", "0900")  # a call to these costs more than a call


class HelplineNumberUnfit(Refused, code="no_number"):
    message = _("Write the number as people dial it: 3 to 15 digits.")


class CostlyNumber(Refused):
    message = _("Calls to this number cost extra. Choose one that costs callers nothing more than a call.")


class SameNumber(Refused):
    message = _("Nothing would change: this is the number now.")


def ask_helpline(*, programme_id: int, number: str, reason: str, by: Actor, at: datetime) -> Release:
    """Ask a second person's yes to the number that public pages of a programme show; "" takes it off them.

    It needs programmes.run at the unit that owns the programme. Refuses HelplineNumberUnfit, CostlyNumber, SameNumber,
    and what `org.ask_release` refuses.
    """
    digits = _read(number)
    owner = programmes.programme_by_id(programme_id).owner_id
    if digits == helplines.set_number(programme_id):
        raise SameNumber(field="number")
    payload = {"programme_id": programme_id, "number": digits}
    return releases.ask_release(act=ACT, unit_id=owner, reason=reason, payload=payload, by=by, at=at)


def hear_helpline_decided(*, decision: ReleaseDecided) -> None:
    """A second person approved a number: public pages show it. In their transaction."""
    if decision.act != ACT or not decision.allow:
        return
    programme_id, number = int(decision.payload["programme_id"]), str(decision.payload["number"])
    with suppress(NotFound):  # the draft was thrown away meanwhile
        set_helpline(programme_id=programme_id, number=number, by=decision.by, at=decision.at)


def helpline_sentences(release: Release) -> list[str]:
    """Sentences for the page that decides a request: they say what it would do."""
    programme_id = int(release.payload["programme_id"])
    before = helplines.set_number(programme_id)
    try:
        name = name_in_language(programmes.programme_by_id(programme_id).names)
    except NotFound:  # the draft was thrown away meanwhile
        name = "–"
    about = {"number": release.payload["number"], "programme": name, "before": before}
    now = say("Its number now: %(before)s.") % about if before else say("It has no number now.")
    if not about["number"]:
        return [say("Public pages of %(programme)s show no helpline number any more.") % about, now]
    return [
        say("Public pages of %(programme)s show %(number)s as the helpline.") % about,
        now,
        say(
            "People may tell their codes to the person who answers. Call the number and check that it is ours."
        ),
    ]


def set_helpline(*, programme_id: int, number: str, by: Actor, at: datetime) -> None:
    """Set the number that public pages of a programme show; "" takes it off them.

    An approval sets it (`hear_helpline_decided`), and so does the demo. Refuses HelplineNumberUnfit, CostlyNumber,
    NotFound.
    """
    digits = _read(number)
    with system("a helpline is set"):
        owner = programmes.programme_by_id(programme_id).owner_id
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
    helplines.forget_helplines()


def _read(number: str) -> str:
    """The digits of a number as typed."""
    digits = "".join(letter for letter in plain_digits(number) if letter not in " -()")
    bare = digits.removeprefix("+")
    if digits and not (bare.isascii() and bare.isdecimal() and SHORTEST <= len(bare) <= LONGEST):
        raise HelplineNumberUnfit(field="number")
    if bare.removeprefix("91").startswith(PREMIUM) or bare.startswith(PREMIUM):
        raise CostlyNumber(field="number")
    return digits
