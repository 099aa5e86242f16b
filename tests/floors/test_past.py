"""A board of a period counts the units that were open then.

Code asks of a day whether a unit is open: it holds `opened_on` and `closed_on` against that day. A module that asks
for the units of today is listed with its reason. An entry nobody needs is an offence.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from .source import Source, sources, told

_TODAY = re.compile(r"closed_on is null(?!\s+or\b)|closed_on(?:__isnull=True|=None)\b")
# Each of these decides or shows something of today. `units` makes, closes and finds them.
OF_TODAY = {
    "elections/actions/links.py": "results of any year are linked to the units there are",
    "elections/queries/figures.py": "seats of a past election are shown below the units there are",
    "elections/queries/progress.py": "how far a plan is passed down now",
    "elections/queries/units_below.py": "a past election is shown by the units there are",
    "enrolment/queries/drives.py": "where somebody may join now",
    "intake/actions/drives.py": "where somebody may join now",
    "friends/queries/certificates.py": "segments whose friends get a certificate now",
    "doorstep/queries.py": "where a worker may enter people now",
    "intake/queries/drive.py": "where a drive takes people now",
    "enrolment/queries/join.py": "where somebody may join now",
    "org/queries/deciding.py": "who decides now",
    "org/queries/lists.py": "offices to fill now",
    "org/queries/offices.py": "offices to fill now",
    "work/actions/announcing.py": "who hears of a programme now",
    "programmes/queries/charges.py": "units that somebody takes care of now",
    "programmes/queries/programmes.py": "targets of the booths there are",
    "work/queries/schedule_boards.py": "reminders of today; presence.py counts a period",
    "work/queries/schedule_sets.py": "whom a schedule would ask now",
    "work/queries/schedules.py": "whom a schedule asks now; rows say which units are open",
    "review/actions/keeping.py": "rounds that run follow the tree of today; one that is over stays as it was",
    "review/actions/reviews.py": "a round begins with the units of today",
    "stays/queries_days.py": "booths that a leader may choose now",
}


def _place(source: Source) -> str:
    return f"{source.room}/{source.path}"


def units_of_today(source: Source) -> Iterator[str]:
    """A module that takes the units of today is listed."""
    if source.room == "units" or _place(source) in OF_TODAY or source.path.stem.startswith("demo"):
        return
    for found in _TODAY.finditer(source.text):
        line = source.text.count("\n", 0, found.start()) + 1
        yield f"{_place(source)}:{line}: ask it of the day that is shown, or list it as of today"


def test_every_module_asks_for_units_of_a_day_or_is_listed() -> None:
    told(offence for source in sources("**/*.py") for offence in units_of_today(source))


def test_every_entry_is_needed() -> None:
    by_place = {_place(source): source.text for source in sources("**/*.py")}
    told(
        f"{place}: listed, and takes no units of today"
        for place in OF_TODAY
        if not _TODAY.search(by_place.get(place, ""))
    )


@pytest.mark.parametrize(
    ("text", "n"),
    [
        ("where u.closed_on is null and u.kind = 'booth'", 1),
        ("(u.closed_on is null or u.closed_on > %(on)s)", 0),
        ("Unit.objects.filter(closed_on=None)", 1),
        ("Unit.objects.filter(closed_on__isnull=True)", 1),
        ("u.closed_on is null\n   or u.closed_on > %(on)s", 0),
    ],
)
def test_units_of_today_are_told_from_those_of_a_day(text: str, n: int) -> None:
    assert len(list(units_of_today(Source("meetings", Path("queries.py"), text)))) == n
