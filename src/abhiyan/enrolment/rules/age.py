"""Whether somebody is of age on a day, when only the year of birth is known."""

from enum import Enum

OLDEST = 120  # years


class Age(Enum):
    ADULT = "adult"
    MINOR = "minor"
    IMPOSSIBLE = "impossible"  # not a year anybody living was born in


def age_on(*, year: int, birth_year: int, minimum: int, says_adult: bool) -> Age:
    """Of age on any day of `year`?

    With the year alone, somebody who turns `minimum` this year may still be below it: they count as adult only if
    they said so themselves (the form's own question, asked before anything else). Below that nothing helps.
    """
    years = year - birth_year
    if years < 0 or years > OLDEST:
        return Age.IMPOSSIBLE
    if years > minimum or (years == minimum and says_adult):
        return Age.ADULT
    return Age.MINOR
