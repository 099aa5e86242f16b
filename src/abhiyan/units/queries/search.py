"""Units by name or code, in both scripts, however spelt."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from abhiyan.core import sql
from abhiyan.core.letters import plain_digits
from abhiyan.core.natural import natural
from abhiyan.units.rules import fold, levels
from abhiyan.units.rules.kind_words import without_kinds

from .rows import FACTS, MOST, PLACE, UnitRow, escape_like
from .trees import span
from .words_above import Spelt, by_words_above

_ALIKE = 0.4  # trigram similarity from which a word may be another spelling.
_ALTERNATIVES = 24  # other spellings tried per word.
_TRIED = 200  # matches of one rank looked at.
_ENOUGH = 3  # found by surer ways: then words spelt otherwise are not tried.
_Order = tuple[int, int, int]
_Bounds = tuple[int, int] | None
_Look = Callable[
    [Sequence[Spelt], _Bounds, Sequence[int] | None, Sequence[str], int], list[tuple[int, int, int]]
]


def search_units(
    text: str,
    *,
    language: str = "en",
    within: tuple[int, int] | None = None,
    kinds: Sequence[str] = (),
    hierarchy: int | None = None,
    limit: int = 20,
    as_listed: bool = False,
) -> list[UnitRow]:
    """Units by name, in Hindi or Latin letters, however spelt, or by code; the best first.

    A code that fits comes first; then names that contain every word as it sounds, wherever the spaces stand, the
    last word perhaps half typed. If these are few, the search adds units with some words in names above them ("Katra,
    Reasi"). Then it adds names with words spelt nearly so. Words for kinds of places beside a name are passed
    over where nothing has them. Within each: the higher kind first, then the shorter name.

    within: (unit id, hierarchy): only that unit and below. kinds: only these. as_listed: the kinds come in this order
    instead of the higher first. hierarchy: `above` and the place are read there; without one, the first tree that has
    the unit.
    A handful of queries on indexes, whatever the number of units.
    """
    limit = min(max(limit, 1), MOST)
    bounds = span(*within) if within else None
    order_by_unit: dict[int, _Order] = {}  # those alike are ordered by name
    readings = list(dict.fromkeys((text, without_kinds(text))))
    for reading in readings:
        for unit_id, length in [] if order_by_unit else _by_code(reading, bounds, kinds, limit):
            order_by_unit.setdefault(unit_id, (0, length, 0))
    ranks = list(dict.fromkeys(levels.RANK[k] for k in kinds)) if kinds else None
    if ranks and not as_listed:
        ranks.sort()
    for surety, look, spellings in _spellings(readings, lambda: len(order_by_unit), min(limit, _ENOUGH)):
        for unit_id, rank, n in look(spellings, bounds, ranks, kinds, limit):
            order_by_unit.setdefault(unit_id, (surety, ranks.index(rank) if ranks else rank, n))
        if len(order_by_unit) >= limit:
            break
    rows = _described(list(order_by_unit), hierarchy)

    def order(row: UnitRow) -> tuple[_Order, str, str]:
        by_code = order_by_unit[row.id][0] == 0
        return order_by_unit[row.id], "" if by_code else natural(row.name(language)), natural(row.code)

    return sorted(rows, key=order)[:limit]


def _by_code(text: str, bounds: _Bounds, kinds: Sequence[str], limit: int) -> list[tuple[int, int]]:
    """(unit id, length of code) of units whose code is, or begins with, what was typed, in either case."""
    code = plain_digits(text.strip())
    if not code.isprintable() or not code or len(code) > 64 or len(code.split()) > 1:
        return []
    spelt = sorted({code, code.upper(), code.lower()})
    where, params = _narrowed(bounds, kinds)
    begins = " or ".join(["u.code like %s"] * len(spelt))
    return sql.rows(
        f"select u.id, length(u.code) from units_unit u{where} ({begins}) order by length(u.code), u.code limit %s",
        [*params, *(f"{escape_like(s)}%" for s in spelt), limit],
    )


def _narrowed(bounds: _Bounds, kinds: Sequence[str]) -> tuple[str, list[Any]]:
    """Join and conditions that keep a search of `u` within a place and to some kinds; ends with `and`."""
    join, where = "", " where"
    params: list[Any] = []
    if bounds:
        join = " join units_placement p on p.unit_id = u.id and p.lo >= %s and p.lo < %s"
        params += [*bounds]
    if kinds:
        where = " where u.kind = any(%s) and"
        params.append(list(kinds))
    return join + where, params


def _spellings(
    readings: Sequence[str], count: Callable[[], int], enough: int
) -> Iterator[tuple[int, _Look, list[Spelt]]]:
    """Ways to read what was typed, the surest first, numbered: where to look, and for each word its spellings.

    count: the units found so far. Another reading is tried where there are none, less sure ways where there are few.
    """
    surety = 0
    for reading in readings:
        if count():
            return
        words = fold.folded_words(reading)
        if not words:
            return
        ranks_by_word: dict[str, list[int]] = {}
        for word, rank in sql.rows("select word, rank from units_word where word = any(%s)", [words]):
            ranks_by_word.setdefault(word, []).append(rank)
        sure = [([word], ranks_by_word[word]) for word in words if word in ranks_by_word]
        surety += 1
        if len(sure) == len(words):
            yield surety, _by_words, sure
        for spaced in _spaced_otherwise(reading, words, ranks_by_word):
            yield surety, _by_words, spaced
        begun = _grouped(
            sql.rows(
                "select word, rank from units_word where word like %s order by length(word), rank, word limit %s",
                [f"{escape_like(words[-1])}%", _ALTERNATIVES * 2],
            )
        )
        is_begun = bool(begun[0]) and all(word in ranks_by_word for word in words[:-1])
        if is_begun:
            yield surety + 1, _by_words, [*sure[: len(words) - 1], begun]
        surety += 2
        if is_begun and count() < enough:
            yield surety, by_words_above, [*sure[: len(words) - 1], begun]
    if count() >= enough:
        return
    near = _near(words, ranks_by_word, begun)
    if near:
        yield surety + 1, _by_words, near
    if count() < enough:
        yield surety + 2, by_words_above, near


def _near(words: Sequence[str], known: Mapping[str, list[int]], begun: Spelt) -> list[Spelt]:
    """For each word, the words spelt nearly so; the last may be half typed."""
    near: list[Spelt] = []
    for word in words:
        alike = sql.rows(
            "select word, rank from (select word, rank, similarity(word, %s) as s, bones = %s as same from units_word"
            " where word %% %s or bones = %s) w where same or s >= %s order by same desc, s desc, word limit %s",
            [word, fold.without_vowels(word), word, fold.without_vowels(word), _ALIKE, _ALTERNATIVES],
        )
        word_ranks = [(word, rank) for rank in known.get(word, [])]
        spelt = _grouped(
            [
                *word_ranks,
                *alike,
                *([(w, r) for w in begun[0] for r in begun[1]] if word == words[-1] else []),
            ]
        )
        if spelt[0]:  # a word nobody has (an abbreviation, somebody's remark) is passed over
            near.append(spelt)
    return near


def _spaced_otherwise(text: str, words: list[str], known: dict[str, list[int]]) -> Iterator[list[Spelt]]:
    """Readings of what was typed with one space fewer, or with one more in a word that nobody has: of known words."""
    readings = fold.joined_words(text)
    for n, word in enumerate(words):
        if word not in known and not word.isdigit():
            readings += [[*words[:n], *two, *words[n + 1 :]] for two in fold.word_halves(word)]
    new = {word for reading in readings for word in reading if word not in known}
    if not new:
        return
    ranks_by_word: dict[str, list[int]] = {word: list(ranks) for word, ranks in known.items()}
    for word, rank in sql.rows("select word, rank from units_word where word = any(%s)", [sorted(new)]):
        ranks_by_word.setdefault(word, []).append(rank)
    for reading in readings:
        if all(word in ranks_by_word for word in reading):
            yield [([word], ranks_by_word[word]) for word in reading]


def _grouped(rows: Iterable[Sequence[Any]]) -> Spelt:
    words: dict[str, None] = {}
    ranks: set[int] = set()
    for word, rank in rows:
        words.setdefault(word)
        ranks.add(rank)
    return list(words), sorted(ranks)


def _by_words(
    spellings: Sequence[Spelt],
    bounds: _Bounds,
    ranks: Sequence[int] | None,
    kinds: Sequence[str],
    limit: int,
) -> list[tuple[int, int, int]]:
    """(unit id, rank, words in its names) of units whose names contain, of each word, one of its spellings.

    Rank by rank, as `ranks` orders them or from the top, until there are enough.
    """
    common = set(spellings[0][1]).intersection(*(r for _, r in spellings[1:]))
    wanted = sorted(common) if ranks is None else [rank for rank in ranks if rank in common]
    if not wanted:
        return []
    join = ""
    params: list[Any] = []
    if bounds:
        join = " join units_placement p on p.unit_id = w.unit_id and p.lo >= %s and p.lo < %s"
        params += [*bounds]
    if kinds:
        join += " join units_unit u on u.id = w.unit_id and u.kind = any(%s)"
        params.append(list(kinds))
    having = " and ".join(["w.words && %s"] * len(spellings))
    orders: list[tuple[int, int, int]] = []
    for rank in wanted:
        # No order inside: the scan may stop at the limit, however many units share a common word.
        rows = sql.rows(
            "select unit_id, n from (select w.unit_id, cardinality(w.words) as n from units_words w"
            f"{join} where w.rank = %s and {having} limit %s) m order by n, unit_id limit %s",
            [*params, rank, *(words for words, _ in spellings), _TRIED, limit],
        )
        orders += [(unit_id, rank, n) for unit_id, n in rows]
        if len(orders) >= limit:
            break
    return orders


def _described(unit_ids: list[int], hierarchy: int | None) -> list[UnitRow]:
    """The units with their places and the names above them, in the given order."""
    if not unit_ids:
        return []
    only = "" if hierarchy is None else "and p.hierarchy = %s "
    rows = {
        row[0]: UnitRow(*row)
        for row in sql.rows(
            f"select distinct on (u.id) {FACTS}, {PLACE}, exists (select from units_placement c"
            " where c.parent_id = u.id and c.hierarchy = p.hierarchy and c.valid_to is null)"
            " from units_unit u left join units_placement p"
            f" on p.unit_id = u.id and p.valid_to is null {only} where u.id = any(%s) order by u.id, p.hierarchy",
            [*([] if hierarchy is None else [hierarchy]), unit_ids],
        )
    }
    above: dict[int, list[dict[str, str]]] = {}
    for unit_id, names in sql.rows(
        "with recursive up as (select p.unit_id as of, p.parent_id as unit_id, p.hierarchy, 1 as n"
        " from units_placement p join unnest(%s::bigint[], %s::bigint[]) w(unit_id, lo)"
        " on p.unit_id = w.unit_id and p.lo = w.lo where p.parent_id is not null"
        " union all select up.of, p.parent_id, p.hierarchy, up.n + 1 from up join units_placement p"
        " on p.unit_id = up.unit_id and p.hierarchy = up.hierarchy and p.valid_to is null"
        " where p.parent_id is not null and up.n < 64)"
        " select up.of, u.names from up join units_unit u on u.id = up.unit_id order by up.of, up.n desc",
        [
            [row.id for row in rows.values() if row.lo is not None],
            [row.lo for row in rows.values() if row.lo is not None],
        ],
    ):
        above.setdefault(unit_id, []).append(names)
    return [replace(rows[u], above=tuple(above.get(u, ()))) for u in unit_ids if u in rows]
