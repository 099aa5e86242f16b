"""Days as lists write them: the order of day and month by the whole column, then each cell."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import date, timedelta
from enum import StrEnum

from abhiyan.core.letters import plain_digits

from .reasons import BadCell

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january जनवरी जन",
            "feb february फरवरी फ़रवरी फर",
            "mar march मार्च",
            "apr april अप्रैल",
            "may मई",
            "jun june जून",
            "jul july जुलाई",
            "aug august अगस्त",
            "sep sept september सितंबर सितम्बर",
            "oct october अक्टूबर अक्तूबर",
            "nov november नवंबर नवम्बर",
            "dec december दिसंबर दिसम्बर",
        ),
        1,
    )
    for name in unicodedata.normalize("NFKC", names).split()
}
_ISO = re.compile(r"([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})(?:[T ].*)?")
NUMBERS = re.compile(r"([0-9]{1,2}) ?[-/. ] ?([0-9]{1,2}) ?[-/. ] ?([0-9]{4}|[0-9]{2})(?: .*)?")
_WORDY = re.compile(
    r"(?P<day>[0-9]{1,2})(?:st|nd|rd|th)?[-/., ]+(?P<month>[^\W\d][^\s\d,./-]*)[-/., ]+(?P<year>[0-9]{4}|[0-9]{2})"
)
_WORDY_US = re.compile(
    r"(?P<month>[^\W\d][^\s\d,./-]*)[-/., ]+(?P<day>[0-9]{1,2})(?:st|nd|rd|th)?[-/., ]+(?P<year>[0-9]{4})"
)
# A day whose year has two digits, in a cell as the file has it.
SHORT = re.compile(r"\d{1,2}\D+(?:\d{1,2}|[^\s\d,./-]+)\D+\d{2}(?: .*)?")
_SERIAL = re.compile(r"([0-9]{4,5})(?:\.[0-9]+)?")
_EPOCH = date(1899, 12, 30)  # Excel's day 0, its false leap day of 1900 counted in


class Days(StrEnum):
    """How the numbers of a column of days are read. Its own cells decide, all of them together."""

    # Some cell has a day above 12 in front, or every cell reads the same either way.
    DAY_FIRST = "day"
    # No cell tells. The day is read first, as in India, and the check says so.
    UNSAID = "unsaid"
    # Some cell has a day above 12 behind the month.
    MONTH_FIRST = "month"
    # Cells prove both orders. Cells that prove nothing are not read.
    MIXED = "mixed"
    # As MONTH_FIRST. The sheet's program made its own dates of such cells with the day first.
    SWAPPED = "swapped"


class Evidence:
    """A column's proof of the order of day and month, cell by cell."""

    def __init__(self) -> None:
        self.day = self.month = self.open = self.low = self.high = 0

    def add(self, cells: Iterable[str]) -> None:
        """Add cells of the column, as the file has them."""
        for cell in cells:
            text = cell.strip()
            if not text.isascii():
                text = plain_digits(unicodedata.normalize("NFKC", text))
            if match := NUMBERS.fullmatch(text):
                first, second = int(match[1]), int(match[2])
                self.day += first > 12 >= second
                self.month += second > 12 >= first
                self.open += max(first, second) <= 12 and first != second
            elif match := _ISO.fullmatch(text):
                self.high += int(match[3]) > 12
                self.low += int(match[3]) <= 12

    def days(self, *, is_sheet: bool) -> Days:
        """How the column is read. is_sheet: its dates are ISO because the sheet's program made dates of them.

        A program set to India makes 2022-01-12 of "01/12/2022" and leaves "01/15/2022" as text. So dates that all have
        a day up to 12, beside texts with the month first, are not trusted.
        """
        if self.day and self.month:
            return Days.MIXED
        if self.month:
            return Days.SWAPPED if is_sheet and self.low and not self.high else Days.MONTH_FIRST
        return Days.UNSAID if self.open and not self.day else Days.DAY_FIRST


def _year_of(digits: str, latest: date | None, day: int, month: int) -> int:
    """The year of a day. Two digits mean this century unless the day is then after `latest`. Raises BadCell."""
    if len(digits) == 4:
        return int(digits)
    if latest is None:
        raise BadCell("short_year")
    year = latest.year // 100 * 100 + int(digits)
    if date(year, month, day) > latest:
        raise BadCell("short_year")
    return year


def day_in_cell(text: str, days: Days = Days.DAY_FIRST, *, latest: date | None = None) -> date:
    """A date as its column writes it, ISO, with a month's name, or an Excel serial. Raises BadCell.

    latest: the last day that a year of two digits may mean. Without it such a year is refused.
    """
    try:
        if match := _ISO.fullmatch(text):
            if days is Days.SWAPPED and int(match[3]) <= 12 and match[2] != match[3]:
                raise BadCell("date_open")
            return date(int(match[1]), int(match[2]), int(match[3]))
        if match := NUMBERS.fullmatch(text):
            day, month = int(match[1]), int(match[2])
            if days in (Days.MONTH_FIRST, Days.SWAPPED):
                day, month = month, day
            elif month > 12 >= day:
                raise BadCell("month_first")
            elif days is Days.MIXED and day <= 12 and day != month:
                raise BadCell("date_open")
            return date(_year_of(match[3], latest, day, month), month, day)
        if match := _WORDY.fullmatch(text) or _WORDY_US.fullmatch(text):
            day_text, name, year = match["day"], match["month"], match["year"]
            number = _MONTHS.get(name.casefold().rstrip("."))
            if number is None:
                raise BadCell("date")
            return date(_year_of(year, latest, int(day_text), number), number, int(day_text))
        if (match := _SERIAL.fullmatch(text)) and int(match[1]) >= 3000:
            return _EPOCH + timedelta(days=int(match[1]))
    except ValueError as error:  # 31/02/1990
        raise BadCell("date") from error
    raise BadCell("date")
