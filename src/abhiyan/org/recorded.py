"""A record: the phones of the field that somebody is signed in on."""

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from abhiyan.people import queries as people
from abhiyan.ui.recorded import RecordPart


def recorded(account_id: int, *, is_own: bool, at: datetime) -> Iterator[RecordPart]:
    """One's own phones, with the way to sign one out. Nothing for others, who have their list of phones."""
    own = people.phones_of_account(account_id, at=at) if is_own else []
    if own:
        lines = [
            (one.device or "–", _("since %(day)s") % {"day": date_format(localtime(one.begun_at), "j M Y")})
            for one in own
        ]
        yield RecordPart(_("My phones"), lines, reverse("org:my_phones"), _("My phones"))
