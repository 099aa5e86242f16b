"""Write the words that search finds units by: folded words of their names, and the vocabulary of all of them."""

from collections.abc import Iterable, Mapping

from abhiyan.core import sql

from .rules import fold, levels
from .trees.laying import fresh


def write_words(units: Iterable[tuple[int, str, Mapping[str, str]]]) -> None:
    """Write the words that search finds units by: (id, kind, names) of units that have no words yet. Adds to the
    vocabulary."""
    vocabulary: dict[int, set[str]] = {rank: set() for rank in levels.RANK.values()}
    rows: list[str] = []
    with sql.copy("copy units_words (unit_id, rank, words) from stdin") as copy:
        for unit_id, kind, names in units:
            rank = levels.RANK[kind]
            words = fold.words_of_names(names)
            vocabulary[rank].update(words)
            # Folded words are letters and digits only; quotes keep the word "null" a word.
            quoted = '","'.join(words)
            rows.append(f'{unit_id}\t{rank}\t{{"{quoted}"}}\n' if words else f"{unit_id}\t{rank}\t{{}}\n")
            if len(rows) >= 5_000:
                copy.write("".join(rows))
                rows.clear()
        copy.write("".join(rows))
    learn_words({(word, rank) for rank, words in vocabulary.items() for word in words})


def learn_words(vocabulary: set[tuple[str, int]]) -> None:
    """Add words to the vocabulary, sorted, so that two learners cannot deadlock."""
    fresh("t_word", "(word text, rank smallint, bones text)")
    with sql.copy("copy t_word (word, rank, bones) from stdin") as copy:
        copy.write(
            "".join(f"{word}\t{rank}\t{fold.without_vowels(word)}\n" for word, rank in sorted(vocabulary))
        )
    sql.run(
        "insert into units_word (word, rank, bones) select t.word, t.rank, t.bones from t_word t"
        " where not exists (select from units_word w where w.word = t.word and w.rank = t.rank)"
        " order by t.word, t.rank on conflict do nothing"
    )
