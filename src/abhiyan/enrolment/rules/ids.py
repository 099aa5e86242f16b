"""Ids of claims: derived from channel and the sender's key, so that a resend is the same claim."""

from hashlib import blake2b
from uuid import UUID


def sender_key(sender: UUID, key: str | bytes) -> bytes:
    """Return an idempotency key that two senders cannot share."""
    return sender.bytes + (key.encode("utf-8", "surrogatepass") if isinstance(key, str) else key)


def claim_id(channel: int, key: bytes) -> bytes:
    """Return the claim's id, 16 bytes: the same key from the same channel is the same claim."""
    return blake2b(key, digest_size=16, salt=bytes([channel])).digest()
