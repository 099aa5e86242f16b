"""Units found by names of several places: one word names the unit, another a unit above it, in any tree and order."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from abhiyan.core import sql
from abhiyan.units.rules import levels

Spelt = tuple[list[str], list[int]]  # the spellings of one word, and the ranks of units that have them
_Spans = tuple[str, int]  # where units lie, as an int8multirange, and how wide that is

MOST_WORDS = 6  # of one search: a place and some above it

_MOST_ABOVE = 60  # units that one word may name above, the highest first

_RARE = 5_000  # units of one word that are looked at one by one

_LOOKED_AT = 20_000  # units below a name, looked at where a word is common

_RANKS = sorted(set(levels.RANK.values()))  # nothing is below the last


def by_words_above(
    spellings: Sequence[Spelt],
    bounds: tuple[int, int] | None,
    ranks: Sequence[int] | None,
    kinds: Sequence[str],
    limit: int,
) -> list[tuple[int, int, int]]:
    """(unit id, rank, words in its names) of units that have each word in their own name or in one above them.

    At least one word is in their own name. The search looks at units of a rare word one by one. If a word is common, it
    also looks at those below the narrowest place. Both stop at a fixed number, whatever the number of units.
    """
    above = _above(spellings) if 2 <= len(spellings) <= MOST_WORDS else {}
    if not above:
        return []
    fits, values = _fitting(spellings, above)
    join = ""
    if bounds:
        join = " join units_placement p on p.unit_id = w.unit_id and p.lo >= %(lo)s and p.lo < %(hi)s"
        values |= {"lo": bounds[0], "hi": bounds[1]}
    if kinds:
        join += " join units_unit u on u.id = w.unit_id and u.kind = any(%(kinds)s)"
        values |= {"kinds": list(kinds)}
    ids, is_common = _own(spellings, ranks or _RANKS)
    orders = _best(
        f"units_words w{join} where w.unit_id = any(%(ids)s) and {fits}", values | {"ids": ids}, ranks, limit
    )
    if len(orders) >= limit or not is_common:
        return orders
    places = [
        *above.values(),
        *([(f"{{[{bounds[0]},{bounds[1]})}}", bounds[1] - bounds[0])] if bounds else []),
    ]
    narrowest, _ = min(places, key=lambda spans: spans[1])
    below = (
        "(select distinct unit_id from (select q.unit_id from unnest(%(narrowest)s::int8multirange) s"
        " join units_placement q on q.lo >= lower(s) and q.lo < upper(s) limit %(looked_at)s) a) near"
    )
    more = _best(
        f"{below} join units_words w on w.unit_id = near.unit_id{join} where {fits}",
        values | {"narrowest": narrowest, "looked_at": _LOOKED_AT},
        ranks,
        limit,
    )
    return list(dict.fromkeys([*orders, *more]))


def _above(spellings: Sequence[Spelt]) -> dict[int, _Spans]:
    """For the nth word, where units lie that have it and may have others below: first those with most of the words."""
    values: dict[str, Any] = {f"words{n}": words for n, (words, _) in enumerate(spellings)}
    most = " + ".join(f"(words && %({name})s)::int" for name in values)
    # Materialized: an order with a limit would make a walk through every unit by rank look cheap.
    query_part = " union all ".join(
        "(with m as materialized (select * from units_words where words && "
        f"%(words{n})s and rank < {_RANKS[-1]}) select {n} as word, unit_id from m"
        f" order by {most} desc, rank, unit_id limit {_MOST_ABOVE})"
        for n, (_, ranks) in enumerate(spellings)
        if min(ranks) < _RANKS[-1]
    )
    word_rows = (
        sql.rows(
            f"select a.word, range_agg(int8range(p.lo, p.hi))::text, sum(p.hi - p.lo)::bigint from ({query_part}) a"
            " join units_placement p on p.unit_id = a.unit_id and p.lo is not null group by a.word",
            values,
        )
        if query_part
        else []
    )
    return {word: (spans, width) for word, spans, width in word_rows}


def _fitting(spellings: Sequence[Spelt], above: Mapping[int, _Spans]) -> tuple[str, dict[str, Any]]:
    """The condition that units `w` have every word, in their own name or above it, and one of them in their own."""
    values: dict[str, Any] = {"any_word": [word for words, _ in spellings for word in words]}
    fits = ["w.words && %(any_word)s"]
    for n, (words, _) in enumerate(spellings):
        values[f"words{n}"] = words
        fit = f"w.words && %(words{n})s"
        if n in above:
            values[f"spans{n}"] = above[n][0]
            fit = (
                f"({fit} or exists (select from units_placement q where q.unit_id = w.unit_id"
                f" and q.lo <@ %(spans{n})s::int8multirange))"
            )
        fits.append(fit)
    return " and ".join(fits), values


def _own(spellings: Sequence[Spelt], ranks: Sequence[int]) -> tuple[list[int], bool]:
    """The ids of units that have one of the words in their own name, a few of each; whether a word has more."""
    # Materialized: a limit inside would make a scan look cheap for a rare word.
    query_part = " union all ".join(
        f"(with own as materialized (select unit_id from units_words where words && %s and rank = any(%s::smallint[]))"
        f" select {n}, unit_id from own limit {_RARE + 1})"
        for n in range(len(spellings))
    )
    params = [value for words, has in spellings for value in (words, [r for r in ranks if r in has])]
    near = sql.rows(query_part, params)
    of_each = Counter(word for word, _ in near)
    return sorted({unit_id for _, unit_id in near}), max(of_each.values(), default=0) > _RARE


def _best(
    fitting: str, values: Mapping[str, Any], ranks: Sequence[int] | None, limit: int
) -> list[tuple[int, int, int]]:
    """(unit id, rank, words in its names) of units `w` that fit, as `ranks` orders them or from the top."""
    return sql.rows(
        f"select w.unit_id, w.rank, cardinality(w.words) as n from {fitting} and w.rank = any(%(ranks)s::smallint[])"
        " order by array_position(%(ranks)s::smallint[], w.rank), n, w.unit_id limit %(most)s",
        {**values, "ranks": list(ranks or _RANKS), "most": limit},
    )
