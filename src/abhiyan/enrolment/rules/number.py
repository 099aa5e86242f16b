"""The number a member knows: twelve letters and digits of the membership's random public id, easy to read out."""

from uuid import UUID

from abhiyan.core.letters import plain_digits

_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: no I, L, O, U
_MEANT = str.maketrans({"I": "1", "L": "1", "O": "0"})
_BITS = 60


def member_number(public_id: UUID) -> str:
    """Write a member number, such as 7K3M-09XD-RT2A."""
    value = public_id.int >> (128 - _BITS)
    letters = "".join(_LETTERS[value >> shift & 31] for shift in range(_BITS - 5, -1, -5))
    return "-".join(letters[n : n + 4] for n in range(0, len(letters), 4))


def public_ids(number: str) -> tuple[UUID, UUID] | None:
    """Return the first and last public id a number may mean; None when it is no member's number."""
    letters = "".join(plain_digits(number).upper().translate(_MEANT).replace("-", " ").split())
    if len(letters) != _BITS // 5 or not set(letters) <= set(_LETTERS):
        return None
    value = 0
    for letter in letters:
        value = value << 5 | _LETTERS.index(letter)
    rest = 128 - _BITS
    return UUID(int=value << rest), UUID(int=(value << rest) + (1 << rest) - 1)
