"""Check the words of an answer of the helpline: never a code, and nothing that campaigns while an election is
announced."""

from collections.abc import Callable, Collection
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from abhiyan.core.refusals import Refused
from abhiyan.helpdesk.models import Ticket
from abhiyan.helpdesk.rules import wording
from abhiyan.people import queries as people
from abhiyan.polls import queries as polls


class CodeInAnswer(Refused):
    message = _(
        "Send no code and ask for none. Our codes go out by themselves, and each is for the person alone."
    )


class CampaignInAnswer(Refused):
    message = _(
        "“%(word)s” campaigns. An election is announced there, so an answer says only what was asked. Leave it out."
    )


def check_words(
    text: str, *, places: Callable[[], Collection[int]], at: datetime, field: str = "text"
) -> None:
    """Refuse what the helpline may not say: CodeInAnswer, CampaignInAnswer.

    places: the units where those may be who get it; asked only of a text that campaigns. In a system scope.
    """
    if wording.has_code(text):
        raise CodeInAnswer(field=field)
    word = wording.campaigning(text)
    if word and polls.frozen_units(places(), at=at):
        raise CampaignInAnswer(field=field, word=word)


def ticket_places(row: Ticket) -> set[int]:
    """Return where a request's person may be: at its unit, and where people of its phone live. In a system scope."""
    return {row.unit_id, *people.units_of_phone(row.phone_id)}
