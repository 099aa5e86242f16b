"""A record: the phones of the field that somebody is signed in on, and what leaders noted after a talk with them."""

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from abhiyan.core.words import local_person
from abhiyan.people import queries as people
from abhiyan.ui.recorded import RecordPart

from . import queries
from .actions.talks import KEPT
from .models import BearerTalk


def recorded(account_id: int, *, is_own: bool, at: datetime) -> Iterator[RecordPart]:
    """One's own phones, with the way to sign one out, and what leaders noted of talks with oneself.

    Nothing for others: they have their list of phones, and the talks are between the two.
    """
    if not is_own:
        return
    phones = people.phones_of_account(account_id, at=at)
    if phones:
        lines = [
            (
                phone.device or "–",
                _("since %(day)s") % {"day": date_format(localtime(phone.begun_at), "j M Y")},
            )
            for phone in phones
        ]
        yield RecordPart(_("My phones"), lines, reverse("org:my_phones"), _("My phones"))
    talks = queries.talks_about(account_id, since=at - KEPT)
    if talks:
        yield RecordPart(
            _("What leaders noted after a talk with me"),
            [
                (f"{date_format(localtime(talk.talked_at), 'j M')}, {local_person(leader)}", _in_words(talk))
                for talk, leader in talks
            ],
        )


def _in_words(talk: BearerTalk) -> str:
    """Return what a leader noted, as the person concerned reads it."""
    if talk.until is None:
        return talk.summary
    promise = _("Promised by %(day)s: %(promise)s (%(state)s)") % {
        "day": date_format(talk.until, "j F"),
        "promise": talk.promise,
        "state": BearerTalk.State(talk.state).label,
    }
    return " · ".join(filter(None, (talk.summary, promise)))
