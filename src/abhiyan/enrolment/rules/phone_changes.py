"""When a member's number changes: how long it waits, and how long the old phone may object."""

from datetime import timedelta

HOLD = timedelta(hours=48)  # asked from the new phone: nothing changes before
TOLD_FOR = timedelta(hours=24)  # of the hold; the old phone has had the message at least so long
OBJECTED_WITHIN = timedelta(days=7)  # after it was asked: the old phone's NO stops it, or takes it back
