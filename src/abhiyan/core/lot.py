"""The lot draws ids, tokens and codes at random. Keys and nonces, which no page shows, are drawn where they are used.

The operating system's source feeds it. Tests put one with a seed in its place, so that a run can be repeated, and so
does what makes the demo (`seeded`); nothing in the environment does.
"""

import base64
import random
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar
from uuid import UUID

T = TypeVar("T")

source: random.Random = secrets.SystemRandom()


@contextmanager
def seeded(seed: str) -> Iterator[None]:
    """Draw from a seed meanwhile. Only for the demo, whose key everybody knows: its ids are the same in each build."""
    global source
    before, source = source, random.Random(seed)  # noqa: S311  # sample data
    try:
        yield
    finally:
        source = before


def uuid() -> UUID:
    """An id of version 4."""
    return UUID(int=source.getrandbits(128), version=4)


def octets(n: int) -> bytes:
    """So many bytes."""
    return source.randbytes(n)


def random_token(n: int) -> str:
    """So many bytes, as letters that an address may hold."""
    return base64.urlsafe_b64encode(octets(n)).rstrip(b"=").decode()


def random_below(n: int) -> int:
    """A whole number from 0 to n - 1."""
    return source.randrange(n)


def random_choice(of: Sequence[T]) -> T:
    """One of several, each as likely."""
    return source.choice(of)


def some(of: Sequence[T], n: int) -> list[T]:
    """So many of several, none twice."""
    return source.sample(of, n)
