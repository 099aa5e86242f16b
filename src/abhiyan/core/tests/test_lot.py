"""The lot draws at random, and from a seed for the demo."""

from abhiyan.core import lot


def test_what_is_drawn_from_a_seed_is_the_same_again_and_afterwards_it_is_not() -> None:
    with lot.seeded("demo one"):
        first = lot.uuid(), lot.random_token(16), lot.random_below(1_000)
    with lot.seeded("demo one"):
        assert (lot.uuid(), lot.random_token(16), lot.random_below(1_000)) == first
    with lot.seeded("demo two"):
        assert lot.uuid() != first[0]
    assert lot.uuid() != first[0]
