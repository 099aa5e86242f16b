"""Reads the beginning of a person's text: join, yes, no, leave, stop, help; or that it only thanks.

The file words.toml and the files of further languages hold the words by language.

Only whole words count, so "Stopinder" is a name. A word counts at the beginning, after words of politeness; a Hindi
phrase, whose verb comes last, also at the end of a short text. These rules choose where two could be meant:
- what refuses wins: "no, yes" is a no; "yes" or "join" beside a word or phrase against it is neither, and a person
  reads it;
- "no" at the start is a no, but "no problem" is nothing;
- a phrase that asks to leave, anywhere in it, makes a no or a stop a leaving: "nahi, mera naam hata do";
- "stop" asks for no more messages, "leave" ends a membership, "no" says that one never joined;
- thanks, a sign or a picture of a letter alone ask for nothing; a greeting alone asks for help;
- a text that thanks, greets or says "done", with a strange word or two, asks nothing either (`asks_nothing`);
Case, spacing, punctuation, emoji, full-width letters, joiners, nukta, candrabindu and letters held down ("stoppp") make
no difference.
"""

import re
import tomllib
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from itertools import pairwise, product, takewhile
from pathlib import Path
from typing import Any

from abhiyan.core import languages
from abhiyan.core.languages import Language
from abhiyan.core.letters import plain_digits

from . import questions

LONGEST = 2_000  # characters of a text that are read; the longest SMS in parts has 1,600
SHORT = 8  # words of a text whose end is looked at too
SETS = ("polite", "thanks", "against", "small", "asking", "hail")  # lists of single words in words.toml
PHRASE_SETS = ("courtesy", "settled")
COURTEOUS = 14  # words: longer texts are read by a person
STRANGE = 2  # unknown words beside a thank-you
HAILED = 2  # of "jai"
THANKED = 3  # of "thanks for" and "ke liye dhanyavad"
# "?", an address, anger. And forms of verbs by which people ask: bataiye, milega, karwao, بتائیے.
_ASKS = re.compile("[?؟@#/😞-😩😫-😭🤬👎💔❌🚫⛔]|www\\.")
_ASKING_FORM = re.compile(
    r"(?:iye|iyega|iyo|ega|egi|enge|engi|unga|ungi|oge|oga|ogi|ao|"
    r"िए|िये|इए|इये|िएगा|ेगा|ेगी|ेंगे|ेंगी|ूंगा|ूंगी|ोगे|ोगा|ोगी|ाओ|एगा|एगी|एंगे|ओगे|یے|ئے|ؤ|گا|گی|گے)$"
)
_TOLD_FORM = re.compile(r"(?:liye|kiye|diye|लिए|लिये|किए|किये|दिए|दिये|لیے|کیے|دیے|لئے|گئے)$")
_FOR = (("for",), ("ke", "liye"), ("ke", "lie"), ("के", "लिए"), ("के", "लिये"), ("کے", "لیے"), ("کے", "لئے"))
_SENTENCE = re.compile(r"[.!;।۔\n]")
_OF = (["ki"], ["की"], ["کی"])
_IS = frozenset(("is", "are", "hai", "hain", "he", "h", "है", "हैं", "ہے", "ہیں"))
_REPEATED = re.compile(r"([^\W\d_])\1{2,}")
# Apostrophes, nukta, the sign that makes a picture of a letter, vowel signs of Arabic letters.
_IGNORED = frozenset(["\u093c", "\ufe0f", *"'’‘`´", *map(chr, range(0x64B, 0x653))])
# Candrabindu is written as anusvara by many; Arabic keyboards have other ye, kaf and he than Urdu ones.
_ALIKE = str.maketrans("\u0901\u064a\u0649\u0643\u0647\u06be", "\u0902\u06cc\u06cc\u06a9\u06c1\u06c1")


class TextWord(StrEnum):
    """A text asks for one of these."""

    JOIN = "join"
    YES = "yes"
    NO = "no"
    LEAVE = "leave"
    STOP = "stop"
    HELP = "help"
    THANKS = "thanks"


REFUSING = (TextWord.NO, TextWord.LEAVE, TextWord.STOP)
WITH_WORD = (TextWord.YES, TextWord.NO, TextWord.LEAVE)  # beside these a question's word says which is meant


@dataclass(frozen=True, slots=True)
class SaidText:
    """A text says this. word: None where no rule can tell.

    code: what comes with YES, NO or LEAVE in the shape of a question's word, in capitals; else "". rest: what else
    was written, as it was written; "" where that is politeness. language: of the words, or of the script ("" where
    neither tells: JOIN alone is no English).
    """

    word: TextWord | None
    code: str
    rest: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class _Token:
    """One word: folded for comparing, with its place in the text."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Vocabulary:
    phrases: dict[tuple[str, ...], tuple[TextWord | None, str]]  # None: means something else
    late: frozenset[tuple[str, ...]]  # words that may end a text
    longest: int
    sets: dict[str, frozenset[str]]  # by SETS
    courtesies: dict[str, frozenset[tuple[str, ...]]]  # by PHRASE_SETS
    tongues: dict[str, frozenset[str]]  # words of politeness in Latin letters, by language


def read_said_text(text: str) -> SaidText:
    """Read what a text asks for, by its first words. Anything may be given; an unclear text is SaidText(None, …)."""
    plain = plainly(text)
    tokens = list(_tokens(plain))
    vocabulary = _vocabulary(tuple(languages.added_languages().values()))
    language = script_of(plain) or _tongue(tokens, vocabulary)
    first, last = 0, len(tokens)
    while (
        first < last
        and tokens[first].text in vocabulary.sets["polite"]
        and not _at(tokens, first, last, vocabulary)
    ):
        first += 1
    if first == last:
        return SaidText(_alone(plain, tokens, vocabulary), "", "", language)
    phrase = _at(tokens, first, last, vocabulary)
    code = ""
    if phrase is None and (ahead := _code(plain, tokens[first])):
        phrase = _at(tokens, first + 1, last, vocabulary)
        if phrase and phrase[0] in WITH_WORD:
            code = ahead
            phrase = (phrase[0], phrase[1], phrase[2] + 1)
        else:
            phrase = None
    if phrase is None:
        late = _late(tokens, first, last, vocabulary)
        if late is None:
            return SaidText(None, "", plain.strip(), language)
        late_word = _left(late[0], tokens, first, last, vocabulary)
        return SaidText(late_word, "", _clipped(plain[: tokens[late[2]].start]), late[1])
    word, language, n = phrase
    if language == "en" and n == 1 and _tongue(tokens, vocabulary) != "en":
        language = script_of(plain)  # JOIN or STOP are on every poster, whatever one speaks
    behind = tokens[first + n : last]
    if word is None or (word not in REFUSING and _is_against(word, behind, vocabulary)):
        return SaidText(None, "", plain.strip(), language)
    end = tokens[first + n - 1].end
    if word in WITH_WORD and not code and behind:
        code = _code(plain, behind[0])
        if code:
            end, behind = behind[0].end, behind[1:]
    # "No 12, …" is an address, "N. Rao" a name
    is_number = word is TextWord.NO and not code and bool(behind) and behind[0].text[0].isdigit()
    is_initial = n == 1 and len(tokens[first].text) == 1 and bool(behind)
    if is_number or (is_initial and not code):
        return SaidText(None, "", plain.strip(), language)
    says_more = any(token.text not in vocabulary.sets["polite"] for token in behind)
    if not code:
        word = _left(word, tokens, first, last, vocabulary)
    return SaidText(word, code, _clipped(plain[end:]) if says_more else "", language)


def _is_against(word: TextWord, behind: list[_Token], vocabulary: _Vocabulary) -> bool:
    """Return True if the words behind a yes or a join are against it: "yes, delete my name", "sadasyata khatam karo".

    Behind a join stand details, such as "Nai" or "Block B". There a lone word is too little, but for a Hindi one that
    asks to leave or stop; and so is "no" a long way behind.
    """
    is_yes = word is TextWord.YES
    if (is_yes or len(behind) <= SHORT) and any(token.text in vocabulary.sets["against"] for token in behind):
        return True
    for place in range(len(behind)):
        meant, language, n = _at(behind, place, len(behind), vocabulary) or (None, "", 0)
        if meant in REFUSING and (
            n > 1
            or (len(behind[place].text) > 1 if is_yes else language != "en" and meant is not TextWord.NO)
        ):
            return True
    return False


def _alone(plain: str, tokens: list[_Token], vocabulary: _Vocabulary) -> TextWord | None:
    """Read a text of nothing but polite words: it asks for nothing, where it thanks or has no word at all."""
    is_thanks = not tokens or any(token.text in vocabulary.sets["thanks"] for token in tokens)
    if is_thanks or _strangeness(plain, tokens, vocabulary) == 0:
        return None if _ASKS.search(plain) else TextWord.THANKS
    return TextWord.HELP


def asks_nothing(text: str) -> bool:
    """Return True if a text that no word explains only thanks, greets, wishes, or says that something is done.

    It is short and says one of these. It has no question, no word of need, complaint or denial, no form of a verb that
    asks, no number and no angry face; and beside a thank-you at most `STRANGE` words that we do not know. A refusal
    beside it, such as "thanks opt out", asks.
    """
    plain = plainly(text)
    strange = _strangeness(
        plain, list(_tokens(plain)), _vocabulary(tuple(languages.added_languages().values()))
    )
    return strange is not None and read_said_text(text).word not in REFUSING


def _strangeness(plain: str, tokens: list[_Token], vocabulary: _Vocabulary) -> int | None:
    """Count the unknown words of a text that asks nothing; return None where it may ask something."""
    words = [token.text for token in tokens]
    if not words or len(words) > COURTEOUS or _ASKS.search(plain):
        return None
    sentences = [_kinds(words[begin:end], vocabulary) for begin, end in _sentences(plain, tokens)]
    kinds = [kind for sentence in sentences for kind in sentence]
    if "courtesy" in kinds and any(_is_about_something(sentences, n) for n in range(len(sentences))):
        return None
    strange = kinds.count("strange")
    is_warm = "courtesy" in kinds
    n_digits = sum(c.isdigit() for c in plain)
    if "asking" in kinds or n_digits > (4 if is_warm else 0) or not {"courtesy", "settled"} & set(kinds):
        return None
    most = STRANGE - any(word in _IS for word in words) if is_warm else 0
    return strange if strange <= most else None


def _sentences(plain: str, tokens: list[_Token]) -> Iterator[tuple[int, int]]:
    """Give the places of the first word and behind the last one of each sentence."""
    begin = 0
    for place, (token, following) in enumerate(pairwise(tokens), 1):
        if _SENTENCE.search(plain, token.end, following.start):
            yield begin, place
            begin = place
    yield begin, len(tokens)


def _is_about_something(sentences: list[list[str]], n: int) -> bool:
    """Return True if a sentence without thanks has unknown words. The name at the end of a text may."""
    kinds = set(sentences[n])
    is_name = 0 < n == len(sentences) - 1 and kinds == {"strange"}
    return "courtesy" not in kinds and "strange" in kinds and not is_name


def _kinds(words: list[str], vocabulary: _Vocabulary) -> list[str]:
    """Sort the words of a sentence into courtesy, settled, small, strange and asking."""
    kinds = ["" for _word in words]
    place = 0
    while place < len(words):
        kind, n = _courteous(words, place, vocabulary)
        if words[place] in vocabulary.sets["hail"]:
            kind, n = "settled", 1
            if words[place - 1 : place] in _OF:  # "bharat mata ki jai"
                kinds[max(0, place - 1 - HAILED) : place] = ["small"] * min(place, 1 + HAILED)
            else:
                n += len(
                    list(
                        takewhile(lambda word: not _is_asking(word, vocabulary), words[place + 1 :][:HAILED])
                    )
                )
        kinds[place : place + n] = [kind] * len(words[place : place + n])
        place += n
    if "courtesy" in kinds:
        for place in _thanked(words, kinds.index("courtesy")):
            kinds[place] = kinds[place] or "small"
    for place, word in enumerate(words):
        if word in vocabulary.sets["against"] or (not kinds[place] and _is_asking(word, vocabulary)):
            kinds[place] = "asking"
        elif not kinds[place]:
            is_small = word in vocabulary.sets["small"] or word in vocabulary.sets["polite"]
            kinds[place] = "small" if is_small or word.isdecimal() else "strange"
    return kinds


def _courteous(words: list[str], place: int, vocabulary: _Vocabulary) -> tuple[str, int]:
    """The longest phrase of courtesy that begins here, and how many words it has; ("", 1) where none does."""
    for n in range(min(vocabulary.longest, len(words) - place), 0, -1):
        for kind, phrases in vocabulary.courtesies.items():
            if tuple(words[place : place + n]) in phrases:
                return kind, n
    return "", 1


def _thanked(words: list[str], thanks: int) -> Iterator[int]:
    """Places of what somebody thanks for: "thanks for your help", "madad ke liye dhanyavad"."""
    for place in range(len(words)):
        for phrase in _FOR:
            if tuple(words[place : place + len(phrase)]) == phrase:
                is_before = phrase == ("for",)
                begin = place + 1 if is_before else place - THANKED
                if (place > thanks) == is_before:
                    yield from range(max(begin, 0), min(begin + THANKED, len(words)))


def _is_asking(word: str, vocabulary: _Vocabulary) -> bool:
    """Return True for a word by which people ask or refuse. A single letter may be a name, or "and"."""
    meant, _language = vocabulary.phrases.get((word,), (None, ""))
    is_refusing = meant in REFUSING and len(word) > 1
    is_form = bool(_ASKING_FORM.search(word) and not _TOLD_FORM.search(word))
    return is_refusing or is_form or word in vocabulary.sets["asking"]


def _left(word: TextWord, tokens: list[_Token], first: int, last: int, vocabulary: _Vocabulary) -> TextWord:
    """A no or a stop with a phrase in it that asks to leave is a leaving. One English word is too little for that, and
    "nahi chhodna" is no such phrase."""
    if word not in (TextWord.NO, TextWord.STOP):
        return word
    place = first
    while place < last:
        meant, language, n = _at(tokens, place, last, vocabulary) or (word, "", 1)
        if meant is TextWord.LEAVE and (n > 1 or language != "en"):
            return TextWord.LEAVE
        place += n if meant in (None, TextWord.STOP) else 1
    return word


def plainly(text: str) -> str:
    """Return a text as it is read: at most LONGEST characters, nothing invisible, spaces single within a line.
    Full-width letters and ligatures become usual letters, and digits 0–9."""
    folded = plain_digits(unicodedata.normalize("NFKC", text[:LONGEST]))
    out: list[str] = []
    for c in folded:
        category = unicodedata.category(c)
        if category[0] == "C":
            if c in "\n\r\t":
                out.append("\n" if c == "\n" else " ")
            elif c in "\u200c\u200d":
                out.append(c)  # they shape letters of names
        elif category in ("Zs", "Zl", "Zp"):
            out.append("\n" if category != "Zs" else " ")
        else:
            out.append(c)
    return "".join(out)


def script_of(text: str) -> str:
    """The language its script tells of: Hindi for Devanagari, Urdu for Arabic letters, one given besides; else ""."""
    scripts = _scripts(tuple(languages.added_languages().values()))
    return next((scripts[script] for c in text if c > "\u02ff" and (script := _script(c)) in scripts), "")


def _script(letter: str) -> str:
    return unicodedata.name(letter, "").partition(" ")[0]


@cache
def _scripts(more: tuple[Language, ...]) -> dict[str, str]:
    """Unicode's name of a script -> language; of several the one most people write: Bengali before Assamese."""
    return (
        {"ARABIC": "ur"}
        | {_script(language.name[0]): language.code for language in more}
        | {"DEVANAGARI": "hi"}
    )


def _tongue(tokens: list[_Token], vocabulary: _Vocabulary) -> str:
    """The language most small words of a text in Latin letters are of; "" where none tells."""
    counts = {name: sum(token.text in few for token in tokens) for name, few in vocabulary.tongues.items()}
    most = max(counts, key=counts.__getitem__)
    return most if counts[most] > min(counts.values()) else ""


def _tokens(plain: str) -> Iterator[_Token]:
    """The words of a text. Letters written apart ("S T O P") are one word."""
    tokens: list[_Token] = []
    letters: list[str] = []
    start = 0
    for place, c in enumerate(plain + " "):
        if c in _IGNORED or c in "\u200c\u200d":
            continue
        if unicodedata.category(c)[0] in "LMN":
            if not letters:
                start = place
            letters.append(c)
        elif letters:
            tokens.append(_Token(_folded("".join(letters)), start, place))
            letters = []
    if 2 < len(tokens) <= SHORT and all(len(token.text) == 1 for token in tokens):
        yield _Token(_folded("".join(token.text for token in tokens)), tokens[0].start, tokens[-1].end)
    else:
        yield from tokens


def _folded(word: str) -> str:
    return _REPEATED.sub(r"\1", word.casefold().translate(_ALIKE))


def _code(plain: str, token: _Token) -> str:
    """The word of a question, in capitals; "" where it has not the shape of one."""
    return questions.clean_word(plain[token.start : token.end])


def _at(
    tokens: list[_Token], first: int, last: int, vocabulary: _Vocabulary
) -> tuple[TextWord | None, str, int] | None:
    """The longest phrase that begins here: its word, language, and how many words it has."""
    for n in range(min(vocabulary.longest, last - first), 0, -1):
        phrase = vocabulary.phrases.get(tuple(token.text for token in tokens[first : first + n]))
        if phrase is not None:
            return (*phrase, n)
    return None


def _late(
    tokens: list[_Token], first: int, last: int, vocabulary: _Vocabulary
) -> tuple[TextWord, str, int] | None:
    """A Hindi phrase at the end of a short text, before words of politeness: its word, language, where it begins."""
    while first < last and tokens[last - 1].text in vocabulary.sets["polite"]:
        last -= 1
    if last - first > SHORT:
        return None
    for n in range(min(vocabulary.longest, last - first), 1, -1):
        phrase = tuple(token.text for token in tokens[last - n : last])
        word, language = vocabulary.phrases.get(phrase, (None, ""))
        if word is None and phrase in vocabulary.phrases:
            return None  # "mat hata do"
        if word is None or phrase not in vocabulary.late:
            continue
        before = tokens[first : last - n]
        if word not in REFUSING and any(token.text in vocabulary.sets["against"] for token in before):
            return None
        return word, language, last - n
    return None


def _clipped(text: str) -> str:
    return text.strip(" \n.,;:!?।-–—_/|\"'“”‘’()[]").strip()


def is_phrase(text: str) -> bool:
    """Return True if it has a word that could be looked for."""
    return any(True for _token in _tokens(plainly(text)))


def judge_phrases(language: Language) -> None:
    """Raises ValueError where a phrase of a language has another meaning in it, or in one that is there."""
    others = tuple(other for code, other in languages.added_languages().items() if code != language.code)
    _vocabulary((*others, language))


def expanded(written: str) -> Iterator[str]:
    """Give the phrases of an entry of words.toml: "call|sms mat bhejo" is two."""
    for chosen in product(*(choices.split("|") for choices in written.split())):
        yield " ".join(chosen).replace("_", " ")


@cache
def _vocabulary(more: tuple[Language, ...] = ()) -> _Vocabulary:
    """words.toml and further languages, folded as texts are. ValueError where a phrase has two meanings."""
    phrases: dict[tuple[str, ...], tuple[TextWord | None, str]] = {}
    late: set[tuple[str, ...]] = set()
    sets: dict[str, set[str]] = {name: set() for name in SETS}
    courtesies: dict[str, set[tuple[str, ...]]] = {name: set() for name in PHRASE_SETS}
    tongues: dict[str, set[str]] = {"en": set(), "hi": set()}
    sections: dict[str, Any] = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
    sections |= {tongue.code: tongue.words for tongue in more}
    for section, lists in sections.items():
        language = section.partition("-")[0]
        for name, written in lists.items():
            for text in (variant for choices in written for variant in expanded(choices)):
                phrase = tuple(token.text for token in _tokens(plainly(text)))
                if name in courtesies:
                    courtesies[name].add(phrase)
                    continue
                if name in sets:
                    sets[name].update(phrase)
                    if name == "thanks":
                        sets["polite"].update(phrase)
                    if name == "polite" and text.isascii() and language in tongues:
                        tongues[language].update(phrase)
                    continue
                word = None if name == "unclear" else TextWord(name)
                if phrases.setdefault(phrase, (word, language))[0] is not word:
                    raise ValueError(f"{text}: {word or name} and {phrases[phrase][0] or 'unclear'}")
                if language != "en" and len(phrase) > 1 and word is not None and word is not TextWord.YES:
                    late.add(phrase)
    longest = max(map(len, phrases))
    return _Vocabulary(
        phrases,
        frozenset(late),
        longest,
        {name: frozenset(few) for name, few in sets.items()},
        {name: frozenset(few) for name, few in courtesies.items()},
        {name: frozenset(few) for name, few in tongues.items()},
    )
