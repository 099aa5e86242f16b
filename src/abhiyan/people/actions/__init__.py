"""What is written about people: accounts and their doors, notices and consents, and what a phone said no to."""

from .accounts import (
    close_account,
    faults,
    find_account_at,
    open_account,
    rename_account,
    reveal_phone,
    speak,
)
from .codes import CodeNotRight, ask_code, check_code, check_console, first_administrator
from .consents import NoticeRenewed, ensure_sample_notice, give_consent, publish_notice, withdraw_consent
from .persons import correct_person, move_person
from .suppressions import lift, suppress

__all__ = [
    "CodeNotRight",
    "NoticeRenewed",
    "ask_code",
    "check_code",
    "check_console",
    "close_account",
    "correct_person",
    "ensure_sample_notice",
    "faults",
    "find_account_at",
    "first_administrator",
    "give_consent",
    "lift",
    "move_person",
    "open_account",
    "publish_notice",
    "rename_account",
    "reveal_phone",
    "speak",
    "suppress",
    "withdraw_consent",
]
