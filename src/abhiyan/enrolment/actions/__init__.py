"""What the room does. Other rooms import from here; the modules beside are how."""

from abhiyan.enrolment.rules.ids import sender_key

from .claim_keys import receipt_of
from .claims import (
    AlreadyMember,
    BirthYearInvalid,
    BirthYearMissing,
    ClaimMessage,
    ClaimOutcome,
    ClaimRefused,
    NameInvalid,
    NotAdult,
    OutsideScope,
    PersonNameMissing,
    PhoneAbroad,
    PhoneBusy,
    PhoneFull,
    PhoneInvalid,
    Suppressed,
    TryAgain,
)
from .closing import bring_back_next, bring_claims_back, hand_over_next
from .confirming import confirm
from .erasing import erase_member
from .first_calls import consider_answered
from .leaving import come_back, deny_by_phone, leave, leave_by_phone, stop_by_phone
from .members import correct, place_claim, settle_claim, strike_off
from .setting_up import set_up_drive
from .terms import run_out, set_term
from .undoing import undo_claims
