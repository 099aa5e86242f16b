"""Made-up people of the bench `dedupe`, entered once or more often, in one script or the other.

Written before the matcher was tuned, and not changed since. Spellings come from `names_in_two_scripts.tsv` alone. The
second entry of somebody has a word as some source spelt it, in Latin letters or Devanagari, sometimes with a slip of
the hand. Households live in one booth and may share a phone; some are twins; years of birth are missing or wrong;
people enter themselves again from another phone, or another booth.
"""

import csv
import random
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

NAMES = Path(__file__).parent / "names_in_two_scripts.tsv"
PER_BOOTH = 120  # people
HOUSEHOLD = (1, 1, 2, 2, 3, 4)  # sizes, equally often
PHONE_SHARED, TWINS = 0.40, 0.03  # of households; twins of those of two and more
AGAIN, THRICE = 0.25, 0.15  # of people who are entered again; of those, a third time
HINDI = 0.5  # of entries
YEAR_MISSING, YEAR_WRONG = 0.20, 0.08
OTHER_PHONE, OTHER_BOOTH = 0.40, 0.10  # of second entries
SLIP = 0.08  # of entries, one letter
MIDDLE, MIDDLE_LEFT_OUT, LAST_LEFT_OUT = 0.30, 0.35, 0.08


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of somebody. person: who it really is."""

    id: int
    person: int
    name: str
    birth_year: int | None
    phone: str
    place: int


class Words:
    """The words of names: pairs of spellings with how often each was found, and which spellings go together."""

    def __init__(self) -> None:
        self.pairs: dict[str, list[tuple[str, str]]] = defaultdict(list)
        self.weights: dict[str, list[int]] = defaultdict(list)
        self.latin: dict[tuple[str, str], list[str]] = defaultdict(list)
        self.devanagari: dict[tuple[str, str], list[str]] = defaultdict(list)
        with NAMES.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file, delimiter="\t"):
                part, latin, devanagari = row["part"], row["latin"], row["devanagari"]
                self.pairs[part].append((latin, devanagari))
                self.weights[part].append(int(row["n"]))
                self.latin[part, devanagari].append(latin)
                self.devanagari[part, latin].append(devanagari)

    def draw(self, chance: random.Random, part: str) -> tuple[str, str, str]:
        latin, devanagari = chance.choices(self.pairs[part], cum_weights=self._sums(part))[0]
        return part, latin, devanagari

    def _sums(self, part: str) -> list[int]:
        key = f"sums of {part}"
        if key not in self.weights:
            total, sums = 0, []
            for n in self.weights[part]:
                total += n
                sums.append(total)
            self.weights[key] = sums
        return self.weights[key]

    def spelt(self, chance: random.Random, word: tuple[str, str, str], *, hindi: bool, anew: bool) -> str:
        """Spell a word in a script; `anew`: as some source spelt it, else as it was drawn."""
        part, latin, devanagari = word
        if hindi:
            return chance.choice(self.devanagari[part, latin]) if anew else devanagari
        return (chance.choice(self.latin[part, devanagari]) if anew else latin).title()


def _slip(chance: random.Random, name: str) -> str:
    """One letter left out, doubled, or changed with the next."""
    if len(name) < 3:
        return name
    at = chance.randrange(1, len(name) - 1)
    if " " in name[at : at + 2]:
        return name
    how = chance.randrange(3)
    if how == 0:
        return name[:at] + name[at + 1 :]
    if how == 1:
        return name[: at + 1] + name[at:]
    return name[:at] + name[at + 1] + name[at] + name[at + 2 :]


def _phone(chance: random.Random) -> str:
    return f"{chance.randrange(6, 10)}{chance.randrange(10**9):09}"


def entries(*, people: int, seed: int) -> list[Entry]:
    """Entries of so many people, in no order. The same seed makes the same."""
    chance, words = random.Random(seed), Words()  # sample data, nothing secret
    booths = max(1, people // PER_BOOTH)
    found: list[tuple[int, str, int | None, str, int]] = []
    person = 0
    while person < people:
        size = chance.choice(HOUSEHOLD)
        booth, last = chance.randrange(booths), words.draw(chance, "last")
        phone = _phone(chance)
        is_shared = chance.random() < PHONE_SHARED
        are_twins = size > 1 and chance.random() < TWINS
        year = chance.randrange(1940, 2007)
        for nth in range(size):
            if not (are_twins and nth == 1):
                year = chance.randrange(1940, 2007)
            first = words.draw(chance, "first" if chance.random() < 0.5 else "given")
            middle = words.draw(chance, "middle") if chance.random() < MIDDLE else None
            own = phone if is_shared or nth == 0 else _phone(chance)
            times = 1
            if chance.random() < AGAIN:
                times = 3 if chance.random() < THRICE else 2
            for entry in range(times):
                again = entry > 0
                hindi = chance.random() < HINDI
                parts = [words.spelt(chance, first, hindi=hindi, anew=again)]
                if middle and not (again and chance.random() < MIDDLE_LEFT_OUT):
                    parts.append(words.spelt(chance, middle, hindi=hindi, anew=again))
                if not (again and chance.random() < LAST_LEFT_OUT):
                    parts.append(words.spelt(chance, last, hindi=hindi, anew=again))
                name = " ".join(parts)
                if chance.random() < SLIP:
                    name = _slip(chance, name)
                said: int | None = year
                if chance.random() < YEAR_MISSING:
                    said = None
                elif chance.random() < YEAR_WRONG:
                    said = year + chance.choice((-2, -1, 1, 2))
                found.append(
                    (
                        person,
                        name,
                        said,
                        _phone(chance) if again and chance.random() < OTHER_PHONE else own,
                        chance.randrange(booths) if again and chance.random() < OTHER_BOOTH else booth,
                    )
                )
            person += 1
    chance.shuffle(found)
    return [Entry(number, *one) for number, one in enumerate(found)]


def pairs(made: list[Entry]) -> set[tuple[int, int]]:
    """Return the entries of one person as pairs of ids, the lower first."""
    of: dict[int, list[int]] = defaultdict(list)
    for entry in made:
        of[entry.person].append(entry.id)
    return {(a, b) for ids in of.values() for a in ids for b in ids if a < b}
