"""The rules by which names sound, as a table for the script of field pages: a list is searched without a network, too.

`python -m abhiyan.people.phone_table` writes the table. The script is static/people/names.js.
"""

import json
import re
import sys
import unicodedata
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from indic_transliteration import sanscript

from abhiyan.core.letters import SHORTENING
from abhiyan.units.rules import fold

from .rules import articles, called, titles

PLACE = Path(__file__).parent / "static" / "people" / "names_table.js"
_NINE = range(0x900, 0xD80)


def _script(script: str) -> list[Any]:
    """Marks, letters with those of several signs, consonants and the virama of a script, in Latin letters."""
    to_latin = sanscript.SchemeMap(sanscript.SCHEMES[script], sanscript.SCHEMES[sanscript.IAST])
    return [
        to_latin.vowel_marks,
        to_latin.non_marks_viraama,
        "".join(letter for letter in to_latin.consonants if len(letter) == 1),
        [letter for letter in to_latin.consonants if len(letter) > 1],
        "".join(to_latin.virama),
        to_latin.max_key_length_from_scheme,
    ]


def _vowel_signs() -> str:
    """The signs of other scripts that are vowels: no accent, and no virama."""
    signs = [n for n in range(0x300, 0x11FFF) if n not in _NINE and fold.is_vowel_sign(chr(n))]
    starts = [n for n in signs if n - 1 not in signs]
    return "".join(
        f"{chr(n)}-{chr(next(m for m in range(n, 0x12000) if m + 1 not in signs))}" for n in starts
    )


def _rules(rules: Iterable[tuple[re.Pattern[str], str]]) -> list[list[str]]:
    return [[pattern.pattern, _replacing(put)] for pattern, put in rules]


def _replacing(put: str) -> str:
    return re.sub(r"\\(\d)", r"$\1", put)


def phone_table() -> dict[str, Any]:
    """Return what names.js needs to know."""
    return {
        "titles": sorted(titles.TITLES),
        "long": titles.MOHAMMAD,
        "readings": [[pattern, _replacing(put)] for pattern, put in articles.READINGS],
        "article": articles.ALONE,
        "articleSound": articles.FOLDED,
        "signs": "".join(sorted({unicodedata.normalize("NFC", sign) for sign in SHORTENING})),
        "vowelSigns": _vowel_signs(),
        "scripts": [_script(script) for script in fold.SCRIPTS],
        "finals": {chr(letter): put for letter, put in fold.FINALS.items()},
        "urdu": {chr(letter): put for letter, put in fold.URDU.items()},
        "spelt": _rules(fold.SPELT),
        "most": called.MOST_WORDS,
        "tamil": fold.SCRIPTS.index("tamil"),
    }


def script_text() -> str:
    """Return the table as a module of JavaScript."""
    table = json.dumps(phone_table(), ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return f"// Written by abhiyan.people.phone_table.\nexport const table = {table};\n"


if __name__ == "__main__":
    PLACE.write_text(script_text(), "utf-8")
    sys.stdout.write(f"written: {PLACE}\n")
