"""Frames and draws: what is published tells nobody's name, and anybody repeats the draw from it."""

import os
from dataclasses import replace
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from abhiyan.verification.rules import draws
from abhiyan.verification.rules.draws import DrawnStratum, Head

KEY = bytes(range(32))


def frame(*sizes: int, drawn: int = 5) -> tuple[Head, list[bytes], set[bytes]]:
    """A frame of as many items in each stratum, and their ids."""
    parts, commitments, ids = [], [], set[bytes]()
    for number, size in enumerate(sizes):
        own = [os.urandom(16) for _ in range(size)]
        ids |= set(own)
        sealed = draws.committed(b"".join(own), KEY)
        commitments.append(b"".join(sorted(sealed[at : at + 16] for at in range(0, len(sealed), 16))))
        parts.append(DrawnStratum(f"district-{number}", size, min(size, drawn)))
    head = Head(
        "F-7",
        "drive 1: enrolments",
        "2026-11-21T00:00:00Z",
        "drand round 99",
        sha256(KEY).hexdigest(),
        tuple(parts),
    )
    return head, commitments, ids


def test_a_stranger_repeats_the_draw_from_the_file_and_the_public_value() -> None:
    head, commitments, ids = frame(400, 0, 3, 1)
    file = b"".join(draws.write_frame_file(head, commitments))
    seed = draws.draw_seed(draws.hash_of(iter([file])), "8c3f")
    drawn = draws.draw_items(head, commitments, seed)
    again = draws.draw_items(*draws.read_frame_file(file), draws.draw_seed(sha256(file).hexdigest(), "8c3f"))
    assert drawn == again and len(drawn) == 5 + 0 + 3 + 1
    lines = file.decode().splitlines()
    assert all(lines[one.line - 1] == one.commitment.hex() for one in drawn)
    opened = draws.open_commitments(b"".join(one.commitment for one in drawn), KEY)
    names = {opened[at : at + 16] for at in range(0, len(opened), 16)}
    assert names <= ids and len(names) == len(drawn)
    assert not any(one in file or one.hex().encode() in file for one in ids), "the file names nobody"


def test_one_item_changed_is_another_frame() -> None:
    head, commitments, _ = frame(50)
    file = b"".join(draws.write_frame_file(head, commitments))
    other = commitments[0][:-1] + bytes([commitments[0][-1] ^ 1])
    assert sha256(file).hexdigest() != draws.hash_of(draws.write_frame_file(head, [other]))


def test_a_larger_draw_begins_with_the_smaller_one() -> None:
    head, commitments, _ = frame(300, 40)
    seed = draws.draw_seed("00", "7")
    first = draws.draw_items(head, commitments, seed)
    more = draws.draw_items(head, commitments, seed, {"district-0": 20})
    assert [one for one in more if one.order <= 5] == first and len(more) == len(first) + 20


@given(st.integers(0, 300), st.binary(min_size=32, max_size=32))
def test_the_order_is_one_of_all_items(items: int, seed: bytes) -> None:
    assert sorted(draws.drawn_order(seed, "x", items)) == list(range(items))


def test_every_item_has_the_same_chance() -> None:
    """9,000 draws of one in three: each place is drawn about 3,000 times."""
    drawn = [0, 0, 0]
    for number in range(9_000):
        drawn[next(draws.drawn_order(number.to_bytes(4, "big"), "k", 3))] += 1
    assert all(2_800 < one < 3_200 for one in drawn)


@given(st.lists(st.integers(0, 5_000), min_size=1, max_size=30), st.integers(0, 4_000), st.integers(0, 40))
def test_shares_are_proportional_with_a_floor_and_never_more_than_half(
    items: list[int], wanted: int, floor: int
) -> None:
    found = draws.district_shares(items, wanted, floor)
    assert all(min(of // 2, floor) <= one <= of // 2 for of, one in zip(items, found, strict=True))
    assert draws.district_shares(items, wanted, [floor] * len(items)) == found
    if items:  # a floor of its own moves nobody else
        more = draws.district_shares(items, wanted, [floor, *[0] * (len(items) - 1)])
        assert more == [found[0], *draws.district_shares(items, wanted, 0)[1:]]
    if not floor and wanted <= sum(items) / 2 - len(items):
        assert sum(found) == wanted
    for (of, one), (other, less) in zip(
        zip(items, found, strict=True), zip(items[1:], found[1:], strict=False), strict=False
    ):
        if of > other:
            assert one >= less - 1


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (b"", "line 1 does not tell"),
        (b"[1]\n", "line 1 does not tell"),
        (b'{"parts": [{"key": "a"}]}\n', "line 1 does not tell"),
        (b"\xff\n", "line 1 does not tell"),
    ],
)
def test_what_is_no_frame_is_refused(file: bytes, said: str) -> None:
    with pytest.raises(draws.NotAFrame, match=said):
        draws.read_frame_file(file)


def test_a_frame_that_was_touched_is_refused_with_its_line() -> None:
    head, commitments, _ = frame(3, 2)
    lines = b"".join(draws.write_frame_file(head, commitments)).split(b"\n")[:-1]
    for changed, said in (
        (lines[:-1], "4 items, line 1 says 5"),
        ([lines[0], lines[2], lines[1], *lines[3:]], "line 3"),
        ([lines[0], lines[1][:-1], *lines[2:]], "line 2"),
        ([lines[0], b"zz" + lines[1][2:], *lines[2:]], "line"),
    ):
        with pytest.raises(draws.NotAFrame, match=said):
            draws.read_frame_file(b"\n".join(changed) + b"\n")
    with pytest.raises(ValueError, match="bytes for"):
        list(draws.write_frame_file(replace(head, parts=head.parts[:1]), [commitments[0][16:]]))
    with pytest.raises(draws.NotAFrame, match="is not"):
        draws.read_frame_file(b"".join(draws.write_frame_file(replace(head, form="other"), commitments)))


def test_a_value_is_one_however_it_is_written() -> None:
    """Else somebody could write it in a thousand ways, and keep the draw they like."""
    assert {draws.canonical(one) for one in ("8C3F-A0", "8c3fa0", "8c:3f:a0", " 8c3fA0 ")} == {"8c3fa0"}
