"""The words of our questions, and their links: nobody can guess one, and each belongs to one message.

A word is derived from its question and the number of the message that brings it, so it is kept nowhere. It has no
vowels, so it is never a word of a language. It has no character that reads like another one (0 and O, 1 and I and L).
It begins with a letter, so it is no year and no PIN code. 374,000 words; wrong ones are limited per phone.
"""

import base64
import hmac
import unicodedata
from uuid import UUID

from abhiyan.core.letters import plain_digits

LETTERS = "BCDFGHJKMNPQRSTVWXZ"
ALPHABET = LETTERS + "23456789"
LENGTH = 4
_LINK_BYTES = 8  # 60 bits of them make twelve letters; the word behind them makes the message's own link
_LINK_LETTERS = 12


def clean_word(text: str) -> str:
    """Return what somebody wrote as a word, as we write it; "" where it has not the shape of one. Small letters, digits
    of any script and wide letters are taken."""
    written = plain_digits(unicodedata.normalize("NFKC", text).strip().upper())
    is_one = (
        len(written) == LENGTH and written[0] in LETTERS and all(letter in ALPHABET for letter in written)
    )
    return written if is_one else ""


def word(key: bytes, question: UUID, n: int) -> str:
    """The word that message number n (from 1) of a question brings."""
    drawn = int.from_bytes(hmac.digest(key, b"word|" + question.bytes + bytes([n]), "sha256"), "big")
    drawn, first = divmod(drawn, len(LETTERS))
    letters = LETTERS[first]
    for _place in range(LENGTH - 1):
        drawn, place = divmod(drawn, len(ALPHABET))
        letters += ALPHABET[place]
    return letters


def link_part(key: bytes, question: UUID, n: int) -> str:
    """Return the link part of message number n: twelve letters of the question, then the message's word."""
    made = hmac.digest(key, b"question|" + question.bytes, "sha256")[:_LINK_BYTES]
    return (base64.b32encode(made).decode()[:_LINK_LETTERS] + word(key, question, n)).lower()


def parted(text: str) -> tuple[str, str]:
    """A link's own part and the word behind it; two "" where it has not the shape of one."""
    written = text.strip().lower()
    behind = clean_word(written[_LINK_LETTERS:])
    return (written[:_LINK_LETTERS], behind) if behind else ("", "")
