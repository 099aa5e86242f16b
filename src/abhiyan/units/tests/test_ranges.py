"""Positions, as arithmetic."""

from hypothesis import given
from hypothesis import strategies as st

from abhiyan.units.rules import ranges

WIDTHS = st.integers(1, 2**50)


@given(step=st.integers(1, ranges.SPAN))
def test_rounding_loses_at_most_a_sixteenth(step: int) -> None:
    assert step - step // 16 - 1 <= ranges.rounded_step(step) <= step


@given(room=st.integers(0, ranges.SPAN), size=st.integers(1, 10**7), cap=st.none() | WIDTHS)
def test_what_is_laid_out_takes_half_the_room_at_most(room: int, size: int, cap: int | None) -> None:
    each = ranges.range_step(room=room, size=size, cap=cap)
    assert each * (size + 1) <= room // 2


@given(
    offsets=st.lists(st.integers(1, 2**40), min_size=1, unique=True),
    zeros=st.integers(0, 30),
    free=st.integers(0, 2**60),
)
def test_a_branch_that_fits_keeps_its_order_and_finds_its_way_back(
    offsets: list[int], zeros: int, free: int
) -> None:
    positions = [1_000, *(1_000 + (offset << zeros) for offset in offsets)]
    width = max(positions) - 1_000
    bits = 0
    for position in positions:
        bits |= position - 1_000
    fit = ranges.fit(width=width, bits=bits, free_lo=7, free_hi=7 + free)
    if fit is None:
        assert width > free
        return
    placed = [fit.place(position, 1_000) for position in positions]
    assert max(placed) <= 7 + free
    assert [p for _, p in sorted(zip(positions, placed, strict=True))] == sorted(set(placed))
    back = ranges.fit_back(width=max(placed) - 7, lo=1_000, old_width=width)
    assert back is not None
    assert [back.place(p, 7) for p in placed] == positions
