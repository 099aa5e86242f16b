"""Whose claim is it? Several people may share a phone; each is on a roll once."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum


class PhoneVerdict(Enum):
    JOIN = "join"  # somebody new: the number is their slot.
    RENEW = "renew"  # a former member, or one of an earlier drive: the number is their slot.
    ALREADY = "already"  # on the roll in this drive: the number is their slot.
    WAIT = "wait"  # nothing to go by yet: the claim waits at its phone.
    WORKLIST = "worklist"  # somebody has to look.
    FULL = "full"  # as many people as a phone may hold.
    SUPPRESSED = "suppressed"  # the phone said no, and this is not its own word


@dataclass(frozen=True, slots=True)
class PhoneMembership:
    """A membership on the phone. who: name key and birth year, or None once erased. has_left: by their own word.
    is_elsewhere: the place of somebody who is a member on another phone now; `who` only as long as they are."""

    slot: int
    who: tuple[str, int] | None
    is_live: bool
    is_struck: bool
    is_this_drive: bool
    has_left: bool = False
    is_elsewhere: bool = False


def decide_claim(
    *,
    who: tuple[str, int] | None,
    name_key: str | None,
    is_signed: bool,
    is_suppressed: bool,
    phone_memberships: Sequence[PhoneMembership],
    limit: int,
) -> tuple[PhoneVerdict, int]:
    """Return the meaning of a claim on a phone, and the slot it concerns.

    who: name key and birth year when the claim is complete (with notice); None for a call or SMS. name_key: the
    name an incomplete claim gives, if any.
    """
    if is_suppressed and not is_signed:
        return PhoneVerdict.SUPPRESSED, 0
    live = [
        phone_membership
        for phone_membership in phone_memberships
        if phone_membership.is_live and not phone_membership.is_elsewhere
    ]
    if who is None:
        if not live:
            return PhoneVerdict.WAIT, 0
        if len(live) > 1:
            return PhoneVerdict.WORKLIST, 0
        only = live[0]
        if name_key is not None and (only.who is None or only.who[0] != name_key):
            return PhoneVerdict.WAIT, 0
        return (PhoneVerdict.ALREADY if only.is_this_drive else PhoneVerdict.RENEW), only.slot
    same = min(
        (phone_membership for phone_membership in phone_memberships if phone_membership.who == who),
        key=lambda phone_membership: phone_membership.is_elsewhere,
        default=None,
    )
    if same is not None and same.is_elsewhere:
        return (
            PhoneVerdict.ALREADY,
            same.slot,
        )  # who changed their number; what comes by the old one adds nothing
    if same is not None:
        if same.is_live:
            return (PhoneVerdict.ALREADY if same.is_this_drive else PhoneVerdict.RENEW), same.slot
        if (same.is_struck or same.has_left) and not is_signed:
            return (
                PhoneVerdict.WORKLIST,
                same.slot,
            )  # struck off, or gone: only the phone itself brings them back
    if len(live) >= limit:
        return PhoneVerdict.FULL, 0
    if same is not None:
        return PhoneVerdict.RENEW, same.slot
    taken = {phone_membership.slot for phone_membership in phone_memberships}
    return PhoneVerdict.JOIN, next(slot for slot in range(len(taken) + 1) if slot not in taken)
