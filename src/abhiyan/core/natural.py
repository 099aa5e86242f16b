"""The order people count in, of names, codes and houses: 5 before 48, 17 before 17A, in the digits of any script.

Every list of units, doors or serials sorts by one of these two. The embedded PostgreSQL has no ICU, so a collation
(`und-u-kn`) cannot do it. Both write each number with as many digits, so plain comparison gives the order.
"""

import re
import string

from django.db.models import Func, TextField

from abhiyan.core.letters import plain_digits

LONGEST = 400  # letters of a text that are looked at
_WIDTH = 20  # digits
_LAST = 0x20000  # no digit has a place behind it
_PLAIN = {c: digit for c in map(chr, range(128, _LAST)) if (digit := plain_digits(c)) != c}
_PLAIN |= dict(zip(string.ascii_uppercase, string.ascii_lowercase, strict=True))
_TABLE = str.maketrans(_PLAIN)
_NUMBER = re.compile(r"[0-9]+")


def natural(text: str) -> str:
    """Return a key to sort texts by: numbers by their size, Latin letters of both cases alike."""
    return _NUMBER.sub(lambda digits: digits[0].zfill(_WIDTH)[-_WIDTH:], text[:LONGEST].translate(_TABLE))


class NaturalOrder(Func):
    """The same key of a field, to order a query set by."""

    template = ""
    output_field = TextField()


def natural_sql(text: str) -> str:
    """Return the same key as SQL. text: an expression, with its parameters."""
    plain = f"translate(left({text}, {LONGEST}), '{''.join(_PLAIN)}', '{''.join(_PLAIN.values())}')"
    long = f"regexp_replace({plain}, '([0-9]+)', '{'0' * _WIDTH}\\1', 'g')"
    return f"regexp_replace({long}, '[0-9]*([0-9]{{{_WIDTH}}})', '\\1', 'g') collate \"C\""


NaturalOrder.template = natural_sql("%(expressions)s")
