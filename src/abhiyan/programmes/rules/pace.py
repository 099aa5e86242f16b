"""How much a day is needed to reach a target in time."""


def per_day(target: int, counted: int, days: int) -> int | None:
    """What each of the days left must bring, rounded up; 0 when the target is reached; None when no day is left."""
    missing = max(0, target - counted)
    if not missing:
        return 0
    return -(-missing // days) if days > 0 else None
