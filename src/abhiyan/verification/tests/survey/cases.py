"""The cases in which our estimators are held against R's, one row a check: `python cases.py > cases.csv`."""

import csv
import random
import sys

HEAD = ["case", "kind", "stratum", "booth", "items", "reached", "seen", "y"]


def rows() -> list[list[object]]:
    """36 cases, always the same: strata of one, of zeros, of ones, full counts, few and many strata."""
    chance = random.Random(15)
    made: list[list[object]] = []

    def answers(n: int, rate: float) -> list[int]:
        return [int(chance.random() < rate) for _ in range(n)]

    for number in range(1, 13):
        for stratum in range(1 + number % 5 + (number == 12) * 35):
            items = chance.randint(40, 4000)
            n = chance.randint(2, 40)
            rate = chance.uniform(0.6, 0.98)
            if stratum == 1 and number % 3 == 0:
                n = 1
            if stratum == 0 and number % 4 == 0:
                rate = 0.0
            if stratum == 0 and number % 4 == 1:
                rate = 1.0
            if stratum == 2 and number > 6:
                items = n
            made += [
                [f"stratified-{number}", "stratified", stratum, 0, items, 1, 1, y] for y in answers(n, rate)
            ]
    for number in range(1, 13):
        for stratum in range(1 + number % 4 + (number == 12) * 36):
            items = chance.randint(500, 9000)
            for booth in range(chance.randint(2, 8)):
                n = chance.randint(1, 12) if number % 2 else 10
                rate = min(1.0, max(0.0, chance.gauss(0.85, 0.2)))
                if stratum == 0 and number % 5 == 0:
                    rate = 0.0
                made += [
                    [f"visits-{number}", "visits", stratum, booth, items, 1, 1, y] for y in answers(n, rate)
                ]
    for number in range(1, 13):
        for stratum in range(1 + number % 3):
            items, n = chance.randint(90, 3000), chance.randint(20, 80)
            unreached = chance.randint(4, n // 3)
            visited = unreached if number % 4 == 0 else chance.randint(2, unreached)
            kind, case = "phases", f"phases-{number}"
            rate = 1.0 if number == 5 else 0.85
            made += [[case, kind, stratum, 0, items, 1, 1, y] for y in answers(n - unreached, rate)]
            made += [[case, kind, stratum, 0, items, 0, 1, y] for y in answers(visited, rate - 0.2)]
            made += [[case, kind, stratum, 0, items, 0, 0, ""]] * (unreached - visited)
    return made


if __name__ == "__main__":
    csv.writer(sys.stdout, lineterminator="\n").writerows([HEAD, *rows()])
