"""E-mail addresses: how they are read, and how their owner sees them (RFC 5321)."""

import re

from abhiyan.core.letters import plain_digits

LONGEST = 254
# A name of plain signs before the @: no quotes, which hide spaces and line ends. A domain with a dot, in any script.
_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_SHOWN = "•••"


def parse_email(text: str) -> str | None:
    """An address as mail servers take it, its domain in ASCII and small letters; None: it is none."""
    name, at, domain = plain_digits(text).strip().rpartition("@")
    if not at or len(name) > 64 or not _NAME.fullmatch(name):
        return None
    try:
        labels = domain.lower().encode("idna").decode("ascii").split(".")
    except UnicodeError:
        return None
    # A last label of digits alone is an address of IP.
    if len(labels) < 2 or not all(map(_LABEL.fullmatch, labels)) or not any(map(str.isalpha, labels[-1])):
        return None
    address = f"{name}@{'.'.join(labels)}"
    return address if len(address) <= LONGEST else None


def masked_email(address: str) -> str:
    """An address as its owner recognises it and nobody else: its first letter and the domain."""
    name, _at, domain = address.rpartition("@")
    readable = domain.encode("ascii").decode("idna")
    return f"{name[:1] if len(name) > 1 else ''}{_SHOWN}@{readable}"
