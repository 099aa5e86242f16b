from typing import ClassVar

from django.utils.functional import Promise

from abhiyan.core.refusals import Refused


class Full(Refused):
    message: ClassVar[str | Promise] = "%(where)s has %(n)s of %(most)s, row %(row)s, %(year)s: %(is_whole)s"


def test_counts_are_written_as_people_write_them_and_rows_and_years_are_not() -> None:
    refused = Full(where="Katra", n=1234567, most=None, row=20000, year=2024, is_whole=True)
    assert str(refused) == "Katra has 12,34,567 of None, row 20000, 2024: True"
    assert refused.facts["n"] == 1234567  # machines get the number
