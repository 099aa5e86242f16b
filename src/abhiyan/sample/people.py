"""Sample people: names in both scripts, and phones that only look real: the demo sends nothing anywhere.

Deterministic by seed. Every name is put together from lists; a likeness to anybody is chance.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass

from abhiyan.core import words
from abhiyan.core.samples import sample_phone

from .data_files import sample_shares

# (Latin, Devanagari). Women's and men's given names and family names common in the region's communities alike.
WOMEN, MEN, FAMILIES = (
    tuple((row["latin"], row["devanagari"]) for row in words.name_words() if row["sample"] == kind)
    for kind in ("woman", "man", "family")
)


@dataclass(frozen=True, slots=True)
class Sample:
    """One invented person. phone in E.164; birth_year on the day they are made."""

    name: str
    name_hi: str
    phone: str
    birth_year: int


def sample_people(seed: str, first: int = 0) -> Iterator[Sample]:
    """Yield invented adults without end, the same for the same seed; phones are numbered from `first`."""
    rng = random.Random(f"people {seed}")  # noqa: S311  # sample data, the same for the same seed
    number = first
    while True:
        given_name = rng.choice(WOMEN if rng.random() < sample_shares().people.women else MEN)
        family = rng.choice(FAMILIES)
        yield Sample(
            f"{given_name[0]} {family[0]}",
            f"{given_name[1]} {family[1]}",
            sample_phone(number),
            2026 - min(88, 19 + int(rng.expovariate(1 / 20))),
        )
        number += 1
