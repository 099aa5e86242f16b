"""PIN codes as people write them."""

from abhiyan.core.letters import plain_digits

_DIGITS = 6


def read_pin(text: str) -> str:
    """The PIN code that a text is, as 180001, in the digits of any script, with spaces or without; else ""."""
    plain = plain_digits("".join(text.split()))
    return plain if len(plain) == _DIGITS and plain.isascii() and plain.isdigit() and plain[0] != "0" else ""
