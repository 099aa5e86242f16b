"""Places in the order people count in."""

from abhiyan.units.rules.natural import natural


def test_numbers_in_names_are_sorted_by_size() -> None:
    names = ["Village 10, Katra", "Village 2, Katra", "Katra", "Village 1, Katra", "गाँव १०", "गाँव २"]
    assert sorted(names, key=natural) == [
        "Katra",
        "Village 1, Katra",
        "Village 2, Katra",
        "Village 10, Katra",
        "गाँव २",
        "गाँव १०",
    ]
