"""Words of messages about a meeting."""

from django.utils import translation
from django.utils.formats import date_format, time_format

from abhiyan.core.words import name_in_language
from abhiyan.meetings.models import Meeting

BLANKS = ("unit", "title", "day", "place")


def blanks_of(meeting: Meeting, language: str) -> dict[str, str]:
    """Return the words that fill messages about a meeting, in a language."""
    with translation.override(language):
        day = f"{date_format(meeting.first_on, 'j F')}, {time_format(meeting.starts, 'H:i')}"
    return {
        "unit": name_in_language(meeting.unit.names, language),
        "title": meeting.title_in(language),
        "day": day,
        "place": meeting.place or meeting.link,
    }
