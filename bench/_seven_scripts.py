"""People with names in seven scripts, each entered twice, for the bench `dedupe`.

Words come from `names_in_seven_scripts.tsv` alone. The second entry writes the name in Latin letters: plainly, with a
title, with an initial, or with the last name first. Nobody tuned the matcher on these people. Households share a last
name and a place, and some share a phone; a phone or a year of birth may differ in the second entry.
"""

import csv
import random
from collections import defaultdict
from pathlib import Path

from ._two_scripts import Entry

NAMES = Path(__file__).parent / "names_in_seven_scripts.tsv"
TITLES = ("Shri", "Smt.", "Dr.", "Mr", "Kumari", "Adv.")
WAYS = ("plain", "title", "initial", "turned")  # equally often
HOUSEHOLD, PER_BOOTH = (1, 2, 2, 3), 120  # people
PHONE_SHARED, OTHER_PHONE, YEAR_MISSING, YEAR_WRONG = 0.40, 0.30, 0.10, 0.08


def _second(chance: random.Random, first: str, last: str) -> str:
    way = chance.choice(WAYS)
    if way == "title":
        return f"{chance.choice(TITLES)} {first} {last}"
    if way == "initial":
        return chance.choice((f"{last[0]}. {first}", f"{first} {last[0]}"))
    return f"{last} {first}" if way == "turned" else f"{first} {last}"


def entries(*, people: int, seed: int) -> list[Entry]:
    """Two entries of each of so many people, in no order. The same seed makes the same."""
    chance = random.Random(seed)  # sample data, nothing secret
    words: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    with NAMES.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            words[row["script"], row["part"]].append((row["latin"], row["written"]))
    scripts = sorted({script for script, _part in words})
    found: list[tuple[int, str, int | None, str, int]] = []
    person = 0
    while person < people:
        script, booth = chance.choice(scripts), chance.randrange(max(1, people // PER_BOOTH))
        phone, is_shared = _phone(chance), chance.random() < PHONE_SHARED
        last, written_last = chance.choice(words[script, "last"])
        for first, written in chance.sample(words[script, "first"], chance.choice(HOUSEHOLD)):
            year = chance.randrange(1940, 2007)
            own = phone if is_shared else _phone(chance)
            again = _phone(chance) if chance.random() < OTHER_PHONE else own
            said: int | None = year
            if chance.random() < YEAR_MISSING:
                said = None
            elif chance.random() < YEAR_WRONG:
                said = year + chance.choice((-1, 1))
            found.append((person, f"{written} {written_last}", year, own, booth))
            found.append((person, _second(chance, first, last), said, again, booth))
            person += 1
    chance.shuffle(found)
    return [Entry(number, *one) for number, one in enumerate(found)]


def _phone(chance: random.Random) -> str:
    return f"{chance.randrange(6, 10)}{chance.randrange(10**9):09}"
