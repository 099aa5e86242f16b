"""Arabic articles inside names: عبدالرحمن, "Abdul Rahman", "Abdur Rahman" and "Abdurrahman" are one name.

The article al joins two words. Writers join all three, two of them, or none. The l sounds as the letter behind it where
that is a sun letter, and the a is silent: ذوالفقار is Zulfikar.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from abhiyan.units.rules.fold import folded_words, romanised

_SUN = "sh|[tdrzsnl]"
_URDU_SUN = "تثدذرزسشصضطظلن"
_ARABIC = re.compile("[\u0600-\u06ff]")
_H = re.compile("[hحہ]")
ALONE = f"[aeu](?:{_SUN})"
FOLDED = "[aiu](.)"  # ALONE as it sounds
_AT_END = re.compile(f"(..+?)u({_SUN})")  # Abdul, Abdur
_IN_ONE = (
    re.compile(rf"(..+?)u({_SUN})(\2.+)"),  # Nuruddin
    re.compile(r"(..+?)u(l)([^aeiou\W]..*)"),  # Ziaulhaq
    re.compile(r"(...+?)u(l)([aeiou]...*)"),  # Saifulislam
)
_URDU_IN_ONE = re.compile("(.{2,})ال(.{2,})")
# Each pattern, and what replaces it, makes another reading of a word. The page of a phone has the same table.
READINGS = (
    ("^(.{2,})ال(?=.{2,}$)", r"\1ل"),
    (f"^(.{{2,}})ال(?=[{_URDU_SUN}].)", r"\1"),
    ("^ال(?=.{2,}$)", ""),
    ("^یو(?=[^اویےئہ])", "یۆ"),  # Behind a y it sounds as u: یوسف is Yusuf.
    ("^য(?!়)", "জ"),  # At the start of a word it sounds as j: যমুনা is Jamuna.
)
_COMPILED = tuple((re.compile(pattern), put) for pattern, put in READINGS)


def article_readings(word: str) -> list[str]:
    """Return other ways to read one written word; none of most."""
    return [pattern.sub(put, word) for pattern, put in _COMPILED if pattern.search(word)]


def is_article(word: str, following: str) -> bool:
    """Return True for an article that is written by itself before another word: ul, ud, उल. Usha and उषा are none."""
    if len(word) > 2 and not re.fullmatch(ALONE, word):
        return False
    sound = re.fullmatch(FOLDED, "".join(folded_words(word)))
    return sound is not None and (sound[1] == "l" or "".join(folded_words(following)).startswith(sound[1]))


def _joins(words: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield what is before an article, and what is behind it."""
    for n, (word, following) in enumerate(pairwise(words)):
        if n and is_article(word, following):
            yield words[n - 1], following
        ended = _AT_END.fullmatch(word)
        if ended and (ended[2] == "l" or following.startswith(ended[2])):
            yield ended[1], following
        if following.startswith("ال") and len(following) > len("ال") + 1:
            yield word, following.removeprefix("ال")
    for word in words:
        for pattern in _IN_ONE:
            if inside := pattern.fullmatch(word):
                yield inside[1], inside[3]
        if inside := _URDU_IN_ONE.fullmatch(word):
            yield inside[1], inside[2]


def article_forms(written: Sequence[str]) -> list[str]:
    """Return further words by which a name with an article is more: its halves, and both with and without the l."""
    words = [romanised(word) for word in written]
    more: list[str] = []
    for before, behind in _joins(words):
        is_urdu = _ARABIC.search(behind) is not None
        short, el = ("", "ل") if is_urdu else ("u", "l")
        sun = behind[0] if is_urdu else (re.match(_SUN, behind) or [""])[0]
        more += [before, behind, before + short + el, before + short + el + behind]
        if sun and (not is_urdu or sun in _URDU_SUN):
            more += [before + short + sun, before + short + behind]
        if _H.match(behind):  # Ziaulhaq: a breath behind the l, or a letter of its own
            more.append(before + short + el + (behind[1:] if is_urdu else "a" + behind))
    return list(dict.fromkeys(more))
