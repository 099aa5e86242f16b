"""Units come to be: their facts and the words search finds them by."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import orjson
from django.db import IntegrityError, connection, transaction

from abhiyan.core import audit
from abhiyan.core.actor import Actor
from abhiyan.units.models import Kind
from abhiyan.units.refusals import BadCode, DoubledCode, NoName, UnknownKind
from abhiyan.units.rules import fold, levels

from .laying import Cursor, fresh

CODE = re.compile(r"\w(?:[\w./-]{0,62}\w)?", re.ASCII)
RESERVED = "root"  # in a file's parent column: the top of a tree


@dataclass(frozen=True, slots=True, kw_only=True)
class NewUnit:
    """The facts of a unit to be made. names: language -> name, "en" among them. lat, lon: WGS 84 degrees."""

    code: str
    kind: str
    names: Mapping[str, str]
    electors: int | None = None
    households: int | None = None
    lat: float | None = None
    lon: float | None = None
    source: str = ""
    is_sample: bool = False


def make_unit(*, unit: NewUnit, by: Actor, at: datetime) -> int:
    """Make one unit; it stands nowhere until it is placed. Returns its id. Refuses as make_units does."""
    return make_units(units=[unit], by=by, at=at)[unit.code]


def make_units(*, units: Sequence[NewUnit], by: Actor, at: datetime) -> dict[str, int]:
    """Make units; they stand nowhere until they are placed. Returns code -> id.

    Refuses all of them when one has a doubled or bad code, an unknown kind or no English name.
    """
    for unit in units:
        if not CODE.fullmatch(unit.code) or unit.code == RESERVED:
            raise BadCode(field="code", unit=unit.code[:80])
        if unit.kind not in Kind.values:
            raise UnknownKind(field="kind", kind=unit.kind)
        if not unit.names.get("en", "").strip():
            raise NoName(field="names", unit=unit.code)
    seen: set[str] = set()
    for unit in units:
        if unit.code in seen:
            raise DoubledCode(field="code", unit=unit.code)
        seen.add(unit.code)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select code from units_unit where code = any(%s) order by code limit 1", [list(seen)])
        if taken := cursor.fetchone():
            raise DoubledCode(field="code", unit=taken[0])
        fresh(
            cursor,
            "t_unit",
            "(n int, code text, kind text, names text, electors int, households int, lat float8, lon float8,"
            " source text, is_sample bool)",
        )
        columns = "n, code, kind, names, electors, households, lat, lon, source, is_sample"
        with cursor.copy(f"copy t_unit ({columns}) from stdin") as copy:
            for n, u in enumerate(units):
                names = orjson.dumps(dict(u.names)).decode()
                copy.write_row(
                    (n, u.code, u.kind, names, u.electors, u.households, u.lat, u.lon, u.source, u.is_sample)
                )
        try:
            with transaction.atomic():
                cursor.execute(
                    "insert into units_unit (code, kind, names, electors, households, lat, lon, source, is_sample)"
                    " select code, kind, names::jsonb, electors, households, lat, lon, source, is_sample"
                    " from t_unit order by n returning code, id"
                )
        except IntegrityError as error:
            if "unit_code_once" not in str(error):
                raise
            raise DoubledCode(field="code", unit="") from error  # somebody else was quicker
        ids: dict[str, int] = dict(cursor.fetchall())
        write_words(cursor, ((ids[u.code], u.kind, u.names) for u in units))
        single = units[0].code if len(units) == 1 else ""
        audit.record(by=by, at=at, act="units.make", subject=single, n=len(units))
    return ids


def write_words(cursor: Cursor, units: Iterable[tuple[int, str, Mapping[str, str]]]) -> None:
    """What search finds units by: (id, kind, names) of units that have no words yet. Adds to the vocabulary."""
    vocabulary: dict[int, set[str]] = {rank: set() for rank in levels.RANK.values()}
    rows: list[str] = []
    with cursor.copy("copy units_words (unit_id, rank, words) from stdin") as copy:
        for unit_id, kind, names in units:
            rank = levels.RANK[kind]
            words = fold.words_of(names)
            vocabulary[rank].update(words)
            # Folded words are letters and digits only; quotes keep the word "null" a word.
            quoted = '","'.join(words)
            rows.append(f'{unit_id}\t{rank}\t{{"{quoted}"}}\n' if words else f"{unit_id}\t{rank}\t{{}}\n")
            if len(rows) >= 5_000:
                copy.write("".join(rows))
                rows.clear()
        copy.write("".join(rows))
    learn(cursor, {(word, rank) for rank, words in vocabulary.items() for word in words})


def learn(cursor: Cursor, vocabulary: set[tuple[str, int]]) -> None:
    """Add words to the vocabulary, sorted, so that two learners cannot deadlock."""
    fresh(cursor, "t_word", "(word text, rank smallint, bones text)")
    with cursor.copy("copy t_word (word, rank, bones) from stdin") as copy:
        copy.write("".join(f"{word}\t{rank}\t{fold.bones(word)}\n" for word, rank in sorted(vocabulary)))
    cursor.execute(
        "insert into units_word (word, rank, bones) select t.word, t.rank, t.bones from t_word t"
        " where not exists (select from units_word w where w.word = t.word and w.rank = t.rank)"
        " order by t.word, t.rank on conflict do nothing"
    )
