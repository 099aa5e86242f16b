"""Finds near duplicates: a process of its own, which reads entries from its standard input and writes pairs.

`python -m abhiyan.people.matching`. It gets how names sound, years, keyed hashes of phones and numbers of units; no
name, no number, no id but one made for this run. Everything stays in its memory (DuckDB). Splink weighs each pair by
what is alike in it (Fellegi-Sunter). The weights were counted in the people of the bench `dedupe`, seeds 1, 11 and 12.
Only pairs that agree at least in the first name counted, so people of one household stay apart. The bench scores seed
2.
"""

import logging
import math
import sys
from typing import Any

# The process reads these, one line an entry, tabs between; empty: not known.
COLUMNS = {
    "id": "BIGINT",
    "first": "VARCHAR",
    "last": "VARCHAR",
    "first_bones": "VARCHAR",
    "last_bones": "VARCHAR",
    "among": "VARCHAR",
    "tail": "VARCHAR",
    "year": "SMALLINT",
    "phone": "VARCHAR",
    "place": "BIGINT",
}
MEMORY = "3GB"

# So many pairs of the same person, and of two people, agreed like this. First match wins.
_FIRST_NEAR, _LAST_NEAR = (
    f"(({c}_bones_l = {c}_bones_r and levenshtein({c}_l, {c}_r) <= 2)"
    f" or (levenshtein({c}_l, {c}_r) <= 1 and least(length({c}_l), length({c}_r)) >= 4)"
    f" or (jaro_winkler_similarity({c}_bones_l, {c}_bones_r) >= 0.9"
    f" and jaro_winkler_similarity({c}_l, {c}_r) >= 0.85)"
    f" or jaro_winkler_similarity({c}_l, {c}_r) >= 0.93)"
    for c in ("first", "last")
)
_ALONE = "(last_l is null or last_r is null)"
_SOUND = "(first_l = first_r and last_l = last_r)"
_BONES = "(first_bones_l = first_bones_r and last_bones_l = last_bones_r)"
_FIRST = "first_bones_l = first_bones_r"
_ANY_ORDER = "among_l = among_r"
# rare: how many people are expected to have both words by chance; seen: how many have the first.
NAME = (
    (f"{_SOUND} and rare_l < 0.05", 1852, 35),
    (f"{_SOUND} and rare_l < 0.3", 1947, 274),
    (f"{_SOUND} and rare_l < 1", 881, 616),
    (_SOUND, 478, 1386),
    (f"{_BONES} and rare_l < 0.05", 302, 24),
    (f"{_BONES} and rare_l < 0.3", 506, 271),
    (f"{_BONES} and rare_l < 1", 260, 599),
    (_BONES, 144, 1338),
    (f"{_FIRST} and {_ALONE} and seen_l <= 3", 100, 1),
    (f"{_FIRST} and {_ALONE} and seen_l <= 20", 265, 53),
    (f"{_FIRST} and {_ALONE}", 156, 147),
    (f"{_FIRST_NEAR} and last_bones_l = last_bones_r", 65, 28),
    (f"{_FIRST} and {_LAST_NEAR} and seen_l <= 3", 84, 0),
    (f"{_FIRST} and {_LAST_NEAR} and seen_l <= 20", 221, 10),
    (f"{_FIRST} and {_LAST_NEAR}", 157, 18),
    (f"{_FIRST_NEAR} and ({_LAST_NEAR} or {_ALONE})", 14, 2),
)
OTHERWISE = (251, 6243)  # the first name alone
WHERE = (
    ("phone_l = phone_r and place_l = place_r", 4081, 48),
    ("phone_l = phone_r", 481, 1),
    ("place_l = place_r", 2807, 4051),
)
ELSEWHERE = (314, 6945)
YEAR = (("year_l = year_r", 4259, 2609), ("abs(year_l - year_r) <= 2", 720, 322))
OTHER_YEAR = (14, 4957)
SAME, DIFFERENT = 7683, 11045  # pairs counted


def _sided(condition: str) -> str:
    """A condition on a pair as a blocking rule writes it: l.first for first_l."""
    for column in (*COLUMNS, "rare", "seen"):
        condition = condition.replace(f"{column}_l", f"l.{column}").replace(f"{column}_r", f"r.{column}")
    return condition


# Only pairs of these blocks are looked at. None but the first is without a bound that grows no faster than the entries.
BLOCKS = tuple(
    map(
        _sided,
        (
            f"phone_l = phone_r and ({_FIRST_NEAR} or {_ANY_ORDER})",
            f"{_BONES} and rare_l < 1",
            f"{_BONES} and year_l = year_r",
            f"{_FIRST} and year_l = year_r and {_ALONE}",
            f"{_FIRST} and year_l = year_r and {_LAST_NEAR}",
            f"{_FIRST} and place_l = place_r",
            f"last_bones_l = last_bones_r and year_l = year_r and place_l = place_r and {_FIRST_NEAR}",
        ),
    )
)
TWINS = f"""select l.id, r.id, 0, 1 from people l join people r on l.phone = r.phone and l.year = r.year and l.id < r.id
 where not {_sided(_FIRST_NEAR)} and not {_sided(_ANY_ORDER)}
 and (l.last_bones is null or r.last_bones is null or l.last_bones = r.last_bones)"""


# One name is the other with a word before it, perhaps a title: 75% on one phone, else 50%. A person decides.
# A last name alone is shared by a household: the year counts there.
TITLED = """select least(l.id, r.id), greatest(l.id, r.id), max(case when l.phone = r.phone then 75 else 50 end), 0
 from people l join people r on l.tail = r.among and l.id <> r.id
 where (l.phone = r.phone and (l.year = r.year or contains(l.tail, ' ')))
 or (l.year = r.year and l.place = r.place and contains(l.tail, ' ')) group by 1, 2"""


def settings() -> Any:
    """The model as Splink wants it."""
    from splink import SettingsCreator
    from splink.comparison_library import CustomComparison

    blocks: list[Any] = list(BLOCKS)  # SQL: it takes that, too
    return SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="id",
        probability_two_random_records_match=SAME / (SAME + DIFFERENT),
        blocking_rules_to_generate_predictions=blocks,
        comparisons=[
            CustomComparison(output_column_name=name, comparison_levels=levels)
            for name, levels in (
                ("name", _levels(NAME, OTHERWISE)),
                ("found", _levels(WHERE, ELSEWHERE)),
                ("born", _levels(YEAR, OTHER_YEAR, null="year_l is null or year_r is null")),
            )
        ],
        retain_matching_columns=False,
        retain_intermediate_calculation_columns=False,
    )


def _levels(counted: Any, otherwise: tuple[int, int], null: str = "") -> list[Any]:
    from splink.comparison_level_library import CustomLevel, ElseLevel

    same, different = (sum(level_counts[n] for level_counts in counted) + otherwise[n - 1] for n in (1, 2))
    levels: list[Any] = [CustomLevel(null, "not known").configure(is_null_level=True)] if null else []
    for level, m, u in ((CustomLevel(on, on), m, u) for on, m, u in counted):
        levels.append(
            level.configure(m_probability=(m + 0.5) / (same + 1), u_probability=(u + 0.5) / (different + 1))
        )
    m, u = otherwise
    levels.append(
        ElseLevel().configure(m_probability=(m + 0.5) / (same + 1), u_probability=(u + 0.5) / (different + 1))
    )
    return levels


def prepare_people(connection: Any, source: str) -> None:
    """The table `people` of what is read from a file, with how common each name is."""
    columns = ", ".join(f"'{name}': '{kind}'" for name, kind in COLUMNS.items())
    connection.execute(
        f"create table read as select * from read_csv('{source}', delim = '\t', header = false, quote = '',"
        f" escape = '', nullstr = '', auto_detect = false, columns = {{{columns}}})"
    )
    connection.execute(
        """create table people as select *, seen * coalesce(last_seen, 1)::double / n as rare from (
            select *, count(*) over (partition by first_bones) as seen,
                count(*) over (partition by last_bones) as last_seen, count(*) over () as n from read)"""
    )
    connection.execute("drop table read")


def find_pairs(connection: Any, *, least: float) -> str:
    """The name of a table of pairs: a, b, score in per cent, is_twin. least: the lowest probability."""
    from splink import DuckDBAPI, Linker

    api = DuckDBAPI(connection)
    linker = Linker(api.register("people"), settings())
    predictions = linker.inference.predict(threshold_match_probability=least)
    connection.execute(
        "create table pairs as with weighed as (select least(id_l, id_r) as a, greatest(id_l, id_r) as b,"
        " floor(100 * match_probability)::int as score, 0 as is_twin"
        f" from {predictions.physical_name}), titled as (select * from ({TITLED}) t(a, b, score, is_twin)"
        " where not exists (select 1 from weighed w where w.a = t.a and w.b = t.b))"
        " select * from weighed union all select * from titled"
        f" union all select * from ({TWINS}) t(a, b, score, is_twin)"
        " where not exists (select 1 from titled w where w.a = least(t.a, t.b) and w.b = greatest(t.a, t.b))"
    )
    return "pairs"


def main() -> int:
    """Read, find, write: `a b score is_twin`, one pair a line."""
    import duckdb

    logging.disable(logging.WARNING)
    least = float(sys.argv[1]) if len(sys.argv) > 1 else 0.3
    assert 0 < least < 1 and math.isfinite(least)
    with duckdb.connect(":memory:", config={"memory_limit": MEMORY, "threads": 2}) as connection:
        prepare_people(connection, "/dev/stdin")
        pairs = find_pairs(connection, least=least)
        result = connection.execute(f"select a, b, score, is_twin from {pairs}")
        while some := result.fetchmany(10_000):
            sys.stdout.write("".join(f"{a}\t{b}\t{score}\t{is_twin}\n" for a, b, score, is_twin in some))
    return 0


if __name__ == "__main__":
    sys.exit(main())
