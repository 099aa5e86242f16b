"""Names, codes and houses in the order people count in, alike in Python and in the database."""

import random

import pytest

from abhiyan.core import sql
from abhiyan.core.natural import natural, natural_sql


@pytest.mark.parametrize(
    "in_order",
    [
        ["Katra", "Village 1, Katra", "village 2, Katra", "Village 10, Katra", "गाँव २", "गाँव १०"],
        ["5", "17", "17 B", "17A", "48", "102"],
        ["५", "17", "४८", "၁၀၂"],
        ["Lane 4/2", "Lane 4/11", "lane 10"],
    ],
)
def test_numbers_in_names_are_sorted_by_size(in_order: list[str]) -> None:
    assert sorted(sorted(in_order), key=natural) == in_order


@pytest.mark.django_db
def test_the_database_sorts_as_python_does() -> None:
    rng = random.Random(58)
    signs = [
        "0",
        "7",
        "12",
        "००",
        "९",
        "໓",
        "a",
        "A",
        "Z",
        "é",
        "क",
        "ی",
        "/",
        " ",
        "-",
        "'",
        "\\",
        "𝟘",
        "x" * 150,
    ]
    texts = ["".join(rng.choices(signs, k=rng.randrange(12))) for _each in range(400)]
    texts += ["9" * 25, "0" * 30 + "7"]
    found = sql.rows(f"select t, {natural_sql('t')} from unnest(%s::text[]) t order by 2, 1", [texts])
    assert [(text, natural(text)) for text, _key in found] == [tuple(row) for row in found]
    keys = [key for _text, key in found]
    assert keys == sorted(keys)


def test_numbers_are_sorted_by_size_in_every_script() -> None:
    rng = random.Random(59)
    zeros = [
        0x30,
        0x966,
        0x9E6,
        0xA66,
        0xAE6,
        0xB66,
        0xBE6,
        0xC66,
        0xCE6,
        0xD66,
        0x660,
        0x6F0,
        0x1C50,
        0xABF0,
    ]
    numbers = [rng.randrange(10 ** rng.randrange(1, 19)) for _each in range(500)]
    written = {f"घर {''.join(chr(rng.choice(zeros) + int(digit)) for digit in str(n))}": n for n in numbers}
    assert [written[text] for text in sorted(written, key=natural)] == sorted(written.values())
