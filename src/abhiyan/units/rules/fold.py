"""Names as they sound: what search compares.

"Sunita", "Suneeta", "सुनीता" and "সুনীতা" fold to the same word, so do "Kupwara" and "कुपवाड़ा". Nine scripts of India
and Urdu are written in Latin letters. Accents are dropped, and letters that sound alike are spelt alike. The vowel a is
kept only where a word begins: Hindi does not write it, and writers of English disagree about it. A script that is not
written in Latin letters here keeps its vowel signs. Trigrams find what folding leaves apart: a missing letter, b for v.
"""

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from itertools import chain, pairwise

from abhiyan.core.letters import MARKS, plain_digits

LONGEST_WORD = 32
MOST_WORDS = 24
_WORD = re.compile(rf"[^\W_](?:[^\W_]|[{MARKS}])*")
_INDIC = re.compile(r"[\u0900-\u0d7f]")
_ARABIC = re.compile("[\u0621-\u06d3]")
_BLOCK = 0x80  # letters of one script: they follow each other in Unicode, in this order
SCRIPTS = [
    "devanagari",
    "bengali",
    "gurmukhi",
    "gujarati",
    "oriya",
    "tamil",
    "telugu",
    "kannada",
    "malayalam",
]
# Letters that the transliteration does not know, or reads apart: final consonants, v of Odia and Assamese.
FINALS = str.maketrans(
    {
        "ൺ": "ണ്",
        "ൻ": "ന്",
        "ർ": "ര്",
        "ൽ": "ല്",
        "ൾ": "ള്",
        "ൿ": "ക്",
        "ৎ": "ত্",
        "ৰ": "র",
        "ৱ": "ভ",
        "ୱ": "ଵ",
        "ౝ": "న్",
        "ೝ": "ನ್",
    }
)
# Letters of Urdu, Kashmiri and Arabic keyboards as Latin letters. Short vowels are not written; W is v or a vowel.
URDU = str.maketrans(
    {
        letter: latin
        for latin, letters in {
            "a": "اعٲٳ", "b": "ب", "p": "پ", "t": "تطٹة", "s": "ثسص", "j": "ج", "ch": "چ", "ah": "حہهۃ", "kh": "خ",
            "d": "دڈ", "z": "ذزضظژ", "r": "رڑ", "sh": "ش", "g": "غگ", "f": "ف", "k": "قکك", "l": "ل", "m": "م",
            "n": "نں", "W": "و", "u": "ؤۆۄ", "i": "یيىےئێؠۍ", "": "ءھ",
        }.items()
        for letter in letters
    }
)  # fmt: skip
SPELT = (
    # Latin first, while two letters still mean one sound
    (re.compile("sch"), "sk"),
    (re.compile("que$"), "k"),
    (re.compile("ch+"), "ç"),
    (re.compile("c(?=[eiy])"), "s"),
    (re.compile("ck|[cq]"), "k"),
    (re.compile("ç"), "c"),
    (re.compile("x"), "ks"),
    (re.compile("(?<=[bcdfgjklmnpqrstvwz])h"), ""),
    (re.compile("f"), "p"),
    (re.compile("z"), "j"),
    (re.compile("w"), "v"),
    (re.compile("ee|y"), "i"),
    (re.compile("e$"), "a"),
    (re.compile("e"), "i"),
    (re.compile("o"), "u"),
    (re.compile("(?<=.)a"), ""),
    (re.compile(r"(\D)\1+"), r"\1"),
)
# As `vowelled` writes a word: vowels as they sound, no breath behind a consonant, no letter twice.
_HEARD = (
    (re.compile("ee|ii"), "i"),
    (re.compile("oo"), "u"),
    (re.compile("y"), "i"),
    (re.compile("w"), "v"),
    (re.compile("z"), "j"),
    (re.compile("f"), "p"),
    (re.compile("(?<=[bcdgjkprst])h"), ""),
    (re.compile(r"(.)\1+"), r"\1"),
)


# Letters of Devanagari, and of scripts in its order, that people write for each other.
_MIXED = str.maketrans({"ी": "ि", "ू": "ु", "ई": "इ", "ऊ": "उ", "ष": "श", "ँ": "ं", "\u093c": ""})


def _latin(word: str, script: str) -> str:
    """A word of a script of India in IAST, with च as ch like Latin writers do."""
    from indic_transliteration import sanscript  # a quarter of a second, for these scripts only

    text = sanscript.transliterate(word.translate(FINALS), script, sanscript.IAST)
    if script == "tamil":
        text = text.replace("jh", "s")  # ச, written for both
    text = re.sub("[~ṃ](?=[pbm])", "m", text.replace("ँ", "ṃ").replace("ṃh", "ngh"))  # सिंह is Singh
    return (
        re.sub("[~ṃ]", "n", text).replace("jñ", "gy").replace("ḥ", "").replace("ṛ", "ri").replace("c", "ch")
    )


def _urdu(word: str) -> str:
    """A word of the script of Urdu in Latin letters, as near as it tells them."""
    word = re.sub("^ah", "h", word.translate(URDU))  # elsewhere an h sounds by itself: Rahman
    word = re.sub("(?<!a)ah$", "a", word)  # nor does it at the end: Fatima
    return re.sub("(?<=[^ai])W(?!i|a(?!h))", "u", word).replace("W", "v")


def is_vowel_sign(c: str) -> bool:
    """Accents, viramas and dots have a combining class; vowel signs have none."""
    return unicodedata.category(c)[0] == "M" and unicodedata.combining(c) == 0


@lru_cache(maxsize=200_000)
def _folded(word: str) -> str:
    """One word, lower case."""
    if match := _INDIC.search(word):
        word = _latin(word, SCRIPTS[(ord(match[0]) - 0x900) // _BLOCK])
    word = "".join(
        c for c in unicodedata.normalize("NFKD", word) if c.isalnum() or (not match and is_vowel_sign(c))
    )
    if _ARABIC.search(word):
        word = _urdu(word)
    if word.isdigit():
        return (word.lstrip("0") or "0")[:LONGEST_WORD]
    if len(word) > 2 and len(set(word)) == 1:
        return word[:LONGEST_WORD]  # "zzzz" is no name: as one letter it would begin many
    for pattern, sound in SPELT:
        word = pattern.sub(sound, word)
    return word[:LONGEST_WORD]


def romanised(word: str) -> str:
    """One word in small letters without marks; of the nine scripts of India in Latin letters. Others stay."""
    word = unicodedata.normalize("NFKC", word).lower()
    if letter := _INDIC.search(word):
        word = _latin(word, SCRIPTS[(ord(letter[0]) - 0x900) // _BLOCK])
        word = re.sub("(?<=.)a$", "", word)  # it is not written: a long one is ā here
    return "".join(c for c in unicodedata.normalize("NFKD", word) if c.isalnum())


@lru_cache(maxsize=200_000)
def vowelled(word: str) -> str:
    """One word in Latin letters with its vowels, as it sounds: "मीना" and "Meena" are mina, "में" is men, "राम" is ram.

    Folding drops most vowels, so short words of a language fold like short names.
    """
    word = romanised(word)
    word = _urdu(word) if _ARABIC.search(word) else word
    for pattern, sound in _HEARD:
        word = pattern.sub(sound, word)
    return word


@lru_cache(maxsize=200_000)
def spelled(word: str) -> tuple[int, str]:
    """The script of a word, by a number, and the word as people who write in this script tell it from others.

    People mix long and short i and u, ष and श, and dots: these are one here. 0 is Latin, which tells words apart as
    they sound. So "भट" and "बात" differ here, though both are "bat" in Latin letters.
    """
    plain = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", word).lower())
    if match := _INDIC.search(plain):
        script = (ord(match[0]) - 0x900) // _BLOCK
        letters = (chr(0x900 + (ord(c) - 0x900) % _BLOCK) if _INDIC.match(c) else c for c in plain)
        return script + 1, "".join(letters).translate(_MIXED)
    return (-1, plain) if _ARABIC.search(plain) else (0, vowelled(word))


def _spelt(chunk: str) -> list[str]:
    """The words of a chunk without spaces, as they are written."""
    plain = plain_digits(unicodedata.normalize("NFKC", chunk).lower())
    return _WORD.findall("".join(c for c in plain if c not in "'’`´." and unicodedata.category(c) != "Cf"))


@lru_cache(maxsize=200_000)
def _words(chunk: str) -> tuple[str, ...]:
    """The folded words of a chunk without spaces."""
    return tuple(folded for word in _spelt(chunk) if (folded := _folded(word)))


def folded_words(text: str) -> list[str]:
    """The words of a name or of what somebody typed, in order, as they sound. At most MOST_WORDS."""
    words = list(chain.from_iterable(map(_words, text[:1_000].split()[:MOST_WORDS])))
    return words[:MOST_WORDS]


def words_of_names(names: Mapping[str, str]) -> list[str]:
    """Every word of a unit's names in all languages, once each, in order: what is stored for search."""
    words: dict[str, None] = {}
    for name in names.values():
        words.update(dict.fromkeys(folded_words(name)))
    return list(words)


def fits_name(text: str, *names: str) -> bool:
    """Return True if a text is a part of one of these names as written, or each of its words is as it sounds.

    For short lists of seats, parties and units that are in memory. An empty text fits every name.
    """
    wanted, plain = folded_words(text), text.strip().casefold()
    return any(
        plain in name.casefold()
        or (wanted and all(any(part in word for word in folded_words(name)) for part in wanted))
        for name in names
    )


def joined_words(text: str) -> list[list[str]]:
    """Return the typed text with one space fewer, as it sounds: "Shri Nagar" read as "Shrinagar". Every such
    reading."""
    spelt = list(chain.from_iterable(map(_spelt, text[:1_000].split()[:MOST_WORDS])))[:MOST_WORDS]
    readings = (
        [*spelt[:n], first + second, *spelt[n + 2 :]] for n, (first, second) in enumerate(pairwise(spelt))
    )
    return [[folded for word in words if (folded := _folded(word))] for words in readings]


def run_together(text: str) -> str:
    """Return the typed text as one word, as it sounds; empty where that would be a number of other numbers."""
    together = _folded("".join(chain.from_iterable(map(_spelt, text[:100].split()))))
    return "" if together.isdigit() else together


def word_halves(word: str) -> list[tuple[str, str]]:
    """A folded word as two, wherever it may be cut. The second may have begun with the vowel that folding drops."""
    cuts = [(word[:n], word[n:]) for n in range(2, len(word) - 1)]
    return [*cuts, *((first, f"a{second}") for first, second in cuts)]


def without_vowels(word: str) -> str:
    """A folded word without the vowels inside: what "Ganderbal", "Gandarbal" and "Gandirbul" have in common."""
    return word[:1] + re.sub("[iu]", "", word[1:])
