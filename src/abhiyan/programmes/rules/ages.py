"""Age bands: by the year of birth, as of this year. People give a year, no day."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

NOT_KNOWN = 0
# Number in the table of the night, for ever -> the first age of the band, and its name.
BANDS: dict[int, tuple[int, str | Promise]] = {
    1: (18, "18–24"),
    2: (25, "25–34"),
    3: (35, "35–44"),
    4: (45, "45–59"),
    5: (60, _("60 and older")),
}
NAMES: dict[int, str | Promise] = {
    **{number: name for number, (_first, name) in BANDS.items()},
    NOT_KNOWN: pgettext_lazy("of an age", "not known"),
}
# The beginnings of bands, but for the first: everybody let in as an adult is in that one at least.
EDGES = tuple(first for first, _name in list(BANDS.values())[1:])


def band_of(born: int | None, year: int) -> int:
    """Return the band of somebody born in a year, by the age they reach in another.

    The same in SQL: `actions.ages`.
    """
    if born is None:
        return NOT_KNOWN
    return 1 + sum(year - born >= edge for edge in EDGES)
