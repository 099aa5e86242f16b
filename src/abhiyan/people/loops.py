"""End old codes and sessions, purge erasures after their legal period, and search for near duplicates once a day."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings

from abhiyan.core import jobs
from abhiyan.core.loops import Loop

from .actions import codes, emails, erasing, field, finding, sessions, words


def sweep_sign_ins(at: datetime) -> int:
    gone = codes.sweep_codes(at=at) + sessions.sweep_sessions(at=at)
    return gone + field.sweep_field(at=at) + emails.sweep_emails(at=at)


NIGHT = 3  # the hour, here, in which near duplicates are looked for


def look_for_doubles(at: datetime) -> int:
    """Search once a night, where the server has what it needs (the extra `doubles`)."""
    if at.astimezone(ZoneInfo(settings.TIME_ZONE)).hour != NIGHT or not finding.may_look():
        return 0
    jobs.later("people.find_doubles", "all", at=at)
    return 1


LOOPS = {
    "doubles": Loop(look_for_doubles, every_s=3_600),
    "sweep": Loop(sweep_sign_ins, every_s=600),
    "words": Loop(lambda _at: words.hear_new()),
    "purge": Loop(lambda at: erasing.purge(at=at), every_s=600),
}
