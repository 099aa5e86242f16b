"""The one door out: queueing, leasing, handing over, receipts, and the breaker that guards the budget."""

from .holding import RELEASABLE, NothingHeld, ask_to_release, hold_restored, release_held, set_allowance
from .noes import heed_no, heed_withdrawal
from .numbers import (
    NotProvable,
    NumberTaken,
    NumberUnclear,
    connect_number,
    end_number,
    forget_programme,
    leave_number,
    note_inbound,
)
from .published import publish_templates
from .queueing import (
    INSERT,
    Outgoing,
    UnknownTemplate,
    insert_parameters,
    send,
    send_code,
    send_many,
    take_back,
)
from .sending import LEASE, TRIES, hand_over, lease, receive_receipt

__all__ = [
    "INSERT",
    "LEASE",
    "RELEASABLE",
    "TRIES",
    "NotProvable",
    "NothingHeld",
    "NumberTaken",
    "NumberUnclear",
    "Outgoing",
    "UnknownTemplate",
    "ask_to_release",
    "connect_number",
    "end_number",
    "forget_programme",
    "hand_over",
    "heed_no",
    "heed_withdrawal",
    "hold_restored",
    "insert_parameters",
    "lease",
    "leave_number",
    "note_inbound",
    "publish_templates",
    "receive_receipt",
    "release_held",
    "send",
    "send_code",
    "send_many",
    "set_allowance",
    "take_back",
]
