from typing import ClassVar

import pytest
from django.utils.functional import Promise

from abhiyan.core.refusals import NotFound, Refused, kept_refusal, said_again


class Full(Refused):
    message: ClassVar[str | Promise] = "%(where)s has %(n)s of %(most)s, row %(row)s, %(year)s: %(is_whole)s"


def test_counts_are_written_as_people_write_them_and_rows_and_years_are_not() -> None:
    refused = Full(where="Katra", n=1234567, most=None, row=20000, year=2024, is_whole=True)
    assert str(refused) == "Katra has 12,34,567 of None, row 20000, 2024: True"
    assert refused.facts["n"] == 1234567  # machines get the number


@pytest.mark.parametrize(
    "module",
    [
        "abhiyan.core.tests.test_refusals",
        "abhiyan.gone",
        "abhiyan.core.gone.deeper",
        "abhiyan.core.clock",
        "abhiyan",
    ],
)
def test_a_kept_refusal_is_said_again_wherever_its_module_went(module: str) -> None:
    for refused in (Full(where="Katra", n=5, most=6, row=7, year=2024, is_whole=True), NotFound()):
        kept = kept_refusal(refused)
        name = kept["class"].rpartition(".")[2]
        assert said_again(kept | {"class": f"{module}.{name}"}) == str(refused)


@pytest.mark.parametrize("path", ["abhiyan.core.clock.now", "abhiyan.gone.Nothing", "Nothing", "", "object"])
def test_what_is_no_refusal_says_nothing(path: str) -> None:
    assert said_again({"class": path, "facts": {}}) == ""
