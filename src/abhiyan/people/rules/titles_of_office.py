"""Names that pretend an office: "National president, India", "Asha Devi (State president)", "Admin".

Approvals, circulars and messages name who asks. So nobody's name says an office. The titles come from the list of
offices in its languages, and are compared as they sound, in every script (`units.rules.fold`).
"""

import re
from collections.abc import Sequence
from functools import cached_property

from abhiyan.units.rules.fold import folded_words, run_together

# Words of titles that families are called by as well. They pass beside another word: "Ravi Adhikari", "Asha Mantri".
_FAMILIES = ["अधिकारी", "मंत्री", "प्रमुख"]
_APART = re.compile(r"[(),/·:]|\s[-–—]\s")  # what sets a part of a name off: "Asha Devi (President)"
_CHUNKS = re.compile(r"[\s(),/·:]+")
_OF = re.compile(r"\bof\b", re.IGNORECASE)
# Some write this onto a title without a space: "Presidentji", "President2", "Presidents".
_GLUED = re.compile(r"(?<=\S\S\S)(?:ji|jee|जी|s|\d+)$", re.IGNORECASE)
# The list of offices does not have the keeper of the server, nor every word for an office that it has.
_OTHERS = ("Administrator", "Admin", "एडमिन", "Chairman", "Chairperson", "Convener", "महासचिव")


class OfficeTitles:
    """The titles that a name may not say. They are folded when the first name is read, for that takes a moment."""

    def __init__(self) -> None:
        self._titles = [(title, True) for title in _OTHERS]

    def add(self, *titles: str, is_leading: bool) -> None:
        """Add the names of an office, once at the start. is_leading: the word for its kind, such as president, is no
        part of a name either."""
        self._titles += ((title, is_leading) for title in titles)

    def said_in(self, name: str) -> bool:
        """Return True if a name says an office."""
        words = folded_words(name)
        together = "".join(words), run_together(name)
        chunks = _CHUNKS.split(name)
        word_set = {
            *words,
            *(
                "".join(folded_words(chunk_text))
                for chunk in chunks
                for chunk_text in (chunk, _GLUED.sub("", chunk))
            ),
        }
        word_set |= {run_together(part) for part in _APART.split(name)}  # "P r e s i d e n t"
        return (
            any(title in joined_words for title in self._whole for joined_words in together)
            or bool(self._heads.intersection(word_set) - self._families)
            or any(self._is_title(folded_words(part)) for part in _APART.split(name))
        )

    def _is_title(self, words: Sequence[str]) -> bool:
        """Return True if a part of a name has words of titles alone, and at least one that says a kind of office."""
        return bool(self._heads.intersection(words)) and self._words.issuperset(words)

    @cached_property
    def _whole(self) -> frozenset[str]:
        """Titles of two words and more, run together: as they sound apart, and as one word, "Statepresident"."""
        several = [title for title, _is_leading in self._titles if len(folded_words(title)) > 1]
        return frozenset(
            title_text
            for title in several
            for title_text in ("".join(folded_words(title)), run_together(title))
        )

    @cached_property
    def _heads(self) -> frozenset[str]:
        """The last word of the titles of leading offices, and of each title of one word."""
        return frozenset(
            "".join(folded_words(title.split()[-1]))
            for title, is_leading in self._titles
            if (is_leading or len(folded_words(title)) == 1) and not _OF.search(title)
        )

    @cached_property
    def _words(self) -> frozenset[str]:
        return (
            frozenset(word for title, _is_leading in self._titles for word in folded_words(title))
            | self._heads
        )

    @cached_property
    def _families(self) -> frozenset[str]:
        return frozenset(word for name in _FAMILIES for word in folded_words(name))


TITLES = OfficeTitles()
