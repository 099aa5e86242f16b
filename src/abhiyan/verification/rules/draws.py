"""Draw items: a frame as a published file, a seed nobody can choose, a draw anybody repeats. Pure.

The file: a first line of JSON (`Head`), then for each stratum its commitments, one a line, rising. A commitment
is an item's public id under the frame's key (AES-256, one block), so nobody without the key can tell whose it
is; the first line holds the hash of the key, and the key is published when the draw closes.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from itertools import count

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

SIZE = 16  # bytes of an id, and of a commitment
FORM = "abhiyan frame 1"
_WRITTEN = frozenset("0123456789abcdefghijklmnopqrstuvwxyz")
FORM_MORE = "abhiyan more 1"


class NotAFrame(ValueError):
    """The file is not a frame; the text says which line is wrong."""


@dataclass(frozen=True, slots=True)
class DrawnStratum:
    """One stratum of a frame, as published. key: its name in the file; items, drawn: how many; drawn are the first."""

    key: str
    items: int
    drawn: int


@dataclass(frozen=True, slots=True)
class Head:
    """The first line of the file. value: where the public value will come from; frozen_at: ISO 8601 in UTC."""

    frame: str
    measure: str
    frozen_at: str
    value: str
    key_hash: str
    parts: tuple[DrawnStratum, ...]
    form: str = FORM


@dataclass(frozen=True, slots=True)
class DrawnItem:
    """One drawn item. order: from 1, within its stratum; line: of the file, from 1."""

    key: str
    order: int
    line: int
    commitment: bytes


def committed(ids: bytes, key: bytes) -> bytes:
    """Return public ids, 16 bytes each, as commitments under the frame's key of 32 bytes, in the same order.

    One AES block for each id: ids are random and different, so no two blocks are alike and none tells anything.
    """
    sealing = Cipher(algorithms.AES(key), modes.ECB()).encryptor()  # noqa: S305 one random block each
    return sealing.update(ids) + sealing.finalize()


def open_commitments(commitments: bytes, key: bytes) -> bytes:
    """Return public ids again, 16 bytes each, from commitments."""
    opening = Cipher(algorithms.AES(key), modes.ECB()).decryptor()  # noqa: S305 see `committed`
    return opening.update(commitments) + opening.finalize()


def hide_content(content: bytes, key: bytes) -> bytes:
    """Return content under a key that hides nothing else, or the content again: AES-256 in counter mode undoes
    itself."""
    hiding = Cipher(algorithms.AES(key), modes.CTR(bytes(SIZE))).encryptor()
    return hiding.update(content) + hiding.finalize()


def write_frame_file(head: Head, commitments: Sequence[bytes]) -> Iterator[bytes]:
    """Yield the file, piece by piece. commitments: of each part of the head, in its order, rising, joined.

    ValueError where a part has another number of items than the head says.
    """
    yield json.dumps(asdict(head), ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode() + b"\n"
    for part, joined in zip(head.parts, commitments, strict=True):
        if len(joined) != part.items * SIZE:
            raise ValueError(f"{part.key}: {len(joined)} bytes for {part.items} items")
        if joined:
            yield joined.hex("\n", -SIZE).encode() + b"\n"


def hash_of(pieces: Iterator[bytes]) -> str:
    """Return the frame's hash: SHA-256 of its file, in hexadecimal."""
    digest = sha256()
    for piece in pieces:
        digest.update(piece)
    return digest.hexdigest()


def read_frame_file(content: bytes) -> tuple[Head, list[bytes]]:
    """Return a frame's head and, for each of its parts, its commitments joined.

    NotAFrame says what is wrong with the file.
    """
    first, _, rest = content.partition(b"\n")
    try:
        header = json.loads(first)
        parts = tuple(
            DrawnStratum(str(part_facts["key"]), int(part_facts["items"]), int(part_facts["drawn"]))
            for part_facts in header.pop("parts")
        )
        head = Head(**header, parts=parts)
    except (ValueError, TypeError, KeyError, AttributeError) as wrong:
        raise NotAFrame("line 1 does not tell what the file is") from wrong
    if head.form != FORM:
        raise NotAFrame(f"line 1: {head.form!r} is not {FORM!r}")
    lines = rest.split()
    if len(lines) != sum(part.items for part in parts):
        raise NotAFrame(f"{len(lines)} items, line 1 says {sum(part.items for part in parts)}")
    commitments, at = [], 0
    for part in parts:
        of_part = lines[at : at + part.items]
        for line, (before, commitment) in enumerate(zip([b"", *of_part], of_part, strict=False), at + 2):
            if len(commitment) != 2 * SIZE or commitment <= before or commitment.strip(b"0123456789abcdef"):
                raise NotAFrame(f"line {line} is not a commitment, or not in its place")
        commitments.append(bytes.fromhex(b"".join(of_part).decode()))
        at += part.items
    return head, commitments


def canonical(value: str) -> str:
    """Return a public value as its letters and digits, small. Other ways to write it would leave somebody a choice."""
    return "".join(character for character in value.lower() if character in _WRITTEN)


def draw_seed(frame_hash: str, value: str) -> bytes:
    """Return the seed: SHA-256 of the frame's hash in hexadecimal, followed by the public value (`canonical`)."""
    return sha256((frame_hash + value).encode()).digest()


def drawn_order(seed: bytes, key: str, items: int) -> Iterator[int]:
    """Yield places of a stratum's items (from 0) in the order they are drawn, without repeats, to the last.

    Each is SHA-256(seed, key, counter) modulo the number of items; one that came before is passed over. The
    sampler is that of risk-limiting audits (Rivest 2011, "SHA-256 sampler").
    """
    start = sha256(seed + key.encode() + b"\0")
    taken: set[int] = set()
    for counter in count(1):
        if len(taken) == items:
            return
        again = start.copy()
        again.update(str(counter).encode())
        place = int.from_bytes(again.digest(), "big") % items
        if place not in taken:
            taken.add(place)
            yield place


def draw_items(
    head: Head, commitments: Sequence[bytes], seed: bytes, more: dict[str, int] | None = None
) -> list[DrawnItem]:
    """Return the items drawn. more: part -> how many are drawn beyond the first, of the same order."""
    drawn_strata, line = [], 2
    for part, joined in zip(head.parts, commitments, strict=True):
        wanted = min(part.items, part.drawn + (more or {}).get(part.key, 0))
        places = drawn_order(seed, part.key, part.items)
        for at in range(1, wanted + 1):
            place = next(places)
            drawn_strata.append(
                DrawnItem(part.key, at, line + place, joined[place * SIZE : (place + 1) * SIZE])
            )
        line += part.items
    return drawn_strata


def written_more(frame_hash: str, more: dict[str, int]) -> str:
    """Return the file that says how many were drawn later. more: part -> how many, beyond the first."""
    facts = {"form": FORM_MORE, "frame": frame_hash, "more": {key: n for key, n in more.items() if n}}
    return json.dumps(facts, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def read_more(content: bytes, frame_hash: str, head: Head) -> dict[str, int]:
    """Return the later checks that `written_more` wrote for this frame. NotAFrame says what is wrong."""
    try:
        facts = json.loads(content)
        form, drawn_hash, more = (
            facts["form"],
            facts["frame"],
            {key: int(n) for key, n in facts["more"].items()},
        )
    except (ValueError, TypeError, KeyError, AttributeError) as wrong:
        raise NotAFrame("not a file of later checks") from wrong
    if form != FORM_MORE or drawn_hash != frame_hash:
        raise NotAFrame("later checks of another frame")
    if unknown := sorted(
        key
        for key, n in more.items()
        if n < 0 or key not in {drawn_stratum.key for drawn_stratum in head.parts}
    ):
        raise NotAFrame(f"no such stratum: {', '.join(unknown)}")
    return more


def district_shares(items: Sequence[int], wanted: int, floor: int | Sequence[int]) -> list[int]:
    """Return how many of each district are drawn: in proportion to its items, at least `floor`, at most half.

    floor: of every district, or of each. Half, because where everybody is drawn everybody knows who. With a floor more
    than `wanted` may be drawn. Largest remainders, so that the proportional part is whole.
    """
    whole = sum(items)
    if not whole:
        return [0] * len(items)
    exact = [wanted * n_items / whole for n_items in items]
    rounded = [int(share) for share in exact]
    rest = sorted(range(len(items)), key=lambda at: (rounded[at] - exact[at], at))
    for at in rest[: max(0, min(wanted, whole) - sum(rounded))]:
        rounded[at] += 1
    floors = [floor] * len(items) if isinstance(floor, int) else floor
    return [
        min(n_items // 2, max(least, share))
        for n_items, share, least in zip(items, rounded, floors, strict=True)
    ]
